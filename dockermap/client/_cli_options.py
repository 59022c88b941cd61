"""What ``docker`` takes for each call of the API: subcommand, fixed flags, positional arguments, and a rule per keyword."""
from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..utils import engine_text, format_image_tag
from ._cli_create import (
    composite_words,
    entrypoint_words,
    expand_host_config,
    gpu_text,
    link_words,
    mount_text,
    restart_words,
)
from ._cli_words import (
    Rule,
    Verbatim,
    Word,
    comma_separated,
    command_words,
    elements,
    filters,
    generic,
    joined,
    left_out,
    pairs,
    plain,
    positional,
    quoted,
    records,
    verbatim,
)

CONTAINER_FORMAT_ARG = (
    '--format="{{.ID}}||{{.Image}}||{{.CreatedAt}}||{{.Status}}||{{.Names}}||{{.Command}}||{{.Ports}}"'
)
"""Has ``docker ps`` print what ``parse_containers_output`` reads."""

VERSION_FORMAT_ARG = '--format="{{json .}}"'
"""Has ``docker version`` print what ``parse_version_output`` reads."""

KWARG_MAP: dict[str, str] = {
    'timeout': 'time',
    'extra_hosts': 'add-host',
    'nocache': 'no-cache',
    'volumes': 'volume',
    'options': 'opt',
    'ipv4_address': 'ip',
    'ipv6_address': 'ip6',
    'links': 'link',
    'aliases': 'alias',
    'mem_limit': 'memory',
    'mem_reservation': 'memory-reservation',
    'memswap_limit': 'memory-swap',
}
"""Flags of keyword arguments whose name differs, for all commands."""

CMD_MAP: dict[str, str | None] = {
    'create_container': 'create',
    'containers': 'ps',
    'exec_create': 'exec',
    'exec_start': None,
    'inspect_container': 'inspect',
    'inspect_image': 'image inspect',
    'remove_container': 'rm',
    'remove_image': 'rmi',
    'update_container': 'update',
    'create_network': 'network create',
    'networks': 'network ls',
    'inspect_network': 'network inspect',
    'remove_network': 'network rm',
    'connect_container_to_network': 'network connect',
    'disconnect_container_from_network': 'network disconnect',
    'create_volume': 'volume create',
    'volumes': 'volume ls',
    'inspect_volume': 'volume inspect',
    'remove_volume': 'volume rm',
}
"""Subcommands whose name is not that of the API's call; ``None`` where another command does the call's work."""

SAME_NAME: Final = frozenset((
    'attach', 'build', 'commit', 'cp', 'create', 'diff', 'events', 'exec', 'export', 'history', 'images', 'import', 'info',
    'inspect', 'kill', 'load', 'login', 'logout', 'logs', 'pause', 'port', 'ps', 'pull', 'push', 'rename', 'restart', 'rm',
    'rmi', 'run', 'save', 'search', 'start', 'stats', 'stop', 'tag', 'top', 'unpause', 'update', 'version', 'wait',
))
"""Commands for which the name of the call is the subcommand."""

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
    """Whether arguments behind the first positional one are somebody else's, so that ``docker`` reads no flags there."""

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


def context_of(arguments: _Arguments) -> Iterator[Word]:
    """The build's path, or ``-`` for a file that is passed to the command."""
    path, fileobj = arguments.pop('path', None), arguments.pop('fileobj', None)
    if path is not None:
        yield positional(path)
    elif fileobj is not None:
        yield positional('-')


def flag(name: str) -> Rule:
    """The generic rule with another flag."""
    return generic(name)


def not_available(call: str, keyword: str) -> Rule:
    """Refuses what would be lost without a word."""
    def refuse(value: Any) -> Iterable[Word]:
        raise ValueError(f'{call}: the docker command has no option for {keyword} (found {value!r}); leave it out, or use the API.')
    return refuse


def _cpus(value: Any) -> Iterator[Word]:
    yield plain('cpus', f'{decimal.Decimal(engine_text(value)).scaleb(-9).normalize():f}')


def _last(value: Any) -> Iterator[Word]:
    if int(value) > 0:
        yield plain('last', value)


def _filter(name: str) -> Rule:
    def words(value: Any) -> Iterator[Word]:
        yield from (plain('filter', joined(name, element, '=')) for element in elements(value))
    return words


def _log_config(value: Mapping[str, Any]) -> Iterator[Word]:
    settings = {key.lower(): setting for key, setting in value.items()}
    if settings.get('type'):
        yield plain('log-driver', settings['type'])
    yield from pairs('log-opt')(settings.get('config') or {})


def _ulimit_text(limit: Mapping[str, Any]) -> str:
    settings = {key.lower(): setting for key, setting in limit.items()}
    limits = [engine_text(settings[key]) for key in ('soft', 'hard') if settings.get(key) is not None]
    return f'{settings.get("name")}={":".join(limits)}'


