"""Sessions of an SSH connection: channels that each run one command on its host."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from paramiko.ssh_exception import SSHException

if TYPE_CHECKING:
    from fabric import Connection
    from paramiko import Channel, Transport

MOST_SESSIONS = 9
"""How many sessions there are at a time: one less than ``MaxSessions`` of OpenSSH's server is by default."""

_READY = 'dockermap-ready:'
_READ_BYTES = 1 << 15
_LEAST_SECONDS = 0.1
_PAUSE_SECONDS = 0.05
_END_SECONDS = 5.0
WAIT_SECONDS = 60.0
"""How long to wait at most for a session."""


class Idle(Protocol):
    """Something that keeps a session open which it does not use at the moment."""

    def close(self) -> None:
        """End the session."""


class _RefusedError(Exception):
    """The server does not open a session now."""

    def __init__(self, cause: SSHException) -> None:
        super().__init__(cause)
        self.cause = cause


class Sessions:
    """Opens sessions of one SSH transport, no more at a time than its server accepts.

    What is beyond that waits. Where a server refuses earlier, that is found out, and one session is left to others.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._accepted = self._most = MOST_SESSIONS
        self._open = 0
        self._last_end = -_END_SECONDS
        self._idle: list[Idle] = []
        self._opening = threading.Lock()
        self._changed = threading.Condition(threading.RLock())

    def open(self, command: str, seconds: float = WAIT_SECONDS, has_place: bool = False) -> Session:
        """A session in which a command runs, when the output of shell start-up files has been passed over.

        :param command: For ``/bin/sh``.
        :param seconds: How long to wait at most for a session, and for the command to begin.
        :param has_place: Its place was taken with :meth:`idle_or_place`.
        :raises TimeoutError: It took longer.
        :raises paramiko.SSHException: The server refuses, or the connection has ended.
        """
        limit = time.monotonic() + seconds
        while True:
            if not has_place:
                self._take_place(limit)
            has_place = False
            try:
                return self._begun(self._opened(limit), command, limit)
            except _RefusedError as refused:
                if not self._take_less():
                    raise refused.cause from None

    def _opened(self, limit: float) -> Session:
        try:
            # Errors of several requests at the same time get mixed up.
            with self._opening:
                channel = self._transport.open_session(timeout=max(limit - time.monotonic(), _LEAST_SECONDS))
        except BaseException as error:
            if isinstance(error, SSHException) and self._transport.is_active() and time.monotonic() < limit:
                raise _RefusedError(error) from error
            self.leave_place()
            raise
        return Session(channel, self.leave_place)

    def idle_or_place(self, seconds: float = WAIT_SECONDS) -> Idle | None:
        """What keeps an idle session, or ``None`` if there is none, and the place for a new one is taken.

        :raises TimeoutError: There was neither in time.
        """
        limit = time.monotonic() + seconds
        with self._changed:
            while not self._idle and self._open >= self._most:
                self._wait(limit)
            if self._idle:
                return self._idle.pop()
            self._open += 1
            return None

    def keep(self, idle: Idle) -> None:
        """Keep what has an idle session for who wants one."""
        with self._changed:
            if self._open <= self._most:
                self._idle.append(idle)
                self._changed.notify_all()
                return
        idle.close()

    def close_idle(self) -> None:
        """End all idle sessions."""
        with self._changed:
            idle, self._idle = self._idle, []
        for found in idle:
            found.close()

    def leave_place(self) -> None:
        """Let somebody else have a session."""
        with self._changed:
            self._open -= 1
            self._last_end = time.monotonic()
            self._changed.notify_all()

    def _take_place(self, limit: float) -> None:
        with self._changed:
            while self._open >= self._most:
                if self._idle:
                    self._idle.pop(0).close()
                else:
                    self._wait(limit)
            self._open += 1

    def _wait(self, limit: float) -> None:
        if not self._changed.wait(limit - time.monotonic()):
            raise TimeoutError(f'All {self._most} sessions of the SSH connection are in use.')

    def _take_less(self) -> bool:
        """Open less sessions from now on; ``False`` if there is none that could be waited for."""
        with self._changed:
            self._open -= 1
            # Of several that are asked for at the same time, each refusal tells of one.
            self._accepted = min(self._accepted, self._open)
            self._most = max(self._accepted - 1, 1)
            self._changed.notify_all()
            if not self._open:
                # What was closed just before ends when its command has.
                self._changed.wait(_PAUSE_SECONDS)
                return time.monotonic() < self._last_end + _END_SECONDS
            return True

    def _begun(self, session: Session, command: str, limit: float) -> Session:
        try:
            session.begin(command, limit)
        except BaseException:
            session.close()
            raise
        return session


class Session:
    """One channel. What its command writes begins where the shell has finished with its own.

    :param channel: The channel, on which nothing runs yet.
    :param closed: Is called once when it is closed.
    """

    def __init__(self, channel: Channel, closed: Callable[[], None]) -> None:
        self.channel = channel
        self._closed = closed
        self._lock = threading.Lock()
        self._is_closed = False
        self.early_output = b''
        """What the command has put out already."""
        self.early_errors = b''
        """The same for its standard error."""

    def begin(self, command: str, limit: float) -> None:
        """Run a command, and wait until it begins."""
        marked = f'printf "{_READY}\\n"; printf "{_READY}\\n" >&2; {command}'
        # Whatever the user's login shell is, the command is for a POSIX shell.
        self.channel.settimeout(max(limit - time.monotonic(), _LEAST_SECONDS))
        self.channel.exec_command(f'exec /bin/sh -c {shlex.quote(marked)}')
        self.early_output = self._after_mark(self.channel.recv)
        self.early_errors = self._after_mark(self.channel.recv_stderr)
        self.channel.settimeout(None)

    def _after_mark(self, receive: Callable[[int], bytes]) -> bytes:
        mark, found = f'{_READY}\n'.encode(), b''
        while mark not in found:
            data = receive(_READ_BYTES)
            if not data:
                text = ' '.join(found.decode('utf-8', 'replace').split())
                raise SSHException(f'The command has ended before it began: {text or "there was no output"}')
            found += data
        return found.split(mark, 1)[1]

    def errors(self) -> str:
        """What the command has written to its standard error so far."""
        found = self.early_errors
        while self.channel.recv_stderr_ready():
            found += self.channel.recv_stderr(_READ_BYTES)
        self.early_errors = found
        return found.decode('utf-8', 'replace').strip()

    def close(self) -> None:
        """End the session; a second time, do nothing."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        try:
            self.channel.close()
        finally:
            self._closed()


_sessions: WeakKeyDictionary[Transport, Sessions] = WeakKeyDictionary()
_connections: WeakKeyDictionary[Connection, threading.Lock] = WeakKeyDictionary()
_lock = threading.Lock()


def sessions_of(connection: Connection) -> Sessions:
    """The sessions of a connection, which is opened if it is not; all clients of a connection share them.

    :raises Exception: The host cannot be reached, as ``connection.open`` tells it.
    """
    with _opening(connection):
        if not connection.is_connected:
            _open(connection)
        transport = connection.transport
    with _lock:
        return _sessions.setdefault(transport, Sessions(transport))


def _open(connection: Connection) -> None:
    try:
        connection.open()
    except BaseException:
        # What was begun of it would stay open.
        connection.client.close()
        raise


@contextmanager
def _opening(connection: Connection) -> Iterator[None]:
    with _lock:
        own = _connections.setdefault(connection, threading.Lock())
    with own:
        yield


def address_of(connection: Connection) -> str:
    """Where a connection leads to, for people."""
    return f'ssh://{connection.user}@{connection.host}:{connection.port}'
