"""What creating calls can say, and the check of what configurations pass on to them.

Arguments may stand in ``create_options`` or in ``host_config``, they are sorted by these tables. Some names mean
something in both vocabularies, that of configurations and that of the SDK (``binds``, ``links``, ``network_mode``,
``healthcheck``, ``stop_signal``, ``stop_timeout``, ``user``): as an argument of a call, the configuration's meaning
counts, and the SDK's form goes into ``create_options={...}`` or ``host_config={...}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS, CreateOption
from ...exceptions import located
from ...functional import resolve_value
from ..config._option_shapes import option_shape
from ..input import NotSet
from ._validate import check_container_path, check_host_path, validate_items
from .utils import init_options

__all__ = [
    'CONFIG_ARGUMENTS',
    'CREATE_OPTIONS',
    'NETWORK_OPTIONS',
    'VOLUME_OPTIONS',
    'CreateOption',
    'check_container_path',
    'check_host_path',
    'option_values',
    'sort_arguments',
    'unknown_options',
    'validate_items',
]

CONFIG_ARGUMENTS: dict[str, str] = {
    **{
        name: name
        for name in (
            'attaches',
            'binds',
            'create_options',
            'exec_commands',
            'exposes',
            'healthcheck',
            'host_config',
            'links',
            'network_mode',
            'networks',
            'permissions',
            'shares',
            'start_delay',
            'stop_signal',
            'stop_timeout',
            'user',
            'uses',
        )
    },
    'expose': 'exposes',
    'start_options': 'host_config',
}
"""Arguments of calls that mean a property of the container's configuration, with the name of that property."""


def option_values(
    options: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None,
    known: Mapping[str, CreateOption] = CREATE_OPTIONS,
) -> dict[str, Any]:
    """Arguments in the forms that creating calls take, with late values resolved; unknown names as they are.

    :param options: A mapping, or a function or late value that returns one.
    :raises ValueError: A value is none of its argument; the text starts with the argument's name.
    """
    values: dict[str, Any] = {}
    for name, value in init_options(options).items():
        with located(str(name)):
            values[name] = _option_value(known.get(name), _resolved(value))
    return values


def _option_value(option: CreateOption | None, value: Any) -> Any:
    return value if option is None or value is NotSet else option_shape(option).convert(value)


def _resolved(value: Any) -> Any:
    """The value, and what is one level inside of lists and mappings."""
    resolved = resolve_value(value)
    if type(resolved) in (list, tuple):
        return type(resolved)(map(resolve_value, resolved))
    return {name: resolve_value(item) for name, item in resolved.items()} if type(resolved) is dict else resolved


def sort_arguments(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments for ``create_container`` and those for the host configuration; unknown ones are among the former."""
    create: dict[str, Any] = {}
    host: dict[str, Any] = {}
    for name, value in arguments.items():
        option = CREATE_OPTIONS.get(name)
        (host if option is not None and option.host else create)[name] = value
    return create, host


def unknown_options(names: Iterable[str]) -> list[str]:
    """Those of the names that neither ``create_container`` nor ``HostConfig`` has, in order."""
    return [name for name in names if name not in CREATE_OPTIONS]
