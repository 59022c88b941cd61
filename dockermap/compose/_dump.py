"""From a map to a Compose file."""

from __future__ import annotations

from typing import Any

from ..map.config.client import ClientConfiguration
from ..map.config.main import ContainerMap
from ._dump_service import ServiceDump
from ._note import Note, Notes
from ._values import Mapping, is_mapping, mapping

__all__ = ['dump']

_OF_MAP = {
    'clients': ('Compose brings up everything on one host.', ''),
    'rollout': ('Compose replaces all containers at once.', ''),
    'use_attached_parent_name': ('Volumes are called project_volume.', ''),
}
_POOL = {'iprange': 'ip_range', 'auxiliaryaddresses': 'aux_addresses', 'auxaddresses': 'aux_addresses'}


def dump(
    container_map: ContainerMap, client: ClientConfiguration | None = None
) -> tuple[dict[str, object], list[Note]]:
    """What a Compose file has to say to bring up the same, for those who leave.

    What configurations extend is part of each service. Names on the engine are those of Compose.

    :param client: Knows the addresses that ports are published on.
    :return: The content of the file, and a note for all that Compose has no word for.
    :raises ValueError: The map cannot be extended, or has a setting that cannot be used.
    """
    container_map.clean()
    notes = Notes()
    for name, (why, hint) in _OF_MAP.items():
        if getattr(container_map, name):
            notes.add(name, name, why, hint)
    configs = {name: container_map.get_extended(config) for name, config in container_map}
    extended = container_map.copy()
    interfaces = {
        False: dict(client.interfaces) if client is not None else {},
        True: dict(client.interfaces_ipv6) if client is not None else {},
    }
    attached = frozenset(volume.name for _, _, config in extended.variants() for volume in config.attaches) | frozenset(
        volume.name for config in configs.values() for volume in config.attaches
    )
    services: Mapping = {}
    files: dict[str, Mapping] = {'secrets': {}, 'configs': {}}
    for name, config in configs.items():
        config.clean()
        service = ServiceDump(container_map, name, config, notes, interfaces, attached, files).service()
        services[name] = {**service, **_profiles(container_map, name, notes)}
    sections = {
        'networks': {name: _network(network) for name, network in container_map.networks.items()},
        'volumes': {name: _volume(container_map, name) for name in sorted(attached | {*container_map.volumes.keys()})},
    }
    found: Mapping = {'name': container_map.name, 'services': services}
    found.update((name, entries) for name, entries in {**sections, **files}.items() if entries)
    return mapping(_escaped(found)), list(notes)


def _profiles(container_map: ContainerMap, name: str, notes: Notes) -> Mapping:
    """Profiles that have a service left out of what is always brought up."""
    default = container_map.default_group
    groups = {group: list(members) for group, members in container_map.groups.items() if group != default}
    own = [group for group, members in groups.items() if name in members]
    if not default:
        for group in own:
            notes.add(f'groups.{group}', group, 'Compose has no groups.', 'Name the services in the command.')
        return {}
    is_default = name in container_map.groups[default]
    if own and is_default:
        notes.add(f'groups.{own[0]}', name, f'It is only brought up with the profile {own[0]}.')
    if own:
        return {'profiles': own}
    return {} if is_default else {'scale': 0}


def _network(network: Any) -> Mapping | None:
    if network.external:
        return _external(network.external)
    found: Mapping = {}
    options: Any = {} if callable(network.create_options) else network.create_options
    for name, value in network.as_dict(unset=False).items():
        if name == 'driver_options':
            found['driver_opts'] = value
        elif name in ('driver', 'internal'):
            found[name] = value
    for name, value in options.items():
        found['driver_opts' if name == 'options' else name] = _ipam(value) if name == 'ipam' else value
    return found or None


def _ipam(value: object) -> Mapping:
    known = _lower(value)
    pools = known.get('config')
    if isinstance(pools, list):
        known['config'] = [{_POOL.get(name, name): own for name, own in _lower(pool).items()} for pool in pools]
    return {name: own for name, own in known.items() if own is not None}


def _lower(value: object) -> Mapping:
    return {name.lower(): own for name, own in mapping(value).items() if own is not None}


def _volume(container_map: ContainerMap, name: str) -> Mapping | None:
    volume: Any = container_map.get_existing_volume(name)
    if volume is None:
        return None
    if volume.external:
        return _external(volume.external)
    found: Mapping = {}
    settings = volume.as_dict(unset=False)
    for setting, value in (('driver', settings.get('driver')), ('driver_opts', settings.get('driver_options'))):
        if value:
            found[setting] = value
    options: Any = {} if callable(volume.create_options) else volume.create_options
    found.update(options.items())
    return found or None


def _external(external: object) -> Mapping:
    return {'external': True, **({} if external is True else {'name': str(external)})}


def _escaped(value: object) -> object:
    """A value in whose texts no dollar sign begins a variable."""
    if isinstance(value, str):
        return value.replace('$', '$$')
    if isinstance(value, (list, tuple)):
        return [_escaped(member) for member in value]
    if is_mapping(value):
        return {name: _escaped(member) for name, member in value.items()}
    return value
