"""Processes in containers, and what they put out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docker.utils import format_environment

from ...docker_api import split_command
from ..containers import check_running
from ..documents import mapping, text
from ..inspection import container_details, exec_details
from ..references import Answer, Reference, identified
from ..rows import process_rows
from .base import BaseClient
from .calls import request

__all__ = ['ProcessClient']


class ProcessClient(BaseClient):
    """Runs commands in containers, and looks at processes and their output."""

    @request
    def exec_create(
        self,
        container: Reference,
        cmd: str | Sequence[str],
        stdout: bool = True,
        stderr: bool = True,
        stdin: bool = False,
        tty: bool = False,
        privileged: bool = False,
        user: str = '',
        environment: Mapping[str, str] | Sequence[str] | None = None,
        workdir: str | None = None,
        detach_keys: str | None = None,
    ) -> Answer:
        """Set up a command in a container."""
        variables = format_environment(environment) if isinstance(environment, dict) else environment
        created = self.engine.execs.create(
            identified(container),
            split_command(cmd) if isinstance(cmd, str) else cmd,
            user=text(user),
            tty=tty,
            privileged=privileged,
            attach=(stdin, stdout, stderr),
            environment=None if variables is None else list(variables),
        )
        return {'Id': created.id}

    @request
    def exec_start(
        self,
        exec_id: Reference,
        detach: bool = False,
        tty: bool = False,
        stream: bool = False,
        socket: bool = False,
        demux: bool = False,
    ) -> Any:
        """Start a command; its output, unless ``detach`` is set."""
        output = self.engine.execs.start(identified(exec_id), detach)
        if detach:
            return ''
        both = (output.output.encode() or None, output.errors.encode() or None)
        together = (output.output + output.errors).encode()
        if stream:
            return iter([both if demux else together])
        return both if demux else together

    @request
    def exec_inspect(self, exec_id: Reference) -> Answer:
        """State of a command."""
        return exec_details(self.engine.execs.get(identified(exec_id)))

    @request
    def logs(
        self,
        container: Reference,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = False,
        timestamps: bool = False,
        tail: str | int = 'all',
        since: object = None,
        follow: bool | None = None,
        until: object = None,
    ) -> Any:
        """What a container has put out: bytes, or with ``stream`` an iterator."""
        found = self.engine.container(identified(container))
        lines = found.output(stdout, stderr, timestamps)
        if isinstance(tail, int) and tail >= 0:
            lines = lines[len(lines) - tail :] if tail < len(lines) else lines
        return iter(lines) if stream else b''.join(lines)

    @request
    def top(self, container: Reference, ps_args: str | None = None) -> Answer:
        """Processes of a container."""
        found = self.engine.container(identified(container))
        check_running(found)
        return process_rows(found, ps_args)

    @request
    def port(self, container: Reference, private_port: int | str) -> list[Answer] | None:
        """Where a port of a container can be reached on the host."""
        found = container_details(self.engine.container(identified(container)))
        ports = mapping(mapping(found['NetworkSettings'])['Ports'])
        names = (
            [str(private_port)]
            if '/' in str(private_port)
            else [f'{private_port}/{protocol}' for protocol in ('tcp', 'udp', 'sctp')]
        )
        published: Any = next((ports[name] for name in names if ports.get(name)), None)
        return list(published) if published else None
