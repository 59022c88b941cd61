from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from dockermap.api import ActionRunnerException, ContainerMap, MappingDockerClient


class MeddledClient(docker.APIClient):
    """An SDK client that lets somebody else do something right before, or right after, one of its requests.

    Which request that is, is known only if they come one after the other.
    """

    max_parallel = 1

    def __init__(self, **kwargs: Any) -> None:
        self.changes: list[str] = []
        super().__init__(**kwargs)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if method.upper() not in ('GET', 'HEAD'):
            self.changes.append(f'{method} {url}')
        return super().request(method, url, *args, **kwargs)

    def once_before(self, method_name: str, meddle: Callable[[], Any], skip: int = 0) -> None:
        """Call a function before a method is called for the first time, or after so many calls."""
        method, remaining = getattr(self, method_name), skip

        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal remaining
            if remaining == 0:
                delattr(self, method_name)
                meddle()
            remaining -= 1
            return method(*args, **kwargs)

        setattr(self, method_name, call)


@pytest.fixture
def connection(engine_url: str) -> Iterator[MeddledClient]:
    with contextlib.closing(MeddledClient(base_url=engine_url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture
def make_client(
    connection: MeddledClient, unique: str, option_defaults: dict[str, Any]
) -> Callable[..., MappingDockerClient]:
    """Builds a front end for the input of a map with a unique name."""

    def make(container_map: dict[str, Any], docker_client: Any = None, **kwargs: Any) -> MappingDockerClient:
        return MappingDockerClient(
            ContainerMap(unique, container_map),
            docker_client or connection,
            option_defaults={**option_defaults, **kwargs},
        )

    return make


@pytest.fixture
def service(base_image: str) -> Callable[..., dict[str, Any]]:
    """Settings of a container that runs until it is told to end."""
    loop = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]

    def settings(**kwargs: Any) -> dict[str, Any]:
        return {'image': f'/{base_image}', 'stop_timeout': 1, 'create_options': {'command': loop}, **kwargs}

    return settings


@pytest.fixture
def foreign(api: docker.APIClient, base_image: str, unique: str) -> Callable[..., str]:
    """Makes a container that belongs to nobody's map; one with a command also runs, unless it is not to be started."""

    def make(name: str, command: Any = None, is_started: bool = True, **kwargs: Any) -> str:
        container_id: str = api.create_container(base_image, command or 'true', name=f'{unique}{name}', **kwargs)['Id']
        if command and is_started:
            api.start(container_id)
        return container_id

    return make


@pytest.fixture
def engine_items(api: docker.APIClient, unique: str) -> Callable[[], list[str]]:
    """What the test has left on the engine: names without the prefix; helpers are known by the volumes they share."""

    def is_own(container: dict[str, Any]) -> bool:
        return any(name.startswith(f'/{unique}') for name in container['Names'])

    def items() -> list[str]:
        listed = api.containers(all=True)
        networks = [network['Name'] for network in api.networks() if network['Name'].startswith(unique)]
        volumes = [volume['Name'] for volume in api.volumes()['Volumes'] or () if volume['Name'].startswith(unique)]
        mounted = {*volumes, *(name for container in listed if is_own(container) for name in _volumes(container))}
        found = [
            (min(container['Names'], key=len)[1:], container['State'])
            for container in listed
            if is_own(container) or mounted & _volumes(container)
        ]
        found += [(name, 'network') for name in networks] + [(name, 'volume') for name in volumes]
        return sorted(f'{name.removeprefix(unique).lstrip(".")} {kind}' for name, kind in found)

    return items


def _volumes(container: dict[str, Any]) -> set[str]:
    return {mount['Name'] for mount in container['Mounts'] if mount.get('Name')}


@pytest.fixture
def failure_of(unique: str) -> Callable[..., ActionRunnerException]:
    """Calls what is to fail, and checks that the error says who, what, and why.

    Engines have words of their own for the reason: one of the messages is part of the text.
    """

    def check(
        call: Callable[[], Any], item: str, action: Any, *messages: str, client_name: str = '__default__'
    ) -> ActionRunnerException:
        with pytest.raises(ActionRunnerException) as caught:
            call()
        error = caught.value
        assert (error.client_name, error.action_type) == (client_name, action)
        assert '.'.join(filter(None, (error.config_id.config_name, error.config_id.instance_name))) == item
        message = next((text for text in messages if text in error.source_message), messages[0])
        assert message in error.source_message
        assert error.results == [output for output in error.completed if output.result is not None]
        for part in (client_name, error.config_id.config_name, action.name.lower().split('_')[0], message):
            assert part in str(error)
        return error

    return check


@pytest.fixture
def done() -> Callable[[Any], list[tuple[str, str]]]:
    """Items and actions of outputs, in order."""
    return lambda outputs: [(output.config_id.config_name, output.action_type.name) for output in outputs]