def _device_text(device: Mapping[str, Any]) -> str:
    parts = [device.get(key) for key in ('PathOnHost', 'PathInContainer', 'CgroupPermissions')]
    return ':'.join(engine_text(part) for part in parts if part)


def _device_limit(key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda limit: f'{engine_text(limit["Path"])}:{engine_text(limit[key])}'


def _tmpfs(value: Any) -> Iterator[Word]:
    mounts = {path: options or None for path, options in value.items()} if isinstance(value, Mapping) else value
    yield from pairs('tmpfs', ':')(mounts)


def _volumes_from(value: Any) -> Iterator[Word]:
    yield from generic('volumes-from')(value.split(',') if isinstance(value, str) else value)


def _ipam(value: Mapping[str, Any]) -> Iterator[Word]:
    if value.get('Driver'):
        yield plain('ipam-driver', value['Driver'])
    for pool in value.get('Config') or ():
        for key, name in (('Subnet', 'subnet'), ('IPRange', 'ip-range'), ('Gateway', 'gateway')):
            if pool.get(key):
                yield plain(name, pool[key])
        yield from pairs('aux-address')(pool.get('AuxiliaryAddresses') or {})
    yield from pairs('ipam-opt')(value.get('Options') or {})


def _limits(value: Mapping[str, Any]) -> Iterator[Word]:
    for key, name in (('memory', 'memory'), ('memswap', 'memory-swap'), ('cpushares', 'cpu-shares'), ('cpusetcpus', 'cpuset-cpus')):
        if value.get(key) is not None:
            yield quoted(name, value[key])


def _time(name: str) -> Rule:
    """The SDK takes points of time in UTC, also without time zone."""
    def words(value: Any) -> Iterator[Word]:
        if isinstance(value, datetime.datetime):
            value = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
            value = repr(value.timestamp())
        yield quoted(name, value)
    return words


def _password(value: Any) -> Iterator[Word]:
    # A password on the command line could be seen in lists of processes and in logs.
    yield Word('--password-stdin', '--password-stdin')


def _follow_once(arguments: _Arguments) -> _Arguments:
    result = dict(arguments)
    if result.get('follow') is not None:
        result.pop('stream', None)
    return result


def _leave_out(*keys: str) -> dict[str, Rule]:
    return dict.fromkeys(keys, left_out)


_CREATE_RULES: dict[str, Rule] = {
    'working_dir': flag('workdir'),
    'stdin_open': flag('interactive'),
    'labels': pairs('label'),
    'entrypoint': flag('entrypoint'),
    'mem_swappiness': flag('memory-swappiness'),
    'nano_cpus': _cpus,
    'cpuset': flag('cpuset-cpus'),
    'devices': records('device', _device_text),
    'device_cgroup_rules': flag('device-cgroup-rule'),
    'device_read_bps': records('device-read-bps', _device_limit('Rate')),
    'device_read_iops': records('device-read-iops', _device_limit('Rate')),
    'device_write_bps': records('device-write-bps', _device_limit('Rate')),
    'device_write_iops': records('device-write-iops', _device_limit('Rate')),
    'blkio_weight_device': records('blkio-weight-device', _device_limit('Weight')),
    'device_requests': records('gpus', gpu_text),
    'ulimits': records('ulimit', _ulimit_text),
    'log_config': _log_config,
    'ipc_mode': flag('ipc'),
    'pid_mode': flag('pid'),
    'uts_mode': flag('uts'),
    'userns_mode': flag('userns'),
    'publish_all_ports': flag('publish-all'),
    'auto_remove': flag('rm'),
    'sysctls': pairs('sysctl'),
    'storage_opt': pairs('storage-opt'),
    'mounts': records('mount', mount_text),
    'tmpfs': _tmpfs,
    'volumes_from': _volumes_from,
    **_leave_out('detach', 'use_config_proxy', 'lxc_conf', 'init_path'),
}

_CONTAINER: Final = Command(positional=(value_of('container'),))
_PROGRESS_ONLY: Final = _leave_out('stream', 'decode', 'insecure_registry', 'auth_config', 'raise_on_error')

COMMANDS: dict[str, Command] = {
    'create': Command(
        positional=(value_of('image'), entrypoint_words, command_of('command')),
        api_order=('image',), required=frozenset(('image',)), ends_with_command=True,
        rules=_CREATE_RULES, prepare=expand_host_config, composite=composite_words,
    ),
    'exec': Command(
        positional=(value_of('container'), command_of('cmd')),
        api_order=('container', 'cmd'), required=frozenset(('container', 'cmd')), ends_with_command=True,
        rules={
            'detach': lambda value: [Word('--detach', '--detach')] if value else [],
            'stdin': flag('interactive'),
            'environment': pairs('env'),
            **_leave_out('stdout', 'stderr', 'socket', 'stream', 'demux'),
        },
        prepare=lambda arguments: {'detach': True, **arguments},
    ),
    'ps': Command(
        fixed=('--no-trunc', CONTAINER_FORMAT_ARG), positional=(value_of('container'),),
        rules={'filters': filters('filter'), 'limit': _last, 'since': _filter('since'), 'before': _filter('before'),
               **_leave_out('trunc')},
    ),
    'images': Command(fixed=('--no-trunc',), positional=(value_of('name'),), rules={'filters': filters('filter')}),
    'inspect_container': Command(fixed=('--type="container"',), positional=(value_of('container'),)),
    'image inspect': Command(positional=(value_of('image'),)),
    'rm': Command(positional=(value_of('container'),),
                  rules={'v': flag('volumes'), **_leave_out('raise_on_error', 'raise_not_found')}),
    'rmi': Command(positional=(value_of('image'),),
                   rules={'noprune': flag('no-prune'), **_leave_out('raise_on_error', 'raise_not_found')}),
    'stop': Command(positional=(value_of('container'),), rules=_leave_out('raise_on_error')),
    'wait': Command(positional=(value_of('container'),), rules=_leave_out('timeout', 'condition')),
    'logs': Command(
        positional=(value_of('container'),), prepare=_follow_once,
        rules={'stream': flag('follow'), 'since': _time('since'), 'until': _time('until'), **_leave_out('stdout', 'stderr')},
    ),
    'top': Command(positional=(value_of('container'), words_of('ps_args')), api_order=('container', 'ps_args'),
                   ends_with_command=True),
    'update': Command(
        positional=(value_of('container'),), rules={'restart_policy': restart_words, 'nano_cpus': _cpus},
    ),
    'rename': Command(positional=(value_of('container'), value_of('name')), api_order=('container', 'name')),
    'version': Command(fixed=(VERSION_FORMAT_ARG,), rules=_leave_out('api_version')),
    'pull': Command(positional=(image_of('repository'),), api_order=('repository', 'tag'), rules=_PROGRESS_ONLY),
    'push': Command(positional=(image_of('repository'),), api_order=('repository', 'tag'), rules=_PROGRESS_ONLY),
    'tag': Command(
        positional=(value_of('image'), image_of('repository')), api_order=('image', 'repository', 'tag'),
        rules=_leave_out('force'),
    ),
    'login': Command(
        positional=(value_of('registry'),),
        rules={'password': _password, **_leave_out('email', 'reauth', 'dockercfg_path', 'insecure_registry', 'raise_on_error')},
    ),
    'build': Command(
        positional=(context_of,),
        rules={
            'buildargs': pairs('build-arg'), 'dockerfile': flag('file'), 'forcerm': flag('force-rm'), 'labels': pairs('label'),
            'shmsize': flag('shm-size'), 'network_mode': flag('network'), 'gzip': flag('compress'),
            'container_limits': _limits, 'cache_from': comma_separated('cache-from'),
            **_leave_out('custom_context', 'encoding', 'decode', 'timeout', 'use_config_proxy', 'stream', 'raise_on_error'),
        },
    ),
    'network create': Command(
        positional=(value_of('name'),), api_order=('name',), required=frozenset(('name',)),
        rules={'options': pairs('opt'), 'labels': pairs('label'), 'enable_ipv6': flag('ipv6'), 'ipam': _ipam,
               **_leave_out('check_duplicate')},
    ),
    'network ls': Command(
        fixed=('--no-trunc',), positional=(value_of('container'),),
        rules={'names': _filter('name'), 'ids': _filter('id'), 'filters': filters('filter')},
    ),
    'network inspect': Command(positional=(value_of('net_id'),), rules=_leave_out('scope')),
    'network rm': Command(positional=(value_of('net_id'),), api_order=('net_id',), required=frozenset(('net_id',))),
    'network connect': Command(
        positional=(value_of('net_id'), value_of('container')),
        api_order=('container', 'net_id'), required=frozenset(('container', 'net_id')),
        rules={'links': link_words, 'link_local_ips': comma_separated('link-local-ip'), 'aliases': comma_separated('alias'),
               'driver_opt': comma_separated('driver-opt', plain),
               'mac_address': not_available('connect_container_to_network', 'mac_address')},
    ),
    'network disconnect': Command(
        positional=(value_of('net_id'), value_of('container')),
        api_order=('container', 'net_id'), required=frozenset(('container', 'net_id')),
    ),
    'volume create': Command(
        positional=(value_of('name'),), api_order=('name',), required=frozenset(('name',)),
        rules={'driver_opts': pairs('opt'), 'labels': pairs('label')},
    ),
    'volume ls': Command(positional=(value_of('container'),), rules={'filters': filters('filter')}),
    'volume inspect': Command(positional=(value_of('name'),)),
    'volume rm': Command(positional=(value_of('name'),), api_order=('name',), required=frozenset(('name',))),
}
"""Commands that are more than flags and a container, by name of the call or subcommand."""


def command_for(call: str, subcommand: str) -> Command:
    """How a call is written; calls without an entry take flags and a container."""
    return COMMANDS.get(call) or COMMANDS.get(subcommand) or _CONTAINER
