"""What publishing to GitHub costs: calls, points, room on disk, and how much of the limits is used.

The shipped coordinator against the fake GitHub of tests/testing, which counts as GitHub does, and light workers that
upload made-up files. Limits are raised, so that a backfill takes seconds: with GitHub's own, 500 probes take an hour,
and the looks at the list and the side files of that hour come on top (docs/performance.md). The budget is measured
with GitHub's own limits on a clock that is moved: the coordinator's pacing against the fake's limiter.
"""
import argparse
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request

from farm import BUILDER, CONFIG, ROOT, Drivers, free_port, wait

REPOSITORY = 'falco-drivers/probes'
TOKEN = 'token-of-the-bench'
BARS = {'calls_per_probe_backfill': ('at most', 1.25), 'calls_single_probe': ('at most', 12),
        'points_reconcile_unchanged_100k': ('at most', 0), 'calls_reconcile_cold_100k': ('at most', 1150),
        'catalog_mb_1m_probes': ('at most', 1000), 'lookup_by_name_us': ('at most', 10), 'budget_used': ('at least', 0.95),
        'limited_by_the_fake': ('at most', 0)}
UNLIMITED = '''{writes_per_second: 1000, writes_per_minute: 100000, writes_per_hour: 1000000,
             secondary_points_per_minute: 1000000, primary_points_per_hour: 1000000, read_share: 0.95}'''
GITHUB = '''releases:
  host: github
  reconcile_interval: {reconcile}
  github:
    repositories: [{repositories}]
    api_url: {urls[api]}
    uploads_url: {urls[uploads]}
    web_url: {urls[web]}
    side_files_interval: {side_files}
    credentials: {{token_file: {folder}/token, share_token_with_workers: true}}
    limits: {limits}
jobs: {{accept_specs: true}}
leases: {{ttl: 1m}}
'''


class Fake:
    """The fake GitHub as a process; runs within a `with`."""

    def __init__(self, bin_folder, repositories):
        command = [f'{bin_folder}/fake-github', '--token', TOKEN]
        for name in repositories:
            command += ['--repository', name]
        self.repositories, self.command = repositories, command

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.urls = json.loads(self.process.stdout.readline())
        self.control('POST', 'tokens', {'value': TOKEN, 'points_an_hour': 1_000_000})
        self.control('POST', 'limits', {'points_a_minute': 10**6, 'creations_a_minute': 10**6,
                                        'creations_an_hour': 10**6})
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def control(self, method, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f'{self.urls["api"]}/_control/{what}', data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or 'null')

    def counters(self):
        return self.control('GET', 'counters')

    def calls(self):
        """Less those of people who download."""
        calls = self.counters()['calls']
        return sum(count for kind, count in calls.items() if kind not in ('storage', 'rate-limit'))


