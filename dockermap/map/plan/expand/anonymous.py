"""Volumes without a name of their own, which a container gets from the one that it is created in place of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...policy.replaced import CARRIED, anonymous_volumes
from ...request import ActionConfig

if TYPE_CHECKING:
    from ...state.observed import Detail
    from .expansion import Expansion

Arguments = Mapping[str, Any]


def with_volumes_of(plan: Expansion, action: ActionConfig, detail: Detail | None, arguments: Arguments) -> Arguments:
    """Arguments of creating a container that gets the volumes of a former one that nobody has named.

    They are in no digest: the label says which they are.

    :param detail: What was found of the former container.
    """
    if not detail or getattr(plan.builder, 'renew_anonymous_volumes', False) or 'host_config' not in arguments:
        return arguments
    taken = _mounted_paths(arguments)
    volumes = {path: name for path, name in anonymous_volumes(detail).items() if path.rstrip('/') not in taken}
    if not volumes:
        return arguments
    paths = _anonymous_paths(action, arguments)
    carried = {path: name for path, name in sorted(volumes.items()) if path in paths}
    if not carried:
        return arguments
    host = arguments['host_config']
    binds = [*(host.get('Binds') or ()), *(f'{name}:{path}' for path, name in carried.items())]
    labels = {**(arguments.get('labels') or {}), CARRIED: json.dumps(sorted(carried.values()))}
    return {**arguments, 'host_config': {**host, 'Binds': binds}, 'labels': labels}


def _anonymous_paths(action: ActionConfig, arguments: Arguments) -> set[str]:
    """Paths for which the engine would make volumes without a name."""
    image: Mapping[str, Any] = {}
    if hasattr(action.client, 'inspect_image'):
        image = action.client.inspect_image(arguments['image'])
    declared = (image.get('Config') or {}).get('Volumes') or ()
    given = arguments.get('volumes') or ()
    return {*declared, *(path if isinstance(path, str) else path[0] for path in given)}


def _mounted_paths(arguments: Arguments) -> set[str]:
    """Where something else is mounted."""
    host: Mapping[str, Any] = arguments.get('host_config') or {}
    binds = [str(bind).split(':')[1] for bind in host.get('Binds') or () if ':' in str(bind)]
    mounts = [str(mount.get('Target')) for mount in host.get('Mounts') or ()]
    return {path.rstrip('/') for path in (*binds, *mounts, *(host.get('Tmpfs') or ()))}
