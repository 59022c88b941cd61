from __future__ import annotations

import pickle

import pytest

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import ConfigState, Difference, State, StateFlags
from dockermap.map.state.utils import merge_dependency_paths

WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web', 'i1')


@pytest.mark.parametrize(
    ('state', 'value'), [(State.ABSENT, 'absent'), (State.PRESENT, 'present'), (State.RUNNING, 'running')]
)
def test_states_have_values_for_people(state, value):
    assert state.value == value


@pytest.mark.parametrize(
    ('name', 'value', 'needs_reset'),
    [
        ('NONE', 0, False),
        ('INITIAL', 1, False),
        ('RESTARTING', 1 << 1, False),
        ('PERSISTENT', 1 << 5, False),
        ('NONRECOVERABLE', 1 << 10, True),
        ('IMAGE_MISMATCH', 1 << 12, True),
        ('MISSING_LINK', 1 << 13, True),
        ('VOLUME_MISMATCH', 1 << 14, True),
        ('EXEC_COMMANDS', 1 << 15, False),
        ('HOST_CONFIG_UPDATE', 1 << 16, False),
        ('NETWORK_DISCONNECTED', 1 << 20, False),
        ('NETWORK_LEFT', 1 << 21, False),
        ('NETWORK_MISMATCH', 1 << 22, False),
        ('MISC_MISMATCH', 1 << 30, True),
        ('FORCED_RESET', 1 << 31, True),
        ('NEEDS_RESET', 3221255168, True),
    ],
)
def test_flags_have_fixed_bits(name, value, needs_reset):
    flag = getattr(StateFlags, name)
    assert flag == value
    assert isinstance(flag, StateFlags)
    assert (flag in StateFlags.NEEDS_RESET) == needs_reset


def test_differences_are_no_field_of_a_state():
    difference = Difference(WEB, 'user', 'a', 'b')
    state = ConfigState('main', WEB, ConfigFlags.NONE, State.PRESENT, StateFlags.NONE, {})
    other = ConfigState(*state)
    state.differences = (difference,)
    assert state == other
    assert len(state) == 6
    assert state._fields == ('client_name', 'config_id', 'config_flags', 'base_state', 'state_flags', 'extra_data')
    assert other.differences == ()
    assert pickle.loads(pickle.dumps(state)).differences == (difference,)
    assert state._replace(client_name='other').differences == (difference,)


@pytest.mark.parametrize(
    ('difference', 'text'),
    [
        (Difference(WEB, 'user', 'a', 'b'), 'container shop.web.i1: user: b → a'),
        (
            Difference(WEB, 'environment.PASSWORD', 'secret', 'old'),
            'container shop.web.i1: environment.PASSWORD differs',
        ),
        (Difference(WEB, 'environment', {'A': 'secret'}, None), 'container shop.web.i1: environment differs'),
        (Difference(WEB, 'Env', ['A=secret'], None), 'container shop.web.i1: Env differs'),
        (Difference(WEB, 'auth_configs', {'password': 'secret'}, None), 'container shop.web.i1: auth_configs differs'),
        (Difference(WEB, 'force_update', None, None), 'container shop.web.i1: update is forced'),
        (
            Difference(MapConfigId(ItemType.NETWORK, 'shop', 'back'), 'driver', 'a', 'b'),
            'network shop.back: driver: b → a',
        ),
    ],
)
def test_a_difference_is_told_without_secrets(difference, text):
    assert difference.describe() == text


@pytest.mark.parametrize(
    ('paths', 'merged'),
    [
        ([('a', ['x', 'y']), ('b', ['y', 'z'])], [('a', ['x', 'y']), ('b', ['z'])]),
        ([('a', ['x', 'y']), ('y', ['x'])], [('a', ['x', 'y'])]),
        ([('y', ['x']), ('a', ['x', 'y'])], [('a', ['x', 'y'])]),
        ([('a', ['x']), ('b', ['x'])], [('a', ['x']), ('b', [])]),
        ([('a', []), ('b', [])], [('a', []), ('b', [])]),
        ([('a', ['x']), ('c', ['q']), ('d', ['c', 'q', 'a', 'x'])], [('d', ['c', 'q', 'a', 'x'])]),
        ([], []),
    ],
)
def test_paths_lose_what_other_paths_visit(paths, merged):
    assert merge_dependency_paths(paths) == merged


def test_paths_that_are_merged_are_not_changed():
    path = ['x', 'y']
    merge_dependency_paths([('a', ['x']), ('b', path)])
    assert path == ['x', 'y']


def test_paths_of_plain_tuples_are_merged_with_those_of_ids():
    assert merge_dependency_paths([(WEB, []), (('container', 'shop', 'web', 'i2'), [tuple(WEB)])]) == [
        (('container', 'shop', 'web', 'i2'), [WEB])
    ]
