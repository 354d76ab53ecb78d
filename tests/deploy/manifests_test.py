#!/usr/bin/python3
"""Tests of the renderer and of what check_manifests.py finds: each rule with a manifest that breaks it."""
import pathlib
import tempfile
import unittest

import check_manifests
import kustomize

SINGLE = pathlib.Path(__file__).parents[2] / 'deploy/kubernetes/overlays/single'


class Manifests(unittest.TestCase):
    def setUp(self):
        self.resources = kustomize.render(SINGLE)

    def resource(self, kind, name):
        return kustomize.find(self.resources, kind, name)

    def pod(self, name):
        return self.resource('Deployment', name)['spec']['template']['spec']

    def assert_mistake(self, text):
        mistakes = list(check_manifests.check(self.resources))
        self.assertTrue(any(text in mistake for mistake in mistakes), f'{text!r} is not in {mistakes}')

    def test_the_overlay_has_none(self):
        self.assertEqual(list(check_manifests.check(self.resources)), [])

    def test_a_field_that_the_api_does_not_have(self):
        self.pod('worker')['containers'][0]['reddinessProbe'] = {}
        self.assert_mistake('reddinessProbe: is not a field of V1Container')

    def test_a_value_of_another_type(self):
        self.resource('Deployment', 'coordinator')['spec']['replicas'] = '1'
        self.assert_mistake("replicas: '1' is not of type int")

    def test_a_truth_value_is_no_number(self):
        self.pod('worker')['terminationGracePeriodSeconds'] = True
        self.assert_mistake('True is not of type int')

    def test_a_required_field_that_is_missing(self):
        del self.resource('Deployment', 'worker')['spec']['selector']
        self.assert_mistake('`selector`')

    def test_a_kind_that_is_in_another_group(self):
        self.resource('PodDisruptionBudget', 'worker')['apiVersion'] = 'apps/v1'
        self.resource('Deployment', 'worker')['apiVersion'] = 'apps/v2'
        self.assert_mistake('apps/v2 has no such kind')

    def test_a_selector_without_pods(self):
        self.resource('Service', 'coordinator')['spec']['selector'] = {'app': 'elsewhere'}
        self.assert_mistake('no pod has the labels')

    def test_a_port_that_no_container_has(self):
        self.resource('Service', 'coordinator')['spec']['ports'][0]['targetPort'] = 'grpcs'
        self.assert_mistake('no container has the port grpcs')

    def test_a_probe_of_a_port_that_is_not_there(self):
        self.pod('coordinator')['containers'][0]['livenessProbe']['httpGet']['port'] = 'web'
        self.assert_mistake('livenessProbe asks port web')

    def test_a_mount_without_volume(self):
        self.pod('worker')['volumes'].pop()
        self.assert_mistake('there is no volume tmp')

    def test_a_configuration_that_is_not_there(self):
        self.resources = [r for r in self.resources if r['kind'] != 'ConfigMap']
        self.assert_mistake('there is no ConfigMap coordinator-config-')

    def test_a_container_with_privileges(self):
        del self.pod('worker')['containers'][0]['securityContext']['capabilities']
        self.assert_mistake('container worker: has privileges')

    def test_a_pod_that_may_run_as_root(self):
        del self.pod('worker')['securityContext']['runAsNonRoot']
        self.assert_mistake('may run as root')

    def test_an_image_without_tag(self):
        self.pod('worker')['containers'][0]['image'] = 'probefarm-worker'
        self.assert_mistake('its image has no tag')

    def test_a_quantity_that_is_none(self):
        self.pod('worker')['containers'][0]['resources']['limits']['memory'] = '2GB'
        self.assert_mistake('2GB is no quantity')


class Kustomize(unittest.TestCase):
    def render(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                (pathlib.Path(folder) / f'{name}.yaml').write_text(text)
            return kustomize.render(folder)

    def test_a_merge_joins_lists_by_their_key(self):
        old = {'containers': [{'name': 'a', 'image': 'x', 'args': ['1']}, {'name': 'b'}]}
        kustomize.merge(old, {'containers': [{'name': 'a', 'args': ['2']}, {'name': 'c'}]})
        self.assertEqual(old['containers'],
                         [{'name': 'c'}, {'name': 'a', 'image': 'x', 'args': ['2']}, {'name': 'b'}])

    def test_another_content_gives_another_name(self):
        maps = [self.render(kustomization='configMapGenerator: [{name: c, files: [f.yaml]}]', f=text)[0]
                for text in ('one', 'two')]
        self.assertNotEqual(*(config_map['metadata']['name'] for config_map in maps))

    def test_what_is_not_implemented_is_refused(self):
        for text in ('secretGenerator: []', 'images: [{name: a, digest: b}]',
                     'configMapGenerator: [{name: a, literals: []}]'):
            with self.subTest(text), self.assertRaises(kustomize.Unsupported):
                self.render(kustomization=text)

    def test_a_patch_without_target_is_refused(self):
        with self.assertRaises(LookupError):
            self.render(kustomization='patches: [{path: p.yaml}]', p='{kind: Deployment, metadata: {name: none}}')


if __name__ == '__main__':
    unittest.main()
