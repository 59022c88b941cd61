"""What an update does about each state."""

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
from dockermap.map.action.causes import Cause
from dockermap.map.action.update import UpdateActionGenerator
from dockermap.map.input import ExecCommand, ItemType, MapConfigId, NetworkEndpoint
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import ConfigState, Difference, State, StateFlags

CREATE, START, UPDATE = [Action.CREATE], [Action.START], [Action.UPDATE]
CONNECT, DISCONNECT = [Action.CONNECT], [Action.DISCONNECT]
EXEC_ALL, PREPARE = [ContainerUtilAction.EXEC_ALL], [VolumeUtilAction.PREPARE]
RESET, RELAUNCH = DerivedAction.RESET_CONTAINER, DerivedAction.RELAUNCH_CONTAINER
IDS = {
    'container': MapConfigId(ItemType.CONTAINER, 'shop', 'app'),
    'network': MapConfigId(ItemType.NETWORK, 'shop', 'net'),
    'volume': MapConfigId(ItemType.VOLUME, 'shop', 'app', 'data'),
    'image': MapConfigId(ItemType.IMAGE, 'shop', 'web', 'latest'),
}
CONTENT = {
    'app': {'image': 'web', 'attaches': ['data'], 'shares': ['/s']},
    'linked': {'image': 'web', 'links': ['app']},
    'using': {'image': 'web', 'uses': ['app']},
    'sharing': {'image': 'web', 'network_mode': 'app'},
    'literal': {'image': 'web', 'network_mode': 'container:shop.app'},
    'reader': {'image': 'web', 'uses': ['data']},
    'joined': {'image': 'web', 'networks': [('net', {'links': ['app']})]},
    'many': {'image': 'web', 'instances': ['i1', 'i2']},
    'second': {'image': 'web', 'links': ['many.i2']},
    'chained': {'image': 'web', 'links': ['linked']},
    'networks': {'net': {}},
    'volumes': {'data': '/data'},
}
INITIAL, PERSISTENT, NONRECOVERABLE = StateFlags.INITIAL, StateFlags.PERSISTENT, StateFlags.NONRECOVERABLE
MISC, FORCED = StateFlags.MISC_MISMATCH, StateFlags.FORCED_RESET
RESETTING = [
    NONRECOVERABLE,
    StateFlags.IMAGE_MISMATCH,
    StateFlags.MISSING_LINK,
    StateFlags.VOLUME_MISMATCH,
    MISC,
    FORCED,
]


@pytest.fixture
def policy(make_policy):
    return make_policy(CONTENT)


def state_of(item, base_state=State.RUNNING, flags=0, differences=(), **extra_data):
    config_id = IDS.get(item) or MapConfigId(ItemType.CONTAINER, 'shop', *item.split('.'))
    found = ConfigState('__default__', config_id, ConfigFlags.NONE, base_state, StateFlags(flags), extra_data)
    found.differences = tuple(Difference(config_id, *difference) for difference in differences)
    return found


def types(actions):
    return [action.action_types for action in actions or ()]


def planned(policy, item, *state, generator=None, **options):
    generator = generator or UpdateActionGenerator(policy, options)
    return types(generator.get_state_actions(state_of(item, *state)))


