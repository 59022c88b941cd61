"""Time to put linked configurations in order: a long chain, and layers in which each item needs the whole layer below.

Run ``PYTHONPATH=. python benchmarks/resolve.py``. Each is measured in two sizes, to show that twice the size takes
twice the time: the resolver alone, and a policy that is built for a container map and asked for a path.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy
from dockermap.map.policy.dep import ContainerDependencyResolver

CHAIN = 20_000
LAYERED = 5_000
WIDTH = 10
REPEATS = 3

Links = dict[str, list[str]]


def chain(size: int) -> Links:
    """Each configuration needs the one before."""
    return {f'c{number}': [f'c{number - 1}'] if number else [] for number in range(size)}


def layers(size: int) -> Links:
    """Each configuration needs all of the layer before."""
    starts = (number - number % WIDTH for number in range(size))
    return {
        f'c{number}': [f'c{other}' for other in range(max(start - WIDTH, 0), start)]
        for number, start in enumerate(starts)
    }


def container(name: str) -> MapConfigId:
    return MapConfigId(ItemType.CONTAINER, 'bench', name, None)


def resolver_for(links: Links) -> Callable[[], int]:
    """Resolving what the last configuration needs; gives how many those are."""
    pairs = [(container(name), [container(other) for other in others]) for name, others in links.items()]
    resolver = ContainerDependencyResolver(pairs)

    def resolve() -> int:
        resolver.reset()
        return len(resolver.get_dependencies(pairs[-1][0]))

    return resolve


def policy_for(links: Links) -> Callable[[], int]:
    """The same with a container map: building the policy, and asking it for the path."""
    container_map = ContainerMap('bench', {name: {'image': 'base', 'links': others} for name, others in links.items()})
    last = container(list(links)[-1])

    def resolve() -> int:
        policy = BasePolicy({'bench': container_map}, {})
        path = policy.walk_dependencies([last])
        return sum(item.config_type is ItemType.CONTAINER for item in path) - 1

    return resolve


def best_time(resolve: Callable[[], int], expected: int) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        resolved = resolve()
        times.append(time.perf_counter() - start)
        if resolved != expected:
            raise AssertionError(f'{resolved} of {expected} items were resolved.')
    return min(times)


def main() -> None:
    cases = (('chain', chain, CHAIN, 1), (f'layers of {WIDTH}', layers, LAYERED, WIDTH))
    for title, make_links, size, last_layer in cases:
        for name, prepare in (('resolver', resolver_for), ('policy', policy_for)):
            once, twice = (best_time(prepare(make_links(number)), number - last_layer) for number in (size, 2 * size))
            print(
                f'{title}, {name}: {size:,} items {once:.3f} s, {2 * size:,} items {twice:.3f} s, '
                f'ratio {twice / once:.2f}',
                flush=True,
            )


if __name__ == '__main__':
    main()
