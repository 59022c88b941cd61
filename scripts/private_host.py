"""SSH servers of this machine, in front of an engine, for tests and benchmarks; in a network of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SSHD = shutil.which('sshd', path='/usr/sbin:/usr/local/sbin')


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
