"""Configurations of clients that are reached through connections of Fabric."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fabric import Connection
from paramiko import RejectPolicy

from ..client.cli import DockerCliClient
from ..exceptions import InputError
from ..map.config.client import ClientConfiguration
from ._api import ConnectionClient, connection_client
from ._commands import command_client
from ._sessions import address_of

API = 'api'
COMMAND = 'command'
_CONNECTION = ('user', 'port', 'gateway', 'connect_timeout', 'connect_kwargs', 'forward_agent', 'config')


def _connected(connection: Connection, mode: str, sudo: bool, **kwargs: Any) -> ConnectionClient | DockerCliClient:
    return command_client(connection, bool(sudo)) if mode == COMMAND else connection_client(connection, **kwargs)


class FabricConfiguration(ClientConfiguration):
    """How to reach the engine of a host through a connection of Fabric.

    What is not said here comes from Fabric's configuration and ``~/.ssh/config``, as for each ``fabric.Connection``.

    :param host: Name of the host, as Fabric takes it: ``user@host:port``.
    :param connection: A ``fabric.Connection`` in place of a host; it belongs to the caller, and is not closed.
    :param mode: ``'api'`` for requests through the connection, ``'command'`` for running the ``docker`` command.
    :param sudo: Run the command with ``sudo``, in mode ``'command'``.
    :param known_hosts: ``True`` refuses hosts that the user's ``known_hosts`` does not have, a path those that are not
        in this file. Fabric itself accepts any host.

    ``user``, ``port``, ``gateway``, ``connect_timeout`` in seconds, ``connect_kwargs``, ``forward_agent`` and
    ``config`` are arguments of ``fabric.Connection``; all else is as in
    :class:`~dockermap.map.config.client.ClientConfiguration`. Logins in ``dockermap.registries`` of Fabric's
    configuration count where ``auth_configs`` has none.

    :raises ValueError: There is neither a host nor a connection, or ``mode`` or ``sudo`` do not fit.
    """

    init_kwargs = ('connection', 'mode', 'sudo', 'version', 'timeout')
    client_constructor = staticmethod(_connected)
    _fabric_connection: Connection | None = None

    @property
    def base_url(self) -> Any:
        """Address of the host."""
        return address_of(self.get_connection())

    @base_url.setter
    def base_url(self, value: Any) -> None:
        if value:
            raise InputError("Expected 'host' or 'connection' in place of an address.", 'base_url')

    def get_connection(self) -> Connection:
        """The connection, which need not be open.

        :raises ValueError: There is no host.
        """
        given: Connection | None = self.get('connection')
        if given is not None:
            return given
        if self._fabric_connection is None:
            object.__setattr__(self, '_fabric_connection', self._new_connection())
        return self._fabric_connection

    def _new_connection(self) -> Connection:
        host = self.get('host')
        if not isinstance(host, str) or not host:
            raise InputError("Expected the name of a host, as 'web1.example.com', or a connection.", 'host')
        connection = Connection(host, **{name: self[name] for name in _CONNECTION if name in self})
        known = self.get('known_hosts')
        if known:
            connection.client.load_system_host_keys(None if known is True else str(Path(known).expanduser()))
            connection.client.set_missing_host_key_policy(RejectPolicy())
        return connection

    def get_init_kwargs(self) -> dict[str, Any]:
        """Arguments for creating the client."""
        mode, sudo = self.get('mode') or API, bool(self.get('sudo'))
        if mode not in (API, COMMAND):
            raise InputError(f'Expected {API!r} or {COMMAND!r}, found {mode!r}.', 'mode')
        if sudo and mode != COMMAND:
            raise InputError(f'Only commands are run with sudo: it needs mode={COMMAND!r}.', 'sudo')
        found = {'connection': self.get_connection(), 'mode': mode, 'sudo': sudo}
        settings = {'version': self.version, 'timeout': self.timeout}
        return {**found, **{name: value for name, value in settings.items() if value is not None}}

    @property
    def auth_configs(self) -> Any:
        """Arguments for the login by registry name, also those of Fabric's configuration."""
        registries = self.get_connection().config.get('dockermap', {}).get('registries', {})
        return {**{name: dict(login) for name, login in registries.items()}, **self._auth_configs}

    @auth_configs.setter
    def auth_configs(self, value: Mapping[str, Any] | None) -> None:
        self._auth_configs = dict(value or {})

    def close(self) -> None:
        """Close the client that this configuration has created, and its connection, unless that was given."""
        super().close()
        connection = self._fabric_connection
        if connection is not None:
            object.__setattr__(self, '_fabric_connection', None)
            connection.close()

    def copy(self) -> Any:
        """An equal configuration without client and without an open connection."""
        new = super().copy()
        object.__setattr__(new, '_fabric_connection', None)
        return new
