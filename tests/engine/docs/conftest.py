from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.map.policy.base import BasePolicy

EXAMPLES = Path(__file__).parents[3] / 'docs' / 'examples'
ENGINE = 'unix:///var/run/docker.sock'
PORT = '8080'


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(('127.0.0.1', 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def replacements(engine_url: str, unique: str, base_image: str, free_port: int) -> dict[str, str]:
    """What the texts of examples stand for here; each is replaced where it occurs."""
    return {
        # First, as the digits may be part of what others are replaced with.
        PORT: str(free_port),
        ENGINE: engine_url,
        "'busybox'": repr(base_image),
        'image: busybox': f'image: {base_image}',
        'tour': unique,
    }


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, which examples may set up; it is put back as it was."""
    logger = logging.getLogger()
    level, handlers = logger.level, list(logger.handlers)
    yield logger
    logger.setLevel(level)
    logger.handlers[:] = handlers


@pytest.fixture
def example(
    replacements: dict[str, str],
    engine_url: str,
    base_image: str,
    unique: str,
    tmp_path: Path,
    api: docker.APIClient,
    monkeypatch: pytest.MonkeyPatch,
    root_logger: logging.Logger,
) -> Any:
    """Runs an example in a directory with copies of the others, and returns the names that it leaves."""
    for path in EXAMPLES.iterdir():
        if path.is_file():
            target = tmp_path / path.name
            target.write_text(replaced(path.read_text(encoding='utf-8'), replacements), encoding='utf-8')
    for path in tmp_path.glob('tour*'):
        path.rename(tmp_path / path.name.replace('tour', unique))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(BasePolicy, 'core_image', base_image)
    monkeypatch.setenv('DOCKER_HOST', engine_url)

    def run(name: str) -> dict[str, Any]:
        return execute(tmp_path / name.replace('tour', unique))

    yield run
    for image in api.images():
        for tag in image['RepoTags'] or ():
            if tag.startswith(unique):
                api.remove_image(tag, force=True)


def replaced(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


def execute(path: Path) -> dict[str, Any]:
    namespace: dict[str, Any] = {'__name__': '__main__', '__file__': str(path)}
    exec(compile(path.read_text(encoding='utf-8'), path.name, 'exec'), namespace)
    return namespace


@pytest.fixture
def found(api: docker.APIClient, unique: str) -> Callable[[], dict[str, str]]:
    """State of each container of the example on the engine, by name without that of the map."""

    def states() -> dict[str, str]:
        return {
            name[len(unique) + 2 :]: container['State']
            for container in api.containers(all=True)
            for name in container['Names']
            if name.startswith(f'/{unique}') and name.count('/') == 1
        }

    return states


@pytest.fixture
def docker_command() -> None:
    if not shutil.which('docker'):
        pytest.skip('needs the docker command (Debian package docker-cli)')
    os.environ.setdefault('DOCKER_CLI_HINTS', 'false')
