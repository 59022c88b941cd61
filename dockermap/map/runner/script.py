"""Scripts and single commands in containers that are made for them."""
from __future__ import annotations

import logging
import os.path
import posixpath
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ...docker_api import is_timeout
from ...functional import resolve_value
from .._describe import describe_item
from ..action import ContainerUtilAction
from ..exceptions import ScriptRunException
from ..input import ItemType
from ..policy.utils import init_options
from ._parts import RunnerPart, with_config

if TYPE_CHECKING:
    from . import ActionConfig, ActionMethod

__all__ = ['ScriptMixin']

log = logging.getLogger(__name__)

_PLACEHOLDER = '{script_path}'
_STOP_SECONDS = 3
_NOT_FOR_SCRIPTS = ('auto_remove', 'restart_policy')
_LOCAL_URLS = ('unix:', 'http+unix:', 'http+docker://localhost', 'npipe:', 'tcp://127.', 'tcp://localhost')


class ScriptMixin(RunnerPart):
    """Runs a script or a command in a new container.

    ``remove_created_after`` removes the container afterwards.
    """

    remove_created_after: bool = True
    policy_options = ['remove_created_after']
    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.CONTAINER, ContainerUtilAction.SCRIPT, 'run_script'),
    ]

    def run_script(self, action: ActionConfig, name: str, script_path: str | None = None, entrypoint: Any = None,
                   command_format: str | list[str] | tuple[str, ...] | None = None, wait_timeout: float | None = None,
                   container_script_dir: str = '/tmp/script_run', timestamps: bool | None = None,
                   tail: str | int = 'all') -> dict[str, Any]:
        """Run a script of the engine's host, or a command, in a new container.

        :param script_path: Absolute path of a file or directory on the host. Of a file, the directory is mounted.
          Whether it is a directory is looked up if the engine is on this machine, otherwise a slash at the end says so.
        :param command_format: Command; ``{script_path}`` in it becomes the script's path in the container.
        :param wait_timeout: How many seconds it may take. If it takes longer, the container is left as it is.
        :return: ``id`` and ``client``; ``exit_code`` and ``log``, or after the timeout ``error``.
        :raises ScriptRunException: The container was not created.
        :raises ValueError: ``script_path`` is relative, or ``command_format`` of another type.
        """
        action = _once(action)
        call = _script_call(action, script_path, command_format, container_script_dir)
        response = self.create_container(action, name, **call.create_kwargs(entrypoint))
        if not response:
            raise ScriptRunException(f'{describe_item(action.config_id)} could not be created for the script.')
        result: dict[str, Any] = {'id': response['Id'], 'client': action.client_name}
        has_ended = True
        try:
            self.connect_all_networks(action, name)
            self.start_container(action, name, **call.start_kwargs(action))
            has_ended = False
            has_ended = self._wait_for_script(action, name, wait_timeout)
            if not has_ended:
                return {**result, 'error': 'Timed out while waiting for the script to end.'}
            result['exit_code'] = action.client.inspect_container(response['Id'])['State']['ExitCode']
            result['log'] = action.client.logs(name, timestamps=timestamps, tail=tail)
        except Exception:
            self._clean_up_failure(action, name, has_ended)
            raise
        if self.remove_created_after:
            self.remove_container(action, name)
        return result

    def _wait_for_script(self, action: ActionConfig, name: str, wait_timeout: float | None) -> bool:
        """Whether the script ended in time."""
        seconds = _script_timeout(action, wait_timeout)
        kwargs = {} if seconds is None else {'timeout': seconds}
        try:
            action.client.wait(**self.get_container_wait_kwargs(action, name, kwargs=kwargs))
        except Exception as error:
            if not is_timeout(error):
                raise
            log.warning('The script in container %s on client %s did not end in time. The container is left as it is.',
                        name, action.client_name)
            return False
        return True

    def _clean_up_failure(self, action: ActionConfig, name: str, has_ended: bool) -> None:
        """Stop and remove the container; the error that led to it counts more than one that happens meanwhile."""
        if not self.remove_created_after:
            return
        try:
            if not has_ended:
                action.client.stop(container=name, timeout=_STOP_SECONDS)
            self.remove_container(action, name)
        except Exception as error:
            log.warning('Container %s on client %s could not be removed: %s', name, action.client_name, error)


class _ScriptCall(NamedTuple):
    command: Any
    bind: str | None = None
    container_dir: str | None = None

    def create_kwargs(self, entrypoint: Any) -> dict[str, Any]:
        kwargs: dict[str, Any] = {'entrypoint': entrypoint, 'command': self.command}
        if self.bind:
            kwargs.update(volumes=[self.container_dir], host_config={'binds': [self.bind]})
        return kwargs

    def start_kwargs(self, action: ActionConfig) -> dict[str, Any]:
        if not self.bind or action.client_config.features['host_config']:
            return {}
        return {'host_config': {'binds': [self.bind]}}


def _once(action: ActionConfig) -> ActionConfig:
    """A script runs once, whatever the configuration says, and its container stays to be asked how it ended."""
    config = action.config.copy()
    for place in ('create_options', 'host_config'):
        options = init_options(getattr(config, place))
        setattr(config, place, {name: value for name, value in options.items() if name not in _NOT_FOR_SCRIPTS})
    return with_config(action, config)


def _script_call(action: ActionConfig, script_path: str | None, command_format: Any, container_dir: str) -> _ScriptCall:
    if not script_path:
        return _ScriptCall(command_format)
    path = os.fspath(script_path)
    if not path.startswith('/') and not os.path.isabs(path):
        raise ValueError(f"script_path: expected an absolute path on the engine's host, found {path!r}.")
    if _is_directory(action, path):
        host_dir, container_path = path.rstrip('/') or '/', container_dir
    else:
        host_dir, file_name = os.path.split(path)
        container_path = posixpath.join(container_dir, file_name)
    command = _formatted(command_format, container_path)
    return _ScriptCall(command, f'{host_dir}:{container_dir}:rw', container_dir)


def _is_directory(action: ActionConfig, path: str) -> bool:
    if path.endswith('/'):
        return True
    if not _is_local(action):
        return False
    if not os.path.exists(path):
        log.warning('script_path: there is nothing at %s on this machine.', path)
    return os.path.isdir(path)


def _is_local(action: ActionConfig) -> bool:
    url = action.client_config.base_url
    return not url or str(url).startswith(_LOCAL_URLS)


def _formatted(command_format: Any, container_path: str) -> Any:
    """The command with the path of the script; other braces are the command's own."""
    if not command_format:
        return None
    if isinstance(command_format, str):
        return command_format.replace(_PLACEHOLDER, container_path)
    if isinstance(command_format, (list, tuple)):
        return [str(part).replace(_PLACEHOLDER, container_path) for part in command_format]
    raise ValueError(f'command_format: expected a text or a list of texts, found {type(command_format).__name__}.')


def _script_timeout(action: ActionConfig, wait_timeout: float | None) -> Any:
    """The first that is set: the call's, the configuration's, the client's; nothing leaves it to ``wait_timeout``."""
    stop_timeout = resolve_value(action.config.stop_timeout)
    for value in (wait_timeout, stop_timeout, action.client_config.timeout):
        if value:
            return value
    return None
