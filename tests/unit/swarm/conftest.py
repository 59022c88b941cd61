from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing.swarm import InMemorySwarm


@pytest.fixture
def swarm(monkeypatch: pytest.MonkeyPatch) -> InMemorySwarm:
    """A swarm of three nodes whose registry has the images web:1, web:2 and db:1."""
    monkeypatch.setattr('dockermap.map.swarm.execute._POLL_SECONDS', 0)
    nodes = {'node1': {}, 'node2': {'disk': 'ssd'}, 'node3': {}}
    return InMemorySwarm(nodes, ['web:1', 'web:2', 'db:1'])


@pytest.fixture
def make_client(swarm: InMemorySwarm) -> Callable[..., MappingDockerClient]:
    """Builds a front end for the input of a map ``shop`` on the swarm."""

    def make(container_map: dict[str, Any], **kwargs: Any) -> MappingDockerClient:
        configuration = ClientConfiguration(client=swarm.client(), orchestrator='swarm', **kwargs)
        return MappingDockerClient(ContainerMap('shop', container_map), configuration)

    return make
