"""Configuration of volumes."""

from __future__ import annotations

from typing import Any

from ...functional import is_late
from ..input import NotSet
from ._entries import ConfigurationMap
from ._object import ConfigurationObject
from ._property import CP
from ._shapes import DRIVER_OPTIONS, EXTERNAL, PATH, PERMISSIONS, TEXT, USER, VOLUME_OPTIONS

__all__ = ['VolumeConfiguration', 'VolumeConfigurationMap']


def _is_path_value(value: Any) -> bool:
    return isinstance(value, str) or is_late(value)


class VolumeConfiguration(ConfigurationObject):
    """What a volume is created from, and where containers mount it; a single path sets ``default_path``."""

    default_path: Any = CP(input_func=PATH.convert)
    driver: Any = CP(default='local', input_func=TEXT.convert)
    driver_options: Any = CP(dict, input_func=DRIVER_OPTIONS.convert)
    create_options: Any = CP(dict, input_func=VOLUME_OPTIONS.convert)
    user: Any = CP(input_func=USER.convert)
    permissions: Any = CP(input_func=PERMISSIONS.convert)
    external: Any = CP(input_func=EXTERNAL.convert)

    DOCSTRINGS = {
        'default_path': 'Path inside containers.',
        'driver': 'Driver of the volume.',
        'driver_options': 'Options of the driver, or a function that returns them.',
        'create_options': 'Further arguments for creating the volume, or a function that returns them.',
        'user': 'Owner of the volume instead of the user of the container that attaches it.',
        'permissions': 'Expression for ``chmod`` instead of that of the container that attaches it.',
        'external': 'Whether the volume is only used, and never created, changed or removed'
        ': ``true``, or its name on the engine.',
    }
    _kind = 'volume'

    def update(self, values: Any, copy_instance: bool = False) -> None:
        """Replace settings by those of a path, a dict, or an object of the same class."""
        if _is_path_value(values):
            self.update_from_dict(values)
        else:
            super().update(values, copy_instance=copy_instance)

    def update_from_dict(self, dct: Any) -> None:
        """Assign the settings of a dict; a path is the only setting then, all others become unset."""
        if not _is_path_value(dct):
            super().update_from_dict(dct)
            return
        for name in self.CONFIG_PROPERTIES:
            self._assign(name, dct if name == 'default_path' else NotSet)

    def merge(self, values: Any, lists_only: bool = False) -> None:
        """Combine settings with those of a path, a dict, or an object of the same class."""
        if _is_path_value(values):
            self.merge_from_dict(values, lists_only=lists_only)
        else:
            super().merge(values, lists_only=lists_only)

    def merge_from_dict(self, dct: Any, lists_only: bool = False) -> None:
        """Combine settings with those of a dict, or set the path unless ``lists_only``."""
        super().merge_from_dict({'default_path': dct} if _is_path_value(dct) else dct, lists_only=lists_only)


class VolumeConfigurationMap(ConfigurationMap):
    """Volumes by alias; dicts, paths and ``None`` become configurations when they are stored."""

    entry_class = VolumeConfiguration

    def get_default_paths(self) -> dict[str, Any]:
        """Path of each alias."""
        return {alias: volume.default_path for alias, volume in self.items()}

    def get_users(self) -> dict[str, Any]:
        """Owner of each alias."""
        return {alias: volume.user for alias, volume in self.items()}

    def get_permissions(self) -> dict[str, Any]:
        """Permissions of each alias."""
        return {alias: volume.permissions for alias, volume in self.items()}
