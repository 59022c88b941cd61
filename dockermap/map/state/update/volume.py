"""Update state of volumes, and of what is mounted in containers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ....functional import resolve_value
from ....utils import engine_text, normal_path, split_instance
from ...input import MapConfigId, SharedVolume, UsedVolume
from ...policy.utils import get_shared_volume_path
from .. import Difference, StateFlags
from ..base import StateData, VolumeBaseState
from ._label import label_differences, not_said
from ._options import driver_options, network_or_volume_option

if TYPE_CHECKING:
    from ...config.container import ContainerConfiguration
    from ...config.main import ContainerMap
    from ...config.volume import VolumeConfiguration
    from ...policy.base import BasePolicy

__all__ = [
    'AbstractSingleVfsCheck',
    'AbstractVolumeChecker',
    'ContainerLegacyVolumeChecker',
    'ContainerVolumeChecker',
    'SingleLegacyVfsCheck',
    'SingleVolumeVfsCheck',
    'VolumeUpdateState',
]

VolumeEntry = SharedVolume | UsedVolume
Registry = dict[tuple[str, str | None, str], str | None]
"""What is mounted, by configuration, instance and path in the container; for volume containers, by the volume's key."""


class AbstractSingleVfsCheck(ABC):
    """Compares the mounts of one container with its configuration.

    :param registry: What is mounted in the containers looked at before; extended.
    :param instance_volumes: Mounts of the container, by path.
    """

    def __init__(
        self,
        registry: Registry,
        policy: BasePolicy,
        config_id: MapConfigId,
        container_map: ContainerMap,
        config: ContainerConfiguration,
        instance_volumes: Mapping[str, str],
    ) -> None:
        self._registry = registry
        self._policy = policy
        self._item = config_id
        self._map = container_map
        self._config = config
        self._mounts = {normal_path(path): source for path, source in instance_volumes.items()}

    @abstractmethod
    def attached_source(self, alias: str, path: str) -> str | None:
        """What should be mounted where the container attaches a volume; ``None`` if that is not known."""

    @abstractmethod
    def used_source(self, name: str, path: str) -> str | None:
        """What should be mounted where the container uses a volume attached by another; ``None`` if not known."""

    @abstractmethod
    def used_path(self, entry: VolumeEntry, default_path: str) -> str:
        """Path in the container of a volume that is attached elsewhere."""

    def register(self) -> None:
        """Remember the volumes that the container shares, for those that use them."""
        for path in self._shared_paths(self._config):
            self._remember(path, self._mounts.get(path))

    def differences(self) -> list[Difference]:
        """Mounts that are not as configured.

        :raises ValueError: A volume has no path, or a configuration in ``uses`` does not exist.
        """
        self.register()
        return [*self.bind_differences(), *self.attached_differences(), *self.used_differences()]

    def bind_differences(self) -> list[Difference]:
        """Host directories that are not mounted as configured."""
        found = []
        for bind in self._config.binds:
            path, host_path = get_shared_volume_path(self._map, bind, self._item.instance_name)
            found.extend(self._difference('binds', path, normal_path(host_path)))
        return found

    def attached_differences(self) -> list[Difference]:
        """Attached volumes that are not mounted as configured."""
        found = []
        for entry in self._config.attaches:
            default_path = self._default_path(f'{self._item.config_name}.{entry.name}', entry.name)
            path = resolve_value(getattr(entry, 'path', None)) or default_path
            if not path:
                raise ValueError(
                    f"{self._item.map_name}.{self._item.config_name}: attached volume '{entry.name}' has no path."
                )
            path = normal_path(path)
            found.extend(self._difference('attaches', path, self.attached_source(entry.name, path)))
        return found

    def used_differences(self) -> list[Difference]:
        """Volumes of other containers that are not mounted as configured."""
        found = []
        for entry in self._config.uses:
            default_path = self._volume_path(entry.name)
            if default_path:
                source = self.used_source(entry.name, normal_path(default_path))
                found.extend(self._difference('uses', self.used_path(entry, default_path), source))
            else:
                found.extend(self._container_differences(entry.name))
        return found

    def _difference(self, name: str, path: str, source: str | None) -> list[Difference]:
        path = normal_path(path)
        current = self._mounts.get(path)
        self._remember(path, current)
        if current is not None and source is not None and normal_path(current) == source:
            return []
        return [Difference(self._item, f'{name}.{path}', source, current)]

    def _remember(self, path: str, source: str | None) -> None:
        self._registry[self._item.config_name, self._item.instance_name or None, path] = source

    def _shared_paths(self, config: ContainerConfiguration) -> Iterable[str]:
        return [normal_path(engine_text(path)) for path in config.shares]

    def _default_path(self, *keys: str) -> str | None:
        paths = self._policy.default_volume_paths[self._item.map_name]
        return next((resolve_value(paths[key]) for key in keys if paths.get(key)), None) or None

    def _volume_path(self, name: str) -> str | None:
        """Default path of a name in ``uses`` if it is an attached volume; container names have none."""
        attached = self._policy.volume_owners[self._item.map_name]
        return self._default_path(name) if name in attached else None

    def _container_differences(self, name: str) -> list[Difference]:
        config_name, instance = split_instance(name)
        config = self._map.get_existing(config_name)
        if config is None:
            raise ValueError(
                f"{self._item.map_name}.{self._item.config_name}: '{name}' in 'uses' is neither a volume "
                f'nor a container configuration.'
            )
        sources_by_path: dict[str, list[str | None]] = {}
        for other in [instance] if instance else config.instances or [None]:
            for path in self._shared_paths(self._map.get_instance(config_name, other) or config):
                sources_by_path.setdefault(path, []).append(self._registry.get((config_name, other, path)))
        found = []
        for path in sorted(sources_by_path.keys() - self._own_paths()):
            current, sources = self._mounts.get(path), sources_by_path[path]
            self._remember(path, current)
            if current not in sources:
                found.append(Difference(self._item, f'uses.{path}', sources[0], current))
        return found

    def _own_paths(self) -> set[str]:
        """Paths where something of its own hides what the container could use of others."""
        binds = [get_shared_volume_path(self._map, bind, self._item.instance_name)[0] for bind in self._config.binds]
        return {normal_path(path) for path in binds}


