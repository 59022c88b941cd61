"""Hosts that are reached over SSH: servers of this machine, each with keys, a port and an engine of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SSHD = shutil.which('sshd', path='/usr/sbin:/usr/local/sbin')
USER = 'dockermap-tester'


@dataclass(frozen=True)
class Host:
    """An SSH server, and how to log in to it as ``root``."""

    port: int
    key: Path
    log: Path
    host_key: str

    @property
    def connect_kwargs(self) -> dict[str, Any]:
        return {'key_filename': str(self.key), 'look_for_keys': False, 'allow_agent': False}

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of a connection, and of a client configuration."""
        return {'host': '127.0.0.1', 'user': 'root', 'port': self.port, 'connect_kwargs': self.connect_kwargs}

    @property
    def known_hosts(self) -> str:
        """The line of a ``known_hosts`` file."""
        return f'[127.0.0.1]:{self.port} {self.host_key}\n'


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


@contextlib.contextmanager
def running_host(home: Path, engine_url: str, settings: dict[str, object]) -> Iterator[Host]:
    for name in ('host', 'user'):
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', home / name], check=True)
    # The server reads it as the user who logs in.
    keys = Path(tempfile.mkdtemp(prefix='dmt-keys-', dir='/run'))
    keys.chmod(0o755)
    shutil.copyfile(home / 'user.pub', keys / 'authorized')
    with contextlib.closing(socket.socket()) as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    lines = {
        'Port': port,
        'ListenAddress': '127.0.0.1',
        'HostKey': home / 'host',
        'AuthorizedKeysFile': keys / 'authorized',
        'StrictModes': 'no',
        'UsePAM': 'no',
        'PermitRootLogin': 'yes',
        'PidFile': 'none',
        'MaxStartups': 100,
        'SetEnv': f'DOCKER_HOST={engine_url} PATH={os.environ["PATH"]} DOCKER_CONFIG={home / "docker"}',
        **settings,
    }
    (home / 'config').write_text(''.join(f'{key} {value}\n' for key, value in lines.items()))
    # What the server wants to find when it separates privileges.
    Path('/run/sshd').mkdir(mode=0o755, exist_ok=True)
    log = home / 'log'
    server = subprocess.Popen([str(SSHD), '-D', '-f', home / 'config', '-E', log])
    try:
        wait_for_port(port, log)
        key = ' '.join((home / 'host.pub').read_text().split()[:2])
        yield Host(port, home / 'user', log, key)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(keys)


def wait_for_port(port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f'The SSH server does not listen: {log.read_text()}')
        time.sleep(0.05)


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
