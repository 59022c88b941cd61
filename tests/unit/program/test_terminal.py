"""What a terminal shows: progress, colours, and the end of it all."""

from __future__ import annotations

import io
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dockermap.program import Environment, main
from dockermap.program._board import Board
from dockermap.program._progress import screen
from dockermap.testing import Process

rich_console = pytest.importorskip('rich.console')

Program = Any
CODE = re.compile(r'\x1b\[[0-9;?]*[a-zA-Z]')


class Terminal:
    """A pseudo-terminal whose output is kept."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        self.stream = os.fdopen(self._slave, 'w', encoding='utf-8')
        self._read = bytearray()
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self) -> None:
        while True:
            try:
                self._read += os.read(self._master, 4096)
            except OSError:
                return

    @property
    def text(self) -> str:
        """All that was shown, with what controls the terminal."""
        return self._read.decode(errors='replace')

    @property
    def plain(self) -> str:
        """The same without that."""
        return CODE.sub('', self.text)

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + 20
        while text not in self.plain:
            assert time.monotonic() < end, self.plain
            time.sleep(0.02)

    def close(self) -> None:
        self.stream.close()
        self._thread.join(5)
        os.close(self._master)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    found = Terminal()
    yield found
    found.close()


@pytest.fixture
def on_terminal(program: Program, terminal: Terminal) -> Callable[..., int]:
    """Runs a command on the pseudo-terminal."""

    def run(*arguments: str, **variables: str) -> int:
        around = {'TERM': 'xterm', 'HOME': str(program.directory), **variables}
        environment = Environment(
            io.StringIO(), terminal.stream, terminal.stream, around, program.directory, program.connect
        )
        code = main(arguments, environment)
        terminal.stream.flush()
        return code

    return run


def test_each_item_ends_as_one_line(on_terminal: Callable[..., int], terminal: Terminal) -> None:
    assert on_terminal('up', '--yes') == 0

    terminal.wait_for('5 done in ')
    for kind, name in (('network', 'shop.back'), ('container', 'shop.app.green'), ('volume', 'shop.static')):
        assert re.search(rf'✓ {kind} +{re.escape(name)} +done', terminal.plain)


def test_colours_are_left_out_where_somebody_says_so(on_terminal: Callable[..., int], terminal: Terminal) -> None:
    on_terminal('--no-color', 'plan')
    terminal.wait_for('5 to create.')
    on_terminal('plan', NO_COLOR='1')

    assert '\x1b[3' not in terminal.text


def test_signs_of_a_plan_have_colours(on_terminal: Callable[..., int], terminal: Terminal) -> None:
    on_terminal('plan')

    terminal.wait_for('5 to create.')
    assert '\x1b[32m+ network' in terminal.text


def test_a_failure_has_its_reason_below_it(
    on_terminal: Callable[..., int], terminal: Terminal, program: Program
) -> None:
    program.engine.faults.add('start', kind='refused', text='out of memory')

    assert on_terminal('up', '--yes', '--parallel', '1') == 3

    terminal.wait_for('3 not attempted in ')
    shown = terminal.plain.replace('\r', '')
    assert re.search(
        r'✗ container  shop\.app\.blue   failed.*\n    Could not start container shop\.app\.blue: out of memory *\n',
        shown,
    )
    assert re.search(r'- container  shop\.web        not attempted\s+needs start for container shop\.app\.blue', shown)


def test_without_rich_there_is_plain_text(
    on_terminal: Callable[..., int], terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__('sys').modules, 'rich.console', None)

    assert on_terminal('up', '--yes') == 0

    terminal.wait_for('5 done in ')
    assert '\x1b' not in terminal.text
    assert 'container shop.web: starting' in terminal.text


def test_an_interrupted_call_says_what_was_not_done(program: Program) -> None:
    program.engine.script(Process(seconds=3600), container='shop.web')
    start = type(program.engine.client()).start

    class Interrupted(type(program.engine.client())):  # type: ignore[misc]
        def start(self, container: Any, *args: Any, **kwargs: Any) -> Any:
            if 'blue' in str(container):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.2)
            return start(self, container, *args, **kwargs)

    original = program.connect

    def connect(clients: Any) -> Any:
        found = original(clients)
        for configuration in found.values():
            configuration.client.__class__ = Interrupted
        return found

    program.connect = connect

    result = program('up', '--yes', '--parallel', '1')

    assert result.code == 130
    assert 'container shop.web: not attempted' in result.out
    assert result.out.endswith('Interrupted. The same command brings the rest about.\n')
    program.connect = original
    program.yes('up')
    assert program('plan').code == 0


def test_as_many_rows_are_shown_as_there_is_room_for(make_program: Callable[..., Any]) -> None:
    names = ', '.join(f'n{number:02}' for number in range(40))
    program = make_program(f'name: many\nweb: {{image: web, instances: [{names}]}}\n')
    from dockermap.map.client import MappingDockerClient
    from dockermap.map.config.client import ClientConfiguration
    from dockermap.map.yaml import load_map_file

    client = MappingDockerClient(
        load_map_file(program.directory / 'dockermap.yaml'),
        clients=program.connect({'__default__': ClientConfiguration()}),
    )
    plan = client.plan('update', '__all__')
    console = rich_console.Console(file=io.StringIO(), width=80, height=24)
    board = Board(plan, 0)

    shown = list(console.render_lines(screen(console, board, 1), pad=False))

    assert len(shown) < console.height
    text = '\n'.join(''.join(segment.text for segment in line) for line in shown)
    assert text.endswith('  and 21 waiting\n0 of 40, 1.0 s')