class SingleVolumeVfsCheck(AbstractSingleVfsCheck):
    """Check where attached volumes are named volumes."""

    def attached_source(self, alias: str, path: str) -> str | None:
        return self._volume_name(alias, self._item.config_name)

    def used_source(self, name: str, path: str) -> str | None:
        if not self._map.use_attached_parent_name:
            return self._volume_name(name, None)
        parent, alias = split_instance(name)
        return self._volume_name(alias, parent) if alias else self._policy.volume_name(self._item.map_name, name)

    def used_path(self, entry: VolumeEntry, default_path: str) -> str:
        return resolve_value(getattr(entry, 'path', None)) or default_path

    def _volume_name(self, alias: str, parent: str | None) -> str:
        return self._policy.volume_name(
            self._item.map_name, alias, parent if self._map.use_attached_parent_name else None
        )


class SingleLegacyVfsCheck(AbstractSingleVfsCheck):
    """Check where containers stand in for attached volumes."""

    def attached_source(self, alias: str, path: str) -> str | None:
        key = f'{self._item.config_name}.{alias}' if self._map.use_attached_parent_name else alias
        return self._registry.get((key, None, path))

    def used_source(self, name: str, path: str) -> str | None:
        return self._registry.get((name, None, path))

    def used_path(self, entry: VolumeEntry, default_path: str) -> str:
        return default_path


class AbstractVolumeChecker(ABC):
    """Compares mounts of the containers on one client, in the order in which they depend on each other."""

    def __init__(self, policy: BasePolicy) -> None:
        self._policy = policy
        self._registry: Registry = {}

    @property
    @abstractmethod
    def vfs_check_class(self) -> type[AbstractSingleVfsCheck]:
        """Class that checks one container."""

    def register_attached(self, volume_key: str, path: str, source: str | None) -> None:
        """Remember what a volume container has at its path."""
        self._registry[volume_key, None, normal_path(path)] = source

    def single_check(
        self,
        config_id: MapConfigId,
        container_map: ContainerMap,
        config: ContainerConfiguration,
        instance_volumes: Mapping[str, str],
    ) -> AbstractSingleVfsCheck:
        """Check of one container, with what was registered so far."""
        return self.vfs_check_class(self._registry, self._policy, config_id, container_map, config, instance_volumes)

    def check(
        self,
        config_id: MapConfigId,
        container_map: ContainerMap,
        config: ContainerConfiguration,
        instance_volumes: Mapping[str, str],
    ) -> bool:
        """Whether all mounts of a container are as configured.

        :raises ValueError: A volume has no path, or a configuration in ``uses`` does not exist.
        """
        return not self.single_check(MapConfigId(*config_id), container_map, config, instance_volumes).differences()


class ContainerVolumeChecker(AbstractVolumeChecker):
    """Checker for clients with named volumes."""

    vfs_check_class = SingleVolumeVfsCheck


class ContainerLegacyVolumeChecker(AbstractVolumeChecker):
    """Checker for clients without named volumes."""

    vfs_check_class = SingleLegacyVfsCheck


def volume_differences(item: MapConfigId, wanted: VolumeConfiguration, found: Mapping[str, Any]) -> list[Difference]:
    """Differences of driver and configured driver options; other options of the engine do not count."""
    options = found.get('Options') or {}
    rules = [('driver', engine_text(network_or_volume_option(wanted, 'driver')), found.get('Driver'))]
    rules.extend(
        (f'driver_options.{name}', engine_text(value), options.get(name))
        for name, value in driver_options(wanted, 'driver_opts').items()
    )
    return [Difference(item, *rule) for rule in rules if rule[1] != rule[2]]


class VolumeUpdateState(VolumeBaseState):
    """A named volume, compared with its configuration."""

    def get_state(self) -> StateData:
        base_state, flags, extra_data = super().get_state()
        if not self.detail or flags & StateFlags.NEEDS_RESET or self.policy.is_external(self.config_id):
            return base_state, flags, extra_data
        live = volume_differences(self.config_id, self.config, self.detail)
        flags |= self.differs(StateFlags.MISC_MISMATCH, *live, *not_said(label_differences(self), live))
        return base_state, StateFlags(flags), extra_data
