"""What other engines report, instead of what this one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from .documents import fresh
from .record import READING_CALLS

__all__ = ['Report', 'Reports']

Report = Mapping[str, object] | Callable[[Any], object]
"""Values that replace those in an answer, or a function that takes the answer and returns another one."""

Answered = TypeVar('Answered')


class Reports:
    """Changes of answers; empty in the beginning."""

    def __init__(self) -> None:
        self._reports: list[tuple[str, str | None, Report]] = []

    def add(self, method: str, report: Report, name: str | None) -> None:
        """Change the answers to one method from now on.

        :raises ValueError: There is no such method, or it changes something.
        """
        if method not in READING_CALLS:
            raise ValueError(f'{method!r} is no method that only reads; these are {", ".join(sorted(READING_CALLS))}.')
        self._reports.append((method, name, report))

    def answer(self, method: str, name: str, answer: Answered) -> Answered:
        """The changed answer to a call of a method, about the item of a name."""
        for reported_method, reported_name, report in self._reports:
            if reported_method == method and reported_name in (None, name):
                answer = cast(Answered, report(answer) if callable(report) else merged(method, answer, report))
        return answer


def merged(method: str, found: object, values: Mapping[str, object]) -> dict[str, object]:
    """A dictionary with other values, where dictionaries are merged.

    :raises TypeError: It is no dictionary.
    """
    if not isinstance(found, dict):
        raise TypeError(
            f'{method} returns a {type(found).__name__}, where no values can be replaced. '
            'Report a function that takes it and returns another one.'
        )
    result = dict(found)
    for key, value in values.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            result[key] = merged(method, old, value)
        else:
            result[key] = fresh(value)
    return result
