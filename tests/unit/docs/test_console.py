"""What pages show of a terminal is what the program does there, on an engine in memory."""

from __future__ import annotations

import doctest
import io
import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dockermap.program import Environment, main
from dockermap.testing import InMemoryEngine, Process

ROOT = Path(__file__).parents[3]
DOCS = ROOT / 'docs'
BLOCK = re.compile(
    r'^\.\. code-block:: (?P<language>yaml|console)\n(?:   :caption: (?P<name>\S+)\n)?\n(?P<text>(?:   .*\n|[ ]*\n)+)',
    re.MULTILINE,
)
PAGES = [
    page
    for page in (ROOT / 'README.rst', *sorted(DOCS.rglob('*.rst')))
    if '.. code-block:: console' in page.read_text(encoding='utf-8')
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
IMAGES = (
    'postgres:16',
    'postgres:17',
    'registry.example.com/blog:3',
    'blog/app:3',
    'blog/app:4',
    'nginx:latest',
    'busybox:latest',
)


class Typed(io.StringIO):
    """Input of a terminal where something is typed, which it shows; without that, it is none."""

    def __init__(self, text: str, shown: io.StringIO) -> None:
        super().__init__(text)
        self._shown = shown
        self._is_terminal = bool(text)

    def isatty(self) -> bool:
        return self._is_terminal

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(-1 if size is None else size)
        self._shown.write(line)
        return line


class Shown(io.StringIO):
    """Output of a terminal."""

    def isatty(self) -> bool:
        return True


class Shell:
    """Carries out the commands of a page in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = 0
        self.engine = InMemoryEngine(*IMAGES)
        self.engine.script(
            Process(health=[(3, 'healthy')], output='ready to accept connections\n'), container='blog.db'
        )
        self.engine.script(Process(output='listening on port 80\n'), container='blog.app')

    def connect(self, clients: Any) -> Any:
        for configuration in clients.values():
            configuration.client, configuration.version = self.engine.client(), '1.41'
        return clients

    def run(self, line: str, expected: str) -> str:
        if line == 'echo $?':
            return f'{self.code}\n'
        program, *arguments = shlex.split(line, comments=True)
        assert program == 'dockermap', f'pages show commands of the program, and not {program}'
        shown = Shown()
        typed = ''.join(f'{answer}\n' for answer in re.findall(r'^Go on\? \[y/N\] (.*)$', expected, re.MULTILINE))
        variables = {'TERM': 'dumb', 'HOME': str(self.folder)}
        around = Environment(Typed(typed, shown), shown, shown, variables, self.folder, self.connect)
        self.code = main(arguments, around)
        return shown.getvalue()


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command with what is shown below it."""
    for part in re.split(r'^\$ ', text, flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition('\n')
        while line.endswith('\\'):
            more, _, shown = shown.partition('\n')
            line = line[:-1] + more.removeprefix('> ')
        yield line, shown


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_do_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    shell, tried = Shell(tmp_path), 0
    for block in BLOCK.finditer(page.read_text(encoding='utf-8')):
        text = textwrap.dedent(block['text']).strip('\n') + '\n'
        if block['language'] == 'yaml':
            (tmp_path / (block['name'] or 'dockermap.yaml')).write_text(text, encoding='utf-8')
            continue
        for line, expected in commands(text):
            found = shell.run(line, expected)
            tried += 1
            assert doctest.OutputChecker().check_output(expected, found, OPTIONS), f'{line}\n{found}'
    assert tried


def test_there_are_such_pages() -> None:
    assert {page.name for page in PAGES} >= {'README.rst', 'terminal.rst'}
