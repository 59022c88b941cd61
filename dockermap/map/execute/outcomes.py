"""Answers that are no failure."""

from __future__ import annotations

from collections.abc import Callable

from ...docker_api import is_conflict, is_not_found, is_timeout
from ..plan.operation import Operation


def _is_removal(error: Exception) -> bool:
    return is_conflict(error) and 'already in progress' in str(error)


def _is_connected(error: Exception) -> bool:
    return 'already exists' in str(error)


def _is_disconnected(error: Exception) -> bool:
    return 'is not connected to' in str(error)


def _is_needed(error: Exception) -> bool:
    return 'dependent containers which must be removed' in str(error)


_OUTCOMES: dict[str, Callable[[Exception], bool]] = {
    'not_found': is_not_found,
    'removal': _is_removal,
    'needed': _is_needed,
    'conflict': is_conflict,
    'connected': _is_connected,
    'disconnected': _is_disconnected,
    'timeout': is_timeout,
    'failed': lambda error: True,
    'any': lambda error: True,
}
"""Ways to end, from the one that says most to the one that says least."""


def tolerated_outcome(operation: Operation, error: Exception) -> str | None:
    """The name of what an operation tolerates, if an error is that; ``None`` for a failure."""
    return next((name for name, applies in _OUTCOMES.items() if name in operation.tolerates and applies(error)), None)
