"""The items of a plan, and what was found of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..action.causes import Cause
from ..input import MapConfigId
from .operation import Operation


class Change(Enum):
    """What happens to an item: the sign in front of its line, and how the summary counts it."""

    CREATE = ('+', 'to create')
    CHANGE = ('~', 'to change')
    RECREATE = ('±', 'to re-create')
    REMOVE = ('-', 'to remove')
    START = ('>', 'to start')
    STOP = ('<', 'to stop')
    RESTART = ('↻', 'to restart')
    PULL = ('↓', 'to pull')
    RUN = ('»', 'to run')
    OTHER = ('*', 'others')

    @property
    def sign(self) -> str:
        """The sign in front of the line."""
        return self.value[0]

    @property
    def words(self) -> str:
        """What the summary says behind the number."""
        return self.value[1]


@dataclass(frozen=True)
class PlannedItem:
    """One item that something is done about.

    :param name: Name of the item on the engine.
    :param operations: Numbers of its operations.
    :param conditional: It depends on what images turn out to be when they have been pulled.
    """

    client_name: str
    config_id: MapConfigId
    name: str
    change: Change
    causes: tuple[Cause, ...]
    operations: tuple[int, ...]
    conditional: bool = False


@dataclass(frozen=True)
class Kept:
    """A difference that stays, and the reason for it."""

    client_name: str
    config_id: MapConfigId
    name: str
    text: str
    reason: str


@dataclass(frozen=True)
class FoundItem:
    """An item that was looked at; the digest tells whether it is found like that again."""

    client_name: str
    config_id: MapConfigId
    name: str
    digest: str


@dataclass(frozen=True)
class PlanContent:
    """What a plan consists of; :class:`~dockermap.map.plan.Plan` describes it."""

    action_name: str
    config_ids: tuple[MapConfigId, ...]
    options: Mapping[str, Any]
    operations: tuple[Operation, ...]
    items: tuple[PlannedItem, ...]
    unchanged: tuple[FoundItem, ...]
    kept: tuple[Kept, ...]
    notices: tuple[str, ...]
    found: tuple[FoundItem, ...]
    salt: str = field(repr=False)
