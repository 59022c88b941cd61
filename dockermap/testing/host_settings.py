"""The host configuration of containers, with an engine's defaults and checks."""

from __future__ import annotations

from collections.abc import Mapping

from ..docker_api import parse_bytes
from .documents import fresh, mapping, number, sequence, text, texts
from .errors import refusal

__all__ = ['host_settings', 'updated_settings']

MEGABYTE = 1024 * 1024
SMALLEST_MEMORY = 6 * MEGABYTE

_DEFAULTS: dict[str, object] = {
    'Binds': None,
    'ContainerIDFile': '',
    'LogConfig': {'Type': 'json-file', 'Config': {}},
    'NetworkMode': 'default',
    'PortBindings': None,
    'RestartPolicy': {'Name': '', 'MaximumRetryCount': 0},
    'AutoRemove': False,
    'VolumeDriver': '',
    'VolumesFrom': None,
    'CapAdd': None,
    'CapDrop': None,
    'CgroupnsMode': 'host',
    'Dns': None,
    'DnsOptions': None,
    'DnsSearch': None,
    'ExtraHosts': None,
    'GroupAdd': None,
    'IpcMode': 'private',
    'Cgroup': '',
    'Links': None,
    'OomScoreAdj': 0,
    'PidMode': '',
    'Privileged': False,
    'PublishAllPorts': False,
    'ReadonlyRootfs': False,
    'SecurityOpt': None,
    'UTSMode': '',
    'UsernsMode': '',
    'ShmSize': 67108864,
    'ConsoleSize': [0, 0],
    'Isolation': '',
    'CpuShares': 0,
    'Memory': 0,
    'NanoCpus': 0,
    'CgroupParent': '',
    'BlkioWeight': 0,
    'BlkioWeightDevice': None,
    'BlkioDeviceReadBps': None,
    'BlkioDeviceWriteBps': None,
    'BlkioDeviceReadIOps': None,
    'BlkioDeviceWriteIOps': None,
    'CpuPeriod': 0,
    'CpuQuota': 0,
    'CpuRealtimePeriod': 0,
    'CpuRealtimeRuntime': 0,
    'CpusetCpus': '',
    'CpusetMems': '',
    'Devices': None,
    'DeviceCgroupRules': None,
    'DeviceRequests': None,
    'KernelMemory': 0,
    'KernelMemoryTCP': 0,
    'MemoryReservation': 0,
    'MemorySwap': 0,
    'MemorySwappiness': None,
    'OomKillDisable': False,
    'PidsLimit': None,
    'Ulimits': None,
    'CpuCount': 0,
    'CpuPercent': 0,
    'IOMaximumIOps': 0,
    'IOMaximumBandwidth': 0,
    'MaskedPaths': [
        '/proc/asound',
        '/proc/acpi',
        '/proc/kcore',
        '/proc/keys',
        '/proc/latency_stats',
        '/proc/timer_list',
        '/proc/timer_stats',
        '/proc/sched_debug',
        '/proc/scsi',
        '/sys/firmware',
    ],
    'ReadonlyPaths': ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
}

_RENAMED = {'CPURealtimePeriod': 'CpuRealtimePeriod', 'CPURealtimeRuntime': 'CpuRealtimeRuntime'}
_WITHOUT_MEANING_IF_EMPTY = frozenset(name for name, value in _DEFAULTS.items() if value not in (None, False))

_CAPABILITIES = frozenset(
    (
        'ALL',
        'AUDIT_CONTROL',
        'AUDIT_READ',
        'AUDIT_WRITE',
        'BLOCK_SUSPEND',
        'BPF',
        'CHECKPOINT_RESTORE',
        'CHOWN',
        'DAC_OVERRIDE',
        'DAC_READ_SEARCH',
        'FOWNER',
        'FSETID',
        'IPC_LOCK',
        'IPC_OWNER',
        'KILL',
        'LEASE',
        'LINUX_IMMUTABLE',
        'MAC_ADMIN',
        'MAC_OVERRIDE',
        'MKNOD',
        'NET_ADMIN',
        'NET_BIND_SERVICE',
        'NET_BROADCAST',
        'NET_RAW',
        'PERFMON',
        'SETFCAP',
        'SETGID',
        'SETPCAP',
        'SETUID',
        'SYSLOG',
        'SYS_ADMIN',
        'SYS_BOOT',
        'SYS_CHROOT',
        'SYS_MODULE',
        'SYS_NICE',
        'SYS_PACCT',
        'SYS_PTRACE',
        'SYS_RAWIO',
        'SYS_RESOURCE',
        'SYS_TIME',
        'SYS_TTY_CONFIG',
        'WAKE_ALARM',
    )
)


def host_settings(given: Mapping[str, object] | None) -> dict[str, object]:
    """A host configuration as inspections show it.

    :raises docker.errors.APIError: Settings contradict each other, or have impossible values.
    """
    settings = fresh(_DEFAULTS)
    if given is not None:
        settings['Runtime'] = 'runc'
    for name, value in (given or {}).items():
        if value is not None and not (name in _WITHOUT_MEANING_IF_EMPTY and value == ''):
            settings[_RENAMED.get(name, name)] = fresh(value)
    settings['NetworkMode'] = text(settings['NetworkMode']) or 'default'
    _normalise_restart_policy(settings)
    _normalise_log(settings)
    _normalise_ports(settings)
    _check(settings)
    if number(settings['Memory']) and not number(settings['MemorySwap']):
        settings['MemorySwap'] = 2 * number(settings['Memory'])
    return settings


