"""The program as a process of its own, on a Docker Engine."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

RUNS = "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done"


class Program:
    """Runs commands in a folder with a map, on one engine."""

    def __init__(self, folder: Path, url: str, image: str, name: str) -> None:
        self.folder, self.image, self.name = folder, image, name
        self._environment = {**os.environ, 'DOCKER_HOST': url, 'TERM': 'xterm', 'COLUMNS': '100', 'LINES': '40'}

    def write(self, **containers: dict[str, Any]) -> None:
        """A map in which all containers run until they are stopped, if nothing else is said."""
        settings = {
            name: {
                'image': self.image,
                'stop_timeout': 1,
                'create_options': {'command': ['sh', '-c', given.pop('script', RUNS)]},
                **given,
            }
            for name, given in containers.items()
        }
        document = {'name': self.name, 'networks': {'back': None}, 'containers': settings}
        (self.folder / 'dockermap.yaml').write_text(json.dumps(document))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, '-m', 'dockermap', *arguments]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def on_terminal(self, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
        """The process, and the other end of its terminal."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self._environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        return process, master


def read_until(master: int, text: str, seconds: float = 30) -> str:
    """What a terminal shows, up to a text."""
    written, end = b'', time.monotonic() + seconds
    # A piece may end within a character, or a sequence for the terminal.
    while text not in (shown := re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]', '', written.decode(errors='replace'))):
        assert time.monotonic() < end, shown
        try:
            written += os.read(master, 4096)
        except OSError:
            break
    assert text in shown, shown
    return shown


@pytest.fixture
def program(tmp_path: Path, engine_url: str, base_image: str, unique: str) -> Program:
    found = Program(tmp_path, engine_url, base_image, unique)
    found.write(db={'networks': 'back'}, web={'networks': 'back', 'depends_on': 'db'})
    return found


def test_up_ps_logs_exec_run_and_down(program: Program, api: docker.APIClient, unique: str) -> None:
    up = program('up', '--yes')
    assert (up.returncode, up.stderr) == (0, '')
    assert program('plan').returncode == 0

    rows = program('ps').stdout.splitlines()
    assert [row.split()[:2] for row in rows[1:]] == [[f'{unique}.db', 'running'], [f'{unique}.web', 'running']]
    assert all(row.endswith('yes') for row in rows[1:])

    assert program('logs', 'web').stdout == f'{unique}.web | up\n'
    hello = program('exec', 'web', 'sh', '-c', 'echo hello; echo trouble >&2; exit 5')
    assert (hello.returncode, hello.stdout, hello.stderr) == (5, 'hello\n', 'trouble\n')
    once = program('run', 'web', 'sh', '-c', 'echo once; exit 6')
    assert (once.returncode, once.stdout) == (6, 'once\n')
    assert len(api.containers(all=True, filters={'name': unique})) == 2

    assert program('down', '--yes').returncode == 0
    assert api.containers(all=True, filters={'name': unique}) == []
    assert [network for network in api.networks() if network['Name'].startswith(unique)] == []


def test_a_failing_item_in_the_middle_ends_with_3_and_the_same_command_goes_on(program: Program, unique: str) -> None:
    program.write(
        db={}, job={'job': True, 'depends_on': 'db', 'script': 'echo no table; exit 3'}, web={'depends_on': 'job'}
    )

    failed = program('up', '--yes')

    assert failed.returncode == 3
    assert f'container {unique}.job: failed' in failed.stdout
    assert 'no table' in failed.stdout
    assert 'Traceback' not in failed.stdout + failed.stderr
    program.write(db={}, job={'job': True, 'depends_on': 'db', 'script': 'true'}, web={'depends_on': 'job'})
    assert program('up', '--yes').returncode == 0


def test_a_terminal_shows_a_line_for_each_item_and_asks(program: Program, unique: str) -> None:
    process, master = program.on_terminal('up')
    read_until(master, 'Go on? [y/N]')
    os.write(master, b'y\n')

    shown = read_until(master, 'done in ')

    assert process.wait(30) == 0
    assert re.search(rf'✓ container +{unique}\.web +done', shown)


def test_an_interruption_ends_gently_and_the_same_command_goes_on(program: Program, unique: str) -> None:
    program.write(
        db={'healthcheck': {'test': ['CMD', 'false'], 'interval': '1s', 'retries': 100}},
        web={'depends_on': {'db': 'healthy'}},
    )
    process, master = program.on_terminal('up', '--yes')
    read_until(master, f'waiting for {unique}.db to be healthy')

    process.send_signal(signal.SIGINT)

    # A terminal that nobody reads from is full at some time, and stops what writes to it.
    shown = read_until(master, 'Interrupted.')
    assert process.wait(30) == 130
    assert 'Traceback' not in shown
    program.write(db={}, web={'depends_on': 'db'})
    assert program('up', '--yes').returncode == 0


def test_a_second_interruption_ends_at_once(program: Program, unique: str) -> None:
    program.write(db={'script': "trap '' TERM; while :; do sleep 0.1; done", 'stop_timeout': 30})
    assert program('up', '--yes', '--no-wait').returncode == 0
    process, master = program.on_terminal('stop', '--yes')
    read_until(master, 'stopping')
    time.sleep(1)

    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 130
    assert time.monotonic() - begin < 8


def test_logs_are_followed_until_ctrl_c(program: Program, unique: str) -> None:
    program.write(db={'script': 'while :; do echo tick; sleep 0.2; done'}, web={})
    program('up', '--yes', '--no-wait')
    process, master = program.on_terminal('logs', '--follow', '--tail', '1')
    read_until(master, 'tick')

    process.send_signal(signal.SIGINT)

    assert process.wait(20) == 0
    os.close(master)


def test_the_terminal_is_that_of_a_command(program: Program) -> None:
    program('up', '--yes')
    process, master = program.on_terminal('exec', 'web', 'sh')
    read_until(master, '#')

    os.write(master, b'test -t 0 && echo this is a terminal; exit 7\n')

    read_until(master, 'this is a terminal\r\n')
    assert process.wait(20) == 7
    os.close(master)


def test_images_are_built_from_the_map(
    program: Program, base_image: str, unique: str, api: docker.APIClient, eventually: Callable[[Any], bool]
) -> None:
    (program.folder / 'site').mkdir()
    (program.folder / 'site' / 'Dockerfile').write_text(
        f'FROM {base_image}\nARG TEXT\nRUN echo $TEXT > /text\nCMD ["sh", "-c", "cat /text; {RUNS}"]\n'
    )
    (program.folder / 'dockermap.yaml').write_text(
        json.dumps(
            {
                'name': unique,
                'web': {
                    'image': f'{unique}/site',
                    'stop_timeout': 1,
                    'build': {'context': 'site', 'args': {'TEXT': 'built'}},
                },
            }
        )
    )
    try:
        assert program('up', '--build', '--yes').returncode == 0
        assert eventually(lambda: 'built' in program('logs', 'web').stdout)
    finally:
        program('down', '--yes')
        api.remove_image(f'{unique}/site', force=True)
