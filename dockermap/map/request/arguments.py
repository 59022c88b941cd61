"""Keyword arguments that a caller gives for a container, in the configuration's words or in those of the SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...exceptions import located
from ..policy.options import CONFIG_ARGUMENTS, CREATE_OPTIONS, option_values, sort_arguments
from . import Kwargs, with_config
from .lists import update_kwargs

if TYPE_CHECKING:
    from ..config._object import ConfigurationObject
    from . import ActionConfig

_PASSED_ON = frozenset(('create_options', 'host_config'))


def creation_arguments(kwargs: Mapping[str, object]) -> dict[str, Any]:
    """Those arguments of a call that say how a container is made; others may be for stopping it before."""
    return {name: value for name, value in kwargs.items() if name in CONFIG_ARGUMENTS or name in CREATE_OPTIONS}


def with_call_arguments(action: ActionConfig, kwargs: Kwargs) -> tuple[ActionConfig, dict[str, Any]]:
    """An action whose configuration has a call's arguments merged in, and what remains for the creating call.

    :raises ValueError: A value is not understood.
    """
    if not kwargs:
        return action, {}
    settings: list[tuple[str, object]] = []
    passed: dict[str, dict[str, Any]] = {'create_options': {}, 'host_config': {}}
    others: dict[str, Any] = {}
    for name, value in kwargs.items():
        setting = CONFIG_ARGUMENTS.get(name)
        if setting in _PASSED_ON:
            with located(name):
                update_kwargs(passed[setting], option_values(value))
        elif setting:
            settings.append((setting, value))
        else:
            others[name] = value
    if settings:
        action = with_config(action, _merged(action.config, settings))
    create, host = sort_arguments(option_values(others))
    update_kwargs(passed['create_options'], create)
    update_kwargs(passed['host_config'], host)
    remaining = passed['create_options']
    if passed['host_config']:
        remaining['host_config'] = passed['host_config']
    return action, remaining


def _merged(config: ConfigurationObject, settings: list[tuple[str, object]]) -> ConfigurationObject:
    merged = config.copy()
    for name, value in settings:
        merged.merge_from_dict({name: value})
    return merged
