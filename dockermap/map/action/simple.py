"""The actions that look at nothing but whether an item exists and runs. Each class shows its decisions as a table."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..input import ItemType
from ..policy import ConfigFlags
from ..policy.options import CONFIG_ARGUMENTS, CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from ..policy.utils import removes_itself
from ..state import ConfigState, State, StateFlags
from ..state.joining import missing_endpoints
from . import Action, ContainerUtilAction, DerivedAction, ImageAction, ItemAction, NetworkUtilAction, VolumeUtilAction
from ._conditions import (
    connected_containers,
    has_failed,
    is_absent,
    is_container,
    is_done,
    is_pullable,
    is_requested_container,
    is_running,
    is_stopped,
    is_volume,
    was_started,
)
from ._interrupted import InterruptedGenerator
from ._table import (
    CommandOptions,
    PathArgumentsGenerator,
    RequestedArgumentsGenerator,
    Row,
    Step,
    TableActionGenerator,
    WaitOptions,
)
from .causes import Cause, Explanation

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

_CONTAINER_ARGUMENTS = frozenset(CONFIG_ARGUMENTS) | frozenset(CREATE_OPTIONS)
_CREATE_ARGUMENTS = _CONTAINER_ARGUMENTS | frozenset(NETWORK_OPTIONS) | frozenset(VOLUME_OPTIONS)
_Condition = Callable[[Any, ConfigState], bool]
_ALL_AGAIN = (DerivedAction.STARTUP_CONTAINER, ContainerUtilAction.EXEC_ALL)
"""A new container in place of one that the engine removes when it ends."""

_MADE = (Step(DerivedAction.STARTUP_CONTAINER, True), ContainerUtilAction.EXEC_ALL)
"""A new container, with the caller's arguments. These say nothing of how a former one is stopped and removed."""


def _all(*conditions: Callable[[ConfigState], bool]) -> _Condition:
    return lambda _, state: all(condition(state) for condition in conditions)


def _has(flag: int) -> Callable[[ConfigState], bool]:
    return lambda state: flag in state.state_flags


def _is_persistent(state: ConfigState) -> bool:
    return StateFlags.PERSISTENT in state.state_flags


def _is_beyond_recovery(state: ConfigState) -> bool:
    is_lost = StateFlags.NONRECOVERABLE in state.state_flags or has_failed(state)
    return is_stopped(state) and is_lost and not _is_persistent(state)


def _is_startable(state: ConfigState) -> bool:
    """Whether it does not run; a job that has ended with 0 is left alone."""
    return is_stopped(state) and not is_done(state)


def _containers(state: ConfigState) -> dict[str, Any]:
    return {'containers': connected_containers(state)}


_FOLLOWING = (
    Row(
        ItemType.CONTAINER,
        lambda self, state: self.follows_interrupted(state) and is_running(state),
        (DerivedAction.SHUTDOWN_CONTAINER, *_MADE),
    ),
    Row(ItemType.CONTAINER, lambda self, state: self.follows_interrupted(state), (Action.REMOVE, *_MADE)),
)
"""What depends on a container that is created again as its first commands were interrupted."""

_MISSING_COMMANDS = Row(
    ItemType.CONTAINER,
    _all(_has(StateFlags.EXEC_COMMANDS)),
    (Step(ContainerUtilAction.EXEC_COMMANDS, data=lambda state: {'run_cmds': state.extra_data['exec_commands']}),),
)
"""Commands that the run which started the container could not start, or that have ended since."""


