"""What can be done to items, and the order in which single steps make up a larger one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import SimpleEnum
from ..disclosure import redacted
from ..input import MapConfigId
from ..state import ConfigState


class ActionEnum(SimpleEnum):
    """Base of all kinds of actions; subclass it for own ones."""


class Action(ActionEnum):
    """What can be done to items by a single call of a client."""

    CREATE = 'create'
    START = 'start'
    RESTART = 'restart'
    STOP = 'stop'
    REMOVE = 'remove'
    KILL = 'kill'
    WAIT = 'wait'
    UPDATE = 'update'
    CONNECT = 'connect'
    DISCONNECT = 'disconnect'


class ContainerUtilAction(ActionEnum):
    """What can be done to containers by several calls."""

    EXEC_COMMANDS = 'exec_single_command'
    EXEC_ALL = 'exec_all_commands'
    SCRIPT = 'script'
    SIGNAL_STOP = 'signal_stop'
    CONNECT_ALL = 'connect_all_networks'
    RECOVER = 'recover'


class VolumeUtilAction(ActionEnum):
    """What can be done to volumes by several calls."""

    PREPARE = 'prepare_volume'


class NetworkUtilAction(ActionEnum):
    """What can be done to networks by several calls."""

    DISCONNECT_ALL = 'disconnect_all_containers'
    RECONNECT_ALL = 'reconnect_all_containers'


class ImageAction(ActionEnum):
    """What can be done to images."""

    PULL = 'pull_image'


class DerivedAction:
    """Sequences of actions that are planned as one."""

    STARTUP_CONTAINER: list[ActionEnum] = [Action.CREATE, ContainerUtilAction.CONNECT_ALL, Action.START]
    SHUTDOWN_CONTAINER: list[ActionEnum] = [ContainerUtilAction.SIGNAL_STOP, Action.REMOVE]
    RESET_CONTAINER: list[ActionEnum] = [*SHUTDOWN_CONTAINER, *STARTUP_CONTAINER]
    RESTART_CONTAINER: list[ActionEnum] = [ContainerUtilAction.SIGNAL_STOP, Action.START]
    RELAUNCH_CONTAINER: list[ActionEnum] = [Action.REMOVE, *STARTUP_CONTAINER]
    RESET_VOLUME: list[ActionEnum] = [Action.REMOVE, Action.CREATE]
    RESET_NETWORK: list[ActionEnum] = [Action.REMOVE, Action.CREATE]


class ItemAction:
    """Actions to be done to one item on one client, one after the other, with the same data.

    :param state: State that the actions follow from; client and item are taken from there.
    :param action_types: One member of an :class:`ActionEnum`, or a list of them.
    :param extra_data: Keyword arguments for the runner's methods. Not modified.
    :param started_before: The container had been started before, so commands that only follow its creation are not due.
    :param kwargs: Added to ``extra_data``.
    """

    def __init__(
        self,
        state: ConfigState,
        action_types: ActionEnum | Sequence[ActionEnum] | None = None,
        extra_data: Mapping[str, Any] | None = None,
        *,
        started_before: bool = False,
        **kwargs: Any,
    ) -> None:
        self._client_name = state.client_name
        self._config_id = state.config_id
        self.started_before = started_before
        self.action_types = action_types
        self.extra_data = {**(extra_data or {}), **kwargs}

    @property
    def client_name(self) -> str:
        """Name of the client."""
        return self._client_name

    @property
    def config_id(self) -> MapConfigId:
        """The item."""
        return self._config_id

    @property
    def action_types(self) -> list[ActionEnum]:
        """The actions, in order. A single member may be assigned as well.

        :raises ValueError: Neither a member of an :class:`ActionEnum` nor a list or tuple.
        """
        return self._action_types

    @action_types.setter
    def action_types(self, value: ActionEnum | Sequence[ActionEnum] | None) -> None:
        if isinstance(value, ActionEnum):
            self._action_types = [value]
        elif not value or isinstance(value, (list, tuple)):
            self._action_types = list(value or ())
        else:
            raise ValueError(
                'Action types are a member of an ActionEnum, or a list of them, '
                f'found {type(value).__name__}: {value!r}'
            )

    def __repr__(self) -> str:
        return (
            f'<{type(self).__name__}({self.client_name!r}, {self.config_id!r}, {self.action_types!r}, '
            f'extra_data={redacted(self.extra_data)!r})>'
        )
