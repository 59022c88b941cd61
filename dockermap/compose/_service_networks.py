"""Networks, links and ports of a service."""

from __future__ import annotations

from ..exceptions import InputError, located
from ._draft import Service
from ._options import CREATE
from ._ports import port_range, protocol_port
from ._values import Mapping, entries, is_mapping, mapping, members, number, text, texts, whole

__all__ = ['add_links', 'add_network_mode', 'add_networks', 'add_ports']

DEFAULT = 'default'
_OF_PORTS = ('target', 'published', 'host_ip', 'protocol', 'mode')
_MODES = ('host', 'none', 'bridge')


def add_networks(service: Service) -> None:
    """Have the configuration join the networks of the service, where it is found by its name."""
    settings = service.settings
    given = settings.get('networks')
    if settings.get('network_mode') is not None:
        if given:
            raise InputError("A service cannot have both 'networks' and 'network_mode'.")
        return
    found: Mapping = {}
    with located('networks'):
        for name, own in sorted(entries(given or {DEFAULT: None}), key=_priority):
            with located(name):
                found[name] = _endpoint(service, name, mapping(own))
    service.found['networks'] = found


def _priority(entry: tuple[str, object]) -> float:
    return -number(mapping(entry[1]).get('priority') or 0)


def _endpoint(service: Service, name: str, own: Mapping) -> Mapping:
    known = mapping(service.context.project.document.get('networks'))
    if name not in known and name != DEFAULT:
        raise InputError(f'There is no network {name!r} at the top.')
    found: Mapping = {
        'aliases': list(dict.fromkeys([service.context.names[service.name], service.name, *texts(own.get('aliases'))]))
    }
    for setting, value in entries(own):
        with located(setting):
            if setting in ('ipv4_address', 'ipv6_address'):
                found[setting] = text(value)
            elif setting == 'link_local_ips':
                found[setting] = texts(value)
            elif setting == 'mac_address':
                _add_mac_address(service, found, text(value))
            elif setting == 'gw_priority':
                found[setting] = whole(value)
            elif setting not in ('aliases', 'priority') and value is not None and not setting.startswith('x-'):
                service.note(
                    f'networks.{name}.{setting}', setting, 'Endpoints of containers have no such setting here.'
                )
    return found


def _add_mac_address(service: Service, endpoint: Mapping, address: str) -> None:
    """Of a single network, it is that of the container, which all engines heed."""
    if len(mapping(service.settings.get('networks'))) == 1:
        service.option(CREATE, 'mac_address', address)
    else:
        endpoint['mac_address'] = address


def add_network_mode(service: Service, value: object) -> None:
    """Have the configuration use the network of something else."""
    mode = text(value)
    if mode.startswith('service:'):
        service.found['network_mode'] = service.context.container(mode.removeprefix('service:'))
    elif mode in _MODES or mode.startswith('container:'):
        service.found['network_mode'] = mode
    else:
        service.option('host_config', 'network_mode', mode)


def add_links(service: Service, value: object) -> None:
    """Have others be found under other names."""
    needed: Mapping = {}
    for member in texts(value):
        target, _, alias = member.partition(':')
        name = service.context.configuration(target)
        if alias and alias != target:
            service.extend('links', {service.context.container(target): alias})
        else:
            needed[name] = 'started'
    if needed:
        service.found['depends_on'] = {**needed, **mapping(service.found.get('depends_on'))}


def add_ports(service: Service, value: object) -> None:
    """Publish ports; exposed ones that are published need not be told."""
    count = service.context.replicas[service.name]
    by_instance: dict[str, list[object]] = {}
    for index, port in enumerate(members(value)):
        with located(index):
            assert is_mapping(port)
            published = text(port.get('published') or '')
            for name in port:
                if name not in _OF_PORTS and not name.startswith('x-'):
                    service.note(f'ports.{name}', name, 'Ports have no such setting here.')
            if port.get('mode') == 'ingress':
                service.note(
                    'ports.mode', 'ingress', 'It is for services of a swarm.', 'The port is published on the host.'
                )
            if '-' not in published:
                service.extend('exposes', _binding(service, port, int(published) if published else 0))
                continue
            hosts = port_range(published)
            for place in range(count):
                if place < len(hosts):
                    by_instance.setdefault(str(place + 1), []).append(_binding(service, port, hosts[place]))
            if count == 1:
                service.note('ports', published, f'Of the range, port {hosts[0]} is published.', 'Choose one port.')
    if count == 1:
        service.extend('exposes', *by_instance.get('1', ()))
    elif by_instance:
        instances = service.found['instances']
        assert isinstance(instances, list)
        service.found['instances'] = {
            name: {'exposes': by_instance[name]} if name in by_instance else None for name in instances
        }


def _binding(service: Service, port: Mapping, host: int) -> list[object]:
    number = protocol_port(port)
    interface = service.context.interface(text(port.get('host_ip') or ''))
    if interface is None:
        return [number, host]
    name, is_ipv6 = interface
    return [number, host, name, True] if is_ipv6 else [number, host, name]


def add_exposed(service: Service, value: object) -> None:
    """Expose ports that are not published."""
    known = mapping(service.found)
    published = {str(entry[0]) for entry in members(known.get('exposes')) if isinstance(entry, list)}
    service.extend(
        'exposes', *(int(port) if port.isdecimal() else port for port in texts(value) if port not in published)
    )
