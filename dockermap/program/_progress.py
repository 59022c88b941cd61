"""Shows how far a call is: with a row for each item on a terminal, with a line for each change elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from ._board import (  # fmt: skip
    ACTIVE,
    BACK,
    DONE,
    FAILED,
    LEFT,
    STOPPED,
    WAITING,
    Board,
    Row,
    duration,
    reasons,
    row_name,
    row_text,
)
from ._plans import item_document

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from ..map.execute.events import ActionEvent
    from ..map.plan import Plan
    from ._output import Output

STYLES = {ACTIVE: 'cyan', DONE: 'green', FAILED: 'bold red', BACK: 'yellow', STOPPED: 'yellow', LEFT: 'dim'}
MARKS = {WAITING: ' ', ACTIVE: '>', DONE: '✓', FAILED: '✗', BACK: '↩', STOPPED: '!', LEFT: '-'}
BAR = 20
_OTHER_LINES = 4


class Shown:
    """A call that is shown while it is carried out.

    :ivar error: What it ended with, if it did not succeed; set by whoever carries it out.
    """

    def __init__(self, output: Output, plan: Plan | None, clock: Callable[[], float]) -> None:
        self.board = Board(plan, clock())
        self.error: BaseException | None = None
        self._output = output

    def take(self, event: ActionEvent) -> None:
        """Take an event from the library."""
        row = self.board.take(event)
        if self._output.is_json:
            tell(self._output, self.board, event)
        elif self._output.console is None:
            _line(self._output, self.board, row)


@contextmanager
def progress(output: Output, plan: Plan | None, clock: Callable[[], float] = time.time) -> Iterator[Shown]:
    """What takes events and shows them; how everything ended is shown in the end."""
    shown = Shown(output, plan, clock)
    with _live(output, shown.board, clock):
        yield shown
    shown.board.close(shown.error, clock())
    if not output.is_json:
        show_end(output, shown.board, clock())


def _live(output: Output, board: Board, clock: Callable[[], float]) -> AbstractContextManager[object]:
    console = output.console
    if console is None or output.is_quiet:
        return nullcontext()
    from rich.live import Live

    return Live(
        console=console,
        get_renderable=lambda: screen(console, board, clock()),
        refresh_per_second=8,
        transient=True,
        redirect_stderr=False,
        redirect_stdout=False,
    )


def tell(output: Output, board: Board, event: ActionEvent) -> None:
    """Write an event as data."""
    board.take(event)
    row = board.rows[event.client_name, event.config_id]
    output.record(
        'event',
        event=event.kind,
        **item_document(event.client_name, event.config_id, row.name),
        call=event.call,
        detail=str(event.detail),
        time=round(event.time, 3),
    )


def _line(output: Output, board: Board, row: Row | None) -> None:
    if row is not None and (row.state == DONE or (row.state == ACTIVE and row.running)):
        seconds = row.seconds(row.end or 0) if row.state == DONE else None
        time_text = f' ({duration(seconds)})' if seconds is not None else ''
        output.remark(f'{row.kind} {row_name(row, board.several_clients)}: {row_text(row)}{time_text}')


def screen(console: Console, board: Board, now: float) -> RenderableType:
    """What a terminal shows meanwhile: as many rows as it has lines, those first that something is done about."""
    from rich.console import Group

    rows = list(board.rows.values())
    room = max(console.height - _OTHER_LINES, 3)
    left_out = []
    if len(rows) > room:
        # What is being done, and what went wrong, is more than what is over and what has not begun.
        chosen = {id(row) for row in sorted(rows, key=_rank)[: room - 1]}
        left_out = [row for row in rows if id(row) not in chosen]
        rows = [row for row in rows if id(row) in chosen]
    lines = _lines(rows, board, now, console.width)
    return Group(*lines, *_remainder(left_out), _total(board, now))


def _rank(row: Row) -> int:
    if row.state == ACTIVE and not row.running:
        return 3
    return {FAILED: 0, ACTIVE: 1, BACK: 2, STOPPED: 2, WAITING: 4, LEFT: 5, DONE: 6}[row.state]


def _lines(rows: list[Row], board: Board, now: float, width: int) -> list[Text]:
    from rich.text import Text

    kinds = max((len(row.kind) for row in rows), default=0)
    names = min(max((len(row_name(row, board.several_clients)) for row in rows), default=0), max(width // 2 - kinds, 8))
    found = []
    for row in rows:
        style = STYLES.get(row.state, '')
        line = Text(f'{MARKS[row.state]} {row.kind:{kinds}}  ', no_wrap=True, overflow='ellipsis')
        line.append(f'{_cut(row_name(row, board.several_clients), names):{names}}  ')
        share = row.share if row.state == ACTIVE and row.text == 'pulling' else None
        if share is not None:
            done = int(share * BAR)
            line.append(f'{"━" * done}', 'cyan').append(f'{"─" * (BAR - done)} ', 'dim')
        line.append(row_text(row, brief=True), style)
        seconds = row.seconds(now)
        if seconds is not None and seconds >= 0.1:
            line.append(f'  {duration(seconds)}', 'dim')
        found.append(line)
    return found


def _print_below(console: Console, line: str, style: str) -> None:
    """Write a line of a reason; where it is long, all of it stands below its item."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(line.strip(), style=style), (0, 0, 0, 4 + len(line) - len(line.lstrip())), expand=False))


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else f'{name[: width - 1]}…'


def _remainder(rows: list[Row]) -> Iterator[Text]:
    from rich.text import Text

    if rows:
        counts = ((sum(row.state == state for row in rows), state) for state in MARKS)
        text = ', '.join(f'{count} {state}' for count, state in counts if count)
        yield Text(f'  and {text}', 'dim')


def _total(board: Board, now: float) -> Text:
    from rich.text import Text

    over = sum(row.state not in (WAITING, ACTIVE) for row in board.rows.values())
    return Text(f'{over} of {len(board.rows)}, {duration(now - board.begin)}', 'bold')


def show_end(output: Output, board: Board, now: float) -> None:
    """Write how everything ended; reasons stand below their items."""
    failed = any(row.state != DONE for row in board.rows.values())
    rows: list[Any] = list(board.rows.values())
    if output.console is None or output.is_quiet:
        for row, lines in reasons(board.of(FAILED, BACK, STOPPED, LEFT)):
            output.text(f'{row.kind} {row_name(row, board.several_clients)}: {row_text(row)}')
            for line in lines if row.state != LEFT else ():
                output.text(f'    {line}')
    else:
        texts = _lines(rows, board, now, output.console.width)
        for (row, lines), text in zip(reasons(rows), texts, strict=True):
            output.console.print(text, no_wrap=True, overflow='ellipsis')
            for line in lines:
                _print_below(output.console, line, 'red' if row.reason else 'dim')
    if failed or not output.is_quiet:
        output.text(board.summary(now))