def _normalise_restart_policy(settings: dict[str, object]) -> None:
    policy = mapping(settings['RestartPolicy'])
    settings['RestartPolicy'] = {
        'Name': text(policy.get('Name')),
        'MaximumRetryCount': number(policy.get('MaximumRetryCount')),
    }


def _normalise_log(settings: dict[str, object]) -> None:
    log = mapping(settings['LogConfig'])
    settings['LogConfig'] = {'Type': text(log.get('Type')) or 'json-file', 'Config': fresh(log.get('Config') or {})}


def _normalise_ports(settings: dict[str, object]) -> None:
    if settings['PortBindings'] is None:
        return
    settings['PortBindings'] = {
        port if '/' in port else f'{port}/tcp': [
            {'HostIp': text(mapping(binding).get('HostIp')), 'HostPort': text(mapping(binding).get('HostPort'))}
            for binding in sequence(bindings) or [{}]
        ]
        for port, bindings in mapping(settings['PortBindings']).items()
    }


def _check(settings: Mapping[str, object]) -> None:
    mode = text(settings['NetworkMode'])
    check_restart_policy(mapping(settings['RestartPolicy']))
    if settings['AutoRemove'] and mapping(settings['RestartPolicy'])['Name'] not in ('', 'no'):
        raise refusal(400, "can't create 'AutoRemove' container with restart policy")
    if mode.startswith('container:'):
        _check_shared_network(settings)
    if mode == 'host' and settings['Links']:
        raise refusal(
            400,
            "conflicting options: host type networking can't be used with links. This would result in "
            'undefined behavior',
        )
    _check_capabilities(settings)
    check_memory(number(settings['Memory']), number(settings['MemorySwap']))


def _check_shared_network(settings: Mapping[str, object]) -> None:
    for name, what in (
        ('Links', "container type network can't be used with links. This would result in undefined behavior"),
        ('Dns', 'dns and the network mode'),
        ('ExtraHosts', 'custom host-to-IP mapping and the network mode'),
        ('PortBindings', 'port publishing and the container type network mode'),
        ('PublishAllPorts', 'port publishing and the container type network mode'),
    ):
        if settings[name]:
            raise refusal(400, f'conflicting options: {what}')


def check_restart_policy(policy: Mapping[str, object]) -> None:
    """Refuse unknown restart policies.

    :raises docker.errors.APIError: There is none of this name, or it takes no number.
    """
    name, count = text(policy.get('Name')), number(policy.get('MaximumRetryCount'))
    if name not in ('', 'no', 'always', 'unless-stopped', 'on-failure'):
        raise refusal(400, f"invalid restart policy '{name}'")
    if count and name != 'on-failure':
        raise refusal(400, f"maximum retry count cannot be used with restart policy '{name}'")
    if count < 0:
        raise refusal(400, 'maximum retry count cannot be negative')


def check_memory(memory: int, swap: int) -> None:
    """Refuse limits of memory that cannot be.

    :raises docker.errors.APIError: Too little, or they do not fit together.
    """
    if 0 < memory < SMALLEST_MEMORY:
        raise refusal(400, 'Minimum memory limit allowed is 6MB')
    if swap > 0 and not memory:
        raise refusal(400, 'You should always set the Memory limit when using Memoryswap limit, see usage')
    if 0 < swap < memory:
        raise refusal(400, 'Minimum memoryswap limit should be larger than memory limit, see usage')


def _check_capabilities(settings: Mapping[str, object]) -> None:
    for name in ('CapAdd', 'CapDrop'):
        for capability in texts(settings[name]):
            plain = capability.upper().removeprefix('CAP_')
            if plain not in _CAPABILITIES:
                raise refusal(400, f'invalid {name}: unknown capability: "CAP_{plain}"')


_UPDATED = {
    'blkio_weight': 'BlkioWeight',
    'cpu_period': 'CpuPeriod',
    'cpu_quota': 'CpuQuota',
    'cpu_shares': 'CpuShares',
    'cpuset_cpus': 'CpusetCpus',
    'cpuset_mems': 'CpusetMems',
    'restart_policy': 'RestartPolicy',
    'mem_limit': 'Memory',
    'mem_reservation': 'MemoryReservation',
    'memswap_limit': 'MemorySwap',
    'kernel_memory': 'KernelMemory',
}
_IN_BYTES = ('Memory', 'MemoryReservation', 'MemorySwap', 'KernelMemory')


def updated_settings(
    container_id: str,
    settings: Mapping[str, object],
    limits: Mapping[str, object],
) -> dict[str, object]:
    """A host configuration with other limits or another restart policy.

    :param limits: Arguments of docker-py's ``update_container``; those that are empty change nothing.
    :raises docker.errors.APIError: These cannot be.
    """
    changed: dict[str, object] = {_UPDATED[name]: value for name, value in limits.items() if value}
    for name in _IN_BYTES:
        if isinstance(changed.get(name), str):
            changed[name] = parse_bytes(text(changed[name]))
    new = {**settings, **fresh(changed)}
    if 'RestartPolicy' in changed:
        check_restart_policy(mapping(changed['RestartPolicy']))
        if settings['AutoRemove'] and mapping(changed['RestartPolicy']).get('Name') not in ('', 'no', None):
            raise refusal(400, 'Restart policy cannot be updated because AutoRemove is enabled for the container')
        _normalise_restart_policy(new)
    check_memory(number(changed.get('Memory')), number(changed.get('MemorySwap')) if 'Memory' in changed else 0)
    if 'Memory' in changed and 'MemorySwap' not in changed and number(new['Memory']) > number(new['MemorySwap']) >= 0:
        raise refusal(
            409,
            f'Cannot update container {container_id}: Memory limit should be smaller than already set '
            'memoryswap limit, update the memoryswap at the same time',
        )
    return new
