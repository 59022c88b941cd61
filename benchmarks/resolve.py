"""Time to put linked configurations in order: a long chain, and layers in which each item needs the whole layer below.

Run ``python benchmarks/resolve.py``. Each is measured in two sizes, to show that twice the size takes twice the time.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.dep import ContainerDependencyResolver

CHAIN = 20_000
LAYERED = 5_000
WIDTH = 10
REPEATS = 3

Relations = Iterator[tuple[MapConfigId, list[MapConfigId]]]


def container(number: int) -> MapConfigId:
    return MapConfigId(ItemType.CONTAINER, 'bench', f'c{number}', None)


def chain(size: int) -> Relations:
    """Each configuration needs the one before."""
    for number in range(size):
        yield container(number), [container(number - 1)] if number else []


def layers(size: int) -> Relations:
    """Each configuration needs all of the layer before."""
    for number in range(size):
        start = number - number % WIDTH
        yield container(number), [container(other) for other in range(max(start - WIDTH, 0), start)]


def best_time(relations: Callable[[int], Relations], size: int) -> float:
    """Seconds to resolve what the last item needs, without building the input."""
    pairs = list(relations(size))
    times = []
    for _ in range(REPEATS):
        resolver = ContainerDependencyResolver(pairs)
        start = time.perf_counter()
        resolved = resolver.get_dependencies(pairs[-1][0])
        times.append(time.perf_counter() - start)
    last_layer = WIDTH - 1 if relations is layers else 0
    if len(resolved) != size - 1 - last_layer:
        raise AssertionError(f'{len(resolved)} of {size} items were resolved.')
    return min(times)


def main() -> None:
    for title, relations, size in (('chain', chain, CHAIN), (f'layers of {WIDTH}', layers, LAYERED)):
        once, twice = best_time(relations, size), best_time(relations, 2 * size)
        print(f'{title}: {size:,} items {once * 1000:.0f} ms, {2 * size:,} items {twice * 1000:.0f} ms, '
              f'ratio {twice / once:.2f}')


if __name__ == '__main__':
    main()
