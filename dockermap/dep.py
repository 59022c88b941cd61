"""Which items need which others: direct relations in, complete ordered lists out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from .exceptions import DockerMapError

T = TypeVar('T', bound=Hashable)
_Many = Mapping[T, Iterable[T]] | Iterable[tuple[T, Iterable[T]]] | None
_Single = Mapping[T, T] | Iterable[tuple[T, T]] | None


class NotInitialized:
    """Marks a list that has not been resolved yet."""


class _Unfinished(NotInitialized):
    """Marks a list that is just being resolved; asking for it then is a cycle."""


class CircularDependency(DockerMapError):
    """An item needs itself.

    :param item: Item.
    :param is_direct: It names itself; otherwise something that it needs leads back to it.
    """

    describe: Callable[[Any], str] = staticmethod(str)
    """How the text calls items; who knows what they are may set it."""

    def __init__(self, item: Any, is_direct: bool = False, *args: Any) -> None:
        super().__init__(item, is_direct, *args)

    @property
    def item(self) -> Any:
        """The item that leads back to itself."""
        return self.args[0]

    @property
    def is_direct(self) -> bool:
        """Whether it is among its own relations, instead of among those of another one."""
        return bool(self.args[1])

    def __str__(self) -> str:
        name = self.describe(self.item)
        if self.is_direct:
            return f'{name} depends on itself. Remove the reference.'
        way = ' -> '.join(map(self.describe, self.args[2:]))
        return (
            f'{name} depends on itself: one of its dependencies leads back to it{way and f" ({way})"}. '
            f'Remove one of the references.'
        )


class CachedDependency(Generic[T]):
    """Direct relations of one item, and the resolved list once it was asked for."""

    def __init__(self, parent: list[T], dependencies: list[T] | type[NotInitialized] = NotInitialized) -> None:
        self.parent = parent
        self.dependencies = dependencies


class BaseDependencyResolver(ABC, Generic[T]):
    """Direct relations by item, and their complete lists, farthest items first."""

    def __init__(self, initial: Any = None) -> None:
        self._nodes: dict[T, CachedDependency[T]] = {}
        self._last_walk: tuple[list[T], list[T]] | None = None
        if initial:
            self._load(initial)

    def __contains__(self, item: T) -> bool:
        return item in self._nodes

    @abstractmethod
    def merge_dependency(self, item: T, resolve_parent: Callable[[T], list[T]], parents: list[T]) -> list[T]:
        """Complete list for an item.

        :param resolve_parent: Gives the complete list of another item.
        :param parents: Direct relations of the item.
        """

    @abstractmethod
    def update(self, items: Any) -> None:
        """Add relations, and forget what was resolved before."""

    def get_default(self) -> list[T]:
        """What both getters return for an unknown item."""
        return []

    def get(self, item: T) -> list[T]:
        """Direct relations, in the order they were given."""
        node = self._nodes.get(item)
        return self.get_default() if node is None else list(node.parent)

    def get_dependencies(self, item: T) -> list[T]:
        """All direct and indirect relations, farthest first, each once.

        :raises CircularDependency: The item, or one that it leads to, needs itself.
        """
        node = self._nodes.get(item)
        if node is None:
            return self.get_default()
        if node.dependencies is _Unfinished:
            raise CircularDependency(item, item in node.parent)
        if isinstance(node.dependencies, type):
            node.dependencies = self._resolved(item, node)
        return list(node.dependencies)

    def walk(self, items: Iterable[T]) -> list[T]:
        """The items and everything they lead to: each once, after all that it leads to, in linear time.

        :raises CircularDependency: One of the items leads back to itself.
        """
        starts = list(items)
        # Each part of a call asks for the same way.
        if self._last_walk is None or self._last_walk[0] != starts:
            expansion = _Expansion(self._direct, self._follows)
            for item in starts:
                expansion.add(item)
            self._last_walk = starts, expansion.order
        return list(self._last_walk[1])

    def reset(self) -> None:
        """Forget what was resolved; relations stay."""
        self._last_walk = None
        for node in self._nodes.values():
            node.dependencies = NotInitialized

    def _resolved(self, item: T, node: CachedDependency[T]) -> list[T]:
        node.dependencies = _Unfinished
        try:
            return self.merge_dependency(item, self.get_dependencies, list(node.parent))
        finally:
            node.dependencies = NotInitialized

    def _load(self, initial: Any) -> None:
        self.update(initial)

    def _direct(self, item: T) -> Sequence[T]:
        node = self._nodes.get(item)
        return () if node is None else node.parent

    def _follows(self, item: T) -> bool:
        """Whether the relations of a relation belong to the result."""
        return True

    def _expand(self, item: T) -> list[T]:
        return self.walk([item])[:-1]

    def _add(self, item: T, relations: Iterable[T]) -> None:
        parent = self._nodes.setdefault(item, CachedDependency([])).parent
        parent.extend(_new_items(parent, relations))


class ImageDependentsResolver(BaseDependencyResolver[T]):
    """What an item is based on, given as pairs of an item and one that depends on it."""

    def update(self, items: _Single[T]) -> None:
        for item, dependent in _pairs(items):
            self._add(dependent, [item])
        self.reset()

    def merge_dependency(self, item: T, resolve_parent: Callable[[T], list[T]], parents: list[T]) -> list[T]:
        return self._expand(item)


class MultiForwardDependencyResolver(BaseDependencyResolver[T]):
    """What an item needs, given as pairs of an item and a list of those it needs."""

    def update(self, items: _Many[T]) -> None:
        for item, dependencies in _pairs(items):
            self._add(item, dependencies)
        self.reset()

    def _load(self, initial: _Many[T]) -> None:
        self.update(dict(_pairs(initial)))


class MultiReverseDependencyResolver(BaseDependencyResolver[T]):
    """What needs an item, given as pairs of an item and a list of those it needs."""

    def update(self, items: _Many[T]) -> None:
        seen = {target: set(node.parent) for target, node in self._nodes.items()}
        for item, dependencies in _pairs(items):
            for target in dependencies:
                known = seen.setdefault(target, set())
                if item not in known:
                    known.add(item)
                    self._nodes.setdefault(target, CachedDependency([])).parent.append(item)
        self.reset()


class _Expansion(Generic[T]):
    """Depth-first walk without recursion, shared by several starting points.

    An item is expanded at most once: first the relations that are followed, in their order, then all its relations are
    put out that were not before. So an item is put out after everything that it leads to.
    """

    def __init__(self, relations: Callable[[T], Sequence[T]], follows: Callable[[T], bool]) -> None:
        self.order: list[T] = []
        self._relations = relations
        self._follows = follows
        self._emitted: set[T] = set()
        self._is_finished: dict[T, bool] = {}

    def add(self, start: T) -> None:
        """Put out what an item leads to, then the item itself."""
        if start not in self._is_finished:
            self._expand(start)
        self._emit([start])

    def _expand(self, start: T) -> None:
        # Plain lists instead of iterators: an object per level would make the garbage collector's work grow with depth.
        way, positions = [start], [0]
        self._enter(start)
        while way:
            relations, position = self._relations(way[-1]), positions[-1]
            if position == len(relations):
                self._emit(relations)
                self._is_finished[way.pop()] = True
                positions.pop()
                continue
            positions[-1] += 1
            following = relations[position]
            if not self._follows(following) or self._is_finished.get(following):
                continue
            if following in self._is_finished:
                raise CircularDependency(following, False, *way[way.index(following) :], following)
            self._enter(following)
            way.append(following)
            positions.append(0)

    def _enter(self, item: T) -> None:
        if item in self._relations(item):
            raise CircularDependency(item, True)
        self._is_finished[item] = False

    def _emit(self, items: Iterable[T]) -> None:
        for item in items:
            if item not in self._emitted:
                self._emitted.add(item)
                self.order.append(item)


def _pairs(items: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(items, Mapping):
        return items.items()
    return items or ()


def _new_items(present: list[T], items: Iterable[T]) -> Iterator[T]:
    known = set(present)
    for item in items:
        if item not in known:
            known.add(item)
            yield item
