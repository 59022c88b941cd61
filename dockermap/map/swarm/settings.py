"""What becomes of each setting on a swarm: one row for each property and each argument of creating calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Path = tuple[str, ...]

TASK: Path = ('TaskTemplate',)
CONTAINER: Path = ('TaskTemplate', 'ContainerSpec')
RESOURCES: Path = ('TaskTemplate', 'Resources')
_NANOSECONDS = 1_000_000_000


class Fate(Enum):
    """What becomes of a setting on a swarm."""

    KEPT = 'as on an engine'
    CHANGED = 'with another meaning'
    IGNORED = 'no meaning'
    REFUSED = 'refused'


@dataclass(frozen=True)
class Setting:
    """What becomes of one setting.

    :param text: What it is on a swarm, or why it is refused.
    :param path: Where the specification of a service has it.
    :param convert: Makes the value there from the one that engines get; ``None`` takes it as it is.
    """

    fate: Fate
    text: str = ''
    path: Path = ()
    convert: Callable[[Any], Any] | None = None

    @property
    def is_copied(self) -> bool:
        """Whether the value is put into the specification by this row alone."""
        return self.fate is Fate.KEPT and bool(self.path) and self.text != _ELSEWHERE


_ELSEWHERE = 'combined with others'


def _kept(*path: str, convert: Callable[[Any], Any] | None = None) -> Setting:
    return Setting(Fate.KEPT, '', path, convert)


def _part(*path: str) -> Setting:
    return Setting(Fate.KEPT, _ELSEWHERE, path)


def _changed(text: str, *path: str) -> Setting:
    return Setting(Fate.CHANGED, text, path)


def _ignored(text: str) -> Setting:
    return Setting(Fate.IGNORED, text)


def _refused(text: str) -> Setting:
    return Setting(Fate.REFUSED, text)


def _hosts(lines: list[str]) -> list[str]:
    """Extra hosts as ``address name``, from ``name:address``."""
    pairs = (line.partition(':') for line in lines)
    return [f'{address} {name}' for name, _, address in pairs]


def _log_driver(value: Mapping[str, Any]) -> dict[str, Any]:
    return {'Name': value.get('Type') or 'json-file', 'Options': dict(value.get('Config') or {})}


def _platforms(value: str) -> list[dict[str, str]]:
    system, _, architecture = value.partition('/')
    return [{'OS': system, 'Architecture': architecture.partition('/')[0]}]


_NO_FIELD = 'services have no such setting'
_ONE_HOST = 'containers of a service do not share anything with others of their node'
_NO_LIMIT = "services have no such limit; use 'nano_cpus', 'mem_limit' and 'mem_reservation'"
_MOUNTS = (*CONTAINER, 'Mounts')
_PORTS = ('EndpointSpec', 'Ports')
_NETWORKS = (*TASK, 'Networks')

OPTIONS: dict[str, Setting] = {
    'annotations': _refused(_NO_FIELD),
    'auto_remove': _refused('a swarm removes containers itself'),
    'binds': _part(*_MOUNTS),
    'blkio_weight': _refused(_NO_LIMIT),
    'blkio_weight_device': _refused(_NO_LIMIT),
    'cap_add': _kept(*CONTAINER, 'CapabilityAdd'),
    'cap_drop': _kept(*CONTAINER, 'CapabilityDrop'),
    'cgroup_parent': _refused(_NO_FIELD),
    'cgroupns': _refused(_NO_FIELD),
    'command': _kept(*CONTAINER, 'Args'),
    'cpu_count': _refused(_NO_LIMIT),
    'cpu_percent': _refused(_NO_LIMIT),
    'cpu_period': _refused(_NO_LIMIT),
    'cpu_quota': _refused(_NO_LIMIT),
    'cpu_rt_period': _refused(_NO_LIMIT),
    'cpu_rt_runtime': _refused(_NO_LIMIT),
    'cpu_shares': _refused(_NO_LIMIT),
    'cpuset_cpus': _refused(_NO_LIMIT),
    'cpuset_mems': _refused(_NO_LIMIT),
    'detach': _ignored('containers of services are always detached'),
    'device_cgroup_rules': _refused(_NO_FIELD),
    'device_read_bps': _refused(_NO_LIMIT),
    'device_read_iops': _refused(_NO_LIMIT),
    'device_requests': _refused(_NO_FIELD),
    'device_write_bps': _refused(_NO_LIMIT),
    'device_write_iops': _refused(_NO_LIMIT),
    'devices': _refused('services have no devices'),
    'dns': _kept(*CONTAINER, 'DNSConfig', 'Nameservers'),
    'dns_opt': _kept(*CONTAINER, 'DNSConfig', 'Options'),
    'dns_search': _kept(*CONTAINER, 'DNSConfig', 'Search'),
    'domainname': _refused(_NO_FIELD),
    'entrypoint': _kept(*CONTAINER, 'Command'),
    'environment': _kept(*CONTAINER, 'Env', convert=sorted),
    'extra_hosts': _kept(*CONTAINER, 'Hosts', convert=_hosts),
    'group_add': _kept(*CONTAINER, 'Groups', convert=lambda groups: [str(group) for group in groups]),
    'healthcheck': _kept(*CONTAINER, 'Healthcheck'),
    'hostname': _kept(*CONTAINER, 'Hostname'),
    'init': _kept(*CONTAINER, 'Init'),
    'init_path': _refused(_NO_FIELD),
    'ipc_mode': _refused(_ONE_HOST),
    'isolation': _kept(*CONTAINER, 'Isolation'),
    'kernel_memory': _refused(_NO_LIMIT),
    'labels': _kept(*CONTAINER, 'Labels'),
    'links': _part(*_NETWORKS),
    'log_config': _kept(*TASK, 'LogDriver', convert=_log_driver),
    'lxc_conf': _refused(_NO_FIELD),
    'mac_address': _refused(_NO_FIELD),
    'mem_limit': _changed('a change replaces containers', *RESOURCES, 'Limits', 'MemoryBytes'),
    'mem_reservation': _changed(
        'nodes without so much memory left are not chosen', *RESOURCES, 'Reservations', 'MemoryBytes'
    ),
    'mem_swappiness': _refused(_NO_LIMIT),
    'memswap_limit': _refused(_NO_LIMIT),
    'mounts': _part(*_MOUNTS),
    'nano_cpus': _changed('a change replaces containers', *RESOURCES, 'Limits', 'NanoCPUs'),
    'network_disabled': _refused('services are always in a network'),
    'network_mode': _part(*_NETWORKS),
    'networking_config': _part(*_NETWORKS),
    'oom_kill_disable': _refused(_NO_FIELD),
    'oom_score_adj': _refused(_NO_FIELD),
    'pid_mode': _refused(_ONE_HOST),
    'pids_limit': _changed('a change replaces containers', *RESOURCES, 'Limits', 'Pids'),
    'platform': _kept(*TASK, 'Placement', 'Platforms', convert=_platforms),
    'port_bindings': _part(*_PORTS),
    'ports': _ignored('all ports can be reached in the networks of a service'),
    'privileged': _refused('services have no privileged containers'),
    'publish_all_ports': _refused("ports of a service are published one by one; use 'exposes'"),
    'read_only': _kept(*CONTAINER, 'ReadOnly'),
    'restart_policy': _changed(
        'without one, containers are always replaced; those of a lost node run elsewhere', *TASK, 'RestartPolicy'
    ),
    'runtime': _refused(_NO_FIELD),
    'security_opt': _refused(_NO_FIELD),
    'shm_size': _refused("services have no such setting; use 'tmpfs' for /dev/shm"),
    'stdin_open': _kept(*CONTAINER, 'OpenStdin'),
    'stop_signal': _kept(*CONTAINER, 'StopSignal'),
    'stop_timeout': _kept(*CONTAINER, 'StopGracePeriod', convert=lambda seconds: int(seconds) * _NANOSECONDS),
    'storage_opt': _refused(_NO_FIELD),
    'sysctls': _kept(*CONTAINER, 'Sysctls'),
    'tmpfs': _part(*_MOUNTS),
    'tty': _kept(*CONTAINER, 'TTY'),
    'ulimits': _kept(*CONTAINER, 'Ulimits'),
    'use_config_proxy': _ignored('what it adds to the environment is that of the service'),
    'user': _kept(*CONTAINER, 'User'),
    'userns_mode': _refused(_ONE_HOST),
    'uts_mode': _refused(_ONE_HOST),
    'volume_driver': _refused("volumes say their drivers themselves, in 'volumes' of the map"),
    'volumes': _part(*_MOUNTS),
    'volumes_from': _refused('containers of others are on other nodes; use attached volumes by their names'),
    'working_dir': _kept(*CONTAINER, 'Dir'),
}
"""Arguments of ``create_container`` and ``HostConfig``."""

PROPERTIES: dict[str, Setting] = {
    'abstract': _kept(),
    'extends': _kept(),
    'image': _changed('pinned to the digest that its registry tells', *CONTAINER, 'Image'),
    'instances': _changed('one service each'),
    'clients': _kept(),
    'shares': _changed('a new, empty volume for each container', *_MOUNTS),
    'binds': _changed("need 'nodes', and what shares them is placed on the same", *_MOUNTS),
    'attaches': _changed("need 'nodes', and what shares them is placed on the same", *_MOUNTS),
    'uses': _changed("attached volumes need 'nodes'; all volumes of a container are refused", *_MOUNTS),
    'links': _changed('an alias of the other service, in the networks that both are in', *_NETWORKS),
    'exposes': _changed('on the node that the container runs on; with an interface, refused', *_PORTS),
    'user': _kept(*CONTAINER, 'User'),
    'permissions': _changed('set by a job on the node of the volume'),
    'stop_timeout': _kept(*CONTAINER, 'StopGracePeriod'),
    'stop_signal': _kept(*CONTAINER, 'StopSignal'),
    'start_delay': _refused("services are not waited for like this; use a 'healthcheck'"),
    'network_mode': _changed("'host' and 'bridge'; the network of another container is refused", *_NETWORKS),
    'networks': _changed('overlay networks; fixed addresses are refused', *_NETWORKS),
    'exec_commands': _refused('containers are replaced at any time; run commands in the image, or as a job'),
    'healthcheck': _kept(*CONTAINER, 'Healthcheck'),
    'persistent': _kept(),
    'create_options': _kept(),
    'host_config': _kept(),
    'env_file': _kept(),
    'depends_on': _changed('the order of deployment; a swarm starts containers again in any order'),
    'job': _changed('a job of the swarm', 'Mode', 'ReplicatedJob'),
    'instance_settings': _kept(),
    'rollout': _changed('whether containers of a service are replaced one by one', 'UpdateConfig'),
    'name': _changed('dots and underscores become hyphens', 'Name'),
    'build': _ignored('nodes get their images from a registry; build and push it before'),
    'replicas': _changed('how many containers a service has', 'Mode', 'Replicated', 'Replicas'),
    'nodes': _changed('the nodes that containers may run on', *TASK, 'Placement', 'Constraints'),
    'endpoint_mode': _changed("'vip', or 'dnsrr' where nodes have no IPVS", 'EndpointSpec', 'Mode'),
    'publish': _changed("'ingress' is a port of all nodes", *_PORTS),
    'secrets': _changed('kept by the swarm', *CONTAINER, 'Secrets'),
    'configs': _changed('kept by the swarm', *CONTAINER, 'Configs'),
}
"""Properties of container configurations."""

NETWORK_PROPERTIES: dict[str, Setting] = {
    'driver': _changed("'overlay', also where nothing is said; others are refused"),
    'driver_options': _kept(),
    'internal': _kept(),
    'create_options': _kept(),
    'external': _kept(),
}
NETWORK_OPTIONS: dict[str, Setting] = {
    'attachable': _changed('always'),
    'check_duplicate': _ignored('a swarm has no two networks of one name'),
    'driver': _changed("'overlay'; others are refused"),
    'enable_ipv4': _kept(),
    'enable_ipv6': _kept(),
    'ingress': _refused('a swarm has its own'),
    'internal': _kept(),
    'ipam': _kept(),
    'labels': _kept(),
    'options': _kept(),
    'scope': _changed("always 'swarm'"),
}
VOLUME_PROPERTIES: dict[str, Setting] = {
    'default_path': _kept(),
    'user': _changed('set by a job on the node of the volume'),
    'permissions': _changed('set by a job on the node of the volume'),
    'driver': _kept(),
    'driver_options': _kept(),
    'create_options': _kept(),
    'external': _kept(),
}
VOLUME_OPTIONS: dict[str, Setting] = {'driver': _kept(), 'driver_opts': _kept(), 'labels': _kept()}


_NO_COMMANDS = 'services have no commands in their containers'
_NODES_PULL = 'nodes pull what they need'

CALL_OPTIONS: dict[str, Setting] = {
    'adopt': _kept(),
    'check_exec_commands': _ignored(_NO_COMMANDS),
    'exec_wait': _ignored(_NO_COMMANDS),
    'force_update': _changed('new containers for the same specification'),
    'listener': _kept(),
    'max_parallel': _kept(),
    'nonrecoverable_exit_codes': _ignored('managers replace containers by their restart policy'),
    'on_error': _kept(),
    'prepare_local': _ignored('a job on the node of a volume sets owner and mode'),
    'pull_all_images': _ignored(_NODES_PULL),
    'pull_before_update': _changed('the registry is asked again for the digest of the image'),
    'pull_insecure_registry': _ignored(_NODES_PULL),
    'purge_networks': _ignored('services are in no networks but those of their map'),
    'remove_attached': _ignored('volumes stay on their nodes'),
    'remove_created_after': _kept(),
    'remove_existing_before': _kept(),
    'remove_networks': _kept(),
    'remove_orphans': _kept(),
    'remove_persistent': _kept(),
    'renew_anonymous_volumes': _ignored('volumes without a name are new in each container'),
    'replace': _ignored('managers replace containers, and roll back what does not work'),
    'restart_exec_commands': _ignored(_NO_COMMANDS),
    'rollout': _changed(
        "which client comes first; whether containers are replaced one by one is said by 'rollout' of configurations"
    ),
    'skip_limit_reset': _ignored('a change of any limit replaces containers'),
    'start_grace': _ignored('managers watch themselves whether new containers work'),
    'update_persistent': _kept(),
    'wait': _changed('services are always waited for'),
    'wait_timeout': _kept(),
}
"""Options of calls."""

_UNSAID = (None, False, '')


def has_effect(name: str, value: object) -> bool:
    """Whether an option of a call does something on a swarm, or asks for nothing."""
    if name == 'wait':
        return value is not False
    if name == 'rollout':
        return value in _UNSAID or isinstance(value, Mapping)
    setting = CALL_OPTIONS.get(name)
    return setting is None or setting.fate is not Fate.IGNORED or value in _UNSAID


def setting_at(path: Path) -> str | None:
    """Name of the setting that leads to a value of a specification; properties count more than arguments."""
    for table in (_NAMED, PROPERTIES, OPTIONS):
        for name, setting in table.items():
            if setting.path and path[: len(setting.path)] == setting.path:
                return name
    return None


_NAMED: dict[str, Setting] = {
    'replicas': _changed('', 'Mode'),
    'binds': _part(*_MOUNTS),
    'networks': _part(*_NETWORKS),
    'endpoint_mode': _part('EndpointSpec', 'Mode'),
    'exposes': _part('EndpointSpec'),
    'nodes': _part(*TASK, 'Placement', 'Constraints'),
}
"""What differences are called where several settings lead to one place."""
