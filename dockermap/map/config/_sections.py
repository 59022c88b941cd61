"""The sections of a map: containers, networks, volumes and host paths by name, and how input is read into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...exceptions import InputError
from .. import DefaultDictMap
from .._kinds import SECTIONS
from ..input import NotSet
from ..input._shapes import shown
from ._elsewhere import COMPOSE_FILE, home_of, is_compose_file, is_for_anchors
from ._entries import ConfigurationMap, checked_name
from ._groups import groups
from ._notices import advise, inside, report
from ._object import ConfigurationObject
from ._values import copied, plain
from .container import ContainerConfiguration
from .host_volume import HostVolumeConfiguration, is_set
from .network import NetworkConfiguration
from .volume import VolumeConfiguration, VolumeConfigurationMap

_ReadEntry = Callable[[ConfigurationObject, Any, bool], None]
_SAME_WORD = 0.85
_READ_AS_CONTAINER = 'Read as a container configuration of this name'
_BELOW_CONTAINERS = "If it is a container, put it below 'containers'."


def _inside_entry(section: str, *names: str) -> inside:
    """Paths of containers do not name their section, as they may be given without."""
    return inside(*names) if section == 'containers' else inside(section, *names)


def _section_dict(value: Any) -> dict[Any, Any]:
    if value is None or value is NotSet:
        return {}
    if not isinstance(value, dict):
        raise InputError(f'Expected a mapping of names to settings, found {shown(value)}.')
    return dict(value.items())


def _converted(section: Any, entries: dict[Any, Any]) -> dict[Any, Any]:
    return {name: section.as_entry(name, value) for name, value in entries.items()}


def _has_container_settings(value: Any) -> bool:
    if isinstance(value, dict):
        return not value.keys().isdisjoint(ContainerConfiguration.CONFIG_PROPERTIES)
    return isinstance(value, ContainerConfiguration)


def _home_in_configuration(key: str) -> str | None:
    is_property = key in ContainerConfiguration.CONFIG_PROPERTIES
    home = '' if is_property else home_of(key, ContainerConfiguration._kind)
    return (
        None if home is None else f'Settings of a container belong below the name of its configuration. {home}'.strip()
    )


def refuse_compose_file(settings: Any) -> None:
    """Raise ``ValueError`` for settings that look like a Compose file."""
    if isinstance(settings, dict) and is_compose_file(settings, ContainerConfiguration.CONFIG_PROPERTIES):
        raise InputError(COMPOSE_FILE)


def _update_entry(entry: ConfigurationObject, value: Any, is_new: bool) -> None:
    if value is not None and not (isinstance(value, dict) and not value.keys()):
        entry.update(value, copy_instance=True)


class SectionedObject(ConfigurationObject):
    """Base of maps: a named configuration object with sections of entries beside its properties."""

    groups: Any
    _name: str

    def _create_sections(self) -> None:
        self._containers: DefaultDictMap = ConfigurationMap(ContainerConfiguration)
        self._networks: DefaultDictMap = ConfigurationMap(NetworkConfiguration)
        self._volumes: DefaultDictMap = VolumeConfigurationMap()
        self._host = HostVolumeConfiguration()
        self._instance_configs: dict[tuple[str, str], ContainerConfiguration] = {}

    def _forget_relations(self) -> None:
        """Called whenever entries or settings change; drops what was derived from them."""

    def _checked_input(self, values: Any) -> dict[Any, Any]:
        with inside(self._name):
            return super()._checked_input(values)

    @property
    def containers(self) -> Any:
        """Container configurations by name; missing ones are created when they are accessed."""
        return self._containers

    @containers.setter
    def containers(self, value: Any) -> None:
        self._containers = self._replaced_section('containers', value)

    @property
    def networks(self) -> Any:
        """Network configurations by name; missing ones are created when they are accessed."""
        return self._networks

    @networks.setter
    def networks(self, value: Any) -> None:
        self._networks = self._replaced_section('networks', value)

    @property
    def volumes(self) -> Any:
        """Volume configurations by alias; missing ones are created when they are accessed."""
        return self._volumes

    @volumes.setter
    def volumes(self, value: Any) -> None:
        self._volumes = self._replaced_section('volumes', value)

    @property
    def host(self) -> Any:
        """Host paths by alias, and the root of relative ones."""
        return self._host

    @host.setter
    def host(self, value: Any) -> None:
        if isinstance(value, HostVolumeConfiguration):
            self._host = value
            return
        with inside(self._name, 'host'):
            entries = _section_dict(value)
            self._host.clear()
            self._host.update(entries)

    def _replaced_section(self, section: str, value: Any) -> Any:
        current = getattr(self, section)
        self._forget_relations()
        with inside(self._name), _inside_entry(section):
            entries = _section_dict(value)
            if isinstance(value, DefaultDictMap) and value.default_factory == current.default_factory:
                value.update(entries if isinstance(value, ConfigurationMap) else _converted(current, entries))
                return value
            converted = _converted(current, entries)
            current.clear()
            current.update(converted)
        return current

    def _entries(self) -> Iterator[tuple[str, str, ConfigurationObject]]:
        for section in SECTIONS:
            for name, entry in getattr(self, section).items():
                yield section, name, entry

    def clean(self) -> None:
        """Convert assigned values of the map and of its entries; raises ``ValueError`` with the path of a bad one."""
        with inside(self._name):
            super().clean()
            with inside('groups'):
                self._values['groups'] = groups(self._values['groups'])
            for section, name, entry in self._entries():
                if not entry.is_clean:
                    with _inside_entry(section, name):
                        entry.clean()
            with inside('host'):
                self._host.clean()

    def as_dict(self, *, unset: bool = True) -> dict[str, Any]:
        """All settings as plain dicts and lists, without name; given to the constructor, an equal map.

        :param unset: Include defaults of what is not set, which count as set in what is made from the result. Without,
            ``map_defaults`` apply to that as they do to this map, and merging it is the same as merging this map.
        """
        settings = super().as_dict(unset=unset)
        if 'groups' in settings:
            settings['groups'] = plain(self.groups)
        for section in ('containers', 'volumes', 'networks'):
            entries = getattr(self, section)
            if len(entries):
                settings[section] = {name: entry.as_dict(unset=unset) for name, entry in entries.items()}
        if unset or len(self._host):
            settings['host'] = {alias: plain(path) for alias, path in self._host.items()}
        if is_set(self._host.root):
            settings['host_root'] = self._host.root
        return settings

    def get(self, item: str) -> ContainerConfiguration:
        """The container configuration of this name, created if it is missing."""
        return self._containers[item]  # type: ignore[no-any-return]

    def get_network(self, item: str) -> NetworkConfiguration:
        """The network of this name, created if it is missing."""
        return self._networks[item]  # type: ignore[no-any-return]

    def get_volume(self, item: str) -> VolumeConfiguration:
        """The volume of this alias, created if it is missing."""
        return self._volumes[item]  # type: ignore[no-any-return]

    def get_existing(self, item: str) -> ContainerConfiguration | None:
        """The container configuration of this name, or ``None``."""
        return self._containers.get(item)

    def get_instance(self, item: str, instance: str | None) -> ContainerConfiguration | None:
        """The configuration of a container, with the settings of its instance; ``None`` if there is none."""
        found = self._instance_configs.get((item, instance or ''))
        config = self._containers.get(item)
        return config.of_instance(instance) if found is None and config is not None else found

    def get_existing_network(self, item: str) -> NetworkConfiguration | None:
        """The network of this name, or ``None``."""
        return self._networks.get(item)

    def get_existing_volume(self, item: str) -> VolumeConfiguration | None:
        """The volume of this alias, or ``None``."""
        return self._volumes.get(item)

    def update_from_dict(self, dct: Any) -> None:
        """Assign the settings of a dict; keys that are no settings of a map are container configurations."""
        with inside(self._name):
            for key, value in self._items_of(dct):
                if key in self.CONFIG_PROPERTIES:
                    self._assign(key, value)
                elif not self._read_host(key, value, lists_only=False):
                    self._read_entries(key, value, _update_entry)

    def _items_of(self, dct: Any) -> list[tuple[Any, Any]]:
        refuse_compose_file(dct)
        items = super()._items_of(dct)
        for key, value in items:
            if is_for_anchors(key) and isinstance(value, dict) and 'image' in value:
                advise(
                    "Ignored, as keys at the top that begin with 'x-' are for anchors. If it is a container, put it "
                    "below 'containers'.",
                    key,
                )
        return [(key, value) for key, value in items if not is_for_anchors(key)]

    def merge_from_dict(self, dct: Any, lists_only: bool = False) -> None:
        """Combine settings with those of a dict; containers, networks and volumes that are new are added."""

        def merge_entry(entry: ConfigurationObject, value: Any, is_new: bool) -> None:
            if is_new:
                _update_entry(entry, value, is_new)
            elif value:
                entry.merge(value, lists_only=lists_only)

        if not dct:
            return
        self.clean()
        with inside(self._name):
            items = dict(self._items_of(dct))
        super().merge_from_dict({key: items[key] for key in self.CONFIG_PROPERTIES if key in items}, lists_only)
        with inside(self._name):
            for key, value in items.items():
                if key not in self.CONFIG_PROPERTIES and not self._read_host(key, value, lists_only):
                    self._read_entries(key, value, merge_entry)

    def _read_host(self, key: Any, value: Any, lists_only: bool) -> bool:
        """Take over host paths; with ``lists_only``, only new aliases. Returns whether the key was for them."""
        if key == 'host_root':
            if not lists_only:
                self._host.root = value
        elif key == 'host':
            with inside('host'):
                paths = value if isinstance(value, HostVolumeConfiguration) else _section_dict(value)
                self._update_host(paths, lists_only)
        else:
            return False
        return True

    def _update_host(self, paths: Any, lists_only: bool) -> None:
        if lists_only:
            paths = {alias: path for alias, path in paths.items() if alias not in self._host and alias != 'root'}
        self._host.update(paths)

    def _read_entries(self, key: Any, value: Any, read: _ReadEntry) -> None:
        """Hand over the entries of a section, or of the key itself as container configuration."""
        self._forget_relations()
        if key in SECTIONS:
            with _inside_entry(key):
                for name, settings in _section_dict(value).items():
                    self._read_entry(key, name, settings, read)
        else:
            self._report_misspelt(key, value)
            self._read_entry('containers', key, value, read)

    def _read_entry(self, section: str, name: Any, settings: Any, read: _ReadEntry) -> None:
        entries = getattr(self, section)
        is_new = checked_name(name) not in entries
        with inside(name):
            if name.startswith('__') and name.endswith('__'):
                raise InputError('Expected a name that does not begin and end with two underscores.')
            read(entries[name], settings, is_new)

    def _report_misspelt(self, key: Any, value: Any) -> None:
        """Report keys that are hardly names of containers, but settings, or nearly those of maps."""
        if checked_name(key) in self._containers or _has_container_settings(value):
            return
        from difflib import get_close_matches

        settings = (*self.CONFIG_PROPERTIES, *SECTIONS, 'host', 'host_root')
        matches = get_close_matches(key.casefold(), settings, n=1, cutoff=_SAME_WORD)
        if matches:
            report(f'{_READ_AS_CONTAINER}; did you mean {matches[0]!r}? {_BELOW_CONTAINERS}', key)
            return
        home = home_of(key, 'map') or _home_in_configuration(key)
        if home is not None and value is not None and not isinstance(value, dict):
            raise InputError(f'This is no setting of a map. {home}', key)
        if home is not None and value:
            report(f'{_READ_AS_CONTAINER}. {home} {_BELOW_CONTAINERS}', key)

    def update_from_obj(self, obj: Any, copy: bool = False, update_containers: bool = True) -> None:
        """Take over all values of another map, except its name; with ``copy``, lists and dicts are not shared."""
        super().update_from_obj(obj, copy=copy)
        self._forget_relations()
        for section in SECTIONS:
            if update_containers or section != 'containers':
                for name, entry in getattr(obj, section).items():
                    getattr(self, section)[name].update_from_obj(entry, copy=copy)
        self._host.update(copied(obj.host) if copy else obj.host)

    def merge_from_obj(self, obj: Any, lists_only: bool = False) -> None:
        """Combine settings with what is set in another map; containers, networks and volumes that are new are added."""
        super().merge_from_obj(obj, lists_only=lists_only)
        self._forget_relations()
        for section in SECTIONS:
            entries = getattr(self, section)
            for name, entry in getattr(obj, section).items():
                if name in entries:
                    entries[name].merge_from_obj(entry, lists_only=lists_only)
                else:
                    entries[name].update_from_obj(entry, copy=True)
        self._update_host(copied(obj.host), lists_only)
