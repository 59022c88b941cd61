"""Which operations can begin."""

from __future__ import annotations

from collections.abc import Iterable

from dockermap.map.execute.schedule import Schedule
from dockermap.map.plan.operation import Operation
from tests.unit.execute.fakes import numbered, operation


def schedule(*operations: Operation, **limits: int) -> Schedule:
    found = numbered(*operations)
    return Schedule(found, list(found), limits or {'main': 4})


def begun(found: Schedule, allowed: Iterable[int] | None = None) -> list[int]:
    """All that can begin now."""
    numbers = []
    while (operation := found.begin(allowed)) is not None:
        numbers.append(operation.number)
    return numbers


def test_what_needs_nothing_begins_at_once() -> None:
    assert begun(schedule(operation(0), operation(1), operation(2, [0]))) == [0, 1]


def test_a_client_has_its_limit() -> None:
    assert begun(schedule(*map(operation, range(5)), main=2)) == [0, 1]


def test_a_place_is_free_when_something_has_ended() -> None:
    found = schedule(*map(operation, range(5)), main=2)
    begun(found)
    found.end(1)
    assert begun(found) == [2]


def test_clients_do_not_take_places_from_each_other() -> None:
    operations = [operation(number, client='even' if number % 2 == 0 else 'odd') for number in range(8)]
    assert begun(schedule(*operations, even=1, odd=3)) == [0, 1, 3, 5]


def test_a_client_without_limit_does_one_thing_at_a_time() -> None:
    assert begun(schedule(operation(0, client='other'), operation(1, client='other'), main=4)) == [0]


def test_what_waits_begins_when_all_that_it_needs_is_released() -> None:
    found = schedule(operation(0), operation(1), operation(2, [0, 1]))
    begun(found)
    found.end(0)
    found.release(0)
    assert begun(found) == []
    found.end(1)
    found.release(1)
    assert begun(found) == [2]


def test_an_end_alone_releases_nothing() -> None:
    found = schedule(operation(0), operation(1, [0]))
    begun(found)
    found.end(0)
    assert begun(found) == []


def test_one_at_a_time_keeps_the_order_even_if_something_later_could_begin() -> None:
    operations = [operation(0, client='other'), operation(1, [0]), operation(2)]
    assert begun(schedule(*operations, main=1, other=1)) == [0]
    assert begun(schedule(*operations, main=2, other=1)) == [0, 2]


def test_one_at_a_time_goes_on_behind_what_was_dropped() -> None:
    found = schedule(operation(0, client='other'), operation(1, [0]), operation(2), main=1, other=1)
    begun(found)
    assert found.drop([1]) == [1]
    assert begun(found) == [2]


def test_the_first_one_of_the_plan_begins_first() -> None:
    found = Schedule(numbered(operation(7), operation(3), operation(5)), [5, 7, 3], {'main': 4})
    assert begun(found) == [5, 7, 3]


def test_only_what_is_allowed_begins() -> None:
    assert begun(schedule(*map(operation, range(4))), [1, 3]) == [1, 3]


def test_only_what_is_allowed_begins_one_at_a_time() -> None:
    assert begun(schedule(*map(operation, range(4)), main=1), [1, 3]) == [1]


def test_what_has_begun_cannot_be_dropped() -> None:
    found = schedule(operation(0), operation(1, [0]))
    begun(found)
    assert found.drop([0, 1]) == [1]


def test_users_are_all_that_wait_directly_or_not() -> None:
    assert schedule(operation(0), operation(1, [0]), operation(2, [1]), operation(3)).users(0) == {1: 0, 2: 0}


def test_added_ones_come_one_after_the_other() -> None:
    found = schedule(operation(0))
    begun(found)
    found.end(0)
    found.add([operation(10), operation(11)])
    assert begun(found) == [10]
    found.end(10)
    found.release(10)
    assert begun(found) == [11]


def test_what_waits_is_told_in_the_order_of_the_plan() -> None:
    found = Schedule(numbered(operation(7), operation(3), operation(5)), [5, 7, 3], {'main': 1})
    assert list(found.waiting()) == [5, 7, 3]


def test_what_is_left_out_is_told_in_the_order_of_the_plan() -> None:
    found = Schedule(numbered(*map(operation, range(4))), [2, 0, 3, 1], {'main': 1})
    assert list(found.waiting()) == [2, 0, 3, 1]
    assert found.drop([0, 1, 2]) == [2, 0, 1]
    assert list(found.waiting()) == [3]