@pytest.mark.parametrize(
    ('item', 'base_state', 'flags', 'expected'),
    [
        ('network', State.ABSENT, 0, [CREATE]),
        ('network', State.PRESENT, 0, []),
        ('network', State.PRESENT, MISC, [DerivedAction.RESET_NETWORK]),
        ('network', State.PRESENT, FORCED, [DerivedAction.RESET_NETWORK]),
        ('image', State.ABSENT, 0, [[ImageAction.PULL]]),
        ('image', State.PRESENT, 0, []),
        ('volume', State.ABSENT, 0, [CREATE, PREPARE]),
        ('volume', State.PRESENT, 0, []),
        ('volume', State.PRESENT, MISC, []),
        ('volume', State.PRESENT, FORCED, [DerivedAction.RESET_VOLUME, PREPARE]),
        ('volume', State.PRESENT, NONRECOVERABLE, [DerivedAction.RESET_VOLUME, PREPARE]),
        ('volume', State.PRESENT, INITIAL, [START, PREPARE]),
        ('container', State.ABSENT, 0, [DerivedAction.STARTUP_CONTAINER, EXEC_ALL]),
        *(('container', State.RUNNING, flag, [RESET, EXEC_ALL]) for flag in RESETTING),
        *(('container', State.PRESENT, flag, [RELAUNCH, EXEC_ALL]) for flag in RESETTING),
        ('container', State.PRESENT, MISC | StateFlags.RESTARTING, [RESET, EXEC_ALL]),
        ('container', State.RUNNING, 0, []),
        ('container', State.PRESENT, 0, [START, EXEC_ALL]),
        ('container', State.PRESENT, INITIAL, [START, EXEC_ALL]),
        ('container', State.PRESENT, INITIAL | PERSISTENT, [START, EXEC_ALL]),
        ('container', State.PRESENT, PERSISTENT, []),
        ('container', State.PRESENT, StateFlags.RESTARTING, []),
    ],
)
def test_each_state_has_its_actions(policy, item, base_state, flags, expected):
    assert planned(policy, item, base_state, flags) == expected


@pytest.mark.parametrize(
    ('options', 'base_state', 'data'),
    [
        ({'pull_before_update': True}, State.PRESENT, {}),
        ({'pull_insecure_registry': True}, State.ABSENT, {'insecure_registry': True}),
        ({'pull_insecure_registry': True, 'pull_before_update': True}, State.PRESENT, {'insecure_registry': True}),
    ],
)
def test_images_are_pulled_as_the_options_say(policy, options, base_state, data):
    (action,) = UpdateActionGenerator(policy, options).get_state_actions(state_of('image', base_state))
    assert (action.action_types, action.extra_data) == ([ImageAction.PULL], data)


def test_an_image_given_by_id_is_not_pulled(policy):
    state = state_of('image', State.ABSENT)._replace(config_id=MapConfigId(ItemType.IMAGE, 'shop', 'sha256:1', None))
    assert not UpdateActionGenerator(policy, {}).get_state_actions(state)


def test_containers_are_connected_again_to_a_network_that_is_reset(policy):
    containers = {'id1': {'Name': 'shop.app'}, 'id2': {'Name': ''}, 'id3': None}
    state = state_of('network', State.PRESENT, MISC, containers=containers)
    actions = UpdateActionGenerator(policy, {}).get_state_actions(state)
    assert types(actions) == [
        [NetworkUtilAction.DISCONNECT_ALL],
        DerivedAction.RESET_NETWORK,
        [NetworkUtilAction.RECONNECT_ALL],
    ]
    assert actions[0].extra_data == {'containers': ['shop.app', 'id2', 'id3']}


