"""A client of an engine's API that reaches it through an SSH connection of Fabric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docker.constants import MINIMUM_DOCKER_API_VERSION

from ..client.base import DockerClientWrapper
from ..docker_api import connecting
from ._http import ConnectionAdapter
from ._sessions import address_of

if TYPE_CHECKING:
    from fabric import Connection

_BASE_URL = 'http+docker://fabric'


class ConnectionClient(DockerClientWrapper):
    """Client of an engine, whose requests go through a connection of Fabric.

    :param connection: Is opened when it is needed; it belongs to the caller, and stays open at :meth:`close`.
    :param version: Version of the API; without one, or with ``'auto'``, the engine is asked.
    :param kwargs: Further arguments of ``docker.APIClient``, such as ``timeout`` in seconds.
    """

    def __init__(self, connection: Connection, version: str | None = None, **kwargs: Any) -> None:
        asks = version is None or version.lower() == 'auto'
        super().__init__('http://docker:80', version=MINIMUM_DOCKER_API_VERSION if asks else version, **kwargs)
        self.connection = connection
        self._address = address_of(connection)
        self._unmount('http://', 'https://')  # type: ignore[attr-defined]
        self.mount('http+docker://', ConnectionAdapter(connection))
        self.base_url = _BASE_URL
        if asks:
            with connecting(self._address):
                self._version = self._retrieve_server_version()  # type: ignore[attr-defined]


def connection_client(connection: Connection, **kwargs: Any) -> ConnectionClient:
    """A client of the engine on the host of a connection.

    Its requests go through the connection's own transport: each through a session that runs ``docker system
    dial-stdio``, of which there are 9 at most, shared with all other clients of the connection. There is one login, and
    the host needs nothing but the ``docker`` command.

    :param connection: A ``fabric.Connection``.
    :param kwargs: Arguments of ``docker.APIClient``, without ``base_url``.
    :raises requests.ConnectionError: The host, or its engine, cannot be reached.
    """
    return ConnectionClient(connection, **kwargs)
