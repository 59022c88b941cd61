"""Engines that cannot be reached: what counts as that, and what the message says."""

from __future__ import annotations

import contextlib
import errno
import http.server
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from docker.errors import DockerException, NotFound

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.client.base import DockerClientWrapper
from dockermap.client.cli import CommandError, DockerCliClient
from dockermap.docker_api import EngineUnreachableError, failure_reason, is_unreachable
from dockermap.exceptions import PartialResultsError
from dockermap.testing import InMemoryEngine
from dockermap.utils import without_password


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


class FailingConfiguration(ClientConfiguration):
    """The client cannot be created."""

    init_kwargs = ('base_url', 'error')

    @staticmethod
    def client_constructor(base_url: str, error: Exception) -> Any:
        raise error


class SSHException(Exception):
    __module__ = 'paramiko.ssh_exception'


class AuthenticationException(SSHException):
    __module__ = 'paramiko.ssh_exception'


FAILURES = [
    ConnectionRefusedError(errno.ECONNREFUSED, 'Connection refused'),
    socket.gaierror(-2, 'Name or service not known'),
    OSError(errno.EHOSTUNREACH, 'No route to host'),
    TimeoutError(errno.ETIMEDOUT, 'Connection timed out'),
    FileNotFoundError(errno.ENOENT, 'No such file or directory', 'ssh'),
    SSHException("Server 'host' not found in known_hosts"),
    AuthenticationException('Authentication failed.'),
    EOFError('the other side hung up'),
]


@pytest.mark.parametrize('error', FAILURES[:-1], ids=lambda error: type(error).__name__)
def test_a_client_that_cannot_be_created_ends_only_its_own_items(error: Exception) -> None:
    engine = InMemoryEngine('busybox')
    clients = {
        'lost': FailingConfiguration('ssh://host', error=error),
        'good': ClientConfiguration(client=engine.client()),
    }
    container_map = ContainerMap('shop', {'clients': ['lost', 'good'], 'web': {'image': 'busybox'}})
    with pytest.raises(PartialResultsError) as caught:
        MappingDockerClient(container_map, clients=clients).startup('web')
    assert engine.is_running('shop.web')
    text = str(caught.value).strip()
    assert 'client lost' in text
    assert 'ssh://host' in text
    assert '\n' not in text


def test_another_error_of_creating_a_client_is_no_failed_connection() -> None:
    with pytest.raises(EOFError, match='hung up'):
        FailingConfiguration('ssh://host', error=FAILURES[-1]).get_client()


@pytest.mark.parametrize('version', [None, '1.41'])
@pytest.mark.parametrize(
    ('address', 'reason'),
    [
        ('unix:///nowhere/docker.sock', 'No such file or directory'),
        ('tcp://127.0.0.1:1', 'Connection refused'),
        ('https://127.0.0.1:1', 'Connection refused'),
    ],
)
def test_a_connection_that_does_not_come_about_is_told_in_one_line(
    version: str | None,
    address: str,
    reason: str,
) -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        ClientConfiguration(address, version).get_client().containers()
    assert str(caught.value) == f'No Docker Engine answers at {address}: {reason}'
    assert isinstance(caught.value, DockerException)
    assert is_unreachable(caught.value)


def test_the_traceback_of_a_failed_connection_has_one_error() -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        DockerClientWrapper('unix:///nowhere/docker.sock')
    text = ''.join(traceback.format_exception(caught.value))
    assert text.count('Traceback') == 1
    assert text.endswith(
        'EngineUnreachableError: No Docker Engine answers at unix:///nowhere/docker.sock: No such file or directory\n'
    )


