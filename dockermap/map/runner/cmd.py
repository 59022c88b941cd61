"""Commands in running containers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ..action import ContainerUtilAction
from ..input import ItemType
from ..request import ActionConfig
from . import ActionMethod
from ._steps import StepRunner, carries_out

if TYPE_CHECKING:
    from ..input import ExecCommand

__all__ = ['ExecMixin']


class ExecMixin(StepRunner):
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

    @carries_out((ItemType.CONTAINER, ContainerUtilAction.EXEC_COMMANDS))
    def exec_commands(self, action: ActionConfig, name: str, run_cmds: Iterable[ExecCommand], **kwargs: Any) -> Any:
        """Run commands in a container.

        :param kwargs: For setting up each command.
        :return: For each command what the engine said of it, with ``ExitCode`` if it has ended; ``None`` for none.
        """
        return self.carry_out(ContainerUtilAction.EXEC_COMMANDS, action, name, {'run_cmds': run_cmds, **kwargs})

    @carries_out((ItemType.CONTAINER, ContainerUtilAction.EXEC_ALL))
    def exec_container_commands(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Run the configured commands, those for a new container only if it had not been started before.

        If one of these cannot be started, the container is removed, so that the next call creates it again.
        """
        return self.carry_out(ContainerUtilAction.EXEC_ALL, action, name, kwargs)
