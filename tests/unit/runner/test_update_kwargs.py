"""Which keyword argument counts when several sources have it."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy
from dockermap.map.runner.utils import update_kwargs


def merged(kwargs, *updates):
    update_kwargs(kwargs, *updates)
    return kwargs


@pytest.mark.parametrize(
    ('existing', 'update', 'result'),
    [
        ({'a': 1}, None, {'a': 1}),
        ({'a': 1}, {}, {'a': 1}),
        ({'a': 1}, {'a': None}, {'a': 1}),
        ({'a': 1}, {'a': lazy(lambda: None)}, {'a': 1}),
        ({'command': ['x']}, {'command': ['y']}, {'command': ['y']}),
        ({'entrypoint': ['x']}, {'entrypoint': ['y']}, {'entrypoint': ['y']}),
        ({'a': [1, 2]}, {'a': [2, 3, 3]}, {'a': [1, 2, 3]}),
        ({'man': ['x']}, {'man': ['y']}, {'man': ['x', 'y']}),
        ({'a': [1]}, {'a': (lazy(lambda: 2),)}, {'a': [1, 2]}),
        ({'a': (1,)}, {'a': [2]}, {'a': [1, 2]}),
        ({'a': 'x'}, {'a': (1, 1)}, {'a': [1, 1]}),
        ({}, {'a': [lazy(lambda: 1), 1]}, {'a': [1, 1]}),
        ({'a': {'x': 1}}, {'a': {'y': lazy(lambda: 2)}}, {'a': {'x': 1, 'y': 2}}),
        ({'a': 1}, {'a': {'y': 2}}, {'a': {'y': 2}}),
        ({'a': 1}, {'a': 2}, {'a': 2}),
        ({'a': [1]}, {'a': 'x'}, {'a': 'x'}),
        ({'a': 1}, {'a': lazy(lambda: 'late')}, {'a': 'late'}),
        ({'a': [{'x': 1}]}, {'a': [{'x': 1}, {'x': 2}]}, {'a': [{'x': 1}, {'x': 2}]}),
    ],
)
def test_an_update_is_merged_by_its_type(existing, update, result):
    assert merged(existing, update) == result


@pytest.mark.parametrize(
    ('update', 'result'),
    [
        ({'command': ['y', lazy(str, 'z')]}, {'command': ['y', 'z']}),
        ({'entrypoint': ('y', lazy(str, 'z'))}, {'entrypoint': ('y', 'z')}),
        ({'a': ['y', lazy(str, 'z')]}, {'a': ['y', 'z']}),
        ({'a': {'y': lazy(str, 'z')}}, {'a': {'y': 'z'}}),
    ],
)
def test_members_are_not_late_any_more(update, result):
    # A late value is equal to what it stands for, but is not shown like it.
    assert repr(merged({}, update)) == repr(result)


def test_stronger_updates_come_last():
    given = {'ports': [80], 'labels': {'a': 1}, 'user': 'x'}
    first, second = {'ports': [80, 81], 'labels': {'b': 2}, 'user': None}, {'user': 'y', 'labels': {'b': 3}}
    assert merged(given, first, second) == {'ports': [80, 81], 'labels': {'a': 1, 'b': 3}, 'user': 'y'}


def test_an_existing_list_is_extended_in_place():
    ports = [80]
    merged({'ports': ports}, {'ports': [81]})
    assert ports == [80, 81]


def test_updates_are_not_modified():
    update = {'labels': {'a': 1}, 'ports': [80]}
    merged({}, update, {'labels': {'b': 2}, 'ports': [81]})
    assert update == {'labels': {'a': 1}, 'ports': [80]}
