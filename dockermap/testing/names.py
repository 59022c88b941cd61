"""Finding items by name, id, or the beginning of an id."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

__all__ = ['Identifiers', 'Index']


class Named(Protocol):
    """What an index holds."""

    id: str
    name: str


Item = TypeVar('Item', bound=Named)


class Identifiers:
    """Ids of 64 hexadecimal digits: each engine gives the same ones in the same order."""

    def __init__(self, seed: str = '') -> None:
        self._seed = seed
        self._count = 0

    def new(self, kind: str) -> str:
        """An id that was not given before."""
        self._count += 1
        return hashlib.sha256(f'{self._seed} {kind} {self._count}'.encode()).hexdigest()


class Index(Generic[Item]):
    """Items in the order in which they were added; several can have the same name."""

    def __init__(self) -> None:
        self._by_id: dict[str, Item] = {}
        self._by_name: dict[str, list[Item]] = {}
        self._ids: list[str] = []

    def __iter__(self) -> Iterator[Item]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, item: Item) -> Item:
        """Add an item."""
        self._by_id[item.id] = item
        self._by_name.setdefault(item.name, []).append(item)
        insort(self._ids, item.id)
        return item

    def remove(self, item: Item) -> None:
        """Remove an item."""
        del self._by_id[item.id]
        del self._ids[bisect_left(self._ids, item.id)]
        self._forget_name(item)

    def rename(self, item: Item, name: str) -> None:
        """Give an item another name."""
        self._forget_name(item)
        item.name = name
        self._by_name.setdefault(name, []).append(item)

    def _forget_name(self, item: Item) -> None:
        same = self._by_name[item.name]
        same.remove(item)
        if not same:
            del self._by_name[item.name]

    def with_id(self, item_id: str) -> Item | None:
        """The item of exactly that id."""
        return self._by_id.get(item_id)

    def named(self, name: str) -> list[Item]:
        """All items of a name."""
        return self._by_name.get(name, [])

    def starting_with(self, prefix: str) -> list[Item]:
        """All items whose id starts with some digits."""
        position = bisect_left(self._ids, prefix)
        found = []
        while prefix and position < len(self._ids) and self._ids[position].startswith(prefix):
            found.append(self._by_id[self._ids[position]])
            position += 1
        return found
