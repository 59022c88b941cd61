"""Rows of items follow what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.execute.events import ActionEvent, TransferProgress
from dockermap.map.yaml import load_map
from dockermap.program._board import ACTIVE, DONE, LEFT, WAITING, Board, Row, duration, reasons, row_text
from dockermap.testing import InMemoryClient, InMemoryEngine


@pytest.fixture
def board(engine: InMemoryEngine) -> Board:
    engine.registry('docker.io').publish('remote:1')
    host = ClientConfiguration(client=engine.client(), version='1.41')
    client = MappingDockerClient(load_map('{name: shop, web: {image: "remote:1"}}'), host)
    return Board(client.plan('update', '__all__'), 0)


@pytest.fixture
def tell(board: Board) -> Callable[..., Row | None]:
    """Tells an event of the item of a kind, one second after the other."""
    times = iter(range(1, 100))

    def tell(item: str, kind: str, call: str, detail: str = '') -> Row | None:
        client_name, config_id = next(key for key, row in board.rows.items() if row.kind == item)
        return board.take(ActionEvent(kind, client_name, config_id, call, detail, float(next(times))))

    return tell


def row(board: Board, kind: str) -> Row:
    return next(row for row in board.rows.values() if row.kind == kind)


def loading(layer: str, text: str, current: int | None = None, total: int | None = None) -> TransferProgress:
    return TransferProgress(f'{layer}: {text}', layer, current, total)


def test_the_share_of_a_pull_is_that_of_all_layers_so_far(board: Board, tell: Any) -> None:
    for kind, detail in (
        ('planned', ''),
        ('started', ''),
        ('progress', loading('a', 'Downloading', 50, 100)),
        ('progress', loading('b', 'Downloading', 0, 300)),
    ):
        tell('image', kind, 'pull', detail)
    assert row_text(row(board, 'image')) == 'pulling, 12%'

    tell('image', 'progress', 'pull', loading('a', 'Extracting', 10, 100))
    assert row_text(row(board, 'image')) == 'pulling, 25%'

    tell('image', 'finished', 'pull')
    assert (row(board, 'image').state, row(board, 'image').seconds(99)) == (DONE, 4.0)


def test_a_row_says_what_is_being_done_and_what_was_done_last(board: Board, tell: Any) -> None:
    states = []
    for kind, call, detail in (
        ('planned', 'create_container', ''),
        ('planned', 'start', ''),
        ('planned', 'wait', ''),
        ('started', 'create_container', ''),
        ('finished', 'create_container', ''),
        ('started', 'start', ''),
        ('finished', 'start', ''),
        ('started', 'wait', ''),
        ('waiting', 'wait', 'shop.web to be healthy, for 120 seconds at most'),
        ('finished', 'wait', ''),
    ):
        tell('container', kind, call, detail)
        states.append(row_text(row(board, 'container')))

    assert states == [
        'waiting', 'waiting', 'waiting', 'creating', 'created', 'starting', 'started', 'started',
        'waiting until it is healthy', 'done',
    ]  # fmt: skip


def test_what_waits_for_another_one_says_for_which(board: Board, tell: Any) -> None:
    tell('container', 'planned', 'wait')
    tell('container', 'started', 'wait')
    tell('container', 'waiting', 'wait', 'shop.db to be healthy, for 120 seconds at most')

    assert row_text(row(board, 'container')) == 'waiting for shop.db to be healthy'


def test_what_was_not_needed_counts_as_done(board: Board, tell: Any) -> None:
    tell('container', 'planned', 'wait')
    tell('container', 'skipped', 'wait', 'not needed')

    assert row(board, 'container').state == DONE


def test_what_was_not_attempted_says_why(board: Board, tell: Any) -> None:
    tell('container', 'planned', 'start')
    tell('container', 'skipped', 'start', 'needs pull for image remote:1, which failed')

    assert row(board, 'container').state == LEFT
    assert board.summary(65) == '1 not attempted in 1 min 5 s.'


def test_an_end_in_the_middle_tells_what_was_begun_from_what_was_not(board: Board, tell: Any) -> None:
    tell('image', 'planned', 'pull')
    tell('image', 'started', 'pull')
    assert (row(board, 'image').state, row(board, 'container').state) == (ACTIVE, WAITING)

    board.close(KeyboardInterrupt(), 9)

    assert board.summary(9) == '1 interrupted, 1 not attempted in 9.0 s.'


def test_a_reason_that_stands_above_is_not_repeated() -> None:
    first, second = Row('container', 'a', 'c', reason='It is broken.'), Row('container', 'b', 'c')
    second.reason = 'Could not start container b: It is broken.'

    assert [lines for _, lines in reasons([first, second])] == [
        ['It is broken.'],
        ['Could not start container b: see above'],
    ]


@pytest.mark.parametrize(('seconds', 'text'), [(0.04, '0.0 s'), (59.9, '59.9 s'), (61, '1 min 1 s')])
def test_times_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


class MessageClient(InMemoryClient):
    """A client that hands messages on as the library's own one does."""

    def pull(self, repository: str, tag: str | None = None, *, on_message: Any = None, **options: Any) -> Any:
        for message in (
            {'status': 'Pulling from remote', 'id': '1'},
            {'status': 'Downloading', 'id': 'abc', 'progressDetail': {'current': 5, 'total': 10}},
        ):
            if on_message is not None:
                on_message(message)
        return super().pull(repository, tag, **options)


def test_progress_of_a_pull_is_told_with_layer_and_bytes(engine: InMemoryEngine) -> None:
    engine.registry('docker.io').publish('remote:1')
    reader = engine.client()
    reader.__class__ = MessageClient
    events: list[ActionEvent] = []
    client = MappingDockerClient(
        load_map('{name: shop, web: {image: "remote:1"}}'), ClientConfiguration(client=reader, version='1.41')
    )

    client.update('web', listener=events.append)

    told = [event.detail for event in events if event.kind == 'progress']
    assert told == ['1: Pulling from remote', 'abc: Downloading 5 of 10 bytes']
    assert [(detail.layer, detail.current, detail.total) for detail in told] == [('1', None, None), ('abc', 5, 10)]
