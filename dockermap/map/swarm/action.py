"""What is done about the items of a swarm, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...exceptions import UnsupportedError
from .._describe import describe_item
from ..action import Action, DerivedAction, ItemAction
from ..action._conditions import is_absent, is_container, is_done, is_requested_container, is_running, is_stopped
from ..action._table import PathArgumentsGenerator, Row, Step, TableActionGenerator, WaitOptions
from ..action.base import AbstractActionGenerator
from ..action.causes import Explanation
from ..action.script import ScriptActionGenerator
from ..action.simple import RemoveActionGenerator
from ..action.update import ONLY_ORPHANS, UpdateActionGenerator
from ..input import ItemType
from ..policy import ConfigFlags
from ..state import ConfigState, Difference, State, StateFlags
from .service import networks_of
from .state import resolved_image

if TYPE_CHECKING:
    from ...docker_api import ManagerClient

_STARTED = Step(Action.CREATE, data=lambda _: {'is_started': True})
_MISSING_NETWORK = Row(ItemType.NETWORK, lambda _, state: is_absent(state), (Action.CREATE,))
_MISSING = Row(ItemType.CONTAINER, lambda _, state: is_absent(state), (_STARTED,))
_LEFT = Row(ItemType.CONTAINER, lambda _, state: _is_left(state), (Action.REMOVE, _STARTED))
_STOPPED = Row(
    ItemType.CONTAINER,
    lambda _, state: is_stopped(state) and not is_done(state) and StateFlags.NONRECOVERABLE not in state.state_flags,
    (Action.START,),
)


def _is_left(state: ConfigState) -> bool:
    """Whether a job is in the place of a service that was left by a script, and has ended."""
    return is_stopped(state) and StateFlags.NONRECOVERABLE in state.state_flags


def _differs(state: ConfigState) -> bool:
    return not is_absent(state) and StateFlags.NEEDS_RESET in state.state_flags


class _Remarks(AbstractActionGenerator):
    """Tells what is not as on an engine where a service is created."""

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        explanation = super().explain(state, actions)
        if not is_container(state) or not any(Action.CREATE in action.action_types for action in actions):
            return explanation
        return explanation._replace(remarks=(*explanation.remarks, *self.remarks(state)))

    def remarks(self, state: ConfigState) -> Iterator[str]:
        """What there is to know of a new service."""
        item = state.config_id
        config = self._policy.container_maps[item.map_name].get_instance(item.config_name, item.instance_name)
        if is_container(state) and config is not None and config.shares:
            yield 'has a new, empty volume at its shared paths in each container'
        if is_container(state) and config is not None and config.depends_on:
            yield 'comes after what it depends on in this call; a swarm starts containers again in any order'


class SwarmCreate(_Remarks, PathArgumentsGenerator):
    """Creates services that do not run yet."""

    arguments = frozenset()
    rows = (_MISSING_NETWORK, Row(ItemType.CONTAINER, lambda _, state: is_absent(state), (Action.CREATE,)))


class SwarmStart(WaitOptions, PathArgumentsGenerator):
    """Starts the containers of services."""

    arguments = frozenset()
    hints = {State.ABSENT: 'it does not exist. Create it first, or use startup, which does both'}
    rows = (_STOPPED,)


class SwarmStartup(_Remarks, WaitOptions, PathArgumentsGenerator):
    """Creates what is missing, and starts what does not run."""

    arguments = frozenset()
    rows = (_MISSING_NETWORK, _MISSING, _LEFT, _STOPPED)


class SwarmRestart(WaitOptions, PathArgumentsGenerator):
    """Replaces all containers of services by new ones."""

    arguments = frozenset()
    rows = (Row(ItemType.CONTAINER, lambda _, state: is_running(state), (Action.RESTART,)), _STOPPED)


class SwarmStop(PathArgumentsGenerator):
    """Stops all containers of services."""

    arguments = frozenset()
    rows = (Row(ItemType.CONTAINER, lambda _, state: is_running(state), (Action.STOP,)),)


class SwarmRemove(RemoveActionGenerator):
    """Removes services that do not run."""

    def removes_network(self, state: ConfigState) -> bool:
        """Whether a network is removed: if it was asked for, or comes along on request."""
        if is_absent(state):
            return False
        if ConfigFlags.DEPENDENT not in state.config_flags:
            return True
        return bool(self.remove_networks) and (bool(self.adopt) or self.foreign(state) is None)

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        return AbstractActionGenerator.explain(self, state, actions)

    rows = (
        Row(ItemType.CONTAINER, lambda self, state: is_stopped(state) and self.may_remove(state), (Action.REMOVE,)),
        Row(ItemType.NETWORK, lambda self, state: self.removes_network(state), (Action.REMOVE,)),
    )


class SwarmShutdown(SwarmRemove):
    """Removes services, whether they run or not."""

    arguments = frozenset()
    hints = {}
    rows = (
        Row(ItemType.CONTAINER, lambda self, state: not is_absent(state) and self.may_remove(state), (Action.REMOVE,)),
        SwarmRemove.rows[1],
    )


class SwarmUpdate(_Remarks, UpdateActionGenerator):
    """Creates what is missing, and updates services that are not as configured."""

    rows = (
        _MISSING_NETWORK,
        Row(
            ItemType.NETWORK,
            lambda self, state: _differs(state) and not self.services_in(state),
            (DerivedAction.RESET_NETWORK,),
        ),
        _MISSING,
        Row(ItemType.CONTAINER, lambda self, state: self.replaces(state), (Action.REMOVE, _STARTED)),
        Row(ItemType.CONTAINER, lambda self, state: self.updates(state), (Action.UPDATE,)),
        _STOPPED,
    )

    def updates(self, state: ConfigState) -> bool:
        """Whether a service is updated: because it differs, or its image is to be looked up again."""
        if is_absent(state) or not self._may_renew(state):
            return False
        is_foreign = self._taken_over(state) is not None
        return _differs(state) or is_foreign or StateFlags.FAILED in state.state_flags or self._has_new_image(state)

    def replaces(self, state: ConfigState) -> bool:
        """Whether a service is removed for another one, as a manager cannot make that of it."""
        return self.updates(state) and any(difference.property == 'job' for difference in state.differences)

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        if self.remove_orphans == ONLY_ORPHANS:
            return None
        actions = TableActionGenerator.get_state_actions(self, state)
        for action in actions or ():
            if Action.UPDATE in action.action_types:
                action.extra_data['resolves_image'] = bool(self.pull_before_update)
                action.extra_data['forces'] = StateFlags.FORCED_RESET in state.state_flags
        return actions

    def _has_new_image(self, state: ConfigState) -> bool:
        """Whether the registry has another image of the name, which is only asked on request."""
        if not self.pull_before_update:
            return False
        client: ManagerClient = self._policy.clients[state.client_name].get_client()
        image = state.extra_data['service']['Spec']['TaskTemplate']['ContainerSpec']['Image']
        found: str = resolved_image(client, image.partition('@')[0], len(client.nodes()))
        return found != str(image)

    def stays(self, difference: Difference, state: ConfigState) -> bool:
        """Whether a difference of something that may not be changed stays; nothing is put right in another way."""
        return True

    def _reason_to_stay(self, state: ConfigState) -> str | None:
        if state.config_id.config_type is not ItemType.NETWORK:
            return super()._reason_to_stay(state)
        users = self.services_in(state) if _differs(state) else []
        if not users:
            return None
        return (
            f'no network of a swarm can be changed while it is used, and in it is {", ".join(users)}. Remove that with '
            'shutdown and remove_networks=True, then use update'
        )

    def services_in(self, state: ConfigState) -> list[str]:
        """Names of the services in a network that are not removed by what was decided before."""
        known: Any = self._policy.container_names[state.client_name]
        found = [
            name
            for name, service in known.services.items()
            if any(entry['Target'] == state.extra_data['id'] for entry in networks_of(service['Spec']))
        ]
        return sorted(
            name for name in found if not self.outlook.is_removed(state.client_name, ItemType.CONTAINER, name)
        )

    def orphan_actions(self, state: ConfigState) -> list[ItemAction]:
        return [ItemAction(state, Action.REMOVE)] if self.remove_orphans else []


class SwarmPull(TableActionGenerator):
    """Nothing is pulled: nodes do that when they need an image."""

    pull_all_images: bool = True
    pull_insecure_registry: bool = False
    policy_options = ['pull_all_images', 'pull_insecure_registry']
    arguments = frozenset()


class _Refused(AbstractActionGenerator):
    """What swarms cannot do; said before anything is changed."""

    what = ''
    hint = ''

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        if not is_container(state) or ConfigFlags.DEPENDENT in state.config_flags:
            return None
        raise UnsupportedError(
            f'{describe_item(state.config_id)}: client {state.client_name!r} is a swarm, which {self.what}. {self.hint}'
        )


class SwarmSignal(_Refused):
    """Signals are for single containers."""

    what = 'sends no signals'
    hint = 'Use restart, or stop.'


class SwarmScript(ScriptActionGenerator):
    """Gets what a service needs to work, and runs a script in a job of its name.

    :raises ScriptActionException: A service of that name exists, and the option does not allow to remove it.
    """

    rows = (_MISSING_NETWORK, _MISSING, _LEFT, _STOPPED)

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        found = super().get_state_actions(state, **kwargs)
        if not is_requested_container(state) or found is None or len(found) == 1:
            return found
        return [ItemAction(state, Action.REMOVE), found[-1]]

    def labels_of(self, state: ConfigState) -> Mapping[str, str]:
        labels: Mapping[str, str] = (state.extra_data.get('service') or {}).get('Spec', {}).get('Labels') or {}
        return labels
