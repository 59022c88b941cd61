"""One container configuration as a service."""

from __future__ import annotations

import ipaddress
import itertools
import posixpath
from dataclasses import dataclass, field
from typing import Any

from ..functional import is_late, resolve_value
from ..map._dump import time_text
from ..map.config.container import ContainerConfiguration
from ..map.config.host_volume import get_host_path
from ..map.config.main import ContainerMap
from ..map.input import HealthCheck, HostVolume, NetworkEndpoint, PortBinding, SharedVolume
from ..map.policy.base import BasePolicy
from ..map.swarm.translate import constraint
from ..utils import format_image_tag, split_instance
from ._dump_options import service_settings
from ._note import Notes
from ._options import CREATE, HOST
from ._service_volumes import FOLDERS
from ._values import Mapping, is_mapping, mapping, text

__all__ = ['ServiceDump']

_CONDITIONS = {
    'started': 'service_started',
    'healthy': 'service_healthy',
    'completed': 'service_completed_successfully',
}
_LOCAL = {False: '127.0.0.1', True: '::1'}
_WITHOUT_PLACE = {
    'clients': ('Compose brings up everything on one host.', ''),
    'permissions': ('Compose sets no modes of volumes.', 'Set them in the image.'),
    'persistent': ('Compose removes all containers of a project.', ''),
    'publish': ('Compose publishes ports on its one host.', ''),
    'rollout': ('Compose replaces all containers at once.', ''),
    'start_delay': ('Compose waits for nothing but conditions.', "Use a 'healthcheck'."),
}
"""Properties that Compose has no word for: why, and what to do instead."""


