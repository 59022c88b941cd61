"""Names of the temporary containers that set owner and mode of a volume, so that the next call finds what was left."""

from __future__ import annotations

_MARK = '..owner'
"""Names in maps have no two dots in a row."""


def helper_name(volume: str, container: str | None = None) -> str:
    """Name of the container that prepares a volume, for a container that is about to start or for itself."""
    return f'{volume}{_MARK}' if container is None else f'{container}{_MARK}.{volume}'


def is_helper(name: str) -> bool:
    """Whether a container of this name was created to prepare a volume."""
    return _MARK in name


def prepares_volume(name: str, volume: str) -> bool:
    """Whether a container of this name was created to prepare this volume."""
    return name == f'{volume}{_MARK}' or name.endswith(f'{_MARK}.{volume}')


def prepares_for(name: str, container: str) -> bool:
    """Whether a container of this name was created to prepare volumes of a container."""
    return name.startswith(f'{container}{_MARK}.')
