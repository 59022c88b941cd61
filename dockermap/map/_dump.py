"""Maps as YAML, in the short forms that people write."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from ..exceptions import InputError
from ..functional import is_late
from .input import (
    ContainerLink,
    Dependency,
    ExecCommand,
    ExecPolicy,
    HealthCheck,
    HostVolume,
    NetworkEndpoint,
    NotSet,
    PortBinding,
    SharedVolume,
    UsedVolume,
)

if TYPE_CHECKING:
    from .config import ConfigurationObject
    from .config.main import ContainerMap

__all__ = ['map_document', 'map_text', 'time_text', 'yaml_text']

_LINE = 80
_SECTIONS = ('networks', 'volumes', 'host', 'containers')
_UNITS = ((3600 * 10**9, 'h'), (60 * 10**9, 'm'), (10**9, 's'), (10**6, 'ms'), (10**3, 'us'), (1, 'ns'))
_FIELD_NAMES = frozenset(('name', 'container', 'exposed_port', 'network_name', 'cmd', 'path'))
"""Keys that a mapping with the fields of one entry is known by, so that no entry can be written with these."""


class _Pair(NamedTuple):
    """An entry as a key, and what is said of it; ``None`` if that is nothing."""

    key: Any
    value: object


class _Dumper(yaml.SafeDumper):
    """Writes each value where it stands, without references."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def map_text(container_map: ContainerMap) -> str:
    """A YAML document that :func:`~dockermap.map.yaml.load_map` makes an equal map of.

    :raises ValueError: The map has a value that cannot be written, such as a late one.
    """
    return yaml_text(map_document(container_map))


def yaml_text(document: object) -> str:
    """A document as YAML, where mappings keep their order.

    :raises ValueError: It has a value that cannot be written.
    """
    try:
        return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    except yaml.representer.RepresenterError as error:
        raise InputError(f'A value cannot be written as YAML: {error.args[-1]!r}.') from error


def map_document(container_map: ContainerMap) -> dict[str, object]:
    """Name and settings of a map, as far as they are set, in short forms."""
    container_map.clean()
    settings = container_map.as_dict(unset=False)
    found: dict[str, object] = {'name': container_map.name}
    found.update((name, value) for name, value in settings.items() if name not in _SECTIONS)
    sections = {'networks': container_map.networks, 'volumes': container_map.volumes}
    for name, entries in sections.items():
        if len(entries):
            found[name] = {key: entry.as_dict(unset=False) or None for key, entry in entries.items()}
    if settings.get('host'):
        found['host'] = settings['host']
    if len(container_map.containers):
        found['containers'] = {key: _container(entry) or None for key, entry in container_map.containers.items()}
    return found


def _container(config: ConfigurationObject) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, plain in config.as_dict(unset=False).items():
        found[name] = _short(name, config[name], plain)
    by_instance: Any = found.pop('instance_settings', None)
    if by_instance:
        own = {name: _container(type(config)(settings)) for name, settings in config['instance_settings'].items()}
        found['instances'] = {name: own.get(name) for name in config['instances']}
    return found


def _short(name: str, value: Any, plain: object) -> object:
    if is_late(value):
        return value
    if name == 'healthcheck':
        return _healthcheck(value)
    if name == 'network_mode' and isinstance(value, tuple):
        return '.'.join(filter(None, value))
    form = _FORMS.get(name)
    return plain if form is None else _entries(value, form)


def _entries(values: Iterable[Any], form: Callable[[Any], _Pair | None]) -> object:
    """Entries as one mapping, or as a list where that cannot be."""
    items = list(values)
    pairs = [form(item) for item in items]
    known = [pair for pair in pairs if pair is not None]
    keys = {str(pair.key) for pair in known if isinstance(pair.key, Hashable) and pair.key not in _FIELD_NAMES}
    has_values = any(pair.value is not None for pair in known)
    if has_values and len(keys) == len(items) and not any(is_late(pair.key) for pair in known):
        return {pair.key: pair.value for pair in known}
    return [_element(item, pair) for item, pair in zip(items, pairs, strict=True)]


def _element(item: Any, pair: _Pair | None) -> object:
    if pair is None or pair.key in _FIELD_NAMES:
        return _fields(item)
    return pair.key if pair.value is None else {pair.key: pair.value}


def _fields(item: Any) -> dict[str, object]:
    return {name: value for name, value in item._asdict().items() if value not in (None, [], False)}


def _volume(volume: SharedVolume | HostVolume | UsedVolume) -> _Pair:
    place = getattr(volume, 'host_path', None) or getattr(volume, 'path', None)
    if isinstance(volume, SharedVolume):
        return _Pair(volume.name, 'ro' if volume.readonly else None)
    return _Pair(volume[0], [place, 'ro'] if volume.readonly else place)


def _link(link: ContainerLink) -> _Pair:
    return _Pair(link.container, link.alias or None)


def _dependency(dependency: Dependency) -> _Pair:
    return _Pair(dependency.container, dependency.condition)


def _port(port: PortBinding) -> _Pair:
    if port.host_port is None or not (port.interface or port.ipv6):
        return _Pair(port.exposed_port, port.host_port)
    place = [port.host_port, port.interface]
    return _Pair(port.exposed_port, [*place, True] if port.ipv6 else place)


def _endpoint(endpoint: NetworkEndpoint) -> _Pair:
    fields = {name: value for name, value in _fields(endpoint).items() if name != 'network_name'}
    if endpoint.links:
        fields['links'] = _entries(endpoint.links, _link)
    return _Pair(endpoint.network_name, fields.get('aliases') if fields.keys() <= {'aliases'} else fields)


def _command(command: ExecCommand) -> _Pair | None:
    return None


_FORMS: Mapping[str, Callable[[Any], _Pair | None]] = {
    'attaches': _volume,
    'binds': _volume,
    'depends_on': _dependency,
    'exec_commands': _command,
    'exposes': _port,
    'links': _link,
    'networks': _endpoint,
    'uses': _volume,
}
"""Short forms of entries, by property."""


def _healthcheck(check: object) -> object:
    if not isinstance(check, HealthCheck):
        return None if check is NotSet else check
    if check.test is None:
        return 'NONE'
    # Its own dict leaves out zeros.
    fields = [(name, value) for name, value in zip(check._fields, check, strict=True) if value is not None]
    return {name: time_text(value) if name not in ('test', 'retries') else value for name, value in fields}


def time_text(value: object) -> object:
    """Nanoseconds with the largest unit that gives a whole number; other values as they are."""
    if not isinstance(value, int) or not value:
        return value
    return next(f'{value // size}{unit}' for size, unit in _UNITS if not value % size)


def _represent_list(dumper: yaml.SafeDumper, values: list[object]) -> yaml.Node:
    is_short = all(isinstance(value, (str, int, float)) for value in values) and len(str(values)) < _LINE
    return dumper.represent_sequence('tag:yaml.org,2002:seq', values, flow_style=is_short)


def _represent_policy(dumper: yaml.SafeDumper, value: ExecPolicy) -> yaml.Node:
    return dumper.represent_str(str(value.value))


_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(ExecPolicy, _represent_policy)
