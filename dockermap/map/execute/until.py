"""Waiting until a container runs, is healthy, or has run to its end; and what went wrong if that does not come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn, Protocol, runtime_checkable

from ...docker_api import EngineClient, is_not_found
from ...exceptions import ContainerStateError
from ..disclosure import HIDDEN
from ..input._dependencies import COMPLETED, HEALTHY
from ..plan.expand.conditions import READY, RUNNING, WAIT_SECONDS
from ..policy.utils import INITIAL_START_TIME

if TYPE_CHECKING:
    from ..plan.operation import Operation

DEFAULT_GRACE = 1.0
LINES = 20
_LONGEST_LINE = 500
_SHORTEST_SECRET = 4
_CHECKS_SHOWN = 3
_HAS_ENDED = 'has ended'
_FIRST_POLL, _LONGEST_POLL = 0.02, 0.5
_TRIED_AGAIN_SECONDS = 2.0
"""Podman shows containers as ended until it has started them again by their restart policy, which it does at once."""
_WORDS = {RUNNING: 'run', HEALTHY: 'be healthy', COMPLETED: 'run to its end', READY: 'work'}


@runtime_checkable
class Time(Protocol):
    """What tells the time, and lets it pass."""

    def now(self) -> float:
        """Seconds of a clock that never goes back."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


def awaited_state(operation: Operation) -> str:
    """What an operation waits for, for people."""
    arguments = operation.arguments
    name = arguments['container']
    subject = plain_name(name) if isinstance(name, str) else 'the container'
    return f'{subject} to {_WORDS[arguments["until"]]}, for {_seconds(arguments):g} seconds at most'


def plain_name(name: str) -> str:
    """Name of a container on the engine without what it bears while it is being replaced."""
    return name.lstrip('/').partition('..')[0]


@dataclass(frozen=True)
class Seen:
    """What an inspection says of the life of a container."""

    name: str
    running: bool
    restarting: bool
    tried_again: bool
    was_started: bool
    start: tuple[str, str]
    restarts: int
    exit_code: int
    health: str | None
    checks: tuple[tuple[int, str], ...]
    error: str
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, detail: Mapping[str, object]) -> Seen:
        """What the engine's answer says."""
        state = _mapping(detail.get('State'))
        health = _mapping(state.get('Health'))
        status = health.get('Status')
        started_at = str(state.get('StartedAt'))
        restarting = bool(state.get('Restarting'))
        return cls(
            plain_name(str(detail.get('Name') or detail.get('Id'))),
            bool(state.get('Running')) and not restarting,
            restarting,
            not state.get('Running') and _is_tried_again(detail),
            started_at != INITIAL_START_TIME,
            (str(detail.get('Id')), started_at),
            _number(detail.get('RestartCount')),
            _number(state.get('ExitCode')),
            str(status) if status and status != 'none' else None,
            tuple(
                (_number(check.get('ExitCode')), str(check.get('Output') or '').strip())
                for check in map(_mapping, _list(health.get('Log')))
            ),
            str(state.get('Error') or ''),
            tuple(_secrets(_list(_mapping(detail.get('Config')).get('Env')))),
        )


def wait_until(
    client: EngineClient,
    operation: Operation,
    arguments: Mapping[str, object],
    clock: Time,
    begin: float | None = None,
) -> None:
    """Wait for what ``until`` of the arguments says; :data:`RUNNING` means that the same start lasts ``grace`` seconds.

    Who is started again by the engine fails, unless ``restarts`` says that this may happen; waiting for health or for
    the end goes on.

    :param begin: When the container was started by this call, if it was.
    :raises ContainerStateError: It does not come, or not within ``timeout`` seconds.
    """
    awaiting = _Awaiting(client, operation, arguments, clock, begin)
    deadline = clock.now() + _seconds(arguments)
    pause = _FIRST_POLL
    while not awaiting.is_over():
        left = deadline - clock.now()
        if left <= 0:
            awaiting.give_up()
        clock.sleep(min(awaiting.pause(pause), left))
        pause = min(2 * pause, _LONGEST_POLL)


