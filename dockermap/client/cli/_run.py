"""Runs command lines, and turns what failed into the SDK's errors."""

from __future__ import annotations

import inspect
import io
import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...exceptions import DockerMapError
from ...utils import without_password
from ._environment import STDIN

_ERRORS = 'surrogateescape'

UNREACHABLE = re.compile(
    r'Cannot connect to the Docker daemon|^error during connect|failed to connect to the docker API|'
    r'permission denied while trying to connect',
    re.MULTILINE,
)

SSH_FAILED = re.compile(
    r'^(?:ssh: |(?:\S+: )?Permission denied \(|Host key verification failed|kex_exchange_identification|'
    r'Connection (?:closed|reset) by|Connection timed out during banner exchange)',
    re.MULTILINE,
)
"""What ``ssh`` says where a command is to be run by it, and no connection comes about."""

# The first one that fits counts. The engine's own status is not printed, so it is concluded from the engine's words.
_STATUSES: tuple[tuple[str, int], ...] = (
    (r'(?m)^\S*(?:sh|sudo|doas|env|timeout): .*(?:not found|No such file)', 500),
    (r'OCI runtime|invalid mount config|bind source path|unknown flag|unknown shorthand flag|invalid argument', 400),
    (r'\b401\b|[Uu]nauthorized|incorrect username or password|no basic auth credentials|authentication required', 401),
    (r'has active endpoints|already exists in network|is not supported for', 403),
    (r'already in use|already exists|is in use|being used|[Cc]onflict|is not running|is paused|is restarting', 409),
    (r'cannot remove a running container|container is running', 409),
    (r'No such|not found|no such|could not find|manifest .*unknown|does not exist|pull access denied', 404),
)


_EXIT_CODES = ('exit_code', 'returncode', 'exited', 'return_code', 'exit_status', 'exitcode')
_OUTPUTS = ('stderr', 'stdout', 'output')
_SECRET_ARGUMENT = re.compile(r'--(?:(?:env|build-arg)=[^=]*|username|password)=(.*)', re.DOTALL)
_URL_PASSWORD = re.compile(r'(\w://[^/:@\s]*:)[^@\s]*@')
_ANSWERS = (UNREACHABLE.pattern, SSH_FAILED.pattern, *(pattern.removeprefix('(?m)') for pattern, _ in _STATUSES))
_SAYS_SOMETHING = re.compile('|'.join(f'(?:{pattern})' for pattern in _ANSWERS), re.MULTILINE)
_QUOTING = '\\\'"'
_TIMEOUTS = ('TimeoutExpired', 'CommandTimedOut')
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_HAS_NO_REST = {inspect.Parameter.VAR_POSITIONAL}


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


def engine_error(
    call: str, error: Exception, command: str = '', input: bytes | None = None, place: str | None = None
) -> Exception:
    """The SDK's error for a command that failed, with its message and the status that an engine answers with.

    What the command wrote to its standard error, and its exit code, decide. Values of environment variables, build
    arguments and login data are left out of the message.

    :param call: The API's method.
    :param error: What running the command raised.
    :param command: The command line.
    :param input: What the command got on its standard input.
    :param place: Where the command runs, or the address of the engine.
    """
    from ... import docker_api

    secrets = Secrets(call, command, input)
    if isinstance(error, OSError) or docker_api.is_unreachable(error):
        where = f' ({without_password(place)})' if place else ''
        reason = secrets.left_out(docker_api.failure_reason(error))
        return _unreachable_class()(f'The docker command could not be run{where}: {reason}')
    failure = failure_of(error, command)
    message, judged = secrets.left_out(failure.text), secrets.without_arguments(failure.text)
    if UNREACHABLE.search(judged) or (not call.startswith('exec') and failure.is_of_ssh(judged)):
        return _unreachable_class()(' '.join(message.split()))
    if type(error).__name__ in _TIMEOUTS:
        return docker_api.Timeout(message)
    response: Any = _Answer(failure.status(call, judged), f'docker {call}')
    if response.status_code != 404:
        return docker_api.APIError(message, response, message)
    is_image = re.search(r'image|manifest|repository|pull access', judged)
    return (docker_api.ImageNotFound if is_image else docker_api.NotFound)(message, response, message)