@contextlib.contextmanager
def serving(status: int, body: bytes) -> Iterator[str]:
    """The address of a server that is no Docker Engine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'tcp://127.0.0.1:{server.server_port}'
        server.shutdown()


@pytest.mark.parametrize(
    ('status', 'body', 'reason'),
    [
        (502, b'Bad Gateway', 'Bad Gateway'),
        (404, b'<html>', 'Not Found'),
        (200, b'<html>', 'Expecting value'),
        (200, b'{}', 'ApiVersion'),
    ],
)
def test_a_server_that_is_no_engine_counts_as_no_engine(status: int, body: bytes, reason: str) -> None:
    with serving(status, body) as address, pytest.raises(EngineUnreachableError) as caught:
        ClientConfiguration(address).get_client()
    assert str(caught.value).startswith(f'No Docker Engine answers at {address}: ')
    assert reason in str(caught.value)


def test_a_refusal_of_an_engine_that_answers_is_no_failed_connection() -> None:
    with serving(404, b'{"message": "No such container: a"}') as address, pytest.raises(NotFound) as caught:
        DockerClientWrapper(address, version='1.41').inspect_container('a')
    assert not is_unreachable(caught.value)


def test_an_engine_that_does_not_answer_in_time_is_a_timeout() -> None:
    with socket.create_server(('127.0.0.1', 0)) as listener:
        configuration = ClientConfiguration(f'tcp://127.0.0.1:{listener.getsockname()[1]}', timeout=0.2)
        with pytest.raises(DockerException) as caught:
            configuration.get_client()
    assert not is_unreachable(caught.value)


@pytest.mark.parametrize(
    ('address', 'shown'),
    [
        ('tcp://me:secret@host:1', 'tcp://me:...@host:1'),
        ('ssh://me:se@cret@host', 'ssh://me:...@host'),
        ('me:secret@host:1', 'me:...@host:1'),
        ('ssh://me@host', 'ssh://me@host'),
        ('unix:///a:b@c', 'unix:///a:b@c'),
        ('tcp://host:1', 'tcp://host:1'),
    ],
)
def test_a_password_in_an_address_is_not_shown(address: str, shown: str) -> None:
    assert without_password(address) == shown


def test_the_default_address_is_named_where_none_is_configured() -> None:
    with pytest.raises(EngineUnreachableError, match=r'unix:///var/run/docker\.sock: Connection refused'):
        FailingConfiguration(error=FAILURES[0]).get_client()


def test_the_reason_of_a_failure_is_that_of_the_innermost_error() -> None:
    error = requests.ConnectionError(RuntimeError('outer', OSError(errno.EPIPE, 'Broken\n pipe')))
    assert failure_reason(error) == 'Broken pipe'


@pytest.mark.parametrize(
    'error', [*FAILURES[:-1], FileNotFoundError(2, 'No such file', '/bin/sh')], ids=lambda error: type(error).__name__
)
def test_a_command_that_cannot_be_run_is_an_unreachable_engine(error: Exception) -> None:
    with pytest.raises(EngineUnreachableError, match=r'could not be run \(ssh://h\): ') as caught:
        DockerCliClient(raising(error), base_url='ssh://h').containers()
    assert is_unreachable(caught.value)


class Host:
    """A connection to a host, which fails."""

    host = 'web1.example.com'

    def run(self, command: str, input: bytes | None = None) -> str:
        raise ConnectionResetError(errno.ECONNRESET, 'Connection reset by peer')


def test_the_host_of_a_connection_is_named() -> None:
    with pytest.raises(EngineUnreachableError, match=r'\(web1\.example\.com\): Connection reset by peer'):
        DockerCliClient(Host().run).containers()


@pytest.mark.parametrize(
    'text',
    [
        'ssh: connect to host web1 port 22: Connection refused',
        'ssh: Could not resolve hostname web1: Name or service not known',
        'me@web1: Permission denied (publickey,password).',
        'No ED25519 host key is known for web1 and you have requested strict checking.\nHost key verification failed.',
        'kex_exchange_identification: Connection closed by remote host',
        'Connection closed by 192.0.2.1 port 22',
    ],
)
def test_a_failure_of_ssh_is_an_unreachable_engine(text: str) -> None:
    with pytest.raises(EngineUnreachableError) as caught:
        DockerCliClient(raising(CommandError(255, '', text))).containers()
    assert '\n' not in str(caught.value)


def test_what_ssh_says_inside_of_a_container_is_no_failure_of_the_connection() -> None:
    time, said = '2020-01-02T03:04:05Z\n', 'ssh: connect to host db port 22: Connection refused\nexit code: 255\n'
    answers = [time, said, time, '', '[{"ExecIDs": null}]', time, '']
    client = DockerCliClient(lambda *_: answers.pop(0))
    with pytest.raises(DockerException, match='host db') as caught:
        client.exec_start(client.exec_create('a', ['ssh', 'db']))
    assert not is_unreachable(caught.value)


def test_a_missing_docker_program_is_no_missing_item(tmp_path: Path) -> None:
    with pytest.raises(DockerException) as caught:
        DockerCliClient(default_bin=str(tmp_path / 'docker')).inspect_container('a')
    assert not isinstance(caught.value, NotFound)
