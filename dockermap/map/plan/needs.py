"""What each operation has to wait for, and the order that follows from it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from ...exceptions import InputError
from .._describe import describe_item
from ..input import ItemType, MapConfigId
from ..state.observed import Observed
from .operation import Operation, Result
from .references import mentioned, references, subjects
from .replacement import CircularReplacementError, Group, Groups, Item, Replacement, Segment, with_undo
from .resources import Handover, Resources, handed_on
from .service_ports import service_handovers

_APPEARING = ('create_container', 'rename', 'remove_container')


@dataclass(frozen=True)
class Arrangement:
    """Operations with what they need, and the order of their numbers in which one after the other can be done.

    :param groups: Those that are done and undone together.
    """

    operations: Sequence[Operation]
    order: Sequence[int]
    groups: Sequence[Group] = ()

    def numbered(self) -> list[Operation]:
        """The operations in their order, with numbers that are their places in it."""
        places = {number: place for place, number in enumerate(self.order)}
        if all(number == place for number, place in places.items()):
            return list(self.operations)
        return [_renumbered(self.operations[number], places) for number in self.order]


def arranged(
    operations: Sequence[Operation],
    segments: Iterable[tuple[Item, Sequence[int]]],
    relations: Callable[[MapConfigId], Iterable[MapConfigId]],
    observed: Observed,
    across: Callable[[MapConfigId], Iterable[MapConfigId]] = lambda _: (),
    replacements: Sequence[Replacement] = (),
    firm: Iterable[Handover] = (),
    soft: Iterable[Handover] = (),
) -> Arrangement:
    """The same operations, each with the numbers of those that have to be carried out before.

    What follows from one decision is done in its order. It waits for what was done about the item before, and about all
    items that are related to it; items that need nothing pass on what they would wait for. An operation also waits for
    those before it that create, change or remove what it names, and for those that give up a port, an address or an
    alias that it takes. Where that leads in a circle, the containers that give something up are stopped first of all.

    What a container that is replaced gives up can be taken when it is sure that it does not come back. Those that wait
    for each other in a circle are replaced together.

    :param segments: What follows from each decision, in the order of the call.
    :param relations: What an item needs, and what needs it.
    :param observed: What was found of the items.
    :param across: What an item depends on, and what depends on it, on whatever client.
    :param replacements: Containers that take the places of others.
    :param firm: What a rollout has wait for other clients.
    :param soft: The same, as far as nothing speaks against it.
    :raises ValueError: Two containers that run in the end want the same port or address, or a rollout contradicts what
        containers need.
    :raises CircularReplacementError: There is no such order, unless a container is removed before it is created again.
    """
    if not operations:
        return Arrangement((), ())
    resources = handed_on(operations, observed)
    handovers = [*resources.handovers(), *service_handovers(operations)]
    groups, single = Groups(replacements, resources.fixed()), list(segments)
    while True:
        graph = _Graph(operations, groups.segments(single, relations), relations, across, groups.successions())
        later = _given_up_for_sure(handovers, groups)
        if not later or not groups.join_circle(graph.circle_with(later)):
            break
    if handovers:
        graph.add_handovers(handovers, later)
    graph.add_choices(resources)
    graph.add_rollout(firm, soft)
    complete = [replace(operation, needs=tuple(sorted(graph.needs(operation.number)))) for operation in operations]
    order = _order(complete)
    if len(order) < len(complete):
        item = groups.last_of(graph.circle_with(()))
        if item is not None:
            raise CircularReplacementError(item)
    return Arrangement(with_undo(complete, groups), order, groups.all)


def _given_up_for_sure(handovers: Iterable[Handover], groups: Groups) -> list[Handover]:
    """What is given up by containers that are replaced, and taken by others: these wait for the whole group."""
    found = []
    for handover in handovers:
        group = groups.of(handover.giver)
        if group is not None and groups.of(handover.taker) is not group:
            found.append(Handover(handover.taker, group.last))
    return found


class _Graph:
    """What operations wait for: because of related items, which can be given up, and for all other reasons."""

    def __init__(
        self,
        operations: Sequence[Operation],
        segments: Sequence[Segment],
        relations: Callable[[MapConfigId], Iterable[MapConfigId]],
        across: Callable[[MapConfigId], Iterable[MapConfigId]],
        successions: Iterable[tuple[int, int]] = (),
    ) -> None:
        self._before: dict[int, list[int]] = {
            number: list(numbers[:place]) for _, numbers in segments for place, number in enumerate(numbers)
        }
        self._following = dict(pair for _, numbers in segments for pair in pairwise(numbers))
        self._items = {operation.number: operation.item for operation in operations}
        self._related: dict[int, set[int]] = {}
        self._firm: dict[int, set[int]] = {operation.number: _used(operation) for operation in operations}
        self._follow_relations(operations, segments, relations, across)
        self._follow_names(operations)
        for following, former in successions:
            self._firm[following].add(former)

    def circle_with(self, handovers: Iterable[Handover]) -> list[int]:
        """Operations that would wait for each other in a circle, if these handovers were waited for as well."""
        needs = {number: self.needs(number) for number in self._firm}
        for handover in handovers:
            needs[handover.taker] = {*needs[handover.taker], handover.giver}
        return _circle(needs)

    def needs(self, number: int) -> set[int]:
        return self._firm[number] | self._related.get(number, set())

    def add_handovers(self, handovers: Iterable[Handover], later: Iterable[Handover]) -> None:
        for handover in handovers:
            self._firm[handover.taker].add(handover.giver)
        if not self.circle_with(later):
            for handover in later:
                self._firm[handover.taker].add(handover.giver)
        remaining = set(handovers)
        while (circle := self.circle_with(())) and remaining:
            pairs = {Handover(taker, giver) for giver, taker in pairwise(circle)} & remaining
            if not pairs:
                return
            for handover in pairs:
                self._free(handover, remaining)

    def add_choices(self, resources: Resources) -> None:
        """What takes a certain address comes before what has the engine choose one, where nothing speaks against it."""
        fixed, free = resources.choosers()
        for place, numbers in free.items():
            takers = fixed[place]
            before = self._all_before(takers)
            # First those that nothing speaks against: they are before none of the others.
            for number in sorted(numbers, key=before.__contains__):
                after = self._all_after(number) if number in before else ()
                self._firm[number].update(taker for taker in takers if taker != number and taker not in after)

    def add_rollout(self, firm: Iterable[Handover], soft: Iterable[Handover]) -> None:
        """Have operations wait for those on clients that come first.

        :raises ValueError: Items would wait for each other in a circle.
        """
        firm, soft = list(firm), list(soft)
        had_circle = bool(firm) and bool(self.circle_with(()))
        self._wait_for(firm)
        circle = self.circle_with(()) if firm and not had_circle else []
        if circle:
            items = dict.fromkeys(self._items[number] for number in circle)
            texts = [f'{describe_item(config_id)} on client {client_name}' for client_name, config_id in items]
            raise InputError(f'These would wait for each other: {", ".join(texts)}.', 'rollout')
        if soft and not self.circle_with(soft):
            self._wait_for(soft)

    def _wait_for(self, handovers: Iterable[Handover]) -> None:
        for handover in handovers:
            self._firm[handover.taker].add(handover.giver)

    def _free(self, handover: Handover, remaining: set[Handover]) -> None:
        """Have a container give something up without waiting for related items, which what follows waits for.

        If it does not wait for any, the engine has to say what is wrong.
        """
        freed: set[int] = set()
        for number in (*self._before[handover.giver], handover.giver):
            freed |= self._related.pop(number, set())
        following = self._following.get(handover.giver)
        if freed and following is not None:
            self._related.setdefault(following, set()).update(freed)
        if not freed:
            self._firm[handover.taker].discard(handover.giver)
            remaining.discard(handover)

    def _all_before(self, numbers: Iterable[int]) -> set[int]:
        found: set[int] = set()
        waiting = list(numbers)
        while waiting:
            for number in self.needs(waiting.pop()) - found:
                found.add(number)
                waiting.append(number)
        return found

    def _all_after(self, number: int) -> set[int]:
        users: dict[int, list[int]] = {}
        for user in self._firm:
            for needed in self.needs(user):
                users.setdefault(needed, []).append(user)
        found: set[int] = set()
        waiting = [number]
        while waiting:
            for user in users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    def _follow_relations(
        self,
        operations: Sequence[Operation],
        segments: Iterable[Segment],
        relations: Callable[[MapConfigId], Iterable[MapConfigId]],
        across: Callable[[MapConfigId], Iterable[MapConfigId]],
    ) -> None:
        ends: dict[Item, frozenset[int]] = {}
        clients: dict[MapConfigId, list[str]] = {}
        for items, numbers in segments:
            related = [
                (client_name, other) for client_name, config_id in items for other in (config_id, *relations(config_id))
            ]
            related.extend(
                (other_client, other)
                for _, config_id in items
                for other in across(config_id)
                for other_client in clients.get(other, ())
            )
            waits = frozenset[int]().union(*(ends[other] for other in related if other in ends))
            for previous, number in zip((None, *numbers), numbers, strict=False):
                touched = operations[number].item
                if previous is None:
                    self._related[number] = set(waits)
                else:
                    self._firm[number].add(previous)
                if touched not in items:
                    self._related.setdefault(number, set()).update(ends.get(touched, ()))
                ends[touched] = frozenset({number})
            last = _last_of(operations, numbers)
            ends.update(dict.fromkeys(items, waits if last is None else frozenset({last})))
            for client_name, config_id in items:
                clients.setdefault(config_id, []).append(client_name)

    def _follow_names(self, operations: Iterable[Operation]) -> None:
        last: dict[tuple[str, ItemType, str], int] = {}
        appeared: dict[tuple[str, str], int] = {}
        logins: dict[str, int] = {}
        for operation in operations:
            needs, client_name = self._firm[operation.number], operation.client_name
            named = [(client_name, *name) for name in subjects(operation)]
            for key in (*named, *((client_name, *name) for name in references(operation))):
                if key in last:
                    needs.add(last[key])
            needs.update(
                appeared[client_name, name] for name in mentioned(operation) if (client_name, name) in appeared
            )
            if operation.call in _APPEARING:
                appeared.update(((client_name, name), operation.number) for _, name in subjects(operation))
            last.update(dict.fromkeys(named, operation.number))
            if operation.call in ('login', 'pull') and client_name in logins:
                needs.add(logins[client_name])
            if operation.call == 'login':
                logins[client_name] = operation.number


def _last_of(operations: Sequence[Operation], numbers: Sequence[int]) -> int | None:
    """The operation that related items wait for; nobody waits until a container works without having said so."""
    return next((number for number in reversed(numbers) if not operations[number].is_wait_for_state), None)


def _circle(needs: Mapping[int, set[int]]) -> list[int]:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle: list[int] = error.args[1]
        return circle
    return []


def _used(operation: Operation) -> set[int]:
    """Operations whose answer or outcome is used."""
    used = {value.operation for value in operation.arguments.values() if isinstance(value, Result)}
    for name, value in operation.arguments.items():
        if name == 'failures':
            used.update(number for _, number in value)
    used.update(operation.by_id.values())
    return used | ({operation.condition.operation} if operation.condition is not None else set())


def _renumbered(operation: Operation, places: Mapping[int, int]) -> Operation:
    condition, undo = operation.condition, operation.undo
    if condition is not None:
        condition = replace(condition, operation=places[condition.operation])
    if undo is not None:
        undone = tuple(replace(part, arguments=_relocated(part.arguments, places)) for part in undo.operations)
        undo = replace(undo, operations=undone, reverts=frozenset(places[number] for number in undo.reverts))
    return replace(
        operation,
        number=places[operation.number],
        needs=tuple(sorted(places[n] for n in operation.needs)),
        arguments=_relocated(operation.arguments, places),
        condition=condition,
        undo=undo,
        by_id={name: places[number] for name, number in operation.by_id.items()},
    )


def _relocated(arguments: Mapping[str, Any], places: Mapping[int, int]) -> Mapping[str, Any]:
    """Arguments with the answers that they stand for under other numbers."""
    found = dict(arguments)
    for name, value in arguments.items():
        if isinstance(value, Result):
            found[name] = replace(value, operation=places[value.operation])
        elif name == 'failures':
            found[name] = [(text, places[number]) for text, number in value]
    return found


def _order(operations: Sequence[Operation]) -> list[int]:
    """The numbers, each after those it needs, and otherwise as they are."""
    waiting = {operation.number: len(operation.needs) for operation in operations}
    users: dict[int, list[int]] = {}
    for operation in operations:
        for needed in operation.needs:
            users.setdefault(needed, []).append(operation.number)
    ready = [number for number, count in waiting.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        number = heapq.heappop(ready)
        order.append(number)
        for user in users.get(number, ()):
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, user)
    return order
