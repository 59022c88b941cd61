"""Running commands through an SSH connection of Fabric, with bytes as input and output."""

from __future__ import annotations

import contextlib
import io
import shlex
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..client.cli import CommandError, DockerCliClient
from ..client.cli._streams import KEPT_BYTES, PIECE_BYTES, Readable
from ._sessions import Session, address_of, sessions_of

if TYPE_CHECKING:
    from fabric import Connection

_ERRORS = 'surrogateescape'
_BEGUN = b'dockermap-begun\n'
_PROMPT = b'dockermap-password:'
_ENDED = 'exec 3<&0; {command} & own=$!; {{ cat <&3; kill "$own"; }} >/dev/null 2>&1 & wait "$own"'
"""Without a terminal, servers leave commands running when their session ends; all that ends is their input."""


class SudoError(CommandError):
    """``sudo`` does not accept the password of the configuration, or there is none."""


@dataclass
class ConnectionRun:
    """Runs commands on the host of a connection, for :class:`~dockermap.client.cli.DockerCliClient`.

    :param connection: Is opened when it is needed.
    :param sudo: Run commands with ``sudo``, by the user and with the password of Fabric's configuration ``sudo``.
    """

    connection: Connection
    sudo: bool = False

    @property
    def host(self) -> str:
        """Where commands run, for messages."""
        return address_of(self.connection)

    def __call__(self, command: str, input: bytes | None = None) -> str:
        """Run a command, and return what it has put out.

        :raises CommandError: It has failed.
        """
        return b''.join(self.stream_command(command, io.BytesIO(input or b''))).decode('utf-8', _ERRORS)

    def stream_command(self, command: str, source: Readable | None = None) -> Iterator[bytes]:
        """Run a command, and give what it puts out as it comes; it is ended where nobody wants more.

        :param source: Its standard input. Without any, the command has to be a single one.
        :raises CommandError: It has failed.
        """
        if source is None:
            command = _ENDED.format(command=command)
        session = sessions_of(self.connection).open(self._with_sudo(command) if self.sudo else command)
        found = bytearray()
        try:
            transfer = _Transfer(session, source, self.sudo, self._password() if self.sudo else None)
            for data in transfer.output():
                # An error has what came last of it.
                found[:] = (found + data)[-KEPT_BYTES:]
                yield data
            exit_code = transfer.finish()
        finally:
            session.close()
        stdout, stderr = (text.decode('utf-8', _ERRORS) for text in (bytes(found), transfer.errors))
        if transfer.is_refused:
            reason = 'does not accept the password' if self._password() else 'asks for a password, and there is none'
            raise SudoError(exit_code or 1, '', f'sudo {reason} in the configuration of {address_of(self.connection)}.')
        if exit_code:
            raise CommandError(exit_code, stdout, stderr)

    def _password(self) -> str | None:
        password: str | None = self.connection.config.sudo.password
        return password

    def _with_sudo(self, command: str) -> str:
        user = self.connection.config.sudo.user
        begun = f'printf "{_BEGUN.decode().strip()}\\n" >&2; {command}'
        words = ['sudo', '-S', '-p', _PROMPT.decode(), *(['-H', '-u', user] if user else []), '--', '/bin/sh', '-c']
        return ' '.join(map(shlex.quote, [*words, begun]))


class _Transfer:
    """Input and outputs of one command, side by side.

    :param source: Its standard input.
    :param sudo: Whether the command begins only when ``sudo`` has had what it asks for.
    :param password: What it is told then.
    """

    def __init__(self, session: Session, source: Readable | None, sudo: bool, password: str | None) -> None:
        self._channel = session.channel
        self._source = source
        self._password = password
        self._has_begun = not sudo
        self._early_output = session.early_output
        self._failure: Exception | None = None
        self._threads: list[threading.Thread] = []
        self.is_refused = False
        self.errors = session.early_errors

    def output(self) -> Iterator[bytes]:
        """What the command puts out, as it comes."""
        self._begin(self._read_errors)
        if self._early_output:
            yield self._early_output
        while data := self._channel.recv(PIECE_BYTES):
            yield data

    def finish(self) -> int:
        """Wait for the end of the command, and return its exit code.

        :raises ConnectionError: The connection has ended before.
        """
        # Reading errors may begin with writing.
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure
        exit_code = self._channel.recv_exit_status()
        if exit_code < 0 and not self.is_refused and not self._channel.get_transport().is_active():
            raise ConnectionError('The SSH connection has ended before the command has.')
        return exit_code

    def _begin(self, target: Callable[[], None]) -> None:
        def run() -> None:
            try:
                target()
            except Exception as error:
                # What has come of it must not be taken for all.
                self._failure = error
                self._channel.close()

        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _write(self) -> None:
        if self._source is None:
            return
        data = self._source.read(PIECE_BYTES)
        # A command need not read what it is given.
        while data and self._sent(data):
            data = self._source.read(PIECE_BYTES)
        with contextlib.suppress(OSError):
            self._channel.shutdown_write()

    def _sent(self, data: bytes) -> bool:
        try:
            self._channel.sendall(data)
        except OSError:
            return False
        return True

    def _read_errors(self) -> None:
        if self._has_begun:
            self._begin(self._write)
        self._converse()
        while data := self._channel.recv_stderr(PIECE_BYTES):
            self.errors += data
            self._converse()

    def _converse(self) -> None:
        """Tell ``sudo`` the password, once, and hand the input on when the command has begun."""
        if self._has_begun or self.is_refused:
            return
        if _BEGUN in self.errors:
            self._has_begun = True
            self.errors = self.errors.split(_BEGUN, 1)[1]
            self._begin(self._write)
        elif _PROMPT in self.errors:
            self.errors = self.errors.split(_PROMPT, 1)[1]
            if self._password is None:
                self.is_refused = True
                self._channel.close()
            else:
                self._channel.sendall(f'{self._password}\n'.encode())
                self._password = None


def command_client(connection: Connection, sudo: bool = False, **kwargs: Any) -> DockerCliClient:
    """A client of the engine on the host of a connection, which runs the ``docker`` command there.

    For hosts where only commands work, or only with ``sudo``; :func:`connection_client` is faster. Input and output are
    bytes, and standard error is told apart from standard output.

    :param connection: A ``fabric.Connection``.
    :param sudo: Run the command with ``sudo``; user and password come from ``sudo`` of the connection's configuration.
    :param kwargs: Further arguments of :class:`~dockermap.client.cli.DockerCliClient`.
    """
    return DockerCliClient(ConnectionRun(connection, sudo).__call__, **kwargs)