class TestInPlace:
    NET, OTHER = NetworkEndpoint('net'), NetworkEndpoint('other', ['alias'])

    def actions(self, policy, *state, **extra_data):
        actions = UpdateActionGenerator(policy, {}).get_state_actions(state_of('container', *state, **extra_data))
        return [(action.action_types, action.extra_data) for action in actions]

    def test_networks_are_connected_and_left_in_order(self, engine, policy):
        engine.add_network('shop.b')
        engine.add_network('shop.a')
        flags = StateFlags.NETWORK_LEFT | StateFlags.NETWORK_MISMATCH | StateFlags.NETWORK_DISCONNECTED
        found = self.actions(
            policy,
            State.RUNNING,
            flags,
            disconnected=[self.NET],
            reconnect=[('shop.other', self.OTHER)],
            left={'shop.b', 'shop.a'},
        )
        assert found == [
            (CONNECT, {'endpoints': [self.NET]}),
            (DISCONNECT, {'networks': ('shop.other',)}),
            (CONNECT, {'endpoints': (self.OTHER,)}),
            (DISCONNECT, {'networks': {'shop.a', 'shop.b'}}),
        ]

    def test_deciding_asks_no_client(self, engine, policy):
        found = self.actions(policy, State.RUNNING, StateFlags.NETWORK_LEFT, left={'shop.gone', 'shop.a'})
        assert found == [(DISCONNECT, {'networks': {'shop.gone', 'shop.a'}})]
        assert engine.calls == []

    def test_limits_and_commands_of_a_running_container(self, policy):
        commands = [ExecCommand('x')]
        flags = StateFlags.HOST_CONFIG_UPDATE | StateFlags.EXEC_COMMANDS
        found = self.actions(policy, State.RUNNING, flags, update_container={'cpu_shares': 5}, exec_commands=commands)
        assert found == [
            (UPDATE, {'update_values': {'cpu_shares': 5}}),
            ([ContainerUtilAction.EXEC_COMMANDS], {'run_cmds': commands}),
        ]

    def test_a_stopped_container_is_changed_before_it_is_started(self, policy):
        flags = StateFlags.HOST_CONFIG_UPDATE | StateFlags.NETWORK_DISCONNECTED
        found = self.actions(policy, State.PRESENT, flags, update_container={'cpu_shares': 5}, disconnected=[self.NET])
        assert [action for action, _ in found] == [CONNECT, UPDATE, START, EXEC_ALL]

    def test_a_stopped_persistent_container_is_changed_and_stays_stopped(self, policy):
        flags = StateFlags.HOST_CONFIG_UPDATE | PERSISTENT
        assert self.actions(policy, State.PRESENT, flags, update_container={'cpu_shares': 5}) == [
            (UPDATE, {'update_values': {'cpu_shares': 5}})
        ]


@pytest.mark.parametrize(
    ('base_state', 'flags', 'started_before'),
    [
        (State.PRESENT, 0, True),
        (State.PRESENT, INITIAL, False),
        (State.PRESENT, MISC, False),
        (State.RUNNING, MISC, False),
        (State.ABSENT, 0, False),
    ],
)
def test_commands_that_follow_creation_are_due_for_new_containers_only(policy, base_state, flags, started_before):
    actions = UpdateActionGenerator(policy, {}).get_state_actions(state_of('container', base_state, flags))
    assert [action.started_before for action in actions if action.action_types == EXEC_ALL] == [started_before]


class TestPersistentContainers:
    @pytest.mark.parametrize('flag', RESETTING)
    @pytest.mark.parametrize('base_state', [State.RUNNING, State.PRESENT])
    def test_are_not_made_anew(self, policy, base_state, flag):
        assert planned(policy, 'container', base_state, PERSISTENT | flag) == []

    @pytest.mark.parametrize('flag', RESETTING)
    def test_are_made_anew_on_request(self, policy, flag):
        actions = planned(policy, 'container', State.RUNNING, PERSISTENT | flag, update_persistent=True)
        assert actions == [RESET, EXEC_ALL]

    def test_keep_stale_links_to_what_is_made_anew(self, policy):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.RUNNING, MISC, generator=generator)
        assert planned(policy, 'linked', State.RUNNING, PERSISTENT, generator=generator) == []

    def test_are_kept_with_what_differs_and_the_reason(self, policy):
        state = state_of(
            'container',
            State.RUNNING,
            PERSISTENT | MISC | StateFlags.HOST_CONFIG_UPDATE,
            [('environment.A', '1', '2'), ('cpu_shares', 5, 6)],
            update_container={'cpu_shares': 5},
        )
        generator = UpdateActionGenerator(policy, {})
        actions = generator.get_state_actions(state)
        assert types(actions) == [UPDATE]
        ((text, reason),) = generator.explain(state, actions).kept
        assert text == 'environment.A differs'
        assert 'update_persistent' in reason


