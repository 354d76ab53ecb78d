#!/usr/bin/env python3
"""walk.py [--fault RULE | --without-tag]: every call that the fake GitHub knows, once and well formed, so that its answers
can be held against GitHub's description of them: run by tests/contract/prism. Fails when an answer has another status than
it should. --fault makes the fake, --without-tag makes the client break the description."""
import base64
import json
import os
import sys
import urllib.error
import urllib.request

API = os.environ['PROBEFARM_GITHUB_API']
RELEASES = API + '/repos/octo/probes/releases'


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), Unfollowed)


def call(expected, method, url, body=None, token='contract-token', **headers):
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header('Authorization', 'Bearer ' + token)
    request.add_header('User-Agent', 'walk')
    if data is not None:
        request.add_header('Content-Type', 'application/octet-stream' if body is data else 'application/json')
    for name, value in headers.items():
        request.add_header(name.replace('_', '-'), value)
    try:
        answer = OPENER.open(request)
    except urllib.error.HTTPError as error:
        answer = error
    text = answer.read()
    assert answer.status == expected, f'{method} {url}: {answer.status} and not {expected}: {text[:500]}'
    return (json.loads(text) if text else None), answer.headers


def uploaded(release, name, data=b'bytes', expected=201):
    return call(expected, 'POST', release['upload_url'].split('{')[0] + '?name=' + name + '&label=' + name, data)[0]


def walk_releases():
    call(200, 'GET', API + '/repos/octo/probes')
    release, _ = call(201, 'POST', RELEASES, {'tag_name': '8.0.0+driver/x86_64', 'name': 'n', 'body': 'b',
                                              'target_commitish': 'main', 'draft': False, 'make_latest': 'false'})
    call(422, 'POST', RELEASES, {'tag_name': '8.0.0+driver/x86_64'})
    call(200, 'GET', RELEASES + '/tags/8.0.0%2Bdriver%2Fx86_64')
    call(404, 'GET', RELEASES + '/tags/none')
    call(200, 'GET', f'{RELEASES}/{release["id"]}')
    call(200, 'PATCH', f'{RELEASES}/{release["id"]}', {'body': 'notes'})
    draft, _ = call(201, 'POST', RELEASES, {'tag_name': '9', 'draft': True})
    page, headers = call(200, 'GET', RELEASES + '?per_page=1&page=1')
    call(304, 'GET', RELEASES + '?per_page=1&page=1', If_None_Match=headers['ETag'])
    assert 'rel="next"' in headers['Link'], headers
    call(200, 'GET', headers['Link'].split('>')[0].lstrip('<'))
    call(204, 'DELETE', f'{RELEASES}/{draft["id"]}')
    call(401, 'GET', RELEASES, token='wrong')
    return release


def walk_assets(release):
    asset = uploaded(release, 'a~b')
    assert asset['name'] == 'a.b', asset
    uploaded(release, 'a~b', expected=422)
    listed, _ = call(200, 'GET', f'{RELEASES}/{release["id"]}/assets?per_page=100&page=1')
    assert [a['digest'] for a in listed] == [asset['digest']], listed
    call(200, 'GET', f'{RELEASES}/assets/{asset["id"]}')
    call(200, 'PATCH', f'{RELEASES}/assets/{asset["id"]}', {'name': 'c', 'label': 'c'})
    call(204, 'DELETE', f'{RELEASES}/assets/{asset["id"]}')
    call(404, 'GET', f'{RELEASES}/assets/{asset["id"]}')


def walk_the_rest():
    content = base64.b64encode(b'one\n').decode()
    url = API + '/repos/octo/probes/contents/CHANGELOG.md'
    call(404, 'GET', url)
    call(201, 'PUT', url, {'message': 'm', 'content': content})
    file, _ = call(200, 'GET', url)
    call(200, 'PUT', url, {'message': 'm', 'content': content, 'sha': file['sha']})
    call(422, 'PUT', url, {'message': 'm', 'content': content})
    call(200, 'GET', API + '/rate_limit')
    call(401, 'POST', API + '/app/installations/7/access_tokens', {'repositories': ['probes']})


if __name__ == '__main__':
    if sys.argv[1:2] == ['--fault']:
        call(200, 'POST', os.environ['PROBEFARM_GITHUB_CONTROL'] + '/_control/faults', {'rule': sys.argv[2]})
    if sys.argv[1:2] == ['--without-tag']:
        call(201, 'POST', RELEASES, {'name': 'n'})
    walk_assets(walk_releases())
    walk_the_rest()
    print('every call was answered as it should be')
