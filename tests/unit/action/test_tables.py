"""Each row of the decision tables."""

from __future__ import annotations

import pytest

from dockermap.map.action import (
    Action,
    ContainerUtilAction,
    DerivedAction,
    ImageAction,
    NetworkUtilAction,
    VolumeUtilAction,
)
from dockermap.map.action._table import Row, Step, TableActionGenerator
from dockermap.map.action.simple import (
    CreateActionGenerator,
    ImagePullActionGenerator,
    RemoveActionGenerator,
    RestartActionGenerator,
    ShutdownActionGenerator,
    SignalActionGenerator,
    StartActionGenerator,
    StartupActionGenerator,
    StopActionGenerator,
)
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import ConfigState, State, StateFlags

IDS = {
    'container': MapConfigId(ItemType.CONTAINER, 'shop', 'web'),
    'volume': MapConfigId(ItemType.VOLUME, 'shop', 'web', 'logs'),
    'network': MapConfigId(ItemType.NETWORK, 'shop', 'back'),
    'image': MapConfigId(ItemType.IMAGE, 'shop', 'web', 'latest'),
}
FLAGS = StateFlags.fields
CREATE, START, REMOVE, KILL = Action.CREATE, Action.START, Action.REMOVE, Action.KILL
STOP, CONNECT_ALL = ContainerUtilAction.SIGNAL_STOP, ContainerUtilAction.CONNECT_ALL
EXEC_ALL = ContainerUtilAction.EXEC_ALL
PREPARE, PULL, DISCONNECT_ALL = VolumeUtilAction.PREPARE, ImageAction.PULL, NetworkUtilAction.DISCONNECT_ALL
KW = {'extra': 1}


def a_state(kind: str, base: str, *flags: str, dependent: bool = False, **extra_data: object) -> ConfigState:
    bits = StateFlags(sum(FLAGS[name] for name in flags))
    return ConfigState('__default__', IDS[kind], ConfigFlags(int(dependent)), State(base), bits, extra_data)


@pytest.fixture
def plan(make_policy):
    """Actions for a state as pairs of their types and their data."""

    def planned(generator_class, state, **options):
        shop = {'web': {'attaches': 'logs'}, 'other': {'uses': 'logs'}, 'volumes': {'logs': '/logs'}}
        actions = generator_class(make_policy(shop), options).get_state_actions(state, **KW)
        return [(action.action_types, action.extra_data) for action in actions or ()]

    return planned


def rows(*cases):
    """Cases as ``generator, (kind, base, *flags), [actions], options``; actions that take arguments are tuples."""
    return pytest.mark.parametrize(
        ('generator_class', 'state', 'expected', 'options'),
        [
            (generator_class, state, expected, options[0] if options else {})
            for generator_class, state, expected, *options in cases
        ],
    )


def as_planned(entry):
    """A list or member means without data, a tuple ``(actions, data)`` with it."""
    actions, data = entry if isinstance(entry, tuple) else (entry, {})
    return (actions if isinstance(actions, list) else [actions], data)