class CreateActionGenerator(RequestedArgumentsGenerator):
    """Creates what does not exist, and connects what was created and has not been started with all its networks."""

    arguments = _CREATE_ARGUMENTS

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        actions = super().get_state_actions(state, **kwargs)
        if actions or not is_container(state) or StateFlags.INITIAL not in state.state_flags:
            return actions
        name = self._policy.item_name(state.config_id)
        detail = self.outlook.observed.get(state.client_name, ItemType.CONTAINER, name)
        endpoints = missing_endpoints(self._policy, state.client_name, state.config_id, detail)
        return [ItemAction(state, Action.CONNECT, endpoints=endpoints)] if endpoints else actions

    rows = (
        Row(ItemType.IMAGE, _all(is_absent, is_pullable), (ImageAction.PULL,)),
        Row(ItemType.CONTAINER, _all(is_absent), (Step(Action.CREATE, True), ContainerUtilAction.CONNECT_ALL)),
        Row(ItemType.VOLUME, _all(is_absent), (Step(Action.CREATE, True), VolumeUtilAction.PREPARE)),
        Row(ItemType.NETWORK, _all(is_absent), (Step(Action.CREATE, True),)),
    )


class StartActionGenerator(WaitOptions, CommandOptions, InterruptedGenerator):
    """Starts what exists and does not run, and commands that should run in what does."""

    arguments = _CONTAINER_ARGUMENTS
    hints = {State.ABSENT: 'it does not exist. Create it first, or use startup, which does both'}

    def get_hint(self, state: ConfigState, **kwargs: Any) -> str | None:
        if is_done(state) and is_requested_container(state):
            return 'it is a job that has done its work. Use restart to run it again'
        return super().get_hint(state, **kwargs)

    rows = (
        Row(ItemType.CONTAINER, lambda self, state: self.was_interrupted(state), _MADE),
        *_FOLLOWING,
        Row(ItemType.CONTAINER, _all(_is_startable), (Step(Action.START, True), ContainerUtilAction.EXEC_ALL)),
        _MISSING_COMMANDS,
        Row(ItemType.VOLUME, _all(is_stopped, _has(StateFlags.INITIAL)), (Action.START, VolumeUtilAction.PREPARE)),
    )


class StartupActionGenerator(WaitOptions, CommandOptions, InterruptedGenerator):
    """Creates what does not exist, starts what does not run, and commands that should run in what does."""

    arguments = _CONTAINER_ARGUMENTS

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        if is_volume(state) and is_absent(state):
            self.outlook.stale.update((state.client_name, user) for user in self.volume_users(state.config_id))
        return super().get_state_actions(state, **kwargs)

    def mounts_former_volume(self, state: ConfigState) -> bool:
        """Whether a container still has a volume that was missing, and is created again for others in this run."""
        is_stale = (state.client_name, state.config_id) in self.outlook.stale
        return is_stale and not is_absent(state) and not is_done(state) and not _is_persistent(state)

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        explanation = super().explain(state, actions)
        if actions and is_container(state) and self.mounts_former_volume(state):
            causes = (Cause('item', 'mounts a volume that is created again'), *explanation.causes[1:])
            return explanation._replace(causes=causes)
        return explanation

    rows = (
        Row(ItemType.NETWORK, _all(is_absent), (Action.CREATE,)),
        Row(ItemType.IMAGE, _all(is_absent, is_pullable), (ImageAction.PULL,)),
        Row(ItemType.VOLUME, _all(is_absent), (Action.CREATE, VolumeUtilAction.PREPARE)),
        Row(ItemType.VOLUME, _all(is_stopped, _has(StateFlags.INITIAL)), (Action.START, VolumeUtilAction.PREPARE)),
        Row(ItemType.CONTAINER, _all(is_absent), _MADE),
        *_FOLLOWING,
        Row(
            ItemType.CONTAINER,
            lambda self, state: self.mounts_former_volume(state) and is_running(state),
            (DerivedAction.SHUTDOWN_CONTAINER, *_MADE),
        ),
        Row(ItemType.CONTAINER, lambda self, state: self.mounts_former_volume(state), (Action.REMOVE, *_MADE)),
        Row(ItemType.CONTAINER, _all(_is_beyond_recovery), (Action.REMOVE, *_MADE)),
        Row(ItemType.CONTAINER, _all(_is_startable), (Step(Action.START, True), ContainerUtilAction.EXEC_ALL)),
        _MISSING_COMMANDS,
    )


