"""Scripts and single commands in containers that are created for them."""

from __future__ import annotations

from typing import Any, ClassVar

from ..action import ContainerUtilAction
from ..input import ItemType
from ..request import ActionConfig
from . import ActionMethod
from ._steps import StepRunner, carries_out

__all__ = ['ScriptMixin']


class ScriptMixin(StepRunner):
    """Runs a script or a command in a new container.

    ``remove_created_after`` removes the container afterwards.
    """

    remove_created_after: bool = True
    policy_options = ['remove_created_after']
    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.CONTAINER, ContainerUtilAction.SCRIPT, 'run_script'),
    ]

    @carries_out((ItemType.CONTAINER, ContainerUtilAction.SCRIPT))
    def run_script(
        self,
        action: ActionConfig,
        name: str,
        script_path: str | None = None,
        entrypoint: Any = None,
        command_format: str | list[str] | tuple[str, ...] | None = None,
        wait_timeout: float | None = None,
        container_script_dir: str = '/tmp/script_run',
        timestamps: bool | None = None,
        tail: str | int = 'all',
    ) -> dict[str, Any]:
        """Run a script of the engine's host, or a command, in a new container.

        :param script_path: Absolute path of a file or directory on the host. Of a file, the directory is mounted.
          Whether it is a directory is looked up if the engine is on this machine, otherwise a slash at the end says so.
        :param command_format: Command; ``{script_path}`` in it becomes the script's path in the container.
        :param wait_timeout: How many seconds it may take. If it takes longer, the container is left as it is.
        :return: ``id`` and ``client``; ``exit_code`` and ``log``, or after the timeout ``error``.
        :raises ScriptRunException: The container was not created.
        :raises ValueError: ``script_path`` is relative, or ``command_format`` of another type.
        """
        result: dict[str, Any] = self.carry_out(
            ContainerUtilAction.SCRIPT,
            action,
            name,
            {
                'script_path': script_path,
                'entrypoint': entrypoint,
                'command_format': command_format,
                'wait_timeout': wait_timeout,
                'container_script_dir': container_script_dir,
                'timestamps': timestamps,
                'tail': tail,
            },
        )
        return result
