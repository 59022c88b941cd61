"""One swarm of three nodes for all tests of this folder, which each have a map of their own."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from private_swarm import PrivateSwarm, can_start_swarm, private_swarm

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient

_NUMBERS = itertools.count(1)


@pytest.fixture(scope='session', autouse=True)
def needs_docker() -> None:
    if os.environ.get('DOCKERMAP_TEST_ENGINE') == 'podman':
        pytest.skip('Podman has no swarms')


@pytest.fixture(scope='session')
def swarm(tmp_path_factory: pytest.TempPathFactory, counts: Counter[str]) -> Iterator[PrivateSwarm]:
    if not can_start_swarm():
        pytest.skip('needs root, a network of its own (scripts/in-private-network), and docker-registry')
    began = time.monotonic()
    with private_swarm(tmp_path_factory.mktemp('swarm')) as found:
        counts['swarm of three nodes, ms until it is up'] += round(1000 * (time.monotonic() - began))
        yield found
        for node in range(1, found.nodes + 1):
            counts[f'swarm of three nodes, MiB of node {node}'] += found.memory(node) >> 20


@pytest.fixture
def configuration(swarm: PrivateSwarm) -> Iterator[ClientConfiguration]:
    """The swarm as a client. Nodes here may have no virtual addresses, so names lead to containers themselves."""
    with ClientConfiguration(
        base_url=[swarm.url(1)], orchestrator='swarm', endpoint_mode='dnsrr', wait_timeout=60
    ) as found:
        yield found


@pytest.fixture
def map_name(swarm: PrivateSwarm, configuration: ClientConfiguration) -> Iterator[str]:
    """Name of a map; what was created for it is removed afterwards."""
    name = f't{next(_NUMBERS)}'
    yield name
    with swarm.api() as api:
        own = [service for service in api.services() if service['Spec']['Name'].startswith(f'{name}-')]
        for service in own:
            api.remove_service(service['ID'])


@pytest.fixture
def make_client(
    swarm: PrivateSwarm, map_name: str, configuration: ClientConfiguration
) -> Callable[..., MappingDockerClient]:
    """Builds a front end for the input of a map."""

    def make(entries: dict[str, Any], **clients: ClientConfiguration) -> MappingDockerClient:
        container_map = ContainerMap(map_name, {'repository': swarm.registry, **entries})
        options = {'core_image': f'{swarm.registry}/web:1'}
        return MappingDockerClient(container_map, configuration, clients=clients, option_defaults=options)

    return make
