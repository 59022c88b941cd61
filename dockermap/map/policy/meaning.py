"""What values of arguments mean to an engine, so that different ways to say the same are the same."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...docker_options import CreateOption, Equal
from ...utils import normal_path

canonical: Callable[[Any], str] = json.JSONEncoder(sort_keys=True, separators=(',', ':'), default=str).encode
"""JSON with sorted keys; equal for equal values."""

_Meaning = Callable[[Any], Any]
_SIGNALS = (
    'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM',
    'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO',
    'PWR', 'SYS',
)  # fmt: skip
_SIGNAL_NUMBERS = {name: number for number, name in enumerate(_SIGNALS, start=1)} | {
    'CLD': 17, 'IOT': 6, 'POLL': 29, 'RTMIN': 34, 'RTMAX': 64,
}  # fmt: skip
_PATH_KEYS = frozenset(('Path', 'PathInContainer', 'PathOnHost', 'Source', 'Target'))


def meaning(option: CreateOption | None, value: Any) -> Any:
    """What a value of an argument means, as plain data that is equal where the meaning is.

    What is not of the argument's form is itself.
    """
    means = None if option is None or value is None else _MEANINGS.get(option.equal)
    return value if means is None else means(value)


def meanings(arguments: Mapping[str, Any], options: Mapping[str, CreateOption]) -> dict[str, Any]:
    """What the arguments of a creating call mean; without paths of volumes that something else is mounted at."""
    found = {name: meaning(options.get(name), value) for name, value in arguments.items()}
    volumes = found.get('volumes')
    if isinstance(volumes, list):
        mounted = {*_targets(found.get('binds')), *_targets(found.get('mounts'))}
        found['volumes'] = [path for path in volumes if path not in mounted]
        if not found['volumes']:
            del found['volumes']
    return found


def means_the_same(option: CreateOption | None, one: Any, other: Any) -> bool:
    """Whether two values of an argument mean the same."""
    return canonical(meaning(option, one)) == canonical(meaning(option, other))


def _targets(mounts: Any) -> Iterable[Any]:
    for mount in mounts if isinstance(mounts, list) else ():
        if isinstance(mount, Mapping):
            yield mount.get('Target')
        elif isinstance(mount, list):
            yield mount[1]


def _texts(text: Callable[[str], Any]) -> _Meaning:
    """The same for texts only."""
    return lambda value: text(value) if isinstance(value, str) else value


def _each(member: _Meaning) -> _Meaning:
    return lambda value: [member(item) for item in value] if isinstance(value, (list, tuple)) else value


def _any_order(member: _Meaning = lambda item: item) -> _Meaning:
    def means(value: Any) -> Any:
        if not isinstance(value, (list, tuple, set, frozenset)):
            return value
        found = {canonical(item): item for item in map(member, value)}
        return [found[key] for key in sorted(found)]

    return means


def _nested(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _nested(item) for key, item in value.items()}
    return _any_order(_nested)(value)


@_texts
def _path(text: str) -> str:
    return normal_path(text) if text.startswith('/') else text


def _paths(value: Any) -> Any:
    return sorted({str(_path(path)) for path in value}) if isinstance(value, (list, tuple, Mapping)) else value


@_texts
def _bind(text: str) -> Any:
    source, *others = text.split(':')
    if len(others) not in (1, 2):
        # Paths of Windows have colons of their own.
        return text
    return [_path(source), _path(others[0]), _words(others[1] if len(others) > 1 else '')]


def _words(text: str) -> list[str]:
    """Options between commas; to be writable is usual."""
    return sorted(set(text.split(',')) - {'rw', ''})


@_texts
def _capability(text: str) -> str:
    return text.upper().removeprefix('CAP_')


@_texts
def _signal(text: str) -> Any:
    name = text.upper().removeprefix('SIG')
    if name.isdigit():
        return int(name)
    base, sign, offset = name.partition('+' if '+' in name else '-')
    if base not in _SIGNAL_NUMBERS or (sign and not offset.isdigit()):
        return text
    return _SIGNAL_NUMBERS[base] + int(f'{sign}{offset}' or 0)


@_texts
def _address(text: str) -> str:
    for read in (ipaddress.ip_address, ipaddress.ip_network):
        try:
            return str(read(text))
        except ValueError:
            continue
    return text


def _ipam(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ipam(item) for key, item in value.items() if item is not None}
    return _any_order(_ipam)(_address(value))


@_texts
def _link(text: str) -> str:
    return text.removeprefix('/')


@_texts
def _security_option(text: str) -> str:
    name, value = (*re.split('[=:]', text, maxsplit=1), '')[:2]
    return f'{name}={value or ("true" if name == "no-new-privileges" else "")}'


@_texts
def _volumes_from(text: str) -> Any:
    name, _, mode = text.partition(':')
    return [name, _words(mode)]


def _hosts(value: Any) -> Any:
    """Where a name has several addresses, the first one is tried first."""
    is_plain = isinstance(value, (list, tuple)) and all(isinstance(line, str) for line in value)
    return sorted(value, key=lambda line: line.partition(':')[0]) if is_plain else value


def _with_paths(value: Any) -> Any:
    """A device or a mount; what is not set does not count."""
    if not isinstance(value, Mapping):
        return value
    given = {key: item for key, item in value.items() if item is not None and item is not False}
    found = {key: _path(item) if key in _PATH_KEYS else item for key, item in given.items()}
    if isinstance(found.get('CgroupPermissions'), str):
        found['CgroupPermissions'] = ''.join(sorted(set(found['CgroupPermissions'])))
    return found


def _tmpfs(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {_path(path): _words(words or '') for path, words in value.items()}


def _port_bindings(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {port: _any_order(_binding)(places) for port, places in value.items()}


def _binding(value: Any) -> Any:
    return {key: _address(item) for key, item in value.items()} if isinstance(value, Mapping) else value


_MEANINGS: dict[Equal, _Meaning] = {
    Equal.ADDRESSES: _each(_address),
    Equal.BINDS: _any_order(_bind),
    Equal.CAPABILITIES: _any_order(_capability),
    Equal.DEVICES: _any_order(_with_paths),
    Equal.HOSTS: _hosts,
    Equal.IPAM: _ipam,
    Equal.LINKS: _any_order(_link),
    Equal.MAC_ADDRESS: _texts(lambda text: text.lower().replace('-', ':')),
    Equal.MOUNTS: _any_order(_with_paths),
    Equal.NESTED_SET: _nested,
    Equal.PATH: _path,
    Equal.PATHS: _paths,
    Equal.PORT_BINDINGS: _port_bindings,
    Equal.SECURITY: _any_order(_security_option),
    Equal.SET: _any_order(),
    Equal.SIGNAL: _signal,
    Equal.TMPFS: _tmpfs,
    Equal.VOLUMES_FROM: _each(_volumes_from),
}
