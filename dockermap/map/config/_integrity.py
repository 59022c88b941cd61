"""Checks that the parts of a map fit together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from ... import DEFAULT_PRESET_NETWORKS
from ...functional import is_late
from ...utils import close_match
from .._describe import name_on_map
from .._kinds import kind_of
from ..exceptions import MapIntegrityError
from ..input import HostVolume, MapConfigId, SharedVolume, is_path
from ._conditions import problems_of
from ._content import MapContent
from ._contention import contentions
from ._image import split_image
from ._notices import advise, inside
from ._relations import ClientNames, Relations
from .container import ContainerConfiguration
from .host_volume import DEFAULT_INSTANCE


class _Reference(NamedTuple):
    """Names in a property, which must all be known."""

    attribute: str
    names: Callable[[ContainerConfiguration], Iterable[str]]
    known: str
    missing: str


def _aliases(config: ContainerConfiguration) -> Iterable[str]:
    return (volume.name for volume in config.binds if isinstance(volume, SharedVolume))


def _shared_network(config: ContainerConfiguration) -> Iterable[str]:
    mode = config.network_mode
    return ['.'.join(filter(None, mode))] if isinstance(mode, tuple) else []


_REFERENCES = (
    _Reference(
        'uses',
        lambda config: (volume.name for volume in config.uses),
        'volume_names',
        'Neither attached by a container, nor the name of a container with volumes',
    ),
    _Reference('binds', _aliases, 'host_aliases', "Without path on the host in 'host'"),
    _Reference('binds', _aliases, 'path_aliases', "Without container path in 'volumes'"),
    _Reference(
        'attaches',
        lambda config: (volume.name for volume in config.attaches),
        'path_aliases',
        "Without path, neither here nor in 'volumes'",
    ),
    _Reference('links', lambda config: (link.container for link in config.links), 'names', 'No container of the map'),
    _Reference(
        'depends_on',
        lambda config: (dependency.container for dependency in config.depends_on),
        'groupable',
        'No container of the map',
    ),
    _Reference(
        'networks',
        lambda config: (link.container for endpoint in config.networks for link in endpoint.links),
        'names',
        'Linked, but no container of the map',
    ),
    _Reference(
        'networks',
        lambda config: (
            endpoint.network_name
            for endpoint in config.networks
            if endpoint.network_name not in DEFAULT_PRESET_NETWORKS
        ),
        'networks',
        "No network in 'networks'",
    ),
    _Reference('network_mode', _shared_network, 'names', 'No container of the map'),
)


class _Names:
    """Names that references can mean, on a map in its extended form."""

    def __init__(self, container_map: MapContent, relations: Relations) -> None:
        self.container_map = container_map
        self.relations = relations
        self.configs = relations.by_name
        self.attached = {
            (relations.name_of(key), item.name) for key, config in relations.configs.items() for item in config.attaches
        }
        by_parent = container_map.use_attached_parent_name
        self.of_config = {
            name: [f'{name}.{instance}' for instance in config.instances] or [name]
            for name, config in self.configs.items()
        }
        self.names = {name for names in self.of_config.values() for name in names}
        self.groupable = self.names.union(self.configs)
        self.volume_owners: dict[str, list[str]] = {}
        for key, config in relations.configs.items():
            name = relations.name_of(key)
            containers = self.of_config[name] if key == name else [key]
            shared = containers if config.shares or config.binds or config.uses else []
            attached = [f'{name}.{item.name}' if by_parent else item.name for item in config.attaches]
            for volume in (*shared, *attached):
                owners = self.volume_owners.setdefault(volume, [])
                # The same volume of two instances is one, the same name twice in a list is not.
                if name not in owners or key == name:
                    owners.append(name)
        self.volume_names = self.volume_owners.keys()
        self.networks = container_map.networks.keys()
        self.host_aliases = container_map.host.keys()
        with_path = {
            item.name
            for config in relations.configs.values()
            for item in config.attaches
            if getattr(item, 'path', None)
        }
        self.path_aliases = with_path.union(container_map.volumes.keys())

    def places(self, attribute: str) -> Iterator[tuple[str, str, ContainerConfiguration]]:
        """Each configuration by its key, with the place where it says something: that of the instance if it does."""
        for key, config in self.relations.configs.items():
            name = self.relations.name_of(key)
            instance = key[len(name) + 1 :]
            own = self.configs[name].instance_settings.get(instance, {}) if instance else {}
            place = f'{name}.instance_settings.{instance}' if attribute in own else name
            yield key, f'{place}.{attribute}', config

    def hint(self, name: str, known: Collection[str]) -> str:
        """What to write instead of an unknown name: that of an instance, of an attached volume, or a similar one."""
        full_names = [other for other in (*self.of_config.get(name, ()), *sorted(known)) if other in known]
        longer = [other for other in full_names if other.startswith(f'{name}.') or other.endswith(f'.{name}')]
        if longer:
            return f'; write {" or ".join(map(repr, dict.fromkeys(longer)))}.'
        return close_match(name, known) or '.'


def _joined(names: Iterable[Any]) -> str:
    return ', '.join(sorted({str(name) for name in names}))


def _group_clashes(names: _Names) -> Iterator[str]:
    for group in sorted(names.groupable & names.container_map.groups.keys()):
        yield f'groups.{group}: A container has the same name as this group: {group}.'


def _group_members(names: _Names) -> Iterator[str]:
    for group, members in names.container_map.groups.items():
        unknown = [member for member in members if not _is_on_map(member, names)]
        if unknown:
            match = close_match(unknown[0], names.groupable)
            yield f'groups.{group}: Not on the map: {_joined(unknown)}{match or "."}'


def _default_group(names: _Names) -> Iterator[str]:
    default, groups = names.container_map.default_group, names.container_map.groups
    if default and default not in groups:
        yield f'default_group: No group of the map: {default}{close_match(default, groups.keys()) or "."}'


def _is_on_map(member: str | MapConfigId, names: _Names) -> bool:
    if not isinstance(member, MapConfigId):
        return member in names.groupable
    return member.map_name == names.container_map.name and kind_of(member).is_known(names, member)


def _duplicates(names: _Names) -> Iterator[str]:
    for volume, owners in sorted(names.volume_owners.items()):
        if len(owners) > 1:
            yield f'{owners[-1]}: Could mean several volumes: {volume}, from the configurations {_joined(owners)}.'


def _references(names: _Names) -> Iterator[str]:
    for reference in _REFERENCES:
        known = getattr(names, reference.known)
        for _, place, config in names.places(reference.attribute):
            missing = [name for name in reference.names(config) if name not in known]
            if missing:
                hint = names.hint(missing[0], known)
                yield f'{place}: {reference.missing}: {_joined(missing)}{hint}'


def _images(names: _Names) -> Iterator[str]:
    for key, place, config in names.places('image'):
        try:
            split_image(config.image or names.relations.name_of(key))
        except ValueError as error:
            yield f'{place}: {error}'


def _instance_names(names: _Names) -> Iterator[str]:
    for config_name, config in names.configs.items():
        unknown = [instance for instance in config.instance_settings if instance not in config.instances]
        if unknown:
            match = close_match(unknown[0], config.instances) or '.'
            yield f'{config_name}.instance_settings: No instance of the configuration: {_joined(unknown)}{match}'


def _container_paths(names: _Names) -> Iterator[str]:
    for _, place, config in names.places('binds'):
        for index, volume in enumerate(config.binds):
            if isinstance(volume, HostVolume) and not is_late(volume.path) and not is_path(volume.path):
                yield (
                    f"{place}[{index}]: Expected a container path that starts with '/' or './' beside a "
                    f'host path, found {volume.path!r}.'
                )


def _instance_paths(names: _Names) -> Iterator[str]:
    for key, place, config in names.places('binds'):
        instances = [item.instance_name or DEFAULT_INSTANCE for item in names.relations.instances(key)]
        for index, volume in enumerate(config.binds):
            paths = names.container_map.host.get(volume.name) if isinstance(volume, SharedVolume) else volume.host_path
            if is_late(paths) or not isinstance(paths, dict):
                continue
            missing = [instance for instance in instances if not paths.get(instance)]
            if missing:
                yield (
                    f'{place}[{index}]: There is no host path of {volume[0]!r} for {_joined(missing)}; '
                    f'there are paths for: {_joined(paths.keys()) or "none"}.'
                )


def _cycles(relations: Relations) -> Iterator[str]:
    needed = relations.needed_configs()
    cycle = find_cycle({name: [other for other in others if other in needed] for name, others in needed.items()})
    if cycle:
        yield f'{cycle[0]}: Containers need each other in a circle: {" -> ".join(cycle)}.'


def find_cycle(graph: dict[str, list[str]]) -> list[str]:
    """Names that lead from one to itself, by following what each refers to; empty if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _conditions(relations: Relations) -> Iterator[str]:
    for name in relations.configs:
        yield from (f'{name}.{problem.place}: {problem.text}' for problem in problems_of(relations, name))