@rows(
    (CreateActionGenerator, ('image', 'absent'), [PULL]),
    (CreateActionGenerator, ('container', 'absent'), [(CREATE, KW), CONNECT_ALL]),
    (CreateActionGenerator, ('volume', 'absent'), [(CREATE, KW), PREPARE]),
    (CreateActionGenerator, ('network', 'absent'), [(CREATE, KW)]),
    (CreateActionGenerator, ('image', 'present'), []),
    (CreateActionGenerator, ('container', 'present'), []),
    (CreateActionGenerator, ('container', 'running'), []),
    (CreateActionGenerator, ('volume', 'present'), []),
    (CreateActionGenerator, ('network', 'present'), []),
    (StartActionGenerator, ('container', 'present'), [(START, KW), EXEC_ALL]),
    (StartActionGenerator, ('container', 'present', 'INITIAL'), [(START, KW), EXEC_ALL]),
    (StartActionGenerator, ('container', 'present', 'PERSISTENT'), [(START, KW), EXEC_ALL]),
    (StartActionGenerator, ('container', 'present', 'NONRECOVERABLE'), [(START, KW), EXEC_ALL]),
    (StartActionGenerator, ('container', 'present', 'RESTARTING'), []),
    (StartActionGenerator, ('container', 'absent'), []),
    (StartActionGenerator, ('container', 'running'), []),
    (StartActionGenerator, ('volume', 'present', 'INITIAL'), [START, PREPARE]),
    (StartActionGenerator, ('volume', 'present'), []),
    (StartActionGenerator, ('image', 'absent'), []),
    (StartActionGenerator, ('network', 'absent'), []),
    (RestartActionGenerator, ('container', 'running'), [(DerivedAction.RESTART_CONTAINER, KW)]),
    (RestartActionGenerator, ('container', 'present', 'RESTARTING'), [(DerivedAction.RESTART_CONTAINER, KW)]),
    (RestartActionGenerator, ('container', 'present'), [START]),
    (RestartActionGenerator, ('container', 'present', 'INITIAL'), []),
    (RestartActionGenerator, ('container', 'absent'), []),
    (
        RestartActionGenerator,
        ('container', 'running'),
        [(DerivedAction.RESTART_CONTAINER, KW), EXEC_ALL],
        {'restart_exec_commands': True},
    ),
    (RestartActionGenerator, ('container', 'present'), [START, EXEC_ALL], {'restart_exec_commands': True}),
    (RestartActionGenerator, ('container', 'present', 'INITIAL'), [], {'restart_exec_commands': True}),
    (RestartActionGenerator, ('container', 'absent'), [], {'restart_exec_commands': True}),
    (RestartActionGenerator, ('network', 'present'), []),
    (StopActionGenerator, ('container', 'running'), [(STOP, KW)]),
    (StopActionGenerator, ('container', 'present', 'RESTARTING'), [(STOP, KW)]),
    (StopActionGenerator, ('container', 'present'), []),
    (StopActionGenerator, ('container', 'present', 'INITIAL'), []),
    (StopActionGenerator, ('container', 'absent'), []),
    (StopActionGenerator, ('volume', 'present'), []),
    (SignalActionGenerator, ('container', 'running'), [(KILL, KW)]),
    (SignalActionGenerator, ('container', 'present', 'RESTARTING'), [(KILL, KW)]),
    (SignalActionGenerator, ('container', 'present'), []),
    (SignalActionGenerator, ('container', 'absent'), []),
    (SignalActionGenerator, ('image', 'present'), []),
)
def test_what_is_planned(plan, generator_class, state, expected, options):
    assert plan(generator_class, a_state(*state), **options) == [as_planned(entry) for entry in expected]


@rows(
    (StartupActionGenerator, ('network', 'absent'), [CREATE]),
    (StartupActionGenerator, ('network', 'present'), []),
    (StartupActionGenerator, ('image', 'absent'), [PULL]),
    (StartupActionGenerator, ('image', 'present'), []),
    (StartupActionGenerator, ('volume', 'absent'), [CREATE, PREPARE]),
    (StartupActionGenerator, ('volume', 'present', 'INITIAL'), [START, PREPARE]),
    (StartupActionGenerator, ('volume', 'present'), []),
    (StartupActionGenerator, ('container', 'absent'), [(DerivedAction.STARTUP_CONTAINER, KW), EXEC_ALL]),
    (StartupActionGenerator, ('container', 'present'), [(START, KW), EXEC_ALL]),
    (StartupActionGenerator, ('container', 'present', 'INITIAL'), [(START, KW), EXEC_ALL]),
    (StartupActionGenerator, ('container', 'present', 'PERSISTENT'), [(START, KW), EXEC_ALL]),
    (
        StartupActionGenerator,
        ('container', 'present', 'NONRECOVERABLE'),
        [REMOVE, (DerivedAction.STARTUP_CONTAINER, KW), EXEC_ALL],
    ),
    (StartupActionGenerator, ('container', 'present', 'NONRECOVERABLE', 'PERSISTENT'), [(START, KW), EXEC_ALL]),
    (StartupActionGenerator, ('container', 'present', 'NONRECOVERABLE', 'RESTARTING'), []),
    (StartupActionGenerator, ('container', 'running'), []),
)
def test_what_startup_plans(plan, generator_class, state, expected, options):
    assert plan(generator_class, a_state(*state), **options) == [as_planned(entry) for entry in expected]


