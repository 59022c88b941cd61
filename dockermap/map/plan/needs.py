"""What each operation has to wait for."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..input import MapConfigId
from .operation import Operation, Result

Item = tuple[str, MapConfigId]
Segment = tuple[Item, Sequence[int]]
"""An item that was decided about, and the numbers of the operations that follow from it."""


def with_needs(operations: Sequence[Operation], segments: Iterable[Segment],
               relations: Callable[[MapConfigId], Iterable[MapConfigId]]) -> list[Operation]:
    """The same operations, each with the numbers of those that have to be carried out before.

    What follows from one decision is done in its order. It waits for what was done about the item before, and about all
    items that are related to it; items that need nothing pass on what they would wait for.

    :param segments: What follows from each decision, in the order of the call.
    :param relations: What an item needs, and what needs it.
    """
    ends: dict[Item, frozenset[int]] = {}
    needs: dict[int, set[int]] = {}
    for item, numbers in segments:
        client_name, config_id = item
        related = ((client_name, other) for other in (config_id, *relations(config_id)))
        waits = frozenset[int]().union(*(ends[other] for other in related if other in ends))
        for previous, number in zip((None, *numbers), numbers, strict=False):
            touched = operations[number].client_name, operations[number].config_id
            needs[number] = {previous} if previous is not None else set(waits)
            needs[number] |= ends.get(touched, frozenset()) if touched != item else set()
            ends[touched] = frozenset({number})
        ends[item] = frozenset({numbers[-1]}) if numbers else waits
    return [replace(operation, needs=tuple(sorted(needs.get(operation.number, set()) | _used(operation))))
            for operation in operations]


def _used(operation: Operation) -> set[int]:
    """Operations whose answer or outcome is used."""
    used = {value.operation for value in operation.arguments.values() if isinstance(value, Result)}
    return used | ({operation.condition.operation} if operation.condition is not None else set())
