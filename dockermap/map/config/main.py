"""Container maps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ...exceptions import InputError
from ...functional import resolve_value
from ...utils import close_match
from .. import DefaultDictMap, DictMap
from .._input_shapes import shown
from ..input import MapConfigId, NotSet, bool_if_set
from . import CP, ConfigurationObject
from ._entries import ConfigurationMap, checked_name
from ._extension import Extension, extended_map, merged_configs
from ._groups import groups
from ._image import is_image_id, split_image
from ._integrity import check_map
from ._notices import inside, report, strictly
from ._relations import ClientNames, Relations
from ._shapes import CLIENTS, LATE_TEXT
from ._values import copied, plain
from .container import ContainerConfiguration
from .host_volume import HostVolumeConfiguration, is_set
from .network import NetworkConfiguration
from .volume import VolumeConfiguration, VolumeConfigurationMap

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['ContainerMap']

_SECTIONS = ('containers', 'networks', 'volumes')


class ContainerMap(ConfigurationObject):
    """Containers with the networks, volumes and host paths that they refer to.

    :param name: Name of the map.
    :param initial: A dict of settings, or another map to copy them from.
    :param check_integrity: Check a map with containers as :meth:`check_integrity` does.
    :param check_duplicates: Include names that could mean several volumes in this check.
    :param strict: Have unknown settings raise ``ValueError`` instead of giving an ``UnknownOptionWarning``.
    :raises ValueError: A setting cannot be used; the message starts with its path.
    :raises dockermap.map.exceptions.MapIntegrityError: Parts of the map do not fit together.
    """

    repository: Any = CP(input_func=LATE_TEXT.convert)
    clients: Any = CP(list, input_func=CLIENTS.convert)
    groups: Any = CP(dict, default=DictMap, input_func=groups)
    default_domain: Any = CP(input_func=LATE_TEXT.convert)
    set_hostname: Any = CP(input_func=bool_if_set)
    use_attached_parent_name: Any = CP(input_func=bool_if_set)
    default_tag: Any = CP(input_func=LATE_TEXT.convert)

    DOCSTRINGS = {
        'repository': 'Prefix of image names.',
        'clients': 'Names of the clients that the map is for; without any, it is for the default client.',
        'groups': 'Lists of configurations by name, as ``config``, ``config.instance`` or ``MapConfigId``.',
        'default_domain': 'Domain name of containers; that of a client wins.',
        'set_hostname': 'Whether host names are derived from container names; they are if this is unset.',
        'use_attached_parent_name': 'Whether attached volumes are named ``map.config.alias`` instead of ``map.alias``.',
        'default_tag': 'Tag of images that have none.',
    }
    _kind = 'map'

    def __init__(
        self, name: str, initial: Any = None, check_integrity: bool = True, check_duplicates: bool = True, *,
        strict: bool = False, **kwargs: Any,
    ) -> None:
        self._name = checked_name(name)
        self._is_extended = False
        self._client_names: ClientNames | None = None
        self._abstract_names: frozenset[str] = frozenset()
        self._containers: DefaultDictMap = ConfigurationMap(ContainerConfiguration)
        self._networks: DefaultDictMap = ConfigurationMap(NetworkConfiguration)
        self._volumes: DefaultDictMap = VolumeConfigurationMap()
        self._host = HostVolumeConfiguration()
        with strictly(strict):
            super().__init__(initial, **kwargs)
        if check_integrity and len(self._containers):
            self.check_integrity(check_duplicates=check_duplicates)

    def _assign(self, name: str, value: Any) -> None:
        super()._assign(name, value)
        self._client_names = None

    @property
    def name(self) -> str:
        """Name of the map."""
        return self._name

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
        with inside(self._name), inside('host'):
            entries = _section_dict(value)
            self._host.clear()
            self._host.update(entries)

    def _replaced_section(self, section: str, value: Any) -> Any:
        current = getattr(self, section)
        self._client_names = None
        with inside(self._name), inside(section):
            entries = _section_dict(value)
            if isinstance(value, DefaultDictMap) and value.default_factory == current.default_factory:
                value.update(entries if isinstance(value, ConfigurationMap) else _converted(current, entries))
                return value
            converted = _converted(current, entries)
            current.clear()
            current.update(converted)
        return current

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith('_') or hasattr(type(self), name) or name in vars(self):
            object.__setattr__(self, name, value)
            return
        with inside(self._name):
            match = close_match(name, (*self.CONFIG_PROPERTIES, *_SECTIONS, 'host'))
            report(f"A map has no attribute of this name, so assigning it has no effect. For a container, use "
                   f"'containers.{name}', for a volume, 'volumes.{name}'{match or '.'}", name)
        object.__setattr__(self, name, value)

    def __iter__(self) -> Iterator[tuple[str, ContainerConfiguration]]:
        return ((name, config) for name, config in self._containers.items() if not bool_if_set(config.abstract))

    def __eq__(self, other: object) -> bool:
        equal = super().__eq__(other)
        if equal is NotImplemented or not equal or not isinstance(other, ContainerMap):
            return equal
        return self._identity() == other._identity() and all(
            getattr(self, section) == getattr(other, section) for section in (*_SECTIONS, 'host')
        )

    __hash__ = None  # type: ignore[assignment]

    def _identity(self) -> tuple[str, bool]:
        return self._name, self._is_extended

    def __repr__(self) -> str:
        sections = ', '.join(f'{section}={sorted(getattr(self, section).keys(), key=str)}' for section in _SECTIONS)
        text = super().__repr__()
        return f'{text[:-2]}{"" if text[-3] == "(" else ", "}name={self._name!r}, {sections})>'

    def _state_text(self) -> str:
        return super()._state_text() or ('(Extended) ' if self._is_extended else '')

    @property
    def is_clean(self) -> bool:
        """Whether all assigned values of the map and of its entries have been converted."""
        return not self._dirty and all(entry.is_clean for _, _, entry in self._entries())

    def _entries(self) -> Iterator[tuple[str, str, ConfigurationObject]]:
        for section in _SECTIONS:
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

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain dicts and lists, without name; given to the constructor, an equal map."""
        settings = super().as_dict()
        if 'groups' in settings:
            settings['groups'] = plain(self.groups)
        for section in ('containers', 'volumes', 'networks'):
            entries = getattr(self, section)
            if len(entries):
                settings[section] = {name: entry.as_dict() for name, entry in entries.items()}
        settings['host'] = {alias: plain(path) for alias, path in self._host.items()}
        if is_set(self._host.root):
            settings['host_root'] = self._host.root
        return settings

    def copy(self) -> Self:
        """An equal map that shares nothing with this one; its integrity is not checked."""
        new = type(self)(self._name, self, check_integrity=False)
        new._is_extended = self._is_extended
        new._abstract_names = self._abstract_names
        return new

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
                self._update_host(value if isinstance(value, HostVolumeConfiguration) else _section_dict(value), lists_only)
        else:
            return False
        return True

    def _update_host(self, paths: Any, lists_only: bool) -> None:
        if lists_only:
            paths = {alias: path for alias, path in paths.items() if alias not in self._host and alias != 'root'}
        self._host.update(paths)

    def _read_entries(self, key: Any, value: Any, read: _ReadEntry) -> None:
        """Hand over the entries of a section, or of the key itself as container configuration."""
        self._client_names = None
        if key in _SECTIONS:
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
            read(entries[name], settings, is_new)

    def _report_misspelt(self, key: Any, value: Any) -> None:
        """Report keys that are hardly names of containers, but nearly those of settings."""
        checked_name(key)
        settings = (*self.CONFIG_PROPERTIES, *_SECTIONS, 'host', 'host_root')
        matches = get_close_matches(key.casefold(), settings, n=1, cutoff=_SAME_WORD)
        known = ContainerConfiguration.CONFIG_PROPERTIES
        if not matches or key in self._containers:
            return
        if isinstance(value, ContainerConfiguration) or (isinstance(value, dict) and any(name in known for name in value.keys())):
            return
        report(f"Read as a container configuration of this name; did you mean {matches[0]!r}? If it is a container, put it "
               f"below 'containers'.", key)

    def update_from_obj(self, obj: Any, copy: bool = False, update_containers: bool = True) -> None:
        """Take over all values of another map, except its name; with ``copy``, lists and dicts are not shared."""
        super().update_from_obj(obj, copy=copy)
        self._client_names = None
        for section in _SECTIONS:
            if update_containers or section != 'containers':
                for name, entry in getattr(obj, section).items():
                    getattr(self, section)[name].update_from_obj(entry, copy=copy)
        self._host.update(copied(obj.host) if copy else obj.host)

    def merge_from_obj(self, obj: Any, lists_only: bool = False) -> None:
        """Combine settings with what is set in another map; containers, networks and volumes that are new are added."""
        super().merge_from_obj(obj, lists_only=lists_only)
        self._client_names = None
        for section in _SECTIONS:
            entries = getattr(self, section)
            for name, entry in getattr(obj, section).items():
                if name in entries:
                    entries[name].merge_from_obj(entry, lists_only=lists_only)
                else:
                    entries[name].update_from_obj(entry, copy=True)
        self._update_host(copied(obj.host), lists_only)

    def get_image(self, image: str) -> tuple[str, str | None]:
        """Full name and tag of an image, with the map's repository and default tag where the name leaves them open.

        A digest is returned as tag; the id of an image is returned as it is, without tag.

        :raises ValueError: This is no name of an image.
        """
        if not isinstance(image, str):
            raise InputError(f'Expected the name of an image as text, found {shown(image)}.')
        name, tag = split_image(image)
        if is_image_id(image):
            return name, None
        repository = resolve_value(self.repository)
        if name.startswith('/'):
            name = name[1:]
        elif repository and '/' not in name:
            name = f'{repository}/{name}'
        return name, tag or str(resolve_value(self.default_tag) or 'latest')

    def get_extended(self, config: ContainerConfiguration) -> ContainerConfiguration:
        """The configuration with all that it inherits.

        :raises KeyError: A configuration that is extended does not exist.
        :raises ValueError: Configurations extend each other in a circle.
        """
        config.clean()
        if self._is_extended or not config.extends:
            return config
        with inside(self._name):
            for name, entry in self._containers.items():
                with inside(name):
                    entry.clean()
        extension = Extension(dict(self._containers.items()))
        return merged_configs([*map(extension.extended, config.extends), config])

    def get_extended_map(self, defaults: Mapping[str, Any] | None = None) -> Self:
        """The map with all that is inherited, and without abstract configurations.

        Containers that inherit nothing are the same objects as in this map; all else is copied.

        :param defaults: Settings as in a dict for a map, for what is not set here.
        :raises KeyError: A configuration that is extended does not exist.
        :raises ValueError: Configurations extend each other in a circle, or a setting cannot be used.
        """
        self.clean()
        result = type(self)(self._name, check_integrity=False)
        if defaults:
            with inside('map_defaults'):
                result.update(dict(defaults.items()))
                result.clean()
        extended_map(self, result)
        result._is_extended = True
        result._abstract_names = self._abstract_names or frozenset(
            name for name, config in self._containers.items() if config.abstract
        )
        return result

    def _extended_form(self) -> ContainerMap:
        if not self._is_extended:
            return self.get_extended_map()
        self.clean()
        return self

    def get_persistent_items(self) -> tuple[list[tuple[str, Any]], list[tuple[str, str | None]]]:
        """Attached volumes as pairs (configuration, volume), and persistent containers as pairs (configuration, instance)."""
        attached = [(name, volume) for name, config in self for volume in config.attaches]
        persistent = [(name, instance) for name, config in self if config.persistent
                      for instance in config.instances or [None]]
        return attached, persistent

    def dependency_items(self) -> Iterator[tuple[MapConfigId, list[MapConfigId]]]:
        """Each container with what it needs: containers and networks, then its attached volumes, then its image."""
        yield from Relations(self._extended_form()).items()

    def get_client_names(self, config_id: MapConfigId) -> list[str]:
        """Names of the clients that an item is for.

        These are the clients of its configuration; without any, those of all that need it; without these, those of the
        map. None of them means the default client; where it stands beside others, it is an empty name.
        """
        if not self._is_extended:
            return ClientNames(Relations(self.get_extended_map()), self.clients).of(MapConfigId(*config_id))
        if self._client_names is None or not self._client_names.is_for(self.clients):
            self._client_names = ClientNames(Relations(self._extended_form()), self.clients)
        return self._client_names.of(MapConfigId(*config_id))

    def check_integrity(self, check_duplicates: bool = True) -> None:
        """Check that all names that the map refers to are on it, and that it can be brought up.

        :param check_duplicates: Include names that could mean several volumes.
        :raises ValueError: A setting cannot be used; the message starts with its path.
        :raises dockermap.map.exceptions.MapIntegrityError: Parts of the map do not fit together; all problems are listed.
        """
        self.clean()
        check_map(self, check_duplicates)


_ReadEntry = Callable[[ConfigurationObject, Any, bool], None]
_SAME_WORD = 0.85


@contextmanager
def _inside_entry(section: str, name: str = '') -> Iterator[None]:
    """Paths of containers do not name their section, as they may be given without."""
    with ExitStack() as stack:
        for part in ('' if section == 'containers' else section, name):
            if part:
                stack.enter_context(inside(part))
        yield


def _section_dict(value: Any) -> dict[Any, Any]:
    if value is None or value is NotSet:
        return {}
    if not isinstance(value, dict):
        raise InputError(f'Expected a mapping of names to settings, found {shown(value)}.')
    return dict(value.items())


def _converted(section: Any, entries: dict[Any, Any]) -> dict[Any, Any]:
    return {name: section.as_entry(name, value) for name, value in entries.items()}


def _update_entry(entry: ConfigurationObject, value: Any, is_new: bool) -> None:
    if value is not None and value != {}:
        entry.update(value, copy_instance=True)
