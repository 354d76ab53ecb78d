#!/usr/bin/python3
"""kustomize.py FOLDER: prints what `kubectl kustomize FOLDER` does, for the part of kustomize that this project uses.

No package of Debian 12 renders present kustomizations. This does resources, components, patches (strategic merge and
JSON 6902 "add"), configMapGenerator from files, namespace, labels with includeTemplates, and the tags of images.
Anything else is an error, so that nothing is silently left out.
"""
import copy
import hashlib
import json
import pathlib
import sys

import yaml

KNOWN = {'apiVersion', 'kind', 'resources', 'components', 'patches', 'configMapGenerator', 'namespace', 'labels',
         'images'}
# The lists that a strategic merge joins by a key, as the Kubernetes types declare it; others are replaced.
MERGE_KEYS = {'containers': 'name', 'initContainers': 'name', 'volumes': 'name', 'env': 'name',
              'volumeMounts': 'mountPath', 'topologySpreadConstraints': 'topologyKey'}
WITHOUT_NAMESPACE = {'Namespace'}


class Unsupported(Exception):
    """A feature of kustomize that is not implemented here."""


def only(mapping, known, place):
    for key in set(mapping) - set(known):
        raise Unsupported(f'{place}: {key}')


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def merge(target, patch):
    """A strategic merge: what the patch adds to a list that has a key comes first."""
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        elif isinstance(value, list) and key in MERGE_KEYS and key in target:
            target[key] = merge_lists(target[key], value, MERGE_KEYS[key])
        else:
            target[key] = copy.deepcopy(value)


def merge_lists(old, patch, key):
    by_key = {item[key]: item for item in old}
    added = [copy.deepcopy(item) for item in patch if item[key] not in by_key]
    for item in patch:
        if item[key] in by_key:
            merge(by_key[item[key]], item)
    return added + old


def apply_operation(document, operation):
    only(operation, {'op', 'path', 'value'}, 'JSON patch')
    *parents, last = operation['path'].strip('/').split('/')
    for name in parents:
        document = document[int(name)] if isinstance(document, list) else document[name]
    place = int(last) if isinstance(document, list) and last != '-' else last
    match operation['op']:
        case 'add' if place == '-':
            document.append(operation['value'])
        case 'add' if isinstance(document, dict):
            document[place] = operation['value']
        case 'remove':
            del document[place]
        case 'test':
            if document[place] != operation['value']:
                raise LookupError(f'{operation["path"]} is {document[place]}, not {operation["value"]}')
        case _:
            raise Unsupported(f'JSON patch operation {operation["op"]} at {operation["path"]}')


def find(resources, kind, name):
    found = [r for r in resources if r['kind'] == kind and r['metadata']['name'] == name]
    if len(found) != 1:
        raise LookupError(f'a patch is for {kind} {name}, of which there are {len(found)}')
    return found[0]


def apply_patch(resources, folder, patch):
    only(patch, {'path', 'target'}, 'patches')
    for content in documents(folder / patch['path']):
        if isinstance(content, list):
            only(patch['target'], {'kind', 'name'}, 'patches.target')
            target = find(resources, patch['target']['kind'], patch['target']['name'])
            for operation in content:
                apply_operation(target, operation)
        else:
            merge(find(resources, content['kind'], content['metadata']['name']), content)


def suffix(data):
    """Makes a change of a ConfigMap's content a change of its name. kustomize's own digest is another one."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:10]


def generate(resources, folder, generator):
    only(generator, {'name', 'files'}, 'configMapGenerator')
    data = {pathlib.Path(file).name: (folder / file).read_text() for file in generator['files']}
    name = f'{generator["name"]}-{suffix(data)}'
    for volume in (v for pod in pods(resources) for v in pod['spec'].get('volumes', [])):
        if volume.get('configMap', {}).get('name') == generator['name']:
            volume['configMap']['name'] = name
    resources.append({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': name}, 'data': data})


def pods(resources):
    """The pod templates."""
    return [r['spec']['template'] for r in resources if 'template' in r.get('spec', {})]


def containers(pod):
    return pod['spec'].get('initContainers', []) + pod['spec']['containers']


def set_tag(resources, image):
    only(image, {'name', 'newTag'}, 'images')
    for container in (c for pod in pods(resources) for c in containers(pod)):
        if container['image'].split(':')[0] == image['name']:
            container['image'] = f'{image["name"]}:{image["newTag"]}'


def set_labels(resources, labels):
    only(labels, {'pairs', 'includeTemplates'}, 'labels')
    for resource in resources + (pods(resources) if labels.get('includeTemplates') else []):
        resource.setdefault('metadata', {}).setdefault('labels', {}).update(labels['pairs'])


def set_namespace(resources, namespace):
    for resource in resources:
        if resource['kind'] not in WITHOUT_NAMESPACE:
            resource['metadata']['namespace'] = namespace


def load(resources, folder, name):
    path = folder / name
    resources.extend(render(path) if path.is_dir() else documents(path))


def render(folder, onto=None):
    """The resources of a kustomization; a component's are those it is laid onto."""
    folder = pathlib.Path(folder)
    kustomization = yaml.safe_load((folder / 'kustomization.yaml').read_text())
    only(kustomization, KNOWN, folder)
    resources = [] if onto is None else onto
    for name in kustomization.get('resources', []):
        load(resources, folder, name)
    for name in kustomization.get('components', []):
        render(folder / name, onto=resources)
    for patch in kustomization.get('patches', []):
        apply_patch(resources, folder, patch)
    for generator in kustomization.get('configMapGenerator', []):
        generate(resources, folder, generator)
    for labels in kustomization.get('labels', []):
        set_labels(resources, labels)
    if 'namespace' in kustomization:
        set_namespace(resources, kustomization['namespace'])
    for image in kustomization.get('images', []):
        set_tag(resources, image)
    return resources


if __name__ == '__main__':
    yaml.safe_dump_all(render(sys.argv[1]), sys.stdout)
