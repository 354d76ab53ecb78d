"""Many assets, published through the shipped coordinator by light workers: no duplicate, no loss.

Without --repo: against the fake GitHub, over six tags that overflow from one repository into a second, so twelve
releases of full size; then a thousand edits of one release's side files through lost answers. With --repo: against
that repository at GitHub, at most 200 assets, at GitHub's pace, with the token in GITHUB_TOKEN. It makes one release
with the tag 9.0.0+driver/x86_64 there, or adds to it, and leaves it for a look: use a repository for tests.
"""
import argparse
import collections
import json
import os
import subprocess
import time
import urllib.parse
import urllib.request

from farm import ROOT, wait
from releases import Coordinator, Fake, uploads

SIDE_FILES = {'SHA256SUMS', 'SHA256SUMS.sig', 'index.json', 'provenance.jsonl'}
MOST_AT_GITHUB = 200
GITHUB_LIMITS = '{}'


class GitHub:
    """The real one, in place of the fake."""
    urls = {'api': 'https://api.github.com', 'uploads': 'https://uploads.github.com', 'web': 'https://github.com'}

    def __init__(self, repository):
        self.repositories = [repository]

    def releases(self, tags):
        for tag in tags:
            release = self._get(f'/repos/{self.repositories[0]}/releases/tags/{urllib.parse.quote(tag, safe="")}')
            assets, page = [], 1
            while True:
                more = self._get(f'/repos/{self.repositories[0]}/releases/{release["id"]}/assets?per_page=100&page={page}')
                assets += more
                page += 1
                if len(more) < 100:
                    break
            yield tag, assets

    def _get(self, path):
        request = urllib.request.Request(self.urls['api'] + path,
                                         headers={'Authorization': f'Bearer {os.environ["GITHUB_TOKEN"]}'})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())


def fake_releases(fake):
    for repository in fake.control('GET', 'state').values():
        for release in repository['releases']:
            yield release['tag'], release['assets']


def catalog(farm):
    answer = subprocess.run([f'{farm.bin}/probefarm', '--coordinator', farm.address, 'probes', '-o', 'json'],
                            check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def complaints(probes, releases):
    """What differs between the catalog and the releases."""
    wanted = {(probe['tag'], probe['asset_name']): probe['sha256'] for probe in probes}
    held = collections.Counter()
    wrong = []
    for tag, assets in releases:
        for asset in assets:
            name, digest = asset['name'], (asset.get('digest') or '').removeprefix('sha256:')
            if asset['state'] != 'uploaded':
                wrong.append(f'{tag}/{name} is {asset["state"]}')
            elif name not in SIDE_FILES:
                held[tag, name] += 1
                if wanted.get((tag, name)) != digest:
                    wrong.append(f'{tag}/{name} has {digest}, the catalog says {wanted.get((tag, name))}')
    wrong += [f'{tag}/{name} is there {count} times' for (tag, name), count in held.items() if count > 1]
    wrong += [f'{tag}/{name} is not there' for tag, name in wanted.keys() - held.keys()]
    return wrong


def stress(farm, releases, arguments, tags):
    published = farm.publish(probes=arguments.assets, releases=tags, workers=8, bytes=1000, patience=arguments.patience,
                             seed=int(time.time()) % 10**6)
    probes = catalog(farm)
    if len(probes) < arguments.assets:
        raise SystemExit(f'the catalog has {len(probes)} probes of {arguments.assets}')
    wrong = []

    def settled():
        wrong[:] = complaints(probes, releases({probe['tag'] for probe in probes}))
        return not wrong
    try:
        wait('releases and catalog agree', settled)
    except TimeoutError:
        raise SystemExit('\n'.join(wrong[:20]))
    return published | {'catalog': len(probes)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--assets', type=int)
    parser.add_argument('--edits', type=int, default=1000)
    parser.add_argument('--repo', help='owner/name at GitHub')
    parser.add_argument('--patience', type=int, default=3600, help='seconds')
    parser.add_argument('--bin', default=f'{ROOT}/build/release/bin', help='where the programs are')
    arguments = parser.parse_args()
    folder = f'{ROOT}/build/bench/stress'
    if arguments.repo:
        if 'GITHUB_TOKEN' not in os.environ:
            parser.error('--repo needs a token in GITHUB_TOKEN')
        arguments.assets = min(arguments.assets or 50, MOST_AT_GITHUB)
        github = GitHub(arguments.repo)
        with Coordinator(arguments.bin, folder, github, side_files='1m', limits=GITHUB_LIMITS,
                         token=os.environ['GITHUB_TOKEN']) as farm:
            print(json.dumps(stress(farm, github.releases, arguments, tags=1)))
        return
    arguments.assets = arguments.assets or 10_000
    with Fake(arguments.bin, ['falco-drivers/probes', 'falco-drivers/probes-2']) as fake, \
            Coordinator(arguments.bin, folder, fake, side_files='30s') as farm:
        result = stress(farm, lambda tags: fake_releases(fake), arguments, tags=6)
        result['releases'] = sum(1 for _ in fake_releases(fake))
        result['limited'] = fake.counters()['limited']
    print(json.dumps(result))
    print(json.dumps(uploads(arguments.bin, 'edits', edits=arguments.edits)))


if __name__ == '__main__':
    main()