class Coordinator:
    """The shipped one; runs within a `with`. `folder` is emptied."""

    def __init__(self, bin_folder, folder, fake, reconcile='1h', side_files='10m', limits=UNLIMITED, token=TOKEN):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.folder, self.bin = folder, bin_folder
        with open(f'{folder}/token', 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(token)
        self.address = f'127.0.0.1:{free_port()}'
        nowhere = f'http://127.0.0.1:{free_port()}'
        common = CONFIG[:CONFIG.index('releases:')].format(new=Drivers.NEW, old=Drivers.OLD, builder=BUILDER,
                                                           main=nowhere, security=nowhere)
        if not os.path.exists(BUILDER):
            common = common.replace(BUILDER, bare_builder(folder))
        with open(f'{folder}/coordinator.yaml', 'w') as file:
            file.write(common + GITHUB.format(reconcile=reconcile, side_files=side_files, limits=limits, folder=folder,
                                              urls=fake.urls, repositories=', '.join(fake.repositories)))

    def __enter__(self):
        self.log = open(f'{self.folder}/log', 'w')
        self.process = subprocess.Popen([f'{self.bin}/probefarm-coordinator', '--config', f'{self.folder}/coordinator.yaml',
                                         '--data-dir', f'{self.folder}/data', '--listen', self.address, '--http',
                                         f'127.0.0.1:{free_port()}'], stdout=self.log, stderr=self.log)
        wait('the coordinator serves', lambda: ' serving ' in open(f'{self.folder}/log').read())
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()

    def publish(self, **options):
        return uploads(self.bin, 'publish', self.address, **options)


def bare_builder(folder):
    """An archive that passes for a builder image, for a machine that has none: nothing is built here."""
    labels = {'io.probefarm.gcc': '12', 'io.probefarm.toolchain': 'gcc-12=bare'}
    members = {'manifest.json': [{'Config': 'configuration.json', 'Layers': []}],
               'configuration.json': {'architecture': 'amd64', 'config': {'Labels': labels}}}
    path = f'{folder}/builder.tar'
    with tarfile.open(path, 'w') as tar:
        for name, content in members.items():
            encoded = json.dumps(content).encode()
            info = tarfile.TarInfo(name)
            info.size = len(encoded)
            tar.addfile(info, io.BytesIO(encoded))
    return path


def uploads(bin_folder, verb, *arguments, **options):
    command = [f'{bin_folder}/probefarm-uploads', verb, *map(str, arguments)]
    command += [f'--{name}={value}' for name, value in options.items()]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def side_files_written(coordinator, fake):
    """Waits until no call comes for two rounds of side files."""
    before, since = fake.calls(), time.monotonic()
    while time.monotonic() - since < 5:
        time.sleep(0.5)
        if fake.calls() != before:
            before, since = fake.calls(), time.monotonic()


def backfill(bin_folder, folder, probes):
    with Fake(bin_folder, [REPOSITORY]) as fake, Coordinator(bin_folder, folder, fake, side_files='2s') as farm:
        published = farm.publish(probes=probes, releases=1, workers=8)
        side_files_written(farm, fake)
        counters = fake.counters()
        return {'calls_per_probe_backfill': fake.calls() / probes, 'limited_by_the_fake': counters['limited'],
                'backfill': published | {'calls': counters['calls']}}


def single(bin_folder, folder):
    with Fake(bin_folder, [REPOSITORY]) as fake, Coordinator(bin_folder, folder, fake, side_files='2s') as farm:
        farm.publish(probes=1, releases=1, workers=1)
        side_files_written(farm, fake)
        return {'calls_single_probe': fake.calls(), 'single': fake.counters()['calls']}


def plant(fake, assets):
    for tag in range(assets // 1000):
        fake.control('POST', 'assets', [{'repository': REPOSITORY, 'tag': f'{tag}.0.0+driver/x86_64', 'size': 1,
                                         'digest': f'sha256:{number:064x}', 'name': f'falco_debian_6.1.0-{number}_1.ko'}
                                        for number in range(1000)])


def reconcile(bin_folder, folder, assets):
    def passes():
        # A pass that has ended is followed by a pause; nothing else asks meanwhile.
        with open(f'{folder}/log') as log:
            return log.read().count('was not reconciled')

    with Fake(bin_folder, [REPOSITORY]) as fake:
        plant(fake, assets)
        fake.control('DELETE', 'counters')
        begin = time.monotonic()
        with Coordinator(bin_folder, folder, fake, reconcile='1h') as farm:
            side_files_written(farm, fake)
            cold, seconds = fake.counters(), time.monotonic() - begin - 5
        listed = cold['calls'].get('list-assets', 0)
        if passes() or listed < assets / 100:
            raise RuntimeError(f'the cold pass did not end: {cold}, see {folder}/log')
        fake.control('DELETE', 'counters')
        with farm:
            side_files_written(farm, fake)
            warm = fake.counters()
        if warm['calls'].get('list-assets', 0) < assets / 100:
            raise RuntimeError(f'the second pass did not end: {warm}, see {folder}/log')
        return {'calls_reconcile_cold_100k': sum(cold['calls'].values()), 'reconcile_cold_s': seconds,
                'points_reconcile_unchanged_100k': warm['points'], 'cold': cold['calls'], 'unchanged': warm['calls']}


def catalog(bin_folder, folder, probes):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    measured = uploads(bin_folder, 'catalog', f'{folder}/catalog.db', probes=probes)
    os.remove(f'{folder}/catalog.db')
    return {'catalog_mb_1m_probes': measured['catalog_mb'] * 1e6 / probes, 'lookup_by_name_us': measured['lookup_us'],
            'lookup_through_the_store_us': measured['store_lookup_us']}


def measure(bin_folder, folder, arguments):
    result = {}
    for part in (lambda: uploads(bin_folder, 'budget', hours=6), lambda: single(bin_folder, f'{folder}/single'),
                 lambda: backfill(bin_folder, f'{folder}/backfill', arguments.probes),
                 lambda: reconcile(bin_folder, f'{folder}/reconcile', arguments.assets),
                 lambda: catalog(bin_folder, f'{folder}/catalog', arguments.rows)):
        result |= part()
        print(json.dumps(result), file=sys.stderr)
    result['limited_by_the_fake'] += result.pop('refused')
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true', help='print one JSON document, in the last line')
    parser.add_argument('--probes', type=int, default=600, help='of the backfill')
    parser.add_argument('--assets', type=int, default=100_000, help='that the reconciler reads')
    parser.add_argument('--rows', type=int, default=1_000_000, help='of the catalog')
    parser.add_argument('--bin', default=f'{ROOT}/build/release/bin', help='where the programs are')
    arguments = parser.parse_args()
    result = measure(arguments.bin, f'{ROOT}/build/bench/releases', arguments)
    if arguments.json:
        print(json.dumps(result))
        return
    for key, (which, bar) in BARS.items():
        print(f'{key:32}{result[key]:10.2f}   {which} {bar}')


if __name__ == '__main__':
    main()
