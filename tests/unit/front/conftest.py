from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.main import ContainerMap
from dockermap.testing import InMemoryClient


@pytest.fixture
def make_client(docker_client: InMemoryClient) -> Callable[..., MappingDockerClient]:
    """Builds a front end for the input of a map ``shop`` and the engine in memory."""

    def make(
        container_map: dict[str, Any], client_class: type[MappingDockerClient] = MappingDockerClient, **kwargs: Any
    ) -> MappingDockerClient:
        return client_class(ContainerMap('shop', container_map), docker_client, **kwargs)

    return make
