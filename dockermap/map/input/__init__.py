"""Item tuples and the lists that convert input to them.

What each list and each helper accepts is declared once, as shapes, which convert values and describe them for a schema.
"""

from __future__ import annotations

from ._dependencies import DependencyList
from ._ids import InputConfigIdList
from ._items import (
    ContainerLinkList,
    ExecCommandList,
    NetworkEndpoint,
    NetworkEndpointList,
    PortBindingList,
)
from ._lists import NamedTupleList
from ._tuples import (
    EXEC_POLICY_INITIAL,
    EXEC_POLICY_RESTART,
    CmdCheck,
    ContainerLink,
    Dependency,
    ExecCommand,
    ExecPolicy,
    HealthCheck,
    HostVolume,
    InputConfigId,
    ItemType,
    MapConfigId,
    NotSet,
    PortBinding,
    SharedVolume,
    UsedVolume,
)
from ._values import CURRENT_DIR, bool_if_set, get_healthcheck, get_list, get_network_mode, is_path, read_only
from ._volumes import AttachedVolumeList, SharedHostVolumesList, UsedVolumeList

__all__ = [
    'CURRENT_DIR',
    'EXEC_POLICY_INITIAL',
    'EXEC_POLICY_RESTART',
    'AttachedVolumeList',
    'CmdCheck',
    'ContainerLink',
    'ContainerLinkList',
    'Dependency',
    'DependencyList',
    'ExecCommand',
    'ExecCommandList',
    'ExecPolicy',
    'HealthCheck',
    'HostVolume',
    'InputConfigId',
    'InputConfigIdList',
    'ItemType',
    'MapConfigId',
    'NamedTupleList',
    'NetworkEndpoint',
    'NetworkEndpointList',
    'NotSet',
    'PortBinding',
    'PortBindingList',
    'SharedHostVolumesList',
    'SharedVolume',
    'UsedVolume',
    'UsedVolumeList',
    'bool_if_set',
    'get_healthcheck',
    'get_list',
    'get_network_mode',
    'is_path',
    'read_only',
]
