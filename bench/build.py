"""What the farm adds to the bare work.

From the lease to the publication on the directory host, over `docker run` of the same script with the same limits in the
same image, whose headers and source are in volumes already; in turn, pair by pair.

  warm        one slot; inputs in the worker's cache, headers in a volume
  cold        one slot; an empty cache, no header volume, the package mirror on loopback
  two slots   24 builds, warm, over half the sum of the bare times of the same builds, which run two at a time as well:
              what is compared is the farm, not the second core

The builder image is in the engine in all of them.
"""
import argparse
import concurrent.futures
import contextlib
import json
import os
import shutil
import statistics

from bare import BareBuild, Headers, docker
from farm import ROOT, Drivers, Farm, header_volume
from mirror import Mirror, machine_mirrors

KERNELS = '^6\\.1\\.0-.*cloud-amd64$'
LIMITS = {'warm_over_bare': 1.08, 'cold_over_bare': 1.35, 'two_slots_over_ideal': 1.10, 'worker_memory_mb': 100}


class Bench:
    def __init__(self, folder, mirror, headers):
        self.folder, self.mirror, self.headers = folder, mirror, headers
        self.cache = f'{folder}/cache'

    def farm(self, slots, cache=None):
        return Farm(f'{ROOT}/build/release/bin', f'{self.folder}/farm', cache or self.cache, self.mirror, slots)

    def warm_up(self):
        """Everything into cache and volumes that later runs are to find there; answers the specs of 24 builds."""
        with self.farm(slots=2) as farm:
            jobs = farm.build('--kernel', KERNELS, '--newest', '6')
            if len(jobs) != 24:
                raise RuntimeError(f'24 builds were expected, {len(jobs)} were published')
            return [farm.spec(job) for job in jobs]

    def one(self, kind, cache=None):
        with self.farm(1, cache) as farm:
            jobs = farm.build('--driver', Drivers.NEW, '--kind', kind, '--kernel', KERNELS, '--newest', '1')
            return farm.seconds(jobs), farm.spec(jobs[0])

    def cold(self, kind, spec):
        cache = f'{self.folder}/cold'
        shutil.rmtree(cache, ignore_errors=True)
        docker('volume', 'rm', '-f', header_volume(spec))
        return self.one(kind, cache)[0]

    def bare(self, spec):
        with BareBuild(spec, self.headers) as build:
            return build.run()

    def pair(self, kind):
        warm, spec = self.one(kind)
        bare = self.bare(spec)
        return {'warm': warm, 'bare': bare, 'cold': self.cold(kind, spec)}

    def two_slots(self, specs):
        with contextlib.ExitStack() as stack:
            builds = [stack.enter_context(BareBuild(spec, self.headers)) for spec in specs]
            with concurrent.futures.ThreadPoolExecutor(2) as lanes:
                bare = list(lanes.map(BareBuild.run, builds))
        with self.farm(slots=2) as farm:
            jobs = farm.build('--kernel', KERNELS, '--newest', '6')
            return {'farm': farm.seconds(jobs), 'ideal': sum(bare) / 2, 'builds': len(jobs),
                    'worker_peak_bytes': farm.worker_peak_bytes()}


def ratios(pairs, what):
    return [pair[what] / pair['bare'] for pair in pairs]


def show(result):
    for kind, pairs in result['pairs'].items():
        print(f'\n{kind}, seconds:   bare    warm    cold')
        for pair in pairs:
            print(f'{"":16}{pair["bare"]:7.2f} {pair["warm"]:7.2f} {pair["cold"]:7.2f}')
    two = result['two_slots']
    print(f'\ntwo slots: {two["builds"]} builds in {two["farm"]:.1f} s, ideally {two["ideal"]:.1f} s\n')
    for key, limit in LIMITS.items():
        print(f'{key:22}{result[key]:8.3f}   at most {limit}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true', help='print one JSON document')
    parser.add_argument('--pairs', type=int, default=5)
    arguments = parser.parse_args()
    folder = f'{ROOT}/build/bench'
    with Mirror(f'{folder}/mirror', machine_mirrors()) as mirror, Headers(mirror) as headers:
        bench = Bench(folder, mirror, headers)
        specs = bench.warm_up()
        pairs = {kind: [bench.pair(kind) for _ in range(arguments.pairs)] for kind in ('bpf', 'kmod')}
        two = bench.two_slots(specs)
    # The kind for which it is worse.
    median = {what: max(statistics.median(ratios(p, what)) for p in pairs.values()) for what in ('warm', 'cold')}
    result = {'warm_over_bare': median['warm'], 'cold_over_bare': median['cold'],
              'two_slots_over_ideal': two['farm'] / two['ideal'],
              'worker_memory_mb': two['worker_peak_bytes'] / 1e6, 'pairs': pairs, 'two_slots': two}
    print(json.dumps(result)) if arguments.json else show(result)


if __name__ == '__main__':
    main()
