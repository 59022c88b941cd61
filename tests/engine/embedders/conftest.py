from __future__ import annotations

from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient


@pytest.fixture
def service(base_image: str) -> Callable[..., dict[str, Any]]:
    """Settings of a container that runs until it is told to end."""
    loop = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]

    def settings(**kwargs: Any) -> dict[str, Any]:
        return {'image': f'/{base_image}', 'stop_timeout': 1, 'create_options': {'command': loop}, **kwargs}

    return settings


@pytest.fixture
def make_client(
    api: docker.APIClient, unique: str, option_defaults: dict[str, Any]
) -> Callable[..., MappingDockerClient]:
    """Builds an embedder's front end for the input of a map with a unique name; further arguments are its options."""

    def make(
        front_end: type[MappingDockerClient], container_map: dict[str, Any], docker_client: Any = None, **options: Any
    ) -> MappingDockerClient:
        return front_end(
            ContainerMap(unique, container_map), docker_client or api, option_defaults={**option_defaults, **options}
        )

    return make


@pytest.fixture
def existing(api: docker.APIClient, unique: str) -> Callable[[], dict[str, str]]:
    """State of each container of the test, and kind of everything else, by name without the prefix."""

    def items() -> dict[str, str]:
        found = {min(container['Names'], key=len)[1:]: container['State'] for container in api.containers(all=True)}
        found |= {network['Name']: 'network' for network in api.networks()}
        found |= {volume['Name']: 'volume' for volume in api.volumes()['Volumes'] or ()}
        return {name.removeprefix(unique).lstrip('.'): kind for name, kind in found.items() if name.startswith(unique)}

    return items


@pytest.fixture
def output_of(api: docker.APIClient, unique: str) -> Callable[[str, str], str]:
    """Output of a command in a container, by its name without the prefix."""

    def run(name: str, command: str) -> str:
        exec_id = api.exec_create(f'{unique}{name}', ['sh', '-c', command], user='root')['Id']
        return api.exec_start(exec_id).decode().strip()

    return run