def _engine_names(relations: Relations, clients: Mapping[str, Sequence[str]], map_name: str) -> Iterator[str]:
    """Containers that would have the same name on an engine, where at least one is called so by its configuration."""
    literal = {
        item: relations.configs[key].name
        for key in relations.configs
        for item in relations.instances(key)
        if relations.configs[key].name
    }
    holders: dict[tuple[str, str], str] = {}
    for key in relations.configs if literal else ():
        for item in relations.instances(key):
            container = name_on_map(item)
            name = str(literal.get(item) or f'{map_name}.{container}')
            known = {holders.setdefault((client, name), container) for client in clients.get(key) or ['']}
            others = known - {container}
            if others:
                yield f'{relations.name_of(key)}.name: {container} is called {name!r}, as is {_joined(others)}.'


def _clients(relations: Relations, container_map: MapContent) -> Iterator[str]:
    clients = ClientNames(relations, container_map.clients)
    for name, others in clients.needed.items():
        for other in others:
            if other not in clients.of_configs:
                continue
            missing = [client for client in clients.of_configs[name] if client not in clients.of_configs[other]]
            if missing:
                listed = _joined(client or 'the default client' for client in missing)
                limits = _joined(client or 'the default client' for client in clients.of_configs[other])
                yield (
                    f'{name}.{relations.relation(name, other)}: Needs {other!r} on {listed}, which is limited to '
                    f"{limits}. No relation but 'depends_on' crosses hosts."
                )


