"""What was found when the items of a plan were looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..input import ItemType
from .recovery import Recovery

Detail = Mapping[str, Any]


class Observed:
    """Inspections by client, kind and name on the engine; each item is inspected once for a plan."""

    def __init__(self) -> None:
        self._details: dict[tuple[str, ItemType, str], Any] = {}
        self.recoveries: dict[tuple[str, str], Recovery] = {}
        """What is done about interrupted replacements, by client and name of the item."""
        self.busy: dict[tuple[str, str], str] = {}
        """Who replaces containers at the moment, by client and name of the item."""
        self.scripts: set[tuple[str, str]] = set()
        """Containers in which others may be running scripts, by client and name of the item."""
        self._failures: dict[tuple[str, ItemType, str], Exception] = {}

    def get(self, client_name: str, kind: ItemType, name: str) -> Any:
        """What was found, or ``None`` if the item has not been looked at.

        :raises Exception: The item could not be looked at.
        """
        failure = self._failures.pop((client_name, kind, name), None)
        if failure is not None:
            raise failure
        return self._details.get((client_name, kind, name))

    def note(self, client_name: str, kind: ItemType, name: str, detail: Any) -> None:
        """Keep what was found."""
        self._details[client_name, kind, name] = detail

    def note_failure(self, client_name: str, kind: ItemType, name: str, error: Exception) -> None:
        """Keep why an item could not be looked at, which is raised when it is asked for next."""
        self._failures[client_name, kind, name] = error

    def forget(self, client_name: str, kind: ItemType, name: str) -> None:
        """Have an item looked at again."""
        self._details.pop((client_name, kind, name), None)
        if kind is ItemType.CONTAINER:
            self.recoveries.pop((client_name, name), None)

    def items(self, kind: ItemType) -> Iterator[tuple[tuple[str, str], Detail]]:
        """All that was found of a kind, by client and name on the engine."""
        for (client_name, found_kind, name), detail in self._details.items():
            if found_kind == kind and detail:
                yield (client_name, name), detail