class RestartActionGenerator(WaitOptions, PathArgumentsGenerator):
    """Stops and starts containers that have been started before; those that remove themselves are created again."""

    starts_first = True
    restart_exec_commands: bool = False
    policy_options = ['restart_exec_commands']
    validates = False
    arguments = frozenset({'timeout'})
    hints = {
        State.ABSENT: 'it does not exist. Use startup to create and start it',
        State.PRESENT: 'it was never started. Use start',
    }

    def _restarts_commands(self, state: ConfigState) -> bool:
        return self.restart_exec_commands and was_started(state)

    def _removes_itself(self, state: ConfigState) -> bool:
        name = self._policy.item_name(state.config_id)
        detail = self.outlook.observed.get(state.client_name, ItemType.CONTAINER, name)
        return is_running(state) and removes_itself(detail)

    rows = (
        Row(
            ItemType.CONTAINER,
            lambda self, state: self._removes_itself(state),
            (Step(ContainerUtilAction.SIGNAL_STOP, True), Action.REMOVE, *_ALL_AGAIN),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self._restarts_commands(state) and is_running(state),
            (Step(DerivedAction.RESTART_CONTAINER, True), ContainerUtilAction.EXEC_ALL),
        ),
        Row(
            ItemType.CONTAINER,
            lambda self, state: self._restarts_commands(state),
            (Action.START, ContainerUtilAction.EXEC_ALL),
        ),
        Row(ItemType.CONTAINER, _all(was_started, is_running), (Step(DerivedAction.RESTART_CONTAINER, True),)),
        Row(ItemType.CONTAINER, _all(was_started), (Action.START,)),
    )


class StopActionGenerator(PathArgumentsGenerator):
    """Stops what runs."""

    validates = False
    arguments = frozenset({'timeout'})
    rows = (Row(ItemType.CONTAINER, _all(is_running), (Step(ContainerUtilAction.SIGNAL_STOP, True),)),)


class SignalActionGenerator(PathArgumentsGenerator):
    """Sends a signal to what runs."""

    validates = False
    arguments = frozenset({'signal'})
    hints = {State.ABSENT: 'it does not exist', State.PRESENT: 'it does not run'}
    rows = (Row(ItemType.CONTAINER, lambda _, state: is_running(state), (Step(Action.KILL, True),)),)


