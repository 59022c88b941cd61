"""Settings of services that become arguments of creating calls: one row for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..exceptions import InputError, located
from ._values import (
    Mapping,
    entries,
    expected,
    flag,
    is_mapping,
    listed,
    mapping,
    number,
    set_pairs,
    short_size,
    size,
    text,
    texts,
    whole,
)

__all__ = ['OPTIONS', 'Row', 'command', 'device_requests', 'extra_hosts', 'log_config', 'ulimits']

CREATE, HOST = 'create_options', 'host_config'
_MOST_CPUS = 10**6


def command(value: object) -> object:
    """A command as text or list."""
    return [text(word) for word in value] if isinstance(value, list) else text(value)


def nano_cpus(value: object) -> int:
    """CPUs in billionths."""
    found = number(value)
    if not 0 <= found <= _MOST_CPUS:
        raise expected('a number of CPUs', value)
    return round(found * 10**9)


def devices(value: object) -> list[str]:
    """Devices, of which the long form is a mapping."""
    return listed(value, _device)


def _device(value: object) -> str:
    if not is_mapping(value):
        return text(value)
    parts = [text(value['source']), text(value.get('target') or value['source']), text(value.get('permissions', 'rwm'))]
    return ':'.join(parts)


def extra_hosts(value: object) -> list[str]:
    """Hosts with their addresses."""
    return [f'{name}:{address}' for name, addresses in entries(value) for address in texts(addresses)]


def ulimits(value: object) -> list[Mapping]:
    """Limits, each one number or a mapping of ``soft`` and ``hard``."""
    found: list[Mapping] = []
    for name, limit in entries(value):
        with located(name):
            both = mapping(limit) if is_mapping(limit) else {'soft': limit, 'hard': limit}
            found.append({'name': name, **{key: whole(own) for key, own in both.items() if key in ('soft', 'hard')}})
    return found


def log_config(value: object) -> Mapping:
    """Driver and options of the log."""
    settings = mapping(value)
    options = set_pairs(settings.get('options') or {})
    return {'driver': text(settings.get('driver', 'json-file')), **({'options': options} if options else {})}


def tmpfs(value: object) -> Mapping:
    """Options by path."""
    pairs = (path.partition(':') for path in texts(value))
    return {path: options for path, _, options in pairs}


def device_requests(value: object) -> list[Mapping]:
    """Devices such as GPUs, with the names that the engine has for their settings."""
    if value == 'all':
        return [{'count': -1, 'capabilities': [['gpu']]}]
    return listed(value, lambda member: _device_request(mapping(member)), "'all', or a list of mappings")


def _device_request(value: Mapping) -> Mapping:
    capabilities = texts(value.get('capabilities')) or ['gpu']
    ids = texts(value.get('device_ids'))
    count = value.get('count', None if ids else -1)
    found: Mapping = {'capabilities': [capabilities]}
    if value.get('driver') is not None:
        found['driver'] = text(value['driver'])
    if count is not None:
        found['count'] = -1 if count == 'all' else whole(count)
    if ids:
        found['device_ids'] = ids
    if value.get('options'):
        found['options'] = set_pairs(value['options'])
    return found


def restart_policy(value: object) -> str:
    """A restart policy such as ``on-failure:3``."""
    # Without quotes, YAML before 1.2 reads it as a truth value.
    return 'no' if value is False else text(value)


@dataclass(frozen=True)
class Row:
    """How a setting of services is called here, and how its value is converted."""

    place: str
    name: str
    convert: Callable[[object], object]


def _rows(place: str, convert: Callable[[object], object], **names: str) -> Iterator[tuple[str, Row]]:
    for setting, name in names.items():
        yield setting, Row(place, name, convert)


def _same(place: str, convert: Callable[[object], object], *names: str) -> Iterator[tuple[str, Row]]:
    yield from _rows(place, convert, **dict(zip(names, names, strict=True)))


OPTIONS: dict[str, Row] = dict(
    (
        *_same(CREATE, command, 'command', 'entrypoint'),
        *_same(CREATE, text, 'domainname', 'hostname', 'mac_address', 'platform', 'user', 'working_dir'),
        *_same(CREATE, set_pairs, 'labels'),
        *_same(CREATE, flag, 'stdin_open', 'tty'),
        *_same(HOST, texts, 'cap_add', 'cap_drop', 'device_cgroup_rules', 'dns', 'dns_opt', 'dns_search', 'group_add'),
        *_same(HOST, texts, 'security_opt'),
        *_same(HOST, text, 'cgroup_parent', 'isolation', 'runtime', 'userns_mode'),
        *_same(HOST, flag, 'init', 'oom_kill_disable', 'privileged', 'read_only'),
        *_same(HOST, whole, 'cpu_count', 'cpu_percent', 'cpu_shares', 'mem_swappiness', 'oom_score_adj', 'pids_limit'),
        *_same(HOST, short_size, 'mem_limit', 'mem_reservation', 'memswap_limit', 'shm_size'),
        *_same(HOST, set_pairs, 'annotations', 'storage_opt', 'sysctls'),
        *_rows(HOST, text, cgroup='cgroupns', cpuset='cpuset_cpus', uts='uts_mode'),
        *_rows(HOST, nano_cpus, cpus='nano_cpus'),
        *_rows(HOST, devices, devices='devices'),
        *_rows(HOST, device_requests, gpus='device_requests'),
        *_rows(HOST, extra_hosts, extra_hosts='extra_hosts'),
        *_rows(HOST, log_config, logging='log_config'),
        *_rows(HOST, restart_policy, restart='restart_policy'),
        *_rows(HOST, tmpfs, tmpfs='tmpfs'),
        *_rows(HOST, ulimits, ulimits='ulimits'),
    )
)
"""Settings that are handed on, by their names in Compose files."""

MICROSECONDS = ('cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime')
"""Settings in microseconds, or as a time."""

BLKIO = {
    'device_read_bps': ('device_read_bps', 'rate'),
    'device_read_iops': ('device_read_iops', 'rate'),
    'device_write_bps': ('device_write_bps', 'rate'),
    'device_write_iops': ('device_write_iops', 'rate'),
    'weight_device': ('blkio_weight_device', 'weight'),
}
"""Settings of ``blkio_config``, with their names here, and the name of their number."""


def blkio_options(value: object) -> Mapping:
    """Arguments that ``blkio_config`` stands for."""
    found: Mapping = {}
    for name, own in entries(value):
        with located(name):
            if name == 'weight':
                found['blkio_weight'] = whole(own)
            elif name in BLKIO:
                argument, quantity = BLKIO[name]
                found[argument] = listed(own, partial(_rate, quantity))
            else:
                raise InputError(f'Expected weight, or one of {", ".join(BLKIO)}.')
    return found


def _rate(quantity: str, value: object) -> Mapping:
    settings = mapping(value)
    if 'path' not in settings or quantity not in settings:
        raise expected(f"a mapping with 'path' and {quantity!r}", value)
    amount = settings[quantity]
    with located(quantity):
        found = size(amount)
    return {'path': text(settings['path']), quantity: found}
