"""Runs commands in containers, and finds out how they ended, for which ``docker`` has no command but its events."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ._run import CommandError, engine_error

_END = 'exit code: '
_FAILED_ITSELF = 125


class CommandClient(Protocol):
    """What is needed of the client."""

    def call(self, c_cmd: str, *args: Any, **kwargs: Any) -> str: ...

    def inspect_container(self, container: Any) -> dict[str, Any]: ...


@dataclass
class _Exec:
    arguments: dict[str, Any]
    started: str = ''
    engine_id: str | None = None
    ended: bool = False
    exit_code: int | None = None


class ExecCalls:
    """Commands that have been created, by an id of our own."""

    def __init__(self, client: CommandClient) -> None:
        self._client = client
        self._calls: dict[str, _Exec] = {}

    def create(self, **arguments: Any) -> str:
        """Keep a command until it is started; returns its id."""
        exec_id = secrets.token_hex(32)
        self._calls[exec_id] = _Exec(arguments)
        return exec_id

    def start(self, exec_id: str, detach: bool) -> str:
        """Run a command; unless it is detached, wait for its end and return its output."""
        call = self._call(exec_id)
        call.started = self._engine_time()
        if not detach:
            return self._run(call)
        self._client.call('exec_create', **call.arguments)
        call.engine_id = self._engine_id(call)
        return ''

    def _run(self, call: _Exec) -> str:
        out, code = self._attached(call)
        call.engine_id = self._engine_id(call)
        self._observe(call)
        if code and call.exit_code is None:
            raise engine_error('exec_start', CommandError(code, '', out))
        if not code:
            # Not all engines have events of commands.
            call.ended, call.exit_code = True, 0
        return out

    def _attached(self, call: _Exec) -> tuple[str, int]:
        # docker ends with the command's exit code, but also fails by itself; only that is an error.
        printed = self._client.call('exec_create', f'2>&1; echo "{_END}$?"', **{**call.arguments, 'detach': False})
        out, _, code = printed.rpartition(_END)
        return out, int(code)

    def inspect(self, exec_id: str) -> dict[str, Any]:
        """State of a command in the form of the API's answer."""
        call = self._call(exec_id)
        if call.started and not call.ended:
            self._observe(call)
        is_running = bool(call.started) and not call.ended
        container = call.arguments['container']
        return {'ID': exec_id, 'Running': is_running, 'ExitCode': call.exit_code, 'ContainerID': container}

    def _observe(self, call: _Exec) -> None:
        # First the list of what runs: a command that ends after it was read is still found in the events.
        running = self._client.inspect_container(call.arguments['container']).get('ExecIDs') or ()
        codes = [
            event['Actor']['Attributes']['exitCode']
            for event in self._events(call)
            if event['Action'] == 'exec_die' and _exec_id(event) == call.engine_id
        ]
        if codes:
            call.ended, call.exit_code = True, int(codes[-1])
        elif call.engine_id not in running:
            call.ended = True

    def _engine_id(self, call: _Exec) -> str | None:
        """The engine's id of the command just started: that of the last one with the same text."""
        text = f'exec_create: {" ".join(map(str, call.arguments["cmd"]))}'.strip()
        ids = [_exec_id(event) for event in self._events(call) if event['Action'].strip() == text]
        return ids[-1] if ids else None

    def _events(self, call: _Exec) -> list[dict[str, Any]]:
        out = self._client.call(
            'events',
            '--format="{{json .}}"',
            since=call.started,
            until=self._engine_time(),
            filter=f'container={call.arguments["container"]}',
        )
        return [json.loads(line) for line in out.splitlines() if line]

    def _engine_time(self) -> str:
        return self._client.call('info', '--format="{{.SystemTime}}"').strip()

    def _call(self, exec_id: str) -> _Exec:
        try:
            return self._calls[exec_id]
        except KeyError:
            from ...docker_api import NotFound

            raise NotFound(f'No such exec instance: {exec_id}') from None


class PodmanExecCalls(ExecCalls):
    """The same with ``podman``: events do not tell one command from another, but a detached one prints its id.

    How a detached command has ended is not told.
    """

    def start(self, exec_id: str, detach: bool) -> str:
        call = self._call(exec_id)
        call.started = exec_id
        if not detach:
            return self._run(call)
        call.engine_id = self._client.call('exec_create', **call.arguments).strip()
        return ''

    def _run(self, call: _Exec) -> str:
        out, code = self._attached(call)
        if code == _FAILED_ITSELF:
            raise engine_error('exec_start', CommandError(code, '', out))
        call.ended, call.exit_code = True, code
        return out

    def _observe(self, call: _Exec) -> None:
        running = self._client.inspect_container(call.arguments['container']).get('ExecIDs') or ()
        call.ended = call.engine_id not in running


def _exec_id(event: Mapping[str, Any]) -> str | None:
    attributes: Mapping[str, str] = event['Actor'].get('Attributes') or {}
    return attributes.get('execID')
