"""Inspections: items as an engine describes them, each time in new dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .addresses import AddressPool
from .clock import timestamp
from .containers import Container, Endpoint, Exec, Mount
from .documents import fresh, text
from .flavours import Flavour
from .images import Image
from .networks import Network
from .volumes import Volume

__all__ = [
    'container_details',
    'endpoint_details',
    'engine_details',
    'exec_details',
    'image_details',
    'mount_details',
    'network_details',
    'version_details',
    'volume_details',
]

Document = dict[str, object]


def container_details(container: Container) -> Document:
    """What ``inspect_container`` returns."""
    command = container.command
    return {
        'Id': container.id,
        'Created': timestamp(container.created),
        'Path': command[0] if command else '',
        'Args': command[1:],
        'State': _state(container),
        'Image': container.image.id,
        'ResolvConfPath': _path(container, 'resolv.conf'),
        'HostnamePath': _path(container, 'hostname'),
        'HostsPath': _path(container, 'hosts'),
        'LogPath': _path(container, f'{container.id}-json.log'),
        'Name': f'/{container.name}',
        'RestartCount': container.restart_count,
        'Driver': 'overlay2',
        'Platform': 'linux',
        'MountLabel': '',
        'ProcessLabel': '',
        'AppArmorProfile': '',
        'ExecIDs': [command.id for command in container.open_execs] or None,
        'HostConfig': {**fresh(container.host_config), 'Links': _links(container)},
        'GraphDriver': {'Data': {}, 'Name': 'overlay2'},
        'Mounts': [mount_details(mount) for mount in container.mounts if not mount.is_tmpfs],
        'Config': fresh(container.config),
        'NetworkSettings': _network_settings(container),
    }


def _path(container: Container, name: str) -> str:
    return f'/var/lib/docker/containers/{container.id}/{name}' if container.started_at else ''


def _links(container: Container) -> list[str] | None:
    return [f'/{target.name}:/{container.name}/{alias}' for alias, target in container.links.items()] or None


def _state(container: Container) -> Document:
    state: Document = {
        'Status': container.status,
        'Running': container.running,
        'Paused': container.paused,
        'Restarting': container.restarting,
        'OOMKilled': False,
        'Dead': False,
        'Pid': container.pid,
        'ExitCode': container.exit_code,
        'Error': container.error,
        'StartedAt': timestamp(container.started_at),
        'FinishedAt': timestamp(container.finished_at),
    }
    if container.health is not None:
        state['Health'] = {
            'Status': container.health.status,
            'FailingStreak': container.health.failing_streak,
            'Log': [_check(entry) for entry in container.health.log],
        }
    return state


def _check(entry: Mapping[str, object]) -> Document:
    return {
        key: timestamp(value) if key in ('Start', 'End') and isinstance(value, int) else value
        for key, value in entry.items()
    }


def _network_settings(container: Container) -> Document:
    default = container.endpoints.get('bridge') or Endpoint()
    return {
        'Bridge': '',
        'SandboxID': container.sandbox,
        'HairpinMode': False,
        'LinkLocalIPv6Address': '',
        'LinkLocalIPv6PrefixLen': 0,
        'Ports': {
            port: [{'HostIp': address, 'HostPort': number} for address, number in published] or None
            for port, published in container.ports.items()
        },
        'SandboxKey': f'/var/run/docker/netns/{container.sandbox[:12]}' if container.sandbox else '',
        'SecondaryIPAddresses': None,
        'SecondaryIPv6Addresses': None,
        'EndpointID': default.endpoint_id,
        'Gateway': default.gateway,
        'GlobalIPv6Address': default.ipv6_address,
        'GlobalIPv6PrefixLen': default.ipv6_prefix,
        'IPAddress': default.ip_address,
        'IPPrefixLen': default.prefix,
        'IPv6Gateway': default.ipv6_gateway,
        'MacAddress': default.mac_address,
        'Networks': {name: endpoint_details(endpoint) for name, endpoint in container.endpoints.items()},
    }


def endpoint_details(endpoint: Endpoint) -> Document:
    """What an inspection says about a container in a network."""
    return {
        'IPAMConfig': fresh(endpoint.ipam),
        'Links': fresh(endpoint.links),
        'Aliases': fresh(endpoint.aliases),
        'NetworkID': endpoint.network_id,
        'EndpointID': endpoint.endpoint_id,
        'Gateway': endpoint.gateway,
        'IPAddress': endpoint.ip_address,
        'IPPrefixLen': endpoint.prefix,
        'IPv6Gateway': endpoint.ipv6_gateway,
        'GlobalIPv6Address': endpoint.ipv6_address,
        'GlobalIPv6PrefixLen': endpoint.ipv6_prefix,
        'MacAddress': endpoint.mac_address,
        'DriverOpts': fresh(endpoint.driver_options),
        'GwPriority': endpoint.gateway_priority,
    }


def mount_details(mount: Mount) -> Document:
    """What an inspection says about something mounted."""
    if mount.volume is None:
        return {
            'Type': 'bind',
            'Source': mount.source,
            'Destination': mount.destination,
            'Mode': mount.mode,
            'RW': mount.writable,
            'Propagation': mount.propagation,
        }
    return {
        'Type': 'volume',
        'Name': mount.name,
        'Source': mount.volume.mountpoint,
        'Destination': mount.destination,
        'Driver': mount.volume.driver,
        'Mode': mount.mode,
        'RW': mount.writable,
        'Propagation': '',
    }


def network_details(network: Network, container_names: Mapping[str, str] | None = None) -> Document:
    """What ``inspect_network`` returns; without names, as lists of networks have it."""
    names = container_names or {}
    return {
        'Name': network.name,
        'Id': network.id,
        'Created': timestamp(network.created),
        'Scope': network.scope,
        'Driver': network.driver,
        'EnableIPv4': network.enable_ipv4,
        'EnableIPv6': network.enable_ipv6,
        'IPAM': {
            'Driver': network.ipam_driver,
            'Options': fresh(network.ipam_options),
            'Config': [_pool(pool, network) for pool in network.pools],
        },
        'Internal': network.internal,
        'Attachable': network.attachable,
        'Ingress': network.ingress,
        'ConfigFrom': {'Network': ''},
        'ConfigOnly': False,
        'Containers': {
            attached.container_id: {
                'Name': names[attached.container_id],
                'EndpointID': attached.endpoint_id,
                'MacAddress': attached.mac_address,
                'IPv4Address': attached.ipv4_address,
                'IPv6Address': attached.ipv6_address,
            }
            for attached in network.attached.values()
            if attached.container_id in names
        },
        'Options': dict(network.options),
        'Labels': dict(network.labels),
    }


def _pool(pool: AddressPool, network: Network) -> Document:
    described: Document = {'Subnet': str(pool.subnet)}
    if pool.ip_range:
        described['IPRange'] = pool.ip_range
    if pool.names_gateway or not network.has_own_subnet:
        described['Gateway'] = pool.gateway
    if pool.auxiliary:
        described['AuxiliaryAddresses'] = dict(pool.auxiliary)
    return described


def volume_details(volume: Volume) -> Document:
    """What ``inspect_volume`` returns."""
    return {
        'CreatedAt': timestamp(volume.created).partition('.')[0] + 'Z',
        'Driver': volume.driver,
        'Labels': fresh(volume.labels),
        'Mountpoint': volume.mountpoint,
        'Name': volume.name,
        'Options': fresh(volume.options),
        'Scope': 'local',
    }


def image_details(image: Image) -> Document:
    """What ``inspect_image`` returns."""
    config: Document = {
        'Hostname': '',
        'Domainname': '',
        'User': image.user,
        'AttachStdin': False,
        'AttachStdout': False,
        'AttachStderr': False,
        'Tty': False,
        'OpenStdin': False,
        'StdinOnce': False,
        'Env': [f'{name}={value}' for name, value in image.env.items()],
        'Cmd': fresh(image.cmd),
        'Image': '',
        'Volumes': {path: {} for path in image.volumes} or None,
        'WorkingDir': image.working_dir,
        'Entrypoint': fresh(image.entrypoint),
        'OnBuild': None,
        'Labels': dict(image.labels) or None,
    }
    if image.exposed_ports:
        config['ExposedPorts'] = {port: {} for port in image.exposed_ports}
    if image.stop_signal:
        config['StopSignal'] = image.stop_signal
    if image.healthcheck:
        config['Healthcheck'] = fresh(image.healthcheck)
    return {
        'Id': image.id,
        'RepoTags': list(image.tags),
        'RepoDigests': list(image.digests),
        'Parent': '',
        'Comment': '',
        'Created': timestamp(image.created),
        'Container': '',
        'ContainerConfig': fresh(config),
        'DockerVersion': '',
        'Author': '',
        'Config': config,
        'Architecture': 'amd64',
        'Os': 'linux',
        'Size': 1000000,
        'VirtualSize': 1000000,
        'GraphDriver': {'Data': {}, 'Name': 'overlay2'},
        'RootFS': {'Type': 'layers', 'Layers': [image.id]},
        'Metadata': {'LastTagTime': timestamp(image.created)},
    }


def exec_details(command: Exec) -> Document:
    """What ``exec_inspect`` returns."""
    stdin, stdout, stderr = command.attach
    process: Document = {
        'tty': command.tty,
        'entrypoint': command.command[0],
        'arguments': command.command[1:],
        'privileged': command.privileged,
    }
    if command.user:
        process['user'] = text(command.user)
    return {
        'ID': command.id,
        'Running': command.running,
        'ExitCode': command.exit_code,
        'ProcessConfig': process,
        'OpenStdin': stdin,
        'OpenStderr': stderr,
        'OpenStdout': stdout,
        'CanRemove': False,
        'ContainerID': command.container.id,
        'DetachKeys': '',
        'Pid': command.pid,
    }


def engine_details(containers: Sequence[Container], images: int, flavour: Flavour) -> Document:
    """What ``info`` returns."""
    states = [container.status for container in containers]
    running = sum(container.running for container in containers)
    return {
        'ID': 'in-memory',
        'Containers': len(states),
        'ContainersRunning': running - states.count('paused'),
        'ContainersPaused': states.count('paused'),
        'ContainersStopped': len(states) - running,
        'Images': images,
        'Driver': 'overlay2',
        'Name': 'in-memory',
        'ServerVersion': flavour.engine_version,
        'OSType': 'linux',
        'Architecture': 'x86_64',
        'NCPU': 2,
        'MemTotal': 2**32,
        'Labels': [],
        'MemoryLimit': True,
        **({} if flavour.speaks('1.42') else {'KernelMemory': True}),
        'CpuCfsPeriod': True,
        'CpuCfsQuota': True,
        'CPUShares': True,
        'CPUSet': True,
        'PidsLimit': True,
        'Swarm': {'LocalNodeState': 'inactive', 'NodeID': ''},
        'SwapLimit': True,
        'DefaultRuntime': 'runc',
        'SecurityOptions': [],
    }


def version_details(flavour: Flavour) -> Document:
    """What ``version`` returns."""
    return {
        'Version': flavour.engine_version,
        'ApiVersion': flavour.api_version,
        'MinAPIVersion': flavour.least_api_version,
        'Os': 'linux',
        'Arch': 'amd64',
        'Platform': {'Name': ''},
        'Components': [{'Name': 'Podman Engine', 'Version': flavour.engine_version}] if flavour.is_podman else [],
    }
