"""Starting and ending of containers."""

from __future__ import annotations

from functools import partial

from ..docker_api import APIError
from .clock import Clock
from .connections import Connections
from .containers import Container, Containers, Exec, check_running
from .documents import number, text
from .errors import refusal, status_of
from .file_changes import FileChanges, check_user, numbers
from .flavours import Flavour
from .health_checks import HealthChecks
from .mounts import Mounts
from .ports import Ports
from .processes import Process, Scripts, cannot_run, signal_name

__all__ = ['Lifecycle', 'end_exec']

STOP_SECONDS = 10
FIRST_RESTART = 0.1
LONGEST_RESTART = 60
STABLE_SECONDS = 10


class Lifecycle:
    """Starts, signals, stops and restarts containers, and removes them."""

    def __init__(
        self,
        clock: Clock,
        containers: Containers,
        connections: Connections,
        mounts: Mounts,
        ports: Ports,
        scripts: Scripts,
        health: HealthChecks,
        changes: FileChanges,
        flavour: Flavour,
    ) -> None:
        self._clock = clock
        self._containers = containers
        self._connections = connections
        self._mounts = mounts
        self._ports = ports
        self._scripts = scripts
        self._health = health
        self._changes = changes
        self._flavour = flavour
        self._last_pid = 1000

    def start(self, container: Container) -> None:
        """Start a container; nothing happens to one that runs.

        :raises docker.errors.APIError: It is paused, or something that it needs is missing or taken.
        """
        if container.paused:
            raise refusal(409, 'cannot start a paused container, try unpause instead')
        if container.running and not container.restarting:
            return
        if container.restarting:
            return
        container.stopped_by_hand = False
        container.restart_count = 0
        container.restart_delay = FIRST_RESTART
        self._launch(container)

    def new_pid(self) -> int:
        """A process id that was not given before."""
        self._last_pid += 1
        return self._last_pid

    def stop(self, container: Container, seconds: float | None) -> None:
        """Send the stop signal, and kill what still runs after some seconds; nothing happens to one that does not run.

        :param seconds: Instead of those that the container was created with.
        """
        if not container.running:
            return
        if container.paused and self._flavour.is_podman:
            raise refusal(500, f'container {container.id} is running or paused: container state improper')
        container.stopped_by_hand = True
        if container.restarting:
            self._give_up(container)
            return
        if seconds is None:
            asked = container.config.get('StopTimeout')
            seconds = STOP_SECONDS if asked is None else number(asked)
        exits = container.exits
        self._send(container, signal_name(text(container.config.get('StopSignal')) or 'TERM') or 'TERM')
        self._clock.wait(lambda: container.exits > exits, None if seconds < 0 else seconds)
        if container.exits == exits:
            self._send(container, 'KILL')

    def restart(self, container: Container, seconds: float | None) -> None:
        """Stop a container if it runs, and start it.

        :raises docker.errors.APIError: It cannot be started.
        """
        self.stop(container, seconds)
        try:
            self.start(container)
        except APIError as error:
            raise refusal(status_of(error), f'Cannot restart container {container.name}: {error.explanation}') from None

    def kill(self, container: Container, reference: str, signal: str | int | None) -> None:
        """Send a signal.

        :raises docker.errors.APIError: There is no such signal, or the container does not run.
        """
        name = signal_name('KILL' if signal is None else signal)
        if name is None:
            raise _unknown_signal(reference, signal)
        if container.restarting:
            container.stopped_by_hand = True
            self._give_up(container)
            return
        if not container.running:
            raise refusal(409, f'Cannot kill container: {reference}: Container {container.id} is not running')
        own = signal_name(text(container.config.get('StopSignal')))
        if name == 'KILL' or own in (None, name):
            container.stopped_by_hand = True
            self._send(container, name)
        elif container.paused:
            container.pending.append(name)
        else:
            self._send(container, name)

    def pause(self, container: Container) -> None:
        """Pause a container.

        :raises docker.errors.APIError: It is paused, or does not run.
        """
        check_running(container)
        if container.paused:
            raise refusal(409, f'Container {container.id} is already paused')
        container.paused = True

    def unpause(self, container: Container) -> None:
        """Let a paused container go on.

        :raises docker.errors.APIError: It is not paused.
        """
        if not container.paused:
            raise refusal(500, f'Container {container.id} is not paused')
        container.paused = False
        pending, container.pending = container.pending, []
        for signal in pending:
            self._send(container, signal)

    def wait(self, container: Container, condition: str, seconds: float | None) -> int | None:
        """Wait until a container ends; its exit code, or ``None`` if it does not within some seconds.

        :param condition: ``not-running``, ``next-exit`` or ``removed``.
        """
        exits = container.exits
        if condition == 'removed':
            done = partial(self._is_gone, container)
        elif condition == 'next-exit' or container.running:
            done = partial(_has_ended, container, exits)
        else:
            return container.exit_code
        return container.exit_code if self._clock.wait(done, seconds) else None

    def remove(self, container: Container, with_volumes: bool = False, force: bool = False) -> None:
        """Remove a container.

        :param with_volumes: Also its anonymous volumes.
        :raises docker.errors.APIError: It runs, and is not to be ended by force.
        """
        if container.running and not force:
            first = 'Unpause and then stop' if container.paused else 'Stop'
            raise refusal(
                409,
                f'You cannot remove a {container.status} container {container.id}. {first} the '
                'container before attempting removal or force remove',
            )
        if self._flavour.is_podman and any(self._shares_network(other, container) for other in self._containers):
            raise refusal(
                500,
                f'container {container.id} has dependent containers which must be removed before it: container '
                'already exists',
            )
        if container.running:
            container.stopped_by_hand = True
            self._give_up(container) if container.restarting else self._send(container, 'KILL')
        if not self._is_gone(container):
            self._forget(container, with_volumes)

    def _shares_network(self, other: Container, container: Container) -> bool:
        mode, _, reference = text(other.host_config['NetworkMode']).partition(':')
        return mode == 'container' and self._containers.find(reference) is container

    def _is_gone(self, container: Container) -> bool:
        return self._containers.with_id(container.id) is None

    def _launch(self, container: Container) -> None:
        container.host_config.setdefault('Runtime', 'runc')
        try:
            self._mounts.check_host(container)
            self._connect(container)
            process = self._process(container)
        except APIError as error:
            self._failed(container, error)
            raise
        container.process = process
        container.running, container.restarting, container.error = True, False, ''
        container.exit_code, container.pid, container.started_at = 0, self.new_pid(), self._clock.stamp()
        for stream, output in (('stdout', process.output), ('stderr', process.errors)):
            container.log.extend((self._clock.stamp(), stream, line) for line in output.splitlines(keepends=True))
        self._schedule(container, process)

    def _connect(self, container: Container) -> None:
        mode = container.network_mode
        if mode.startswith('container:'):
            self._join(container, mode.partition(':')[2])
            return
        for alias, target in container.links.items():
            if not target.running and mode in ('default', 'bridge'):
                raise refusal(
                    500, f'Cannot link to a non running container: /{target.name} AS /{container.name}/{alias}'
                )
        self._connections.start(container)
        try:
            self.publish(container)
        except APIError:
            self._disconnect(container)
            raise

    def publish(self, container: Container) -> None:
        """Publish the ports of a running container that is in a network which leads outside, if that is not done yet.

        :raises docker.errors.APIError: A port is taken.
        """
        outside = [endpoint for endpoint in container.endpoints.values() if endpoint.gateway]
        if outside and not container.ports:
            self._ports.publish(container, outside[0].endpoint_id)

    def _join(self, container: Container, reference: str) -> None:
        target = self._containers.get(reference)
        if target is container:
            raise refusal(500, 'cannot join own network')
        if not target.running:
            raise refusal(409, f'cannot join network of a non running container: {target.id}')
        if target.restarting:
            raise refusal(409, f'Container {target.id} is restarting, wait until the container is running')
        container.config['Hostname'] = target.config['Hostname']

    def _process(self, container: Container) -> Process:
        check_user(container, text(container.config['User']))
        found = self._scripts.process(
            container.command, text(container.config['Image']), container.name, False, container.image.process
        )
        if found.missing or found.refused:
            self._disconnect(container)
            raise refusal(
                400,
                'failed to create shim task: OCI runtime create failed: runc create failed: '
                + cannot_run(container.command, found),
            )
        self._mounts.prepare_host(container)
        if self._flavour.is_podman:
            owner, group = numbers(container, text(container.config['User']))
            self._mounts.give(container, owner or 0, group or 0)
        return found

    def _failed(self, container: Container, error: APIError) -> None:
        self._disconnect(container)
        explanation = text(error.explanation)
        container.error = explanation
        container.running = container.restarting = False
        if not container.exit_code:
            container.exit_code = 127 if 'not found in $PATH' in explanation else 128
        if container.auto_remove:
            self._forget(container, True)

    def _schedule(self, container: Container, process: Process) -> None:
        self._health.begin(container, process)
        if process.seconds is not None and process.seconds > 0:
            container.agenda.append(self._clock.after(process.seconds, partial(self._finish, container)))
        elif process.seconds == 0:
            self._finish(container)

    def _finish(self, container: Container) -> None:
        """The process comes to its own end."""
        self._ended(container, self._changes.apply(container, container.process or Process()))

    def end(self, container: Container, exit_code: int) -> None:
        """Let the process of a running container end by itself."""
        if container.running and not container.restarting:
            self._ended(container, exit_code)

    def _send(self, container: Container, signal: str) -> None:
        container.paused = False
        process = container.process or Process()
        exit_code = process.exit_code_after(signal)
        if exit_code is None:
            return
        if signal == 'KILL' or not process.ending:
            self._ended(container, exit_code)
        else:
            container.agenda.append(self._clock.after(process.ending, partial(self._ended, container, exit_code)))

    def _ended(self, container: Container, exit_code: int) -> None:
        self._disconnect(container)
        self._end_execs(container)
        container.running = container.paused = False
        container.pending.clear()
        container.pid, container.exit_code, container.finished_at = 0, exit_code, self._clock.stamp()
        container.exits += 1
        if container.health is not None:
            container.health.status = 'unhealthy'
        if self._restarts(container):
            self._plan_restart(container)
        elif container.auto_remove:
            self._forget(container, True)

    def _disconnect(self, container: Container) -> None:
        for entry in container.agenda:
            entry.cancelled = True
        container.agenda.clear()
        self._ports.release(container)
        self._connections.stop(container)

    def _end_execs(self, container: Container) -> None:
        for command in container.execs.values():
            if command.running:
                end_exec(command, 137)
        for command in [command for command in container.execs.values() if not command.started]:
            del container.execs[command.id], self._containers.execs[command.id]

    def _restarts(self, container: Container) -> bool:
        name, most = container.restart_policy
        if container.stopped_by_hand or name in ('', 'no'):
            return False
        if name == 'on-failure':
            return bool(container.exit_code) and (not most or container.restart_count < most)
        return True

    def _plan_restart(self, container: Container) -> None:
        ran = (container.finished_at - container.started_at) / 1e9
        delay = FIRST_RESTART if ran >= STABLE_SECONDS else container.restart_delay
        container.restart_delay = min(delay * 2, LONGEST_RESTART)
        container.running = container.restarting = True
        container.restart_count += 1
        container.agenda.append(self._clock.after(delay, partial(self._relaunch, container)))

    def _relaunch(self, container: Container) -> None:
        container.agenda.clear()
        try:
            self._launch(container)
        except APIError:
            container.exits += 1

    def _give_up(self, container: Container) -> None:
        """A container that waits for its restart is not restarted any more."""
        for entry in container.agenda:
            entry.cancelled = True
        container.agenda.clear()
        container.running = container.restarting = False
        container.exits += 1
        if container.auto_remove:
            self._forget(container, True)

    def _forget(self, container: Container, with_volumes: bool) -> None:
        self._containers.remove(container)
        self._mounts.release(container, with_volumes)
        for alias, target in container.links.items():
            target.linked_from.pop((container.id, alias), None)
        for exec_id in container.execs:
            del self._containers.execs[exec_id]


def end_exec(command: Exec, exit_code: int) -> None:
    """Note the end of a command."""
    command.running, command.exit_code = False, exit_code
    if command.end is not None:
        command.end.cancelled = True


def _has_ended(container: Container, exits: int) -> bool:
    return container.exits > exits


def _unknown_signal(reference: str, signal: object) -> APIError:
    if str(signal).isdigit():
        return refusal(500, f'Cannot kill container: {reference}: The linux daemon does not support signal {signal}')
    return refusal(400, f'Invalid signal: {signal}')