@dataclass
class ServiceDump:
    """A configuration that is being translated, and what has come of it so far.

    :param interfaces: Addresses by name, for IPv4 and for IPv6.
    :param attached: Names of volumes that configurations attach.
    :param files: Secrets and configs of all services so far, by section; extended.
    """

    container_map: ContainerMap
    name: str
    config: ContainerConfiguration
    notes: Notes
    interfaces: dict[bool, dict[str, str]]
    attached: frozenset[str]
    files: dict[str, Mapping]
    found: Mapping = field(default_factory=dict)

    def note(self, setting: str, what: object, why: str, hint: str = '') -> None:
        """Tell that something is not carried over."""
        self.notes.add(f'{self.name}.{setting}', str(what), why, hint)

    def service(self) -> Mapping:
        """The settings of the service."""
        self._add_image()
        for name, (why, hint) in _WITHOUT_PLACE.items():
            if getattr(self.config, name):
                self.note(name, name, why, hint)
        self._add_options(CREATE)
        self._add_options(HOST)
        self._add_life()
        self._add_relations()
        self._add_volumes()
        self._add_ports()
        self._add_networks()
        self._add_instances()
        self._add_deploy()
        self._add_files()
        return self.found

    def _add_image(self) -> None:
        shop, config = self.container_map, self.config
        image = text(config.image or self.name)
        if shop.repository or shop.default_tag:
            image = format_image_tag(shop.get_image(image))
        self.found['image'] = image.removeprefix('/')
        build = dict(config.build)
        if build.pop('ignore', None):
            self.note('build.ignore', 'ignore', 'Compose reads it from a file.', "Write a '.dockerignore'.")
        if build:
            self.found['build'] = build
        if config.name:
            self.found['container_name'] = config.name
        elif shop.set_hostname is not False:
            self.found['hostname'] = BasePolicy.get_hostname(BasePolicy.cname(shop.name, self.name))
        if shop.default_domain:
            self.found['domainname'] = text(shop.default_domain)

    def _add_options(self, place: str) -> None:
        options: Any = getattr(self.config, place)
        if callable(options):
            self.note(place, place, 'It is known late.')
            return
        for setting, value in service_settings(place, dict(options.items())):
            if setting.startswith('['):
                self.note(f'{place}.{setting[1:-1]}', setting[1:-1], 'Compose has no such setting.')
            elif setting in ('ipc', 'pid'):
                self.found[setting] = self._namespace(text(value))
            else:
                self.found[setting] = value

    def _namespace(self, mode: str) -> str:
        engine_name = mode.removeprefix('container:')
        for name, config in self.container_map:
            instances = [text(config.name or BasePolicy.cname(self.container_map.name, name))]
            instances += [BasePolicy.cname(self.container_map.name, name, instance) for instance in config.instances]
            if mode.startswith('container:') and engine_name in instances:
                return f'service:{name}'
        return mode

    def _add_life(self) -> None:
        config = self.config
        if config.user:
            user = config.user
            self.found['user'] = ':'.join(map(str, user)) if isinstance(user, tuple) else text(user)
        if config.stop_signal:
            self.found['stop_signal'] = text(config.stop_signal)
        if isinstance(config.stop_timeout, int):
            self.found['stop_grace_period'] = f'{config.stop_timeout}s'
        if config.env_file:
            self.found['env_file'] = [{'path': text(path), 'format': 'raw'} for path in config.env_file]
        if isinstance(config.healthcheck, HealthCheck):
            self.found['healthcheck'] = _healthcheck(config.healthcheck)
        hooks = []
        for command in config.exec_commands:
            hooks.append({'command': command.cmd, **({'user': text(command.user)} if command.user else {})})
            if command.policy.value != 'initial':
                self.note(
                    'exec_commands', command.cmd, 'Compose runs it at each start, and does not see whether it runs.'
                )
        if hooks:
            self.found['post_start'] = hooks
        if config.job and not self._is_awaited():
            self.note('job', 'job', 'Compose does not wait for its end.', 'Have others depend on it.')

    def _is_awaited(self) -> bool:
        return any(
            split_instance(dependency.container)[0] == self.name and dependency.condition in (None, 'completed')
            for _, config in self.container_map
            for dependency in config.depends_on
        )

    def _add_relations(self) -> None:
        needed: Mapping = {}
        for dependency in self.config.depends_on:
            target, instance = split_instance(dependency.container)
            if instance:
                self.note('depends_on', dependency.container, 'Compose waits for all containers of a service.')
            other = self.container_map.get_existing(target)
            default = 'completed' if other is not None and other.job else 'started'
            needed[target] = {'condition': _CONDITIONS[dependency.condition or default]}
        if needed:
            self.found['depends_on'] = needed
        links = [(split_instance(link.container)[0], link.alias) for link in self.config.links]
        if links:
            self.found['links'] = [f'{target}:{alias}' if alias else target for target, alias in links]
        mode = self.config.network_mode
        if mode:
            self.found['network_mode'] = f'service:{mode[0]}' if isinstance(mode, tuple) else mode

    def _add_volumes(self) -> None:
        mounts: list[object] = [text(path) for path in self.config.shares]
        mounts += [self._bind(volume) for volume in self.config.binds]
        others: list[str] = []
        for volume in (*self.config.attaches, *self.config.uses):
            if volume.name in self.attached:
                mounts.append(self._volume(volume))
            else:
                name = split_instance(volume.name)[0]
                others.append(f'{name}:ro' if volume.readonly else name)
        host: Any = {} if callable(self.config.host_config) else self.config.host_config
        mounts += [self._raw(bind) for bind in host.get('binds', ())]
        mounts += [_mount(entry) for entry in host.get('mounts', ())]
        others += [f'container:{name}' for name in host.get('volumes_from', ())]
        if mounts:
            self.found['volumes'] = mounts
        if others:
            self.found['volumes_from'] = others

    def _bind(self, volume: SharedVolume | HostVolume) -> object:
        shop = self.container_map
        if isinstance(volume, HostVolume):
            path, source = volume.path, volume.host_path
        else:
            known = shop.get_existing_volume(volume.name)
            path, source = known.default_path if known is not None else '', shop.host[volume.name]
        if isinstance(source, dict):
            self.note('binds', path, 'Each instance has a path of its own on the host; that of the first one is taken.')
            source = next(iter(source.values()))
        found = f'{get_host_path(shop.host.root, source)}:{path}'
        return f'{found}:ro' if volume.readonly else found

    def _volume(self, volume: Any) -> str:
        known = self.container_map.get_existing_volume(volume.name)
        path = getattr(volume, 'path', None) or (known.default_path if known is not None else '')
        return f'{volume.name}:{path}:ro' if volume.readonly else f'{volume.name}:{path}'

    def _raw(self, bind: str) -> str:
        source, separator, rest = bind.partition(':')
        return f'{source.removeprefix(f"{self.container_map.name}.")}{separator}{rest}'.removesuffix(':rw')

    def _add_ports(self) -> None:
        exposed = [text(port.exposed_port) for port in self.config.exposes if port.host_port is None]
        published = [self._port(port) for port in self.config.exposes if port.host_port is not None]
        ranges = self._ranges()
        ports = [*filter(None, published), *ranges]
        if exposed:
            self.found['expose'] = exposed
        if ports:
            self.found['ports'] = ports

    def _port(self, port: PortBinding) -> str | None:
        host = text(port.host_port) if port.host_port else ''
        if not port.interface:
            address = '[::]:' if port.ipv6 else ''
            return f'{address}{host}:{port.exposed_port}' if host or address else text(port.exposed_port)
        address = self._address(text(port.interface), bool(port.ipv6))
        if not address:
            self.note('exposes', port.interface, 'Nobody knows its address, so that the port is not published.')
            return None
        return f'{f"[{address}]" if ":" in address else address}:{host}:{port.exposed_port}'

    def _address(self, interface: str, is_ipv6: bool) -> str:
        known = self.interfaces[is_ipv6].get(interface)
        if known:
            return known
        if interface == 'local':
            return _LOCAL[is_ipv6]
        try:
            return str(ipaddress.ip_address(interface))
        except ValueError:
            return ''

    def _ranges(self) -> list[str]:
        """Ports of which each instance publishes another one, one after the other."""
        by_instance = self.config.instance_settings
        bindings = [list(own.get('exposes', ())) for own in by_instance.values()]
        is_range = bool(bindings) and all(own.keys() <= {'exposes'} for own in by_instance.values())
        if not is_range or len({len(own) for own in bindings}) != 1:
            if by_instance:
                self.note(
                    'instance_settings', ', '.join(by_instance), 'Containers of a service are alike.', 'Extend it.'
                )
            return []
        found = []
        for place, first in enumerate(bindings[0]):
            ports = [int(own[place].host_port) for own in bindings]
            found.append(self._port(first._replace(host_port=f'{ports[0]}-{ports[-1]}')))
        return [port for port in found if port]

    def _add_networks(self) -> None:
        networks: Mapping = {}
        for endpoint in self.config.networks:
            networks[endpoint.network_name] = self._endpoint(endpoint)
        if networks == {'default': None}:
            return
        if networks:
            self.found['networks'] = [*networks] if not any(networks.values()) else networks
        elif not self.config.network_mode and not self.found.get('network_mode'):
            self.found['network_mode'] = 'bridge'

    def _endpoint(self, endpoint: NetworkEndpoint) -> Mapping | None:
        fields = {name: value for name, value in endpoint._asdict().items() if value and name != 'network_name'}
        aliases = [alias for alias in fields.pop('aliases', ()) if alias != self.name]
        if fields.pop('links', None):
            self.note('networks', endpoint.network_name, 'Links are those of the service.')
        return {**({'aliases': aliases} if aliases else {}), **fields} or None

    def _add_instances(self) -> None:
        instances = list(self.config.instances)
        replicas = resolve_value(self.config.replicas)
        if isinstance(replicas, int) and replicas > 1:
            self.found['scale'] = max(1, len(instances)) * replicas
        elif instances:
            self.found['scale'] = len(instances)
        if not instances:
            return
        if instances != [str(place + 1) for place in range(len(instances))]:
            self.note('instances', ', '.join(instances), 'Compose numbers the containers of a service.')

    def _add_deploy(self) -> None:
        constraints = [constraint(text(resolve_value(node))) for node in self.config.nodes]
        found: Mapping = {'placement': {'constraints': constraints}} if constraints else {}
        endpoint_mode = self.config.endpoint_mode or self.container_map.endpoint_mode
        if endpoint_mode:
            found = {'endpoint_mode': endpoint_mode, **found}
        if self.config.job and not self._is_awaited():
            found = {'mode': 'replicated-job', **found}
        if found:
            self.found['deploy'] = found

    def _add_files(self) -> None:
        for section, declared in self.files.items():
            entries = []
            for name, given in getattr(self.config, section).items():
                settings = given if isinstance(given, dict) else {'text': given}
                declaration = self._declaration(section, name, settings)
                if declaration is not None:
                    source = _free_name(declared, declaration, name, f'{self.name}-{name}')
                    declared[source] = declaration
                    entries.append(_file(section, name, source, settings))
            if entries:
                self.found[section] = entries

    def _declaration(self, section: str, name: str, settings: Mapping) -> Mapping | None:
        """What is in a file, where that need not be kept secret; otherwise there is a note."""
        place = f'{section}.{name}'
        if is_late(settings.get('file')) or is_late(settings.get('text')):
            self.note(place, name, 'It is known late.', 'Declare it there.')
        elif settings.get('file'):
            return {'file': text(settings['file'])}
        elif settings.get('environment'):
            variable, has_default, _ = text(settings['environment']).partition(':-')
            if has_default:
                self.note(place, name, 'Variables of Compose have no default there.', f'Set {variable}.')
            return {'environment': variable}
        elif section == 'configs':
            return {'content': text(settings.get('text') or '')}
        else:
            self.note(place, name, 'The content is not written into the file.', 'Declare it there.')
        return None


