"""The ``docker`` commands of this machine, each run by ``/bin/sh`` in an empty directory."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.client.cli import DockerCliClient, DockerCommandLineOutput

PLACES = [*os.environ.get('PATH', '').split(os.pathsep), '/usr/bin', '/usr/local/bin']


def docker_commands() -> list[str]:
    """Each ``docker`` of another version; Debian's and a newer one are both worth testing where they are at hand.

    Other engines than the installed one are tested with their own.
    """
    if os.environ.get('DOCKERMAP_TEST_ENGINE', 'installed') != 'installed':
        return [shutil.which('docker') or '']
    by_version: dict[str, str] = {}
    for place in dict.fromkeys(PLACES):
        path = shutil.which('docker', path=place)
        if path:
            version = subprocess.run([path, '--version'], check=False, capture_output=True, text=True).stdout
            by_version.setdefault(version, path)
    return list(by_version.values())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if 'docker_bin' in metafunc.fixturenames:
        commands = docker_commands() or ['']
        # Where there is only that of the engine, its directory is another one each time.
        names = [Path(path).name for path in commands] if len(commands) == 1 else commands
        metafunc.parametrize('docker_bin', commands, ids=names, scope='session')


class Shell:
    """Runs command lines; what they leave behind is what should not have happened."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / 'work'
        self.directory.mkdir()
        config = directory / 'config'
        config.mkdir()
        self.environment = {'PATH': os.environ['PATH'], 'HOME': str(self.directory), 'DOCKER_CONFIG': str(config)}
        self.lines = 0

    def __call__(self, command: str, input: bytes | None = None) -> str:
        self.lines += 1
        source: dict[str, Any] = {'stdin': subprocess.DEVNULL} if input is None else {'input': input}
        result = subprocess.run(
            ['/bin/sh', '-c', command],
            check=False,
            capture_output=True,
            cwd=self.directory,
            env=self.environment,
            **source,
        )
        if result.returncode:
            raise RuntimeError(f'{result.stderr.decode()} {result.stdout.decode()}')
        return result.stdout.decode('utf-8', 'surrogateescape')

    def side_effects(self) -> list[str]:
        """Files that commands created."""
        return [path.name for path in self.directory.iterdir()]


def first_process(top: dict[str, Any]) -> list[str]:
    """The process of a list with numbers and parents that no other one has started.

    It need not stand first: numbers of processes begin again at some point.
    """
    numbers = {number for number, *_ in top['Processes']}
    return next(row for row in top['Processes'] if row[1] not in numbers)


@pytest.fixture
def shell(tmp_path: Path, docker_bin: str) -> Shell:
    if not docker_bin:
        pytest.skip('there is no docker command')
    return Shell(tmp_path)


@pytest.fixture
def command_output(docker_bin: str, engine_url: str) -> DockerCommandLineOutput:
    return DockerCommandLineOutput(default_bin=docker_bin, cmd_args=[f'-H {engine_url}'])


@pytest.fixture
def run(shell: Shell, command_output: DockerCommandLineOutput) -> Callable[..., str]:
    """Runs the command for a call of the API, and returns what it prints."""

    def run_command(call: str, *args: Any, **kwargs: Any) -> str:
        line = command_output.get_cmd(call, *args, **kwargs)
        assert line is not None
        return shell(line, command_output.get_input(call, **kwargs))

    return run_command


@pytest.fixture
def cli_client(shell: Shell, docker_bin: str, engine_url: str) -> DockerCliClient:
    return DockerCliClient(shell, default_bin=docker_bin, base_url=engine_url)


@pytest.fixture
def options_of(api: docker.APIClient) -> Callable[[str], dict[str, str]]:
    """Tells the options of a volume; beside them, Podman shows in capitals what it has read in them."""

    def ask(volume: str) -> dict[str, str]:
        return {key: value for key, value in api.inspect_volume(volume)['Options'].items() if not key.isupper()}

    return ask
