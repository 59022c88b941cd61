"""From Compose files to a map."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..exceptions import InputError, located
from ..map.config.client import ClientConfiguration
from ..map.config.main import ContainerMap
from ._context import Context
from ._draft import UNKNOWN
from ._elsewhere import TOP
from ._files import Source, read_project
from ._note import Note, Notes
from ._places import told_where
from ._service import configuration
from ._values import Mapping as Settings
from ._values import entries, flag, listed, mapping, set_pairs, text, texts

__all__ = ['load']

_SECTIONS = ('name', 'version', 'services', 'networks', 'volumes', 'secrets', 'configs', 'include')
_DEFAULT_GROUP = 'default'
_NETWORK_FLAGS = ('attachable', 'enable_ipv4', 'enable_ipv6')
_POOL = {'subnet': 'subnet', 'ip_range': 'ip_range', 'gateway': 'gateway'}


def load(
    source: Source,
    *more: Source,
    profiles: Collection[str] = (),
    environ: Mapping[str, str] | None = None,
) -> tuple[ContainerMap, ClientConfiguration, list[Note]]:
    """A map that brings up what Compose files describe.

    :param source: Path of a Compose file, or its content. Relative paths, and ``.env``, are beside the first file.
    :param more: Further files, which are merged over those before by the rules of Compose.
    :param profiles: Profiles that are active; ``*`` means all. Those of ``COMPOSE_PROFILES`` are, too.
    :param environ: Variables, instead of those of this process.
    :return: The map, a client configuration with the addresses that ports are published on, and a note for all that
        could not be carried over as it is.
    :raises ValueError: A file cannot be read, or Compose would not accept it. The text starts with the path, and says
        file and line.
    """
    notes = Notes()
    project = read_project([source, *more], os.environ if environ is None else environ, notes)
    chosen = [profiles] if isinstance(profiles, str) else profiles
    active = {*chosen, *filter(None, project.variables.get('COMPOSE_PROFILES', '').split(','))}
    context = Context(project, notes, active)
    with project.lines.told():
        settings = _settings(context)
        _note_others(context)
    clients: dict[str, object] = {}
    if context.interfaces:
        clients['interfaces'] = context.interfaces
    if context.interfaces_ipv6:
        clients['interfaces_ipv6'] = context.interfaces_ipv6
    with project.lines.told(), told_where(project.name, context.names):
        container_map = ContainerMap(project.name, settings, strict=True)
    return container_map, ClientConfiguration(**clients), list(notes)


def _settings(context: Context) -> Settings:
    containers = {context.names[name]: configuration(context, name) for name in context.services}
    if len({*containers}) < len(context.services):
        raise InputError('Two services have the same name where dots are dashes.', 'services')
    sections = {'containers': containers, 'networks': _networks(context), 'volumes': _volumes(context)}
    return {
        # Containers are called like their ids under Compose.
        'set_hostname': False,
        **{name: entries for name, entries in sections.items() if entries},
        **_groups(context),
    }


_OF_FILES = {
    'secrets': ('file', 'environment', 'external', 'name'),
    'configs': ('file', 'environment', 'content', 'external', 'name'),
}


def _note_others(context: Context) -> None:
    for section, known in _OF_FILES.items():
        for entry, value in context.section(section):
            for name in mapping(value):
                if name not in known and not name.startswith('x-'):
                    context.notes.add(f'{section}.{entry}.{name}', name, UNKNOWN)
    for name, value in context.project.document.items():
        if name not in _SECTIONS and not name.startswith('x-') and value is not None:
            context.notes.add(name, name, *TOP.get(name, (UNKNOWN, '')))


def _networks(context: Context) -> Settings:
    """Networks that services join, and all others that the files describe."""
    found: Settings = {}
    with located('networks'):
        for name, value in context.section('networks'):
            with located(name):
                found[name] = _network(context, name, mapping(value))
    uses_default = any(
        not service.get('networks') and service.get('network_mode') is None for service in context.services.values()
    )
    return {**({'default': None} if uses_default else {}), **found}


_Rows = dict[str, tuple[bool, str, Callable[[Any], object]]]
"""By setting of Compose: whether it is one of ``create_options`` here, its name here, and what reads it."""

_DECLARED: _Rows = {
    'driver': (False, 'driver', text),
    'driver_opts': (False, 'driver_options', set_pairs),
    'labels': (True, 'labels', set_pairs),
}


def _network(context: Context, name: str, value: Settings) -> object:
    others: _Rows = {
        'internal': (False, 'internal', flag),
        'ipam': (True, 'ipam', lambda own: _ipam(context, f'networks.{name}.ipam', mapping(own))),
        **{setting: (True, setting, flag) for setting in _NETWORK_FLAGS},
    }
    return _declared(context, 'networks', name, value, others)


def _declared(context: Context, section: str, name: str, value: Settings, others: _Rows) -> object:
    """A network or a volume, with what only one of the two has; ``None`` where nothing is said about it."""
    external = _external(context, section, name, value)
    if external is not None:
        return {'external': external}
    found: Settings = {}
    options: Settings = {}
    rows = {**_DECLARED, **others}
    for setting, own in entries(value):
        with located(setting):
            if own is None or setting.startswith('x-') or setting in ('name', 'external'):
                continue
            if setting not in rows:
                context.notes.add(f'{section}.{name}.{setting}', setting, UNKNOWN)
                continue
            is_option, target, convert = rows[setting]
            (options if is_option else found)[target] = convert(own)
    return {**found, **({'create_options': options} if options else {})} or None


def _ipam(context: Context, path: str, value: Settings) -> Settings:
    found: Settings = {}
    for setting, own in entries(value):
        with located(setting):
            if setting == 'driver':
                found['driver'] = text(own)
            elif setting == 'options':
                found['options'] = set_pairs(own)
            elif setting == 'config':
                found['config'] = listed(own, lambda member: _pool(context, f'{path}.config', mapping(member)))
            elif not setting.startswith('x-'):
                context.notes.add(f'{path}.{setting}', setting, UNKNOWN)
    return found


def _pool(context: Context, path: str, value: Settings) -> Settings:
    for name in value:
        if name not in (*_POOL, 'aux_addresses') and not name.startswith('x-'):
            context.notes.add(f'{path}.{name}', name, UNKNOWN)
    found: Settings = {_POOL[name]: text(own) for name, own in value.items() if name in _POOL and own is not None}
    addresses = value.get('aux_addresses')
    return {**found, 'aux_addresses': set_pairs(addresses)} if addresses else found


def _volumes(context: Context) -> Settings:
    found: Settings = {}
    with located('volumes'):
        for name, value in context.section('volumes'):
            with located(name):
                found[context.volume_alias(name)] = _declared(context, 'volumes', name, mapping(value), {})
    return found


def _external(context: Context, section: str, name: str, value: Settings) -> object:
    """What ``external`` is here; nothing for what the map creates."""
    external = value.get('external')
    own_name = value.get('name')
    if isinstance(external, dict):
        return text(external.get('name') or own_name or name)
    if external is not None and flag(external):
        alias = context.volume_alias(name) if section == 'volumes' else name
        return True if (own_name or name) == alias else text(own_name or name)
    if own_name is not None:
        alias = context.volume_alias(name) if section == 'volumes' else name
        called = f'{context.project.name}.{alias}'
        context.notes.add(
            f'{section}.{name}.name',
            text(own_name),
            f'It is called {called}, as names follow from the map.',
            'Where it is to be kept, or shared with others, make it external.',
        )
    return None


def _groups(context: Context) -> Settings:
    """Groups of profiles, and what is brought up without any."""
    found: dict[str, object] = {}
    for name, service in context.services.items():
        for profile in texts(service.get('profiles')):
            group = f'profile-{profile}' if profile in context.names.values() else profile
            if group != profile:
                context.notes.add(
                    f'services.{name}.profiles', profile, f'The group is called {group}, as a service has the name.'
                )
            known = found.setdefault(group, [])
            assert isinstance(known, list)
            known.append(context.names[name])
    if len(context.enabled) == len(context.services):
        return {'groups': found} if found else {}
    default = next(
        name
        for name in (_DEFAULT_GROUP, 'services', 'default-services')
        if name not in (*found, *context.names.values())
    )
    found[default] = [context.names[name] for name in context.enabled]
    return {'groups': found, 'default_group': default}
