"""Which containers depend on each other in a way that a new one breaks, and which ones mount a volume."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...utils import split_instance
from .._kinds import attached_names
from ..input import ItemType, MapConfigId

if TYPE_CHECKING:
    from ..config.container import ContainerConfiguration
    from ..config.main import ContainerMap


_DEFAULT_MODES = ('', 'default', 'bridge')

_Place = tuple[str, str | None]
"""A configuration, and one of its instances if that has settings of its own."""


class VolumeUsers:
    """Which containers of a map mount an attached volume; every configuration is looked at once."""

    def __init__(self, container_map: ContainerMap) -> None:
        self._map = container_map
        self._by_name: dict[str, list[_Place]] = {}
        self._positions: dict[_Place, int] = {}
        for index, (config_name, instance, config) in enumerate(container_map.variants()):
            self._positions[config_name, instance] = index
            for entry in config.uses:
                owner = split_instance(entry.name)[0]
                for name in dict.fromkeys((entry.name, owner)):
                    self._by_name.setdefault(name, []).append((config_name, instance))

    def of(self, volume_id: MapConfigId) -> Iterator[MapConfigId]:
        """Containers that mount a volume, those first that use it from others."""
        owner, alias = volume_id.config_name, volume_id.instance_name
        name = f'{owner}.{alias}' if self._map.use_attached_parent_name else str(alias)
        users = {
            user
            for key in (name, owner)
            for user in self._by_name.get(key, ())
            if user[0] != owner and self._uses(user, name, owner)
        }
        for config_name, instance in (*sorted(users, key=self._positions.__getitem__), (owner, None)):
            config = self._map.get_existing(config_name)
            if config is not None:
                found = _instances(volume_id.map_name, config_name, config)
                yield from (item for item in found if not instance or item.instance_name == instance)

    def _uses(self, user: _Place, name: str, owner: str) -> bool:
        config = self._map.get_instance(*user)
        return config is not None and (
            any(entry.name == name for entry in config.uses) or _uses_container(config, owner)
        )


def bound_containers(container_map: ContainerMap, config_id: MapConfigId) -> Iterator[MapConfigId]:
    """Containers whose mounts, links or network stack another one holds on to; it has to be re-created with them.

    A link in a user-defined network finds a new container by its name. A network mode that names a container of the
    engine is not among them.
    """
    config = container_map.get_instance(config_id.config_name, config_id.instance_name)
    if config is None:
        return
    names = [entry.name for entry in config.uses if not _is_volume(container_map, entry.name)]
    if _has_legacy_links(config):
        names.extend(link.container for link in config.links)
    mode = config.network_mode
    if isinstance(mode, tuple):
        names.append('.'.join(filter(None, mode)))
    for name in names:
        config_name, instance = split_instance(name)
        target = container_map.get_existing(config_name)
        if target is not None:
            found = _instances(config_id.map_name, config_name, target)
            yield from (item for item in found if not instance or item.instance_name == instance)


def _has_legacy_links(config: ContainerConfiguration) -> bool:
    """Whether links lead to a certain container, as they do in the default network alone."""
    networks = [entry.network_name for entry in config.networks]
    mode = config.network_mode
    return networks[0] in _DEFAULT_MODES if networks else mode in (None, *_DEFAULT_MODES) or not isinstance(mode, str)


def _instances(map_name: str, config_name: str, config: ContainerConfiguration) -> Iterator[MapConfigId]:
    for instance in config.instances or (None,):
        yield MapConfigId(ItemType.CONTAINER, map_name, config_name, instance)


def _uses_container(config: ContainerConfiguration, owner: str) -> bool:
    return any(entry.name == owner or entry.name.startswith(f'{owner}.') for entry in config.uses)


def _is_volume(container_map: ContainerMap, name: str) -> bool:
    """Whether a name in ``uses`` is that of an attached volume."""
    if not container_map.use_attached_parent_name:
        return any(entry.name == name for _, _, config in container_map.variants() for entry in config.attaches)
    owner, alias = split_instance(name)
    config = container_map.get_existing(owner)
    return config is not None and alias in attached_names(config)
