"""Hosts that are reached over SSH: servers of this machine, each with keys, a port and an engine of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from private_host import SSHD, Host, running_host

USER = 'dockermap-tester'


@pytest.fixture(scope='session', autouse=True)
def fabric() -> Any:
    if SSHD is None:
        pytest.skip('needs an SSH server (Debian package openssh-server)')
    if os.geteuid() != 0 or not os.environ.get('DOCKERMAP_OWN_NETWORK'):
        pytest.skip('starts SSH servers, so it needs root and a network of its own (scripts/in-private-network)')
    return pytest.importorskip('fabric', reason="needs Fabric (pip install 'docker-map[fabric]')")


@pytest.fixture(scope='session')
def start_host(work_directory: Path) -> Iterator[Callable[..., Host]]:
    """Starts SSH servers; they end with the run."""
    with contextlib.ExitStack() as stack:

        def start(engine_url: str, name: str, **settings: object) -> Host:
            home = work_directory / f'ssh-{name}'
            home.mkdir()
            return stack.enter_context(running_host(home, engine_url, settings))

        yield start


@pytest.fixture(scope='session')
def host(start_host: Callable[..., Host], engine_url: str) -> Host:
    """A host with the engine that the tests share."""
    return start_host(engine_url, 'first')


@pytest.fixture
def connect() -> Iterator[Callable[..., Any]]:
    """Makes connections to hosts; they are closed in the end."""
    from fabric import Connection

    with contextlib.ExitStack() as stack:

        def make(host: Host, **kwargs: Any) -> Any:
            return stack.enter_context(Connection(**{**host.arguments, **kwargs}))

        yield make


@pytest.fixture(params=['api', 'command'])
def mode(request: pytest.FixtureRequest) -> str:
    """Both ways to reach an engine."""
    found: str = request.param
    return found


@pytest.fixture
def sudo_user(request: pytest.FixtureRequest) -> str:
    """A user of this machine who may do all with a password; known only inside of the mount namespace of the run."""
    if not all(shutil.which(name) for name in ('sudo', 'openssl')):
        pytest.skip('needs sudo (Debian packages sudo, openssl)')
    if USER in Path('/etc/passwd').read_text():
        return USER
    home = Path(tempfile.mkdtemp(prefix='dmt-accounts-', dir='/run'))
    digest = subprocess.run(
        ['openssl', 'passwd', '-6', request.module.PASSWORD], check=True, capture_output=True, text=True
    ).stdout
    for path, line in (
        ('/etc/passwd', f'{USER}:x:4321:4321::/tmp:/bin/sh\n'),
        ('/etc/shadow', f'{USER}:{digest.strip()}:19000:0:99999:7:::\n'),
        ('/etc/sudoers', f'Defaults env_keep += "DOCKER_HOST DOCKER_CONFIG PATH"\n{USER} ALL=(ALL:ALL) ALL\n'),
    ):
        copy = home / Path(path).name
        shutil.copy2(path, copy)
        with copy.open('a') as file:
            file.write(line)
        subprocess.run(['mount', '--bind', copy, path], check=True)
    # What is mounted stays readable.
    shutil.rmtree(home)
    return USER


class Processes(threading.Thread):
    """Reads the arguments of all processes again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._found: set[bytes] = set()
        self._is_over = False

    @property
    def lines(self) -> list[str]:
        """Command lines, with a zero byte between arguments."""
        return [line.decode(errors='replace') for line in self._found.copy()]

    def run(self) -> None:
        while not self._is_over:
            for path in Path('/proc').glob('[0-9]*/cmdline'):
                with contextlib.suppress(OSError):
                    self._found.add(path.read_bytes())
            time.sleep(0.02)

    def __enter__(self) -> Processes:
        self.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._is_over = True
        self.join()
