"""Runs command lines, and turns what failed into the SDK's errors."""
from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...exceptions import DockerMapError

_ERRORS = 'surrogateescape'

UNREACHABLE = re.compile(
    r'Cannot connect to the Docker daemon|^error during connect|failed to connect to the docker API|'
    r'permission denied while trying to connect', re.MULTILINE)

SSH_FAILED = re.compile(
    r'^(?:ssh: |(?:\S+: )?Permission denied \(|Host key verification failed|kex_exchange_identification|'
    r'Connection (?:closed|reset) by|Connection timed out during banner exchange)', re.MULTILINE)
"""What ``ssh`` says where a command is to be run by it, and no connection comes about."""

# The first one that fits counts. The engine's own status is not printed, so it is concluded from the engine's words.
_STATUSES: tuple[tuple[str, int], ...] = (
    (r'(?m)^\S*(?:sh|sudo|doas|env|timeout): .*(?:not found|No such file)', 500),
    (r'OCI runtime|unknown flag|unknown shorthand flag|invalid argument', 400),
    (r'unauthorized|incorrect username or password|no basic auth credentials|authentication required', 401),
    (r'has active endpoints|already exists in network|is not supported for', 403),
    (r'already in use|already exists|is in use|being used|[Cc]onflict|is not running|is paused|is restarting', 409),
    (r'cannot remove a running container|container is running', 409),
    (r'No such|not found|no such|could not find|manifest .*unknown|does not exist|pull access denied', 404),
)


@dataclass(frozen=True)
class _Answer:
    """Stands for the HTTP answer that the SDK's errors look at."""

    status_code: int
    url: str
    reason: str = 'command failed'


class CommandError(DockerMapError, RuntimeError):
    """A command that ended with another exit code than 0; its text is what the command wrote to its standard error.

    :param exit_code: Of the shell, i.e. that of the command.
    :param stdout: What it wrote to its standard output.
    :param stderr: What it wrote to its standard error.
    """

    def __init__(self, exit_code: int, stdout: str, stderr: str) -> None:
        super().__init__(stderr.strip() or f'The command ended with exit code {exit_code}.')
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr


def run_in_shell(command: str, input: bytes | None = None) -> str:
    """Run a command line by ``/bin/sh``; raises :class:`CommandError` if it fails.

    Output that is no UTF-8 is kept in a form that encodes back to it with the error handler ``surrogateescape``.
    """
    source: dict[str, Any] = {'stdin': subprocess.DEVNULL} if input is None else {'input': input}
    result = subprocess.run(['/bin/sh', '-c', command], check=False, capture_output=True, **source)
    stdout: str = result.stdout.decode('utf-8', _ERRORS)
    if result.returncode:
        raise CommandError(result.returncode, stdout, result.stderr.decode('utf-8', _ERRORS))
    return stdout


def encode_output(output: str) -> bytes:
    """The bytes that a command printed."""
    return output.encode('utf-8', _ERRORS)


def engine_error(call: str, error: Exception, place: str | None = None) -> Exception:
    """The SDK's error for a command that failed, with its message and the status that an engine answers with.

    :param call: The API's method.
    :param error: What running the command raised.
    :param place: Where the command runs, or the address of the engine.
    """
    from ... import docker_api

    if isinstance(error, OSError) or docker_api.is_unreachable(error):
        where = f' ({docker_api.without_password(place)})' if place else ''
        return _unreachable_class()(f'The docker command could not be run{where}: {docker_api.failure_reason(error)}')
    message = failure_message(error)
    if UNREACHABLE.search(message) or (not call.startswith('exec') and SSH_FAILED.search(message)):
        return _unreachable_class()(' '.join(message.split()))
    response: Any = _Answer(status_of(message), f'docker {call}')
    if response.status_code != 404:
        return docker_api.APIError(message, response, message)
    is_image = re.search(r'image|manifest|repository|pull access', message)
    return (docker_api.ImageNotFound if is_image else docker_api.NotFound)(message, response, message)


def failure_message(error: Exception) -> str:
    """What a failed command said: the last lines of its standard error, or of its output if that was joined to it."""
    for output in (getattr(error, name, None) for name in ('stderr', 'stdout')):
        text = output.decode('utf-8', 'replace') if isinstance(output, bytes) else str(output or '')
        if text.strip():
            return text.strip()
    return str(error).strip()


def status_of(message: str) -> int:
    """The HTTP status of an engine's answer, by its text; 500 where none is known."""
    return next((status for pattern, status in _STATUSES if re.search(pattern, message)), 500)


@cache
def _unreachable_class() -> type[Exception]:
    from ... import docker_api

    class CommandUnreachableError(docker_api.unreachable_class(), docker_api.APIError):  # type: ignore[misc]
        """No engine answers: an error of the connection, as the SDK reports it, and of the command."""

    CommandUnreachableError.__qualname__ = CommandUnreachableError.__name__
    return CommandUnreachableError
