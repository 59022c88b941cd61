"""How arguments of calls are taken apart, and values written that the generic rule would not get right."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...utils import engine_text, format_image_tag
from ._words import (
    Rule,
    Verbatim,
    Word,
    command_words,
    elements,
    generic,
    joined,
    left_out,
    pairs,
    plain,
    positional,
    quoted,
    verbatim,
)

_Arguments = dict[str, Any]
_Take = Callable[[_Arguments], Iterable[Word]]


@dataclass(frozen=True)
class Command:
    """How one call of the API is written."""

    fixed: tuple[str, ...] = ()
    """Flags that are always there."""

    positional: tuple[_Take, ...] = ()
    """Take arguments without flag out of the keywords, in the order of the command line."""

    api_order: tuple[str, ...] = ()
    """Keywords that can be given by position, in the order of the API's signature."""

    required: frozenset[str] = frozenset()
    """Those of them that cannot be missing."""

    ends_with_command: bool = False
    """Whether arguments behind the first positional one are another program's, so that no flags are read there."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    """How keywords are written that the generic rule would not get right."""

    prepare: Callable[[_Arguments], _Arguments] = dict
    """Brings the keywords into the form that rules and functions expect; makes a copy."""

    composite: _Take = left_out
    """Takes keywords that depend on each other out, and writes them after all others."""


def value_of(key: str) -> _Take:
    """The keyword's value without flag, if it is given."""

    def words(arguments: _Arguments) -> Iterator[Word]:
        value = arguments.pop(key, None)
        if value is not None and value != '':
            yield positional(value)

    return words


def command_of(key: str) -> _Take:
    """The keyword's value as a command with its arguments."""

    def words(arguments: _Arguments) -> list[Word]:
        value = arguments.pop(key, None)
        return [] if value is None else command_words(value)

    return words


def image_of(repository_key: str) -> _Take:
    """Repository and ``tag`` as one name."""

    def words(arguments: _Arguments) -> Iterator[Word]:
        repository, tag = arguments.pop(repository_key, None), arguments.pop('tag', None)
        if repository:
            name = format_image_tag((engine_text(repository), engine_text(tag)))
            as_written = isinstance(repository, Verbatim) and (not tag or isinstance(tag, Verbatim))
            yield verbatim(name) if as_written else positional(name)

    return words


def words_of(key: str) -> _Take:
    """The words of a text that the engine itself splits at blanks, or the elements of a list."""

    def words(arguments: _Arguments) -> list[Word]:
        value = arguments.pop(key, None)
        return [positional(word) for word in (value.split() if isinstance(value, str) else elements(value or ()))]

    return words


def place_in_container(arguments: _Arguments) -> Iterator[Word]:
    """A path in a container, where an archive from the standard input goes."""
    container, path = engine_text(arguments.pop('container')), engine_text(arguments.pop('path'))
    yield positional('-')
    yield positional(f'{container}:{path}')


def context_of(arguments: _Arguments) -> Iterator[Word]:
    """The build's path, or ``-`` for a file that is passed to the command."""
    path, fileobj = arguments.pop('path', None), arguments.pop('fileobj', None)
    if path is not None:
        yield positional(path)
    elif fileobj is not None:
        yield positional('-')


def not_available(call: str, keyword: str) -> Rule:
    """Refuses what would be lost without a word."""

    def refuse(value: Any) -> Iterable[Word]:
        raise ValueError(
            f'{call}: the docker command has no option for {keyword} (found {value!r}); leave it out, or use the API.'
        )

    return refuse


def cpus(value: Any) -> Iterator[Word]:
    yield plain('cpus', f'{decimal.Decimal(engine_text(value)).scaleb(-9).normalize():f}')


def last_containers(value: Any) -> Iterator[Word]:
    if int(value) > 0:
        yield plain('last', value)


def filter_by(name: str) -> Rule:
    def words(value: Any) -> Iterator[Word]:
        yield from (plain('filter', joined(name, element, '=')) for element in elements(value))

    return words


def log_config(value: Mapping[str, Any]) -> Iterator[Word]:
    settings = {key.lower(): setting for key, setting in value.items()}
    if settings.get('type'):
        yield plain('log-driver', settings['type'])
    yield from pairs('log-opt')(settings.get('config') or {})


def ulimit_text(limit: Mapping[str, Any]) -> str:
    settings = {key.lower(): setting for key, setting in limit.items()}
    limits = [engine_text(settings[key]) for key in ('soft', 'hard') if settings.get(key) is not None]
    return f'{settings.get("name")}={":".join(limits)}'


def device_text(device: Mapping[str, Any]) -> str:
    parts = [device.get(key) for key in ('PathOnHost', 'PathInContainer', 'CgroupPermissions')]
    return ':'.join(engine_text(part) for part in parts if part)


def device_limit(key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda limit: f'{engine_text(limit["Path"])}:{engine_text(limit[key])}'


def tmpfs(value: Any) -> Iterator[Word]:
    mounts = {path: options or None for path, options in value.items()} if isinstance(value, Mapping) else value
    yield from pairs('tmpfs', ':')(mounts)


def volumes_from(value: Any) -> Iterator[Word]:
    yield from generic('volumes-from')(value.split(',') if isinstance(value, str) else value)


def ipam(value: Mapping[str, Any]) -> Iterator[Word]:
    if value.get('Driver'):
        yield plain('ipam-driver', value['Driver'])
    for pool in value.get('Config') or ():
        for key, name in (('Subnet', 'subnet'), ('IPRange', 'ip-range'), ('Gateway', 'gateway')):
            if pool.get(key):
                yield plain(name, pool[key])
        yield from pairs('aux-address')(pool.get('AuxiliaryAddresses') or {})
    yield from pairs('ipam-opt')(value.get('Options') or {})


def podman_ipam(value: Mapping[str, Any]) -> Iterator[Word]:
    """The same for ``podman``, whose own driver has another name."""
    return ipam({key: part for key, part in value.items() if (key, part) != ('Driver', 'default')})


def build_limits(value: Mapping[str, Any]) -> Iterator[Word]:
    flags = {'memory': 'memory', 'memswap': 'memory-swap', 'cpushares': 'cpu-shares', 'cpusetcpus': 'cpuset-cpus'}
    yield from (quoted(name, value[key]) for key, name in flags.items() if value.get(key) is not None)


def point_of_time(name: str) -> Rule:
    """The SDK takes points of time in UTC, also without time zone."""

    def words(value: Any) -> Iterator[Word]:
        if isinstance(value, datetime.datetime):
            value = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
            value = repr(value.timestamp())
        yield quoted(name, value)

    return words


def password(value: Any) -> Iterator[Word]:
    # A password on the command line could be seen in lists of processes and in logs.
    yield Word('--password-stdin', '--password-stdin')


def follow_once(arguments: _Arguments) -> _Arguments:
    result = dict(arguments)
    if result.get('follow') is not None:
        result.pop('stream', None)
    return result


def leave_out(*keys: str) -> dict[str, Rule]:
    return dict.fromkeys(keys, left_out)
