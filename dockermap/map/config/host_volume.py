"""Paths on the host."""

from __future__ import annotations

import posixpath
from typing import Any

from ...exceptions import located
from ...functional import is_late, resolve_value
from .. import DictMap
from ..input import NotSet
from ..input._values import HOST_PATH
from ._entries import checked_name
from ._shapes import PATH

__all__ = ['HostVolumeConfiguration', 'get_host_path']

DEFAULT_INSTANCE = 'default'


def get_host_path(root: Any, path: Any, instance: str | None = None) -> str:
    """The host path for an instance, below the root if it is relative; late values are resolved.

    :raises ValueError: The path is a dict without entry for the instance (``default`` for the unnamed one).
    """
    found = resolve_value(path)
    if isinstance(found, dict):
        key = instance or DEFAULT_INSTANCE
        found = resolve_value(found.get(key))
        if not found:
            listed = ', '.join(sorted(map(str, path_keys(path)))) or 'none'
            raise ValueError(f'There is no host path for instance {key!r}; there are paths for: {listed}.')
    prefix = resolve_value(root)
    if prefix and found and not str(found).startswith('/'):
        found = posixpath.join(prefix, found)
    return found  # type: ignore[no-any-return]


def path_keys(path: Any) -> list[Any]:
    """Instances that a dict of host paths has."""
    found = resolve_value(path)
    return list(found.keys()) if isinstance(found, dict) else []


class HostVolumeConfiguration(DictMap):
    """Host paths by alias, each a path or a dict of paths by instance; relative ones are below ``root``."""

    _root: Any = NotSet

    @property
    def root(self) -> Any:
        """Prefix for relative paths."""
        return self._root

    @root.setter
    def root(self, value: Any) -> None:
        self._root = value

    def update(self, other: Any = None, /, **kwargs: Any) -> None:
        """Take over paths, and the root unless it is unset in the other configuration."""
        root = self._root
        super().update(other, **kwargs)
        if isinstance(other, HostVolumeConfiguration) and not is_set(other.root) and 'root' not in kwargs:
            self._root = root

    def get_path(self, alias: str, instance: str | None = None) -> str:
        """The host path of an alias; ``KeyError`` if it is unknown, ``ValueError`` without path for the instance."""
        return get_host_path(self._root, self[alias], instance)

    def clean(self) -> None:
        """Check all paths; raises ``ValueError`` with the alias where one is of a wrong type."""
        with located('root'):
            PATH.convert(self._root if is_set(self._root) else None)
        for alias, path in self.items():
            with located(str(checked_name(alias))):
                HOST_PATH.convert(path)


def is_set(root: Any) -> bool:
    """Whether a root path is there; late ones are not evaluated."""
    return is_late(root) or bool(root)
