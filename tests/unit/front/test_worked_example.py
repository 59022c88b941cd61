"""The example of the guide: what one call asks of an empty engine, in order."""

from __future__ import annotations

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.main import ContainerMap
from dockermap.testing import InMemoryEngine

SHOP = {
    'web': {
        'image': 'front',
        'networks': {'back': {'links': 'api'}, 'edge': 'www'},
        'attaches': 'logs',
        'exec_commands': ['touch /ready'],
        'stop_timeout': 4,
    },
    'api': {'image': 'api:3', 'networks': 'back'},
    'volumes': {'logs': '/logs'},
    'networks': {'back': None, 'edge': {'internal': True}},
}
UPDATE = [
    'pull api:3',
    'pull front:latest',
    'create_network shop.back',
    'create_container shop.api',
    'start shop.api',
    'create_network shop.edge',
    'create_volume shop.logs',
    'create_container shop.web',
    'connect_container_to_network shop.edge shop.web',
    'start shop.web',
    'exec_create shop.web',
    'exec_start shop.web',
]
OUTPUTS = [
    'image api pull_image',
    'image front pull_image',
    'network back create',
    'container api create',
    'network edge create',
    'volume web create',
    'container web create',
    'container web exec_all_commands',
]


@pytest.fixture
def engine():
    """An old and empty engine that can pull the images."""
    engine = InMemoryEngine(api_version='1.25')
    for name in ('api:3', 'front:latest'):
        engine.registry('docker.io').publish(name)
    return engine


def arguments(engine, method):
    return [call.arguments for call in engine.calls if call.method == method]


def test_an_empty_engine_gets_what_the_map_says(engine, docker_client):
    results = MappingDockerClient(ContainerMap('shop', SHOP), docker_client).update('web')
    assert engine.changes == UPDATE
    assert [
        f'{output.config_id.config_type.value} {output.config_id.config_name} {output.action_type.value}'
        for output in results
    ] == OUTPUTS
    containers = {given['name']: given for given in arguments(engine, 'create_container')}
    assert containers['shop.api']['hostname'] == 'shop-api'
    assert (containers['shop.web']['image'], containers['shop.web']['stop_timeout']) == ('front:latest', 4)
    assert containers['shop.web']['host_config']['Binds'] == ['shop.logs:/logs:rw']
    [connection] = arguments(engine, 'connect_container_to_network')
    assert (connection['aliases'], connection.get('ipv4_address')) == (['www'], None)


def test_each_kind_of_item_is_listed_once(engine, docker_client):
    MappingDockerClient(ContainerMap('shop', SHOP), docker_client).update('web', wait=False)
    lists = [call.method for call in engine.calls if call.method in ('containers', 'networks', 'volumes')]
    # Networks once more for each that was created: somebody else may have done the same.
    created = [call for call in engine.calls if call.method == 'create_network']
    assert sorted(lists) == ['containers', *['networks'] * (1 + len(created)), 'volumes']
    assert [given.get('name') for given in arguments(engine, 'images')] == [None, 'api', 'front']


def test_what_needs_a_container_is_taken_down_with_it(engine, docker_client):
    client = MappingDockerClient(ContainerMap('shop', SHOP), docker_client)
    client.update('web')
    engine.calls.clear()
    assert client.shutdown('api') == []
    calls = [(call.method, call.arguments) for call in engine.calls if call.method != 'containers']
    assert calls == [
        ('inspect_container', {'container': 'shop.web'}),
        ('inspect_container', {'container': 'shop.api'}),
        ('stop', {'container': 'shop.web', 'timeout': 4}),
        ('remove_container', {'container': 'shop.web'}),
        ('stop', {'container': 'shop.api'}),
        ('remove_container', {'container': 'shop.api'}),
    ]


def test_an_image_that_two_maps_use_is_pulled_once(engine, docker_client):
    maps = [ContainerMap(name, {'app': {'image': 'front'}}) for name in ('one', 'two')]
    MappingDockerClient(maps, docker_client).startup('__all__')
    assert [change for change in engine.changes if change.startswith('pull')] == ['pull front:latest']
