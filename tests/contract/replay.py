#!/usr/bin/env python3
"""replay.py PROGRAM FIXTURES…: fake-github gives back what was recorded of GitHub. For each recording (a JSON file of npm's
@octokit/fixtures) asks for its steps in their order and compares status, headers and body, but for the URLs."""
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(step, urls):
    body = step.get('body') or None
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body else None
    base = urls['uploads' if 'uploads.' in step['scope'] else 'api']
    request = urllib.request.Request(base + step['path'], data, method=step['method'].upper())
    request.add_header('Content-Type', 'text/plain')
    try:
        answer = OPENER.open(request)
    except urllib.error.HTTPError as error:
        answer = error
    return answer, answer.read().decode()


def remote(text, urls):
    return text.replace(urls['api'], 'https://api.github.com').replace(urls['uploads'], 'https://uploads.github.com')


def check(step, answer, text, urls):
    where = f'{step["method"]} {step["path"]}'
    assert answer.status == step['status'], f'{where}: {answer.status}: {text}'
    recorded = step['response']
    came = remote(text, urls)
    assert came == recorded if isinstance(recorded, str) else json.loads(came) == recorded, f'{where}: {came[:300]}'
    link = (step.get('headers') or {}).get('link')
    assert not link or remote(answer.headers['link'], urls) == link, f'{where}: {answer.headers["link"]}'


def replay(program, recording):
    with open(recording) as file:
        steps = json.load(file)
    with subprocess.Popen([program, '--replay', recording], stdout=subprocess.PIPE, text=True) as fake:
        try:
            urls = json.loads(fake.stdout.readline())
            for step in steps:
                answer, text = ask(step, urls)
                check(step, answer, text, urls)
        finally:
            fake.terminate()
    assert fake.returncode == 0, f'{recording}: exit code {fake.returncode}'
    print(f'{os.path.basename(os.path.dirname(recording))}: {len(steps)} steps')


if __name__ == '__main__':
    for path in sys.argv[2:]:
        replay(sys.argv[1], path)
