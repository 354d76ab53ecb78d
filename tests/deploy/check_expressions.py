#!/usr/bin/python3
"""check_expressions.py DEPLOY URL: lets the Prometheus at URL, which watches a farm, evaluate what DEPLOY draws.

Each expression of the dashboard must give a value, and each alert must have been loaded and evaluated, within a
minute: a rate needs two looks at its counter.
"""
import json
import pathlib
import sys
import time
import urllib.parse
import urllib.request

import yaml


def ask(url, path, **parameters):
    with urllib.request.urlopen(f'{url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}', timeout=10) as answer:
        return json.load(answer)['data']


def expressions(deploy):
    dashboard = json.loads((deploy / 'grafana/dashboards/probefarm.json').read_text())
    for panel in dashboard['panels']:
        for target in panel['targets']:
            yield f'panel "{panel["title"]}"', target['expr']


def alerts(deploy):
    rules = yaml.safe_load((deploy / 'prometheus/alerts.yml').read_text())
    return {rule['alert'] for group in rules['groups'] for rule in group['rules']}


def check(deploy, url):
    for place, expression in expressions(deploy):
        if not ask(url, 'query', query=expression)['result']:
            yield f'{place}: {expression} gives nothing'
    healthy = {rule['name'] for group in ask(url, 'rules')['groups'] for rule in group['rules']
               if rule['health'] == 'ok'}
    for alert in sorted(alerts(deploy) - healthy):
        yield f'alert {alert} is not evaluated'


def main():
    deploy, url = pathlib.Path(sys.argv[1]), sys.argv[2]
    deadline = time.monotonic() + 60
    while (mistakes := list(check(deploy, url))) and time.monotonic() < deadline:
        time.sleep(2)
    print(*mistakes, sep='\n', end='\n' if mistakes else '')
    print(f'{len(list(expressions(deploy)))} expressions and {len(alerts(deploy))} alerts, '
          f'{len(mistakes)} mistakes')
    return 1 if mistakes else 0


if __name__ == '__main__':
    sys.exit(main())
