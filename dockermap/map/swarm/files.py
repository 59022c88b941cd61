"""Secrets and configs on a swarm: those of services, and those that nothing has any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...docker_api import ManagerClient

FILE_LABEL = 'org.docker-map.map'
"""Label of secrets and configs, with the name of their map."""

_KEYS = {'secrets': 'Secret', 'configs': 'Config'}
FileKey = tuple[str, str]
"""Section and name of a file on a swarm."""


def files_of(service: Mapping[str, Any]) -> dict[FileKey, str]:
    """Ids of the secrets and configs of a service."""
    container: Mapping[str, Any] = ((service.get('Spec') or {}).get('TaskTemplate') or {}).get('ContainerSpec') or {}
    return {
        (section, entry[f'{key}Name']): entry[f'{key}ID']
        for section, key in _KEYS.items()
        for entry in container.get(f'{key}s') or ()
    }


def unused_files(
    client: ManagerClient, services: Iterable[Mapping[str, Any]], map_name: str, keys: Collection[FileKey]
) -> dict[FileKey, str]:
    """Ids of other forms of files, as calls leave them behind that do not come to their end.

    :param services: All services of the swarm.
    :param keys: The files; others whose names differ in the digest alone are forms of them.
    """
    used = {key for service in services for key in files_of(service)}
    forms = {(section, _without_digest(name)) for section, name in keys}
    return {
        (section, row['Spec']['Name']): row['ID']
        for section in sorted({section for section, _ in keys})
        for row in getattr(client, section)()
        if (row['Spec'].get('Labels') or {}).get(FILE_LABEL) == map_name
        and (section, _without_digest(row['Spec']['Name'])) in forms
        and (section, row['Spec']['Name']) not in used
    }


def _without_digest(name: str) -> str:
    return name.rpartition('-')[0]
