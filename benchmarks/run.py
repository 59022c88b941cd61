"""How long it takes to start and shut down containers on a Docker Engine, side by side and one after the other.

Prints ratios of one run: against the SDK alone with the same number of threads, and against one operation at a time.
Uses the engine at DOCKER_HOST, or as root one of its own that ends with the run::

    scripts/in-private-network python benchmarks/run.py
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'scripts'))

import private_engine as engines
from docker import APIClient

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient

IMAGE = 'dockermap-benchmark/base:latest'
POLITE = ['sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait']
STUBBORN = ['sh', '-c', 'trap "" TERM; sleep 1000 & wait; wait']
PREFIX = 'bench'


@contextlib.contextmanager
def engine() -> Iterator[str]:
    """Address of an engine with the image."""
    url = os.environ.get('DOCKER_HOST')
    with contextlib.ExitStack() as stack:
        if not url:
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix='dockermap-benchmark-'))
            url = stack.enter_context(engines.private_engine(home))
        engines.build_base_image(url, IMAGE)
        yield url


def front_end(url: str, number: int, command: list[str], max_parallel: int) -> MappingDockerClient:
    """A front end for a map of independent containers."""
    containers = {
        f'c{index}': {'image': IMAGE, 'stop_timeout': 2, 'create_options': {'command': command}}
        for index in range(number)
    }
    client = ClientConfiguration(base_url=url, max_parallel=max_parallel)
    return MappingDockerClient(ContainerMap(PREFIX, containers), client)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def by_sdk(url: str, number: int, threads: int) -> tuple[float, float]:
    """The same calls without this library."""
    client = APIClient(url, version='auto')
    names = [f'{PREFIX}.c{index}' for index in range(number)]

    def start(name: str) -> None:
        client.create_container(IMAGE, POLITE, name=name, host_config=client.create_host_config(), stop_timeout=2)
        client.start(name)

    def end(name: str) -> None:
        client.stop(name, timeout=2)
        client.remove_container(name)

    with ThreadPoolExecutor(threads) as pool:
        found = seconds(lambda: list(pool.map(start, names))), seconds(lambda: list(pool.map(end, names)))
    client.close()
    return found


def by_map(url: str, number: int, max_parallel: int, command: list[str] = POLITE) -> tuple[float, float]:
    """Startup and shutdown by this library."""
    with front_end(url, number, command, max_parallel) as client:
        return (seconds(lambda: client.startup('__all__')), seconds(lambda: client.shutdown('__all__')))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--containers', type=int, default=60)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--parallel', type=int, nargs='+', default=[4, 8], help='operations at a time')
    options = parser.parse_args()
    print(f'{os.cpu_count()} cores, {options.containers} containers, median of {options.rounds} rounds')
    with engine() as url:
        by_map(url, 4, 1)
        for parallel in options.parallel:
            print(f'{parallel} at a time:')
            compare(url, options.containers, options.rounds, parallel)


def compare(url: str, number: int, rounds: int, parallel: int) -> None:
    """Print the figures for a number of operations at a time; what the SDK alone gains is what the engine allows."""
    rows: dict[str, list[tuple[float, float]]] = {'SDK alone': [], 'side by side': [], 'serial': []}
    for _ in range(rounds):
        rows['SDK alone'].append(by_sdk(url, number, parallel))
        rows['side by side'].append(by_map(url, number, parallel))
        rows['serial'].append(by_map(url, number, 1))
    for index, what in enumerate(('startup', 'shutdown')):
        found = {name: statistics.median(row[index] for row in taken) for name, taken in rows.items()}
        ours, sdk, serial = found['side by side'], found['SDK alone'], found['serial']
        print(
            f'  {what:9}{ours:6.2f} s; {ours / sdk:5.2f} x SDK alone; '
            f'{serial / ours:5.2f} times faster than serial (SDK alone {serial / sdk:5.2f})'
        )
    slow = by_map(url, 10, parallel, STUBBORN)[1]
    slow_serial = by_map(url, 10, 1, STUBBORN)[1]
    print(f'  shutdown of 10 that ignore SIGTERM, stop timeout 2 s: {slow:.2f} s; {slow / slow_serial:.2f} x serial')


if __name__ == '__main__':
    main()
