from __future__ import annotations

from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient


@pytest.fixture
def make_client(api: docker.APIClient, unique: str, option_defaults: dict[str, Any]) -> Callable[..., Any]:
    """Builds a front end for the input of a map with a unique name."""

    def make(content: dict[str, Any]) -> MappingDockerClient:
        return MappingDockerClient(ContainerMap(unique, content), api, option_defaults=option_defaults)

    return make


@pytest.fixture
def service(base_image: str) -> Callable[..., dict[str, Any]]:
    """Settings of a container that runs until it is told to end."""
    loop = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]

    def settings(**kwargs: Any) -> dict[str, Any]:
        return {'image': f'/{base_image}', 'stop_timeout': 1, 'create_options': {'command': loop}, **kwargs}

    return settings