class _Awaiting:
    def __init__(
        self,
        client: EngineClient,
        operation: Operation,
        arguments: Mapping[str, object],
        clock: Time,
        begin: float | None,
    ) -> None:
        self._client = client
        self._client_name = operation.client_name
        self._container = str(arguments['container'])
        self._until = str(arguments['until'])
        self._may_restart = bool(arguments.get('restarts')) or self._until in (HEALTHY, COMPLETED)
        grace = arguments.get('grace')
        self._grace = float(grace) if isinstance(grace, (int, float)) else DEFAULT_GRACE
        self._is_new = bool(arguments.get('is_new'))
        self._is_own = bool(arguments.get('is_own'))
        self._seconds = _seconds(arguments)
        self._clock = clock
        self._begin = begin
        self._since: tuple[tuple[str, str], float] | None = None
        self._ended: tuple[tuple[str, str], float] | None = None

    def is_over(self) -> bool:
        """Look at the container; whether it is what is waited for."""
        self._seen = seen = self._look()
        if seen.restarts and not self._may_restart:
            # Once it runs again, nobody knows any more how it had ended.
            self._fail('was started again by the engine', ended=not seen.running)
        if not seen.running and not seen.restarting and not (self._until == COMPLETED and seen.was_started):
            self._fail(_HAS_ENDED if seen.was_started else 'was never started', seen.was_started)
        return self._checks[self._until](self, seen)

    def pause(self, usual: float) -> float:
        """How long to wait before the next look."""
        if self._since is None or not self._seen.running or self._seen.health is not None:
            return usual
        return max(0.0, self._since[1] + self._grace - self._clock.now())

    def give_up(self) -> None:
        """The time is over."""
        seen = self._seen
        is_without_check = self._until in (RUNNING, READY) and seen.health is None
        if seen.restarting or (seen.restarts and is_without_check):
            self._fail('is started over and over again', ended=not seen.running)
        state = f'is {seen.health}' if seen.health and self._until != COMPLETED else 'still runs'
        self._fail(f'{state} after {self._seconds:g} seconds', ended=False)

    def _look(self) -> Seen:
        try:
            detail: object = self._client.inspect_container(self._container)
        except Exception as error:
            if not is_not_found(error):
                raise
            subject = self._subject(plain_name(self._container))
            text = f'{subject} should {_WORDS[self._until]}, but does not exist any more.'
            raise ContainerStateError(text, says_all=self._is_own) from error
        seen = Seen.of(_mapping(detail))
        return replace(seen, restarting=True) if seen.tried_again and self._has_just_ended(seen) else seen

    def _has_just_ended(self, seen: Seen) -> bool:
        now = self._clock.now()
        if self._ended is None or self._ended[0] != seen.start:
            self._ended = seen.start, now
        return now - self._ended[1] < _TRIED_AGAIN_SECONDS

    def _runs(self, seen: Seen) -> bool:
        if not seen.running:
            self._since = None
            return False
        now = self._clock.now()
        if self._since is None or self._since[0] != seen.start:
            is_first_start = self._since is None and not seen.restarts
            self._since = seen.start, self._begin if is_first_start and self._begin is not None else now
        return now - self._since[1] >= self._grace

    def _is_healthy(self, seen: Seen) -> bool:
        if not seen.running:
            return False
        if seen.health is None:
            self._fail('has no health check', ended=False)
        if seen.health == 'unhealthy':
            self._fail('is unhealthy', ended=False)
        return seen.health == 'healthy'

    def _is_completed(self, seen: Seen) -> bool:
        if seen.running or seen.restarting:
            return False
        if seen.exit_code or seen.error:
            self._fail('has failed')
        return True

    def _is_ready(self, seen: Seen) -> bool:
        return self._runs(seen) if seen.health is None else self._is_healthy(seen)

    _checks: Mapping[str, Callable[[_Awaiting, Seen], bool]] = {
        RUNNING: _runs,
        HEALTHY: _is_healthy,
        COMPLETED: _is_completed,
        READY: _is_ready,
    }

    def _fail(self, problem: str, ended: bool = True) -> NoReturn:
        seen = self._seen
        text = f'{self._subject(seen.name)} should {_WORDS[self._until]}, but {problem}'
        if self._is_new and self._until == RUNNING and problem == _HAS_ENDED:
            text = f'{self._subject(seen.name)} has ended within {self._grace:g} s of its start'
        details = describe_end(self._client, self._container, seen, ended)
        detail = {'exit_code': seen.exit_code if ended else None}
        raise ContainerStateError(f'{text}{details}', detail, says_all=self._is_own)

    def _subject(self, name: str) -> str:
        return f'{"The new container" if self._is_new else "Container"} {name} on client {self._client_name}'


def describe_end(client: EngineClient, container: str, seen: Seen, ended: bool = True) -> str:
    """Exit code, health log and last lines of a container, as they follow the statement that it has ended.

    Values of its environment are not shown, whoever has printed them.
    """
    parts = [f', exit code {seen.exit_code}' if ended else '', f': {seen.error}' if seen.error else '', '.']
    if not ended and seen.checks:
        shown = seen.checks[-_CHECKS_SHOWN:]
        parts.append(' Its last health checks:')
        parts.extend(f'\n  exit code {code}{f": {_short(text)}" if text else ""}' for code, text in shown)
    lines = last_lines(client, container)
    if lines:
        parts.append('\nIts last lines:' if not ended and seen.checks else ' Its last lines:')
        parts.extend(f'\n  {line}' for line in lines)
    return without_secrets(''.join(parts), seen.secrets)


def last_lines(client: EngineClient, container: str) -> list[str]:
    """The last lines that a container has put out, as far as the engine keeps them."""
    try:
        output: object = client.logs(container, tail=LINES)
    except Exception:
        # Some logging drivers cannot be read. Why the container failed is more than what it has printed.
        return []
    text = output.decode(errors='replace') if isinstance(output, bytes) else str(output or '')
    return [_short(line) for line in text.splitlines()[-LINES:]]


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """A text in which values that must not be read are replaced."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _is_tried_again(detail: Mapping[str, object]) -> bool:
    """Whether the restart policy of a container that has ended has the engine start it again."""
    policy = _mapping(_mapping(detail.get('HostConfig')).get('RestartPolicy'))
    most = _number(policy.get('MaximumRetryCount'))
    has_failed = bool(_number(_mapping(detail.get('State')).get('ExitCode')))
    is_left = not most or _number(detail.get('RestartCount')) < most
    return policy.get('Name') in ('always', 'unless-stopped') or (
        policy.get('Name') == 'on-failure' and has_failed and is_left
    )


def _secrets(environment: Iterable[object]) -> Iterator[str]:
    for entry in environment:
        value = str(entry).partition('=')[2]
        yield from {part for part in (value, *value.splitlines()) if len(part) >= _SHORTEST_SECRET}


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f'{line[:_LONGEST_LINE]}{HIDDEN}'


def _seconds(arguments: Mapping[str, object]) -> float:
    timeout = arguments.get('timeout')
    return float(timeout) if isinstance(timeout, (int, float)) else WAIT_SECONDS


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
