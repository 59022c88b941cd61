"""What a failed command means: its standard error and exit code decide, and no secrets are repeated."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import traceback
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from dockermap.client.cli import CommandError, DockerCliClient, run_in_shell
from dockermap.docker_api import is_conflict, is_not_found, is_timeout, is_unreachable

MISSING = 'Error: No such container: a'
TAKEN = 'Error response from daemon: Conflict. The container name "/a" is already in use by container "b".'


class UnexpectedExit(Exception):
    """As that of Invoke, which Fabric uses, too."""

    def __init__(self, result: Any) -> None:
        super().__init__(result)
        self.result = result

    def __str__(self) -> str:
        return f'Encountered a bad command exit code!\n\nCommand: {self.result.command!r}'


class SaltError(Exception):
    """Its attributes have names of their own."""

    def __init__(self, stderr: bytes, exit_status: int) -> None:
        super().__init__('failed')
        self.stderr, self.exit_status = stderr, exit_status


def process_error(command: str, stderr: str | None) -> Exception:
    return subprocess.CalledProcessError(1, command, stderr=stderr)


def exit_error(command: str, stderr: str) -> Exception:
    return UnexpectedExit(SimpleNamespace(command=command, stdout='', stderr=stderr, exited=1))


ERRORS: list[Callable[[str, str], Exception]] = [
    process_error,
    exit_error,
    lambda command, stderr: CommandError(1, '', stderr),
    lambda command, stderr: SaltError(stderr.encode(), 1),
    lambda command, stderr: RuntimeError(stderr),
    lambda command, stderr: RuntimeError(f'{command} failed: {stderr}'),
    lambda command, stderr: RuntimeError(f'{command!r} failed: {stderr}'),
]


def client_that_fails(make: Callable[[str, str], Exception], stderr: str, **kwargs: Any) -> DockerCliClient:
    def run(command: str, input: bytes | None = None) -> str:
        raise make(command, stderr)

    return DockerCliClient(run, **kwargs)


def failure(call: Callable[[DockerCliClient], Any], client: DockerCliClient) -> Exception:
    with pytest.raises(Exception, match=r'.') as caught:
        call(client)
    return caught.value


@pytest.mark.parametrize('make', ERRORS)
def test_what_the_command_said_decides(make: Callable[[str, str], Exception]) -> None:
    assert is_not_found(failure(lambda client: client.start('a'), client_that_fails(make, MISSING)))
    assert is_conflict(failure(lambda client: client.start('a'), client_that_fails(make, TAKEN)))


NAMES = [
    'No such file',
    'not found',
    'conflict',
    'is not running',
    'Cannot connect to the Docker daemon',
    'no such',
    'unauthorized',
    'OCI runtime',
    'already exists',
    'unknown flag',
    'does not exist',
]


@pytest.mark.parametrize('make', ERRORS)
@pytest.mark.parametrize('name', NAMES)
def test_no_argument_of_the_command_is_taken_for_an_answer(
    make: Callable[[str, str], Exception],
    name: str,
) -> None:
    client = client_that_fails(make, f'Error response from daemon: something else about {name}')
    error = failure(lambda client: client.start(name), client)
    assert isinstance(error, APIError)
    assert (error.status_code, is_unreachable(error)) == (500, False)


@pytest.mark.parametrize('name', NAMES)
def test_a_missing_item_is_not_found_whatever_its_name(name: str) -> None:
    client = client_that_fails(process_error, f'Error: No such container: {name}')
    assert isinstance(failure(lambda client: client.start(name), client), NotFound)


def test_an_environment_variable_is_not_taken_for_an_answer() -> None:
    client = client_that_fails(process_error, 'Error response from daemon: bad value No such image: x')
    error = failure(lambda client: client.create_container('i', environment={'A': 'No such image: x'}), client)
    assert not is_not_found(error)


def test_a_command_that_said_nothing_is_told_by_its_exit_code_alone() -> None:
    client = client_that_fails(lambda command, _: process_error(command, None), '')
    error = failure(lambda client: client.start('No such container'), client)
    assert not is_not_found(error)
    assert 'The command ended with exit code 1.' in str(error)


@pytest.mark.parametrize('code', [126, 127])
def test_a_command_that_the_shell_does_not_find_is_no_missing_item(code: int) -> None:
    client = client_that_fails(lambda _, text: CommandError(code, '', text), 'bash: docker: No such file or directory')
    assert not is_not_found(failure(lambda client: client.inspect_container('a'), client))


def test_outputs_that_are_joined_are_read() -> None:
    client = client_that_fails(lambda _, text: CommandError(1, text, ''), MISSING)
    assert is_not_found(failure(lambda client: client.start('a'), client))


def test_a_host_path_that_is_missing_is_no_missing_item() -> None:
    text = 'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /x'
    client = client_that_fails(process_error, text)
    assert not is_not_found(failure(lambda client: client.create_container('i'), client))


def test_a_missing_image_is_told_apart() -> None:
    client = client_that_fails(exit_error, 'Error response from daemon: No such image: x:latest')
    assert isinstance(failure(lambda client: client.create_container('x'), client), ImageNotFound)


def test_a_command_that_takes_too_long_is_a_timeout() -> None:
    client = client_that_fails(lambda command, _: subprocess.TimeoutExpired(command, 5), '')
    assert is_timeout(failure(lambda client: client.start('a'), client))


SECRET = 'pa$s "zörq" \'x\' & more'
CALLS: list[Callable[[DockerCliClient], Any]] = [
    lambda client: client.create_container('i', environment={'PASSWORD': SECRET}),
    lambda client: client.create_container('i', environment=[f'PASSWORD={SECRET}']),
    lambda client: client.create_container('i', environment={'KEY': f'-----\n{SECRET}\n----'}),
    lambda client: client.call('exec_create', container='a', cmd=['x'], environment={'PASSWORD': SECRET}),
    lambda client: client.login('me', SECRET, registry='r'),
    lambda client: client.build('r:1', path='.', buildargs={'PASSWORD': SECRET}),
]
LEAKS = [
    'Error response from daemon: bad value {secret}',
    'Error response from daemon: bad value {secret!r}',
    '{command}',
    'sh: {command}: Argument list too long',
    '{command!r}',
]


def told(client: DockerCliClient, call: Callable[[DockerCliClient], Any]) -> str:
    error = failure(call, client)
    return ''.join(traceback.format_exception(error)) + repr(error)


@pytest.mark.parametrize('make', ERRORS)
@pytest.mark.parametrize('leak', LEAKS)
@pytest.mark.parametrize('call', CALLS)
def test_no_secret_is_repeated(
    caplog: pytest.LogCaptureFixture,
    call: Callable[[DockerCliClient], Any],
    leak: str,
    make: Callable[[str, str], Exception],
) -> None:
    caplog.set_level(logging.DEBUG)

    def run(command: str, input: bytes | None = None) -> str:
        raise make(command, leak.format(secret=SECRET, command=command))

    text = told(DockerCliClient(run), call) + caplog.text
    assert not re.search(r'z.{1,7}rq', text)


def test_a_short_secret_is_left_out_where_it_is_a_word() -> None:
    client = client_that_fails(process_error, 'Error response from daemon: 42 is bad, 1421 is not')
    error = failure(lambda client: client.create_container('i', environment={'PIN': '42'}), client)
    assert 'daemon: ... is bad, 1421 is not' in str(error)


def test_what_is_shown_anyhow_stays_in_the_message() -> None:
    client = client_that_fails(process_error, 'Error response from daemon: No such image: nginx')
    error = failure(lambda client: client.create_container('nginx', environment={'IMAGE': 'nginx'}), client)
    assert 'No such image: nginx' in str(error)


def test_the_password_of_an_address_is_left_out() -> None:
    client = client_that_fails(
        process_error, 'Cannot connect to the Docker daemon at tcp://me:secret@h:1. Is the docker daemon running?'
    )
    assert 'tcp://me:...@h:1' in str(failure(lambda client: client.containers(), client))


def test_the_original_error_is_kept_where_it_holds_no_secret() -> None:
    error = failure(lambda client: client.start('a'), client_that_fails(process_error, MISSING))
    assert isinstance(error.__cause__, subprocess.CalledProcessError)


def test_the_original_error_is_dropped_where_it_holds_a_secret() -> None:
    client = client_that_fails(process_error, MISSING)
    error = failure(lambda client: client.build('r:1', path='.', buildargs={'A': SECRET}), client)
    assert error.__cause__ is None
    assert error.__suppress_context__


class Connection:
    """As that of Fabric: everything but the command is a keyword."""

    host = 'web1.example.com'

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.result: Any = SimpleNamespace(stdout='abc\n', stderr='', exited=0)

    def run(self, command: str, **kwargs: Any) -> Any:
        self.calls.append((command, kwargs))
        return self.result


def test_a_connection_of_fabric_runs_commands() -> None:
    connection = Connection()
    assert DockerCliClient(run=connection.run).create_container('i')['Id'] == 'abc'
    command, options = connection.calls[0]
    assert command == 'docker create --pull="never" i'
    assert (options['hide'], options['pty'], options['in_stream']) == (True, False, False)


def test_a_connection_of_fabric_gets_a_password_as_its_input() -> None:
    connection = Connection()
    DockerCliClient(run=connection.run).login('me', 'sécret')
    assert connection.calls[0][1]['in_stream'].read() == 'sécret'


def test_a_connection_of_fabric_that_tells_a_failure_by_its_result_is_understood() -> None:
    connection = Connection()
    connection.result = SimpleNamespace(stdout='', stderr=MISSING, exited=1)
    with pytest.raises(NotFound, match='No such container: a'):
        DockerCliClient(run=connection.run).start('a')


def test_a_connection_of_fabric_is_told_that_it_passes_no_bytes() -> None:
    with pytest.raises(DockerException, match='passes text alone'):
        DockerCliClient(run=Connection().run).build('r', fileobj=io.BytesIO(b'\xff'), custom_context=True)


def test_a_method_with_named_options_of_invoke_runs_commands() -> None:
    def run(command: str, hide: Any = None, warn: bool = False, pty: bool = False, in_stream: Any = None) -> Any:
        return SimpleNamespace(stdout=f'{hide} {in_stream}', stderr='', exited=0)

    assert DockerCliClient(run=run).call('start', 'a') == 'True False'


def test_an_answer_without_output_is_an_error() -> None:
    with pytest.raises(APIError, match='expected the standard output as text, found NoneType'):
        DockerCliClient(run=lambda command, input=None: None).start('a')  # noqa: A006


@pytest.mark.parametrize(
    'answer', ['a\n', b'a\n', SimpleNamespace(stdout='a\n', returncode=0), SimpleNamespace(stdout=b'a\n', returncode=0)]
)
def test_an_answer_is_text_or_has_it(answer: Any) -> None:
    assert DockerCliClient(run=lambda *_: answer).create_volume('a') == {'Name': 'a'}


def test_a_real_command_is_judged_by_its_standard_error() -> None:
    def run(command: str, input: bytes | None = None) -> str:
        return run_in_shell("echo 'No such container' ; echo 'Error: something else' >&2; exit 1")

    error = failure(lambda client: client.start('a'), DockerCliClient(run))
    assert isinstance(error, APIError)
    assert error.status_code == 500
