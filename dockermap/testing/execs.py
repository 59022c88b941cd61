"""Commands that are run in containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ..docker_api import APIError
from .clock import Clock
from .containers import Container, Containers, Exec, check_running
from .documents import text
from .errors import refusal
from .file_changes import FileChanges, check_user
from .lifecycle import Lifecycle, end_exec
from .names import Identifiers
from .processes import Process, Scripts, cannot_run

__all__ = ['ExecOutput', 'Execs']

NOT_STARTED = 126


@dataclass(frozen=True)
class ExecOutput:
    """What a command has put out."""

    output: str = ''
    errors: str = ''


class Execs:
    """Sets up and starts commands in containers."""

    def __init__(
        self,
        clock: Clock,
        containers: Containers,
        lifecycle: Lifecycle,
        scripts: Scripts,
        identifiers: Identifiers,
        changes: FileChanges,
    ) -> None:
        self._clock = clock
        self._containers = containers
        self._lifecycle = lifecycle
        self._scripts = scripts
        self._identifiers = identifiers
        self._changes = changes

    def create(
        self,
        reference: str,
        command: Sequence[str],
        *,
        user: str,
        tty: bool,
        privileged: bool,
        attach: tuple[bool, bool, bool],
        environment: list[str] | None,
    ) -> Exec:
        """Set up a command.

        :raises docker.errors.APIError: The container does not run, or the command is empty.
        """
        container = self._containers.get(reference)
        check_running(container)
        if container.paused:
            raise refusal(409, f'Container {reference} is paused, unpause the container before exec')
        if not command:
            raise refusal(400, 'No exec command specified')
        created = Exec(
            self._identifiers.new('exec'), container, list(command), user, tty, privileged, attach, environment
        )
        container.execs[created.id] = self._containers.execs[created.id] = created
        return created

    def get(self, exec_id: str) -> Exec:
        """A command by its id.

        :raises docker.errors.NotFound: There is none, or its container has ended before it was started.
        """
        found = self._containers.execs.get(exec_id)
        if found is None:
            raise refusal(404, f'No such exec instance: {exec_id}')
        return found

    def start(self, exec_id: str, detach: bool) -> ExecOutput:
        """Start a command, and wait for its end unless ``detach`` is set.

        :raises docker.errors.APIError: It was started before, or the container does not run; with ``detach`` also if
            it cannot be started. Otherwise that is said in the output.
        """
        command = self.get(exec_id)
        container = command.container
        check_running(container)
        if container.paused:
            raise refusal(409, f'Container {container.id} is paused, unpause the container before exec')
        if command.running:
            raise refusal(409, f'Error: Exec command {exec_id} is already running')
        if command.started:
            raise refusal(409, f'Error: Exec command {exec_id} has already run')
        command.started = True
        try:
            process = self._process(container, command)
        except APIError as error:
            command.exit_code = NOT_STARTED
            if detach:
                raise
            return ExecOutput(f'{error.explanation}\r\n')
        self._run(container, command, process)
        if not detach and command.running:
            self._clock.wait(lambda: not command.running)
        return ExecOutput(process.output, process.errors)

    def _process(self, container: Container, command: Exec) -> Process:
        check_user(container, command.user or text(container.config['User']))
        process = self._scripts.process(command.command, text(container.config['Image']), container.name, True, None)
        if process.missing or process.refused:
            raise refusal(400, f'OCI runtime exec failed: exec failed: {cannot_run(command.command, process)}')
        return process

    def _run(self, container: Container, command: Exec, process: Process) -> None:
        command.running, command.pid = True, self._lifecycle.new_pid()
        if process.seconds is None:
            return
        if process.seconds > 0:
            command.end = self._clock.after(process.seconds, partial(self._end, command, process))
        else:
            self._end(command, process)

    def _end(self, command: Exec, process: Process) -> None:
        exit_code = self._changes.apply(command.container, process)
        end_exec(command, exit_code)