class RemoveActionGenerator(PathArgumentsGenerator):
    """Removes what does not run."""

    remove_persistent: bool = True
    remove_attached: bool = False
    remove_networks: bool = False
    policy_options = ['remove_persistent', 'remove_attached', 'remove_networks']
    validates = False
    arguments = frozenset({'v', 'link', 'force'})
    hints = {State.RUNNING: 'it runs. Stop it first, or use shutdown, which does both'}

    def may_remove(self, state: ConfigState) -> bool:
        """Whether the options allow to remove the container."""
        return self.remove_persistent or not _is_persistent(state)

    def _removes_volume(self, state: ConfigState) -> bool:
        """Volumes go with their containers only on request, and if nothing else mounts them."""
        if is_absent(state):
            return False
        if ConfigFlags.DEPENDENT not in state.config_flags:
            return True
        return self.remove_attached and not self._is_mounted(state) and not self._keeps_foreign(state)

    def _keeps_foreign(self, state: ConfigState) -> bool:
        """Volumes of others go by their own ids alone, also where all else is taken over."""
        return bool(self.adopt) and ConfigFlags.DEPENDENT in state.config_flags and self.foreign(state) is not None

    def _removes_network(self, state: ConfigState) -> bool:
        """Networks that are not asked for by their ids go if they are the map's and nothing uses them any more."""
        if is_absent(state) or not self._comes_along(state):
            return not is_absent(state)
        is_own = bool(self.adopt) or self.foreign(state) is None
        return is_own and not self.network_users(state)

    def _disconnects(self, state: ConfigState) -> bool:
        return is_stopped(state) and not self._comes_along(state) and bool(connected_containers(state))

    def _comes_along(self, state: ConfigState) -> bool:
        return self.remove_networks and ConfigFlags.DEPENDENT in state.config_flags

    def _is_mounted(self, state: ConfigState) -> bool:
        return bool(self.existing_users(state))

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        explanation = super().explain(state, actions)
        if actions or is_absent(state):
            return explanation
        if state.config_id.config_type == ItemType.NETWORK and self.remove_networks:
            users = ', '.join(self.network_users(state))
            return explanation._replace(notices=(f'is kept, as it is in use by {users}',)) if users else explanation
        if not is_volume(state) or not self.remove_attached:
            return explanation
        if self._keeps_foreign(state):
            return explanation._replace(notices=('is kept: volumes of others are only removed by their own id',))
        users = ', '.join(sorted(map(self._policy.item_name, self.existing_users(state))))
        return explanation._replace(notices=(f'is kept, as it is in use by {users}',)) if users else explanation

    rows: ClassVar[tuple[Row, ...]] = (
        Row(
            ItemType.CONTAINER,
            lambda self, state: is_stopped(state) and self.may_remove(state),
            (Step(Action.REMOVE, True),),
        ),
        Row(ItemType.VOLUME, lambda self, state: self._removes_volume(state), (Action.REMOVE,)),
        Row(
            ItemType.NETWORK,
            lambda self, state: self._disconnects(state),
            (Step(NetworkUtilAction.DISCONNECT_ALL, data=_containers), Step(Action.REMOVE, True)),
        ),
        Row(ItemType.NETWORK, lambda self, state: self._removes_network(state), (Step(Action.REMOVE, True),)),
    )


class ShutdownActionGenerator(RemoveActionGenerator):
    """Stops and removes what exists; arguments are for networks alone."""

    arguments = frozenset()
    hints = {}

    def _removes_volume(self, state: ConfigState) -> bool:
        return (
            self.remove_attached
            and not is_absent(state)
            and (ConfigFlags.DEPENDENT not in state.config_flags or not self._is_mounted(state))
            and not self._keeps_foreign(state)
        )

    rows = (
        Row(
            ItemType.CONTAINER,
            lambda self, state: is_running(state) and self.may_remove(state),
            (DerivedAction.SHUTDOWN_CONTAINER,),
        ),
        Row(ItemType.CONTAINER, _all(is_running), (ContainerUtilAction.SIGNAL_STOP,)),
        Row(ItemType.CONTAINER, lambda self, state: is_stopped(state) and self.may_remove(state), (Action.REMOVE,)),
        *RemoveActionGenerator.rows[1:],
    )


class ImagePullActionGenerator(TableActionGenerator):
    """Pulls images, also those that exist unless told otherwise; the same image only once."""

    pull_all_images: bool = True
    pull_insecure_registry: bool = False
    policy_options = ['pull_all_images', 'pull_insecure_registry']
    validates = False
    arguments = frozenset()
    _other_names = ('insecure_registry', 'pull_insecure_regsitry')

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        for name in self._other_names:
            if name in kwargs:
                kwargs.setdefault('pull_insecure_registry', kwargs.pop(name))
        super().__init__(policy, kwargs)
        self._pulled: set[tuple[str, str, str | None]] = set()

    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        item = state.config_id
        if item.config_type != ItemType.IMAGE or not is_pullable(state):
            return None
        image = (state.client_name, item.config_name, item.instance_name)
        if image in self._pulled or not (self.pull_all_images or is_absent(state)):
            return None
        self._pulled.add(image)
        data = {'insecure_registry': True} if self.pull_insecure_registry else {}
        return [ItemAction(state, ImageAction.PULL, data)]
