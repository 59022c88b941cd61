"""How long planning takes, on the engine in memory: an unchanged map, and a map that is started for the first time.

Prints the library's own time (without the engine's) for each number of containers, elapsed and of the processor, and
the ratio of the latter to half of the containers; twice the number should take about twice the time.
"""

from __future__ import annotations

import argparse
import gc
import time
from typing import Any, NamedTuple

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine


class Seconds(NamedTuple):
    """A time: elapsed, and of the processor, which other programs on the machine change less."""

    elapsed: float
    processor: float

    @classmethod
    def now(cls) -> Seconds:
        """Both clocks."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, start: Seconds) -> Seconds:
        """What has passed between."""
        return Seconds(self.elapsed - start.elapsed, self.processor - start.processor)


class TimedClient:
    """Counts the time that the engine takes."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.seconds = Seconds(0.0, 0.0)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            started = Seconds.now()
            try:
                return value(*args, **kwargs)
            finally:
                self.seconds = Seconds.now().since(started.since(self.seconds))

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


def own_seconds(engine: InMemoryEngine, container_map: ContainerMap, action: str, call: str) -> Seconds:
    """Time of a call without that of the engine."""
    client = TimedClient(engine.client())
    front_end = MappingDockerClient(container_map, ClientConfiguration(client=client, version='1.41'))
    # What former calls have left is not to be collected at the cost of this one.
    gc.collect()
    started = Seconds.now()
    if call == 'plan':
        front_end.plan(action, '__all__')
    elif call == 'actions':
        list(front_end.get_actions(action, '__all__'))
    else:
        front_end.run_actions(action, '__all__')
    return Seconds.now().since(started).since(client.seconds)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('numbers', nargs='*', type=int, default=[500, 1000, 2500, 5000])
    numbers = parser.parse_args().numbers
    rows: dict[str, dict[int, Seconds]] = {}
    for number in numbers:
        engine = InMemoryEngine('app:latest', 'busybox:latest')
        gc.collect()
        started = Seconds.now()
        container_map = a_map(number)
        rows.setdefault('load from a dictionary', {})[number] = Seconds.now().since(started)
        for text, action, call in (
            ('plan of the first startup', 'startup', 'plan'),
            ('get_actions of it', 'startup', 'actions'),
            ('first startup', 'startup', 'run'),
            ('plan of an unchanged update', 'update', 'plan'),
        ):
            rows.setdefault(text, {})[number] = own_seconds(engine, container_map, action, call)
    for text, found in rows.items():
        for number in numbers:
            elapsed, processor = found[number]
            half = found.get(number // 2)
            ratio = f'{processor / half.processor:8.2f} x half' if half else ''
            print(f'{text:30} {number:6} containers {elapsed:8.3f} s, of the processor {processor:8.3f} s {ratio}')


if __name__ == '__main__':
    main()
