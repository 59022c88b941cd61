"""Time to load a map of many configurations from a dictionary, and to get its extended form.

Run ``PYTHONPATH=. python benchmarks/load.py``. Three sizes show that twice the size takes twice the time. Each
configuration has an image, a link to the one before, volumes, a published port, a network, and options; every tenth
extends a template.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from dockermap.map.config.main import ContainerMap

SIZES = (1_250, 2_500, 5_000)
REPEATS = 3


def configuration(number: int) -> dict[str, Any]:
    """What is usually said about a container."""
    settings: dict[str, Any] = {
        'image': 'shop/web:2',
        'attaches': [f'data{number}'],
        'binds': ['config', ('/var/log/web', f'logs/{number}'), {'static': 'ro'}],
        'exposes': [(80, 10_000 + number), 443],
        'networks': ['front', {'back': ['db']}],
        'create_options': {'environment': {'NUMBER': str(number), 'MODE': 'production'}, 'labels': {'part': 'web'}},
        'host_config': {'mem_limit': '512m', 'restart_policy': {'Name': 'always', 'MaximumRetryCount': 0}},
    }
    if number:
        settings['links'] = [(f'c{number - 1}', 'previous')]
    if number % 10 == 0:
        settings['extends'] = ['template']
    return settings


def settings(size: int) -> dict[str, Any]:
    """A map as it comes from a file."""
    containers: dict[str, Any] = {f'c{number}': configuration(number) for number in range(size)}
    containers['template'] = {'abstract': True, 'stop_timeout': 20, 'user': 'web'}
    return {
        'repository': 'registry.test',
        'host_root': '/srv',
        'host': {'config': 'config', 'static': 'static'},
        'volumes': {'config': '/etc/web', 'static': '/srv/static', **{f'data{n}': f'/data/{n}' for n in range(size)}},
        'networks': {'front': {}, 'back': {'internal': True}},
        'containers': containers,
    }


def best_time(function: Callable[[], Any]) -> float:
    times = []
    for _ in range(REPEATS):
        gc.collect()
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    loading, extending = [], []
    for size in SIZES:
        values = settings(size)
        loading.append(best_time(lambda values=values: ContainerMap('bench', values)))
        loaded = ContainerMap('bench', values)
        extending.append(best_time(lambda loaded=loaded: loaded.get_extended_map(None)))
    for title, times in (('load', loading), ('extended form', extending)):
        shown = ', '.join(
            f'{size:,} configurations {seconds:.3f} s' for size, seconds in zip(SIZES, times, strict=True)
        )
        ratios = ', '.join(f'{times[index + 1] / times[index]:.2f}' for index in range(len(times) - 1))
        print(f'{title}: {shown}, ratios {ratios}', flush=True)


if __name__ == '__main__':
    main()
