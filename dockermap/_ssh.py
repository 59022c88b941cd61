"""Keeps the SDK's clients of ``ssh://`` addresses below the sessions that a server accepts; part of ``docker_api``.

The SDK has a pool of connections for each URL, so that one client has dozens of sessions; OpenSSH's servers accept ten.
"""

from __future__ import annotations

from typing import Any

from docker.transport.sshconn import SSHConnectionPool, SSHHTTPAdapter
from urllib3.exceptions import EmptyPoolError

MOST_SESSIONS = 9
_WAIT_SECONDS = 60.0
_KEY = 'all'


class _Pool(SSHConnectionPool):
    """Connections of a client, no more than :data:`MOST_SESSIONS` as long as these come back in time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(maxsize=MOST_SESSIONS, **kwargs)
        self.block = True

    def _get_conn(self, timeout: float | None = None) -> Any:
        try:
            return super()._get_conn(timeout or _WAIT_SECONDS)
        except EmptyPoolError:
            # Those that streams were made of do not come back.
            return self._new_conn()


class _Adapter(SSHHTTPAdapter):
    """Has one pool for all URLs."""

    def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
        client: Any = self.ssh_client
        pools: Any = self.pools
        if not client:
            return super().get_connection(url, proxies)
        with pools.lock:
            transport = client.get_transport()
            if transport is None or not transport.is_active():
                self._connect()  # type: ignore[attr-defined]
                pools.clear()
            found = pools.get(_KEY)
            if found is None:
                found = pools[_KEY] = _Pool(ssh_client=client, timeout=self.timeout, host=self.ssh_host)
            return found


def share_sessions(adapter: Any) -> None:
    """Have all requests of a client share few sessions, if they go over SSH.

    :param adapter: What the client sends its requests with.
    """
    if type(adapter) is SSHHTTPAdapter:
        # What has asked for the version.
        adapter.pools.clear()  # type: ignore[attr-defined]
        adapter.__class__ = _Adapter
