"""Arguments of creating calls as the SDK sends them, so that different ways to say the same are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ... import docker_api
from ...functional import resolve_deep
from ...utils import engine_text
from ..input import ItemType
from ..policy.options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS, CreateOption, sort_arguments
from ..policy.ownership import without_own_labels
from .host_config import api_version, host_config_object

if TYPE_CHECKING:
    from . import ActionConfig

_NOT_DESCRIBED = frozenset(('name', 'image', 'host_config'))
_EMPTY_COUNTS = frozenset(('entrypoint',))
"""Arguments that mean something when they are empty: no entrypoint, instead of the image's."""

_FALSE_COUNTS = frozenset(('init',))
_DEFAULTS: dict[tuple[bool, str], object] = {(True, 'driver'): 'local', (False, 'driver'): 'bridge'}
_HOST_KEYS = {option.path[1]: name for name, option in CREATE_OPTIONS.items() if option.host and option.path}
_CREATE_KEYS = {option.path[1]: name for name, option in CREATE_OPTIONS.items() if not option.host and option.path}


def label_dict(labels: object) -> Any:
    """Labels as a dictionary; a list has names of labels without value."""
    return dict.fromkeys(labels, '') if isinstance(labels, (list, tuple)) else labels


def sent_arguments(action: ActionConfig, kwargs: Mapping[str, Any]) -> dict[str, object]:
    """By argument, what is sent for it; without what says nothing, and what is judged by the engine's state alone."""
    if 'image' in kwargs:
        found = payload_arguments(action, kwargs)
        return _told(found, CREATE_OPTIONS)
    is_volume = action.config_id.config_type == ItemType.VOLUME
    found = {name: value for name, value in kwargs.items() if name not in _NOT_DESCRIBED}
    if found.get('driver') == _DEFAULTS[is_volume, 'driver']:
        del found['driver']
    return _told(found, VOLUME_OPTIONS if is_volume else NETWORK_OPTIONS)


def _told(found: Mapping[str, object], options: Mapping[str, CreateOption]) -> dict[str, object]:
    arguments: dict[str, object] = {}
    for name, value in found.items():
        option = options.get(name)
        if (option is not None and option.live) or not says_something(name, value):
            continue
        plain = _PLAIN.get(name, _resolved)(value)
        if says_something(name, plain):
            arguments[name] = plain
    return arguments


def says_something(name: str, value: object) -> bool:
    if value is None:
        return False
    if value is False:
        return name in _FALSE_COUNTS
    return name in _EMPTY_COUNTS or not (isinstance(value, (str, list, dict)) and not value)


def payload_arguments(action: ActionConfig, kwargs: Mapping[str, Any]) -> dict[str, object]:
    """By argument of the call that creates a container, what is sent for it."""
    create, host = sort_arguments({name: value for name, value in kwargs.items() if name not in _NOT_DESCRIBED})
    known = {name: create.pop(name) for name in tuple(create) if name in CREATE_OPTIONS and CREATE_OPTIONS[name].path}
    config = docker_api.container_config(api_version(action), kwargs['image'], known.pop('command', None), **known)
    host_payload = dict(kwargs.get('host_config') or {})
    if host:
        host_payload = {**host_config_object(action, host), **host_payload}
    return {
        **create,
        **{name: config[key] for key, name in _CREATE_KEYS.items() if key in config},
        **{_HOST_KEYS.get(str(key), str(key)): value for key, value in host_payload.items()},
    }


def _resolved(value: object) -> object:
    plain: object = resolve_deep(value)
    return plain


def _own_labels(value: object) -> object:
    labels: object = label_dict(value)
    return without_own_labels(labels) if isinstance(labels, Mapping) else labels


def _sorted_texts(value: Any) -> list[str] | None:
    return sorted(engine_text(item) for item in value) if value else None


_PLAIN: dict[str, Callable[[object], object]] = {
    'environment': _sorted_texts,
    'labels': _own_labels,
}
