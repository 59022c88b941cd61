"""Names of temporary containers that help with volumes and files, so that the next call finds what was left."""

from __future__ import annotations

_MARK = '..owner'
"""Names in maps have no two dots in a row."""

_FILES = '..files'


def helper_name(volume: str, container: str | None = None) -> str:
    """Name of the container that prepares a volume, for a container that is about to start or for itself."""
    return f'{volume}{_MARK}' if container is None else f'{container}{_MARK}.{volume}'


def files_helper_name(container: str) -> str:
    """Name of the container that puts files of a container on the host, or removes them."""
    return f'{container}{_FILES}'


def is_helper(name: str) -> bool:
    """Whether a container of this name was created to prepare a volume, or for files of a host."""
    return _MARK in name or name.endswith(_FILES)


def prepares_volume(name: str, volume: str) -> bool:
    """Whether a container of this name was created to prepare this volume."""
    return name == f'{volume}{_MARK}' or name.endswith(f'{_MARK}.{volume}')


def prepares_for(name: str, container: str) -> bool:
    """Whether a container of this name was created to prepare volumes or files of a container."""
    return name.startswith(f'{container}{_MARK}.') or name == f'{container}{_FILES}'
