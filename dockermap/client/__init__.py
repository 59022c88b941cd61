"""Clients of a Docker Engine, and what depends on the version of its API."""

from __future__ import annotations

from functools import total_ordering
from typing import Any

from ..utils import version_tuple

__all__ = ['DEPRECATED_COPY_VERSION', 'DEPRECATED_FORCE_TAG_VERSION', 'use_force_tag', 'use_get_archive']


@total_ordering
class _ApiVersion:
    """A dotted number, compared numerically: 1.9 is older than 1.10. What is no dotted number counts as the newest."""

    def __init__(self, version: Any) -> None:
        self._text = str(version)
        self._parts: tuple[float, ...] = version_tuple(version) or (float('inf'),)

    def __eq__(self, other: object) -> bool:
        return self._parts == _as_version(other)._parts

    def __lt__(self, other: object) -> bool:
        return self._parts < _as_version(other)._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self._text!r})'


def _as_version(value: object) -> _ApiVersion:
    return value if isinstance(value, _ApiVersion) else _ApiVersion(value)


DEPRECATED_FORCE_TAG_VERSION = _ApiVersion('1.24')
"""API version from which ``tag`` takes no ``force`` any more."""

DEPRECATED_COPY_VERSION = _ApiVersion('1.20')
"""API version from which ``get_archive`` takes the place of ``copy``."""


def use_force_tag(api_version: Any) -> bool:
    """Whether a tag is only moved to another image when ``force`` is set."""
    return _as_version(api_version) < DEPRECATED_FORCE_TAG_VERSION


def use_get_archive(api_version: Any) -> bool:
    """Whether the engine hands out files of containers through ``get_archive``."""
    return _as_version(api_version) >= DEPRECATED_COPY_VERSION