class TestWhatHoldsOnToAContainer:
    """Stale volumes, links and network stacks are renewed in the same run."""

    @pytest.mark.parametrize('name', ['linked', 'using', 'sharing', 'literal'])
    @pytest.mark.parametrize(('base_state', 'expected'), [(State.RUNNING, RESET), (State.PRESENT, RELAUNCH)])
    @pytest.mark.parametrize('target', [(State.RUNNING, MISC), (State.PRESENT, MISC), (State.ABSENT, 0)])
    def test_is_made_anew_with_it(self, policy, name, base_state, expected, target):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', *target, generator=generator)
        assert planned(policy, name, base_state, 0, generator=generator) == [expected, EXEC_ALL]

    @pytest.mark.parametrize('name', ['linked', 'using', 'sharing', 'literal'])
    def test_is_told_what_it_follows(self, policy, name):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.RUNNING, MISC, generator=generator)
        state = state_of(name)
        (cause,) = generator.explain(state, generator.get_state_actions(state)).causes
        assert cause == Cause('item', 'depends on shop.app, which is re-created', IDS['container'])

    def test_comes_after_its_own_differences(self, policy):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.RUNNING, MISC, generator=generator)
        state = state_of('linked', State.RUNNING, MISC, [('stop_timeout', 3, 10)])
        causes = generator.explain(state, generator.get_state_actions(state)).causes
        assert [cause.kind for cause in causes] == ['difference', 'item']

    def test_is_missing_for_no_other_reason(self, policy):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.RUNNING, MISC, generator=generator)
        state = state_of('linked', State.ABSENT)
        causes = generator.explain(state, generator.get_state_actions(state)).causes
        assert [cause.text for cause in causes] == ['is missing']

    @pytest.mark.parametrize('name', ['linked', 'using', 'sharing', 'literal'])
    def test_stays_if_the_container_stays(self, policy, name):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.PRESENT, 0, generator=generator)
        assert planned(policy, name, State.RUNNING, 0, generator=generator) == []

    @pytest.mark.parametrize('name', ['reader', 'joined'])
    def test_is_not_who_uses_a_volume_of_its_own_or_finds_it_by_name(self, policy, name):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.RUNNING, MISC, generator=generator)
        assert planned(policy, name, State.RUNNING, 0, generator=generator) == []

    def test_is_only_who_refers_to_the_same_instance(self, policy):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'many.i1', State.RUNNING, MISC, generator=generator)
        assert planned(policy, 'second', State.RUNNING, 0, generator=generator) == []
        planned(policy, 'many.i2', State.RUNNING, MISC, generator=generator)
        assert planned(policy, 'second', State.RUNNING, 0, generator=generator) == [RESET, EXEC_ALL]

    def test_is_found_along_chains(self, policy):
        generator = UpdateActionGenerator(policy, {})
        planned(policy, 'app', State.RUNNING, MISC, generator=generator)
        planned(policy, 'linked', State.RUNNING, 0, generator=generator)
        assert planned(policy, 'chained', State.RUNNING, 0, generator=generator) == [RESET, EXEC_ALL]

    def test_is_told_apart_by_client(self, policy):
        generator = UpdateActionGenerator(policy, {})
        generator.get_state_actions(state_of('app', State.RUNNING, MISC)._replace(client_name='other'))
        assert planned(policy, 'linked', State.RUNNING, 0, generator=generator) == []


