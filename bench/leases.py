"""What a lease costs: the coordinator under load over gRPC, beside a durable queue and beside gRPC itself.

A lifecycle is enqueue, acquire and final report of one job, each answered after its commit is on disk.

  coordinator  the release build on SQLite, synchronous=FULL, on loopback
  beanstalkd   put, reserve, delete of a body of the same size; -b DIR -f 0: a sync for each write
  echo         a unary gRPC call with 512 bytes that does nothing: the ceiling

In turn, several rounds, on the same disk; medians count. Then what waiting, a long queue and a restart cost.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import time

from farm import BUILDER, CONFIG, ROOT, Drivers, free_port, wait

BIN = f'{ROOT}/build/release/bin'
LOAD = f'{BIN}/probefarm-load'
LEVELS = (1, 8, 64, 256)
BARS = {'lifecycles_vs_beanstalkd_64': ('at least', 3.0), 'batched_vs_beanstalkd_64': ('at least', 6.0),
        'rpc_vs_echo_64': ('at least', 0.5), 'dispatch_p50_ms': ('at most', 1.5), 'dispatch_p99_ms': ('at most', 6),
        'acquire_p99_1m_over_1k': ('at most', 1.2), 'rss_mb_1m': ('at most', 700),
        'idle_1000_polls_cpu_percent': ('at most', 5), 'restart_s_1m': ('at most', 3), 'stop_s_1000_polls': ('at most', 5)}
MORE_CONFIG = '''
log_level: warning
jobs: {accept_specs: true}
leases: {ttl: 1h}
'''


def load(verb, address, **options):
    arguments = [f'--{name.replace("_", "-")}={value}' for name, value in options.items()]
    done = subprocess.run([LOAD, verb, str(address), *arguments], check=True, capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else None


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


class Program:
    """Runs within a `with`."""

    def __init__(self, folder, command, port):
        self.folder, self.command, self.port = folder, command, port
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        with open(f'{self.folder}/log', 'a') as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        wait(self.command[0], lambda: listens(self.port))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


class Coordinator(Program):
    def __init__(self, folder):
        port, http = free_port(), free_port()
        self.address = f'127.0.0.1:{port}'
        config = f'{folder}/coordinator.yaml'
        super().__init__(folder, [f'{BIN}/probefarm-coordinator', '--config', config, '--data-dir', f'{folder}/data',
                                  '--listen', self.address, '--http', f'127.0.0.1:{http}'], port)
        nowhere = f'http://127.0.0.1:{free_port()}'
        with open(config, 'w') as file:
            file.write(CONFIG.format(new=Drivers.NEW, old=Drivers.OLD, builder=BUILDER, folder=folder, main=nowhere,
                                     security=nowhere) + MORE_CONFIG)

    def serving(self):
        status = subprocess.run([f'{BIN}/probefarm', '--coordinator', self.address, 'status'], capture_output=True)
        return status.returncode == 0

    def start(self):
        super().start()
        wait('the coordinator serves', self.serving)

    def rss_mb(self):
        with open(f'/proc/{self.process.pid}/status') as status:
            return int(re.search(r'VmRSS:\s+(\d+) kB', status.read())[1]) * 1024 / 1e6

    def cpu_seconds(self):
        with open(f'/proc/{self.process.pid}/stat') as stat:
            fields = stat.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def beanstalkd(folder):
    port = free_port()
    return Program(folder, ['beanstalkd', '-l', '127.0.0.1', '-p', str(port), '-b', folder, '-f', '0'], port)


def echo(folder):
    port = free_port()
    return Program(folder, [LOAD, 'echo-server', f'127.0.0.1:{port}'], port)


def one_round(folder, seconds):
    """Rates a second by system and level."""
    rates = {}
    for level in LEVELS:
        with Coordinator(f'{folder}/coordinator') as farm:
            rates['coordinator', level] = load('lifecycles', farm.address, in_flight=level, seconds=seconds)['rate']
        if level == 64:
            with Coordinator(f'{folder}/coordinator') as farm:
                rates['batched', level] = load('lifecycles', farm.address, in_flight=level, seconds=seconds,
                                               enqueue_by=100, lease_by=8)['rate']
        with beanstalkd(f'{folder}/beanstalkd') as peer:
            rates['beanstalkd', level] = load('beanstalk', peer.port, in_flight=level, seconds=seconds)['rate']
        with echo(f'{folder}/echo') as peer:
            rates['echo', level] = load('echo', f'127.0.0.1:{peer.port}', in_flight=level, seconds=seconds)['rate']
    return rates


def idle_polls(farm, seconds=10):
    """Share of one core, in percent, that 1,000 waiting workers take, and how long a stop takes with them. Stops it."""
    polls = subprocess.Popen([LOAD, 'polls', farm.address, '--count=1000', f'--seconds={2 * seconds}'],
                             stdout=subprocess.PIPE, text=True)
    polls.stdout.readline()
    before = farm.cpu_seconds()
    time.sleep(seconds)
    used = farm.cpu_seconds() - before
    begin = time.monotonic()
    farm.stop()
    stopped = time.monotonic() - begin
    polls.kill()
    polls.wait()
    return {'idle_1000_polls_cpu_percent': 100 * used / seconds, 'stop_s_1000_polls': stopped}


def long_queue(farm, jobs):
    load('fill', farm.address, count=1000)
    short = load('acquire', farm.address, count=500)
    filler = subprocess.Popen([LOAD, 'fill', farm.address, '--count=200000'])
    time.sleep(0.3)
    during = load('acquire', farm.address, count=30)
    if filler.poll() is not None:
        raise RuntimeError('200,000 jobs were enqueued too soon to be in the way')
    filler.wait()
    load('fill', farm.address, count=jobs - 200_000)
    long = load('acquire', farm.address, count=500)
    again = load('acquire', farm.address, count=500)
    rss = farm.rss_mb()
    farm.stop()
    begin = time.monotonic()
    farm.start()
    return {'acquire_p99_1m_over_1k': min(long['p99_ms'], again['p99_ms']) / short['p99_ms'], 'rss_mb_1m': rss,
            'restart_s_1m': time.monotonic() - begin, 'acquire_1k': short, 'acquire_while_200k_are_enqueued': during, 'acquire_1m': [long, again]}


def measure(folder, rounds, seconds, jobs):
    all_rounds = [one_round(folder, seconds) for _ in range(rounds)]
    rates = {key: statistics.median(one[key] for one in all_rounds) for key in all_rounds[0]}
    result = {'lifecycles_vs_beanstalkd_64': rates['coordinator', 64] / rates['beanstalkd', 64],
              'batched_vs_beanstalkd_64': rates['batched', 64] / rates['beanstalkd', 64],
              'rpc_vs_echo_64': 3 * rates['coordinator', 64] / rates['echo', 64]}
    with Coordinator(f'{folder}/coordinator') as farm:
        dispatch = load('dispatch', farm.address, count=1000)
        result |= {'dispatch_p50_ms': dispatch['p50_ms'], 'dispatch_p99_ms': dispatch['p99_ms']} | idle_polls(farm)
    with Coordinator(f'{folder}/coordinator') as farm:
        result |= long_queue(farm, jobs)
    result['rates'] = {f'{system}_{level}': round(rate) for (system, level), rate in rates.items()}
    return result


def show(result):
    print('\nper second, in flight' + ''.join(f'{level:>10}' for level in LEVELS))
    for system in ('coordinator', 'beanstalkd', 'echo'):
        print(f'{system:21}' + ''.join(f'{result["rates"][f"{system}_{level}"]:10}' for level in LEVELS))
    print(f'{"batched":21}{"":20}{result["rates"]["batched_64"]:10}\n')
    for key, (which, bar) in BARS.items():
        print(f'{key:30}{result[key]:9.2f}   {which} {bar}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true', help='print one JSON document, in the last line')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=3)
    parser.add_argument('--jobs', type=int, default=1_000_000, help='of the long queue')
    arguments = parser.parse_args()
    result = measure(f'{ROOT}/build/bench/leases', arguments.rounds, arguments.seconds, arguments.jobs)
    print(json.dumps(result)) if arguments.json else show(result)


if __name__ == '__main__':
    main()