def _extension_problems(container_map: MapContent) -> Iterator[str]:
    configs = dict(container_map.containers.items())
    for name, config in configs.items():
        unknown = [parent for parent in config.extends if parent not in configs]
        if unknown:
            match = close_match(unknown[0], configs)
            yield f'{name}.extends: No configuration of the map: {_joined(unknown)}{match or "."}'
    cycle = find_cycle(
        {name: [parent for parent in config.extends if parent in configs] for name, config in configs.items()}
    )
    if cycle:
        yield f'{cycle[0]}.extends: Configurations extend each other in a circle: {" -> ".join(cycle)}.'


def check_extension(container_map: MapContent) -> None:
    """Raise ``MapIntegrityError`` if a clean map cannot be extended."""
    _raise_for(container_map, _extension_problems(container_map))


def _late_networks(container_map: MapContent) -> Iterator[str]:
    for config_name, instance, config in container_map.variants():
        place = f'{config_name}.instance_settings.{instance}' if instance else config_name
        for index, endpoint in enumerate(config.networks):
            if is_late(endpoint.network_name) and not isinstance(endpoint.network_name, str):
                yield (
                    f'{place}.networks[{index}]: Expected the name of a network as text, as late names '
                    f'lead to no network of the map, found {endpoint.network_name!r}.'
                )


def check_map(extended: MapContent, check_duplicates: bool) -> None:
    """Raise ``MapIntegrityError`` with all problems of a map in its extended form, each with its path.

    Containers that want the same port or address get a warning: they may be meant for different times.
    """
    _raise_for(extended, _late_networks(extended))
    relations = Relations(extended)
    names = _Names(extended, relations)
    problems = [
        *_group_clashes(names),
        *_group_members(names),
        *_default_group(names),
        *(_duplicates(names) if check_duplicates else ()),
        *_references(names),
        *_images(names),
        *_container_paths(names),
        *_instance_paths(names),
        *_instance_names(names),
        *_cycles(relations),
    ]
    _raise_for(extended, dict.fromkeys(problems))
    _raise_for(extended, [*_conditions(relations), *_clients(relations, extended)])
    of_configs = ClientNames(relations, extended.clients).of_configs
    _raise_for(extended, _engine_names(relations, of_configs, extended.name))
    for name, place, text in contentions(relations, of_configs):
        with inside(extended.name, name):
            advise(text, place)


def _raise_for(container_map: MapContent, problems: Iterable[str]) -> None:
    found = [f'{container_map.name}.{problem}' for problem in problems]
    if found:
        raise MapIntegrityError('\n'.join(found))
