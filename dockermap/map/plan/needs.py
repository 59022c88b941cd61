"""What each operation has to wait for."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..input import MapConfigId
from .operation import Operation, Result

Item = tuple[str, MapConfigId]


def with_needs(operations: Sequence[Operation], visited: Iterable[Item],
               relations: Callable[[MapConfigId], Iterable[MapConfigId]]) -> list[Operation]:
    """The same operations, each with the numbers of those that have to be carried out before.

    Within an item, each operation needs the one before. The first one of an item needs the last ones of all related
    items that come before it in the order of the call; items that need nothing pass on what they would wait for.

    :param visited: The items in the order of the call, by client.
    :param relations: What an item needs, and what needs it.
    """
    by_item: dict[Item, list[int]] = {}
    for operation in operations:
        by_item.setdefault((operation.client_name, operation.config_id), []).append(operation.number)
    order = list(dict.fromkeys((*visited, *by_item)))
    positions = {item: index for index, item in enumerate(order)}
    ends: dict[Item, frozenset[int]] = {}
    needs: dict[int, set[int]] = {}
    for item in order:
        client_name, config_id = item
        related = ((client_name, other) for other in relations(config_id))
        waits = frozenset[int]().union(*(ends[other] for other in related
                                         if other in ends and positions[other] < positions[item]))
        numbers = by_item.get(item, [])
        for previous, number in zip((None, *numbers), numbers, strict=False):
            needs[number] = set(waits) if previous is None else {previous}
        ends[item] = frozenset({numbers[-1]}) if numbers else waits
    return [replace(operation, needs=tuple(sorted(needs[operation.number] | _used(operation))))
            for operation in operations]


def _used(operation: Operation) -> set[int]:
    """Operations whose answer or outcome is used."""
    used = {value.operation for value in operation.arguments.values() if isinstance(value, Result)}
    return used | ({operation.condition.operation} if operation.condition is not None else set())
