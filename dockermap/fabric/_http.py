"""HTTP through sessions of an SSH connection, each of which runs ``docker system dial-stdio``."""

from __future__ import annotations

import io
import os
import socket
import sys
import threading
from collections.abc import Callable
from http.client import BadStatusLine
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import urllib3
from docker.transport.basehttpadapter import BaseHTTPAdapter
from urllib3.connection import HTTPConnection

from ._sessions import MOST_SESSIONS, WAIT_SECONDS, Session, Sessions, sessions_of

if TYPE_CHECKING:
    from fabric import Connection

_DIAL = 'exec docker system dial-stdio'
_READ_BYTES = 1 << 16


class ChannelStream(io.BufferedIOBase):
    """What comes from a session, as the file that HTTP reads from; it can be used like the socket beneath, too.

    Nothing that was read ahead is lost where an HTTP connection becomes a plain stream.
    """

    def __init__(self, session: Session, closed: Callable[[], None]) -> None:
        self._session = session
        self._channel = session.channel
        self._buffer = session.early_output
        session.early_output = b''
        self._closed_by = closed
        self._always_ready: int | None = None

    @property
    def raw(self) -> ChannelStream:
        """The stream itself, where the SDK looks for the socket."""
        return self

    @property
    def sock(self) -> ChannelStream:
        """The same, where the SDK looks for what it shuts down when nobody wants more of an answer."""
        return self

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        """A descriptor that is ready when there is something to read."""
        if not self._buffer:
            return int(self._channel.fileno())
        if self._always_ready is None:
            self._always_ready = os.open(os.devnull, os.O_RDONLY)
        return self._always_ready

    def recv(self, size: int) -> bytes:
        """Up to so many bytes; none at the end."""
        return self._taken(size) if self._buffer else bytes(self._channel.recv(size))

    def read1(self, size: int | None = -1) -> bytes:
        return self.recv(_READ_BYTES if size is None or size < 0 else size)

    def read(self, size: int | None = -1) -> bytes:
        parts, left = [], size if size is not None and size >= 0 else None
        while left is None or left > 0:
            data = self.recv(_READ_BYTES if left is None else min(left, _READ_BYTES))
            if not data:
                break
            parts.append(data)
            left = None if left is None else left - len(data)
        return b''.join(parts)

    def readinto(self, target: Any) -> int:
        data = self.recv(len(target))
        target[: len(data)] = data
        return len(data)

    def readline(self, limit: int | None = -1) -> bytes:
        most = sys.maxsize if limit is None or limit < 0 else limit
        while self._buffer.find(b'\n', 0, most) < 0 and len(self._buffer) < most and self._fill():
            pass
        return self._taken(self._buffer.find(b'\n', 0, most) + 1 or min(most, len(self._buffer)))

    def _taken(self, size: int) -> bytes:
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _fill(self) -> bool:
        data = self._channel.recv(_READ_BYTES)
        self._buffer += data
        return bool(data)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._channel.sendall(data)
        return len(data)

    def send(self, data: bytes) -> int:
        """Send some of the bytes, and tell how many."""
        return int(self._channel.send(data))

    def sendall(self, data: bytes) -> None:
        """Send all bytes."""
        self._channel.sendall(data)

    def gettimeout(self) -> float | None:
        """Seconds that reading waits at most."""
        return self._channel.gettimeout()

    def settimeout(self, seconds: float | None) -> None:
        """Set how many seconds reading waits at most."""
        self._channel.settimeout(seconds)

    def shutdown(self, how: int) -> None:
        """Tell the other side that nothing more is sent, received, or both."""
        if how == socket.SHUT_RDWR:
            # Then nobody ends the connection that began it.
            self._session.close()
        else:
            self._channel.shutdown(how)

    def close(self) -> None:
        if not self.closed:
            super().close()
            if self._always_ready is not None:
                os.close(self._always_ready)
            self._closed_by()


class _ChannelSocket:
    """A session in place of a socket: it ends when it and the files that were made of it are closed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._lock = threading.Lock()
        self._users = 1
        self._is_closed = False

    def makefile(self, mode: str, *args: object, **kwargs: object) -> ChannelStream:
        with self._lock:
            self._users += 1
        return ChannelStream(self.session, self._leave)

    def sendall(self, data: bytes) -> None:
        self.session.channel.sendall(data)

    def settimeout(self, seconds: float | None) -> None:
        self.session.channel.settimeout(seconds)

    def fileno(self) -> int:
        return int(self.session.channel.fileno())

    def close(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            is_unused = not self._users
        if is_unused:
            self.session.close()


class _ChannelConnection(HTTPConnection):
    """An HTTP connection through a session of its own.

    :param sessions: Where a place for it has been taken.
    """

    def __init__(self, sessions: Sessions) -> None:
        super().__init__('docker')
        self._sessions = sessions
        self._has_place = True

    def connect(self) -> None:
        has_place, self._has_place = self._has_place, False
        seconds = self.timeout if isinstance(self.timeout, (int, float)) else WAIT_SECONDS
        session = self._sessions.open(_DIAL, seconds, has_place)
        session.channel.settimeout(seconds)
        self.sock = _ChannelSocket(session)

    def close(self) -> None:
        super().close()
        if self._has_place:
            self._has_place = False
            self._sessions.leave_place()

    def getresponse(self) -> Any:
        sock: Any = self.sock
        try:
            return super().getresponse()
        except (BadStatusLine, ConnectionError) as error:
            errors = sock.session.errors() if sock is not None else ''
            if not errors:
                raise
            # What runs there has ended without an answer, and says why.
            raise ConnectionError(errors) from error


class _Pool(urllib3.HTTPConnectionPool):
    """The HTTP connections of one SSH transport, shared by all of its clients."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__('docker', maxsize=MOST_SESSIONS)
        self._sessions = sessions

    def _get_conn(self, timeout: float | None = None) -> Any:
        while True:
            conn: Any = self._sessions.idle_or_place(WAIT_SECONDS if timeout is None else timeout)
            if conn is None:
                return _ChannelConnection(self._sessions)
            if conn.is_connected:
                return conn
            conn.close()

    def _put_conn(self, conn: Any) -> None:
        if conn is not None and conn.sock is not None:
            self._sessions.keep(conn)
        elif conn is not None:
            conn.close()


_pools: WeakKeyDictionary[Sessions, _Pool] = WeakKeyDictionary()
_lock = threading.Lock()


class ConnectionAdapter(BaseHTTPAdapter):
    """Sends requests through an SSH connection, which is opened again after it was closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        super().__init__()

    def _pool(self) -> _Pool:
        sessions = sessions_of(self._connection)
        with _lock:
            return _pools.setdefault(sessions, _Pool(sessions))

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> _Pool:
        return self._pool()

    def get_connection(self, *args: Any, **kwargs: Any) -> _Pool:
        return self._pool()

    def request_url(self, request: Any, proxies: Any) -> str:
        return str(request.path_url)

    def close(self) -> None:
        if self._connection.is_connected:
            sessions_of(self._connection).close_idle()
