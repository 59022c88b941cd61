from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map import input as inputs
from dockermap.map.input import (
    HealthCheck,
    NotSet,
    bool_if_set,
    get_healthcheck,
    get_list,
    get_network_mode,
    is_path,
    read_only,
)

LATE = lazy(lambda: 'x')


class Marker:
    pass


def test_every_name_of_the_module_exists() -> None:
    assert [name for name in inputs.__all__ if not hasattr(inputs, name)] == []


@pytest.mark.parametrize(
    ('value', 'is_one'),
    [
        ('/', True),
        ('/a', True),
        ('./a', True),
        ('.', False),
        ('..', False),
        ('../x', False),
        ('~/x', False),
        ('a', False),
        (LATE, False),
        (5, False),
    ],
)
def test_paths_start_with_a_slash(value: Any, is_one: bool) -> None:
    assert bool(is_path(value)) is is_one


@pytest.mark.parametrize('function', [is_path, read_only])
@pytest.mark.parametrize('value', ['', None, False, 0])
def test_falsy_values_are_returned(function: Any, value: Any) -> None:
    assert function(value) is value


@pytest.mark.parametrize(
    ('value', 'is_read_only'),
    [
        ('ro', True),
        (True, True),
        (1, True),
        ('false', True),
        ('RW', True),
        ('rw', False),
        ('', False),
    ],
)
def test_everything_but_rw_is_read_only(value: Any, is_read_only: bool) -> None:
    assert bool(read_only(value)) is is_read_only


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (NotSet, NotSet),
        (None, False),
        (True, True),
        (0, False),
        (1, True),
        ('false', False),
        ('no', False),
        ('OFF', False),
        ('True', True),
        ('yes', True),
        ('On', True),
        ('1', True),
    ],
)
def test_truth_values_and_words(value: Any, expected: Any) -> None:
    assert bool_if_set(value) is expected


@pytest.mark.parametrize('value', ['maybe', '', 'nope'])
def test_other_words_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match='Expected true or false'):
        bool_if_set(value)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, []),
        (['a', 5], ['a', 5]),
        (('a',), ['a']),
        ('a', ['a']),
        ('', ['']),
    ],
)
def test_lists(value: Any, expected: Any) -> None:
    assert get_list(value) == expected


def test_a_list_is_a_new_one() -> None:
    value = ['a']

    assert get_list(value) is not value


def test_an_unset_list_stays_unset() -> None:
    assert get_list(NotSet) is NotSet


def test_a_late_value_is_a_list_of_one() -> None:
    assert get_list(LATE)[0] is LATE


def test_a_registered_value_is_a_list_of_one(registered_type: Any) -> None:
    class Pair(tuple[Any, ...]):
        pass

    registered_type(Pair)
    value = Pair((1, 2))

    assert get_list(value) == [value]


@pytest.mark.parametrize('value', [5, {'a': 1}, {1}, True, b'a', Marker()])
def test_other_types_are_no_lists(value: Any) -> None:
    with pytest.raises(ValueError, match='Expected a list or a single text'):
        get_list(value)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, NotSet),
        (NotSet, NotSet),
        ('', 'none'),
        ([], 'none'),
        (False, 'none'),
        ('disabled', 'none'),
        ('none', 'none'),
        ('bridge', 'bridge'),
        ('host', 'host'),
        ('container:xyz', 'container:xyz'),
        ('/xyz', 'container:xyz'),
        ('ledger', ('ledger', None)),
        ('ledger.blue', ('ledger', 'blue')),
        ('ledger.a.b', ('ledger', 'a.b')),
        ('ledger.', ('ledger', None)),
        (('ledger', 'blue'), ('ledger', 'blue')),
        (['ledger', None], ('ledger', None)),
        (['ledger', ''], ('ledger', None)),
    ],
)
def test_network_modes(value: Any, expected: Any) -> None:
    result = get_network_mode(value)

    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    'value',
    [
        ('a',),
        ('a', 'b', 'c'),
        (5, None),
        ('', 'b'),
        5,
        {'a': 'b'},
        LATE,
        True,
        'container:',
        '/',
        '.blue',
        b'host',
    ],
)
def test_other_network_modes_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r'[Ee]xpected'):
        get_network_mode(value)


def test_the_error_of_a_network_mode_names_the_type() -> None:
    with pytest.raises(ValueError, match=r"found \{'a': 'b'\} \(dict\)"):
        get_network_mode({'a': 'b'})


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (HealthCheck('probe', '1s'), HealthCheck('probe', '1s')),
        ('probe', HealthCheck('probe')),
        ('NONE', HealthCheck(None)),
        (None, HealthCheck(None)),
        (['probe', '5s'], HealthCheck('probe', '5s')),
        ([['probe', '-q'], '5s'], HealthCheck(['CMD', 'probe', '-q'], 5000000000)),
        ((('CMD', 'probe'), '5s', None, 3), HealthCheck(('CMD', 'probe'), 5000000000, None, 3)),
        (['CMD', 'probe'], HealthCheck(['CMD', 'probe'])),
        (('CMD-SHELL', 'probe | x'), HealthCheck(('CMD-SHELL', 'probe | x'))),
        (['NONE'], HealthCheck(None)),
        ({'test': 'probe', 'interval': '2m', 'retries': 2}, HealthCheck('probe', 120000000000, None, 2)),
    ],
)
def test_health_checks(value: Any, expected: HealthCheck) -> None:
    result = get_healthcheck(value)

    assert (result.test and list(result.test), *result[1:]) == (expected.test and list(expected.test), *expected[1:])
    assert type(result) is HealthCheck


@pytest.mark.parametrize('command', [['CMD', 'probe', '-q'], ('CMD', 'probe', '-q'), ['CMD-SHELL', 'probe | x']])
def test_a_command_that_names_its_form_is_kept_as_it_is(command: Any) -> None:
    test = get_healthcheck(command).test

    assert (test, type(test)) == (command, type(command))


def test_a_late_health_check_is_its_test() -> None:
    assert get_healthcheck(LATE).test is LATE


def test_an_unset_health_check_stays_unset() -> None:
    assert get_healthcheck(NotSet) is NotSet


@pytest.mark.parametrize('value', [5, True, [], {}, {'interval': '5s'}, ['a', 'b', 'c', 'd', 'e', 'f'], b'x', Marker()])
def test_other_health_checks_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r'Expected|Missing'):
        get_healthcheck(value)


def test_a_flat_command_list_is_explained() -> None:
    with pytest.raises(ValueError, match='the command must be nested'):
        get_healthcheck(['probe', '-q'])


def test_a_misspelt_field_is_named_with_the_right_one() -> None:
    with pytest.raises(ValueError, match=r"Unknown field 'tests'.*did you mean 'test'"):
        get_healthcheck({'tests': 'x'})
