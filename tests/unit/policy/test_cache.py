from __future__ import annotations

from types import SimpleNamespace

import pytest

from dockermap.map.policy.cache import (
    CachedContainerNames,
    CachedImages,
    CachedNetworkNames,
    CachedVolumeNames,
    ContainerCache,
    ImageCache,
    NetworkCache,
    VolumeCache,
)


class Client:
    """Answers with what it is given."""

    def __init__(self, **answers):
        self.asked = []
        self.answers = answers

    def _answer(self, method, **kwargs):
        self.asked.append((method, kwargs))
        return self.answers[method]

    def containers(self, **kwargs):
        return self._answer('containers', **kwargs)

    def images(self, **kwargs):
        return self._answer('images', **kwargs)

    def networks(self):
        return self._answer('networks')

    def volumes(self):
        return self._answer('volumes')


def configured(client, **features):
    return SimpleNamespace(get_client=lambda: client, features=features)


def test_each_name_of_a_container_is_known():
    client = Client(containers=[{'Id': 'c1', 'Names': ['/m.a', '/m.b/alias']}, {'Id': 'c2', 'Names': None}])
    assert CachedContainerNames(client) == {'m.a': 'c1', 'm.b/alias': 'c1'}
    assert client.asked == [('containers', {'all': True})]


def test_images_are_known_by_tag_and_digest():
    client = Client(
        images=[
            {'Id': 'i1', 'RepoTags': ['a:1', 'b:2'], 'RepoDigests': ['a@sha256:00']},
            {'Id': 'i2', 'RepoTags': None},
        ]
    )
    assert CachedImages(client) == {'a:1': 'i1', 'b:2': 'i1', 'a@sha256:00': 'i1'}


def test_images_of_one_repository_are_added_to_what_is_known():
    client = Client(images=[{'Id': 'i1', 'RepoTags': ['a:1']}])
    images = CachedImages(client)
    images['other:1'] = 'i9'
    images.refresh_repo('a')
    assert images == {'a:1': 'i1', 'other:1': 'i9'}
    assert client.asked[-1] == ('images', {'name': 'a'})


@pytest.mark.parametrize('name', ['docker.io/library/a:1', 'index.docker.io/library/a:1', 'library/a:1', 'a:1'])
def test_images_are_found_by_names_with_the_public_registry_as_well(name):
    images = CachedImages(Client(images=[{'Id': 'i1', 'RepoTags': ['a:1']}]))
    assert images.find(name) == 'i1'


def test_engines_are_asked_for_images_by_the_names_that_they_use():
    client = Client(images=[])
    CachedImages(client).refresh_repo('docker.io/team/a')
    assert client.asked[-1] == ('images', {'name': 'team/a'})


def test_networks_are_known_by_name():
    assert CachedNetworkNames(Client(networks=[{'Name': 'bridge', 'Id': 'n1'}])) == {'bridge': 'n1'}


def test_a_network_name_that_occurs_twice_is_addressed_by_id():
    names = CachedNetworkNames(
        Client(networks=[{'Name': 'n', 'Id': '1'}, {'Name': 'n', 'Id': '2'}, {'Name': 'o', 'Id': '3'}])
    )
    assert names.address('o') == 'o'
    assert names.address('n') == names['n']


@pytest.mark.parametrize(('answer', 'names'), [([{'Name': 'v'}], {'v'}), ([], set()), (None, set())])
def test_volumes_are_known_by_name(answer, names):
    assert CachedVolumeNames(Client(volumes={'Volumes': answer})) == names


@pytest.mark.parametrize('item_class', [CachedContainerNames, CachedImages, CachedNetworkNames, CachedVolumeNames])
def test_without_client_nothing_is_known(item_class):
    assert not item_class(None)


CONTAINER = {
    'Id': 'c1',
    'Names': ['/a'],
    'Labels': {},
    'State': 'running',
    'Mounts': [{'Name': 'v'}],
    'NetworkSettings': {'Networks': {'n': {}}},
}
TWINS = [{'Name': 'n', 'Id': '1', 'Labels': {}}, {'Name': 'n', 'Id': '2', 'Labels': {}}]


@pytest.mark.parametrize(
    ('item_class', 'answers'),
    [
        (CachedContainerNames, {'containers': [CONTAINER]}),
        (CachedImages, {'images': [{'Id': 'i1', 'RepoTags': ['a:1']}]}),
        (CachedNetworkNames, {'networks': TWINS}),
        (CachedVolumeNames, {'volumes': {'Volumes': [{'Name': 'v', 'Labels': {}}]}}),
    ],
)
def test_refreshing_forgets_what_is_gone(item_class, answers):
    client = Client(**answers)
    names = item_class(client)
    assert names
    client.answers = {'containers': [], 'images': [], 'networks': [], 'volumes': {'Volumes': []}}
    names.refresh()
    assert (set(names), names.rows) == (set(), [])


def test_refreshing_forgets_networks_and_volumes_of_containers_that_are_gone():
    client = Client(containers=[CONTAINER])
    names = CachedContainerNames(client)
    assert (names.networks, names.volume_users('v')) == ({'c1': {'n': {}}}, {'a'})
    client.answers = {'containers': []}
    names.refresh()
    assert (names.networks, names.volume_users('v')) == ({}, set())


def test_a_network_name_is_clear_again_when_its_twin_is_gone():
    client = Client(networks=TWINS)
    names = CachedNetworkNames(client)
    client.answers = {'networks': TWINS[:1]}
    names.refresh()
    assert names.address('n') == 'n'


def test_without_client_no_images_of_a_repository_are_added():
    images = CachedImages(None)
    images.refresh_repo('a')
    assert images == {}


def test_a_client_is_asked_on_first_use_and_when_refreshed():
    client = Client(containers=[])
    cache = ContainerCache({'main': configured(client)})
    assert cache.get('main') is None
    assert client.asked == []
    first = cache['main']
    assert cache['main'] is first
    assert len(client.asked) == 1
    assert cache.refresh('main') is cache['main']
    assert len(client.asked) == 2


@pytest.mark.parametrize(('cache_class', 'feature'), [(NetworkCache, 'networks'), (VolumeCache, 'volumes')])
def test_clients_without_such_items_are_named(cache_class, feature):
    with pytest.raises(ValueError, match=feature) as error:
        cache_class({'old': configured(Client(), **{feature: False})})['old']
    assert error.value.args[1] == 'old'


@pytest.mark.parametrize(
    ('cache_class', 'answers'),
    [
        (ContainerCache, {'containers': []}),
        (ImageCache, {'images': []}),
        (NetworkCache, {'networks': []}),
        (VolumeCache, {'volumes': {'Volumes': None}}),
    ],
)
def test_each_cache_asks_its_client(cache_class, answers):
    client = Client(**answers)
    assert not cache_class({'main': configured(client, networks=True, volumes=True)})['main']
    assert [name for name, _ in client.asked] == list(answers)
