"""How far a call is: one row for each item, kept up to date by events."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..map._describe import item_name
from ._errors import reason

if TYPE_CHECKING:
    from ..map.execute.events import ActionEvent
    from ..map.input import MapConfigId
    from ..map.plan import Plan

WAITING, ACTIVE, DONE, FAILED, LEFT, BACK, STOPPED = (
    'waiting', 'active', 'done', 'failed', 'not attempted', 'put back', 'interrupted',
)  # fmt: skip
NOT_NEEDED = 'not needed'

_WORDS = {
    'connect_container_to_network': 'connecting',
    'create_container': 'creating',
    'create_network': 'creating',
    'create_volume': 'creating',
    'disconnect_container_from_network': 'disconnecting',
    'exec_create': 'running commands',
    'exec_run': 'running commands',
    'exec_start': 'running commands',
    'kill': 'sending a signal',
    'login': 'logging in',
    'pull': 'pulling',
    'remove_container': 'removing',
    'remove_network': 'removing',
    'remove_volume': 'removing',
    'rename': 'replacing',
    'restart': 'restarting',
    'start': 'starting',
    'stop': 'stopping',
    'update_container': 'changing',
    'wait': 'waiting',
}
_ENDED = {'create_container': 'created', 'pull': 'pulled', 'start': 'started', 'stop': 'stopped'}
_AWAITED = {'be healthy': 'is healthy', 'run': 'runs', 'run to its end': 'has run to its end', 'work': 'works'}
_LOADING = ('Downloading', 'Extracting')
_LOADED = ('Download complete', 'Pull complete', 'Already exists', 'Verifying Checksum')

Key = tuple[str, 'MapConfigId']


@dataclass
class Row:
    """One item, and what is being done about it."""

    kind: str
    name: str
    client_name: str
    state: str = WAITING
    text: str = ''
    reason: str = ''
    planned: int = 0
    ended: int = 0
    running: int = 0
    begin: float | None = None
    end: float | None = None
    layers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def seconds(self, now: float) -> float | None:
        """How long it has taken so far, or in all."""
        return None if self.begin is None else (now if self.end is None else self.end) - self.begin

    @property
    def share(self) -> float | None:
        """How much of an image is there, as far as the engine has told."""
        total = sum(size for _, size in self.layers.values())
        return sum(there for there, _ in self.layers.values()) / total if total else None


class Board:
    """Rows of the items of a plan. Events may come from several threads, though not at a time.

    :param plan: Without one, there are rows of what something happens to.
    :param begin: Seconds since the epoch.
    """

    def __init__(self, plan: Plan | None, begin: float) -> None:
        self.begin = begin
        self.rows: dict[Key, Row] = {}
        self._lock = threading.Lock()
        items = () if plan is None else plan.items
        self.several_clients = plan is None or len({item.client_name for item in items}) > 1
        for item in items:
            kind = item.config_id.config_type.value
            self.rows[item.client_name, item.config_id] = Row(kind, item.name, item.client_name)

    def take(self, event: ActionEvent) -> Row | None:
        """Note an event; returns the row if its text has changed."""
        with self._lock:
            row = self._row(event.client_name, event.config_id)
            before = row.state, row.text
            change = getattr(self, f'_{event.kind}', None)
            if change is not None:
                change(row, event)
            return row if (row.state, row.text) != before else None

    def _row(self, client_name: str, config_id: MapConfigId) -> Row:
        key = client_name, config_id
        if key not in self.rows:
            self.rows[key] = Row(config_id.config_type.value, item_name(config_id), client_name)
        return self.rows[key]

    def _planned(self, row: Row, event: ActionEvent) -> None:
        row.planned += 1
        if row.state == DONE:
            row.state, row.text, row.end = WAITING, '', None

    def _started(self, row: Row, event: ActionEvent) -> None:
        if event.call != 'wait' or row.state != ACTIVE:
            row.text = _WORDS.get(event.call, event.call)
        row.state = ACTIVE
        row.running += 1
        row.begin = event.time if row.begin is None else row.begin

    def _waiting(self, row: Row, event: ActionEvent) -> None:
        awaited, end = event.detail.partition(', for ')[0], event.detail.removeprefix(f'{row.name} to ')
        own = _AWAITED.get(end.partition(', for ')[0])
        row.text = f'waiting until it {own}' if own else f'waiting for {awaited}'

    def _progress(self, row: Row, event: ActionEvent) -> None:
        layer, current, total = (getattr(event.detail, name, None) for name in ('layer', 'current', 'total'))
        text = str(event.detail)
        if layer and current is not None and total and _LOADING[0] in text:
            row.layers[layer] = (current, total)
        elif layer in row.layers and any(word in text for word in (*_LOADED, _LOADING[1])):
            size = row.layers[layer][1]
            row.layers[layer] = (size, size)

    def _finished(self, row: Row, event: ActionEvent) -> None:
        row.ended += 1
        row.running -= 1
        if not row.running:
            row.text = _ENDED.get(event.call, row.text)
        self._end(row, event)

    def _skipped(self, row: Row, event: ActionEvent) -> None:
        row.ended += 1
        if event.detail == NOT_NEEDED:
            self._end(row, event)
        elif row.state not in (FAILED, BACK):
            row.state, row.text, row.end = LEFT, event.detail, event.time

    def _failed(self, row: Row, event: ActionEvent) -> None:
        row.ended += 1
        row.running -= 1
        row.state, row.text, row.end = FAILED, '', event.time

    def _undone(self, row: Row, event: ActionEvent) -> None:
        row.state, row.text, row.end = BACK, '', event.time

    def _end(self, row: Row, event: ActionEvent) -> None:
        if row.ended >= row.planned and row.state in (ACTIVE, WAITING):
            row.state, row.text, row.end = DONE, '', event.time

    def close(self, error: BaseException | None, now: float) -> None:
        """Note how the call ended: reasons, what was left, and what was put back."""
        with self._lock:
            for failure in getattr(error, 'failures', ()) or ([error] if isinstance(error, Exception) else []):
                self._note_failure(failure)
            for row in self.rows.values():
                if error is not None and row.state in (WAITING, ACTIVE):
                    interrupted = row.state == ACTIVE
                    row.state, row.text = (STOPPED if interrupted else LEFT), ''
                    row.end = now if interrupted else None

    def _note_failure(self, failure: Any) -> None:
        config_id, client_name = getattr(failure, 'config_id', None), getattr(failure, 'client_name', None)
        if config_id is None or client_name is None:
            return
        row = self._row(client_name, config_id)
        row.reason = reason(failure)
        if row.state != BACK:
            row.state, row.text = FAILED, ''

    def of(self, *states: str) -> list[Row]:
        """Rows in these states."""
        return [row for row in self.rows.values() if row.state in states]

    def summary(self, now: float) -> str:
        """How many items there are of each state, and how long it took."""
        counts = ((len(self.of(state)), state) for state in (DONE, FAILED, BACK, STOPPED, LEFT))
        told = ', '.join(f'{count} {state}' for count, state in counts if count)
        return f'{told or "Nothing done"} in {duration(now - self.begin)}.'


def duration(seconds: float) -> str:
    """A time as people say it."""
    return f'{seconds:.1f} s' if seconds < 60 else f'{int(seconds // 60)} min {int(seconds % 60)} s'


def row_text(row: Row, brief: bool = False) -> str:
    """What is said about a row.

    :param brief: Without the reason why it was not attempted.
    """
    if row.state == ACTIVE:
        share = row.share
        return row.text if share is None or row.text != 'pulling' else f'pulling, {share:.0%}'
    text = {STOPPED: 'interrupted'}.get(row.state, row.state)
    return f'{text}: {row.text}' if row.text and row.state == LEFT and not brief else text


def row_name(row: Row, several_clients: bool) -> str:
    """Name of an item, with its client where there are several."""
    return f'{row.name} on {row.client_name}' if several_clients else row.name


def reasons(rows: Iterable[Row]) -> Iterator[tuple[Row, Sequence[str]]]:
    """Rows with the lines of their reasons; what follows from another reason does not repeat it."""
    told: list[str] = []
    for row in rows:
        text = row.reason or (row.text if row.state == LEFT else '')
        for known in told:
            text = text.replace(known, 'see above')
        if row.reason:
            told.append(row.reason)
        yield row, text.splitlines()
