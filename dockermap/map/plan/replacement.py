"""Containers that take the place of others, alone or several together, and what brings the former ones back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from itertools import chain, pairwise

from ...exceptions import DockerMapError
from ..input import MapConfigId
from .operation import Operation, Undo

Item = tuple[str, MapConfigId]
Segment = tuple[Sequence[Item], Sequence[int]]
"""Items that were decided about, and the numbers of the operations that follow, in their order."""

Relations = Callable[[MapConfigId], Iterable[MapConfigId]]


class CircularReplacementError(DockerMapError):
    """A container cannot be created as long as the one that it replaces is there."""

    def __init__(self, item: Item) -> None:
        super().__init__(f'{item[1]} on client {item[0]} has to be removed before it is created again.')
        self.item = item


@dataclass(frozen=True)
class PutBack:
    """What brings a former container back.

    :param end: Ends the new container.
    :param names: Give both their former names.
    :param halt: Ends the former container, if nobody knows whether it has ended.
    :param resume: Bring the former container to the state in which it was.
    :param discard: Removes the new container.
    """

    end: Sequence[Operation]
    names: Sequence[Operation]
    halt: Sequence[Operation]
    resume: Sequence[Operation]
    discard: Sequence[Operation]


@dataclass(frozen=True)
class Replacement:
    """One container that takes the place of another one, or its own place after its first commands.

    :param name: Name of the item on the engine.
    :param creating: Numbers of the operations that create the new one.
    :param ending: Those that end the former one.
    :param taking_over: Those that have the new one take its place.
    :param removing: Those that remove the former one.
    :param start: The one that starts the new one.
    :param put_back: What brings the former one back.
    :param discard_unknown: Removes the new one if it is there, although its creation was not answered.
    :param holds: Names of other containers whose network stack, links or volumes the new or the former one uses.
    :param one_by_one: Others of the same configuration wait until this is done.
    :param message: What is told when the former one is put back.
    :param note: What the error says when that has been done.
    :param stopping: The first of the operations that stop the former one.
    :param former_id: Id of the former one; nothing if there is none.
    """

    item: Item
    name: str
    creating: Sequence[int]
    ending: Sequence[int]
    taking_over: Sequence[int]
    removing: Sequence[int]
    start: int
    put_back: PutBack
    discard_unknown: Operation
    holds: frozenset[str] = frozenset()
    one_by_one: bool = False
    message: str = ''
    note: str = ''
    stopping: int | None = None
    former_id: str | None = None

    @property
    def numbers(self) -> Iterator[int]:
        """Numbers of all operations."""
        return chain(self.creating, self.ending, self.taking_over, self.removing)

    def may_be_stopping(self, failed: int) -> bool:
        """Whether the former one may be about to end after the failure of an operation."""
        return self.stopping is not None and failed in set(self.ending) and failed >= self.stopping


@dataclass
class Group:
    """Replacements that are done, and undone, together: one operation after the other."""

    members: list[Replacement]
    before: list[int] = field(default_factory=list)
    """What has to be done for the items first."""
    after: list[int] = field(default_factory=list)
    """What is done for the items in the end."""
    starting: list[Replacement] = field(default_factory=list)
    """The members in the order in which they take over, if that is another one."""

    @property
    def order(self) -> list[int]:
        """All operations: new ones are created, former ones end, new ones take their place, former ones are removed."""
        return [*self.before, *self.own, *self.after]

    @property
    def own(self) -> list[int]:
        """The same without what has to be done first."""
        members = self.members
        return [
            *chain.from_iterable(member.creating for member in members),
            *chain.from_iterable(member.ending for member in reversed(members)),
            *chain.from_iterable(member.taking_over for member in self.starting or members),
            *chain.from_iterable(member.removing for member in reversed(members)),
        ]

    @property
    def last(self) -> int:
        """What is done last."""
        return self.order[-1]

    @property
    def started(self) -> int:
        """The operation after which all new ones run."""
        return (self.starting or self.members)[-1].start

    def undos(self) -> Iterator[tuple[int, Undo]]:
        """For each operation, how everything is put back if it fails."""
        removing = {number for member in self.members for number in member.removing}
        places = {number: place for place, number in enumerate(self.own) if number not in removing}
        reverts = frozenset(places)
        for number in places:
            yield number, self._undo(places, number, reverts)

    def _undo(self, places: Mapping[int, int], failed: int, reverts: frozenset[int]) -> Undo:
        place = places[failed]

        def has_begun(numbers: Sequence[int]) -> bool:
            return bool(numbers) and places[numbers[0]] <= place

        taking = [member for member in self.members if has_begun(member.taking_over)]
        ended = [member for member in self.members if has_begun(member.ending) or has_begun(member.taking_over)]
        created = [member for member in self.members if has_begun(member.creating)]
        operations = [
            *chain.from_iterable(member.put_back.end for member in reversed(taking)),
            *chain.from_iterable(member.put_back.names for member in reversed(taking)),
            # A former one that may be about to end must have ended before it is started again.
            *chain.from_iterable(member.put_back.halt for member in ended if member.may_be_stopping(failed)),
            *chain.from_iterable(member.put_back.resume for member in ended),
        ]
        for member in reversed(created):
            # What has not answered is known by its name alone.
            is_known = member.creating[0] != failed
            operations.extend(member.put_back.discard if is_known else [member.discard_unknown])
        told = next((member for member in self.members if failed in set(member.numbers)), self.members[0])
        return Undo(
            tuple(operations),
            reverts,
            told.message if ended else '',
            note=' '.join(dict.fromkeys(member.note for member in ended if member.note)),
            goes_on=True,
        )


class Groups:
    """Which replacements are done together.

    :param replacements: In the order in which they were decided.
    :param fixed: Operations that take certain addresses.
    """

    def __init__(self, replacements: Sequence[Replacement], fixed: Iterable[int] = ()) -> None:
        self._fixed = frozenset(fixed)
        self._group: dict[Item, Group] = {member.item: Group([member]) for member in replacements}
        self._places = {member.item: place for place, member in enumerate(replacements)}
        named = {(member.item[0], member.name): member for member in replacements}
        for member in replacements:
            for name in member.holds:
                other = named.get((member.item[0], name))
                if other is not None:
                    self._join(self._group[member.item], self._group[other.item])
        self._set_numbers()

    @property
    def all(self) -> list[Group]:
        """The groups, in the order of their first members."""
        return list({id(group): group for group in self._group.values()}.values())

    def of(self, number: int) -> Group | None:
        """The group that an operation belongs to."""
        return self._by_number.get(number)

    def join_circle(self, numbers: Iterable[int]) -> bool:
        """Do replacements together that wait for each other in a circle; whether there were several."""
        found = list({id(group): group for number in numbers if (group := self.of(number)) is not None}.values())
        for other in found[1:]:
            self._join(self._group[found[0].members[0].item], self._group[other.members[0].item])
        if len(found) > 1:
            self._set_numbers()
        return len(found) > 1

    def last_of(self, numbers: Iterable[int]) -> Item | None:
        """The last of the former containers that are replaced by some of these operations."""
        found = {
            member.item
            for number in numbers
            if (group := self.of(number)) is not None
            for member in group.members
            if member.former_id is not None and number in set(member.numbers)
        }
        return max(found, key=self._places.__getitem__, default=None)

    def segments(self, segments: Sequence[tuple[Item, Sequence[int]]], relations: Relations) -> list[Segment]:
        """Segments of single items, and one for each group, in an order in which each comes after what it waits for.

        Groups that wait for each other in a circle become one.

        :param segments: What follows from each decision, in the order of the call.
        :param relations: What an item needs, and what needs it.
        :raises CircularReplacementError: A group and something else wait for each other in a circle.
        """
        places = self._segment_places(segments)
        if all(len(group.members) == 1 for group in self.all):
            return [self._segment([segment]) for segment in segments]
        parts: dict[int, list[tuple[Item, Sequence[int]]]] = {}
        waits: dict[int, set[int]] = {}
        seen: dict[Item, int] = {}
        needed: dict[Item, set[Item]] = {}
        for place, segment in zip(places, segments, strict=True):
            client_name, config_id = segment[0]
            related = [(client_name, other) for other in (config_id, *relations(config_id))]
            found = [other for other in related if other in seen]
            parts.setdefault(place, []).append(segment)
            waits.setdefault(place, set()).update(seen[other] for other in found)
            waits[place].discard(place)
            needed[segment[0]] = set(found).union(*(needed[other] for other in found))
            seen[segment[0]] = place
        try:
            order = list(TopologicalSorter({place: sorted(waits[place]) for place in sorted(waits)}).static_order())
        except CycleError as error:
            self._break([number for place in error.args[1] for _, numbers in parts[place] for number in numbers])
            return self.segments(segments, relations)
        for group in self.all:
            self._set_starting(group, needed)
        return [self._segment(parts[place]) for place in order]

    def _set_starting(self, group: Group, needed: Mapping[Item, set[Item]]) -> None:
        """Who takes a certain address starts before who gets any, unless it needs that one."""
        left = {member.item: member for member in group.members}
        group.starting = []
        while left:
            ready = [
                member for member in left.values() if not (needed.get(member.item, set()) - {member.item}) & left.keys()
            ]
            first = min(ready or left.values(), key=lambda member: not self._fixed.intersection(member.taking_over))
            group.starting.append(left.pop(first.item))

    def _break(self, circle: Sequence[int]) -> None:
        if not self.join_circle(circle):
            item = self.last_of(circle)
            assert item is not None, 'only groups lead to circles'
            raise CircularReplacementError(item)

    def _segment_places(self, segments: Iterable[tuple[Item, Sequence[int]]]) -> list[int]:
        """A number for each segment, which is the same for those of a group."""
        places: list[int] = []
        of_group: dict[int, int] = {}
        for place, (_, numbers) in enumerate(segments):
            group = self._group_in(numbers)
            places.append(place if group is None else of_group.setdefault(id(group), place))
        return places

    def _group_in(self, numbers: Iterable[int]) -> Group | None:
        return next((self._by_number[number] for number in numbers if number in self._by_number), None)

    def _segment(self, parts: Sequence[tuple[Item, Sequence[int]]]) -> Segment:
        group = self._group_in(number for _, numbers in parts for number in numbers)
        if group is None:
            return [item for item, _ in parts], [number for _, numbers in parts for number in numbers]
        own = set(group.own)
        group.before, group.after = [], []
        for _, numbers in parts:
            first = min(own.intersection(numbers))
            for number in numbers:
                if number not in own:
                    (group.before if number < first else group.after).append(number)
        return [item for item, _ in parts], group.order

    def successions(self) -> Iterator[tuple[int, int]]:
        """Pairs of operations, where the first one waits for the second, as instances are replaced one by one."""
        by_configuration: dict[tuple[str, str, str], dict[int, Group]] = {}
        for item, group in sorted(self._group.items(), key=lambda entry: self._places[entry[0]]):
            client_name, config_id = item
            if any(member.one_by_one for member in group.members):
                key = client_name, config_id.map_name, config_id.config_name
                by_configuration.setdefault(key, {})[id(group)] = group
        for groups in by_configuration.values():
            for former, following in pairwise(groups.values()):
                yield following.order[0], former.last

    def _join(self, first: Group, second: Group) -> None:
        if first is second:
            return
        members = sorted([*first.members, *second.members], key=lambda member: self._places[member.item])
        joined = Group(members)
        self._group.update((member.item, joined) for member in members)

    def _set_numbers(self) -> None:
        self._by_number = {number: group for group in self.all for member in group.members for number in member.numbers}


def with_undo(operations: Sequence[Operation], groups: Groups) -> list[Operation]:
    """The same operations; those of replacements are undone as the group of theirs says."""
    undos = dict(chain.from_iterable(group.undos() for group in groups.all))
    return [
        replace(operation, undo=_together(operation.undo, undos[operation.number]))
        if operation.number in undos
        else operation
        for operation in operations
    ]


def _together(own: Undo | None, group: Undo) -> Undo:
    """What only clears up comes first; what puts something else back gives way to the group."""
    if own is None or own.reverts:
        return group
    return replace(group, operations=(*own.operations, *group.operations))
