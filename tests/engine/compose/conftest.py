"""Stacks from Compose files with stand-in images, brought up by Compose and by this library."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from compose_program import compose_program
from system_roots import RootUnavailable

IMAGE = '127.0.0.1:1/dockermap/stand-in:latest'
IMAGE_LINE = re.compile(r'(\bimage: )(\$\{[^}]*\}[^,}\s]*|"[^"]*"|[^,}\s]+)')

# What stands in for the programs of all images: it runs until it is stopped, but for what prepares something.
STAND_IN = """\
#!/bin/sh
case "$*" in *init*|*migrate*) exit 0;; esac
trap 'exit 0' TERM INT
while :; do sleep 0.2; done
"""
DOCKERFILE = 'FROM {base}\nADD root.tar /\nENTRYPOINT ["/stand-in"]\nCMD ["serve"]\n'
PROGRAMS = ('usr/local/bin/nodemon', 'cron.sh')
CHECKS = ('pg_isready', 'redis-cli', 'curl')


def context(base: str) -> io.BytesIO:
    root = io.BytesIO()
    with tarfile.open(fileobj=root, mode='w') as archive:
        for name in ('stand-in', *PROGRAMS):
            add(archive, name, STAND_IN.encode(), 0o755)
        for name in CHECKS:
            add(archive, f'bin/{name}', b'#!/bin/sh\nexit 0\n', 0o755)
    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode='w') as archive:
        add(archive, 'Dockerfile', DOCKERFILE.format(base=base).encode(), 0o644)
        add(archive, 'root.tar', root.getvalue(), 0o644)
    result.seek(0)
    return result


def add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    archive.addfile(info, io.BytesIO(content))


@pytest.fixture(scope='session')
def stand_in(engine_url: str, base_image: str) -> str:
    """Name of an image that stands in for all others."""
    with contextlib.closing(docker.APIClient(base_url=engine_url, version='auto', timeout=120)) as api:
        messages = list(api.build(fileobj=context(base_image), custom_context=True, tag=IMAGE, rm=True, decode=True))
    assert not [message for message in messages if 'error' in message]
    return IMAGE


@pytest.fixture(scope='session')
def compose_up(engine_url: str) -> Callable[..., contextlib.AbstractContextManager[None]]:
    """Has Compose bring up files, and take everything down at the end."""
    try:
        program = compose_program()
    except RootUnavailable as reason:
        pytest.skip(f'Compose cannot be had here: {reason}')

    @contextlib.contextmanager
    def up(files: list[Path], environ: dict[str, str]) -> Iterator[None]:
        known = {name: os.environ[name] for name in ('PATH', 'HOME', 'TMPDIR') if name in os.environ}
        options = {'capture_output': True, 'text': True, 'env': {**known, **environ, 'DOCKER_HOST': engine_url}}
        command = [str(program), *(word for file in files for word in ('-f', str(file)))]
        begun = subprocess.run([*command, 'up', '-d', '--no-build', '--pull', 'never'], check=False, **options)
        try:
            assert not begun.returncode, begun.stderr
            yield
        finally:
            subprocess.run([*command, 'down', '-v', '-t', '1', '--remove-orphans'], check=False, **options)

    return up


@pytest.fixture
def with_stand_ins(tmp_path: Path, stand_in: str) -> Callable[[Path], Path]:
    """Copies a folder with Compose files, where all images are the stand-in."""

    def copy(folder: Path) -> Path:
        result = tmp_path / folder.name
        shutil.copytree(folder, result)
        for file in result.glob('**/*.yaml'):
            file.write_text(IMAGE_LINE.sub(rf'\g<1>{stand_in}', file.read_text()))
        return result

    return copy


@pytest.fixture
def clean_engine(api: docker.APIClient) -> Iterator[docker.APIClient]:
    """The engine, where what a test has made by way of labels is removed at the end."""
    yield api
    label = {'label': 'org.docker-map.map'}
    for container in api.containers(all=True, filters=label):
        api.remove_container(container['Id'], force=True, v=True)
    for network in api.networks(filters=label):
        api.remove_network(network['Id'])
    for volume in api.volumes(filters=label)['Volumes'] or ():
        api.remove_volume(volume['Name'], force=True)
