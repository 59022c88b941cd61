"""Operations that have a new container take the place of a former one, or its own after its first commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ....functional import resolve_value
from ...action import Action, ActionEnum, ContainerUtilAction, DerivedAction, ItemAction
from ...config._rollout import Rollout
from ...input import ExecPolicy, ItemType
from ...input._dependencies import COMPLETED
from ...policy.replaced import (
    PAUSED,
    REPLACES,
    RUNNING,
    STOPPED,
    Former,
    former_name,
    successor_name,
)
from ...request import ActionConfig, action_config, with_config
from ...request.arguments import with_call_arguments
from ...request.settings import container_settings, features_of
from ..operation import Operation, Result
from ..references import shared_containers
from ..replacement import PutBack, Replacement
from .anonymous import with_volumes_of
from .conditions import READY, add_conditions, add_wait, wait_seconds
from .conditions import RUNNING as RUNNING_ON
from .containers import create, remove, signal_stop, start_now
from .execs import run_all
from .files import put_files
from .networks import connect_all
from .steps import Reader, Step, nothing

if TYPE_CHECKING:
    from ...state.observed import Detail
    from .expansion import Expansion

WITH_WAY_BACK, REMOVE_FIRST = 'with-way-back', 'remove-first'

_CREATING = [*DerivedAction.STARTUP_CONTAINER, ContainerUtilAction.EXEC_ALL]
_REPLACING = (
    [*DerivedAction.RESET_CONTAINER, ContainerUtilAction.EXEC_ALL],
    [*DerivedAction.RELAUNCH_CONTAINER, ContainerUtilAction.EXEC_ALL],
)
_STEPS = (
    Action.CREATE,
    Action.START,
    Action.REMOVE,
    Action.CONNECT,
    ContainerUtilAction.SIGNAL_STOP,
    ContainerUtilAction.CONNECT_ALL,
    ContainerUtilAction.EXEC_ALL,
    ContainerUtilAction.EXEC_COMMANDS,
)
_STOP_SECONDS = 10
_LIMIT_SECONDS = 600.0
"""What taking the place of another container may last, beside what is configured."""
_ANY = {'any': ''}


def steps(plan: Expansion, actions: Sequence[ItemAction]) -> tuple[Iterator[Step], int] | None:
    """Steps of the first of some actions, if these have a new container take a place, and how many these are."""
    item = actions[0]
    if item.config_id.config_type != ItemType.CONTAINER:
        return None
    count, is_new = _first_actions(actions)
    if not count:
        return None
    action = action_config(plan.policy, item.client_name, item.config_id)
    if not can_rename(plan, action):
        return None
    detail = None if is_new else _replaced_detail(plan, action)
    if detail is None and not (is_new and runs_first_commands(action)):
        return None
    creating = next(other for other in actions if Action.CREATE in other.action_types)
    return Replacing(plan, action, detail).steps(creating.extra_data, actions[count - 1]), count


def _first_actions(actions: Sequence[ItemAction]) -> tuple[int, bool]:
    """How many actions create a container, and run commands in it; and whether none is removed before."""
    types: list[ActionEnum] = []
    for count, item in enumerate(actions, 1):
        if item.config_id != actions[0].config_id:
            break
        types.extend(item.action_types)
        if types in _REPLACING or types == _CREATING:
            return count, types == _CREATING
    return 0, False


def _replaced_detail(plan: Expansion, action: ActionConfig) -> Detail | None:
    """What was found of the container that a new one takes the place of; ``None`` if it has to be removed first."""
    if getattr(plan.builder, 'replace', WITH_WAY_BACK) == REMOVE_FIRST:
        return None
    if (action.client_name, action.config_id) in plan.removed_first:
        return None
    name = plan.policy.item_name(action.config_id)
    detail: Detail | None = plan.observed.get(action.client_name, ItemType.CONTAINER, name)
    if not detail or (detail.get('HostConfig') or {}).get('AutoRemove'):
        return None
    recovery = plan.observed.recoveries.get((action.client_name, name))
    # There is no name that it could get meanwhile.
    return None if recovery is not None and recovery.is_blocked else detail


def runs_first_commands(action: ActionConfig) -> bool:
    """Whether a new container has to run commands before it counts as done."""
    return any(command.policy == ExecPolicy.INITIAL for command in container_settings(action).exec_commands)


def can_rename(plan: Expansion, action: ActionConfig) -> bool:
    """Whether a container can have another name for the time being, and all steps are those of this library."""
    own = (plan.own_method(ItemType.CONTAINER, action_type) for action_type in _STEPS)
    return hasattr(action.client, 'rename') and bool(features_of(action)['host_config']) and not any(map(callable, own))


class Replacing:
    """Adds the operations for one container, step by step.

    :param detail: What was found of the former container; nothing if there is none.
    """

    def __init__(self, plan: Expansion, action: ActionConfig, detail: Detail | None) -> None:
        self._plan = plan
        self._action = action
        self._detail = detail
        self._name = plan.policy.item_name(action.config_id)
        self._temporary = successor_name(self._name)
        recovery = plan.observed.recoveries.get((action.client_name, self._name))
        seconds = _LIMIT_SECONDS + _seconds(resolve_value(container_settings(action).stop_timeout))
        seconds += wait_seconds(plan, action.client_name)
        self._former = Former(seconds=seconds) if detail is None else Former.of_detail(detail, seconds)
        if detail is not None and recovery is not None and recovery.former is not None:
            # It was stopped only to be replaced.
            self._former = replace(self._former, state=recovery.former.state)
        self._start = 0
        self._stopping_from: int | None = None

    def steps(self, arguments: Mapping[str, Any], commands: ItemAction) -> Iterator[Step]:
        """Operations of all steps.

        :param arguments: Arguments of the call for the new container.
        :param commands: The action that runs commands in it.
        """
        plan = self._plan
        files = self._step(Action.CREATE, lambda: self._put_files(arguments))
        if files.operations:
            yield files
        first = len(plan.operations)
        yield self._step(Action.CREATE, lambda: self._create(dict(arguments)))
        yield self._step(ContainerUtilAction.CONNECT_ALL, lambda: self._connect(dict(arguments)))
        ending = len(plan.operations)
        if (self._detail is not None and self._former.state != STOPPED) or self._is_restarting():
            yield self._step(ContainerUtilAction.SIGNAL_STOP, self._stop)
        taking_over = len(plan.operations)
        yield self._step(Action.START, lambda: self._take_over(dict(arguments)))
        yield self._step(ContainerUtilAction.EXEC_ALL, lambda: self._run_commands(dict(commands.extra_data)))
        removing = len(plan.operations)
        if self._detail is not None:
            yield self._step(Action.REMOVE, self._remove)
        end = len(plan.operations)
        plan.note_created(self._action, self._name, first)
        plan.replacements.append(
            Replacement(
                (self._action.client_name, self._action.config_id),
                self._name,
                range(first, ending),
                range(ending, taking_over),
                range(taking_over, removing),
                range(removing, end),
                self._start,
                self._put_back(first),
                self._undoing('discard', {'container': self._temporary}),
                self._holds(first),
                self._rollout.is_one_by_one,
                *self._texts(),
                stopping=self._stopping_from,
                former_id=self._former.id,
            )
        )

    def _step(self, action_type: ActionEnum, add: Any) -> Step:
        first = len(self._plan.operations)
        reader: Reader | None = add()
        numbers = tuple(range(first, len(self._plan.operations)))
        return Step(self._action.client_name, self._action.config_id, action_type, numbers, reader or nothing)

    def _put_files(self, arguments: Mapping[str, Any]) -> None:
        put_files(self._plan, with_call_arguments(self._action, arguments)[0], self._name, is_new=True)

    def _create(self, arguments: dict[str, Any]) -> Reader:
        plan, number = self._plan, len(self._plan.operations)
        reader = create(plan, self._action, self._name, arguments)
        operation = plan.operations[number]
        labels = {**(operation.arguments.get('labels') or {}), REPLACES: self._former.label()}
        given = {**operation.arguments, 'name': self._temporary, 'labels': labels}
        given = dict(with_volumes_of(plan, self._action, self._detail, given))
        plan.operations[number] = replace(operation, arguments=given, by_id=self._by_id(given))
        plan.note_created(self._action, self._temporary, number)
        plan.configs[self._action.client_name, self._temporary] = plan.configs[self._action.client_name, self._name]
        return reader

    def _by_id(self, arguments: Mapping[str, Any]) -> dict[str, int]:
        """Others that are replaced and that the new container uses, which are not known by their names yet."""
        if self._detail is None:
            return {}
        used = set(shared_containers(_host(arguments)))
        return {other.name: other.creating[0] for other in self._others() if other.name in used}

    def _others(self) -> Iterator[Replacement]:
        for other in self._plan.replacements:
            if other.item[0] == self._action.client_name and other.former_id is not None:
                yield other

    def _connect(self, arguments: dict[str, Any]) -> None:
        connect_all(self._plan, self._action, self._temporary, arguments)
        add_conditions(self._plan, self._action)

    def _stop(self) -> None:
        if self._former.has_restart_policy and features_of(self._action)['container_update_restart_policy']:
            self._plan.add(
                self._action, 'update_container', {'container': self._name, 'restart_policy': {'Name': 'no'}}
            )
        self._stopping_from = len(self._plan.operations)
        signal_stop(self._plan, self._action, self._name, {})

    def _take_over(self, arguments: dict[str, Any]) -> Reader:
        name = self._name
        if self._detail is None:
            name = self._temporary
        else:
            self._plan.add(self._action, 'rename', {'container': self._name, 'name': former_name(self._name)})
            self._rename()
        first = len(self._plan.operations)
        reader = start_now(self._plan, self._action, name, arguments)
        added = self._plan.operations[first:]
        # Volumes are prepared before, by containers that are started as well.
        self._start = next(operation.number for operation in reversed(added) if operation.call == 'start')
        return reader

    def _rename(self) -> None:
        self._plan.add(self._action, 'rename', {'container': self._temporary, 'name': self._name})

    def _run_commands(self, data: dict[str, Any]) -> Reader:
        plan = self._plan
        if self._detail is None:
            reader = run_all(plan, self._action, self._temporary, data)
            self._rename()
            return reader
        reader = run_all(plan, self._action, self._name, data)
        self._look()
        return reader

    def _look(self) -> None:
        """See that the new container runs before the former one is removed."""
        plan, wait, is_job = self._plan, self._plan.wait, container_settings(self._action).job
        awaits = wait or self._rollout.waits
        if not awaits and (wait is False or is_job):
            return
        grace = getattr(plan.builder, 'start_grace', None)
        until = COMPLETED if is_job else READY if awaits else RUNNING_ON
        further = {'is_new': True, **({} if grace is None else {'grace': grace})}
        add_wait(plan, self._action, self._action.client_name, self._action.config_id, until, **further)

    @property
    def _rollout(self) -> Rollout:
        """What the call says, else the configuration, else the map."""
        given = getattr(self._plan.builder, 'rollout', None)
        return Rollout.of(given, container_settings(self._action).rollout, self._action.container_map.rollout)

    def _remove(self) -> Reader:
        former = former_name(self._name)
        return remove(self._plan, self._action, former, {})

    def _put_back(self, created: int) -> PutBack:
        action = self._action
        new: Any = Result(created, 'Id')
        end = [self._undoing('stop', self._stopping(new))]
        discard = [self._undoing('remove_container', {'container': new, 'v': True, 'force': True})]
        if self._detail is None:
            return PutBack((), (), (), (), discard)
        former = self._former.id
        names = [
            self._undoing('rename', {'container': new, 'name': self._temporary}),
            self._undoing('rename', {'container': former, 'name': self._name}),
        ]
        halt = [self._undoing('stop', self._stopping(former))]
        return PutBack(end, names, halt, list(self._resume(action, former)), discard)

    def _stopping(self, container: Any) -> dict[str, Any]:
        return self._plan.builder.get_container_stop_kwargs(self._action, container)

    def _resume(self, action: ActionConfig, former: str | None) -> Iterator[Operation]:
        is_job = container_settings(self._action).job
        runs = self._former.state in (RUNNING, PAUSED) and not is_job
        if runs:
            yield self._plan.undoing(action, 'start', {'container': former}, ())
        if self._former.has_restart_policy and features_of(action)['container_update_restart_policy']:
            policy = {key: value for key, value in self._former.restart.items() if value}
            yield self._undoing('update_container', {'container': former, 'restart_policy': policy})
        if runs:
            yield from self._commands(former)
        if self._former.state == PAUSED:
            yield self._undoing('pause', {'container': former})

    def _commands(self, former: str | None) -> Iterator[Operation]:
        config = self._plan.config(self._action, self._name)
        action = with_config(self._action, config)
        for command in config.exec_commands:
            if command.policy == ExecPolicy.RESTART:
                kwargs = self._plan.builder.get_exec_create_kwargs(action, str(former), command.cmd, command.user)
                yield self._undoing('exec_run', kwargs)

    def _undoing(self, call: str, arguments: Mapping[str, Any]) -> Operation:
        return self._plan.undoing(self._action, call, arguments, _ANY)

    def _holds(self, created: int) -> frozenset[str]:
        """Other replaced containers whose network stack, links or volumes the new or the former one uses."""
        if self._detail is None:
            return frozenset()
        found = {
            *shared_containers(_host(self._plan.operations[created].arguments)),
            *shared_containers(self._detail.get('HostConfig') or {}),
        }
        names = {other.former_id: other.name for other in self._others()}
        return frozenset(names.get(name, name) for name in found)

    def _is_restarting(self) -> bool:
        return self._detail is not None and bool((self._detail.get('State') or {}).get('Restarting'))

    def _texts(self) -> tuple[str, str]:
        client_name = self._action.client_name
        if self._detail is None:
            return f'Container {self._name} on client {client_name} is removed again.', ''
        does = {RUNNING: 'runs again', PAUSED: 'is paused again'}.get(self._former.state, 'is there again')
        text = f'Container {self._name} on client {client_name} is put back.'
        return text, f'The former container {self._name} {does}.'


def _host(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    host: Mapping[str, Any] = arguments.get('host_config') or {}
    mode = arguments.get('network_mode')
    return {**host, **({'NetworkMode': mode} if mode else {})}


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and value > 0 else _STOP_SECONDS
