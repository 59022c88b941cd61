"""One call of an action: walking the items, handling one at a time, and accounting for what was done."""
from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..docker_api import is_conflict, is_not_found, is_unreachable
from ..exceptions import PartialResultsError
from ._describe import describe_item
from .action import Action, ContainerUtilAction, ItemAction
from .exceptions import ActionException, ActionRunnerException, ScriptActionException
from .input import ItemType, MapConfigId
from .policy import ConfigFlags
from .state import ConfigState

if TYPE_CHECKING:
    from .action.base import AbstractActionGenerator
    from .runner import AbstractRunner, ActionOutput
    from .state.base import AbstractStateGenerator

log = logging.getLogger(__name__)

_REPEATABLE = {*Action, ContainerUtilAction.SIGNAL_STOP}


class ActionRun:
    """What one call does to its items.

    :param states: Finds out how items are.
    :param decisions: Finds out what to do about them.
    :param runner: Does it.
    :param arguments: Arguments of the call that are options of none of these.
    """

    def __init__(self, states: AbstractStateGenerator, decisions: AbstractActionGenerator, runner: AbstractRunner,
                 arguments: Mapping[str, Any]) -> None:
        self.results: list[ActionOutput] = []
        self._states = states
        self._decisions = decisions
        self._runner = runner
        self._arguments = arguments
        self._unreachable: dict[str, Any] = {}
        self._broken: dict[str, ActionException] = {}
        states.unreachable = self._unreachable

    def walk(self, config_ids: Iterable[MapConfigId]) -> list[ActionOutput]:
        """Handle the items and what belongs to them, one after the other; each is looked at when its turn comes.

        Items of a client that cannot be reached are left out, and the error is raised when the others are done.

        :raises ActionRunnerException: A request to a client failed.
        :raises PartialResultsError: Something else failed while or after actions were carried out.
        """
        states = iter(self._states.get_states(config_ids))
        while (state := self._next(states)) is not None:
            if state.client_name not in self._unreachable:
                self.handle(state)
        self._raise_unreachable()
        return self.results

    def handle(self, state: ConfigState, is_repeated: bool = False) -> None:
        """Decide and act on the observed state of one item on one client.

        If somebody else made or removed the item meanwhile, it is observed anew, and handled once more.
        """
        actions = self._decide(state)
        try:
            self._act(actions)
        except ActionException as error:
            if self._is_settled(state, actions, error):
                return
            changed = None if is_repeated else self._observe_again(state, actions, error)
            if changed is None:
                raise self._failure(error) from error.source_exception[1]
            self.handle(changed, is_repeated=True)

    def _next(self, states: Iterator[ConfigState]) -> ConfigState | None:
        with self._accounted():
            return next(states, None)

    def _decide(self, state: ConfigState) -> Sequence[ItemAction]:
        with self._accounted():
            actions = self._decisions.get_state_actions(state, **self._arguments) or []
            if actions:
                for difference in state.differences:
                    log.info('On client %s: %s.', state.client_name, difference.describe())
            else:
                self._explain_idleness(state)
        return actions

    def _explain_idleness(self, state: ConfigState) -> None:
        hint = self._decisions.get_hint(state, **self._arguments)
        if hint:
            item = describe_item(state.config_id)
            log.warning('Nothing to do for %s on client %s: %s.', item, state.client_name, hint)

    def _act(self, actions: Sequence[ItemAction]) -> None:
        if not actions:
            return
        try:
            for output in self._runner.run_actions(actions) or ():
                self.results.append(output)
        except ActionException:
            raise
        except Exception as error:
            raise PartialResultsError(sys.exc_info(), self.results, completed=self._completed()) from error

    def _is_settled(self, state: ConfigState, actions: Sequence[ItemAction], error: ActionException) -> bool:
        """Whether an error does not end the walk: the client has gone, or a volume that only came along is in use."""
        cause = error.source_exception[1]
        assert cause is not None
        if is_unreachable(cause):
            self._broken[state.client_name] = error
            self._unreachable[state.client_name] = error.source_exception
            return True
        only_removes = [action.action_types for action in actions] == [[Action.REMOVE]]
        is_volume = state.config_id.config_type == ItemType.VOLUME
        if is_volume and only_removes and ConfigFlags.DEPENDENT in state.config_flags and is_conflict(cause):
            log.warning('%s on client %s is kept, as it is in use: %s', describe_item(state.config_id),
                        state.client_name, error.source_message.strip())
            return True
        return False

    def _observe_again(self, state: ConfigState, actions: Sequence[ItemAction],
                       error: ActionException) -> ConfigState | None:
        """The state of the item now, if somebody else can have changed it and has done so."""
        cause = error.source_exception[1]
        assert cause is not None
        is_first = error.action_type == actions[0].action_types[0] and error.action_type in _REPEATABLE
        concerns_existence = is_first or error.action_type in (Action.CREATE, Action.REMOVE)
        # What is not found on a creation is something else, such as an image or a driver.
        has_vanished = is_not_found(cause) and error.action_type != Action.CREATE
        if not concerns_existence or not (is_conflict(cause) or has_vanished):
            return None
        with self._accounted():
            self._refresh_names(state)
            found = self._states.get_item_state(state.client_name, state.config_id, state.config_flags)
        return None if _identity(found) == _identity(state) else found

    def _refresh_names(self, state: ConfigState) -> None:
        policy, kind = self._states.policy, state.config_id.config_type
        policy.container_names.pop(state.client_name, None)
        if kind == ItemType.NETWORK:
            policy.network_names.pop(state.client_name, None)
        elif kind == ItemType.VOLUME:
            policy.volume_names.pop(state.client_name, None)

    @contextmanager
    def _accounted(self) -> Iterator[None]:
        """Errors outside of actions carry the results so far, if there are any."""
        try:
            yield
        except ScriptActionException:
            raise
        except Exception as error:
            if not self._has_acted():
                raise
            raise PartialResultsError(sys.exc_info(), self.results, completed=self._completed()) from error

    def _raise_unreachable(self) -> None:
        for client_name, source in self._unreachable.items():
            log.error('Client %s could not be reached, its items were left out: %s', client_name, source[1])
        for error in self._broken.values():
            raise self._failure(error) from error.source_exception[1]
        for source in self._unreachable.values():
            names = ', '.join(sorted(self._unreachable))
            source[1].args = (f'Items on client {names} were left out, as it could not be reached: {source[1]}',)
            if self._has_acted():
                raise PartialResultsError(source, self.results, completed=self._completed()) from source[1]
            raise source[1]

    def _failure(self, error: ActionException) -> ActionRunnerException:
        return ActionRunnerException.from_action_exception(error, self.results, completed=self._completed())

    def _has_acted(self) -> bool:
        return bool(self.results or self._completed())

    def _completed(self) -> list[Any]:
        return list(getattr(self._runner, 'completed', ()))


def _identity(state: ConfigState) -> tuple[Any, Any]:
    return state.base_state, state.extra_data.get('id')
