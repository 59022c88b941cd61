"""Work in threads, and the account of it."""

from __future__ import annotations

import threading
from typing import NamedTuple

from dockermap.map.execute.account import Account
from dockermap.map.execute.pool import Outcome, Pool


def test_side_by_side_is_in_other_threads_at_the_same_time() -> None:
    pool: Pool[str] = Pool()
    together = threading.Barrier(3)
    for key in 'ab':
        pool.begin(key, lambda: together.wait(5))
    together.wait(5)
    outcomes = [pool.take(5), pool.take(5)]
    assert {outcome.key for outcome in outcomes if outcome} == {'a', 'b'}
    assert pool.running == 0


def test_errors_are_handed_out() -> None:
    error = ValueError('broken')

    def work() -> None:
        raise error

    pool: Pool[str] = Pool()
    pool.begin('a', work)
    assert pool.take(5) == Outcome('a', error)


def test_what_ends_the_program_is_handed_out_of_a_thread() -> None:
    def work() -> None:
        raise KeyboardInterrupt

    pool: Pool[str] = Pool()
    pool.begin('a', work)
    outcome = pool.take(5)
    assert outcome is not None
    assert isinstance(outcome.error, KeyboardInterrupt)


def test_nothing_may_have_ended_yet() -> None:
    gate = threading.Event()
    pool: Pool[str] = Pool()
    pool.begin('a', gate.wait)
    assert pool.take(0) is None
    assert pool.running == 1
    gate.set()
    assert pool.take(5) == Outcome('a', None)


class Deed(NamedTuple):
    name: str
    result: object = None


def test_deeds_are_told_in_the_order_of_the_plan() -> None:
    account: Account[Deed] = Account()
    for place in ((2, 0), (0, 1), (1, 0), (0, 0)):
        account.add(place, Deed(str(place), 1))
    assert [deed.name for deed in account.outputs()] == ['(0, 0)', '(0, 1)', '(1, 0)', '(2, 0)']


def test_only_deeds_with_a_result_are_results() -> None:
    account: Account[Deed] = Account()
    account.add((0, 0), Deed('a'))
    account.add((0, 1), Deed('b', {}))
    assert account.results() == [Deed('b', {})]


def test_what_was_put_back_is_no_deed() -> None:
    account: Account[Deed] = Account()
    account.add((0, 0), Deed('a'), [0, 1])
    account.add((1, 0), Deed('b'), [2])
    account.close({1})
    assert account.outputs() == [Deed('b')]


def test_numbers_of_another_plan_are_others() -> None:
    account: Account[Deed] = Account()
    account.add((0, 0), Deed('pulled'), [0])
    account.close(())
    account.add((0, 0), Deed('a'), [0])
    account.close({0})
    assert account.outputs() == [Deed('pulled')]