class TestVolumes:
    def test_a_change_is_kept_with_the_reason(self, policy):
        state = state_of('volume', State.PRESENT, MISC, [('driver', 'x', 'local')])
        generator = UpdateActionGenerator(policy, {})
        assert not generator.get_state_actions(state)
        ((text, reason),) = generator.explain(state, ()).kept
        assert text == 'driver: local → x'
        assert 'force_update' in reason

    def test_containers_that_use_a_volume_are_removed_before_it_is_reset(self, engine, policy):
        for name in ('shop.app', 'shop.reader', 'shop.using', 'shop.linked'):
            engine.add_container(name)
        actions = UpdateActionGenerator(policy, {}).get_state_actions(state_of('volume', State.PRESENT, FORCED))
        assert [(action.config_id.config_name, action.action_types) for action in actions] == [
            ('using', [Action.STOP, Action.REMOVE]),
            ('reader', [Action.STOP, Action.REMOVE]),
            ('app', [Action.STOP, Action.REMOVE]),
            ('app', DerivedAction.RESET_VOLUME),
            ('app', PREPARE),
        ]

    def test_a_volume_of_a_persistent_container_is_not_reset(self, engine, policy):
        engine.add_container('shop.app')
        policy.container_maps['shop'].containers['app'].persistent = True
        state = state_of('volume', State.PRESENT, FORCED, [('force_update', 'reset', 'as it was')])
        generator = UpdateActionGenerator(policy, {})
        assert not generator.get_state_actions(state)
        assert ['update_persistent' in reason for _, reason in generator.explain(state, ()).kept] == [True]
        actions = UpdateActionGenerator(policy, {'update_persistent': True}).get_state_actions(state)
        assert types(actions)[-2:] == [DerivedAction.RESET_VOLUME, PREPARE]

    def test_a_volume_that_is_reset_is_not_kept_for_what_differs(self, policy):
        differences = [('driver', 'x', 'local'), ('force_update', 'reset', 'as it was')]
        state = state_of('volume', State.PRESENT, FORCED | MISC, differences)
        generator = UpdateActionGenerator(policy, {})
        explanation = generator.explain(state, generator.get_state_actions(state))
        assert (len(explanation.causes), explanation.kept) == (2, ())

    def test_data_that_is_elsewhere_does_not_save_a_volume_from_a_reset_on_request(self, policy):
        state = state_of('volume', State.PRESENT, FORCED, [('mount', 'hash:/new', 'hash:/old')])
        assert types(UpdateActionGenerator(policy, {}).get_state_actions(state)) == [
            DerivedAction.RESET_VOLUME,
            PREPARE,
        ]

    def test_a_volume_that_must_not_be_reset_is_not_made_anew_around_its_data_either(self, engine, policy):
        engine.add_container('shop.app')
        policy.container_maps['shop'].containers['app'].persistent = True
        state = state_of('volume', State.PRESENT, FORCED, [('mount', 'hash:/new', 'hash:/old')])
        assert not UpdateActionGenerator(policy, {}).get_state_actions(state)

    @pytest.mark.parametrize('flag', [StateFlags.VOLUME_MISMATCH, NONRECOVERABLE])
    def test_a_volume_container_is_made_anew_around_its_data(self, policy, flag):
        state = state_of('volume', State.PRESENT, flag, [('mount', 'hash:/new', 'hash:/old')])
        actions = UpdateActionGenerator(policy, {}).get_state_actions(state)
        assert [(action.action_types, action.extra_data) for action in actions] == [
            ([Action.REMOVE], {}),
            (CREATE, {'host_config': {'binds': ['hash:/new']}}),
        ]

    def test_changed_owner_and_mode_are_set_once_before_the_container_is_made_anew(self, policy):
        generator = UpdateActionGenerator(policy, {})
        state = state_of('container', State.RUNNING, MISC, [('attached:data', ['7', None], None)])
        actions = generator.get_state_actions(state)
        assert [(action.config_id, action.action_types) for action in actions] == [
            (IDS['volume'], PREPARE),
            (IDS['container'], RESET),
            (IDS['container'], EXEC_ALL),
        ]
        assert types(generator.get_state_actions(state)) == [RESET, EXEC_ALL]


def test_arguments_of_the_call_are_not_used(policy):
    actions = UpdateActionGenerator(policy, {}).get_state_actions(state_of('container', State.ABSENT), timeout=3)
    assert [action.extra_data for action in actions] == [{}, {}]
    assert UpdateActionGenerator.arguments == frozenset()
