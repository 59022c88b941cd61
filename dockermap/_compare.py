"""Comparison that never evaluates late values."""

from __future__ import annotations

from typing import Any

from .functional import lazy_type

_PLAIN_COMPARISONS = (list.__eq__, tuple.__eq__, dict.__eq__)


def _compares_as(base: type, first: Any, second: Any) -> bool:
    return all(isinstance(value, base) and type(value).__eq__ in _PLAIN_COMPARISONS for value in (first, second))


def same_value(first: Any, second: Any) -> bool:
    """Whether two values are equal, where late values (also inside lists, tuples and dicts) equal only themselves."""
    if first is second:
        return True
    if isinstance(first, lazy_type) or isinstance(second, lazy_type):
        return False
    if _compares_as(list, first, second) or _compares_as(tuple, first, second):
        return len(first) == len(second) and all(map(same_value, first, second))
    if _compares_as(dict, first, second):
        return first.keys() == second.keys() and all(same_value(value, second[key]) for key, value in first.items())
    return bool(first == second)
