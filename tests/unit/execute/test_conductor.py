"""Carrying operations out side by side, and what a failure means for the others."""

from __future__ import annotations

import random

import pytest

from dockermap.map.execute.conductor import CONTINUE, STOP
from dockermap.map.plan.operation import Operation
from tests.unit.execute.fakes import FakeOwner, Performance, operation

BROKEN = ValueError('broken')


def test_everything_is_carried_out() -> None:
    found = Performance(operation(0), operation(1, [0]), operation(2)).run()
    assert sorted(found.executor.done) == sorted(found.owner.finished_numbers) == [0, 1, 2]
    assert found.skipped == {}


def test_what_is_independent_begins_before_anything_has_ended() -> None:
    found = Performance(operation(0), operation(1, [0]), operation(2)).run()
    assert found.pool.history[:2] == [('begin', 0), ('begin', 2)]


def test_one_at_a_time_is_the_order_of_the_plan() -> None:
    operations = [operation(number, client='ab'[number % 2]) for number in range(6)]
    found = Performance(*operations, limits={'a': 1, 'b': 1}, ends=[1, 0]).run()
    assert [number for number in found.begun if number % 2 == 0] == [0, 2, 4]
    assert [number for number in found.begun if number % 2] == [1, 3, 5]


def test_no_more_run_than_the_limit_says() -> None:
    found = Performance(*map(operation, range(9)), limits={'main': 3}).run()
    assert found.pool.most == 3
    assert len(found.executor.done) == 9


def test_each_client_has_its_own_limit() -> None:
    operations = [operation(number, client='ab'[number % 2]) for number in range(12)]
    found = Performance(*operations, limits={'a': 2, 'b': 3}).run()
    assert found.pool.most == 5


@pytest.mark.parametrize('seed', range(200))
def test_whatever_ends_first_nothing_begins_before_what_it_needs_has_ended(seed: int) -> None:
    source = random.Random(seed)
    count = source.randint(1, 25)
    operations = [
        operation(number, source.sample(range(number), min(number, source.randint(0, 3))), source.choice('ab'))
        for number in range(count)
    ]
    limits = {name: source.randint(1, 5) for name in 'ab'}
    found = Performance(*operations, limits=limits, ends=source.sample(range(count), count)).run()
    ended: set[int] = set()
    running = dict.fromkeys('ab', 0)
    for event, number in found.pool.history:
        one = operations[number]
        running[one.client_name] += 1 if event == 'begin' else -1
        assert running[one.client_name] <= limits[one.client_name]
        if event == 'begin':
            assert ended.issuperset(one.needs)
        else:
            ended.add(number)
    assert ended == set(range(count))


@pytest.mark.parametrize('on_error', [STOP, CONTINUE])
def test_what_needs_a_failed_operation_is_skipped_with_the_reason(on_error: str) -> None:
    operations = [operation(0), operation(1, [0]), operation(2, [1])]
    found = Performance(*operations, failing={0: BROKEN}, on_error=on_error).run()
    assert found.skipped == dict.fromkeys((1, 2), 'needs start for container shop.c0, which failed')
    assert found.executor.skipped == [*found.skipped.items()]


def test_after_a_failure_nothing_else_begins() -> None:
    operations = [operation(0), operation(1), operation(2), operation(3)]
    found = Performance(*operations, limits={'main': 2}, failing={0: BROKEN}).run()
    assert found.begun == [0, 1]
    assert found.skipped == dict.fromkeys((2, 3), 'nothing else was begun after the failure')


def test_what_runs_beside_a_failure_is_finished() -> None:
    found = Performance(operation(0), operation(1), ends=[0, 1], failing={0: BROKEN}).run()
    assert found.owner.finished_numbers == [1]


def test_an_item_that_was_begun_is_finished() -> None:
    operations = [operation(0), operation(1), operation(2, [1]), operation(3, [2]), operation(4)]
    groups = [[0], [1, 2, 3], [4]]
    found = Performance(*operations, limits={'main': 2}, ends=[0], failing={0: BROKEN}, groups=groups).run()
    assert found.owner.finished_numbers == [1, 2, 3]
    assert [*found.skipped] == [4]