@dataclass(frozen=True)
class Failure:
    """How a command ended: its exit code, where that is known, and what it said."""

    text: str
    exit_code: int | None

    def is_of_ssh(self, judged: str) -> bool:
        return self.exit_code in (255, None) and bool(SSH_FAILED.search(judged))

    def status(self, call: str, judged: str) -> int:
        """The HTTP status of an engine's answer, by its text; 500 where none is known."""
        # The shell has not found the command. For commands in containers, these are their own codes.
        if self.exit_code in (126, 127) and not call.startswith('exec'):
            return 500
        return next((status for pattern, status in _STATUSES if re.search(pattern, judged)), 500)


def failure_of(error: Exception, command: str = '') -> Failure:
    """How a command ended, by attributes of the error or of its result; the error's own text is the last resort.

    Commands whose outputs were joined say it on their standard output.
    """
    sources = [error, getattr(error, 'result', None), *error.args]
    exit_code = _first(sources, _EXIT_CODES, lambda value: isinstance(value, int) and not isinstance(value, bool))
    found = _first(sources, _OUTPUTS, lambda value: isinstance(value, (str, bytes)) and value.strip() != value[:0])
    if found is not None:
        return Failure(_text(found).strip(), exit_code)
    if exit_code is not None:
        return Failure(f'The command ended with exit code {exit_code}.', exit_code)
    text = str(error)
    for written in (repr(command), json.dumps(command), shlex.quote(command), command) if command else ():
        text = text.replace(written, 'docker')
    return Failure(text.strip(), None)


def _first(sources: Iterable[object], names: Iterable[str], is_one: Callable[[Any], bool]) -> Any:
    found = (getattr(source, name, None) for name in names for source in sources)
    return next((value for value in found if is_one(value)), None)


def _text(output: str | bytes) -> str:
    return output.decode('utf-8', 'replace') if isinstance(output, bytes) else output


class Secrets:
    """Values in a command line that no message may repeat."""

    def __init__(self, call: str, command: str, input: bytes | None) -> None:
        try:
            self._arguments = shlex.split(command)
        except ValueError:
            # Shell syntax of the caller; what is in front of it can be told apart nevertheless.
            self._arguments = re.findall(r'--[\w-]+=(?:"(?:[^"\\]|\\.)*"|\S*)', command, re.DOTALL)
        variables: list[str] = []
        values = {match[1] for argument in self._arguments if (match := _SECRET_ARGUMENT.match(argument))}
        if call == 'login' and input is not None:
            values.add(_text(input))
        elif input is not None and f'--env-file={STDIN}' in self._arguments:
            variables = _text(input).splitlines()
            values.update(line.partition('=')[2] for line in variables)
        shown = {argument for argument in self._arguments if not argument.startswith('-')}
        self._values = values - shown - {''}
        self._given = [*self._arguments, *variables]

    def left_out(self, text: str) -> str:
        """The text without the values, in whichever way they are quoted, and without passwords of addresses."""
        return _URL_PASSWORD.sub(r'\1...@', _replaced(text, self._values))

    def without_arguments(self, text: str) -> str:
        """The text without arguments of the command that could be taken for what an engine says."""
        parts = {part for argument in self._given for part in (argument, *argument.split('=')[1:])}
        return _replaced(text, (part for part in parts if _SAYS_SOMETHING.search(part)))


def _replaced(text: str, values: Iterable[str]) -> str:
    """The text without values; the longest come first, as one may be part of another."""
    found = {part for value in values for part in (value, *(line for line in value.splitlines() if len(line) > 3))}
    for value in sorted(found, key=len, reverse=True):
        text = re.sub(_quoted_pattern(value), '...', text)
    return text


