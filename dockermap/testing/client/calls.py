"""How a call goes from a client to the engine: recorded, delayed, hit by faults."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from ...docker_api import APIError
from ..errors import OnlyReads, connection_lost, read_timeout
from ..record import READING_CALLS, Call

if TYPE_CHECKING:
    from ..model import EngineModel
    from .base import BaseClient

__all__ = ['request']

P = ParamSpec('P')
R = TypeVar('R')
C = TypeVar('C', bound='BaseClient')


def request(method: Callable[Concatenate[C, P], R]) -> Callable[Concatenate[C, P], R]:
    """Make a method of a client a request to its engine."""
    signature = inspect.signature(method)
    name = method.__name__

    @wraps(method)
    def carried_out(client: C, *args: P.args, **kwargs: P.kwargs) -> R:
        arguments = dict(signature.bind(client, *args, **kwargs).arguments)
        del arguments['self']
        arguments.update(arguments.pop('kwargs', {}))
        engine = client.engine
        with engine.clock.inside():
            if client.read_only and name not in READING_CALLS:
                raise OnlyReads(f'{name} of a client that only reads was called with {arguments}.')
            about = subject(engine, name, arguments)
            engine.calls.append(Call(name, arguments, about))
            if engine.unreachable:
                raise connection_lost()
            with engine.faults.around(name, client.timeout):
                is_late = _delay(engine, client, name)
                try:
                    result = method(client, *args, **kwargs)
                except APIError as error:
                    raise engine.flavour.refused(name, error) from None
                if is_late:
                    raise read_timeout(client.timeout, name)
                return engine.reports.answer(name, about, engine.flavour.answer(name, result))

    return carried_out  # type: ignore[return-value]


def _delay(engine: EngineModel, client: BaseClient, method: str) -> bool:
    """Let the time pass that a call takes; whether the client gives up on it."""
    seconds = engine.delays.get(method, engine.delays.get('*', 0))
    if seconds:
        engine.clock.sleep(min(seconds, client.timeout))
    return seconds > client.timeout


def subject(engine: EngineModel, method: str, arguments: dict[str, object]) -> str:
    """What a call is about: names of items, also where it has ids."""
    if method == 'pull':
        repository, tag = arguments['repository'], arguments.get('tag')
        return f'{repository}:{tag}' if tag else str(repository)
    if method == 'login':
        return str(arguments.get('registry') or '')
    shown = []
    for key in ('net_id', 'container', 'exec_id', 'image', 'name', 'repository'):
        value = arguments.get(key)
        if isinstance(value, dict):
            value = value.get('Id', value.get('ID'))
        if value and not (key == 'image' and method == 'create_container'):
            shown.append(_name(engine, key, str(value)))
    return ' '.join(shown)


def _name(engine: EngineModel, key: str, reference: str) -> str:
    try:
        if key == 'net_id':
            return engine.networks.get(reference).name
        if key == 'container':
            return engine.containers.get(reference).name
        if key == 'exec_id':
            return engine.execs.get(reference).container.name
    except APIError:
        pass
    return reference
