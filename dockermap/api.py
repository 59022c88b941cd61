"""The one door that most users need.

Each name is imported from its home when it is first used, so what talks to engines is loaded only by those who do.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .build.context import DockerContext
    from .build.dockerfile import DockerFile
    from .client.base import DockerClientWrapper
    from .exceptions import DockerStatusError, PartialResultsError
    from .map._describe import describe_item, item_name
    from .map.client import MappingDockerClient
    from .map.config.client import USE_HC_MERGE, ClientConfiguration
    from .map.config.container import ContainerConfiguration
    from .map.config.host_volume import HostVolumeConfiguration
    from .map.config.main import ContainerMap
    from .map.config.network import NetworkConfiguration
    from .map.config.volume import VolumeConfiguration
    from .map.exceptions import (
        ActionRunnerException,
        ForeignItemError,
        MapIntegrityError,
        MissingItemError,
        ScriptActionException,
        ScriptRunException,
    )
    from .map.execute.events import ActionEvent
    from .map.input import (
        ContainerLink,
        ExecCommand,
        ExecPolicy,
        HealthCheck,
        ItemType,
        MapConfigId,
        NetworkEndpoint,
        PortBinding,
        SharedVolume,
    )
    from .map.plan import Operation, Plan, PlanOutdatedError

__all__ = [  # noqa: RUF022 - sorted as sorted() does it
    'ActionEvent',
    'ActionRunnerException',
    'ClientConfiguration',
    'ContainerConfiguration',
    'ContainerLink',
    'ContainerMap',
    'DockerClientWrapper',
    'DockerContext',
    'DockerFile',
    'DockerStatusError',
    'ExecCommand',
    'ExecPolicy',
    'ForeignItemError',
    'HealthCheck',
    'HostVolumeConfiguration',
    'ItemType',
    'MapConfigId',
    'MapIntegrityError',
    'MappingDockerClient',
    'MissingItemError',
    'NetworkConfiguration',
    'NetworkEndpoint',
    'Operation',
    'PartialResultsError',
    'Plan',
    'PlanOutdatedError',
    'PortBinding',
    'ScriptActionException',
    'ScriptRunException',
    'SharedVolume',
    'USE_HC_MERGE',
    'VolumeConfiguration',
    'describe_item',
    'item_name',
]

_HOMES = {
    'build.context': ('DockerContext',),
    'build.dockerfile': ('DockerFile',),
    'client.base': ('DockerClientWrapper',),
    'exceptions': ('DockerStatusError', 'PartialResultsError'),
    'map._describe': ('describe_item', 'item_name'),
    'map.client': ('MappingDockerClient',),
    'map.config.client': ('ClientConfiguration', 'USE_HC_MERGE'),
    'map.config.container': ('ContainerConfiguration',),
    'map.config.host_volume': ('HostVolumeConfiguration',),
    'map.config.main': ('ContainerMap',),
    'map.config.network': ('NetworkConfiguration',),
    'map.config.volume': ('VolumeConfiguration',),
    'map.execute.events': ('ActionEvent',),
    'map.exceptions': (
        'ActionRunnerException',
        'ForeignItemError',
        'MapIntegrityError',
        'MissingItemError',
        'ScriptActionException',
        'ScriptRunException',
    ),
    'map.input': (
        'ContainerLink',
        'ExecCommand',
        'ExecPolicy',
        'HealthCheck',
        'ItemType',
        'MapConfigId',
        'NetworkEndpoint',
        'PortBinding',
        'SharedVolume',
    ),
    'map.plan': ('Operation', 'Plan', 'PlanOutdatedError'),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    value = getattr(importlib.import_module(f'.{_HOME_OF[name]}', __package__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
