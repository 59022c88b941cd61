"""Every argument of the SDK's creating calls, as a row."""
from __future__ import annotations

from typing import NamedTuple


class CreateOption(NamedTuple):
    """One argument of a creating call.

    ``host`` says that it belongs to the host configuration; ``path`` where an inspection shows it; ``live`` that it
    is judged only by what the engine has now, since it can be changed in place or leaves no trace, and so is no part
    of the label.
    """

    name: str
    host: bool = False
    path: tuple[str, ...] | None = None
    live: bool = False


def _create(name: str, key: str | None = None, live: bool = False) -> CreateOption:
    return CreateOption(name, False, ('Config', key) if key else None, live)


def _host(name: str, key: str, live: bool = False) -> CreateOption:
    return CreateOption(name, True, ('HostConfig', key), live)


def _top(name: str, key: str | None, live: bool = False) -> CreateOption:
    return CreateOption(name, False, (key,) if key else None, live)


def _by_name(*rows: CreateOption) -> dict[str, CreateOption]:
    return {row.name: row for row in rows}


CREATE_OPTIONS: dict[str, CreateOption] = _by_name(
    _create('command', 'Cmd'),
    _create('detach'),
    _create('domainname', 'Domainname'),
    _create('entrypoint', 'Entrypoint'),
    _create('environment', 'Env'),
    _create('healthcheck', 'Healthcheck'),
    _create('hostname', 'Hostname'),
    _create('labels', 'Labels'),
    _create('mac_address', 'MacAddress'),
    _create('network_disabled', 'NetworkDisabled'),
    _create('networking_config', live=True),
    _create('platform'),
    _create('ports', 'ExposedPorts'),
    _create('stdin_open', 'OpenStdin'),
    _create('stop_signal', 'StopSignal'),
    _create('stop_timeout', 'StopTimeout'),
    _create('tty', 'Tty'),
    _create('use_config_proxy', live=True),
    _create('user', 'User'),
    _create('volumes', 'Volumes'),
    _create('working_dir', 'WorkingDir'),
    _host('auto_remove', 'AutoRemove'),
    _host('binds', 'Binds'),
    _host('blkio_weight', 'BlkioWeight', live=True),
    _host('blkio_weight_device', 'BlkioWeightDevice'),
    _host('cap_add', 'CapAdd'),
    _host('cap_drop', 'CapDrop'),
    _host('cgroup_parent', 'CgroupParent'),
    _host('cgroupns', 'CgroupnsMode'),
    _host('cpu_count', 'CpuCount'),
    _host('cpu_percent', 'CpuPercent'),
    _host('cpu_period', 'CpuPeriod', live=True),
    _host('cpu_quota', 'CpuQuota', live=True),
    _host('cpu_rt_period', 'CPURealtimePeriod'),
    _host('cpu_rt_runtime', 'CPURealtimeRuntime'),
    _host('cpu_shares', 'CpuShares', live=True),
    _host('cpuset_cpus', 'CpusetCpus', live=True),
    _host('cpuset_mems', 'CpusetMems', live=True),
    _host('device_cgroup_rules', 'DeviceCgroupRules'),
    _host('device_read_bps', 'BlkioDeviceReadBps'),
    _host('device_read_iops', 'BlkioDeviceReadIOps'),
    _host('device_requests', 'DeviceRequests'),
    _host('device_write_bps', 'BlkioDeviceWriteBps'),
    _host('device_write_iops', 'BlkioDeviceWriteIOps'),
    _host('devices', 'Devices'),
    _host('dns', 'Dns'),
    _host('dns_opt', 'DnsOptions'),
    _host('dns_search', 'DnsSearch'),
    _host('extra_hosts', 'ExtraHosts'),
    _host('group_add', 'GroupAdd'),
    _host('init', 'Init'),
    _host('init_path', 'InitPath'),
    _host('ipc_mode', 'IpcMode'),
    _host('isolation', 'Isolation'),
    _host('kernel_memory', 'KernelMemory', live=True),
    _host('links', 'Links'),
    _host('log_config', 'LogConfig'),
    _host('lxc_conf', 'LxcConf'),
    _host('mem_limit', 'Memory', live=True),
    _host('mem_reservation', 'MemoryReservation', live=True),
    _host('mem_swappiness', 'MemorySwappiness'),
    _host('memswap_limit', 'MemorySwap', live=True),
    _host('mounts', 'Mounts'),
    _host('nano_cpus', 'NanoCpus'),
    _host('network_mode', 'NetworkMode', live=True),
    _host('oom_kill_disable', 'OomKillDisable'),
    _host('oom_score_adj', 'OomScoreAdj'),
    _host('pid_mode', 'PidMode'),
    _host('pids_limit', 'PidsLimit'),
    _host('port_bindings', 'PortBindings'),
    _host('privileged', 'Privileged'),
    _host('publish_all_ports', 'PublishAllPorts'),
    _host('read_only', 'ReadonlyRootfs'),
    _host('restart_policy', 'RestartPolicy', live=True),
    _host('runtime', 'Runtime'),
    _host('security_opt', 'SecurityOpt'),
    _host('shm_size', 'ShmSize'),
    _host('storage_opt', 'StorageOpt'),
    _host('sysctls', 'Sysctls'),
    _host('tmpfs', 'Tmpfs'),
    _host('ulimits', 'Ulimits'),
    _host('userns_mode', 'UsernsMode'),
    _host('uts_mode', 'UTSMode'),
    _host('volume_driver', 'VolumeDriver'),
    _host('volumes_from', 'VolumesFrom'),
)
"""Arguments of ``create_container`` and ``HostConfig``, but for the name, the image, and ``host_config`` itself."""

NETWORK_OPTIONS: dict[str, CreateOption] = _by_name(
    _top('attachable', 'Attachable'),
    _top('check_duplicate', None, live=True),
    _top('driver', 'Driver'),
    _top('enable_ipv6', 'EnableIPv6'),
    _top('ingress', 'Ingress'),
    _top('internal', 'Internal'),
    _top('ipam', 'IPAM'),
    _top('labels', 'Labels'),
    _top('options', 'Options'),
    _top('scope', 'Scope'),
)
"""Arguments of ``create_network``, but for the name."""

VOLUME_OPTIONS: dict[str, CreateOption] = _by_name(
    _top('driver', 'Driver'),
    _top('driver_opts', 'Options'),
    _top('labels', 'Labels'),
)
"""Arguments of ``create_volume``, but for the name."""
