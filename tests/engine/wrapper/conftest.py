"""The wrapper on an engine, with what its hooks were told."""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.client.base import DockerClientWrapper


class RecordingWrapper(DockerClientWrapper):
    """Keeps what its hooks get."""

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(url, version='auto', **kwargs)
        self.logged: list[tuple[int, str]] = []
        self.progress: list[tuple[str, str, Any]] = []

    def push_log(self, info: str, level: int, *args: Any, **kwargs: Any) -> None:
        self.logged.append((level, info % args if args else info))

    def push_progress(self, status: str, object_id: str, progress: str) -> None:
        self.progress.append((status, object_id, progress))


@pytest.fixture(autouse=True)
def no_stored_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The SDK reads credentials from the user's files otherwise."""
    monkeypatch.setenv('HOME', str(tmp_path))
    monkeypatch.setenv('DOCKER_CONFIG', str(tmp_path))


@pytest.fixture
def wrapper(engine_url: str) -> Iterator[RecordingWrapper]:
    with contextlib.closing(RecordingWrapper(engine_url)) as client:
        yield client


@pytest.fixture
def new_wrapper(engine_url: str) -> Iterator[Callable[..., RecordingWrapper]]:
    """Makes clients that know nothing of each other's logins."""
    with contextlib.ExitStack() as stack:

        def make(url: str = engine_url, **kwargs: Any) -> RecordingWrapper:
            return stack.enter_context(contextlib.closing(RecordingWrapper(url, **kwargs)))

        yield make


@pytest.fixture
def image_name(api: docker.APIClient, unique: str) -> Iterator[str]:
    """A repository; all images in it are removed at the end."""
    repository = f'127.0.0.1:1/dockermap/{unique}'
    yield repository
    remove_images(api, repository)


@pytest.fixture
def registry_images(api: docker.APIClient, unique: str) -> Iterator[Callable[[str], str]]:
    """Makes repositories in registries; all images in them are removed from the engine at the end."""
    repositories: list[str] = []

    def repository(address: str) -> str:
        repositories.append(f'{address}/{unique}')
        return repositories[-1]

    yield repository
    for name in repositories:
        remove_images(api, name)


def remove_images(api: docker.APIClient, repository: str) -> None:
    for image in api.images(repository):
        for name in image['RepoTags'] or ():
            if name.startswith(f'{repository}:'):
                api.remove_image(name, force=True)


@pytest.fixture
def context() -> Callable[..., io.BytesIO]:
    """A plain archive with a Dockerfile of the given lines, and with files."""

    def make(*lines: str, **files: bytes) -> io.BytesIO:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode='w') as tar:
            for name, content in {'Dockerfile': '\n'.join(lines).encode(), **files}.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        archive.seek(0)
        return archive

    return make
