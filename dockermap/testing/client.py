"""The client of an engine in memory, with the methods of docker-py's ``APIClient``."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from docker.auth import resolve_repository_name
from docker.errors import DeprecatedMethod
from docker.types import EndpointConfig, HostConfig, NetworkingConfig
from docker.types.containers import ContainerConfig
from docker.utils import format_environment, parse_bytes, parse_repository_tag, split_command, version_gte

from .calls import request
from .connections import endpoint_from
from .containers import check_running
from .documents import mapping, text
from .errors import missing_argument, read_timeout, refusal
from .filters import (
    Filters,
    filtered_containers,
    filtered_images,
    filtered_networks,
    filtered_volumes,
)
from .host_settings import updated_settings
from .inspection import (
    container_details,
    exec_details,
    image_details,
    network_details,
    volume_details,
)
from .registries import Login
from .rows import container_row, image_row, process_rows

if TYPE_CHECKING:
    from .engine import InMemoryEngine

__all__ = ['InMemoryClient']

Reference = str | Mapping[str, object] | None
Answer = dict[str, Any]


def identified(reference: Reference) -> str:
    """Name or id of an item, also out of a dictionary that the SDK returned.

    :raises docker.errors.NullResource: It is empty.
    """
    if isinstance(reference, Mapping):
        reference = text(reference.get('Id', reference.get('ID')))
    if not reference:
        raise missing_argument()
    return reference


class InMemoryClient:
    """Speaks to an :class:`~dockermap.testing.InMemoryEngine`.

    Arguments, results and errors are those of docker-py. Calls that change something raise
    :class:`~dockermap.testing.OnlyReads` if it only reads.
    """

    def __init__(self, engine: InMemoryEngine, api_version: str, read_only: bool, timeout: float, base_url: str,
                 ) -> None:
        self.engine = engine
        self.api_version = self._version = api_version
        self.read_only = read_only
        self.timeout = timeout
        self.base_url = base_url
        self._logins: dict[str, Answer] = {}

    # Containers

    @request
    def containers(self, quiet: bool = False, all: bool = False, trunc: bool = False, latest: bool = False,
                   since: str | None = None, before: str | None = None, limit: int = -1, size: bool = False,
                   filters: Filters | None = None) -> list[Answer]:
        """Running containers, or all."""
        found = filtered_containers(self.engine.containers, filters, all or latest or limit > 0)
        if latest or limit > 0:
            found = found[:1 if latest else limit]
        if quiet:
            return [{'Id': container.id} for container in found]
        rows = [container_row(container, self.engine.clock.nanoseconds) for container in found]
        return [{**row, 'Id': text(row['Id'])[:12]} for row in rows] if trunc else rows

    @request
    def inspect_container(self, container: Reference) -> Answer:
        """Details of a container."""
        return container_details(self.engine.container(identified(container)))

    @request
    def create_container(self, image: str, command: str | Sequence[str] | None = None, hostname: str | None = None,
                         user: str | int | None = None, detach: bool = False, stdin_open: bool = False,
                         tty: bool = False, ports: Sequence[object] | Mapping[str, object] | None = None,
                         environment: Mapping[str, str | None] | Sequence[str] | None = None,
                         volumes: str | Sequence[str] | Mapping[str, object] | None = None,
                         network_disabled: bool = False, name: str | None = None,
                         entrypoint: str | Sequence[str] | None = None, working_dir: str | None = None,
                         domainname: str | None = None, host_config: Mapping[str, object] | None = None,
                         mac_address: str | None = None, labels: Mapping[str, str] | Sequence[str] | None = None,
                         stop_signal: str | None = None, networking_config: Mapping[str, object] | None = None,
                         healthcheck: Mapping[str, object] | None = None, stop_timeout: int | None = None,
                         runtime: str | None = None, use_config_proxy: bool = True, platform: str | None = None,
                         ) -> Answer:
        """Create a container."""
        values: tuple[Any, ...] = (
            image, command, hostname, user, detach, stdin_open, tty, ports, environment, volumes, network_disabled,
            entrypoint, working_dir, domainname, host_config, mac_address, labels, stop_signal, networking_config,
            healthcheck, stop_timeout, runtime)
        config = ContainerConfig(self._version, *values)
        created = self.engine.creation.create(config, name, version_gte(self._version, '1.44'))
        return {'Id': created.id, 'Warnings': []}

    @request
    def create_container_from_config(self, config: Mapping[str, object], name: str | None = None,
                                     platform: str | None = None) -> Answer:
        """Create a container from the SDK's ``ContainerConfig``."""
        created = self.engine.creation.create(config, name, version_gte(self._version, '1.44'))
        return {'Id': created.id, 'Warnings': []}

    def create_host_config(self, *args: Any, **kwargs: Any) -> Answer:
        """The SDK's ``HostConfig``."""
        return HostConfig(*args, **{**kwargs, 'version': self._version})

    def create_networking_config(self, *args: Any, **kwargs: Any) -> Answer:
        """The SDK's ``NetworkingConfig``."""
        return NetworkingConfig(*args, **kwargs)

    def create_endpoint_config(self, *args: Any, **kwargs: Any) -> Answer:
        """The SDK's ``EndpointConfig``."""
        return EndpointConfig(self._version, *args, **kwargs)

    @request  # type: ignore[arg-type]
    def start(self, container: Reference, *args: object, **kwargs: object) -> None:
        """Start a container."""
        if args or kwargs:
            raise DeprecatedMethod('Providing configuration in the start() method is no longer supported. '
                                   'Use the host_config param in create_container instead.')
        self.engine.lifecycle.start(self.engine.container(identified(container)))

    @request
    def stop(self, container: Reference, timeout: float | None = None) -> None:
        """Stop a container."""
        self.engine.lifecycle.stop(self.engine.container(identified(container)), timeout)

    @request
    def restart(self, container: Reference, timeout: float = 10) -> None:
        """Stop and start a container."""
        self.engine.lifecycle.restart(self.engine.container(identified(container)), timeout)

    @request
    def kill(self, container: Reference, signal: str | int | None = None) -> None:
        """Send a signal to a container."""
        name = identified(container)
        found = self.engine.containers.find(name)
        if found is None:
            raise refusal(404, f'Cannot kill container: {name}: No such container: {name}')
        self.engine.lifecycle.kill(found, name, signal)

    @request
    def pause(self, container: Reference) -> None:
        """Pause a container."""
        self.engine.lifecycle.pause(self.engine.container(identified(container)))

    @request
    def unpause(self, container: Reference) -> None:
        """Let a paused container go on."""
        self.engine.lifecycle.unpause(self.engine.container(identified(container)))

    @request
    def wait(self, container: Reference, timeout: float | None = None, condition: str | None = None) -> Answer:
        """Wait until a container ends; without timeout as long as it takes."""
        found = self.engine.container(identified(container))
        exit_code = self.engine.lifecycle.wait(found, condition or 'not-running', timeout)
        if exit_code is None:
            raise read_timeout(timeout or 0)
        return {'Error': None, 'StatusCode': exit_code}

    @request
    def remove_container(self, container: Reference, v: bool = False, link: bool = False, force: bool = False) -> None:
        """Remove a container, or with ``link`` a link."""
        name = identified(container)
        if link:
            self._remove_link(name)
        else:
            self.engine.lifecycle.remove(self.engine.container(name), v, force)

    def _remove_link(self, name: str) -> None:
        parent_name, _, alias = name.strip('/').partition('/')
        parent = self.engine.container(parent_name)
        if alias not in parent.links:
            raise refusal(404, f'Cannot get parent /{parent_name} for name /{name}')
        del parent.links.pop(alias).linked_from[parent.id, alias]

    @request
    def rename(self, container: Reference, name: str) -> None:
        """Give a container another name."""
        self.engine.creation.rename(self.engine.container(identified(container)), name)

    @request
    def logs(self, container: Reference, stdout: bool = True, stderr: bool = True, stream: bool = False,
             timestamps: bool = False, tail: str | int = 'all', since: object = None, follow: bool | None = None,
             until: object = None) -> Any:
        """What a container has put out: bytes, or with ``stream`` an iterator."""
        found = self.engine.container(identified(container))
        lines = found.output(stdout, stderr, timestamps)
        if isinstance(tail, int) and tail >= 0:
            lines = lines[len(lines) - tail:] if tail < len(lines) else lines
        return iter(lines) if stream else b''.join(lines)

    @request
    def top(self, container: Reference, ps_args: str | None = None) -> Answer:
        """Processes of a container."""
        found = self.engine.container(identified(container))
        check_running(found)
        return process_rows(found, ps_args)

    @request
    def port(self, container: Reference, private_port: int | str) -> list[Answer] | None:
        """Where a port of a container can be reached on the host."""
        found = container_details(self.engine.container(identified(container)))
        ports = mapping(mapping(found['NetworkSettings'])['Ports'])
        names = [str(private_port)] if '/' in str(private_port) else [
            f'{private_port}/{protocol}' for protocol in ('tcp', 'udp', 'sctp')]
        published: Any = next((ports[name] for name in names if ports.get(name)), None)
        return list(published) if published else None

    @request
    def update_container(self, container: Reference, blkio_weight: int | None = None, cpu_period: int | None = None,
                         cpu_quota: int | None = None, cpu_shares: int | None = None, cpuset_cpus: str | None = None,
                         cpuset_mems: str | None = None, mem_limit: str | int | None = None,
                         mem_reservation: str | int | None = None, memswap_limit: str | int | None = None,
                         kernel_memory: str | int | None = None,
                         restart_policy: Mapping[str, object] | None = None) -> Answer:
        """Change limits and restart policy of a container."""
        changed: dict[str, object] = {
            'BlkioWeight': blkio_weight, 'CpuPeriod': cpu_period, 'CpuQuota': cpu_quota, 'CpuShares': cpu_shares,
            'CpusetCpus': cpuset_cpus, 'CpusetMems': cpuset_mems, 'Memory': mem_limit and parse_bytes(mem_limit),
            'MemoryReservation': mem_reservation and parse_bytes(mem_reservation),
            'MemorySwap': memswap_limit and parse_bytes(memswap_limit),
            'KernelMemory': kernel_memory and parse_bytes(kernel_memory), 'RestartPolicy': restart_policy,
        }
        found = self.engine.container(identified(container))
        found.host_config = updated_settings(
            found.id, found.host_config, {name: value for name, value in changed.items() if value})
        return {'Warnings': None}

    # Commands in containers

    @request
    def exec_create(self, container: Reference, cmd: str | Sequence[str], stdout: bool = True, stderr: bool = True,
                    stdin: bool = False, tty: bool = False, privileged: bool = False, user: str = '',
                    environment: Mapping[str, str] | Sequence[str] | None = None, workdir: str | None = None,
                    detach_keys: str | None = None) -> Answer:
        """Set up a command in a container."""
        variables = format_environment(environment) if isinstance(environment, dict) else environment
        created = self.engine.execs.create(
            identified(container), split_command(cmd) if isinstance(cmd, str) else cmd, user=text(user), tty=tty,
            privileged=privileged, attach=(stdin, stdout, stderr),
            environment=None if variables is None else list(variables))
        return {'Id': created.id}

    @request
    def exec_start(self, exec_id: Reference, detach: bool = False, tty: bool = False, stream: bool = False,
                   socket: bool = False, demux: bool = False) -> Any:
        """Start a command; its output, unless ``detach`` is set."""
        output = self.engine.execs.start(identified(exec_id), detach)
        if detach:
            return ''
        both = (output.output.encode() or None, output.errors.encode() or None)
        together = (output.output + output.errors).encode()
        if stream:
            return iter([both if demux else together])
        return both if demux else together

    @request
    def exec_inspect(self, exec_id: Reference) -> Answer:
        """State of a command."""
        return exec_details(self.engine.execs.get(identified(exec_id)))

    # Networks

    @request
    def networks(self, names: Sequence[str] | None = None, ids: Sequence[str] | None = None,
                 filters: Filters | None = None) -> list[Answer]:
        """Networks, all or some."""
        wanted = {**(filters or {}), **({'name': names} if names else {}), **({'id': ids} if ids else {})}
        return [network_details(network) for network in filtered_networks(self.engine.networks, wanted)]

    @request
    def inspect_network(self, net_id: Reference, verbose: bool | None = None, scope: str | None = None) -> Answer:
        """Details of a network, with the containers that run in it."""
        network = self.engine.networks.get(identified(net_id), '{1} matches found based on name: network {0} is '
                                                               'ambiguous')
        names = {container_id: self.engine.container(container_id).name for container_id in network.attached}
        return network_details(network, names)

    @request
    def create_network(self, name: str, driver: str | None = None, options: Mapping[str, str] | None = None,
                       ipam: Mapping[str, object] | None = None, check_duplicate: bool | None = None,
                       internal: bool = False, labels: Mapping[str, str] | None = None, enable_ipv6: bool = False,
                       attachable: bool | None = None, scope: str | None = None, ingress: bool | None = None,
                       ) -> Answer:
        """Create a network."""
        for what, value in (('options', options), ('labels', labels)):
            if value is not None and not isinstance(value, dict):
                raise TypeError(f'{what} must be a dictionary')
        network, warning = self.engine.networks.create(
            name, driver, options, ipam, bool(check_duplicate) or version_gte(self._version, '1.44'), internal=internal,
            labels=labels, enable_ipv6=enable_ipv6, attachable=bool(attachable), scope=scope, ingress=bool(ingress))
        return {'Id': network.id, 'Warning': warning}

    @request
    def remove_network(self, net_id: Reference) -> None:
        """Remove a network."""
        network = self.engine.networks.get(identified(net_id), 'network {0} is ambiguous ({1} matches found based on '
                                                               'name)')
        self.engine.networks.remove(network)

    @request
    def connect_container_to_network(self, container: Reference, net_id: str, ipv4_address: str | None = None,
                                     ipv6_address: str | None = None, aliases: Sequence[str] | None = None,
                                     links: Any = None, link_local_ips: Sequence[str] | None = None,
                                     driver_opt: Mapping[str, str] | None = None, mac_address: str | None = None,
                                     ) -> None:
        """Connect a container with a network."""
        values: tuple[Any, ...] = (
            aliases, links, ipv4_address, ipv6_address, link_local_ips, driver_opt, mac_address)
        given = EndpointConfig(self._version, *values)
        network = self.engine.networks.get(net_id)
        self.engine.connections.connect(self.engine.container(identified(container)), network.id,
                                        endpoint_from(given))

    @request
    def disconnect_container_from_network(self, container: Reference, net_id: str, force: bool = False) -> None:
        """Disconnect a container from a network."""
        self.engine.connections.disconnect(self.engine.container(identified(container)), net_id, force)

    # Volumes

    @request
    def volumes(self, filters: Filters | None = None) -> Answer:
        """Volumes, all or some, in a dictionary."""
        return {'Volumes': [volume_details(volume) for volume in filtered_volumes(self.engine.volumes, filters)],
                'Warnings': None}

    @request
    def inspect_volume(self, name: str) -> Answer:
        """Details of a volume."""
        return volume_details(self.engine.volume(name))

    @request
    def create_volume(self, name: str | None = None, driver: str | None = None,
                      driver_opts: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None) -> Answer:
        """Create a volume, or find the one of this name."""
        for what, value in (('driver_opts', driver_opts), ('labels', labels)):
            if value is not None and not isinstance(value, dict):
                raise TypeError(f'{what} must be a dictionary')
        return volume_details(self.engine.volumes.create(name, driver, driver_opts, labels))

    @request
    def remove_volume(self, name: str, force: bool = False) -> None:
        """Remove a volume."""
        self.engine.volumes.remove(name)

    # Images

    @request
    def images(self, name: str | None = None, quiet: bool = False, all: bool = False,
               filters: Filters | None = None) -> list[Any]:
        """Images, all or some."""
        found = filtered_images(self.engine.images, filters, name)
        return [image.id for image in found] if quiet else [image_row(image) for image in found]

    @request
    def inspect_image(self, image: Reference) -> Answer:
        """Details of an image."""
        name = identified(image)
        found = self.engine.images.find(name)
        if found is None:
            raise refusal(404, f'no such image: {name}: No such image: {name if ":" in name else f"{name}:latest"}')
        return image_details(found)

    @request
    def pull(self, repository: str, tag: str | None = None, stream: bool = False,
             auth_config: Mapping[str, Any] | None = None, decode: bool = False, platform: str | None = None,
             all_tags: bool = False) -> Any:
        """Pull an image: the engine's messages as text, or with ``stream`` one by one."""
        plain, own_tag = parse_repository_tag(repository)
        login = auth_config if auth_config is not None else self._logins.get(resolve_repository_name(plain)[0])
        messages = self.engine.pulling.pull(plain, tag or own_tag or 'latest', _login(login))
        if stream and decode:
            return iter(messages)
        lines = [json.dumps(message) + '\r\n' for message in messages]
        return (line.encode() for line in lines) if stream else ''.join(lines)

    @request
    def login(self, username: str, password: str | None = None, email: str | None = None,
              registry: str | None = None, reauth: bool = False, dockercfg_path: str | None = None) -> Answer:
        """Log in to a registry."""
        address = registry or 'docker.io'
        known = self._logins.get(address)
        if known is not None and known['username'] == username and not reauth:
            return dict(known)
        given = {'username': username, 'password': password, 'email': email, 'serveraddress': registry}
        self.engine.pulling.answering(address).check_login(_login(given))
        self._logins[address] = given
        return {'IdentityToken': '', 'Status': 'Login Succeeded'}

    @request
    def tag(self, image: Reference, repository: str, tag: str | None = None, force: bool = False) -> bool:
        """Give an image another name."""
        found = self.engine.image(identified(image))
        self.engine.images.tag(found, f'{repository}:{tag or "latest"}')
        return True

    @request
    def remove_image(self, image: Reference, force: bool = False, noprune: bool = False) -> list[dict[str, str]]:
        """Remove a name of an image, and the image with its last one."""
        return self.engine.images.remove(identified(image), list(self.engine.containers), force)

    # The engine

    @request
    def info(self) -> Answer:
        """What the engine says about itself."""
        states = [container.status for container in self.engine.containers]
        running = sum(container.running for container in self.engine.containers)
        return {'ID': 'in-memory', 'Containers': len(states), 'ContainersRunning': running,
                'ContainersPaused': states.count('paused'), 'ContainersStopped': len(states) - running,
                'Images': len(list(self.engine.images)), 'Driver': 'overlay2', 'Name': 'in-memory',
                'ServerVersion': '20.10.24', 'OSType': 'linux', 'Architecture': 'x86_64', 'NCPU': 2,
                'MemTotal': 2 ** 32, 'Swarm': {'LocalNodeState': 'inactive', 'NodeID': ''}, 'Labels': [],
                'MemoryLimit': True, 'SwapLimit': True, 'DefaultRuntime': 'runc', 'SecurityOptions': []}

    @request
    def version(self, api_version: bool = True) -> Answer:
        """Versions of the engine."""
        return {'Version': '20.10.24', 'ApiVersion': self.engine.api_version, 'MinAPIVersion': '1.12', 'Os': 'linux',
                'Arch': 'amd64', 'Platform': {'Name': ''}, 'Components': []}

    @request
    def ping(self) -> bool:
        """Whether the engine answers."""
        return True

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> InMemoryClient:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


def _login(given: Mapping[str, Any] | None) -> Login | None:
    if not given:
        return None
    return {'username': given.get('username'), 'password': given.get('password')}