def _free_name(declared: Mapping, declaration: Mapping, *names: str) -> str:
    """The first name that is free, or that already says the same."""
    numbered = (f'{names[-1]}-{number}' for number in itertools.count(2))
    candidates = itertools.chain(names, numbered)
    return next(name for name in candidates if declared.get(name) in (None, declaration))


def _file(section: str, name: str, source: str, settings: Mapping) -> object:
    """A file of a service: its name alone where nothing more is to say."""
    usual = posixpath.join(FOLDERS[section], source)
    path = posixpath.join(FOLDERS[section], text(settings.get('path') or name))
    found: Mapping = {'source': source, **({'target': path} if path != usual else {})}
    for setting, owner in (('uid', 'user'), ('gid', 'group')):
        if settings.get(owner) is not None:
            found[setting] = str(settings[owner])
    if settings.get('mode') is not None:
        found['mode'] = settings['mode']
    return source if found.keys() == {'source'} else found


def _healthcheck(check: HealthCheck) -> Mapping:
    if check.test is None:
        return {'disable': True}
    found: Mapping = {'test': check.test}
    for name, value in zip(check._fields, check, strict=True):
        if name != 'test' and value is not None:
            found[name] = value if name == 'retries' else time_text(value)
    return found


def _mount(value: object) -> Mapping:
    known = {name.lower(): own for name, own in mapping(value).items()}
    found: Mapping = {name: known[name] for name in ('type', 'source', 'target') if known.get(name) is not None}
    if known.get('read_only') or known.get('readonly'):
        found['read_only'] = True
    if known.get('image'):
        found['image'] = known['image']
    options = known.get('tmpfs_options')
    if is_mapping(options):
        found['tmpfs'] = {'size' if name == 'size_bytes' else name: own for name, own in options.items()}
    if found.get('type') == 'bind':
        propagation = mapping(known.get('bind_options')).get('propagation')
        found['bind'] = {'create_host_path': False, **({'propagation': propagation} if propagation else {})}
    return found