@pytest.mark.parametrize(
    ('state', 'expected'),
    [
        (('running',), [(DerivedAction.SHUTDOWN_CONTAINER, {}), (DerivedAction.STARTUP_CONTAINER, KW), EXEC_ALL]),
        (('present',), [REMOVE, (DerivedAction.STARTUP_CONTAINER, KW), EXEC_ALL]),
        (('absent',), [(DerivedAction.STARTUP_CONTAINER, KW), EXEC_ALL]),
        (('present', 'PERSISTENT'), [(START, KW), EXEC_ALL]),
    ],
)
def test_a_container_is_made_anew_for_a_volume_that_was_missing(make_policy, state, expected):
    generator = StartupActionGenerator(make_policy({'web': {'attaches': {'logs': '/logs'}}}), {})
    generator.get_state_actions(a_state('volume', 'absent'))
    actions = generator.get_state_actions(a_state('container', *state), **KW)
    assert [(action.action_types, action.extra_data) for action in actions] == [as_planned(entry) for entry in expected]


KEEP = {'remove_persistent': False}


@rows(
    (RemoveActionGenerator, ('container', 'present'), [(REMOVE, KW)]),
    (RemoveActionGenerator, ('container', 'present', 'INITIAL'), [(REMOVE, KW)]),
    (RemoveActionGenerator, ('container', 'present', 'PERSISTENT'), [(REMOVE, KW)]),
    (RemoveActionGenerator, ('container', 'present', 'PERSISTENT'), [], KEEP),
    (RemoveActionGenerator, ('container', 'present'), [(REMOVE, KW)], KEEP),
    (RemoveActionGenerator, ('container', 'running'), []),
    (RemoveActionGenerator, ('container', 'present', 'RESTARTING'), []),
    (RemoveActionGenerator, ('container', 'absent'), []),
    (RemoveActionGenerator, ('volume', 'present'), [REMOVE]),
    (RemoveActionGenerator, ('volume', 'absent'), []),
    (RemoveActionGenerator, ('network', 'present'), [(REMOVE, KW)]),
    (RemoveActionGenerator, ('network', 'absent'), []),
    (RemoveActionGenerator, ('image', 'present'), []),
    (ShutdownActionGenerator, ('container', 'running'), [DerivedAction.SHUTDOWN_CONTAINER]),
    (ShutdownActionGenerator, ('container', 'running', 'PERSISTENT'), [DerivedAction.SHUTDOWN_CONTAINER]),
    (ShutdownActionGenerator, ('container', 'present', 'RESTARTING'), [DerivedAction.SHUTDOWN_CONTAINER]),
    (ShutdownActionGenerator, ('container', 'present'), [REMOVE]),
    (ShutdownActionGenerator, ('container', 'running', 'PERSISTENT'), [STOP], KEEP),
    (ShutdownActionGenerator, ('container', 'present', 'RESTARTING', 'PERSISTENT'), [STOP], KEEP),
    (ShutdownActionGenerator, ('container', 'present', 'PERSISTENT'), [], KEEP),
    (ShutdownActionGenerator, ('container', 'running'), [DerivedAction.SHUTDOWN_CONTAINER], KEEP),
    (ShutdownActionGenerator, ('container', 'absent'), []),
    (ShutdownActionGenerator, ('volume', 'present'), []),
    (ShutdownActionGenerator, ('volume', 'present'), [REMOVE], {'remove_attached': True}),
    (ShutdownActionGenerator, ('volume', 'absent'), [], {'remove_attached': True}),
    (ShutdownActionGenerator, ('network', 'present'), [(REMOVE, KW)]),
    (ShutdownActionGenerator, ('network', 'absent'), []),
    (ShutdownActionGenerator, ('image', 'present'), []),
)
def test_what_is_planned_to_remove(plan, generator_class, state, expected, options):
    assert plan(generator_class, a_state(*state), **options) == [as_planned(entry) for entry in expected]


