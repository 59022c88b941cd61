from __future__ import annotations

import copy
import operator
import pickle
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dockermap.functional import (
    AbstractLazyObject,
    LazyOnceObject,
    SimpleLazyObject,
    expand_type_name,
    lazy,
    lazy_once,
    lazy_type,
    register_type,
    resolve_deep,
    resolve_value,
    type_registry,
    uses_type_registry,
)


class Secret:
    def __init__(self, text: str) -> None:
        self.text = text


class SubSecret(Secret):
    pass


def late(value: Any) -> AbstractLazyObject:
    return lazy(lambda: value)


@pytest.mark.parametrize(
    ('short', 'long'),
    [
        (lazy, SimpleLazyObject),
        (lazy_once, LazyOnceObject),
        (lazy_type, AbstractLazyObject),
    ],
)
def test_each_short_name_is_the_class(short: Any, long: Any) -> None:
    assert short is long


def test_a_simple_late_value_calls_its_function_each_time(counting: Any) -> None:
    value = lazy(counting, 3)

    assert [value(), value.get(), value.value] == [3, 3, 3]
    assert counting.calls == 3


@pytest.mark.parametrize('result', [3, None])
def test_a_late_value_for_once_calls_its_function_once(counting: Any, result: Any) -> None:
    value = lazy_once(counting, result)

    assert not value.evaluated
    assert [value(), value.get()] == [result, result]
    assert value.evaluated
    assert counting.calls == 1


def test_a_failed_call_is_not_remembered() -> None:
    results = iter([ZeroDivisionError(), 5])

    def once_wrong() -> Any:
        result = next(results)
        if isinstance(result, Exception):
            raise result
        return result

    value = lazy_once(once_wrong)
    with pytest.raises(ZeroDivisionError):
        value.get()
    assert not value.evaluated
    assert value.get() == 5


def test_function_and_arguments_can_be_read(counting: Any) -> None:
    value = lazy(counting, 1, 2, key=3)

    assert (value.func, value.args, value.kwargs) == (counting, (1, 2), {'key': 3})


def test_the_function_is_not_checked_on_construction() -> None:
    with pytest.raises(TypeError):
        lazy('no function').get()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    'use',
    [
        str,
        lambda value: value == 'ab',
        lambda value: value != 'ab',
        lambda value: 'a' in value,
        list,
    ],
)
def test_these_uses_evaluate(counting: Any, use: Any) -> None:
    use(lazy(counting, 'ab'))

    assert counting.calls == 1


@pytest.mark.parametrize('use', [repr, bool, lambda value: value.args])
def test_these_uses_do_not_evaluate(counting: Any, use: Any) -> None:
    use(lazy(counting, 'ab'))

    assert counting.calls == 0


def test_a_late_value_is_always_true() -> None:
    assert bool(late(0)) is True


@pytest.mark.parametrize('use', [len, hash])
def test_length_and_hash_are_refused(use: Any) -> None:
    with pytest.raises(TypeError):
        use(late('ab'))


@pytest.mark.parametrize(('other', 'is_equal'), [(7, True), (8, False), (late(7), True), (late(8), False)])
def test_comparison_evaluates_both_sides(other: Any, is_equal: bool) -> None:
    assert (late(7) == other) is is_equal
    assert (late(7) != other) is not is_equal


def test_a_subclass_may_wrap_its_function() -> None:
    class Doubled(SimpleLazyObject):
        def __init__(self, func: Any) -> None:
            super().__init__(lambda: 2 * func())

    assert Doubled(lambda: 4).get() == 8


def test_the_base_class_is_abstract() -> None:
    with pytest.raises(TypeError):
        AbstractLazyObject(str)  # type: ignore[abstract]


@pytest.mark.parametrize('duplicate', [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
@pytest.mark.parametrize('kind', [lazy, lazy_once])
def test_copies_and_pickles_keep_function_and_arguments(duplicate: Any, kind: Any) -> None:
    value = duplicate(kind(operator.add, 1, 2))

    assert type(value) is kind
    assert (value.func, value.args, value.get()) == (operator.add, (1, 2), 3)


@pytest.mark.parametrize('duplicate', [copy.copy, lambda value: pickle.loads(pickle.dumps(value))])
def test_an_evaluated_result_is_kept(duplicate: Any) -> None:
    value = lazy_once(time.monotonic_ns)
    value.get()

    duplicated = duplicate(value)

    assert duplicated.evaluated
    assert duplicated.get() == value.get()


def test_threads_that_ask_at_the_same_time_get_the_result_of_one_call() -> None:
    calls: list[int] = []
    all_there = threading.Barrier(8)

    def slow() -> int:
        calls.append(1)
        # Others get their turn here.
        time.sleep(0.02)
        return len(calls)

    value = lazy_once(slow)

    def ask(_: int) -> int:
        all_there.wait(10)
        return int(value.get())

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))

    assert (found, calls) == ([1] * 8, [1])


