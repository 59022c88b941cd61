"""How fast a host's engine is reached over SSH, in four ways.

Prints calls per second and the time for a start of ten containers, and ratios to the API through Fabric's connection,
all of one run. As root, with an engine and an SSH server of its own, which end with the run::

    scripts/in-private-network python benchmarks/remote.py
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'scripts'))

import private_engine as engines
from fabric import Connection
from private_host import Host, running_host

from dockermap.api import ClientConfiguration, ContainerMap, DockerClientWrapper, MappingDockerClient
from dockermap.fabric import command_client, connection_client

IMAGE = 'dockermap-benchmark/base:latest'
PREFIX = 'bench'
REFERENCE = 'connection_client'
Clients = dict[str, Callable[[], Any]]


@contextlib.contextmanager
def host() -> Iterator[tuple[str, Host]]:
    """Address of an engine with the image, and an SSH server beside it."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='dmb-')))
        for name in ('engine', 'ssh', '.ssh'):
            (home / name).mkdir(mode=0o700)
        url = stack.enter_context(engines.private_engine(home / 'engine'))
        engines.build_base_image(url, IMAGE)
        found = stack.enter_context(running_host(home / 'ssh', url, {}))
        # The SDK reads there how to log in.
        os.environ['HOME'] = str(home)
        (home / '.ssh' / 'config').write_text(f'Host 127.0.0.1\nIdentityFile {found.key}\n')
        (home / '.ssh' / 'known_hosts').write_text(found.known_hosts)
        yield url, found


@contextlib.contextmanager
def forwarded(url: str, found: Host) -> Iterator[str]:
    """Address of a socket of this machine that ``ssh`` forwards to that of the engine."""
    socket = found.key.with_name('forwarded.sock')
    options = ['-o', f'UserKnownHostsFile={found.key.parents[1] / ".ssh" / "known_hosts"}', '-o', 'BatchMode=yes']
    forward = f'{socket}:{url.removeprefix("unix://")}'
    command = ['ssh', '-N', '-i', str(found.key), '-p', str(found.port), *options, '-L', forward, 'root@127.0.0.1']
    with subprocess.Popen(command) as process:
        try:
            deadline = time.monotonic() + 20
            while not socket.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError('ssh does not forward the socket.')
                time.sleep(0.05)
            yield f'unix://{socket}'
        finally:
            process.terminate()


@contextlib.contextmanager
def ways() -> Iterator[Clients]:
    """Makes of clients by the way in which they reach the host."""
    with host() as (url, found), forwarded(url, found) as socket, Connection(**found.arguments) as connection:
        yield {
            'SDK, ssh://': lambda: DockerClientWrapper(f'ssh://root@127.0.0.1:{found.port}', version='auto'),
            REFERENCE: lambda: connection_client(connection),
            'command_client': lambda: command_client(connection),
            'forwarded socket': lambda: DockerClientWrapper(socket, version='auto'),
        }


def calls_per_second(client: Any, seconds: float) -> float:
    """How many calls there are in a second, one after the other."""
    client.inspect_image(IMAGE)
    begin, number = time.perf_counter(), 0
    while time.perf_counter() < begin + seconds:
        client.inspect_image(IMAGE)
        number += 1
    return number / (time.perf_counter() - begin)


def start_of(client: Any, number: int) -> float:
    """Seconds that a start of containers takes; they are removed again."""
    containers = {
        f'c{index}': {'image': IMAGE, 'stop_timeout': 0, 'create_options': {'command': ['sleep', '1000']}}
        for index in range(number)
    }
    front = MappingDockerClient(ContainerMap(PREFIX, containers), ClientConfiguration(client=client))
    begin = time.perf_counter()
    front.startup('__all__', wait=False)
    seconds = time.perf_counter() - begin
    front.shutdown('__all__')
    return seconds


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--containers', type=int, default=10)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=2, help='for the calls of a round')
    parser.add_argument('--limit', type=int, default=600, help='seconds for all')
    options = parser.parse_args()
    # What hangs must not hang for ever.
    signal.alarm(options.limit)
    print(f'{os.cpu_count()} cores, {options.containers} containers, median of {options.rounds} rounds')
    found: dict[str, list[tuple[float, float]]] = {}
    with ways() as clients:
        for _ in range(options.rounds):
            for name, make in clients.items():
                with contextlib.closing(make()) as client:
                    figures = calls_per_second(client, options.seconds), start_of(client, options.containers)
                found.setdefault(name, []).append(figures)
    median = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    for name, (calls, seconds) in median.items():
        print(
            f'{name:18} {calls:7.1f} calls/s ({calls / median[REFERENCE][0]:5.2f} x)'
            f'   start {seconds:6.2f} s ({seconds / median[REFERENCE][1]:5.2f} x)'
        )


if __name__ == '__main__':
    main()
