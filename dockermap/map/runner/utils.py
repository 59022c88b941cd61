"""Arguments of creating calls, as they follow from lists in a configuration."""

from __future__ import annotations

from ..request.lists import (
    get_host_binds,
    get_port_bindings,
    get_preparation_cmd,
    get_volumes,
    get_volumes_from,
    update_kwargs,
)

__all__ = [
    'get_host_binds',
    'get_port_bindings',
    'get_preparation_cmd',
    'get_volumes',
    'get_volumes_from',
    'update_kwargs',
]
