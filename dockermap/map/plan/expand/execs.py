"""Operations for commands in running containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..._describe import describe_item
from ...action import ContainerUtilAction
from ...input import ExecPolicy, ItemType
from ...request import ActionConfig, with_config
from ..operation import Condition, Result, Undo
from .steps import Reader, Responses

if TYPE_CHECKING:
    from ...input import ExecCommand
    from .expansion import Expansion

_WAIT_SECONDS = {ExecPolicy.INITIAL: 10.0, ExecPolicy.RESTART: 1.0}


def run(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Run commands in a container; the result has what the engine said of each, with ``ExitCode`` if it has ended."""
    commands: list[ExecCommand] = kwargs.pop('run_cmds')
    readers = [_exec(plan, action, name, command, kwargs) for command in commands]
    return lambda responses: [found for found in (read(responses) for read in readers) if found] or None


def run_all(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Run the configured commands, those for a new container only if it had not been started before.

    If one of these cannot be started, the container is removed, so that the next call creates it again.
    """
    config = plan.config(action, name)
    commands = [
        command
        for command in config.exec_commands
        if not (action.started_before and command.policy == ExecPolicy.INITIAL)
    ]
    action = with_config(action, config)
    if plan.own_method(ItemType.CONTAINER, ContainerUtilAction.EXEC_COMMANDS) is not None and commands:
        number = plan.sub_step(action, name, ContainerUtilAction.EXEC_COMMANDS, {'run_cmds': commands, **kwargs})
        return lambda responses: responses.get(number)
    return run(plan, action, name, {'run_cmds': commands, **kwargs})


def _exec(plan: Expansion, action: ActionConfig, name: str, command: ExecCommand, kwargs: Mapping[str, Any]) -> Reader:
    undo = None
    if command.policy == ExecPolicy.INITIAL and not action.started_before:
        undo = _removal(plan, action, name)
    create_kwargs = plan.builder.get_exec_create_kwargs(action, name, command.cmd, command.user, kwargs=kwargs)
    created = plan.add(action, 'exec_create', create_kwargs, tolerates={'empty': ''}, undo=undo)
    watches = hasattr(action.client, 'exec_inspect')
    exec_id: Any = Result(created, 'Id')
    start_kwargs = plan.builder.get_exec_start_kwargs(
        action, name, exec_id, kwargs={'detach': True} if watches else None
    )
    started = plan.add(action, 'exec_start', start_kwargs, condition=Condition(created), undo=undo)
    if not watches:
        return lambda responses: responses.get(created)
    own_wait = getattr(plan.builder, 'exec_wait', None)
    seconds = _WAIT_SECONDS.get(command.policy, 0) if own_wait is None else own_wait
    purpose = f'A command in {describe_item(action.config_id)} on client {action.client_name}'
    ended = plan.add(
        action,
        'wait',
        {'exec_id': exec_id, 'seconds': seconds},
        condition=Condition(started),
        undo=undo,
        purpose=purpose,
    )

    def read(responses: Responses) -> Mapping[str, object] | None:
        response: Mapping[str, object] | None = responses.get(created)
        exit_code: object = responses.get(ended)
        return response if not response or exit_code is None else {**response, 'ExitCode': exit_code}

    return read


def _removal(plan: Expansion, action: ActionConfig, name: str) -> Undo:
    arguments = plan.builder.get_container_remove_kwargs(action, name, kwargs={'force': True, 'v': True})
    created = plan.creation(action, name)
    reverted = frozenset(
        operation.number
        for operation in plan.operations[created or 0 :]
        if operation.config_id == action.config_id and operation.client_name == action.client_name
    )
    return Undo(
        (plan.undoing(action, 'remove_container', arguments),),
        reverted,
        f'{describe_item(action.config_id)} on client {action.client_name} is removed again, as its first '
        'command could not be started.',
    )
