from __future__ import annotations

import contextlib

import docker
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient, PartialResultsError
from tests.engine.conftest import remove_containers

NOBODY = 'tcp://127.0.0.1:1'


@pytest.fixture
def engines(engine_url, second_engine_url):
    """A plain client for each of two engines."""
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(contextlib.closing(docker.APIClient(url, version='auto')))
            for name, url in (('one', engine_url), ('two', second_engine_url))
        }


@pytest.fixture
def clients(engine_url, second_engine_url, unique, engines):
    yield {'one': ClientConfiguration(engine_url), 'two': ClientConfiguration(second_engine_url)}
    remove_containers(engines['two'], unique)


@pytest.fixture
def running(engines, unique):
    """Names of running containers of the test, by client."""

    def names(engine):
        listed = [name for container in engine.containers() for name in container['Names']]
        return sorted(
            name.partition('.')[2] for name in listed if name.startswith(f'/{unique}') and name.count('/') == 1
        )

    return lambda: {client: names(engine) for client, engine in engines.items()}


def test_a_map_runs_on_two_hosts(clients, service, running, unique):
    client = MappingDockerClient(ContainerMap(unique, {'app': service, 'clients': ['one', 'two']}), clients=clients)
    results = client.startup('app')
    assert running() == {'one': ['app'], 'two': ['app']}
    assert [output.client_name for output in results] == ['one', 'two']
    client.shutdown('app')
    assert running() == {'one': [], 'two': []}


def test_two_maps_run_on_different_hosts(clients, service, running, unique):
    maps = [ContainerMap(f'{unique}-{name}', {'app': service, 'clients': [name]}) for name in ('one', 'two')]
    client = MappingDockerClient(maps, clients=clients)
    client.startup('__all__')
    assert running() == {'one': ['app'], 'two': ['app']}
    client.shutdown('__all__')
    assert running() == {'one': [], 'two': []}


@pytest.mark.parametrize('relation', ['links', 'network_mode'])
def test_a_container_is_limited_to_its_hosts_and_needed_ones_follow(clients, service, running, unique, relation):
    client = MappingDockerClient(
        ContainerMap(
            unique,
            {
                'app': {**service, relation: 'db', 'clients': ['two']},
                'db': service,
                'lone': service,
                'clients': ['one'],
            },
        ),
        clients=clients,
    )
    client.startup('__all__')
    assert running() == {'one': ['lone'], 'two': ['app', 'db']}


@pytest.mark.parametrize('relation', ['links', 'network_mode'])
def test_a_host_that_is_down_ends_only_its_own_items(clients, service, running, unique, relation):
    container_map = ContainerMap(unique, {'app': {**service, relation: 'db'}, 'db': service, 'clients': ['two', 'one']})
    client = MappingDockerClient(container_map, clients={**clients, 'two': ClientConfiguration(NOBODY)})
    with pytest.raises(PartialResultsError, match='client two were left out') as caught:
        client.startup('app')
    assert running() == {'one': ['app', 'db'], 'two': []}
    assert {entry.client_name for entry in caught.value.completed} == {'one'}
    MappingDockerClient(container_map, clients=clients).startup('app')
    assert running() == {'one': ['app', 'db'], 'two': ['app', 'db']}


def test_a_host_that_a_map_does_not_use_may_be_down(clients, service, running, unique):
    client = MappingDockerClient(
        ContainerMap(unique, {'app': service, 'clients': ['one']}),
        clients={'one': clients['one'], 'two': ClientConfiguration(NOBODY)},
    )
    for action in ('update', 'stop', 'startup', 'shutdown'):
        client.call(action, 'app')
    assert running() == {'one': [], 'two': []}
