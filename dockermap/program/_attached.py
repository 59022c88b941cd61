"""Streams between this process and processes in containers."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..docker_api import early_output, exec_output

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.execute.events import ActionEvent
    from ._environment import Environment

_CHUNK = 65536


def forward(engine: Any, exec_id: str, environment: Environment) -> None:
    """Start a command, and write what it puts out, errors apart."""
    for output, errors in exec_output(engine, exec_id):
        for data, stream in ((output, environment.stdout), (errors, environment.stderr)):
            if data:
                _write(stream, data)


def _write(stream: Any, data: bytes) -> None:
    """Write bytes as they are, where a stream takes these."""
    stream.flush()
    raw = getattr(stream, 'buffer', None)
    if raw is None:
        stream.write(data.decode(errors='replace'))
    else:
        raw.write(data)
    (raw or stream).flush()


def attach(engine: Any, exec_id: str, environment: Environment) -> None:
    """Start a command, and connect it with this terminal until it ends."""
    connection = engine.exec_start(exec_id, tty=True, socket=True)
    raw: socket.socket = getattr(connection, '_sock', connection)
    # The SDK's limit is for answers, and not for somebody who thinks.
    raw.settimeout(None)
    early = early_output(connection)
    source, target = environment.stdin.fileno(), environment.stdout.fileno()
    with _as_typed(source), contextlib.closing(connection):
        with contextlib.suppress(Exception):
            size = os.get_terminal_size(target)
            engine.exec_resize(exec_id, height=size.lines, width=size.columns)
        os.write(target, early)
        _pass_on(raw, source, target)


def _pass_on(raw: socket.socket, source: int, target: int) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(raw, selectors.EVENT_READ)
        selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is raw:
                    data = raw.recv(_CHUNK)
                    if not data:
                        return
                    os.write(target, data)
                    continue
                typed = os.read(source, _CHUNK)
                if typed:
                    raw.sendall(typed)
                else:
                    selector.unregister(source)


@contextlib.contextmanager
def _as_typed(source: int) -> Iterator[None]:
    """Hand keys on as they are typed; the other side shows them, and Ctrl-C is for it."""
    import termios
    import tty

    before = termios.tcgetattr(source)
    tty.setraw(source)
    try:
        yield
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


class OutputOfRun:
    """Shows what a new container puts out while it runs; what could not be shown meanwhile, in the end."""

    def __init__(self, client: MappingDockerClient, environment: Environment, name: str, instance: str) -> None:
        self._client = client
        self._environment = environment
        self._names = name, instance
        self._thread: threading.Thread | None = None
        self._is_complete = False

    def take(self, event: ActionEvent) -> None:
        """Begin to follow the container when it has been started."""
        if event[:1] == ('finished',) and event.call == 'start' and event.config_id[2:] == self._names:
            self._thread = threading.Thread(target=self._follow, args=(event,), daemon=True)
            self._thread.start()

    def _follow(self, event: ActionEvent) -> None:
        policy = self._client.get_policy()
        engine = self._client.clients[event.client_name].get_client()
        written = False
        try:
            output = engine.logs(policy.item_name(event.config_id), stream=True, follow=True)
            # Not each client is able to give a stream.
            for data in (output,) if isinstance(output, bytes) else output:
                written = True
                _write(self._environment.stdout, data)
            self._is_complete = True
        except Exception:
            # The whole output comes with the result.
            self._is_complete = written

    def finish(self, log: bytes) -> None:
        """Write the output, if that was not done while it came."""
        if self._thread is not None:
            self._thread.join(timeout=5)
        if not self._is_complete:
            _write(self._environment.stdout, log)