def test_an_item_that_was_begun_is_left_where_it_needs_what_was_not_begun() -> None:
    operations = [operation(0), operation(1), operation(2), operation(3, [1, 2])]
    groups = [[0], [1, 3], [2]]
    found = Performance(*operations, limits={'main': 2}, ends=[0], failing={0: BROKEN}, groups=groups).run()
    assert found.owner.finished_numbers == [1]
    assert [*found.skipped] == [2, 3]


def test_continuing_does_all_that_does_not_need_what_failed() -> None:
    operations = [operation(0), operation(1, [0]), operation(2), operation(3, [2]), operation(4, [1, 3])]
    found = Performance(*operations, limits={'main': 1}, failing={0: BROKEN}, on_error=CONTINUE).run()
    assert found.executor.done == [2, 3]
    assert [*found.skipped] == [1, 4]


def test_failures_are_told_as_they_happen() -> None:
    errors: dict[int, BaseException] = {number: ValueError(str(number)) for number in range(3)}
    found = Performance(*map(operation, range(3)), failing=errors, ends=[2, 0, 1], on_error=CONTINUE).run()
    assert [number for number, _ in found.owner.failures] == [2, 0, 1]


def test_an_answer_that_cannot_be_read_is_a_failure() -> None:
    owner = FakeOwner(unreadable={0: BROKEN})
    found = Performance(operation(0), operation(1, [0]), owner=owner).run()
    assert owner.failures == [(0, BROKEN)]
    assert [*found.skipped] == [1]


def replaced(*replacement: Operation, **more: object) -> Performance:
    """The first of two operations of an item fails, and others take its place; operation 2 needs the item."""
    owner = FakeOwner({0: replacement})
    failing = {0: BROKEN, **more.pop('failing', {})}  # type: ignore[dict-item]
    operations = [operation(0), operation(1, [0]), operation(2, [1]), operation(3)]
    return Performance(
        *operations,
        failing=failing,  # type: ignore[arg-type]
        groups=[[0, 1], [2], [3]],
        owner=owner,
        **more,  # type: ignore[arg-type]
    ).run()


def test_what_takes_the_place_of_an_item_comes_before_what_needs_it() -> None:
    found = replaced(operation(10), operation(11), ends=[0])
    order = found.executor.done
    assert order.index(10) < order.index(11) < order.index(2)
    assert 1 not in order
    assert found.skipped == {}


def test_a_failure_that_does_not_matter_lets_the_others_go_on() -> None:
    found = replaced()
    assert sorted(found.executor.done) == [2, 3]
    assert found.skipped == {}


def test_what_needs_an_item_is_skipped_where_its_second_try_fails() -> None:
    found = replaced(operation(10), operation(11), failing={10: BROKEN}, on_error=CONTINUE)
    assert found.executor.done == [3]
    assert found.skipped[2] == 'needs start for container shop.c10, which failed'


def test_what_is_left_out_is_not_waited_for() -> None:
    found = Performance(operation(0), operation(1, client='gone'), operation(2, [1]), failing={0: BROKEN})
    first = found.operations[0]
    found.owner = FakeOwner({0: ()}, when_failed=lambda _: found.conductor.leave_out([1], first, ends_others=False))
    found.conductor._limits = {'main': 1, 'gone': 0}  # type: ignore[assignment]
    found.run()
    assert found.executor.done == [2]
    assert found.skipped == {1: 'the client could not be reached any more'}


def test_an_end_of_the_program_begins_nothing_new() -> None:
    found = Performance(*map(operation, range(5)), limits={'main': 2}, failing={0: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        found.run()
    assert found.begun == [0, 1]
    assert found.owner.finished_numbers == [1]


def test_a_single_call_that_ends_the_program_is_not_waited_for() -> None:
    found = Performance(operation(0), operation(1, [0]), failing={0: SystemExit(1)})
    with pytest.raises(SystemExit):
        found.run()
    assert found.begun == [0]
