"""Which values people may read: in differences, plans, log lines, errors, and ``repr``.

A value is shown only where its property is known to be harmless and the value looks like one of that property. All else
is only said to differ. So whoever adds a property has to decide; without a decision, nothing of it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple

from ..docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS, Type
from ..utils import without_password
from . import _value_texts as texts

__all__ = [
    'HIDDEN',
    'describe_change',
    'has_decision',
    'readable_message',
    'redacted',
    'redacted_values',
    'shown_value',
    'without_password',
]

HIDDEN = '...'
"""Stands for what is not shown."""

_NOTHING = 'not set'


class _Row(NamedTuple):
    """What is said of a property.

    :param words: What people call it; ``{}`` takes what is behind the property's name.
    :param kind: Which values are shown; none are without it.
    :param plural: Whether the words are a plural.
    :param nothing: Text instead of no value.
    :param observed: Whether engines show the value.
    """

    words: str
    kind: texts.Kind | None = None
    plural: bool = False
    nothing: str = _NOTHING
    observed: bool = True

    def differs(self) -> str:
        return f'{self.words} {"differ" if self.plural else "differs"}'

    def text(self, value: object) -> str | None:
        if self.kind is None:
            return None
        return self.nothing if value is None or (isinstance(value, str) and not value) else self.kind(value)


_KINDS: dict[Type, texts.Kind] = {
    Type.ADDRESSES: texts.addresses,
    Type.BINDS: texts.paths,
    Type.CAPABILITIES: texts.words,
    Type.CPUS: texts.cpus,
    Type.CPU_SET: texts.cpu_set,
    Type.FLAG: texts.flag,
    Type.GROUPS: texts.listed(texts.either(texts.number, texts.word)),
    Type.HOST_ADDRESSES: texts.listed(texts.host_address),
    Type.LINKS: texts.links,
    Type.MAC_ADDRESS: texts.address,
    Type.NAME: texts.name,
    Type.NAMES: texts.names,
    Type.NUMBER: texts.number,
    Type.PATH: texts.path,
    Type.PATHS: texts.paths,
    Type.PORTS: texts.ports,
    Type.PORT_BINDINGS: texts.port_bindings,
    Type.RESTART_POLICY: texts.restart_policy,
    Type.SIGNAL: texts.either(texts.number, texts.word),
    Type.SIZE: texts.size,
    Type.USER: texts.either(texts.number, texts.word),
    Type.WORD: texts.word,
    Type.WORDS: texts.words,
}
"""Which values of a type are shown. Those of other types may hold secrets, and never are."""

_PROPERTIES: dict[str, _Row] = {
    **{
        option.name: _Row(option.words, _KINDS.get(option.type), option.plural, observed=option.observed)
        for options in (CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS)
        for option in options.values()
    },
    # What configurations call otherwise, and what only they have.
    'abstract': _Row('abstract', texts.flag),
    'attaches': _Row('attached volumes', texts.paths, plural=True),
    'build': _Row('build'),
    'clients': _Row('clients', texts.names, plural=True),
    'create_options': _Row('creation options', plural=True),
    'default_group': _Row('default group', texts.name),
    'default_path': _Row('default path', texts.path),
    'depends_on': _Row('dependencies', plural=True),
    'driver_options': _Row('driver options', plural=True),
    'env_file': _Row('environment files', texts.paths, plural=True),
    'exec_commands': _Row('exec commands', plural=True),
    'expose': _Row('ports', texts.listed(texts.published_port), plural=True),
    'exposes': _Row('ports', texts.listed(texts.published_port), plural=True),
    'external': _Row('external', texts.either(texts.flag, texts.name)),
    'extends': _Row('extended configurations', texts.names, plural=True),
    'host_config': _Row('host configuration'),
    'image': _Row('image', texts.image),
    'instance_settings': _Row('settings of instances', plural=True),
    'instances': _Row('instances', texts.names, plural=True),
    'job': _Row('job', texts.flag),
    'name': _Row('name', texts.name),
    'networks': _Row('networks', texts.names, plural=True),
    'permissions': _Row('permissions', texts.mode, plural=True),
    'persistent': _Row('persistent', texts.flag),
    'nodes': _Row('nodes', texts.names, plural=True),
    'publish': _Row('publishing', texts.name),
    'endpoint_mode': _Row('endpoint mode', texts.name),
    'replicas': _Row('replicas', texts.number, plural=True),
    'rollout': _Row('rollout', texts.name),
    'configs': _Row('configs', plural=True),
    'secrets': _Row('secrets', plural=True),
    'shares': _Row('shared paths', texts.paths, plural=True),
    'start_delay': _Row('start delay', texts.number),
    'start_options': _Row('host configuration'),
    'uses': _Row('used volumes', texts.paths, plural=True),
    # What is found of an item, and not configured.
    'exit code': _Row('exit code', texts.number),
    'force_update': _Row('update is forced'),
    'mount': _Row('mount', texts.path),
}
"""One row for each property of configurations and each argument of creating calls."""

_PREFIXES: dict[str, _Row] = {
    'attached:': _Row('owner and mode of volume {}', texts.owner_and_mode, plural=True, observed=False),
    'attaches.': _Row('volume at {}', texts.path, nothing='not mounted'),
    'binds.': _Row('bind at {}', texts.path, nothing='not mounted'),
    'configs.': _Row('config {}'),
    'driver_options.': _Row('driver option {}'),
    'environment.': _Row('environment.{}'),
    'networks.': _Row('network {}', texts.connection),
    'secrets.': _Row('secret {}'),
    'uses.': _Row('volume at {}', texts.path, nothing='not mounted'),
}
"""Properties that a name follows."""

_ENDPOINT: dict[str, _Row] = {
    'aliases': _Row('aliases in network {}', texts.words, plural=True, nothing='none'),
    'endpoint': _Row('endpoint in network {}'),
    'ipv4_address': _Row('IPv4 address in network {}', texts.address),
    'ipv6_address': _Row('IPv6 address in network {}', texts.address),
    'link_local_ips': _Row('link-local addresses in network {}', texts.addresses, plural=True, nothing='none'),
    'links': _Row('links in network {}', texts.links, plural=True, nothing='none'),
    'mac_address': _Row('MAC address in network {}', texts.address),
    'gw_priority': _Row('priority of the gateway in network {}', texts.number),
}
"""Properties of the connection to a network, whose name may have dots as well."""

_OTHER_KEYS: dict[str, texts.Kind] = {
    **dict.fromkeys(('config_name', 'container', 'instance_name', 'map_name', 'name', 'network_name'), texts.name),
    **dict.fromkeys(('alias', 'client_name', 'interface', 'tag'), texts.word),
    **dict.fromkeys(('all', 'force', 'ipv6', 'link', 'readonly', 'stream', 'v'), texts.flag),
    **dict.fromkeys(('exit_code', 'exposed_port', 'host_port', 'pid', 'timeout', 'wait_timeout'), texts.number),
    **dict.fromkeys(('aliases', 'left', 'net_id', 'repository', 'resource_id'), texts.names),
    **dict.fromkeys(('host_path', 'path'), texts.path),
    **dict.fromkeys(('ipv4_address', 'ipv6_address', 'link_local_ips'), texts.addresses),
    'id': texts.name,
    'signal': texts.either(texts.number, texts.word),
    'version': texts.word,
    'base_url': lambda value: without_password(value) if isinstance(value, str) else None,
}
"""Keys of arguments and fields beside the properties."""

_SECTIONS_OF_SETTINGS = frozenset(('containers', 'instance_settings', 'networks', 'volumes'))
_NAMED_VALUES = frozenset((
    'args', 'driver_opts', 'driver_options', 'environment', 'labels', 'log_config', 'options', 'sysctls',
))  # fmt: skip
_HARMLESS = frozenset((
    'attaches', 'binds', 'clients', 'context', 'default_domain', 'default_group', 'default_tag', 'depends_on',
    'dockerfile', 'endpoint_mode', 'exposes', 'extends', 'groups', 'host', 'host_root', 'ignore', 'instances', 'links',
    'networks', 'nodes', 'publish', 'replicas', 'repository', 'rollout', 'set_hostname', 'shares', 'target',
    'use_attached_parent_name', 'uses',
))  # fmt: skip
"""Settings that refer to other items, paths and ports, and so are no secrets."""

_OPEN = _HARMLESS | {'interfaces', 'interfaces_ipv6'}
_LINE = re.compile(r' \((?:[^()]*, )?line \d+\)\.?$')

_NESTED = frozenset((
    'arguments', 'create_options', 'disconnected', 'extra_data', 'host_config', 'kwargs', 'reconnect', 'start_options',
    'update_container',
))  # fmt: skip
"""Keys whose values are arguments with names again, or lists of tuples with named fields."""


def shown_value(property: str, value: object) -> str | None:
    """A value of a property as people write it, or ``None`` if it must not be shown."""
    return _row(property, value).text(value)


def describe_change(property: str, wanted: object, found: object) -> str:
    """What is read behind the name of an item with a difference, such as ``memory: 512m → 1g``; always one line.

    A property that is not known, without a value on either side, says all by its name.
    """
    row = _row(property, wanted)
    if property == 'force_update' or (wanted is None and found is None and not has_decision(property)):
        return row.words
    if property in _SENTENCES and (sentence := _SENTENCES[property](wanted, found)):
        return sentence
    new, old = row.text(wanted), row.text(found)
    if new is None or old is None or new == old or max(len(new), len(old)) > texts.MAX_LENGTH:
        return row.differs()
    if property.startswith(('attaches.', 'uses.', 'binds.')) and wanted is None:
        # What should be there is not known, which does not mean that nothing should.
        return row.differs()
    if not row.observed:
        return row.differs() if wanted is None else f'{row.words} should be {new}'
    return f'{row.words}: {old} → {new}'


def readable_settings(settings: Mapping[str, object]) -> dict[str, object]:
    """All settings of a map, as ``as_dict`` gives them, where what must not be read is :data:`HIDDEN`.

    Names of variables, labels and options stay. Late values are not evaluated.
    """
    return {name: _readable(name, value) for name, value in settings.items()}


def _readable(name: str, value: object) -> object:
    if name in _SECTIONS_OF_SETTINGS and isinstance(value, Mapping):
        return {
            str(key): readable_settings(entry) if isinstance(entry, Mapping) else entry for key, entry in value.items()
        }
    if (name in _NESTED or name == 'build') and isinstance(value, Mapping):
        return readable_settings(value)
    if name in _NAMED_VALUES:
        return _with_names(value)
    if name in _HARMLESS:
        return value
    if isinstance(value, Mapping):
        return redacted_values({str(key): item for key, item in value.items()})
    return _redacted_item(name, value)


def _with_names(value: object) -> object:
    if isinstance(value, Mapping):
        return dict.fromkeys(map(str, value), HIDDEN)
    if isinstance(value, (list, tuple)):
        return [f'{str(entry).partition("=")[0]}={HIDDEN}' for entry in value]
    return HIDDEN


def readable_message(path: str, message: str) -> str:
    """What an error of input says, for those who must not see all values; the value that was found is left out then.

    :param path: Of the setting, such as ``shop.web.create_options.environment``.
    """
    said, separator, found = message.partition(' found ')
    if not separator or (found[:1] not in '[({' and _shows_values(path)):
        return message
    line = _LINE.search(found)
    return f'{said} found something else{line[0] if line else "."}'


def _shows_values(path: str) -> bool:
    names = [name for name in re.split(r'[.:]|\[\d+\]', path) if name]
    settings = [name for name in names if name in _OPEN or (name in _PROPERTIES and name not in _NESTED)]
    return bool(settings) and all(name in _OPEN or _PROPERTIES[name].kind is not None for name in settings)


def has_decision(property: str) -> bool:
    """Whether it has been decided what may be shown of a property."""
    return property in _PROPERTIES or property.startswith(tuple(_PREFIXES))


def redacted(value: object) -> object:
    """Arguments by name as ``repr`` may show them; all that is not known to be harmless is :data:`HIDDEN`.

    Named tuples and lists keep their form. Late values are not evaluated.
    """
    if isinstance(value, (bool, Enum)) or value is None:
        return value
    if isinstance(value, Mapping):
        return redacted_values(value)
    if isinstance(value, tuple) and hasattr(value, '_fields'):
        # The class may convert what it is given, which is not to happen here.
        fields = (_redacted_item(name, item) for name, item in zip(value._fields, value, strict=True))
        return tuple.__new__(type(value), fields)
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return HIDDEN


def redacted_values(values: Mapping[str, object]) -> dict[str, object]:
    """The same for the values of properties or arguments by name."""
    return {_printable(name): _redacted_item(name, item) for name, item in values.items()}


def _row(property: str, value: object) -> _Row:
    if property in _PROPERTIES:
        return _PROPERTIES[property]
    for prefix, row in _PREFIXES.items():
        if property.startswith(prefix):
            return _named_row(row, property[len(prefix) :], value)
    return _Row(_printable(property))


def _named_row(row: _Row, name: str, value: object) -> _Row:
    network, _, detail = name.rpartition('.')
    if row.kind is texts.connection and network and detail in _ENDPOINT and not texts.connection(value):
        row, name = _ENDPOINT[detail], network
    return row._replace(words=row.words.format(_printable(name)))


def _printable(name: object) -> str:
    return ''.join(letter if letter.isprintable() else '?' for letter in str(name))


def _redacted_item(name: object, value: object) -> object:
    if isinstance(value, (bool, Enum)) or value is None:
        return value
    if name in _NESTED:
        return redacted(value)
    if not isinstance(name, str):
        return HIDDEN
    row = _PROPERTIES.get(name)
    kind = _OTHER_KEYS.get(name) if row is None else row.kind
    if kind is None:
        return HIDDEN
    if isinstance(value, (list, tuple)) and not hasattr(value, '_fields'):
        return [_redacted_item(name, item) for item in value]
    if isinstance(value, tuple):
        return redacted(value)
    text = kind(value)
    if text is None:
        return HIDDEN
    return value if isinstance(value, (int, float)) else text


def _link_sentence(wanted: object, found: object) -> str | None:
    """A single link is one that is missing, or that leads to a container which is gone."""
    text = texts.link(wanted)
    if text is None or len(text) > texts.MAX_LENGTH:
        return None
    name, _, alias = text.partition(':')
    fault = 'leads to an earlier container' if isinstance(found, str) else 'is missing'
    return f'link to {name} as {alias} {fault}'


def _exit_code_sentence(wanted: object, found: object) -> str | None:
    code = texts.number(found)
    return None if code is None else f'exit code is {code}'


def _port_sentence(wanted: object, found: object) -> str | None:
    """What is found are the bindings of this port alone, or all exposed ports where it need not be published."""
    text = texts.published_port(wanted)
    if text is None or len(text) > texts.MAX_LENGTH or not isinstance(found, list):
        return None
    if texts.is_published(wanted):
        return None if found else f'port {text} is not published'
    return f'port {text} is not exposed'


def _exec_command_sentence(wanted: object, found: object) -> str | None:
    return 'exec command is not running' if isinstance(found, str) and found == 'not running' else None


_SENTENCES: dict[str, Callable[[object, object], str | None]] = {
    'exec_commands': _exec_command_sentence,
    'exit code': _exit_code_sentence,
    'exposes': _port_sentence,
    'links': _link_sentence,
}
"""Differences that are no change from one value to another; without a text, they are treated like the others."""
