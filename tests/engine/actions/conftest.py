from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from dockermap.api import ContainerMap, MappingDockerClient


class RecordingClient(docker.APIClient):
    """An SDK client that keeps the requests which change something."""

    def __init__(self, **kwargs: Any) -> None:
        self.changes: list[str] = []
        self.reads: list[str] = []
        super().__init__(**kwargs)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        reads = method.upper() in ('GET', 'HEAD')
        (self.reads if reads else self.changes).append(url if reads else f'{method} {url}')
        return super().request(method, url, *args, **kwargs)


@pytest.fixture
def recorder(engine_url: str) -> Iterator[RecordingClient]:
    with contextlib.closing(RecordingClient(base_url=engine_url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture
def make_client(recorder: RecordingClient, unique: str, option_defaults: dict[str, Any]) -> Callable[..., Any]:
    """Builds a front end for the input of a map with a unique name."""

    def make(container_map: dict[str, Any], **kwargs: Any) -> MappingDockerClient:
        kwargs.setdefault('option_defaults', option_defaults)
        return MappingDockerClient(ContainerMap(unique, container_map), recorder, **kwargs)

    return make


@pytest.fixture
def found(api: docker.APIClient, unique: str) -> Callable[[], dict[str, str]]:
    """State of each container of the test on the engine, by name without the prefix."""

    def states() -> dict[str, str]:
        # Lists show the end of a container some moments after its inspection does.
        return {
            name.partition('.')[2]: api.inspect_container(container['Id'])['State']['Status']
            for container in api.containers(all=True)
            for name in container['Names']
            if name.startswith(f'/{unique}.') and name.count('/') == 1
        }

    return states


@pytest.fixture
def service(base_image: str) -> dict[str, Any]:
    """Settings of a container that runs until it is told to end."""
    return {
        'image': f'/{base_image}',
        'stop_timeout': 1,
        'create_options': {'command': ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]},
    }


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(('127.0.0.1', 0))
        port: int = listener.getsockname()[1]
        return port
