"""What resuming and scripts do about each state."""

from __future__ import annotations

import pytest

from dockermap.map.action import Action, ContainerUtilAction, DerivedAction, ImageAction, VolumeUtilAction
from dockermap.map.action.resume import ResumeActionGenerator
from dockermap.map.action.script import ScriptActionGenerator
from dockermap.map.exceptions import ScriptActionException
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import ConfigState, State, StateFlags

IDS = {
    'container': MapConfigId(ItemType.CONTAINER, 'shop', 'app', 'i1'),
    'other': MapConfigId(ItemType.CONTAINER, 'shop', 'other'),
    'network': MapConfigId(ItemType.NETWORK, 'shop', 'net'),
    'volume': MapConfigId(ItemType.VOLUME, 'shop', 'app', 'data'),
    'image': MapConfigId(ItemType.IMAGE, 'shop', 'web', 'latest'),
}
INITIAL, PERSISTENT, NONRECOVERABLE = StateFlags.INITIAL, StateFlags.PERSISTENT, StateFlags.NONRECOVERABLE
RESTARTING = StateFlags.RESTARTING
START, EXEC_ALL, PREPARE = [Action.START], [ContainerUtilAction.EXEC_ALL], [VolumeUtilAction.PREPARE]
SCRIPT = [ContainerUtilAction.SCRIPT]
RESET, RELAUNCH = DerivedAction.RESET_CONTAINER, DerivedAction.RELAUNCH_CONTAINER
RESUMED = [
    ('network', State.ABSENT, 0, [[Action.CREATE]]),
    ('network', State.PRESENT, StateFlags.FORCED_RESET, []),
    ('image', State.ABSENT, 0, [[ImageAction.PULL]]),
    ('image', State.PRESENT, 0, []),
    ('volume', State.ABSENT, 0, [[Action.CREATE], PREPARE]),
    ('volume', State.PRESENT, NONRECOVERABLE, [DerivedAction.RESET_VOLUME, PREPARE]),
    ('volume', State.PRESENT, INITIAL, [START, PREPARE]),
    ('volume', State.PRESENT, 0, []),
    ('container', State.ABSENT, 0, [DerivedAction.STARTUP_CONTAINER, EXEC_ALL]),
    ('container', State.PRESENT, NONRECOVERABLE, [RESET, EXEC_ALL]),
    ('container', State.PRESENT, 0, [START, EXEC_ALL]),
    ('container', State.PRESENT, INITIAL, [START, EXEC_ALL]),
    ('container', State.PRESENT, INITIAL | PERSISTENT, [START, EXEC_ALL]),
    ('container', State.PRESENT, PERSISTENT, []),
    ('container', State.PRESENT, RESTARTING, []),
    ('container', State.RUNNING, 0, []),
]


@pytest.fixture
def policy(make_policy):
    return make_policy({'app': {'image': 'web', 'instances': ['i1', 'i2']}})


def state_of(item, base_state, flags=0, client_name='__default__', config_flags=ConfigFlags.NONE):
    return ConfigState(client_name, IDS[item], ConfigFlags(config_flags), base_state, StateFlags(flags), {})


def types(actions):
    return [action.action_types for action in actions or ()]


@pytest.mark.parametrize(('item', 'base_state', 'flags', 'expected'), RESUMED)
def test_each_state_has_its_actions_when_resumed(policy, item, base_state, flags, expected):
    assert types(ResumeActionGenerator(policy, {}).get_state_actions(state_of(item, base_state, flags))) == expected


@pytest.mark.parametrize(('item', 'base_state', 'flags', 'expected'), RESUMED)
def test_what_a_script_depends_on_is_resumed(policy, item, base_state, flags, expected):
    state = state_of(item, base_state, flags, config_flags=ConfigFlags.DEPENDENT)
    assert types(ScriptActionGenerator(policy, {}).get_state_actions(state, script_path='x')) == expected


@pytest.mark.parametrize('volume', [(State.ABSENT, 0), (State.PRESENT, NONRECOVERABLE)])
@pytest.mark.parametrize(
    ('base_state', 'flags', 'expected'),
    [
        (State.ABSENT, 0, [DerivedAction.STARTUP_CONTAINER, EXEC_ALL]),
        (State.RUNNING, 0, [RESET, EXEC_ALL]),
        (State.PRESENT, RESTARTING, [RESET, EXEC_ALL]),
        (State.PRESENT, INITIAL, [START, EXEC_ALL]),
        (State.PRESENT, 0, [RELAUNCH, EXEC_ALL]),
        (State.PRESENT, PERSISTENT, [RELAUNCH, EXEC_ALL]),
    ],
)
def test_containers_of_a_new_volume_are_made_anew(policy, volume, base_state, flags, expected):
    generator = ResumeActionGenerator(policy, {})
    generator.get_state_actions(state_of('volume', *volume))
    assert types(generator.get_state_actions(state_of('container', base_state, flags))) == expected


@pytest.mark.parametrize(
    ('item', 'client_name', 'volume'),
    [
        ('other', '__default__', State.ABSENT),
        ('container', 'second', State.ABSENT),
        ('container', '__default__', State.PRESENT),
    ],
)
def test_other_containers_are_not(policy, item, client_name, volume):
    generator = ResumeActionGenerator(policy, {})
    generator.get_state_actions(state_of('volume', volume))
    assert types(generator.get_state_actions(state_of(item, State.RUNNING, client_name=client_name))) == []


@pytest.mark.parametrize(('flags', 'started_before'), [(0, True), (INITIAL, False), (NONRECOVERABLE, False)])
def test_commands_that_follow_creation_are_due_for_new_containers_only(policy, flags, started_before):
    actions = ResumeActionGenerator(policy, {}).get_state_actions(state_of('container', State.PRESENT, flags))
    assert actions[-1].started_before is started_before


@pytest.mark.parametrize(
    ('base_state', 'flags', 'expected'),
    [
        (State.ABSENT, 0, [SCRIPT]),
        (State.RUNNING, 0, [DerivedAction.SHUTDOWN_CONTAINER, SCRIPT]),
        (State.PRESENT, RESTARTING, [DerivedAction.SHUTDOWN_CONTAINER, SCRIPT]),
        (State.PRESENT, 0, [[Action.REMOVE], SCRIPT]),
        (State.PRESENT, INITIAL, [[Action.REMOVE], SCRIPT]),
    ],
)
def test_a_script_runs_in_a_container_of_its_own(policy, base_state, flags, expected):
    generator = ScriptActionGenerator(policy, {'remove_existing_before': True})
    actions = generator.get_state_actions(state_of('container', base_state, flags), script_path='/x')
    assert types(actions) == expected
    assert [action.extra_data for action in actions] == [{}] * (len(actions) - 1) + [{'script_path': '/x'}]


@pytest.mark.parametrize('base_state', [State.RUNNING, State.PRESENT])
@pytest.mark.parametrize(('client_name', 'named'), [('__default__', False), ('second', True)])
def test_an_existing_container_is_not_removed_without_being_asked(policy, base_state, client_name, named):
    with pytest.raises(ScriptActionException) as raised:
        ScriptActionGenerator(policy, {}).get_state_actions(state_of('container', base_state, client_name=client_name))
    message = str(raised.value)
    assert 'shop.app.i1' in message
    assert ("client 'second'" in message) is named
