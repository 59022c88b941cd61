"""What the program writes: text, tables and JSON; with colours where a terminal shows them and rich is installed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from ._environment import Environment

SIGN_STYLES = {
    '+': 'green',
    '~': 'yellow',
    '±': 'yellow',
    '-': 'red',
    '<': 'red',
    '>': 'green',
    '↻': 'yellow',
    '!': 'magenta',
    'i': 'cyan',
}
"""Colours of the lines of a plan, by their signs."""

STATE_STYLES = {
    'running': 'green',
    'healthy': 'green',
    'starting': 'yellow',
    'restarting': 'red',
    'unhealthy': 'red',
    'paused': 'yellow',
    'missing': 'red',
    'yes': 'green',
    'no': 'yellow',
}


class Output:
    """Writes to the streams of an environment.

    :param is_json: Write data only: one document, or one for each line.
    :param is_quiet: Leave out what is only for people; errors and what was asked for stay.
    :param colours: Whether colours may be used where they can be shown.
    """

    def __init__(
        self, environment: Environment, is_json: bool = False, is_quiet: bool = False, colours: bool = True
    ) -> None:
        self._environment = environment
        self._is_closed = False
        self.is_json = is_json
        self.is_quiet = is_quiet
        self.console = None if is_json else _console(environment, colours)

    @property
    def is_interactive(self) -> bool:
        """Whether somebody can be asked."""
        return self._environment.stdin.isatty() and self._environment.stdout.isatty()

    def text(self, text: str = '') -> None:
        """Write a line, or several, to the output, as long as somebody reads it."""
        if self._is_closed:
            return
        try:
            self._environment.stdout.write(f'{text}\n')
            self._environment.stdout.flush()
        except BrokenPipeError:
            self._is_closed = True

    def remark(self, text: str = '') -> None:
        """The same for what only people want to know."""
        if not self.is_quiet and not self.is_json:
            self.text(text)

    def note(self, text: str) -> None:
        """Write a line beside the output."""
        self._environment.stderr.write(f'{text}\n')
        self._environment.stderr.flush()

    def data(self, value: object, indent: int | None = 2) -> None:
        """Write JSON; in one line without ``indent``."""
        self.text(json.dumps(value, indent=indent, ensure_ascii=False))

    def record(self, kind: str, /, **values: object) -> None:
        """Write one of several JSON documents, where these are wanted."""
        if self.is_json:
            self.data({'type': kind, **values}, indent=None)

    def signed(self, text: str) -> None:
        """Write the text of a plan."""
        if self.console is None:
            self.text(text)
            return
        from rich.text import Text

        for line in text.splitlines():
            self.console.print(Text(line, style=SIGN_STYLES.get(line[:1], '')), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table."""
        rows = list(rows)
        if self.console is None:
            self.text(plain_table(columns, rows))
            return
        self.console.print(rich_table(columns, rows))

    def ask(self, question: str) -> str:
        """What somebody answers; nothing at the end of the input."""
        self._environment.stdout.write(f'{question} ')
        self._environment.stdout.flush()
        return self._environment.stdin.readline().strip()


def _console(environment: Environment, colours: bool) -> Console | None:
    """What shows colours and progress; ``None`` for plain text."""
    stream = environment.stdout
    if not stream.isatty() or environment.variables.get('TERM') == 'dumb':
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    without = not colours or bool(environment.variables.get('NO_COLOR'))
    return Console(file=stream, no_color=without, highlight=False, markup=False, emoji=False)


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of text below their headings."""
    everything = [[column.upper() for column in columns], *rows]
    widths = [max(len(row[number]) for row in everything) for number in range(len(columns))]
    return '\n'.join(
        '  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in everything
    )


def rich_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Any:
    """The same with colours."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*(column.upper() for column in columns), box=None, pad_edge=False, header_style='bold')
    for row in rows:
        table.add_row(*(Text(cell, style=STATE_STYLES.get(cell.split(' ')[0], '')) for cell in row))
    return table
