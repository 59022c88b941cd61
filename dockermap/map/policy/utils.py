"""Small readings of configuration values and inspection results, shared by states and runner."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...exceptions import UnknownNameError
from ...functional import resolve_value
from ..config.host_volume import get_host_path
from ..input import HostVolume, SharedVolume, UsedVolume, is_path
from ..input._written import texts_deep

if TYPE_CHECKING:
    from ..config.main import ContainerMap

_NETWORK_ID = re.compile('[0-9a-f]{64}')
_DEFAULT_OF_PODMAN = hashlib.sha256(b'podman').hexdigest()
_SIGNS_OF_CONNECTION = ('EndpointID', 'IPAddress', 'GlobalIPv6Address')

INITIAL_START_TIME = '0001-01-01T00:00:00Z'
"""When engines say that a container which was never started was started."""


def init_options(options: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None) -> dict[str, Any]:
    """A new dictionary from a dictionary, from a function (or late value) that returns one, or from nothing.

    Numbers of documents that have kept the text that they were written as become that.
    """
    if not options:
        return {}
    found = dict((options() if callable(options) else options) or {})
    return {name: texts_deep(value) for name, value in found.items()}


def extract_user(value: Any) -> str | None:
    """The user without group, or ``None`` if there is none; user ``0`` counts."""
    user = resolve_value(value)
    if isinstance(user, bool) or (not user and user != 0):
        return None
    if isinstance(user, tuple):
        first: str | None = user[0]
        return first
    return str(user).partition(':')[0]


def user_and_group(value: Any) -> str | None:
    """The user with its group, where one is given, as engines take it; ``None`` if there is no user."""
    user = resolve_value(value)
    name = extract_user(user)
    if name is None:
        return None
    if isinstance(user, tuple):
        group = user[1] if len(user) > 1 else None
        return str(name) if group is None or group == '' else f'{name}:{group}'
    return str(user)


def get_shared_volume_path(
    container_map: ContainerMap, vol: SharedVolume | HostVolume | UsedVolume, instance: str | None = None
) -> tuple[str, str]:
    """Path in the container and path on the host of a bind mount.

    :raises ValueError: A direct path is none, or there is no host path for the instance.
    :raises KeyError: Neither ``volumes`` nor ``host`` of the map knows the alias.
    """
    if isinstance(vol, HostVolume):
        path = resolve_value(vol.path)
        if not is_path(path):
            raise ValueError(
                f'{container_map.name}: a bind with a host path needs a path in the container that starts '
                f"with '/' or './', found {path!r}. Without a host path, it is an alias."
            )
        return path, get_host_path(container_map.host.root, vol.host_path, instance)
    volume = container_map.get_existing_volume(vol.name)
    if volume is None or not resolve_value(volume.default_path):
        raise UnknownNameError(
            f"{container_map.name}: volume alias '{vol.name}' has no path in 'volumes' of the map; "
            f'known aliases: {_listed(container_map.volumes)}'
        )
    if vol.name not in container_map.host:
        raise UnknownNameError(
            f"{container_map.name}: volume alias '{vol.name}' has no path in 'host' of the map; "
            f'known aliases: {_listed(container_map.host)}'
        )
    return resolve_value(volume.default_path), container_map.host.get_path(vol.name, instance)


def get_instance_volumes(detail: Mapping[str, Any], check_names: bool) -> dict[str, str]:
    """Mounts of an inspected container: path in the container and what is there.

    :param detail: Inspection of a container.
    :param check_names: Prefer the name of a volume to the path where the engine keeps it.
    """
    mounts = detail.get('Mounts')
    if mounts is None:
        return dict(detail.get('Volumes') or {})
    return {mount['Destination']: (check_names and mount.get('Name')) or mount.get('Source', '') for mount in mounts}


def removes_itself(detail: Mapping[str, Any] | None) -> bool:
    """Whether the engine removes an inspected container when it ends."""
    return bool(((detail or {}).get('HostConfig') or {}).get('AutoRemove'))


def networks_of(detail: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Networks that an inspected or listed container is in, or will be while it runs, by the names that lists have.

    Podman calls the default network, which it lists as ``bridge``, by another name in containers. Some of its versions
    give names of networks in place of ids.
    """
    found: Mapping[str, Any] = (detail.get('NetworkSettings') or {}).get('Networks') or {}
    return dict(_listed_endpoint(name, endpoint or {}) for name, endpoint in found.items())


def is_connected(endpoint: Mapping[str, Any]) -> bool:
    """Whether a running container is really in a network; engines keep settings that could not be carried out.

    Podman gives no ids of endpoints.
    """
    return any(endpoint.get(key) for key in _SIGNS_OF_CONNECTION)


def _listed_endpoint(name: str, endpoint: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    network_id = endpoint.get('NetworkID')
    has_name_as_id = network_id == name and not _NETWORK_ID.fullmatch(name)
    is_default = name == 'default' or (name == 'podman' and network_id in (name, _DEFAULT_OF_PODMAN))
    return 'bridge' if is_default else name, {**endpoint, 'NetworkID': ''} if has_name_as_id else endpoint


def _listed(names: Mapping[str, Any]) -> str:
    return ', '.join(sorted(names.keys())) or 'none'
