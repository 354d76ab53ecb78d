#!/usr/bin/env python3
"""check_layers.py LAYERS ROOT: the direction of dependence, as CMake's link edges have it.

LAYERS has a line for each target: name|its files|what it links. Every `#include "..."` of a file must
name a file of its own target or of one that the target links, directly or through others; no program may
link a `_testing` target or a contract suite, and no target is without files that exist.
"""
import os
import re
import sys

TESTING = re.compile(r'(_testing|_contract)$')


def read_layers(path):
    targets = {}
    for line in open(path):
        name, files, links = line.rstrip('\n').split('|')
        targets[name] = ([f for f in files.split(',') if f], [l for l in links.split(',') if l])
    return targets


def closure(name, targets, seen=None):
    seen = set() if seen is None else seen
    if name in targets and name not in seen:
        seen.add(name)
        for link in targets[name][1]:
            closure(link, targets, seen)
    return seen


def includes(path):
    for number, line in enumerate(open(path, errors='replace'), 1):
        match = re.match(r'#include "([^"]+)"', line)
        if match:
            yield number, match.group(1)


def check(targets, root):
    owner = {os.path.relpath(f, root): name for name, (files, _) in targets.items() for f in files
             if not f.endswith('.cc')}
    for name, (files, _) in sorted(targets.items()):
        reachable = closure(name, targets)
        for path in files:
            if not path.startswith(root + '/') or path.startswith(root + '/build/'):
                continue
            for number, header in includes(path):
                if header not in owner:
                    if os.path.exists(os.path.join(root, header)):
                        yield f'{path}:{number}: {header} belongs to no target'
                elif owner[header] not in reachable:
                    yield f'{path}:{number}: {name} includes {header} but does not link {owner[header]}'
    for program in ('probefarm', 'probefarm-coordinator', 'probefarm-worker'):
        for linked in sorted(closure(program, targets)):
            if TESTING.search(linked):
                yield f'{program} links {linked}, which is for tests'
    for program, others in (('probefarm-coordinator', ('worker/', 'client/')),
                            ('probefarm-worker', ('coordinator/', 'client/')),
                            ('probefarm', ('coordinator/', 'worker/'))):
        for linked in sorted(closure(program, targets)):
            for path in targets[linked][0]:
                if os.path.relpath(path, root).startswith(others):
                    yield f'{program} links {linked} of another program'
                    break


def main():
    problems = list(check(read_layers(sys.argv[1]), os.path.realpath(sys.argv[2])))
    print('\n'.join(problems) or 'every include is a link edge')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
