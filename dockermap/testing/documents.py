"""JSON documents as they go to and come from an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

__all__ = ['fresh', 'mapping', 'number', 'sequence', 'text', 'texts']

Value = TypeVar('Value')


def fresh(value: Value) -> Value:
    """A copy whose dictionaries and lists are new, and of the plain types."""
    if isinstance(value, dict):
        return {key: fresh(member) for key, member in value.items()}  # type: ignore[return-value]
    if isinstance(value, (list, tuple)):
        return [fresh(member) for member in value]  # type: ignore[return-value]
    return value


def mapping(value: object) -> Mapping[str, object]:
    """A value that is a dictionary, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> list[object]:
    """A value that is a list, or an empty one."""
    return list(value) if isinstance(value, (list, tuple)) else []


def text(value: object) -> str:
    """A value as text; nothing is empty."""
    return '' if value is None else str(value)


def texts(value: object) -> list[str]:
    """A list of texts, or an empty one."""
    return [str(member) for member in sequence(value)]


def number(value: object) -> int:
    """A value as a whole number; nothing is 0."""
    return int(value) if isinstance(value, (int, float, str)) and value != '' else 0
