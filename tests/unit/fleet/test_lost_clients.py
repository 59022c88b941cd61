"""Containers that depend on others on clients that cannot be reached."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.exceptions import ClientOutcome, PartialResultsError
from dockermap.testing import InMemoryEngine

CONTENT: dict[str, Any] = {
    'web': {'image': 'app', 'clients': ['web1', 'web2'], 'depends_on': 'db'},
    'proxy': {'image': 'app', 'clients': ['web1'], 'depends_on': 'web'},
    'mail': {'image': 'app', 'clients': ['web2']},
    'db': {'image': 'db', 'clients': ['data']},
}


@pytest.fixture
def engines() -> dict[str, InMemoryEngine]:
    return {name: InMemoryEngine('app:latest', 'db:latest', 'busybox:latest') for name in ('data', 'web1', 'web2')}


@pytest.fixture
def client(engines: dict[str, InMemoryEngine]) -> MappingDockerClient:
    clients = {name: ClientConfiguration(client=engine.client(), version='1.41') for name, engine in engines.items()}
    return MappingDockerClient(ContainerMap('shop', CONTENT), clients=clients)


def running(engines: dict[str, InMemoryEngine]) -> set[str]:
    return {
        f'{name}:{container}'
        for name, engine in engines.items()
        for container in ('db', 'web', 'proxy', 'mail')
        if engine.is_running(f'shop.{container}')
    }


ALL = {'data:db', 'web1:web', 'web1:proxy', 'web2:web', 'web2:mail'}


def test_what_depends_on_a_client_that_cannot_be_reached_is_not_attempted(
    client: MappingDockerClient, engines: dict[str, InMemoryEngine]
) -> None:
    engines['data'].unreachable = True
    with pytest.raises(PartialResultsError) as caught:
        client.startup('__all__')
    assert running({name: engines[name] for name in ('web1', 'web2')}) == {'web2:mail'}
    reasons = {entry.operation.item[1].config_name: entry.reason for entry in caught.value.skipped}
    assert reasons == {
        'web': 'needs container shop.db on client data, which could not be reached',
        'proxy': 'needs container shop.db on client data, which could not be reached',
    }
    assert caught.value.clients == {
        'data': ClientOutcome(is_reachable=False),
        'web1': ClientOutcome(skipped=2),
        'web2': ClientOutcome(done=1, skipped=1),
    }
    assert 'data: could not be reached' in str(caught.value)

    engines['data'].unreachable = False
    client.startup('__all__')
    assert running(engines) == ALL


def test_what_depends_on_a_client_that_is_lost_is_not_attempted(
    client: MappingDockerClient, engines: dict[str, InMemoryEngine]
) -> None:
    engines['data'].faults.add('start', kind='lost-before', repeats=True)
    with pytest.raises(ActionRunnerException) as caught:
        client.startup('__all__')
    assert running(engines) == {'web2:mail'}
    assert caught.value.clients['data'] == ClientOutcome(failed=1, is_reachable=False)
    assert {entry.reason for entry in caught.value.skipped if entry.operation.client_name == 'web1'} == {
        'needs container shop.db on client data, which could not be reached any more'
    }

    engines['data'].faults.clear()
    client.startup('__all__')
    assert running(engines) == ALL


@pytest.mark.parametrize('lost', ['web1', 'web2'])
def test_what_others_depended_on_is_ended_also_if_they_cannot_be_reached(
    client: MappingDockerClient, engines: dict[str, InMemoryEngine], lost: str
) -> None:
    client.startup('__all__')
    engines[lost].unreachable = True
    with pytest.raises(PartialResultsError, match=f'{lost}: could not be reached'):
        client.shutdown('__all__')
    engines[lost].unreachable = False
    assert running(engines) == {found for found in ALL if found.startswith(lost)}


def test_what_others_depended_on_is_ended_also_if_they_are_lost_meanwhile(
    client: MappingDockerClient, engines: dict[str, InMemoryEngine]
) -> None:
    client.startup('__all__')
    engines['web2'].faults.add('stop', kind='lost-before', repeats=True)
    with pytest.raises(ActionRunnerException):
        client.shutdown('__all__')
    assert running(engines) == {'web2:web', 'web2:mail'}


def test_unchanged_items_hold_up_nobody(client: MappingDockerClient, engines: dict[str, InMemoryEngine]) -> None:
    client.startup('__all__')
    engines['web1'].client().remove_container('shop.proxy', force=True)
    engines['data'].unreachable = True
    with pytest.raises(PartialResultsError):
        client.startup('__all__')
    assert running({'web1': engines['web1']}) == {'web1:web', 'web1:proxy'}


def test_a_single_client_is_not_listed(engines: dict[str, InMemoryEngine]) -> None:
    only = ClientConfiguration(client=engines['data'].client(), version='1.41')
    client = MappingDockerClient(ContainerMap('shop', {'web': {'image': 'app'}}), only)
    engines['data'].faults.add('start', status=500, repeats=True)
    with pytest.raises(ActionRunnerException) as caught:
        client.startup('web')
    assert 'By client' not in str(caught.value)
