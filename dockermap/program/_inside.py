"""Commands about what goes on in containers: their output, and further commands in them."""

from __future__ import annotations

import contextlib
import itertools
import queue
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ..map.config.client import SWARM
from ..utils import split_instance
from ._exit_codes import DONE, ERROR, RefusedError, UsageError
from ._plans import item_document
from ._session import Session

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.status import ItemStatus

COLOURS = ('cyan', 'yellow', 'green', 'magenta', 'blue', 'bright_cyan', 'bright_yellow', 'bright_green')
_UNITS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400}
_DURATION = re.compile(r'(?:\d+[smhd])+')
_LONGEST_RUN = 86400.0


class Line(NamedTuple):
    """One line of the output of a container."""

    status: ItemStatus
    text: str


def logs(session: Session) -> int:
    """Show the output of containers, until Ctrl-C if it is followed."""
    arguments = session.arguments
    with session.client() as client:
        found = [status for status in client.status(session.names()) if status.container_id]
        options = {
            'follow': arguments.follow,
            'tail': 'all' if arguments.tail is None else arguments.tail,
            'timestamps': arguments.timestamps,
            'since': since(arguments.since),
        }
        show = _line_writer(session, found)
        with contextlib.suppress(KeyboardInterrupt):
            for line in _lines(client, found, options):
                show(line)
    return DONE


def since(text: str | None, now: Callable[[], datetime] = datetime.now) -> int | None:
    """A time as engines take it: seconds since the epoch. It is given so, as a time, or as how long ago it was.

    :raises UsageError: It is none of these.
    """
    if text is None:
        return None
    if text.isdigit():
        return int(text)
    if _DURATION.fullmatch(text):
        ago = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r'(\d+)([smhd])', text))
        return int(now().timestamp() - ago)
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        raise UsageError(f'--since: expected a time such as 10m, 1h30m or 2026-11-26T08:00, found {text!r}.') from None


def _lines(client: MappingDockerClient, found: list[ItemStatus], options: dict[str, Any]) -> Iterator[Line]:
    """Lines of all containers as they come; without ``follow``, one container after the other."""
    if not options['follow'] or len(found) == 1:
        for status in found:
            yield from _lines_of(client, status, options)
        return
    lines: queue.Queue[Line | None] = queue.Queue(1000)

    def read(status: ItemStatus) -> None:
        try:
            for line in _lines_of(client, status, options):
                lines.put(line)
        finally:
            lines.put(None)

    for status in found:
        threading.Thread(target=read, args=(status,), daemon=True).start()
    ended = 0
    while ended < len(found):
        line = lines.get()
        if line is None:
            ended += 1
        else:
            yield line


def _lines_of(client: MappingDockerClient, status: ItemStatus, options: dict[str, Any]) -> Iterator[Line]:
    from ..client._messages import iter_lines

    reader = client.clients[status.client_name].get_client()
    if client.clients[status.client_name].backend == SWARM:
        given = {**options, 'since': options['since'] or 0}
        output = reader.service_logs(status.container_id, stdout=True, stderr=True, **given)
    else:
        output = reader.logs(status.container_id, stream=True, **options)
    for text in iter_lines(output):
        yield Line(status, text)


def _line_writer(session: Session, found: list[ItemStatus]) -> Callable[[Line], None]:
    """What writes a line behind the name of its container, in a colour of its own."""
    output = session.output
    width = max((len(status.name) for status in found), default=0)
    colours = dict(zip((status.container_id for status in found), itertools.cycle(COLOURS), strict=False))

    def write(line: Line) -> None:
        status = line.status
        if output.is_json:
            item = item_document(status.client_name, status.config_id, status.name)
            output.data({**item, 'line': line.text}, indent=None)
        elif output.console is None:
            output.text(f'{status.name:{width}} | {line.text}')
        else:
            output.console.print(f'{status.name:{width}} | ', style=colours[status.container_id], end='')
            output.text(line.text)

    return write


def execute(session: Session) -> int:
    """Run a command in a container that runs."""
    from ._attached import attach, forward

    command = _command(session)
    with session.client() as client:
        status = _one(client, session)
        if client.clients[status.client_name].backend == SWARM:
            raise RefusedError(f'{status.name} is a service. Run the command in a container of it, on its node.')
        if status.state != 'running':
            raise RefusedError(f'Container {status.name} does not run: it is {status.state}.')
        engine = client.clients[status.client_name].get_client()
        is_attached = session.output.is_interactive and not session.arguments.no_tty
        created = engine.exec_create(
            status.container_id, command, tty=is_attached, stdin=is_attached, **_exec_options(session)
        )
        (attach if is_attached else forward)(engine, created['Id'], session.environment)
        code = engine.exec_inspect(created['Id'])['ExitCode']
        return ERROR if code is None else int(code)


def _exec_options(session: Session) -> dict[str, Any]:
    arguments = session.arguments
    given = {'user': arguments.user, 'workdir': arguments.workdir, 'environment': arguments.env}
    return {name: value for name, value in given.items() if value}


def _one(client: MappingDockerClient, session: Session) -> ItemStatus:
    """The one container that is meant.

    :raises RefusedError: Several are.
    """
    found = client.status(session.names([session.arguments.name]))
    if len(found) != 1:
        names = ', '.join(f'{status.name} on {status.client_name}' for status in found) or 'none'
        raise RefusedError(f'{session.arguments.name} has to be one container, and is {names}.')
    return found[0]


def _command(session: Session) -> list[str]:
    command = [part for number, part in enumerate(session.arguments.command) if number or part != '--']
    if not command:
        raise UsageError('Expected a command behind the name.')
    return command


def run(session: Session) -> int:
    """Run a command in a new container, which is removed afterwards."""
    from ..map.client import MappingDockerClient
    from ..map.one_off import with_one_off
    from ._attached import OutputOfRun

    command = _command(session)
    container_map, wanted = session.owner(session.arguments.name) or (session.map, session.arguments.name)
    name, like = split_instance(wanted)
    instance = f'run-{secrets.token_hex(4)}'
    one_off = with_one_off(container_map, name, instance, like)
    front = MappingDockerClient(one_off, clients=session.clients, option_defaults=session.option_defaults)
    with session.client(), front as client:
        shown = OutputOfRun(client, session.environment, name, instance)
        options: dict[str, Any] = {'wait_timeout': session.arguments.timeout or _LONGEST_RUN}
        if session.arguments.entrypoint is not None:
            options['entrypoint'] = session.arguments.entrypoint
        outputs = client.run_script(name, instance, command_format=command, listener=shown.take, **options)
        result = next(output.result for output in outputs if output.config_id.instance_name == instance)
        if 'error' in result:
            raise RefusedError(f'{result["error"]} Its container stays; dockermap cleanup finds it.')
        shown.finish(result['log'])
        return int(result['exit_code'])