@pytest.mark.parametrize('generator_class', [RemoveActionGenerator, ShutdownActionGenerator])
def test_containers_are_disconnected_before_a_network_is_removed(plan, generator_class):
    state = a_state('network', 'present', containers={'c1': {'Name': 'shop.web'}, 'c2': {}, 'c3': None})
    assert plan(generator_class, state) == [
        ([DISCONNECT_ALL], {'containers': ['shop.web', 'c2', 'c3']}),
        ([REMOVE], KW),
    ]


@pytest.mark.parametrize('generator_class', [RemoveActionGenerator, ShutdownActionGenerator])
@pytest.mark.parametrize(
    ('remove_attached', 'existing', 'expected'),
    [
        (False, [], []),
        (True, [], [([REMOVE], {})]),
        (True, ['shop.web'], []),
        (True, ['shop.other'], []),
        (True, ['shop.unrelated'], [([REMOVE], {})]),
    ],
)
def test_a_volume_goes_with_its_container_if_nothing_else_mounts_it(
    make_policy, engine, generator_class, remove_attached, existing, expected
):
    for name in existing:
        engine.add_container(name)
    state = a_state('volume', 'present', dependent=True)
    shop = {'web': {'attaches': 'logs'}, 'other': {'uses': 'logs'}, 'volumes': {'logs': '/logs'}}
    generator = generator_class(make_policy(shop), {'remove_attached': remove_attached})
    actions = generator.get_state_actions(state) or []
    assert [(action.action_types, action.extra_data) for action in actions] == expected
    notices = generator.explain(state, actions).notices
    assert notices == ((f'is kept, as it is in use by {existing[0]}',) if remove_attached and not expected else ())


@pytest.mark.parametrize(
    ('generator_class', 'kind', 'base', 'expected'),
    [
        (CreateActionGenerator, 'container', 'absent', [([CREATE], {}), ([CONNECT_ALL], {})]),
        (CreateActionGenerator, 'volume', 'absent', [([CREATE], {}), ([PREPARE], {})]),
        (CreateActionGenerator, 'network', 'absent', [([CREATE], {})]),
        (StartActionGenerator, 'container', 'present', [([START], {}), ([EXEC_ALL], {})]),
        (StartupActionGenerator, 'container', 'absent', [(DerivedAction.STARTUP_CONTAINER, {}), ([EXEC_ALL], {})]),
        (StopActionGenerator, 'container', 'running', [([STOP], KW)]),
        (RestartActionGenerator, 'container', 'running', [(DerivedAction.RESTART_CONTAINER, KW)]),
        (RemoveActionGenerator, 'container', 'present', [([REMOVE], KW)]),
        (RemoveActionGenerator, 'network', 'present', [([REMOVE], {})]),
        (SignalActionGenerator, 'container', 'running', [([KILL], KW)]),
    ],
)
def test_arguments_reach_items_that_come_along_only_where_all_containers_are_meant(
    plan, generator_class, kind, base, expected
):
    assert plan(generator_class, a_state(kind, base, dependent=True)) == expected


@pytest.mark.parametrize('dependent', [False, True])
def test_arguments_reach_all_items_of_a_generator_that_says_nothing_else(plan, dependent):
    class Poking(TableActionGenerator):
        rows = (Row(ItemType.CONTAINER, lambda _, state: True, (Step(KILL, takes_arguments=True), START)),)

    assert plan(Poking, a_state('container', 'running', dependent=dependent)) == [([KILL], KW), ([START], {})]


