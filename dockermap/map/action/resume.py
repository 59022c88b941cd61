"""Deciding what gets items to work again that are there, and what is missing, without comparing settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..input import ItemType
from ..state import ConfigState, StateFlags
from . import Action, ContainerUtilAction, DerivedAction, ImageAction, ItemAction, VolumeUtilAction
from ._conditions import (
    has_failed,
    is_absent,
    is_done,
    is_pullable,
    is_running,
    is_stopped,
)
from ._table import Row, TableActionGenerator


def _has(state: ConfigState, flag: int) -> bool:
    return flag in state.state_flags


def _is_startable(state: ConfigState) -> bool:
    may_start_again = has_failed(state) or not _has(state, StateFlags.PERSISTENT)
    return is_stopped(state) and not is_done(state) and (_has(state, StateFlags.INITIAL) or may_start_again)


class ResumeActionGenerator(TableActionGenerator):
    """Creates what is missing, starts what is stopped, and re-creates what cannot be started.

    Containers whose volumes are created are re-created as well. So a generator is good for one run.
    """

    rows: ClassVar[tuple[Row, ...]] = (
        Row(ItemType.NETWORK, lambda _, state: is_absent(state), (Action.CREATE,)),
        Row(ItemType.IMAGE, lambda _, state: is_absent(state) and is_pullable(state), (ImageAction.PULL,)),
        Row(ItemType.VOLUME, lambda _, state: is_absent(state), (Action.CREATE, VolumeUtilAction.PREPARE)),
        Row(
            ItemType.VOLUME,
            lambda _, state: _has(state, StateFlags.NONRECOVERABLE),
            (DerivedAction.RESET_VOLUME, VolumeUtilAction.PREPARE),
        ),
        Row(
            ItemType.VOLUME, lambda _, state: _has(state, StateFlags.INITIAL), (Action.START, VolumeUtilAction.PREPARE)
        ),
        Row(
            ItemType.CONTAINER,
            lambda _, state: is_absent(state),
            (DerivedAction.STARTUP_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self.has_new_volume(state) and is_running(state),
            (DerivedAction.RESET_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self.has_new_volume(state) and _has(state, StateFlags.INITIAL),
            (Action.START, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self.has_new_volume(state),
            (DerivedAction.RELAUNCH_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda _, state: _has(state, StateFlags.NONRECOVERABLE),
            (DerivedAction.RESET_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda _, state: has_failed(state) and not _has(state, StateFlags.PERSISTENT),
            (DerivedAction.RELAUNCH_CONTAINER, ContainerUtilAction.EXEC_ALL),
        ),
        Row(ItemType.CONTAINER, lambda _, state: _is_startable(state), (Action.START, ContainerUtilAction.EXEC_ALL)),
    )

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        return super().get_state_actions(state)

    def has_new_volume(self, state: ConfigState) -> bool:
        """Whether an attached volume of the container is created during this run."""
        item = state.config_id
        return not is_done(state) and self.outlook.has_new_volume(state.client_name, item.map_name, item.config_name)
