"""Operations for a script or a single command in a container that is created for it."""

from __future__ import annotations

import logging
import os.path
import posixpath
import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ....functional import resolve_value
from ..._describe import describe_item
from ...action import Action, ContainerUtilAction
from ...policy.ownership import PURPOSE_LABEL, SCRIPT
from ...policy.replaced import RUN
from ...policy.utils import init_options
from ...request import ActionConfig, with_config
from ...request.settings import container_settings, features_of
from ..operation import Condition, Undo
from .files import put_files
from .steps import Reader, Responses

if TYPE_CHECKING:
    from ...config._object import ConfigurationObject
    from .expansion import Expansion

log = logging.getLogger(__name__)

_PLACEHOLDER = '{script_path}'
_STOP_SECONDS = 3
SCRIPT_MARGIN, _LONGEST_SCRIPT = 600.0, 86400.0
_NOT_FOR_SCRIPTS = ('auto_remove', 'restart_policy')
_LOCAL_URLS = ('unix:', 'http+unix:', 'http+docker://localhost', 'npipe:', 'tcp://127.', 'tcp://localhost')
SCRIPT_DIRECTORY = '/tmp/script_run'
"""Where scripts are in their containers, if nothing else is said."""

TIMED_OUT = 'Timed out while waiting for the script to end.'


def script(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Run a script of the engine's host, or a command, in a new container."""
    return _script(plan, _once(action), name, **kwargs)


def _script(
    plan: Expansion,
    action: ActionConfig,
    name: str,
    script_path: str | None = None,
    entrypoint: object = None,
    command_format: object = None,
    wait_timeout: float | None = None,
    container_script_dir: str = SCRIPT_DIRECTORY,
    timestamps: bool | None = None,
    tail: str | int = 'all',
) -> Reader:
    call = _script_call(action, script_path, command_format, container_script_dir)
    put_files(plan, action, name, is_new=True)
    created = plan.sub_step(action, name, Action.CREATE, call.create_kwargs(entrypoint))
    seconds = script_timeout(action, wait_timeout)
    _limit(plan, created, seconds)
    plan.require_answer(created, f'{describe_item(action.config_id)} could not be created for the script.')
    removal, ending = _clean_up(plan, action, name, False), _clean_up(plan, action, name, True)
    with plan.undone_by(removal):
        plan.sub_step(action, name, ContainerUtilAction.CONNECT_ALL, {})
        plan.sub_step(action, name, Action.START, call.start_kwargs(action))
    wait_kwargs = plan.builder.get_container_wait_kwargs(
        action, name, kwargs={} if seconds is None else {'timeout': seconds}
    )
    text = (
        f'The script in container {name} on client {action.client_name} did not end in time. The container is left '
        'as it is.'
    )
    waited = plan.add(action, 'wait', wait_kwargs, tolerates={'timeout': text}, undo=ending)
    has_ended = Condition(waited)
    looked = plan.add(action, 'inspect_container', {'container': name}, condition=has_ended, undo=removal)
    logged = plan.add(
        action, 'logs', {'container': name, 'timestamps': timestamps, 'tail': tail}, condition=has_ended, undo=removal
    )
    if getattr(plan.builder, 'remove_created_after', True):
        with plan.only_if(has_ended):
            removed = plan.sub_step(action, name, Action.REMOVE, {})
        plan.tolerate(
            removed,
            f'The script in container {name} on client {action.client_name} has ended, but the container could not be '
            'removed; the next script for it will do that.',
        )

    def read(responses: Responses) -> dict[str, Any]:
        result = {'id': responses[created]['Id'], 'client': action.client_name}
        if looked not in responses:
            return {**result, 'error': TIMED_OUT}
        return {**result, 'exit_code': responses[looked]['State']['ExitCode'], 'log': responses[logged]}

    return read


def _limit(plan: Expansion, created: int, seconds: object) -> None:
    """Have the container's label say how long the script may run: whoever comes later need not spare it then."""
    operation = plan.operations[created]
    labels = operation.arguments.get('labels') or {}
    if operation.call == 'create_container' and PURPOSE_LABEL in labels:
        limit = SCRIPT_MARGIN + (float(seconds) if isinstance(seconds, (int, float)) else _LONGEST_SCRIPT)
        arguments = {**operation.arguments, 'labels': {**labels, RUN: str(limit)}}
        plan.operations[created] = replace(operation, arguments=arguments)


def _clean_up(plan: Expansion, action: ActionConfig, name: str, is_running: bool) -> Undo | None:
    """Stop and remove the container; the error that led to it counts more than one that happens meanwhile."""
    if not getattr(plan.builder, 'remove_created_after', True):
        return None
    stop = plan.undoing(action, 'stop', {'container': name, 'timeout': _STOP_SECONDS})
    remove = plan.undoing(action, 'remove_container', plan.builder.get_container_remove_kwargs(action, name))
    return Undo((stop, remove) if is_running else (remove,), message='')


class _ScriptCall(NamedTuple):
    command: object
    bind: str | None = None
    container_dir: str | None = None

    def create_kwargs(self, entrypoint: object) -> dict[str, Any]:
        kwargs: dict[str, object] = {'entrypoint': entrypoint, 'command': self.command}
        if self.bind:
            kwargs.update(volumes=[self.container_dir], host_config={'binds': [self.bind]})
        return kwargs

    def start_kwargs(self, action: ActionConfig) -> dict[str, Any]:
        if not self.bind or features_of(action)['host_config']:
            return {}
        return {'host_config': {'binds': [self.bind]}}


def _once(action: ActionConfig) -> ActionConfig:
    """A script runs once, whatever the configuration says, and its container stays to be asked how it ended."""
    given: ConfigurationObject = action.config
    config = given.copy()
    for place in ('create_options', 'host_config'):
        options = init_options(getattr(config, place))
        setattr(config, place, {name: value for name, value in options.items() if name not in _NOT_FOR_SCRIPTS})
    return with_config(action, config)._replace(purpose=SCRIPT)


def _script_call(
    action: ActionConfig, script_path: str | None, command_format: object, container_dir: str
) -> _ScriptCall:
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
    command = formatted_command(command_format, container_path)
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


def formatted_command(command_format: object, container_path: str) -> str | list[str] | None:
    """The command with the path of the script; other braces are the command's own."""
    if not command_format:
        return None
    if isinstance(command_format, str):
        # What is in quotes already is left to them.
        parts = re.split(rf'(["\']?){re.escape(_PLACEHOLDER)}', command_format)
        quoted = [(quote + container_path) if quote else shlex.quote(container_path) for quote in parts[1::2]]
        return parts[0] + ''.join(path + text for path, text in zip(quoted, parts[2::2], strict=True))
    if isinstance(command_format, (list, tuple)):
        return [str(part).replace(_PLACEHOLDER, container_path) for part in command_format]
    raise ValueError(f'command_format: expected a text or a list of texts, found {type(command_format).__name__}.')


def script_timeout(action: ActionConfig, wait_timeout: float | None) -> object:
    """The first that is set: the call's, the configuration's, the client's; nothing leaves it to ``wait_timeout``."""
    stop_timeout: object = resolve_value(container_settings(action).stop_timeout)
    timeouts: tuple[object, ...] = (wait_timeout, stop_timeout, action.client_config.timeout)
    for value in timeouts:
        if value:
            return value
    return None
