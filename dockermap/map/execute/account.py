"""What was done, in the order of the plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Generic, Protocol, TypeVar


class _Output(Protocol):
    @property
    def result(self) -> object: ...


T = TypeVar('T', bound=_Output)
Place = tuple[int, int]


class Account(Generic[T]):
    """Outputs of the actions that were carried out, by their places in the plan, whatever ended first."""

    def __init__(self) -> None:
        self._closed: list[T] = []
        self._open: list[tuple[Place, T, Sequence[int]]] = []

    def add(self, place: Place, output: T, numbers: Sequence[int] = ()) -> None:
        """An action was carried out by the operations of these numbers."""
        self._open.append((place, output, numbers))

    def close(self, reverted: Collection[int]) -> None:
        """The operations of a plan have ended; what was put back does not count as done."""
        kept = [entry for entry in self._open if not set(entry[2]).intersection(reverted)]
        self._closed.extend(output for _, output, _ in sorted(kept, key=lambda entry: entry[0]))
        self._open.clear()

    def outputs(self) -> list[T]:
        """All that was done."""
        return [*self._closed, *(output for _, output, _ in sorted(self._open, key=lambda entry: entry[0]))]

    def results(self) -> list[T]:
        """Those that have a result."""
        return [output for output in self.outputs() if output.result is not None]
