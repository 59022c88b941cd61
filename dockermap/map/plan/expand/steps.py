"""One action on one item, as operations and what is read from their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...action import ActionEnum
from ...input import MapConfigId

Responses = Mapping[int, Any]
Reader = Callable[[Responses], Any]
"""Makes the result of an action from the answers to its operations."""


@dataclass(frozen=True)
class Step:
    """One action on one item: the numbers of its operations, and how its result is read from their answers."""

    client_name: str
    config_id: MapConfigId
    action_type: ActionEnum
    operations: tuple[int, ...]
    read: Reader


def answer(number: int) -> Reader:
    """The answer to an operation as the result of an action."""
    return lambda responses: responses.get(number)


def nothing(responses: Responses) -> None:
    """An action without result."""
