"""Connections to an engine are closed when they are not used any more."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient


def open_sockets() -> set[str]:
    """Sockets that this process has open, by their names in the system."""
    found = set()
    for descriptor in os.listdir('/proc/self/fd'):
        try:
            target = os.readlink(f'/proc/self/fd/{descriptor}')
        except FileNotFoundError:
            # The directory itself was open while it was listed.
            continue
        if target.startswith('socket:'):
            found.add(target)
    return found


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def container_map(unique: str, base_image: str) -> ContainerMap:
    return ContainerMap(
        unique,
        {
            'networks': {'back': None},
            'volumes': {'data': '/data'},
            'web': {
                'image': f'/{base_image}',
                'stop_timeout': 0,
                'networks': 'back',
                'attaches': 'data',
                'user': '1000',
                'create_options': {'command': 'sleep 300'},
            },
        },
    )


def test_a_configuration_closes_its_connections(engine_url, container_map, option_defaults):
    before = open_sockets()
    with ClientConfiguration(base_url=engine_url) as configuration:
        MappingDockerClient(container_map, configuration, option_defaults=option_defaults).update('__all__')
        during = open_sockets()
    assert during > before
    assert open_sockets() == before


def test_connections_are_closed_when_nobody_has_the_configuration(engine_url):
    before = open_sockets()
    configuration = ClientConfiguration(base_url=engine_url)
    configuration.get_client().containers()
    assert open_sockets() > before
    del configuration
    assert open_sockets() == before


def test_a_closed_configuration_can_be_used_again(engine_url, container_map, option_defaults):
    configuration = ClientConfiguration(base_url=engine_url)
    client = MappingDockerClient(container_map, configuration, option_defaults=option_defaults)
    before = open_sockets()
    for _ in range(2):
        client.update('__all__')
        configuration.close()
    assert open_sockets() == before


def test_a_front_end_closes_its_connections(engine_url, container_map, option_defaults):
    before = open_sockets()
    with MappingDockerClient(
        container_map, ClientConfiguration(base_url=engine_url), option_defaults=option_defaults
    ) as client:
        assert client.plan('update', '__all__')
        client.update('__all__')
        during = open_sockets()
    assert during > before
    assert open_sockets() == before


def test_nothing_keeps_a_front_end_and_its_connections_alive(engine_url, container_map, option_defaults):
    before = open_sockets()
    client = MappingDockerClient(
        container_map, ClientConfiguration(base_url=engine_url), option_defaults=option_defaults
    )
    client.update('__all__')
    assert open_sockets() > before
    del client
    assert open_sockets() == before
