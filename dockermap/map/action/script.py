"""Deciding what has to be done to run a script in a container of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._describe import describe_item
from ..exceptions import ScriptActionException
from ..state import ConfigState
from . import Action, ContainerUtilAction, DerivedAction, ItemAction
from ._conditions import (
    is_absent,
    is_requested_container,
    is_running,
)
from .resume import ResumeActionGenerator


class ScriptActionGenerator(ResumeActionGenerator):
    """Gets the dependencies of a container to work, and makes the container just for running a script.

    :raises ScriptActionException: The container exists, and the option does not allow to remove it.
    """

    remove_existing_before: Any = False
    policy_options = ['remove_existing_before']
    arguments = frozenset(
        {'script_path', 'entrypoint', 'command_format', 'wait_timeout', 'container_script_dir', 'timestamps', 'tail'}
    )

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        if not is_requested_container(state):
            return super().get_state_actions(state)
        script = ItemAction(state, ContainerUtilAction.SCRIPT, kwargs)
        if is_absent(state):
            return [script]
        if not self.remove_existing_before:
            raise ScriptActionException(self._refusal(state))
        removal = DerivedAction.SHUTDOWN_CONTAINER if is_running(state) else Action.REMOVE
        return [ItemAction(state, removal), script]

    def _refusal(self, state: ConfigState) -> str:
        default = state.client_name == self._policy.default_client_name
        where = '' if default else f" on client '{state.client_name}'"
        return (
            f'{describe_item(state.config_id)} exists already{where}. A script runs in a container made for it: '
            f'remove the existing one, or use remove_existing_before=True.'
        )
