"""Every argument of the SDK's creating calls, as a row that has all that is to know about it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypedDict

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Type(Enum):
    """What values of an argument are, which decides about their shape, and whether they are shown."""

    ADDRESSES = 'addresses'
    BINDS = 'binds'
    CAPABILITIES = 'capabilities'
    COMMAND = 'command'
    CPUS = 'CPUs, in billionths'
    CPU_SET = 'CPU set'
    DEVICES = 'devices'
    DEVICE_RATES = 'rates by device'
    DEVICE_REQUESTS = 'device requests'
    DEVICE_RULES = 'control group rules of devices'
    DEVICE_WEIGHTS = 'weights by device'
    ENVIRONMENT = 'environment'
    FLAG = 'flag'
    GROUPS = 'groups'
    HEALTHCHECK = 'health check'
    HOST_ADDRESSES = 'addresses by host name'
    IPAM = 'IPAM configuration'
    LABELS = 'labels'
    LINKS = 'links'
    LOG_CONFIG = 'log configuration'
    LXC = 'LXC configuration'
    MAC_ADDRESS = 'MAC address'
    MOUNTS = 'mounts'
    NAME = 'name'
    NAMES = 'names'
    NETWORKING = 'networking configuration'
    NUMBER = 'number'
    PATH = 'path'
    PATHS = 'paths'
    PORTS = 'ports'
    PORT_BINDINGS = 'published ports'
    RESTART_POLICY = 'restart policy'
    SIGNAL = 'signal'
    SIZE = 'size, in bytes'
    TEXTS = 'texts'
    TEXT_MAP = 'texts by name'
    TMPFS = 'temporary file systems'
    ULIMITS = 'ulimits'
    USER = 'user'
    WORD = 'word'
    WORDS = 'words'


class Equal(Enum):
    """When two values of an argument mean the same to an engine."""

    AS_GIVEN = 'they are the same, lists in the same order'
    ADDRESSES = 'they are the same IP addresses in the same order'
    BINDS = 'the same is mounted at the same paths, with the same options'
    CAPABILITIES = 'they are the same capabilities, in any order, with or without CAP_'
    DEVICES = 'they are the same paths and permissions, in any order'
    HOSTS = 'each host name has the same addresses in the same order'
    IPAM = 'they are the same addresses and subnets, in any order'
    LINKS = 'they are the same containers and aliases, in any order'
    MAC_ADDRESS = 'they have the same digits'
    MOUNTS = 'the same is mounted at the same paths, with the same options; what is not set does not count'
    NESTED_SET = 'they have the same members, in any order, and so have these'
    PATH = 'they lead to the same place'
    PATHS = 'they lead to the same places'
    PORT_BINDINGS = 'each port is published at the same places, in any order'
    SECURITY = 'they are the same options, in any order, with a colon or an equals sign'
    SET = 'they have the same members, in any order'
    SIGNAL = 'they are the same signal, by number or name'
    TMPFS = 'the same paths have the same options, in any order'
    VOLUMES_FROM = 'they are the same containers with the same options, in any order'


_EQUAL: dict[Type, Equal] = {
    Type.ADDRESSES: Equal.ADDRESSES,
    Type.BINDS: Equal.BINDS,
    Type.CAPABILITIES: Equal.CAPABILITIES,
    Type.DEVICES: Equal.DEVICES,
    Type.DEVICE_RATES: Equal.DEVICES,
    Type.DEVICE_REQUESTS: Equal.NESTED_SET,
    Type.DEVICE_RULES: Equal.SET,
    Type.DEVICE_WEIGHTS: Equal.DEVICES,
    Type.GROUPS: Equal.SET,
    Type.HOST_ADDRESSES: Equal.HOSTS,
    Type.IPAM: Equal.IPAM,
    Type.LINKS: Equal.LINKS,
    Type.LXC: Equal.SET,
    Type.MAC_ADDRESS: Equal.MAC_ADDRESS,
    Type.MOUNTS: Equal.MOUNTS,
    Type.NAMES: Equal.VOLUMES_FROM,
    Type.PATH: Equal.PATH,
    Type.PATHS: Equal.PATHS,
    Type.PORT_BINDINGS: Equal.PORT_BINDINGS,
    Type.SIGNAL: Equal.SIGNAL,
    Type.TMPFS: Equal.TMPFS,
    Type.ULIMITS: Equal.SET,
}
"""What is equal where a row says nothing else; all other types are compared as they are given."""


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
    :param accepts: Pattern of what engines and SDK accept, where that is less than the type says.
    :param least: Smallest number that is accepted.
    :param most: Largest one; of a text, how many characters it may have.
    :param equal: When two values mean the same, where the type does not say it.
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
    accepts: str | None = None
    least: int | None = None
    most: int | None = None
    equal: Equal = Equal.AS_GIVEN


class _Narrower(TypedDict, total=False):
    """What is accepted of a type, or is particular about it."""

    accepts: str
    least: int
    most: int
    equal: Equal


def _create(
    name: str,
    key: str | None,
    type: Type,
    words: str,
    plural: bool = False,
    observed: bool = True,
    live: bool = False,
    flag: str | None = None,
    **shape: Unpack[_Narrower],
) -> CreateOption:
    path = ('Config', key) if key else None
    return CreateOption(name, False, path, type, words, plural, observed, live, flag, **shape)


def _host(
    name: str,
    key: str,
    type: Type,
    words: str,
    plural: bool = False,
    live: bool = False,
    flag: str | None = None,
    limit: Limit | None = None,
    **shape: Unpack[_Narrower],
) -> CreateOption:
    return CreateOption(name, True, ('HostConfig', key), type, words, plural, True, live, flag, limit, **shape)


def _top(
    name: str,
    key: str | None,
    type: Type,
    words: str,
    plural: bool = False,
    observed: bool = True,
    live: bool = False,
    flag: str | None = None,
    **shape: Unpack[_Narrower],
) -> CreateOption:
    path = (key,) if key else None
    return CreateOption(name, False, path, type, words, plural, observed, live, flag, **shape)


def _by_name(*rows: CreateOption) -> dict[str, CreateOption]:
    return {
        row.name: row._replace(equal=_EQUAL.get(row.type, row.equal)) if row.equal is Equal.AS_GIVEN else row
        for row in rows
    }


CREATE_OPTIONS: dict[str, CreateOption] = _by_name(
    _create('command', 'Cmd', Type.COMMAND, 'command'),
    _create('detach', None, Type.FLAG, 'detaching', observed=False, flag=''),
    _create('domainname', 'Domainname', Type.WORD, 'domain name'),
    _create('entrypoint', 'Entrypoint', Type.COMMAND, 'entrypoint'),
    _create('environment', 'Env', Type.ENVIRONMENT, 'environment'),
    _create('healthcheck', 'Healthcheck', Type.HEALTHCHECK, 'health check'),
    # https://man7.org/linux/man-pages/man7/hostname.7.html; a longer one is only refused when the container starts.
    _create('hostname', 'Hostname', Type.WORD, 'host name', most=64),
    _create('labels', 'Labels', Type.LABELS, 'labels', plural=True),
    _create('mac_address', 'MacAddress', Type.MAC_ADDRESS, 'MAC address'),
    _create('network_disabled', 'NetworkDisabled', Type.FLAG, 'disabled network'),
    _create('networking_config', None, Type.NETWORKING, 'networking configuration', live=True),
    _create('platform', None, Type.NAME, 'platform', observed=False),
    _create('ports', 'ExposedPorts', Type.PORTS, 'exposed ports', plural=True),
    _create('stdin_open', 'OpenStdin', Type.FLAG, 'open standard input', flag='interactive'),
    _create('stop_signal', 'StopSignal', Type.SIGNAL, 'stop signal'),
    _create('stop_timeout', 'StopTimeout', Type.NUMBER, 'stop timeout', least=-1),
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
    _host('annotations', 'Annotations', Type.TEXT_MAP, 'annotations', plural=True, flag='annotation'),
    _host('auto_remove', 'AutoRemove', Type.FLAG, 'automatic removal', flag='rm'),
    _host('binds', 'Binds', Type.BINDS, 'binds', plural=True),
    _host(
        'blkio_weight', 'BlkioWeight', Type.NUMBER, 'block IO weight', live=True, limit=Limit(None), least=0, most=1000
    ),
    _host('blkio_weight_device', 'BlkioWeightDevice', Type.DEVICE_WEIGHTS, 'block IO weights of devices', plural=True),
    _host('cap_add', 'CapAdd', Type.CAPABILITIES, 'added capabilities', plural=True),
    _host('cap_drop', 'CapDrop', Type.CAPABILITIES, 'dropped capabilities', plural=True),
    _host('cgroup_parent', 'CgroupParent', Type.NAME, 'parent control group', equal=Equal.PATH),
    _host('cgroupns', 'CgroupnsMode', Type.WORD, 'control group namespace', accepts='private|host'),
    _host('cpu_count', 'CpuCount', Type.NUMBER, 'CPU count', least=0),
    _host('cpu_percent', 'CpuPercent', Type.NUMBER, 'CPU percentage', least=0, most=100),
    _host(
        'cpu_period',
        'CpuPeriod',
        Type.NUMBER,
        'CPU period',
        live=True,
        limit=Limit('CpuCfsPeriod', reset=100_000),
        least=0,
    ),
    _host('cpu_quota', 'CpuQuota', Type.NUMBER, 'CPU quota', live=True, limit=Limit('CpuCfsQuota', reset=-1), least=-1),
    _host('cpu_rt_period', 'CPURealtimePeriod', Type.NUMBER, 'CPU real-time period', least=0),
    _host('cpu_rt_runtime', 'CPURealtimeRuntime', Type.NUMBER, 'CPU real-time runtime', least=0),
    _host(
        'cpu_shares',
        'CpuShares',
        Type.NUMBER,
        'CPU shares',
        plural=True,
        live=True,
        limit=Limit('CPUShares', created=True),
        least=0,
    ),
    _host('cpuset_cpus', 'CpusetCpus', Type.CPU_SET, 'CPU set', live=True, limit=Limit('CPUSet')),
    _host('cpuset_mems', 'CpusetMems', Type.CPU_SET, 'memory nodes', plural=True, live=True, limit=Limit('CPUSet')),
    _host(
        'device_cgroup_rules',
        'DeviceCgroupRules',
        Type.DEVICE_RULES,
        'control group rules of devices',
        plural=True,
        flag='device-cgroup-rule',
    ),
    _host('device_read_bps', 'BlkioDeviceReadBps', Type.DEVICE_RATES, 'read rates of devices', plural=True),
    _host('device_read_iops', 'BlkioDeviceReadIOps', Type.DEVICE_RATES, 'read rates of devices', plural=True),
    _host('device_requests', 'DeviceRequests', Type.DEVICE_REQUESTS, 'device requests', plural=True),
    _host('device_write_bps', 'BlkioDeviceWriteBps', Type.DEVICE_RATES, 'write rates of devices', plural=True),
    _host('device_write_iops', 'BlkioDeviceWriteIOps', Type.DEVICE_RATES, 'write rates of devices', plural=True),
    _host('devices', 'Devices', Type.DEVICES, 'devices', plural=True),
    _host('dns', 'Dns', Type.ADDRESSES, 'DNS servers', plural=True),
    _host('dns_opt', 'DnsOptions', Type.TEXTS, 'DNS options', plural=True, equal=Equal.SET),
    _host('dns_search', 'DnsSearch', Type.WORDS, 'DNS search domains', plural=True),
    _host('extra_hosts', 'ExtraHosts', Type.HOST_ADDRESSES, 'extra hosts', plural=True, flag='add-host'),
    _host('group_add', 'GroupAdd', Type.GROUPS, 'additional groups', plural=True),
    _host('init', 'Init', Type.FLAG, 'init process'),
    _host('init_path', 'InitPath', Type.PATH, 'path of the init process', flag=''),
    _host(
        'ipc_mode',
        'IpcMode',
        Type.WORD,
        'IPC mode',
        flag='ipc',
        accepts=r'none|private|shareable|host|container:[\s\S]+',
    ),
    _host('isolation', 'Isolation', Type.WORD, 'isolation', accepts='[dD]efault|process|hyperv'),
    _host(
        'kernel_memory',
        'KernelMemory',
        Type.SIZE,
        'kernel memory',
        live=True,
        limit=Limit('KernelMemory', unlimited=-1),
    ),
    _host('links', 'Links', Type.LINKS, 'links', plural=True, flag='link'),
    _host('log_config', 'LogConfig', Type.LOG_CONFIG, 'log configuration'),
    _host('lxc_conf', 'LxcConf', Type.LXC, 'LXC configuration', flag=''),
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
    _host(
        'mem_swappiness',
        'MemorySwappiness',
        Type.NUMBER,
        'memory swappiness',
        flag='memory-swappiness',
        least=-1,
        most=100,
    ),
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
    _host('mounts', 'Mounts', Type.MOUNTS, 'mounts', plural=True),
    _host('nano_cpus', 'NanoCpus', Type.CPUS, 'CPUs', plural=True, least=0),
    _host('network_mode', 'NetworkMode', Type.WORD, 'network mode', live=True),
    _host('oom_kill_disable', 'OomKillDisable', Type.FLAG, 'disabled OOM killer'),
    _host('oom_score_adj', 'OomScoreAdj', Type.NUMBER, 'OOM score adjustment', least=-1000, most=1000),
    _host('pid_mode', 'PidMode', Type.WORD, 'PID mode', flag='pid', accepts=r'host|container:[\s\S]+'),
    _host('pids_limit', 'PidsLimit', Type.NUMBER, 'limit of processes', least=-1),
    _host('port_bindings', 'PortBindings', Type.PORT_BINDINGS, 'published ports', plural=True),
    _host('privileged', 'Privileged', Type.FLAG, 'privileged'),
    _host('publish_all_ports', 'PublishAllPorts', Type.FLAG, 'publishing of all ports', flag='publish-all'),
    _host('read_only', 'ReadonlyRootfs', Type.FLAG, 'read-only root file system'),
    _host('restart_policy', 'RestartPolicy', Type.RESTART_POLICY, 'restart policy', live=True),
    _host('runtime', 'Runtime', Type.WORD, 'runtime'),
    _host('security_opt', 'SecurityOpt', Type.TEXTS, 'security options', plural=True, equal=Equal.SECURITY),
    _host('shm_size', 'ShmSize', Type.SIZE, 'size of shared memory'),
    _host('storage_opt', 'StorageOpt', Type.TEXT_MAP, 'storage options', plural=True),
    _host('sysctls', 'Sysctls', Type.TEXT_MAP, 'kernel parameters', plural=True),
    _host('tmpfs', 'Tmpfs', Type.TMPFS, 'temporary file systems', plural=True),
    _host('ulimits', 'Ulimits', Type.ULIMITS, 'ulimits', plural=True),
    _host('userns_mode', 'UsernsMode', Type.WORD, 'user namespace mode', flag='userns', accepts='host'),
    _host('uts_mode', 'UTSMode', Type.WORD, 'UTS mode', flag='uts', accepts='host'),
    _host('volume_driver', 'VolumeDriver', Type.WORD, 'volume driver'),
    _host('volumes_from', 'VolumesFrom', Type.NAMES, 'volumes of other containers', plural=True),
)
"""Arguments of ``create_container`` and ``HostConfig``, but for the name, the image, and ``host_config`` itself."""

NETWORK_OPTIONS: dict[str, CreateOption] = _by_name(
    _top('attachable', 'Attachable', Type.FLAG, 'attachable'),
    _top('check_duplicate', None, Type.FLAG, 'check for duplicates', observed=False, live=True),
    _top('driver', 'Driver', Type.NAME, 'driver'),
    _top('enable_ipv4', 'EnableIPv4', Type.FLAG, 'IPv4', flag='ipv4'),
    _top('enable_ipv6', 'EnableIPv6', Type.FLAG, 'IPv6'),
    _top('ingress', 'Ingress', Type.FLAG, 'ingress'),
    _top('internal', 'Internal', Type.FLAG, 'internal'),
    _top('ipam', 'IPAM', Type.IPAM, 'IPAM configuration'),
    _top('labels', 'Labels', Type.LABELS, 'labels', plural=True),
    _top('options', 'Options', Type.TEXT_MAP, 'driver options', plural=True, flag='opt'),
    _top('scope', 'Scope', Type.WORD, 'scope', accepts='local|global|swarm'),
)
"""Arguments of ``create_network``, but for the name."""

VOLUME_OPTIONS: dict[str, CreateOption] = _by_name(
    _top('driver', 'Driver', Type.NAME, 'driver'),
    _top('driver_opts', 'Options', Type.TEXT_MAP, 'driver options', plural=True),
    _top('labels', 'Labels', Type.LABELS, 'labels', plural=True),
)
"""Arguments of ``create_volume``, but for the name."""
