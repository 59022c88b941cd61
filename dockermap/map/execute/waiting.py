"""Waiting for containers, commands, removals, and for time to pass."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...docker_api import EngineClient, is_not_found, is_timeout
from ...exceptions import DockerStatusError
from .until import Time, awaited_state, wait_until

if TYPE_CHECKING:
    from ..plan.operation import Operation
    from .events import Clock

log = logging.getLogger(__name__)

_FIRST_POLL, _LONGEST_POLL = 0.02, 0.25
_REMOVAL_SECONDS = 10.0
_REMOVAL_POLL = 0.1
_WAIT_POLL = 5
_LONGEST_WAIT = 86400.0


def awaited(operation: Operation) -> str:
    """What an operation waits for, for people."""
    arguments = operation.arguments
    if 'until' in arguments:
        return awaited_state(operation)
    if 'exec_id' in arguments:
        return f'a command to end, for {arguments["seconds"]} seconds at most'
    if 'removal' in arguments:
        return f'container {arguments["removal"]} to be removed'
    if 'seconds' in arguments:
        return f'{arguments["seconds"]} seconds to pass'
    return 'a container to end'


class Waiting:
    """Waits; what for is said by the arguments of an operation.

    :param clock: For clients that do not have a ``clock`` of their own, as that of the engine in memory has.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._starts: dict[tuple[str, str], float] = {}

    def note_start(self, client: EngineClient, client_name: str, container: str) -> None:
        """A container has been started now, and may be waited for later."""
        self._starts[client_name, container] = self._time(client).now()

    def wait(self, client: EngineClient, operation: Operation, arguments: dict[str, object]) -> object:
        """Wait for a state of a container, for its end, for a command, for a removal, or for some seconds."""
        seconds = arguments.get('seconds')
        if 'until' in arguments:
            begin = self._starts.get((operation.client_name, str(arguments['container'])))
            wait_until(client, operation, arguments, self._time(client), begin)
        elif 'exec_id' in arguments:
            return self._for_command(client, operation, str(arguments['exec_id']), _number(seconds))
        elif 'removal' in arguments:
            self.for_removal(client, str(arguments['removal']))
        elif 'seconds' in arguments:
            self._time(client).sleep(_number(seconds))
        else:
            return self._for_container(client, operation, arguments)
        return None

    def _time(self, client: EngineClient) -> Time:
        found: object = getattr(client, 'clock', None)
        return found if isinstance(found, Time) else self._clock

    def _for_container(self, client: EngineClient, operation: Operation, arguments: dict[str, object]) -> object:
        response = self._for_end(client, arguments)
        if operation.purpose:
            _check_exit_code(client, operation.purpose, str(arguments['container']), response)
        return response

    def _for_end(self, client: EngineClient, arguments: dict[str, object]) -> object:
        """Wait for a container to end; ``still_runs`` is what to say if it does not.

        Without a limit, the engine is asked every few seconds whether the container is still there, so that one which
        does not answer any more is noticed.
        """
        text = str(arguments.pop('still_runs', ''))
        if arguments.get('timeout') is not None or not hasattr(client, 'timeout'):
            try:
                return _ended(client, arguments)
            except Exception as error:
                if text and is_timeout(error):
                    raise DockerStatusError(text) from error
                raise
        clock = self._time(client)
        deadline = clock.now() + _LONGEST_WAIT
        while True:
            try:
                return _ended(client, {**arguments, 'timeout': _WAIT_POLL})
            except Exception as error:
                if not is_timeout(error) or clock.now() >= deadline:
                    raise
            client.inspect_container(arguments['container'])

    def for_removal(self, client: EngineClient, name: str) -> None:
        """Wait while the engine removes a container by itself, for ten seconds at most."""
        clock = self._time(client)
        deadline = clock.now() + _REMOVAL_SECONDS
        while clock.now() < deadline:
            try:
                client.inspect_container(name)
            except Exception as error:
                if is_not_found(error):
                    return
                raise
            clock.sleep(_REMOVAL_POLL)

    def _for_command(self, client: EngineClient, operation: Operation, exec_id: str, seconds: float) -> int | None:
        """Exit code of a command once it has ended, or ``None`` if it has not ended in time."""
        exit_code = self._exit_code(client, exec_id, seconds)
        if exit_code:
            log.warning('%s ended with exit code %s.', operation.purpose, exit_code)
        return exit_code

    def _exit_code(self, client: EngineClient, exec_id: str, seconds: float) -> int | None:
        clock = self._time(client)
        deadline = clock.now() + seconds
        pause = _FIRST_POLL
        while True:
            detail: object = client.exec_inspect(exec_id)  # type: ignore[attr-defined]
            if not isinstance(detail, Mapping):
                return None
            if not detail.get('Running'):
                exit_code: int | None = detail.get('ExitCode')
                return exit_code
            left = deadline - clock.now()
            if left <= 0:
                return None
            clock.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_POLL)


def _ended(client: EngineClient, arguments: Mapping[str, object]) -> object:
    answer: object = client.wait(**arguments)
    return answer


def _number(value: object) -> float:
    assert isinstance(value, (int, float))
    return value


def _check_exit_code(client: EngineClient, purpose: str, container: str, response: object) -> None:
    """Engines tell the exit code in a dictionary, older SDKs as a number; some clients do not tell."""
    exit_code = response.get('StatusCode') if isinstance(response, Mapping) else response
    if isinstance(exit_code, int) and exit_code:
        output: object = client.logs(container, tail=5)
        text = output.decode(errors='replace') if isinstance(output, bytes) else str(output)
        raise DockerStatusError(f'{purpose}, exit code {exit_code}: {text.strip()}', None)
