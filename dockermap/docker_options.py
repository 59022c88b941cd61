"""Every argument of the SDK's creating calls, as a row that has all that is to know about it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Type(Enum):
    """What values of an argument are. Those of type ``OTHER`` may hold secrets, and are never shown."""

    ADDRESS = 'address'
    ADDRESSES = 'addresses'
    CPUS = 'CPUs, in billionths'
    CPU_SET = 'CPU set'
    FLAG = 'flag'
    GROUPS = 'groups'
    HOST_ADDRESSES = 'addresses by host name'
    LINKS = 'links'
    NAME = 'name'
    NAMES = 'names'
    NUMBER = 'number'
    OTHER = 'other'
    PATH = 'path'
    PATHS = 'paths'
    PORTS = 'ports'
    PORT_BINDINGS = 'published ports'
    RESTART_POLICY = 'restart policy'
    SIGNAL = 'signal'
    SIZE = 'size, in bytes'
    USER = 'user'
    WORD = 'word'
    WORDS = 'words'


class Limit(NamedTuple):
    """A limit, which engines can change in place.

    :param support: Key of the engine's description of its host that says whether it is supported; ``None`` if only a
        warning does.
    :param reset: Value that means the same as no limit, on every kind of control group, and that engines accept in an
        update. Without one it cannot be taken back in place: memory cannot be unlimited again, and what processor
        shares default to varies with hosts.
    :param unlimited: What engines show, or take, for no limit, if that is another value than ``reset``.
    :param created: Whether the original read it from ``create_options`` as well.
    """

    support: str | None
    reset: int | None = None
    unlimited: int | None = None
    created: bool = False


class CreateOption(NamedTuple):
    """One argument of a creating call.

    :param host: It belongs to the host configuration.
    :param path: Where an inspection shows it; ``None`` where it does not.
    :param type: What its values are, which decides how they are compared and whether they are shown.
    :param words: What people call it.
    :param plural: The words are a plural.
    :param observed: Engines show the value that was given.
    :param live: It is judged only by what the engine has now, since it can be changed in place or leaves no trace, and
        so is no part of the label.
    :param flag: Flag of the ``docker`` command, if it is not called like the argument; empty if there is none.
    :param limit: How it can be changed in place; ``None`` if it cannot.
    """

    name: str
    host: bool
    path: tuple[str, ...] | None
    type: Type
    words: str
    plural: bool = False
    observed: bool = True
    live: bool = False
    flag: str | None = None
    limit: Limit | None = None


def _create(
    name: str,
    key: str | None,
    type: Type,
    words: str,
    plural: bool = False,
    observed: bool = True,
    live: bool = False,
    flag: str | None = None,
) -> CreateOption:
    return CreateOption(name, False, ('Config', key) if key else None, type, words, plural, observed, live, flag)


def _host(
    name: str,
    key: str,
    type: Type,
    words: str,
    plural: bool = False,
    live: bool = False,
    flag: str | None = None,
    limit: Limit | None = None,
) -> CreateOption:
    return CreateOption(name, True, ('HostConfig', key), type, words, plural, True, live, flag, limit)


def _top(
    name: str,
    key: str | None,
    type: Type,
    words: str,
    plural: bool = False,
    observed: bool = True,
    live: bool = False,
    flag: str | None = None,
) -> CreateOption:
    return CreateOption(name, False, (key,) if key else None, type, words, plural, observed, live, flag)


def _by_name(*rows: CreateOption) -> dict[str, CreateOption]:
    return {row.name: row for row in rows}


CREATE_OPTIONS: dict[str, CreateOption] = _by_name(
    _create('command', 'Cmd', Type.OTHER, 'command'),
    _create('detach', None, Type.FLAG, 'detaching', observed=False, flag=''),
    _create('domainname', 'Domainname', Type.WORD, 'domain name'),
    _create('entrypoint', 'Entrypoint', Type.OTHER, 'entrypoint'),
    _create('environment', 'Env', Type.OTHER, 'environment'),
    _create('healthcheck', 'Healthcheck', Type.OTHER, 'health check'),
    _create('hostname', 'Hostname', Type.WORD, 'host name'),
    _create('labels', 'Labels', Type.OTHER, 'labels', plural=True),
    _create('mac_address', 'MacAddress', Type.ADDRESS, 'MAC address'),
    _create('network_disabled', 'NetworkDisabled', Type.FLAG, 'disabled network'),
    _create('networking_config', None, Type.OTHER, 'networking configuration', live=True),
    _create('platform', None, Type.NAME, 'platform', observed=False),
    _create('ports', 'ExposedPorts', Type.PORTS, 'exposed ports', plural=True),
    _create('stdin_open', 'OpenStdin', Type.FLAG, 'open standard input', flag='interactive'),
    _create('stop_signal', 'StopSignal', Type.SIGNAL, 'stop signal'),
    _create('stop_timeout', 'StopTimeout', Type.NUMBER, 'stop timeout'),
    _create('tty', 'Tty', Type.FLAG, 'terminal'),
    _create(
        'use_config_proxy',
        None,
        Type.FLAG,
        'proxy settings of the client',
        plural=True,
        observed=False,
        live=True,
        flag='',
    ),
    _create('user', 'User', Type.USER, 'user'),
    _create('volumes', 'Volumes', Type.PATHS, 'volumes', plural=True, flag='volume'),
    _create('working_dir', 'WorkingDir', Type.PATH, 'working directory', flag='workdir'),
    _host('auto_remove', 'AutoRemove', Type.FLAG, 'automatic removal', flag='rm'),
    _host('binds', 'Binds', Type.PATHS, 'binds', plural=True),
    _host('blkio_weight', 'BlkioWeight', Type.NUMBER, 'block IO weight', live=True, limit=Limit(None)),
    _host('blkio_weight_device', 'BlkioWeightDevice', Type.OTHER, 'block IO weights of devices', plural=True),
    _host('cap_add', 'CapAdd', Type.WORDS, 'added capabilities', plural=True),
    _host('cap_drop', 'CapDrop', Type.WORDS, 'dropped capabilities', plural=True),
    _host('cgroup_parent', 'CgroupParent', Type.PATH, 'parent control group'),
    _host('cgroupns', 'CgroupnsMode', Type.WORD, 'control group namespace'),
    _host('cpu_count', 'CpuCount', Type.NUMBER, 'CPU count'),
    _host('cpu_percent', 'CpuPercent', Type.NUMBER, 'CPU percentage'),
    _host('cpu_period', 'CpuPeriod', Type.NUMBER, 'CPU period', live=True, limit=Limit('CpuCfsPeriod', reset=100_000)),
    _host('cpu_quota', 'CpuQuota', Type.NUMBER, 'CPU quota', live=True, limit=Limit('CpuCfsQuota', reset=-1)),
    _host('cpu_rt_period', 'CPURealtimePeriod', Type.NUMBER, 'CPU real-time period'),
    _host('cpu_rt_runtime', 'CPURealtimeRuntime', Type.NUMBER, 'CPU real-time runtime'),
    _host(
        'cpu_shares',
        'CpuShares',
        Type.NUMBER,
        'CPU shares',
        plural=True,
        live=True,
        limit=Limit('CPUShares', created=True),
    ),
    _host('cpuset_cpus', 'CpusetCpus', Type.CPU_SET, 'CPU set', live=True, limit=Limit('CPUSet')),
    _host('cpuset_mems', 'CpusetMems', Type.CPU_SET, 'memory nodes', plural=True, live=True, limit=Limit('CPUSet')),
    _host(
        'device_cgroup_rules',
        'DeviceCgroupRules',
        Type.OTHER,
        'control group rules of devices',
        plural=True,
        flag='device-cgroup-rule',
    ),
    _host('device_read_bps', 'BlkioDeviceReadBps', Type.OTHER, 'read rates of devices', plural=True),
    _host('device_read_iops', 'BlkioDeviceReadIOps', Type.OTHER, 'read rates of devices', plural=True),
    _host('device_requests', 'DeviceRequests', Type.OTHER, 'device requests', plural=True),
    _host('device_write_bps', 'BlkioDeviceWriteBps', Type.OTHER, 'write rates of devices', plural=True),
    _host('device_write_iops', 'BlkioDeviceWriteIOps', Type.OTHER, 'write rates of devices', plural=True),
    _host('devices', 'Devices', Type.OTHER, 'devices', plural=True),
    _host('dns', 'Dns', Type.ADDRESSES, 'DNS servers', plural=True),
    _host('dns_opt', 'DnsOptions', Type.OTHER, 'DNS options', plural=True),
    _host('dns_search', 'DnsSearch', Type.WORDS, 'DNS search domains', plural=True),
    _host('extra_hosts', 'ExtraHosts', Type.HOST_ADDRESSES, 'extra hosts', plural=True, flag='add-host'),
    _host('group_add', 'GroupAdd', Type.GROUPS, 'additional groups', plural=True),
    _host('init', 'Init', Type.FLAG, 'init process'),
    _host('init_path', 'InitPath', Type.PATH, 'path of the init process', flag=''),
    _host('ipc_mode', 'IpcMode', Type.WORD, 'IPC mode', flag='ipc'),
    _host('isolation', 'Isolation', Type.WORD, 'isolation'),
    _host(
        'kernel_memory',
        'KernelMemory',
        Type.SIZE,
        'kernel memory',
        live=True,
        limit=Limit('KernelMemory', unlimited=-1),
    ),
    _host('links', 'Links', Type.LINKS, 'links', plural=True, flag='link'),
    _host('log_config', 'LogConfig', Type.OTHER, 'log configuration'),
    _host('lxc_conf', 'LxcConf', Type.OTHER, 'LXC configuration', flag=''),
    _host(
        'mem_limit',
        'Memory',
        Type.SIZE,
        'memory',
        live=True,
        flag='memory',
        limit=Limit('MemoryLimit', unlimited=-1, created=True),
    ),
    _host(
        'mem_reservation',
        'MemoryReservation',
        Type.SIZE,
        'memory reservation',
        live=True,
        flag='memory-reservation',
        limit=Limit('MemoryLimit', unlimited=-1),
    ),
    _host('mem_swappiness', 'MemorySwappiness', Type.NUMBER, 'memory swappiness', flag='memory-swappiness'),
    _host(
        'memswap_limit',
        'MemorySwap',
        Type.SIZE,
        'memory and swap',
        plural=True,
        live=True,
        flag='memory-swap',
        limit=Limit('SwapLimit', created=True),
    ),
    _host('mounts', 'Mounts', Type.OTHER, 'mounts', plural=True),
    _host('nano_cpus', 'NanoCpus', Type.CPUS, 'CPUs', plural=True),
    _host('network_mode', 'NetworkMode', Type.WORD, 'network mode', live=True),
    _host('oom_kill_disable', 'OomKillDisable', Type.FLAG, 'disabled OOM killer'),
    _host('oom_score_adj', 'OomScoreAdj', Type.NUMBER, 'OOM score adjustment'),
    _host('pid_mode', 'PidMode', Type.WORD, 'PID mode', flag='pid'),
    _host('pids_limit', 'PidsLimit', Type.NUMBER, 'limit of processes'),
    _host('port_bindings', 'PortBindings', Type.PORT_BINDINGS, 'published ports', plural=True),
    _host('privileged', 'Privileged', Type.FLAG, 'privileged'),
    _host('publish_all_ports', 'PublishAllPorts', Type.FLAG, 'publishing of all ports', flag='publish-all'),
    _host('read_only', 'ReadonlyRootfs', Type.FLAG, 'read-only root file system'),
    _host('restart_policy', 'RestartPolicy', Type.RESTART_POLICY, 'restart policy', live=True),
    _host('runtime', 'Runtime', Type.WORD, 'runtime'),
    _host('security_opt', 'SecurityOpt', Type.OTHER, 'security options', plural=True),
    _host('shm_size', 'ShmSize', Type.SIZE, 'size of shared memory'),
    _host('storage_opt', 'StorageOpt', Type.OTHER, 'storage options', plural=True),
    _host('sysctls', 'Sysctls', Type.OTHER, 'kernel parameters', plural=True),
    _host('tmpfs', 'Tmpfs', Type.OTHER, 'temporary file systems', plural=True),
    _host('ulimits', 'Ulimits', Type.OTHER, 'ulimits', plural=True),
    _host('userns_mode', 'UsernsMode', Type.WORD, 'user namespace mode', flag='userns'),
    _host('uts_mode', 'UTSMode', Type.WORD, 'UTS mode', flag='uts'),
    _host('volume_driver', 'VolumeDriver', Type.WORD, 'volume driver'),
    _host('volumes_from', 'VolumesFrom', Type.NAMES, 'volumes of other containers', plural=True),
)
"""Arguments of ``create_container`` and ``HostConfig``, but for the name, the image, and ``host_config`` itself."""

NETWORK_OPTIONS: dict[str, CreateOption] = _by_name(
    _top('attachable', 'Attachable', Type.FLAG, 'attachable'),
    _top('check_duplicate', None, Type.FLAG, 'check for duplicates', observed=False, live=True),
    _top('driver', 'Driver', Type.NAME, 'driver'),
    _top('enable_ipv6', 'EnableIPv6', Type.FLAG, 'IPv6'),
    _top('ingress', 'Ingress', Type.FLAG, 'ingress'),
    _top('internal', 'Internal', Type.FLAG, 'internal'),
    _top('ipam', 'IPAM', Type.OTHER, 'IPAM configuration'),
    _top('labels', 'Labels', Type.OTHER, 'labels', plural=True),
    _top('options', 'Options', Type.OTHER, 'driver options', plural=True, flag='opt'),
    _top('scope', 'Scope', Type.WORD, 'scope'),
)
"""Arguments of ``create_network``, but for the name."""

VOLUME_OPTIONS: dict[str, CreateOption] = _by_name(
    _top('driver', 'Driver', Type.NAME, 'driver'),
    _top('driver_opts', 'Options', Type.OTHER, 'driver options', plural=True),
    _top('labels', 'Labels', Type.OTHER, 'labels', plural=True),
)
"""Arguments of ``create_volume``, but for the name."""
