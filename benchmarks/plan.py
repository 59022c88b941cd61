"""How long planning takes, on the engine in memory: an unchanged map, and a map that is started for the first time.

Prints the library's own time (without the engine's) for each number of containers, and the ratio to half of it; twice
the number should take about twice the time.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine


class TimedClient:
    """Counts the time that the engine takes."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return value(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - started

        return call


def a_map(number: int) -> ContainerMap:
    """Containers in one network, each with a volume; every tenth depends on the one before."""
    containers: dict[str, Any] = {}
    for index in range(number):
        containers[f'c{index}'] = {
            'image': 'app',
            'networks': 'back',
            'attaches': {f'v{index}': '/data'},
            'stop_timeout': 1,
            'create_options': {'environment': {'NUMBER': str(index)}},
            **({'links': f'c{index - 1}'} if index % 10 == 1 else {}),
        }
    return ContainerMap('m', {**containers, 'networks': {'back': None}})


def own_seconds(engine: InMemoryEngine, container_map: ContainerMap, action: str, call: str) -> float:
    """Time of a call without that of the engine."""
    client = TimedClient(engine.client())
    front_end = MappingDockerClient(container_map, ClientConfiguration(client=client, version='1.41'))
    started = time.perf_counter()
    if call == 'plan':
        front_end.plan(action, '__all__')
    elif call == 'actions':
        list(front_end.get_actions(action, '__all__'))
    else:
        front_end.run_actions(action, '__all__')
    return time.perf_counter() - started - client.seconds


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('numbers', nargs='*', type=int, default=[500, 1000, 2500, 5000])
    numbers = parser.parse_args().numbers
    rows: dict[str, dict[int, float]] = {}
    for number in numbers:
        engine, container_map = InMemoryEngine('app:latest', 'busybox:latest'), a_map(number)
        for text, action, call in (
            ('plan of the first startup', 'startup', 'plan'),
            ('get_actions of it', 'startup', 'actions'),
            ('first startup', 'startup', 'run'),
            ('plan of an unchanged update', 'update', 'plan'),
        ):
            rows.setdefault(text, {})[number] = own_seconds(engine, container_map, action, call)
    for text, found in rows.items():
        for number in numbers:
            ratio = f'{found[number] / found[number // 2]:8.2f} x half' if number // 2 in found else ''
            print(f'{text:30} {number:6} containers {found[number]:8.3f} s {ratio}')


if __name__ == '__main__':
    main()