@pytest.mark.parametrize(
    ('options', 'base', 'expected'),
    [
        ({}, 'absent', [([PULL], {})]),
        ({}, 'present', [([PULL], {})]),
        ({'pull_all_images': False}, 'present', []),
        ({'pull_all_images': False}, 'absent', [([PULL], {})]),
        ({'pull_insecure_registry': True}, 'absent', [([PULL], {'insecure_registry': True})]),
        ({'pull_insecure_regsitry': True}, 'absent', [([PULL], {'insecure_registry': True})]),
        ({'insecure_registry': True}, 'absent', [([PULL], {'insecure_registry': True})]),
    ],
)
def test_which_images_are_pulled(plan, options, base, expected):
    assert plan(ImagePullActionGenerator, a_state('image', base), **options) == expected


@pytest.mark.parametrize('kind', ['container', 'volume', 'network'])
def test_only_images_are_pulled(plan, kind):
    assert plan(ImagePullActionGenerator, a_state(kind, 'absent')) == []


def test_an_image_that_two_maps_use_is_pulled_once(make_policy):
    generator = ImagePullActionGenerator(make_policy({'web': {}}), {})
    state = a_state('image', 'absent')
    other_map = state._replace(config_id=state.config_id._replace(map_name='other'))
    other_client = state._replace(client_name='c2')
    pulled = [bool(generator.get_state_actions(each)) for each in (state, other_map, other_client)]
    assert pulled == [True, False, True]


@pytest.mark.parametrize('generator_class', [CreateActionGenerator, StartupActionGenerator, ImagePullActionGenerator])
def test_an_image_that_is_given_by_its_id_is_never_pulled(plan, generator_class):
    state = a_state('image', 'absent')
    assert plan(generator_class, state._replace(config_id=state.config_id._replace(instance_name=None))) == []


@pytest.mark.parametrize(
    ('generator_class', 'options', 'state', 'started_before'),
    [
        (StartActionGenerator, {}, ('present',), True),
        (StartActionGenerator, {}, ('present', 'INITIAL'), False),
        (StartupActionGenerator, {}, ('absent',), False),
        (StartupActionGenerator, {}, ('present',), True),
        (StartupActionGenerator, {}, ('present', 'NONRECOVERABLE'), False),
        (RestartActionGenerator, {'restart_exec_commands': True}, ('running',), True),
    ],
)
def test_commands_for_a_new_container_are_told_apart(make_policy, generator_class, options, state, started_before):
    actions = generator_class(make_policy({'web': {}}), options).get_state_actions(a_state('container', *state))
    assert [action.started_before for action in actions if EXEC_ALL in action.action_types] == [started_before]
    assert not any(action.started_before for action in actions if EXEC_ALL not in action.action_types)


@pytest.mark.parametrize(
    ('generator_class', 'state', 'hint'),
    [
        (StartActionGenerator, ('absent',), 'startup'),
        (StartActionGenerator, ('running',), None),
        (RemoveActionGenerator, ('running',), 'shutdown'),
        (RemoveActionGenerator, ('present', 'RESTARTING'), 'shutdown'),
        (RemoveActionGenerator, ('absent',), None),
        (RestartActionGenerator, ('absent',), 'startup'),
        (RestartActionGenerator, ('present', 'INITIAL'), 'never started'),
        (SignalActionGenerator, ('absent',), 'does not exist'),
        (SignalActionGenerator, ('present',), 'does not run'),
        (StopActionGenerator, ('absent',), None),
        (ShutdownActionGenerator, ('absent',), None),
    ],
)
def test_a_hint_tells_what_would_help(make_policy, generator_class, state, hint):
    generator = generator_class(make_policy({'web': {}}), {})
    assert (hint or '') in (generator.get_hint(a_state('container', *state)) or '')
    assert bool(generator.get_hint(a_state('container', *state))) == bool(hint)
    assert generator.get_hint(a_state('container', *state, dependent=True)) is None


def test_a_hint_tells_that_arguments_had_no_effect(make_policy):
    generator = StartupActionGenerator(make_policy({'web': {}}), {})
    assert 'hostname had no effect' in generator.get_hint(a_state('container', 'running'), hostname='x')