def test_a_pickle_stays_unevaluated() -> None:
    assert not pickle.loads(pickle.dumps(lazy_once(time.monotonic_ns))).evaluated


def test_type_names_are_expanded() -> None:
    assert expand_type_name(str) == 'builtins.str'


def test_a_registered_type_is_found_by_its_full_name(registered_type: Any) -> None:
    registered_type(Secret, operator.attrgetter('text'))

    assert expand_type_name(Secret) in type_registry
    assert resolve_value(Secret('x')) == 'x'


def test_registering_again_replaces_the_function(registered_type: Any) -> None:
    registered_type(Secret, operator.attrgetter('text'))
    registered_type(Secret, lambda secret: 'new')

    assert resolve_value(Secret('x')) == 'new'


@pytest.mark.parametrize('arguments', [('Secret', str), (Secret, 'text')])
def test_only_types_and_functions_can_be_registered(registered_type: Any, arguments: Any) -> None:
    with pytest.raises(ValueError, match='Expected a'):
        register_type(*arguments)


@pytest.mark.parametrize(
    ('value', 'is_registered'),
    [
        (Secret('x'), True),
        (SubSecret('x'), False),
        (late('x'), False),
        ('x', False),
    ],
)
def test_only_the_exact_type_counts_as_registered(registered_type: Any, value: Any, is_registered: bool) -> None:
    registered_type(Secret)

    assert uses_type_registry(value) is is_registered


@pytest.mark.parametrize('value', [None, 5, 'x', [late(1)]])
def test_other_values_resolve_to_themselves(value: Any) -> None:
    assert resolve_value(value) is value


def test_resolving_takes_one_step_only() -> None:
    inner = late(1)

    assert resolve_value(late(inner)) is inner


def test_given_types_replace_the_registry(registered_type: Any) -> None:
    registered_type(Secret, operator.attrgetter('text'))
    secret = Secret('x')

    assert resolve_value(secret, {'builtins.str': len}) is secret
    assert resolve_value('abc', {'builtins.str': len}) == 3


Pair = namedtuple('Pair', ('a', 'b'))


@pytest.mark.parametrize(
    ('values', 'arguments', 'expected'),
    [
        (late(7), {}, 7),
        ([late(1), (late(2), 3)], {}, [1, [2, 3]]),
        ({'p': [late(1)]}, {'max_depth': 2}, {'p': [1]}),
        ((1, (2,)), {'max_depth': 1}, [1, (2,)]),
        ((1, (2,)), {'max_depth': 0}, (1, (2,))),
        (Pair(late(1), 2), {}, [1, 2]),
        (late([late(1)]), {}, [1]),
        ([[[[[late(1)]]]]], {}, [[[[[1]]]]]),
        ('abc', {'types': {'builtins.str': len}}, 3),
        ({'k': 'abc'}, {'types': {'builtins.str': len}}, {1: 3}),
        ({1, 2}, {}, {1, 2}),
        (None, {}, None),
    ],
)
def test_deep_resolution(values: Any, arguments: Any, expected: Any) -> None:
    result = resolve_deep(values, **arguments)

    assert result == expected
    assert type(result) is type(expected)


def test_what_lies_deeper_is_not_evaluated(counting: Any) -> None:
    value = lazy(counting)

    result = resolve_deep({'p': [value]}, max_depth=1)

    assert result['p'][0] is value
    assert counting.calls == 0


def test_given_types_add_to_the_registry_in_deep_resolution(registered_type: Any) -> None:
    registered_type(Secret, operator.attrgetter('text'))

    assert resolve_deep([Secret('x'), 5], types={'builtins.int': str}) == ['x', '5']


def test_nothing_is_left_in_the_registry_by_a_call() -> None:
    resolve_deep(['x'], types={'builtins.str': len})

    assert not uses_type_registry('x')
