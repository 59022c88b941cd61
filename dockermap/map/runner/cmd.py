"""Commands in running containers."""
from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from .._describe import describe_item
from ..action import ContainerUtilAction
from ..input import ExecPolicy, ItemType
from ._parts import RunnerPart, cleaned, with_config

if TYPE_CHECKING:
    from ..input import ExecCommand
    from . import ActionConfig, ActionMethod

__all__ = ['ExecMixin']

log = logging.getLogger(__name__)

_FIRST_POLL, _LONGEST_POLL = 0.02, 0.25
_WAIT_SECONDS = {ExecPolicy.INITIAL: 10.0, ExecPolicy.RESTART: 1.0}


class ExecMixin(RunnerPart):
    """Starts commands in containers, and watches them for a while.

    ``exec_wait`` is for how many seconds; by default 10 for commands that run once after creation, and 1 for others.
    Commands that end in time are done one after the other, those that go on do not hold up the rest.
    """

    exec_wait: float | None = None
    policy_options = ['exec_wait']
    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.CONTAINER, ContainerUtilAction.EXEC_COMMANDS, 'exec_commands'),
        (ItemType.CONTAINER, ContainerUtilAction.EXEC_ALL, 'exec_container_commands'),
    ]

    def exec_commands(self, action: ActionConfig, name: str, run_cmds: Iterable[ExecCommand],
                      **kwargs: Any) -> list[Any] | None:
        """Run commands in a container.

        :param kwargs: For setting up each command.
        :return: For each command what the engine said of it, with ``ExitCode`` if it has ended; ``None`` for none.
        """
        results = [result for result in (self._exec(action, name, command, kwargs) for command in run_cmds) if result]
        return results or None

    def exec_container_commands(self, action: ActionConfig, name: str, **kwargs: Any) -> list[Any] | None:
        """Run the configured commands, those for a new container only if it had not been started before.

        If one of these cannot be started, the container is removed, so that the next call makes it anew.
        """
        config = cleaned(self._memory.config(action, name))
        commands = [command for command in config.exec_commands
                    if not (action.started_before and command.policy == ExecPolicy.INITIAL)]
        return self.exec_commands(with_config(action, config), name, commands, **kwargs)

    def _exec(self, action: ActionConfig, name: str, command: ExecCommand, kwargs: Mapping[str, Any]) -> Any:
        try:
            created = action.client.exec_create(
                **self.get_exec_create_kwargs(action, name, command.cmd, command.user, kwargs=kwargs))
            if not created:
                return None
            return self._start_exec(action, name, command, created)
        except Exception:
            if command.policy == ExecPolicy.INITIAL and not action.started_before:
                log.warning('%s on client %s is removed again, as its first command could not be started: %s',
                            describe_item(action.config_id), action.client_name, command.cmd)
                self.remove_container(action, name, force=True, v=True)
            raise

    def _start_exec(self, action: ActionConfig, name: str, command: ExecCommand, created: Any) -> Any:
        exec_id = created['Id']
        if not hasattr(action.client, 'exec_inspect'):
            action.client.exec_start(**self.get_exec_start_kwargs(action, name, exec_id))
            return created
        action.client.exec_start(**self.get_exec_start_kwargs(action, name, exec_id, kwargs={'detach': True}))
        seconds = _WAIT_SECONDS.get(command.policy, 0) if self.exec_wait is None else self.exec_wait
        exit_code = _exit_code(action.client, exec_id, seconds)
        if exit_code is None:
            return created
        if exit_code:
            log.warning('A command in %s on client %s ended with exit code %s: %s', describe_item(action.config_id),
                        action.client_name, exit_code, command.cmd)
        return {**created, 'ExitCode': exit_code}


def _exit_code(client: Any, exec_id: str, seconds: float) -> int | None:
    """Exit code of a command once it has ended, or ``None`` if it has not ended in time."""
    deadline = time.monotonic() + seconds
    pause = _FIRST_POLL
    while True:
        detail = client.exec_inspect(exec_id)
        if not isinstance(detail, Mapping):
            return None
        if not detail.get('Running'):
            return detail.get('ExitCode')
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_POLL)
