from __future__ import annotations

import pytest

from dockermap.map.action import (
    Action,
    ActionEnum,
    ContainerUtilAction,
    DerivedAction,
    ImageAction,
    ItemAction,
    NetworkUtilAction,
    VolumeUtilAction,
)
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import ConfigState, State, StateFlags

WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web')
STATE = ConfigState('main', WEB, ConfigFlags.NONE, State.ABSENT, StateFlags.NONE, {})


@pytest.mark.parametrize(
    ('enum', 'values'),
    [
        (Action, ['create', 'start', 'restart', 'stop', 'remove', 'kill', 'wait', 'update', 'connect', 'disconnect']),
        (
            ContainerUtilAction,
            ['exec_single_command', 'exec_all_commands', 'script', 'signal_stop', 'connect_all_networks', 'recover'],
        ),
        (VolumeUtilAction, ['prepare_volume']),
        (NetworkUtilAction, ['disconnect_all_containers', 'reconnect_all_containers']),
        (ImageAction, ['pull_image']),
    ],
)
def test_actions_have_fixed_values(enum, values):
    assert issubclass(enum, ActionEnum)
    assert [member.value for member in enum] == values


SIGNAL_STOP, CONNECT_ALL = ContainerUtilAction.SIGNAL_STOP, ContainerUtilAction.CONNECT_ALL


@pytest.mark.parametrize(
    ('name', 'sequence'),
    [
        ('STARTUP_CONTAINER', [Action.CREATE, CONNECT_ALL, Action.START]),
        ('SHUTDOWN_CONTAINER', [SIGNAL_STOP, Action.REMOVE]),
        ('RESET_CONTAINER', [SIGNAL_STOP, Action.REMOVE, Action.CREATE, CONNECT_ALL, Action.START]),
        ('RESTART_CONTAINER', [SIGNAL_STOP, Action.START]),
        ('RELAUNCH_CONTAINER', [Action.REMOVE, Action.CREATE, CONNECT_ALL, Action.START]),
        ('RESET_VOLUME', [Action.REMOVE, Action.CREATE]),
        ('RESET_NETWORK', [Action.REMOVE, Action.CREATE]),
    ],
)
def test_larger_actions_are_sequences(name, sequence):
    assert getattr(DerivedAction, name) == sequence


@pytest.mark.parametrize(
    ('given', 'taken'),
    [
        (Action.CREATE, [Action.CREATE]),
        ([Action.CREATE, Action.START], [Action.CREATE, Action.START]),
        ((Action.CREATE,), [Action.CREATE]),
        (None, []),
        ([], []),
    ],
)
def test_actions_are_always_a_list(given, taken):
    action = ItemAction(STATE, given)
    assert action.action_types == taken
    action.action_types = None
    assert action.action_types == []


@pytest.mark.parametrize('wrong', ['create', 5, {Action.CREATE}])
def test_anything_else_is_no_action(wrong):
    with pytest.raises(ValueError, match=type(wrong).__name__):
        ItemAction(STATE, wrong)


def test_a_sequence_is_not_changed_by_appending_to_an_action():
    ItemAction(STATE, DerivedAction.RESET_VOLUME).action_types.append(Action.START)
    assert DerivedAction.RESET_VOLUME == [Action.REMOVE, Action.CREATE]


def test_data_is_a_copy_with_the_keyword_arguments():
    data = {'a': 1}
    action = ItemAction(STATE, Action.CREATE, data, b=2)
    assert action.extra_data == {'a': 1, 'b': 2}
    assert data == {'a': 1}


def test_whether_a_container_was_started_before_is_no_data():
    assert ItemAction(STATE, Action.CREATE).started_before is False
    action = ItemAction(STATE, Action.CREATE, started_before=True)
    assert action.started_before is True
    assert action.extra_data == {}


@pytest.mark.parametrize(('name', 'value'), [('client_name', 'main'), ('config_id', WEB)])
def test_client_and_item_are_those_of_the_state(name, value):
    action = ItemAction(STATE, Action.CREATE)
    assert getattr(action, name) == value
    with pytest.raises(AttributeError):
        setattr(action, name, None)


def test_an_action_shows_what_it_does():
    text = repr(ItemAction(STATE, Action.CREATE, a=1))
    assert all(part in text for part in ('main', 'web', 'Action.CREATE', "{'a': '...'}"))
