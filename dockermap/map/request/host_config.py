"""The SDK's host configuration from arguments, with values as engines expect them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ... import docker_api
from ...utils import engine_text

if TYPE_CHECKING:
    from . import ActionConfig

_ASSUMED_VERSION = '1.44'


def api_version(action: ActionConfig) -> str:
    """Version of the API that a client speaks; where it is not known, one that has everything the SDK can say."""
    version = str(action.client_config.version or '')
    return version if version[:1].isdigit() else _ASSUMED_VERSION


def texts(values: object) -> object:
    """A mapping with all values as texts; nothing stays nothing, and what is no mapping as it is."""
    if not isinstance(values, Mapping):
        return values
    return {engine_text(name): None if value is None else engine_text(value) for name, value in values.items()}


def _log_config_texts(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {name: texts(item) if name in ('config', 'Config') else item for name, item in value.items()}


def _merged_ports(bindings: object) -> object:
    """Bindings with one key for each port. The SDK would keep only the last of ``80``, ``'80'`` and ``'80/tcp'``."""
    if not isinstance(bindings, Mapping):
        return bindings
    names = [str(port) if '/' in str(port) else f'{port}/tcp' for port in bindings]
    if len(set(names)) == len(names):
        return bindings
    merged: dict[str, list[object]] = {}
    for name, published in zip(names, bindings.values(), strict=True):
        merged.setdefault(name, []).extend(published if isinstance(published, list) else [published])
    return merged


_CONVERSIONS: dict[str, Callable[[object], object]] = {
    'annotations': texts,
    'log_config': _log_config_texts,
    'port_bindings': _merged_ports,
    'storage_opt': texts,
    'sysctls': texts,
}


def host_config_object(action: ActionConfig, arguments: Mapping[str, object]) -> dict[str, Any]:
    """A ``HostConfig`` of the arguments."""
    converted: dict[str, Any] = {
        name: _CONVERSIONS[name](value) if name in _CONVERSIONS else value for name, value in arguments.items()
    }
    if converted.get('network_mode') == 'host' and converted.get('port_bindings'):
        # The SDK refuses the combination, while engines ignore ports that are on the host anyway.
        converted['port_bindings'] = {}
    return docker_api.host_config(api_version(action), **converted)
