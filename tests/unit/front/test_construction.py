from __future__ import annotations

from types import SimpleNamespace

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.policy.base import BasePolicy

A, B = ContainerMap('a', {'c': {}}), ContainerMap('b', {'c': {}})


@pytest.mark.parametrize(
    ('given', 'maps', 'default_map'),
    [
        (None, {}, None),
        ([], {}, None),
        ({}, {}, None),
        (A, {'a': A}, 'a'),
        ([A], {'a': A}, None),
        ((A, B), {'a': A, 'b': B}, None),
        ({'a': A}, {'a': A}, None),
    ],
)
def test_maps_are_known_by_name(given, maps, default_map):
    client = MappingDockerClient(given)
    assert client.maps == maps
    assert client.default_map == default_map


def test_a_dictionary_of_maps_stays_the_same_object():
    maps = {'a': A}
    assert MappingDockerClient(maps).maps is maps


@pytest.mark.parametrize('wrong', ['a', 5])
def test_anything_else_is_no_map(wrong):
    with pytest.raises(ValueError, match=type(wrong).__name__):
        MappingDockerClient(wrong)


def test_the_default_map_has_to_exist():
    client = MappingDockerClient([A, B])
    client.default_map = 'b'
    assert client.default_map == 'b'
    with pytest.raises(ValueError, match=r"no map 'x'\. Known maps: a, b"):
        client.default_map = 'x'


@pytest.mark.parametrize(
    'wrap', [lambda client: client, lambda client: SimpleNamespace(api=client)], ids=['client', 'object around it']
)
def test_a_client_object_becomes_the_default_client(docker_client, wrap):
    clients = MappingDockerClient(A, wrap(docker_client)).clients
    assert list(clients) == ['__default__']
    assert clients['__default__'].get_client() is docker_client


def test_a_client_configuration_becomes_the_default_client():
    configuration = ClientConfiguration()
    assert MappingDockerClient(A, configuration).clients['__default__'] is configuration


def test_the_default_client_replaces_one_of_its_name():
    configuration = ClientConfiguration()
    client = MappingDockerClient(A, configuration, {'__default__': ClientConfiguration(), 'c2': ClientConfiguration()})
    assert client.clients['__default__'] is configuration
    assert list(client.clients) == ['__default__', 'c2']


def test_the_name_of_the_default_client_can_be_chosen():
    client = MappingDockerClient(A, ClientConfiguration(), option_defaults={'default_client_name': 'main'})
    assert list(client.clients) == ['main']
    assert client.get_policy().default_client_name == 'main'


@pytest.mark.parametrize('pairs', [lambda clients: clients, lambda clients: list(clients.items())])
def test_the_given_clients_are_not_changed(pairs):
    given = {'c2': ClientConfiguration()}
    client = MappingDockerClient(A, ClientConfiguration(), pairs(given))
    assert list(given) == ['c2']
    assert client.clients['c2'] is given['c2']


def test_client_objects_are_converted_by_the_class_for_it(docker_client):
    class Own(ClientConfiguration):
        pass

    class OwnClient(MappingDockerClient):
        configuration_class = Own

    assert type(OwnClient(A, docker_client).clients['__default__']) is Own


def test_defaults_are_properties():
    client = MappingDockerClient(A, None, None, {'repository': 'r'}, {'remove_attached': True})
    assert client.map_defaults == {'repository': 'r'}
    assert client.option_defaults == {'remove_attached': True}
    assert client.get_policy().container_maps['a'].get_image('c') == ('r/c', 'latest')
    assert client.get_policy().option_defaults == {'remove_attached': True}


def test_the_policy_is_kept_until_names_are_refreshed():
    class Own(BasePolicy):
        pass

    client = MappingDockerClient({'a': A})
    client.policy_class = Own
    policy = client.get_policy()
    assert type(policy) is Own
    client.maps['b'] = B
    assert client.get_policy() is policy
    client.refresh_names()
    assert list(client.get_policy().container_maps) == ['a', 'b']


@pytest.mark.parametrize(
    ('by_parent', 'names'),
    [
        (False, ['shop.logs', 'shop.db', 'shop.kept.i1', 'shop.kept.i2']),
        (True, ['shop.web.logs', 'shop.db', 'shop.kept.i1', 'shop.kept.i2']),
    ],
)
def test_persistent_containers_are_listed_without_asking_anybody(by_parent, names):
    shop = ContainerMap(
        'shop',
        {
            'web': {'attaches': {'logs': '/logs'}},
            'db': {'persistent': True},
            'base': {'abstract': True, 'persistent': True},
            'kept': {'extends': 'base', 'instances': ['i1', 'i2']},
            'use_attached_parent_name': by_parent,
        },
    )
    client = MappingDockerClient([shop, ContainerMap('other', {'c': {'persistent': True}})])
    assert client.list_persistent_containers('shop') == names
    assert client.list_persistent_containers() == [*names, 'other.c']
