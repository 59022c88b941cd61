"""Output of commands in containers that comes together with the head of the engine's answer."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from dockermap.docker_api import early_output, exec_output
from dockermap.testing import InMemoryEngine, Process

HEAD = b'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n\r\n'


def frame(stream: int, data: bytes) -> bytes:
    return bytes((stream, 0, 0, 0)) + len(data).to_bytes(4, 'big') + data


def read_request(connection: socket.socket) -> None:
    """All of it, as a connection that is closed before is reset."""
    request = b''
    while b'\r\n\r\n' not in request:
        request += connection.recv(65536)
    head, _, body = request.partition(b'\r\n\r\n')
    length = next(int(line.split(b':')[1]) for line in head.splitlines() if line.lower().startswith(b'content-length'))
    while len(body) < length:
        body += connection.recv(65536)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[docker.APIClient]:
    """A client of something that answers each request with the two parts of ``client.parts``."""
    address = tmp_path / 'engine.sock'
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                read_request(connection)
                first, *others = made.parts
                connection.sendall(HEAD + first)
                for part in others:
                    may_go_on.wait(10)
                    connection.sendall(part)

        may_go_on = threading.Event()
        made = docker.APIClient(base_url=f'unix://{address}', version='1.41', timeout=10)
        made.parts, made.may_go_on = (), may_go_on
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with contextlib.closing(made):
            yield made
        thread.join(10)


def test_what_comes_with_the_head_is_not_lost(client: docker.APIClient) -> None:
    client.parts = (frame(1, b'hello\n') + frame(2, b'trouble\n'), frame(1, b'later\n'))
    client.may_go_on.set()
    assert list(exec_output(client, 'x')) == [(b'hello\n', None), (None, b'trouble\n'), (b'later\n', None)]


def test_pieces_come_as_they_are_sent(client: docker.APIClient) -> None:
    client.parts = (frame(1, b'hello\n'), frame(1, b'later\n'))
    output = exec_output(client, 'x')
    assert next(output) == (b'hello\n', None)
    client.may_go_on.set()
    assert list(output) == [(b'later\n', None)]


@pytest.mark.parametrize('early', [b'$ ', b''])
def test_the_prompt_of_a_terminal_may_come_with_the_head(client: docker.APIClient, early: bytes) -> None:
    client.parts = (early, b'later')
    connection = client.exec_start('x', tty=True, socket=True)
    assert early_output(connection) == early
    client.may_go_on.set()
    assert connection._sock.recv(10) == b'later'
    assert connection._sock.gettimeout() == 10


def test_other_clients_read_by_themselves() -> None:
    engine = InMemoryEngine('box:1')
    client = engine.client()
    client.create_container('box:1', 'serve', name='web')
    client.start('web')
    engine.script(Process(0, output='out\n', errors='err\n'), command='talk', in_exec=True)
    started = client.exec_create('web', ['talk'])['Id']
    assert [part for part in exec_output(client, started) if any(part)] == [(b'out\n', b'err\n')]
    assert early_output(object()) == b''
