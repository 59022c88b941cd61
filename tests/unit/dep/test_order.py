"""Random graphs, judged by code that knows nothing of how the order is made."""

from __future__ import annotations

import random

import pytest

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.dep import ContainerDependencyResolver, ContainerDependentsResolver

GRAPHS = 2_000


def random_items(source: random.Random) -> list[MapConfigId]:
    containers = [MapConfigId(ItemType.CONTAINER, 'm', f'c{number}') for number in range(source.randint(1, 15))]
    others = [
        MapConfigId(source.choice([ItemType.VOLUME, ItemType.NETWORK, ItemType.IMAGE]), 'm', f'o{number}', 'x')
        for number in range(source.randint(0, 6))
    ]
    source.shuffle(containers)
    return containers + others


def random_relations(source: random.Random, items: list[MapConfigId]) -> dict[MapConfigId, list[MapConfigId]]:
    """Containers need some of the items further right, so there is no cycle."""
    relations = {}
    for position, item in enumerate(items):
        if item.config_type is ItemType.CONTAINER:
            candidates = items[position + 1 :]
            relations[item] = source.sample(candidates, source.randint(0, min(5, len(candidates))))
    return relations


def reachable(start: list[MapConfigId], edges: dict[MapConfigId, set[MapConfigId]]) -> set[MapConfigId]:
    found: set[MapConfigId] = set()
    waiting = set(start)
    while waiting:
        item = waiting.pop()
        found.add(item)
        waiting |= edges.get(item, set()) - found
    return found


def inverted(relations: dict[MapConfigId, list[MapConfigId]]) -> dict[MapConfigId, set[MapConfigId]]:
    edges: dict[MapConfigId, set[MapConfigId]] = {}
    for item, needed in relations.items():
        for other in needed:
            edges.setdefault(other, set()).add(item)
    return edges


@pytest.mark.parametrize('is_reverse', [False, True], ids=['dependencies', 'dependents'])
def test_each_item_comes_once_after_everything_it_needs(is_reverse):
    source = random.Random(20)
    for _ in range(GRAPHS):
        items = random_items(source)
        relations = random_relations(source, items)
        edges = inverted(relations) if is_reverse else {item: set(needed) for item, needed in relations.items()}
        requested = source.sample(items, source.randint(1, len(items)))
        resolver_class = ContainerDependentsResolver if is_reverse else ContainerDependencyResolver
        order = resolver_class(relations).walk(requested)
        assert len(order) == len(set(order))
        assert set(order) == reachable(requested, edges)
        position = {item: number for number, item in enumerate(order)}
        assert all(position[needed] < position[item] for item in order for needed in edges.get(item, ()))


def test_walking_one_item_gives_what_it_depends_on_in_the_same_order():
    source = random.Random(21)
    for _ in range(200):
        items = random_items(source)
        resolver = ContainerDependencyResolver(random_relations(source, items))
        assert resolver.walk([items[0]]) == [*resolver.get_dependencies(items[0]), items[0]]
