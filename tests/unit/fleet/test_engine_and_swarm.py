"""Calls that wait, and rollouts, where one of the clients is a whole swarm."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine
from dockermap.testing.swarm import InMemorySwarm

WEB: dict[str, Any] = {'image': 'web:1', 'clients': ['host', 'swarm']}


@pytest.fixture
def swarm(monkeypatch: pytest.MonkeyPatch) -> InMemorySwarm:
    monkeypatch.setattr('dockermap.map.swarm.execute._POLL_SECONDS', 0)
    return InMemorySwarm({'node1': {}, 'node2': {}}, ['web:1', 'db:1'])


@pytest.fixture
def client(swarm: InMemorySwarm) -> MappingDockerClient:
    engine = InMemoryEngine('web:1', 'busybox:latest')
    clients = {
        'host': ClientConfiguration(client=engine.client(), version='1.41'),
        'swarm': ClientConfiguration(client=swarm.client(), orchestrator='swarm'),
    }
    return MappingDockerClient(ContainerMap('shop', {'web': WEB}), clients=clients)


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_services_are_waited_for_as_always(client: MappingDockerClient, swarm: InMemorySwarm, action: str) -> None:
    client.call(action, 'web', wait=True)
    assert len(swarm.running('shop-web')) == 1
    assert not client.plan(action, 'web', wait=True)


@pytest.mark.parametrize('first', ['host', 'swarm'])
def test_one_of_the_two_can_come_first(client: MappingDockerClient, swarm: InMemorySwarm, first: str) -> None:
    (second,) = {'host', 'swarm'} - {first}
    client.maps['shop'].containers.web.clients = [first, second]
    order: list[str] = []

    def listen(event: Any) -> None:
        if event.kind in ('started', 'finished'):
            order.append(event.client_name)

    client.update('web', rollout={'first': 1}, listener=listen)
    assert list(dict.fromkeys(order)) == [first, second]
    assert order == sorted(order, key=[first, second].index)
