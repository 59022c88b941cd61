"""Container maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...exceptions import InputError
from ...functional import resolve_value
from ...utils import close_match
from .. import DictMap
from .._kinds import SECTIONS
from ..input import MapConfigId, bool_if_set
from ..input._shapes import shown
from ._entries import checked_name
from ._extension import Extension, extended_map, merged_configs
from ._groups import groups
from ._image import is_image_id, split_image
from ._integrity import check_extension, check_map
from ._notices import inside, report, strictly
from ._property import CP
from ._relations import Awaited, ClientNames, Relations
from ._sections import SectionedObject
from ._shapes import CLIENTS, ENDPOINT_MODE, LATE_TEXT, ROLLOUT, TEXT
from .container import ContainerConfiguration

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['ContainerMap']


class ContainerMap(SectionedObject):
    """Containers with the networks, volumes and host paths that they refer to.

    :param name: Name of the map.
    :param initial: A dict of settings, or another map to copy them from.
    :param check_integrity: Convert all settings and check them as :meth:`check_integrity` does.
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
    rollout: Any = CP(input_func=ROLLOUT.convert)
    endpoint_mode: Any = CP(input_func=ENDPOINT_MODE.convert)
    default_group: Any = CP(input_func=TEXT.convert)

    DOCSTRINGS = {
        'repository': 'Prefix of image names.',
        'clients': 'Names of the clients that the map is for; without any, it is for the default client.',
        'groups': 'Lists of configurations by name, as ``config``, ``config.instance`` or ``MapConfigId``.',
        'default_domain': 'Domain name of containers; that of a client wins.',
        'set_hostname': 'Whether host names are derived from container names; they are if this is unset.',
        'use_attached_parent_name': 'Whether attached volumes are named ``map.config.alias`` instead of ``map.alias``.',
        'default_tag': 'Tag of images that have none.',
        'rollout': '``rollout`` of container configurations that say nothing about it.',
        'endpoint_mode': '``endpoint_mode`` of container configurations that say nothing about it, on swarms.',
        'default_group': 'The group that ``__all__`` means, in place of all configurations.',
    }
    _kind = 'map'

    def __init__(
        self,
        name: str,
        initial: Any = None,
        check_integrity: bool = True,
        check_duplicates: bool = True,
        *,
        strict: bool = False,
        **kwargs: Any,
    ) -> None:
        self._name = checked_name(name)
        self._is_extended = False
        self._client_names: ClientNames | None = None
        self._relations: Relations | None = None
        self._abstract_names: frozenset[str] = frozenset()
        self._create_sections()
        with strictly(strict):
            super().__init__(initial, **kwargs)
        if check_integrity:
            self.check_integrity(check_duplicates=check_duplicates)

    def _assign(self, name: str, value: Any) -> None:
        super()._assign(name, value)
        self._forget_relations()

    def _forget_relations(self) -> None:
        self._client_names = self._relations = None

    @property
    def name(self) -> str:
        """Name of the map."""
        return self._name

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith('_') or hasattr(type(self), name) or name in vars(self):
            object.__setattr__(self, name, value)
            return
        with inside(self._name):
            match = close_match(name, (*self.CONFIG_PROPERTIES, *SECTIONS, 'host'))
            report(
                f'A map has no attribute of this name, so assigning it has no effect. For a container, use '
                f"'containers.{name}', for a volume, 'volumes.{name}'{match or '.'}",
                name,
            )
        object.__setattr__(self, name, value)

    def __iter__(self) -> Iterator[tuple[str, ContainerConfiguration]]:
        return ((name, config) for name, config in self._containers.items() if not bool_if_set(config.abstract))

    def variants(self) -> Iterator[tuple[str, str | None, ContainerConfiguration]]:
        """Configurations that are not abstract, with their names.

        A configuration whose instances have settings of their own is there once for each instance, with its name;
        others once, without.
        """
        for name, config in self:
            instances = config.instances if config.instance_settings else ()
            for instance in instances or (None,):
                yield name, instance, self.get_instance(name, instance) or config

    def __eq__(self, other: object) -> bool:
        equal = super().__eq__(other)
        if equal is NotImplemented or not equal or not isinstance(other, ContainerMap):
            return equal
        return self._identity() == other._identity() and all(
            getattr(self, section) == getattr(other, section) for section in (*SECTIONS, 'host')
        )

    __hash__ = None  # type: ignore[assignment]

    def _identity(self) -> tuple[str, bool]:
        return self._name, self._is_extended

    def __repr__(self) -> str:
        sections = ', '.join(f'{section}={sorted(getattr(self, section).keys(), key=str)}' for section in SECTIONS)
        text = super().__repr__()
        return f'{text[:-2]}{"" if text[-3] == "(" else ", "}name={self._name!r}, {sections})>'

    def _state_text(self) -> str:
        return super()._state_text() or ('(Extended) ' if self._is_extended else '')

    @property
    def is_clean(self) -> bool:
        """Whether all assigned values of the map and of its entries have been converted."""
        return not self._dirty and all(entry.is_clean for _, _, entry in self._entries())

    def copy(self) -> Self:
        """An equal map that shares nothing with this one; its integrity is not checked."""
        new = type(self)(self._name, self, check_integrity=False)
        new._is_extended = self._is_extended
        new._abstract_names = self._abstract_names
        new._instance_configs = {key: config.copy() for key, config in self._instance_configs.items()}
        return new

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
                if not isinstance(defaults, Mapping):
                    raise InputError(f'Expected a mapping with the settings of a map, found {shown(defaults)}.')
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

    def _extended_relations(self) -> Relations:
        extended = self._extended_form()
        if not self._is_extended:
            return Relations(extended)
        if self._relations is None:
            self._relations = Relations(extended)
        return self._relations

    def get_persistent_items(self) -> tuple[list[tuple[str, Any]], list[tuple[str, str | None]]]:
        """Attached volumes as (configuration, volume), and persistent containers as (configuration, instance)."""
        attached = {(name, volume.name): volume for name, _, config in self.variants() for volume in config.attaches}
        persistent = [
            (name, found)
            for name, instance, config in self.variants()
            if config.persistent
            for found in ([instance] if instance else config.instances or [None])
        ]
        return [(name, volume) for (name, _), volume in attached.items()], persistent

    def dependency_items(self) -> Iterator[tuple[MapConfigId, list[MapConfigId]]]:
        """Each container with what it needs: containers and networks, then its attached volumes, then its image."""
        yield from self._extended_relations().items()

    def condition_items(self) -> Iterator[tuple[MapConfigId, Mapping[MapConfigId, Awaited]]]:
        """Each container that is not started before others are completed, healthy, or started on whatever host."""
        yield from self._extended_relations().conditions_by_item()

    def get_client_names(self, config_id: MapConfigId) -> list[str]:
        """Names of the clients that an item is for.

        These are the clients of its configuration; without any, those of all that need it; without these, those of the
        map. None of them means the default client; where it stands beside others, it is an empty name.
        """
        if not self._is_extended:
            return ClientNames(self._extended_relations(), self.clients).of(MapConfigId(*config_id))
        if self._client_names is None or not self._client_names.is_for(self.clients):
            self._client_names = ClientNames(self._extended_relations(), self.clients)
        return self._client_names.of(config_id if isinstance(config_id, MapConfigId) else MapConfigId(*config_id))

    def to_mermaid(self) -> str:
        """The graph of the map as text for Mermaid: configurations, networks, volumes, and how they are related.

        :raises KeyError: A configuration that is extended does not exist.
        :raises ValueError: Configurations extend each other in a circle, or a setting cannot be used.
        """
        from .graph import map_graph, mermaid_text

        return mermaid_text(map_graph(self._extended_form()))

    def to_dot(self) -> str:
        """The graph of the map as text for the ``dot`` command of Graphviz; see :meth:`to_mermaid`."""
        from .graph import dot_text, map_graph

        return dot_text(map_graph(self._extended_form()))

    def check_integrity(self, check_duplicates: bool = True) -> None:
        """Check that all names that the map refers to are on it, and that it can be brought up.

        :param check_duplicates: Include names that could mean several volumes.
        :raises ValueError: A setting cannot be used; the message starts with its path.
        :raises dockermap.map.exceptions.MapIntegrityError: Parts of the map do not fit together; all are listed.
        """
        self.clean()
        check_extension(self)
        check_map(self._extended_form(), check_duplicates)