def _quoted_pattern(value: str) -> str:
    """Matches a value, also with marks of several shells or languages that quote it between its characters."""
    characters = [_character_pattern(character) for character in value if character not in _QUOTING]
    if not characters:
        return re.escape(value)
    pattern = rf'[{re.escape(_QUOTING)}]*'.join(characters)
    # Short ones are parts of common words.
    return pattern if len(value) > 3 else rf'(?<!\w){pattern}(?!\w)'


def _character_pattern(character: str) -> str:
    spellings = {character, repr(character)[1:-1].lstrip('\\'), json.dumps(character)[1:-1].lstrip('\\')}
    return f'(?:{"|".join(map(re.escape, sorted(spellings)))})'


def as_run(run: Callable[..., Any] | None) -> Callable[..., Any]:
    """A function ``run(command, input=None)``; methods of a connection of Fabric or Invoke become one.

    :param run: Takes a command, and perhaps input; without one, commands run in a shell.
    """
    if run is None:
        return run_in_shell
    parameters = _parameters(run)
    if parameters is None:
        return run
    kinds = [parameter.kind for parameter in parameters.values()]
    takes_command_alone = sum(kind in _POSITIONAL for kind in kinds) == 1 and 'input' not in parameters
    is_task = takes_command_alone and inspect.Parameter.VAR_KEYWORD in kinds
    return _Connected(run) if 'in_stream' in parameters or (is_task and _HAS_NO_REST.isdisjoint(kinds)) else run


def _parameters(run: Callable[..., Any]) -> Mapping[str, inspect.Parameter] | None:
    try:
        return inspect.signature(run).parameters
    except (TypeError, ValueError):
        return None


def takes_input(run: Callable[..., Any]) -> bool:
    """Whether a function takes ``input`` beside the command, as far as can be told."""
    parameters = _parameters(run)
    if parameters is None:
        return True
    kinds = [parameter.kind for parameter in parameters.values()]
    return 'input' in parameters or sum(kind in _POSITIONAL for kind in kinds) > 1 or not _HAS_NO_REST.isdisjoint(kinds)


class _Connected:
    """Runs commands through a method such as ``fabric.Connection.run``."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run = run
        self.__self__ = getattr(run, '__self__', None)

    def __call__(self, command: str, input: bytes | None = None) -> Any:
        try:
            source = io.StringIO(input.decode('utf-8')) if input is not None else False
        except UnicodeDecodeError:
            raise ValueError(
                'A connection of Fabric passes text alone as input; give a path on its host, or a '
                'function run(command, input=None) that passes bytes.'
            ) from None
        return self._run(command, hide=True, warn=True, pty=False, in_stream=source)


def output_of(result: object) -> str:
    """What a command printed, where its function has returned that or an object with ``stdout``.

    :raises CommandError: The object says that the command failed.
    """
    if isinstance(result, str):
        return result
    if isinstance(result, bytes):
        return result.decode('utf-8', _ERRORS)
    found: object = getattr(result, 'stdout', None)
    if not isinstance(found, (str, bytes)):
        raise TypeError(f'run: expected the standard output as text, found {type(result).__name__}.')
    stdout = output_of(found)
    exit_code = _first([result], _EXIT_CODES, lambda value: isinstance(value, int))
    if exit_code:
        raise CommandError(exit_code, stdout, _text(getattr(result, 'stderr', None) or ''))
    return stdout


@cache
def _unreachable_class() -> type[Exception]:
    from ... import docker_api

    class CommandUnreachableError(docker_api.unreachable_class(), docker_api.APIError):  # type: ignore[misc]
        """No engine answers: an error of the connection, as the SDK reports it, and of the command."""

    CommandUnreachableError.__qualname__ = CommandUnreachableError.__name__
    return CommandUnreachableError
