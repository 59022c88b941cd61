from __future__ import annotations

from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient
from dockermap.map.config.client import ClientConfiguration

LOOP = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]


@pytest.fixture
def make_client(engine_url: str, unique: str, option_defaults: dict[str, Any]) -> Callable[..., MappingDockerClient]:
    """Builds a front end for the input of a map with a unique name."""

    def make(container_map: dict[str, Any], **client_settings: Any) -> MappingDockerClient:
        return MappingDockerClient(
            ContainerMap(unique, container_map),
            ClientConfiguration(engine_url, 'auto', **client_settings),
            option_defaults=option_defaults,
        )

    return make


@pytest.fixture
def service(base_image: str) -> Callable[..., dict[str, Any]]:
    """Settings of a container that runs until it is told to end."""

    def settings(**kwargs: Any) -> dict[str, Any]:
        create_options = {'command': LOOP, **kwargs.pop('create_options', {})}
        return {'image': f'/{base_image}', 'stop_timeout': 1, 'create_options': create_options, **kwargs}

    return settings


@pytest.fixture
def inspect(api: docker.APIClient, unique: str) -> Callable[[str], dict[str, Any]]:
    """Inspection of a container of the map."""

    def found(name: str) -> dict[str, Any]:
        detail: dict[str, Any] = api.inspect_container(f'{unique}.{name}')
        return detail

    return found


@pytest.fixture
def output_of(api: docker.APIClient, unique: str) -> Callable[[str, str], str]:
    """Output of a command in a container of the map."""

    def run(name: str, command: str) -> str:
        exec_id = api.exec_create(f'{unique}.{name}', ['sh', '-c', command])['Id']
        return api.exec_start(exec_id).decode().strip()

    return run


@pytest.fixture
def existing(api: docker.APIClient, unique: str) -> Callable[[], list[str]]:
    """Names of the test's containers, and of all that use its volumes."""

    def is_own(container: dict[str, Any]) -> bool:
        volumes = [mount.get('Name') or '' for mount in container['Mounts']]
        return any(name.startswith(unique) for name in (container['Names'][0][1:], *volumes))

    def names() -> list[str]:
        return sorted(container['Names'][0][1:] for container in api.containers(all=True) if is_own(container))

    return names
