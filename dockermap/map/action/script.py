"""Deciding what has to be done to run a script in a container of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._describe import describe_item
from ..exceptions import ScriptActionException
from ..policy.ownership import PURPOSE_LABEL, SCRIPT
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

    A container that an earlier script has left behind is removed.

    :raises ScriptActionException: Another container exists, and the option does not allow to remove it.
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
        if not self.remove_existing_before and not self._is_left_over(state):
            raise ScriptActionException(self._refusal(state))
        removal = DerivedAction.SHUTDOWN_CONTAINER if is_running(state) else Action.REMOVE
        return [ItemAction(state, removal), script]

    def _is_left_over(self, state: ConfigState) -> bool:
        """Whether the container is that of a script that nobody waits for any more."""
        name = self._policy.name_on(state.client_name, state.config_id)
        is_at_work = is_running(state) and (state.client_name, name) in self.outlook.observed.scripts
        return self.labels_of(state).get(PURPOSE_LABEL) == SCRIPT and not is_at_work

    def labels_of(self, state: ConfigState) -> Mapping[str, str]:
        """Labels of what has the container's name."""
        name = self._policy.item_name(state.config_id)
        detail = self.outlook.observed.get(state.client_name, state.config_id.config_type, name)
        labels: Mapping[str, str] = ((detail or {}).get('Config') or {}).get('Labels') or {}
        return labels

    def _refusal(self, state: ConfigState) -> str:
        default = state.client_name == self._policy.default_client_name
        where = '' if default else f" on client '{state.client_name}'"
        return (
            f'{describe_item(state.config_id)} exists already{where}. A script runs in a container made for it: '
            f'remove the existing one, or use remove_existing_before=True.'
        )
