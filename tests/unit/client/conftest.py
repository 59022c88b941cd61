"""A wrapper that never reaches an engine, and a client of another kind for the mixin."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
import requests

from dockermap.client.base import DockerClientWrapper
from dockermap.client.docker_util import DockerUtilityMixin


class RecordingWrapper(DockerClientWrapper):
    """Keeps what its hooks get."""

    def __init__(self) -> None:
        super().__init__('unix:///nonexistent/docker.sock', version='1.41')
        self.logged: list[tuple[int, str]] = []
        self.progress: list[tuple[str, str, str]] = []

    def push_log(self, info: str, level: int, *args: Any, **kwargs: Any) -> None:
        self.logged.append((level, info % args if args else info))

    def push_progress(self, status: str, object_id: str, progress: str) -> None:
        self.progress.append((status, object_id, progress))


class ListedClient(DockerUtilityMixin):
    """Answers from lists, as a client of the command line would; records what it was asked to change."""

    def __init__(self, containers: Any = (), images: Any = (), api_version: Any = '1.41') -> None:
        self.api_version = api_version
        self.calls: list[tuple[Any, ...]] = []
        self.failures: dict[tuple[str, str], Exception] = {}
        self.inspections: dict[str, Any] = {}
        self.logged: list[str] = []
        self._containers = containers
        self._images = images

    def containers(self, all: bool = False) -> Any:
        return [c for c in self._containers if all or c.get('State') == 'running']

    def images(self, all: bool = False) -> Any:
        return [i for i in self._images if all or i.get('RepoTags')]

    def inspect_container(self, container: str) -> Any:
        self.fail('inspect_container', container)
        return self.inspections[container]

    def build(self, **kwargs: Any) -> Any:
        self.calls.append(('build', kwargs, kwargs['fileobj'].read()))
        return 'image-id'

    def tag(self, image: str, repository: str, tag: str, **kwargs: Any) -> None:
        self.change('tag', image, repository, tag, kwargs)

    def stop(self, container: str, **kwargs: Any) -> None:
        self.change('stop', container, kwargs)

    def unpause(self, container: str) -> None:
        self.change('unpause', container, {})

    def wait(self, container: str, **kwargs: Any) -> None:
        self.change('wait', container, kwargs)

    def remove_container(self, container: str, **kwargs: Any) -> None:
        self.change('remove_container', container, kwargs)

    def remove_image(self, image: str, **kwargs: Any) -> None:
        self.change('remove_image', image, kwargs)

    def push_log(self, info: str, level: int, *args: Any, **kwargs: Any) -> None:
        self.logged.append(info % args if args else info)

    def change(self, name: str, *args: Any) -> None:
        self.fail(name, *args[:-1])
        self.calls.append((name, *args))

    def fail(self, name: str, *args: Any) -> None:
        for arg in args:
            if (name, arg) in self.failures:
                raise self.failures[name, arg]


def api_error(status: int, message: str = 'refused') -> docker.errors.APIError:
    response = requests.Response()
    response.status_code = status
    error = docker.errors.NotFound if status == 404 else docker.errors.APIError
    return error('error', response=response, explanation=message)  # type: ignore[no-any-return]


@pytest.fixture
def refused() -> Callable[..., docker.errors.APIError]:
    """Makes the SDK's error for a status code."""
    return api_error


@pytest.fixture
def listed() -> type[ListedClient]:
    """The class of a client that answers from lists."""
    return ListedClient


@pytest.fixture
def wrapper() -> Iterator[RecordingWrapper]:
    """A client without an engine; tests replace the SDK's methods."""
    client = RecordingWrapper()
    yield client
    client.close()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Gives a method of the SDK's client an answer; returns the list of calls that it will have got."""

    def set_answer(name: str, *results: Any) -> list[Any]:
        calls: list[Any] = []
        remaining = list(results)

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            calls.append((args, kwargs))
            result = remaining.pop(0) if len(remaining) > 1 else remaining[0]
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr(docker.APIClient, name, method)
        return calls

    return set_answer


@pytest.fixture
def messages() -> Callable[..., bytes]:
    """Messages as an engine writes them: one JSON object a line."""

    def write(*objects: Any) -> bytes:
        return b''.join(json.dumps(item).encode() + b'\r\n' for item in objects)

    return write


@pytest.fixture
def closable() -> type[io.BytesIO]:
    """An iterable of bytes that tells whether it was closed."""
    return io.BytesIO
