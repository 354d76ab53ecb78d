#!/usr/bin/python3
"""check_manifests.py KUSTOMIZATION…: renders each and checks its resources against the Kubernetes API's own types.

The types are those of Debian's python3-kubernetes, which are generated from the API's OpenAPI document: no field that
they do not know, none missing that they require, each value of its type. Beyond the types: what one resource says of
another must be there, images have a tag, and containers are confined.
"""
import re
import sys

from kubernetes.client import Configuration, models

import kustomize

QUANTITY = re.compile(r'\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$')
SCALARS = {'str': str, 'int': int, 'bool': bool, 'float': (int, float), 'datetime': str}
# The engine makes user namespaces and mounts of its own.
PRIVILEGED = {'engine'}
HARDENED = {'allowPrivilegeEscalation': False, 'capabilities': {'drop': ['ALL']}}


def model_of(resource):
    version = resource['apiVersion'].rpartition('/')[2]
    return getattr(models, version[0].upper() + version[1:] + resource['kind'], None)


def check_type(value, declared, place):
    """`declared` is in the notation of the generated models: str, list[V1Volume], dict(str, str), object."""
    if declared == 'object':
        return
    if match := re.fullmatch(r'list\[(.*)\]', declared):
        if not isinstance(value, list):
            yield f'{place}: is not a list'
            return
        for number, item in enumerate(value):
            yield from check_type(item, match[1], f'{place}[{number}]')
    elif match := re.fullmatch(r'dict\(str, (.*)\)', declared):
        if not isinstance(value, dict):
            yield f'{place}: is not a mapping'
            return
        for key, item in value.items():
            yield from check_type(item, match[1], f'{place}.{key}')
    elif declared in SCALARS:
        wrong = not isinstance(value, SCALARS[declared]) or isinstance(value, bool) != (declared == 'bool')
        if wrong:
            yield f'{place}: {value!r} is not of type {declared}'
    else:
        yield from check_model(value, getattr(models, declared), place)


def check_model(value, model, place):
    if not isinstance(value, dict):
        yield f'{place}: is not a mapping'
        return
    attributes = {field: attribute for attribute, field in model.attribute_map.items()}
    for field, item in value.items():
        if field not in attributes:
            yield f'{place}.{field}: is not a field of {model.__name__}'
        else:
            yield from check_type(item, model.openapi_types[attributes[field]], f'{place}.{field}')
    known = {attributes[field]: item for field, item in value.items() if field in attributes}
    try:
        model(**known, local_vars_configuration=Configuration())
    except ValueError as error:
        yield f'{place}: {error}'


def name_of(resource):
    return f'{resource["kind"]} {resource["metadata"]["name"]}'


def check_schema(resource):
    model = model_of(resource)
    if model is None:
        yield f'{name_of(resource)}: {resource["apiVersion"]} has no such kind'
    else:
        yield from check_model(resource, model, name_of(resource))


def selectors(resource):
    """The label selectors of a resource that are about pods of the farm, as mappings."""
    spec = resource.get('spec', {})
    if resource['kind'] == 'Service':
        yield spec['selector']
    elif 'selector' in spec:
        yield spec['selector']['matchLabels']
    if resource['kind'] == 'NetworkPolicy':
        peers = [peer for rule in spec.get('ingress', []) for peer in rule.get('from', [])]
        peers += [peer for rule in spec.get('egress', []) for peer in rule.get('to', [])]
        yield from (s.get('matchLabels', {}) for s in [spec['podSelector']] + [p['podSelector'] for p in peers])


def check_selectors(resource, pods):
    for labels in selectors(resource):
        if not any(labels.items() <= pod['metadata']['labels'].items() for pod in pods):
            yield f'{name_of(resource)}: no pod has the labels {labels}'


def check_pod(pod, place, resources):
    spec = pod['spec']
    volumes = {volume['name'] for volume in spec.get('volumes', [])}
    there = {(resource['kind'], resource['metadata']['name']) for resource in resources}
    for volume in spec.get('volumes', []):
        for field, kind, key in (('configMap', 'ConfigMap', 'name'),
                                 ('persistentVolumeClaim', 'PersistentVolumeClaim', 'claimName')):
            if field in volume and (kind, volume[field][key]) not in there:
                yield f'{place}: there is no {kind} {volume[field][key]}'
    if not spec.get('securityContext', {}).get('runAsNonRoot'):
        yield f'{place}: may run as root'
    for container in kustomize.containers(pod):
        yield from check_container(container, f'{place}, container {container["name"]}', volumes)


def check_container(container, place, volumes):
    if ':' not in container['image']:
        yield f'{place}: its image has no tag'
    for mount in container.get('volumeMounts', []):
        if mount['name'] not in volumes:
            yield f'{place}: there is no volume {mount["name"]}'
    security = container.get('securityContext', {})
    if not security.get('readOnlyRootFilesystem'):
        yield f'{place}: its root can be written'
    if container['name'] not in PRIVILEGED and not HARDENED.items() <= security.items():
        yield f'{place}: has privileges'
    resources = container.get('resources', {})
    if 'memory' not in resources.get('limits', {}):
        yield f'{place}: its memory has no limit'
    for quantity in (q for share in resources.values() for q in share.values()):
        if not QUANTITY.match(quantity):
            yield f'{place}: {quantity} is no quantity'
    yield from check_probes(container, place)


def check_probes(container, place):
    ports = {port['name'] for port in container.get('ports', [])}
    for kind in ('startupProbe', 'livenessProbe', 'readinessProbe'):
        port = container.get(kind, {}).get('httpGet', {}).get('port')
        if port is not None and port not in ports:
            yield f'{place}: {kind} asks port {port}, which it does not have'


def check_ports(resource, pods):
    ports = {port['name'] for pod in pods for c in kustomize.containers(pod) for port in c.get('ports', [])}
    for port in resource['spec']['ports']:
        if port['targetPort'] not in ports:
            yield f'{name_of(resource)}: no container has the port {port["targetPort"]}'


def check(resources):
    pods = kustomize.pods(resources)
    for resource in resources:
        mistakes = list(check_schema(resource))
        yield from mistakes
        if mistakes:
            continue
        yield from check_selectors(resource, pods)
        if resource['kind'] == 'Service':
            yield from check_ports(resource, pods)
        if 'template' in resource.get('spec', {}):
            yield from check_pod(resource['spec']['template'], name_of(resource), resources)


def main():
    wrong = False
    for folder in sys.argv[1:]:
        resources = kustomize.render(folder)
        mistakes = list(check(resources))
        print(f'{folder}: {len(resources)} resources, {len(mistakes)} mistakes', *mistakes, sep='\n  ')
        wrong = wrong or bool(mistakes)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
