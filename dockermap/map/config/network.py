"""Configuration of networks."""

from __future__ import annotations

from typing import Any

from ..input import bool_if_set
from ._object import ConfigurationObject
from ._property import CP
from ._shapes import DRIVER_OPTIONS, EXTERNAL, NETWORK_OPTIONS, TEXT

__all__ = ['NetworkConfiguration']


class NetworkConfiguration(ConfigurationObject):
    """What a network is created from."""

    driver: Any = CP(default='bridge', input_func=TEXT.convert)
    driver_options: Any = CP(dict, input_func=DRIVER_OPTIONS.convert)
    internal: Any = CP(default=False, input_func=bool_if_set)
    create_options: Any = CP(dict, input_func=NETWORK_OPTIONS.convert)
    external: Any = CP(input_func=EXTERNAL.convert)

    DOCSTRINGS = {
        'driver': 'Driver of the network.',
        'driver_options': 'Options of the driver, or a function that returns them.',
        'internal': 'Whether the network has no access to the outside.',
        'create_options': 'Further arguments for creating the network, or a function that returns them.',
        'external': 'Whether the network is only used, and never created, changed or removed'
        ': ``true``, or its name on the engine.',
    }
    _kind = 'network'
