from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import requests

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient

MANIFESTS = ('application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.oci.image.manifest.v1+json')


class RequestingClient(docker.APIClient):
    """An SDK client that keeps pulls, and logins with the registry that they are for."""

    def __init__(self, **kwargs: Any) -> None:
        self.pulls: list[str] = []
        self.logins: list[str] = []
        super().__init__(**kwargs)

    def pull(self, repository: str, *args: Any, **kwargs: Any) -> Any:
        self.pulls.append(repository)
        return super().pull(repository, *args, **kwargs)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if url.endswith('/auth'):
            self.logins.append(url)
        return super().request(method, url, *args, **kwargs)


@pytest.fixture(autouse=True)
def stored_logins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the SDK looks for logins, instead of with the user who runs the tests."""
    monkeypatch.setenv('DOCKER_CONFIG', str(tmp_path))
    return tmp_path / 'config.json'


@pytest.fixture
def connection(engine_url: str, stored_logins: Path) -> Iterator[RequestingClient]:
    with contextlib.closing(RequestingClient(base_url=engine_url, version='auto', timeout=60)) as client:
        yield client


@pytest.fixture
def make_client(
    connection: RequestingClient, unique: str, option_defaults: dict[str, Any]
) -> Callable[..., MappingDockerClient]:
    """Builds a front end for a map with a single container, and a client with logins."""

    def make(image: str, auth_configs: Any = None, **map_settings: Any) -> MappingDockerClient:
        web = {
            'image': image,
            'stop_timeout': 1,
            'create_options': {'command': ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]},
        }
        configuration = ClientConfiguration(client=connection, auth_configs=auth_configs)
        return MappingDockerClient(
            ContainerMap(unique, {'web': web, **map_settings}), configuration, option_defaults=option_defaults
        )

    return make


@pytest.fixture
def publish(engine_url: str, base_image: str, unique: str) -> Iterator[Callable[..., str]]:
    """Pushes the base image to a registry, and returns its digest; it does not remain on the engine by that name."""
    prefixes: set[str] = set()
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto', timeout=60)) as client:

        def push(repository: str, tag: str = 'latest', login: Any = None) -> str:
            client.tag(base_image, repository, tag)
            output = list(client.push(repository, tag, auth_config=login, stream=True, decode=True))
            assert not [line for line in output if 'error' in line], output
            digest = digest_of(repository, tag, login)
            prefixes.add(repository)
            _remove(client, {repository})
            return digest

        yield push
        for container in client.containers(all=True):
            if any(name.startswith(f'/{unique}') for name in container['Names']):
                client.remove_container(container['Id'], force=True)
        _remove(client, prefixes)


def _remove(client: docker.APIClient, repositories: set[str]) -> None:
    for image in client.images():
        for name in (*(image['RepoTags'] or ()), *(image['RepoDigests'] or ())):
            if any(name.startswith((f'{repository}:', f'{repository}@')) for repository in repositories):
                with contextlib.suppress(docker.errors.NotFound):
                    client.remove_image(name)


def digest_of(repository: str, tag: str, login: Any) -> str:
    """What the registry says: not every engine tells it after a push."""
    address, _, path = repository.partition('/')
    answer = requests.head(
        f'http://{address}/v2/{path}/manifests/{tag}',
        headers={'Accept': ', '.join(MANIFESTS)},
        auth=(login['username'], login['password']) if login else None,
        timeout=60,
    )
    answer.raise_for_status()
    return answer.headers['Docker-Content-Digest']


@pytest.fixture
def running_image(api: docker.APIClient, unique: str) -> Callable[[], str | None]:
    """By what name the container got its image, if it runs."""

    def found() -> str | None:
        names = [container['Id'] for container in api.containers() if f'/{unique}.web' in container['Names']]
        return api.inspect_container(names[0])['Config']['Image'] if names else None

    return found
