"""Stopping containers, and waiting for it."""
from __future__ import annotations

import logging
import signal
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...docker_api import is_conflict, is_not_found, is_timeout

if TYPE_CHECKING:
    from . import ActionConfig

log = logging.getLogger(__name__)

_DEFAULT_SECONDS = 10
_KILL_SECONDS = 10
_AT_ONCE_SECONDS = 0.1
_REMOVAL_SECONDS = 10.0
_REMOVAL_POLL = 0.1


def is_default_signal(stop_signal: Any) -> bool:
    """Whether a signal is the one that engines send anyway."""
    name = str(stop_signal or 'SIGTERM').strip().upper()
    return name.removeprefix('SIG') == 'TERM' or name == str(signal.SIGTERM.value)


def stop_gently(action: ActionConfig, stop_kwargs: Mapping[str, Any]) -> Any:
    """Have the engine stop a container; if its answer takes too long, wait for the container instead."""
    try:
        return action.client.stop(**stop_kwargs)
    except Exception as error:
        if not is_timeout(error):
            raise
        name = stop_kwargs['container']
        log.warning('Stopping container %s on client %s takes long; waiting for it to end.', name, action.client_name)
        _has_ended(action, name, _seconds(stop_kwargs))
        return None


def stop_with_signal(action: ActionConfig, stop_kwargs: Mapping[str, Any], stop_signal: Any) -> None:
    """Send a signal, and where that does not end the container in time, kill it."""
    name = stop_kwargs['container']
    if not _kill(action, name, stop_signal) or _has_ended(action, name, _seconds(stop_kwargs)):
        return
    log.warning('Container %s on client %s did not end after %s; it is killed.', name, action.client_name, stop_signal)
    if _kill(action, name, 'SIGKILL'):
        _has_ended(action, name, _KILL_SECONDS)


def _seconds(stop_kwargs: Mapping[str, Any]) -> float | None:
    """How long to wait for the end of a container; ``None`` is for ever."""
    timeout = stop_kwargs.get('timeout')
    if timeout is None:
        return _DEFAULT_SECONDS
    if timeout < 0:
        return None
    return float(timeout) or _AT_ONCE_SECONDS


def _kill(action: ActionConfig, name: str, stop_signal: Any) -> bool:
    """Send a signal; false if the container did not run any more."""
    try:
        action.client.kill(name, signal=stop_signal)
    except Exception as error:
        if is_conflict(error):
            return False
        raise
    return True


def _has_ended(action: ActionConfig, name: str, seconds: float | None) -> bool:
    try:
        action.client.wait(name, timeout=seconds)
    except Exception as error:
        if is_timeout(error):
            return False
        raise
    return True


def await_removal(action: ActionConfig, name: str) -> None:
    """Wait while the engine removes a container by itself."""
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while time.monotonic() < deadline:
        try:
            action.client.inspect_container(name)
        except Exception as error:
            if is_not_found(error):
                return
            raise
        time.sleep(_REMOVAL_POLL)
