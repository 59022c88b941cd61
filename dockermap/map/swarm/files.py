"""Secrets and configs on a swarm: those of services, and those that nothing has any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..policy.ownership import MAP_LABEL

if TYPE_CHECKING:
    from ...docker_api import ManagerClient

KEYS = {'secrets': 'Secret', 'configs': 'Config'}
"""Sections of files, with what specifications of services call them."""

FileKey = tuple[str, str]
"""Section and name of a file on a swarm."""


def files_of(service: Mapping[str, Any]) -> dict[FileKey, str]:
    """Ids of the secrets and configs of a service."""
    container: Mapping[str, Any] = ((service.get('Spec') or {}).get('TaskTemplate') or {}).get('ContainerSpec') or {}
    return {
        (section, entry[f'{key}Name']): entry[f'{key}ID']
        for section, key in KEYS.items()
        for entry in container.get(f'{key}s') or ()
    }


def unused_files(client: ManagerClient, section: str, services: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What a manager lists of one section that no service has, and that was created for a map.

    :param services: All services of the swarm.
    """
    used = {name for service in services for kind, name in files_of(service) if kind == section}
    return [row for row in getattr(client, section)() if _map_of(row) is not None and row['Spec']['Name'] not in used]


def other_forms(
    unused: Mapping[str, Iterable[Mapping[str, Any]]], map_name: str, keys: Collection[FileKey]
) -> dict[FileKey, str]:
    """Ids of other forms of files, as calls leave them behind that do not come to their end.

    :param unused: Files that no service has, by section.
    :param keys: The files; others whose names differ in the digest alone are forms of them.
    """
    forms = {(section, _without_digest(name)) for section, name in keys}
    return {
        (section, row['Spec']['Name']): row['ID']
        for section, rows in unused.items()
        for row in rows
        if _map_of(row) == map_name and (section, _without_digest(row['Spec']['Name'])) in forms
    }


def _map_of(row: Mapping[str, Any]) -> str | None:
    found: str | None = (row['Spec'].get('Labels') or {}).get(MAP_LABEL)
    return found


def _without_digest(name: str) -> str:
    return name.rpartition('-')[0]
