"""Clients and tasks for Fabric 3: ``pip install 'docker-map[fabric]'``."""

from __future__ import annotations

from ._api import ConnectionClient, connection_client
from ._commands import ConnectionRun, SudoError, command_client
from ._configuration import FabricConfiguration
from ._tasks import collection

__all__ = [
    'ConnectionClient',
    'ConnectionRun',
    'FabricConfiguration',
    'SudoError',
    'collection',
    'command_client',
    'connection_client',
]
