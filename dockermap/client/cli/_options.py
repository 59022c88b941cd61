"""What ``docker`` takes for each call of the API: subcommand, fixed flags, positional arguments, rules for keywords."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import Final

from ...docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from ._create import (
    composite_words,
    entrypoint_words,
    expand_host_config,
    gpu_text,
    link_words,
    mount_text,
    podman_composite_words,
    restart_words,
)
from ._rules import (
    Command,
    build_limits,
    command_of,
    context_of,
    cpus,
    device_limit,
    device_text,
    filter_by,
    follow_once,
    image_of,
    ipam,
    last_containers,
    leave_out,
    log_config,
    not_available,
    password,
    place_in_container,
    podman_ipam,
    point_of_time,
    tmpfs,
    ulimit_text,
    value_of,
    volumes_from,
    words_of,
)
from ._words import Rule, Word, comma_separated, filters, generic, pairs, plain, records

CONTAINER_FORMAT_ARG = (
    '--format="{{.ID}}||{{.Image}}||{{.CreatedAt}}||{{.Status}}||{{.Names}}||{{.Command}}||{{.Ports}}"'
)
"""Has ``docker ps`` print what ``parse_containers_output`` reads."""

JSON_FORMAT_ARG = '--format="{{json .}}"'
VERSION_FORMAT_ARG = JSON_FORMAT_ARG
"""Has ``docker version`` print what ``parse_version_output`` reads."""

KWARG_MAP: dict[str, str] = {
    **{
        option.name: option.flag
        for options in (CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS)
        for option in options.values()
        if option.flag
    },
    'timeout': 'time',
    'nocache': 'no-cache',
    'ipv4_address': 'ip',
    'ipv6_address': 'ip6',
    'aliases': 'alias',
}
"""Flags of keyword arguments whose name differs, for all commands."""

CMD_MAP: dict[str, str | None] = {
    'create_container': 'create',
    'containers': 'ps',
    'exec_create': 'exec',
    'exec_start': None,
    'get_image': 'save',
    'load_image': 'load',
    'put_archive': 'cp',
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

SAME_NAME: Final = frozenset(
    (
        'attach',
        'build',
        'commit',
        'cp',
        'create',
        'diff',
        'events',
        'exec',
        'export',
        'history',
        'images',
        'import',
        'info',
        'inspect',
        'kill',
        'load',
        'login',
        'logout',
        'logs',
        'pause',
        'port',
        'ps',
        'pull',
        'push',
        'rename',
        'restart',
        'rm',
        'rmi',
        'run',
        'save',
        'search',
        'start',
        'stats',
        'stop',
        'tag',
        'top',
        'unpause',
        'update',
        'version',
        'wait',
    )
)
"""Commands for which the name of the call is the subcommand."""

_CREATE_RULES: dict[str, Rule] = {
    'labels': pairs('label'),
    'nano_cpus': cpus,
    'cpuset': generic('cpuset-cpus'),
    'devices': records('device', device_text),
    'device_read_bps': records('device-read-bps', device_limit('Rate')),
    'device_read_iops': records('device-read-iops', device_limit('Rate')),
    'device_write_bps': records('device-write-bps', device_limit('Rate')),
    'device_write_iops': records('device-write-iops', device_limit('Rate')),
    'blkio_weight_device': records('blkio-weight-device', device_limit('Weight')),
    'device_requests': records('gpus', gpu_text),
    'ulimits': records('ulimit', ulimit_text),
    'log_config': log_config,
    'sysctls': pairs('sysctl'),
    'annotations': pairs('annotation'),
    'storage_opt': pairs('storage-opt'),
    'mounts': records('mount', mount_text),
    'tmpfs': tmpfs,
    'volumes_from': volumes_from,
    **leave_out(*(option.name for option in CREATE_OPTIONS.values() if option.flag == '')),
}

_CONTAINER: Final = Command(positional=(value_of('container'),))
_PROGRESS_ONLY: Final = leave_out('stream', 'decode', 'insecure_registry', 'auth_config', 'raise_on_error')

COMMANDS: dict[str, Command] = {
    'create': Command(
        positional=(value_of('image'), entrypoint_words, command_of('command')),
        api_order=('image',),
        required=frozenset(('image',)),
        ends_with_command=True,
        rules=_CREATE_RULES,
        prepare=expand_host_config,
        composite=composite_words,
    ),
    'exec': Command(
        positional=(value_of('container'), command_of('cmd')),
        api_order=('container', 'cmd'),
        required=frozenset(('container', 'cmd')),
        ends_with_command=True,
        rules={
            'detach': lambda value: [Word('--detach', '--detach')] if value else [],
            'stdin': generic('interactive'),
            'environment': pairs('env'),
            **leave_out('stdout', 'stderr', 'socket', 'stream', 'demux'),
        },
        prepare=lambda arguments: {'detach': True, **arguments},
    ),
    'ps': Command(
        fixed=('--no-trunc', CONTAINER_FORMAT_ARG),
        positional=(value_of('container'),),
        rules={
            'filters': filters('filter'),
            'limit': last_containers,
            'since': filter_by('since'),
            'before': filter_by('before'),
            **leave_out('trunc'),
        },
    ),
    'images': Command(
        fixed=('--no-trunc', JSON_FORMAT_ARG), positional=(value_of('name'),), rules={'filters': filters('filter')}
    ),
    'inspect_container': Command(fixed=('--type="container"',), positional=(value_of('container'),)),
    'image inspect': Command(positional=(value_of('image'),)),
    'rm': Command(
        positional=(value_of('container'),),
        rules={'v': generic('volumes'), **leave_out('raise_on_error', 'raise_not_found')},
    ),
    'put_archive': Command(positional=(place_in_container,), required=frozenset(('container', 'path'))),
    'save': Command(positional=(value_of('image'),), api_order=('image',), required=frozenset(('image',))),
    'rmi': Command(
        positional=(value_of('image'),),
        rules={'noprune': generic('no-prune'), **leave_out('raise_on_error', 'raise_not_found')},
    ),
    'stop': Command(positional=(value_of('container'),), rules=leave_out('raise_on_error')),
    'wait': Command(positional=(value_of('container'),), rules=leave_out('timeout', 'condition')),
    'logs': Command(
        positional=(value_of('container'),),
        prepare=follow_once,
        rules={
            'stream': generic('follow'),
            'since': point_of_time('since'),
            'until': point_of_time('until'),
            **leave_out('stdout', 'stderr'),
        },
    ),
    'top': Command(
        positional=(value_of('container'), words_of('ps_args')),
        api_order=('container', 'ps_args'),
        ends_with_command=True,
    ),
    'update': Command(
        positional=(value_of('container'),),
        rules={'restart_policy': restart_words, 'nano_cpus': cpus},
    ),
    'rename': Command(positional=(value_of('container'), value_of('name')), api_order=('container', 'name')),
    'version': Command(fixed=(VERSION_FORMAT_ARG,), rules=leave_out('api_version')),
    'pull': Command(positional=(image_of('repository'),), api_order=('repository', 'tag'), rules=_PROGRESS_ONLY),
    'push': Command(positional=(image_of('repository'),), api_order=('repository', 'tag'), rules=_PROGRESS_ONLY),
    'tag': Command(
        positional=(value_of('image'), image_of('repository')),
        api_order=('image', 'repository', 'tag'),
        rules=leave_out('force'),
    ),
    'login': Command(
        positional=(value_of('registry'),),
        rules={
            'password': password,
            **leave_out('email', 'reauth', 'dockercfg_path', 'insecure_registry', 'raise_on_error'),
        },
    ),
    'build': Command(
        positional=(context_of,),
        rules={
            'buildargs': pairs('build-arg'),
            'dockerfile': generic('file'),
            'forcerm': generic('force-rm'),
            'labels': pairs('label'),
            'shmsize': generic('shm-size'),
            'network_mode': generic('network'),
            'gzip': generic('compress'),
            'container_limits': build_limits,
            'cache_from': comma_separated('cache-from'),
            **leave_out(
                'custom_context', 'encoding', 'decode', 'timeout', 'use_config_proxy', 'stream', 'raise_on_error'
            ),
        },
    ),
    'network create': Command(
        positional=(value_of('name'),),
        api_order=('name',),
        required=frozenset(('name',)),
        rules={
            'options': pairs('opt'),
            'labels': pairs('label'),
            'enable_ipv6': generic('ipv6'),
            'ipam': ipam,
            **leave_out('check_duplicate'),
        },
    ),
    'network ls': Command(
        fixed=('--no-trunc', JSON_FORMAT_ARG),
        positional=(value_of('container'),),
        rules={'names': filter_by('name'), 'ids': filter_by('id'), 'filters': filters('filter')},
    ),
    'network inspect': Command(positional=(value_of('net_id'),), rules=leave_out('scope')),
    'network rm': Command(positional=(value_of('net_id'),), api_order=('net_id',), required=frozenset(('net_id',))),
    'network connect': Command(
        positional=(value_of('net_id'), value_of('container')),
        api_order=('container', 'net_id'),
        required=frozenset(('container', 'net_id')),
        rules={
            'links': link_words,
            'link_local_ips': comma_separated('link-local-ip'),
            'aliases': comma_separated('alias'),
            'driver_opt': comma_separated('driver-opt', plain),
            'mac_address': not_available('connect_container_to_network', 'mac_address'),
        },
    ),
    'network disconnect': Command(
        positional=(value_of('net_id'), value_of('container')),
        api_order=('container', 'net_id'),
        required=frozenset(('container', 'net_id')),
    ),
    'volume create': Command(
        positional=(value_of('name'),),
        api_order=('name',),
        required=frozenset(('name',)),
        rules={'driver_opts': pairs('opt'), 'labels': pairs('label')},
    ),
    'volume ls': Command(
        fixed=(JSON_FORMAT_ARG,), positional=(value_of('container'),), rules={'filters': filters('filter')}
    ),
    'volume inspect': Command(positional=(value_of('name'),)),
    'volume rm': Command(positional=(value_of('name'),), api_order=('name',), required=frozenset(('name',))),
}
"""Commands that are more than flags and a container, by name of the call or subcommand."""


PODMAN_COMMANDS: dict[str, Command] = {
    'create': replace(COMMANDS['create'], composite=podman_composite_words),
    'network create': replace(
        COMMANDS['network create'], rules={**COMMANDS['network create'].rules, 'ipam': podman_ipam}
    ),
    'network connect': replace(
        COMMANDS['network connect'],
        rules={**COMMANDS['network connect'].rules, 'mac_address': generic('mac-address')},
    ),
}
"""What the program ``podman`` takes in another way."""


def is_podman(program: str) -> bool:
    """Whether it is ``podman``, by its name."""
    return posixpath.basename(program) == 'podman'


def command_for(call: str, subcommand: str, program: str) -> Command:
    """How a call is written; calls without an entry take flags and a container."""
    if is_podman(program) and subcommand in PODMAN_COMMANDS:
        return PODMAN_COMMANDS[subcommand]
    return COMMANDS.get(call) or COMMANDS.get(subcommand) or _CONTAINER
