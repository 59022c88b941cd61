from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient

LOOP = ['sh', '-c', "trap 'exit 0' TERM; sleep 1000 & wait"]


class RecordingClient(docker.APIClient):
    """An SDK client that counts its requests, and keeps those which change something."""

    def __init__(self, **kwargs: Any) -> None:
        self.changes: list[str] = []
        self.number = 0
        super().__init__(**kwargs)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        self.number += 1
        if method.upper() not in ('GET', 'HEAD'):
            self.changes.append(f'{method} {url}')
        return super().request(method, url, *args, **kwargs)


@pytest.fixture
def connection(engine_url: str) -> Iterator[RecordingClient]:
    with contextlib.closing(RecordingClient(base_url=engine_url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture
def make_client(connection: RecordingClient, unique: str, option_defaults: dict[str, Any]) -> Callable[..., Any]:
    """Builds a front end that knows nothing of earlier calls, for the input of a map with a unique name."""

    def make(
        content: dict[str, Any],
        features: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        map_defaults: dict[str, Any] | None = None,
        **settings: Any,
    ) -> MappingDockerClient:
        configuration = ClientConfiguration(
            version=connection.api_version, client=connection, features=features, **settings
        )
        return MappingDockerClient(
            ContainerMap(unique, content),
            configuration,
            map_defaults=map_defaults,
            option_defaults={**option_defaults, **(options or {})},
        )

    return make


@pytest.fixture
def service(base_image: str) -> Callable[..., dict[str, Any]]:
    """Settings of a container that runs until it is told to end; arguments of the creating call are merged.

    Unless the settings say otherwise it has no network, which is quicker.
    """

    def settings(**kwargs: Any) -> dict[str, Any]:
        create_options = {'command': LOOP, **kwargs.pop('create_options', {})}
        return {
            'image': f'/{base_image}',
            'stop_timeout': 1,
            'network_mode': 'none',
            **kwargs,
            'create_options': create_options,
        }

    return settings


@pytest.fixture
def inspect(api: docker.APIClient, unique: str) -> Callable[..., dict[str, Any]]:
    """Inspection of a container of the map."""

    def found(name: str = 'app') -> dict[str, Any]:
        detail: dict[str, Any] = api.inspect_container(f'{unique}.{name}')
        return detail

    return found


@pytest.fixture
def output_of(api: docker.APIClient, unique: str) -> Callable[[str, str], str]:
    """Output of a command in a container of the map."""

    def run(name: str, command: str) -> str:
        exec_id = api.exec_create(f'{unique}.{name}', ['sh', '-c', command])['Id']
        output: bytes = api.exec_start(exec_id)
        return output.decode().strip()

    return run


@pytest.fixture
def nothing_to_do(make_client: Callable[..., Any], connection: RecordingClient) -> Callable[..., None]:
    """Checks that an update by a new client leaves everything as it is."""

    def check(content: dict[str, Any], name: Any = 'app', **kwargs: Any) -> None:
        connection.changes.clear()
        assert make_client(content, **kwargs).update(name) == []
        assert connection.changes == []

    return check


@pytest.fixture
def existing_volumes(api: docker.APIClient, unique: str) -> Callable[[], set[str]]:
    """Names of the test's volumes and of the containers that stand in for them, without the prefix."""

    def names() -> set[str]:
        found = [volume['Name'] for volume in api.volumes()['Volumes'] or ()]
        found += [name[1:] for container in api.containers(all=True) for name in container['Names']]
        return {name.partition('.')[2] for name in found if name.startswith(f'{unique}.')}

    return names


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(('127.0.0.1', 0))
        port: int = listener.getsockname()[1]
        return port
