"""The shipped programs, run for a measurement: a coordinator with a new database, and one worker."""
import datetime
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILDER = os.path.join(ROOT, 'build/builder-bookworm.tar')
PATIENCE = 120  # seconds


class Drivers:
    NEW = '8.0.0+driver'  # of trixie's package
    OLD = 'e5c53d64'      # of bookworm's


CONFIG = '''
drivers:
  - version: {new}
    source: {{deb: {{suite: trixie, package: falcosecurity-scap-dkms}}}}
  - version: {old}
    source: {{deb: {{suite: bookworm, package: falcosecurity-scap-dkms}}}}
feeds:
  debian:
    - name: debian
      mirror: {{main: "{main}", security: "{security}"}}
      suites: [bookworm, bookworm-security]
      flavours: [cloud-amd64]
builders:
  - {{name: bookworm, archive: {builder}}}
releases:
  directory: {{root: {folder}/releases}}
'''


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def wait(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.1)


def header_volume(spec):
    """Where a worker keeps a kernel's headers: see worker/inputs/header_tree.h."""
    named = ''.join(f'{h["file"]["sha256"]} {h["strip_prefix"]}\n' for h in spec['headers'])
    return 'probefarm-kernel-' + hashlib.sha256(named.encode()).hexdigest()[:32]


class Farm:
    """Runs within a `with`. `folder` is emptied; `cache` is the worker's and is kept: the next farm finds it warm."""

    def __init__(self, programs, folder, cache, mirror, slots):
        self.programs, self.folder, self.cache, self.slots = programs, folder, cache, slots
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.grpc, self.http = (f'127.0.0.1:{free_port()}' for _ in range(2))
        self.log = os.path.join(folder, 'coordinator.log')
        with open(os.path.join(folder, 'coordinator.yaml'), 'w') as config:
            config.write(CONFIG.format(new=Drivers.NEW, old=Drivers.OLD, builder=BUILDER, folder=folder,
                                       **mirror.urls))

    def __enter__(self):
        self.coordinator = self._start('coordinator', self.log, [
            '--config', f'{self.folder}/coordinator.yaml', '--data-dir', f'{self.folder}/data',
            '--listen', self.grpc, '--http', self.http])
        wait('the coordinator serves', lambda: ' serving ' in self.read_log())
        wait('the feed is read', lambda: any(f.get('last_success') for f in self.ask('status')['feeds']))
        self.worker = self._start('worker', f'{self.folder}/worker.log', [
            '--coordinator', self.grpc, '--slots', str(self.slots), '--cache-dir', self.cache])
        wait('the worker is there', lambda: self.ask('status').get('live_workers') == 1)
        return self

    def __exit__(self, *_):
        for program in (self.worker, self.coordinator):
            program.terminate()
            program.wait(PATIENCE)

    def read_log(self):
        with open(self.log) as log:
            return log.read()

    def ask(self, *arguments):
        answer = subprocess.run(self._client(*arguments, '-o', 'json'), check=True, capture_output=True, text=True)
        return json.loads(answer.stdout)

    def build(self, *filters):
        """Orders what matches, waits for it, and answers the jobs that were published."""
        subprocess.run(self._client('backfill', *filters, '--watch'), check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return self.ask('jobs', '--state', 'published', '--limit', '1000')

    def spec(self, job):
        answer = subprocess.run(self._client('job', str(job['id']), '--spec'), check=True, capture_output=True)
        return json.loads(answer.stdout)

    def seconds(self, jobs):
        """From the first lease of these jobs to the last one's publication, by the coordinator's log."""
        leased = [self._time_of('lease granted', job) for job in jobs]
        published = [self._time_of('published', job) for job in jobs]
        return (max(published) - min(leased)).total_seconds()

    def worker_peak_bytes(self):
        with open(f'/proc/{self.worker.pid}/status') as status:
            return int(re.search(r'VmHWM:\s+(\d+) kB', status.read())[1]) << 10

    def _time_of(self, event, job):
        line = re.search(rf'^(\S+) info {event} job={job["id"]} ', self.read_log(), re.M)
        return datetime.datetime.fromisoformat(line[1].replace('Z', '+00:00'))

    def _start(self, program, log, arguments):
        with open(log, 'w') as errors:
            return subprocess.Popen([f'{self.programs}/probefarm-{program}', *arguments], stderr=errors)

    def _client(self, *arguments):
        return [f'{self.programs}/probefarm', '--coordinator', self.grpc, *arguments]
