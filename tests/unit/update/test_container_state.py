"""Containers as a whole."""

from __future__ import annotations

import logging

import pytest

from dockermap.functional import lazy
from dockermap.map.input import CmdCheck, ItemType, MapConfigId
from dockermap.map.policy.label import LABEL, format_label
from dockermap.map.state import State, StateFlags

APP = {'image': 'img'}
DEFAULT = '__default__'


def names(state):
    return [difference.property for difference in state.differences]


def test_a_container_as_configured_has_no_flags(situation):
    given = situation({'app': APP})
    detail = given.engine.add_container('m.app')
    state = given.state('app')
    assert state[3:] == (State.RUNNING, 0, {'id': detail['Id'], 'pid': 77})
    assert state.differences == ()


def test_a_missing_container_is_absent(situation):
    assert situation({'app': APP}).state('app')[3:] == (State.ABSENT, 0, {})


def test_a_container_that_was_removed_by_somebody_is_absent(situation):
    given = situation({'app': APP})
    given.engine.add_container('m.app')
    assert 'm.app' in given.policy.container_names[DEFAULT]
    del given.engine.details['container']['m.app']
    assert given.state('app').base_state == State.ABSENT


@pytest.mark.parametrize(
    ('config', 'changes', 'flag', 'properties'),
    [
        ({}, {'Image': 'sha256:2'}, StateFlags.IMAGE_MISMATCH, ['image']),
        ({'binds': [('/c', '/h')]}, {}, StateFlags.VOLUME_MISMATCH, ['binds./c']),
        ({'create_options': {'environment': {'A': 1}}}, {}, StateFlags.MISC_MISMATCH, ['environment.A']),
        (
            {'create_options': {'command': 'x', 'entrypoint': 'y'}},
            {},
            StateFlags.MISC_MISMATCH,
            ['command', 'entrypoint'],
        ),
        ({'exposes': [80]}, {}, StateFlags.MISC_MISMATCH, ['exposes']),
        ({'network_mode': 'host'}, {}, StateFlags.MISC_MISMATCH, ['network_mode']),
        ({}, {'HostConfig': {'CpuShares': 5}}, StateFlags.MISC_MISMATCH, ['cpu_shares']),
    ],
)
def test_each_check_has_its_flag(situation, config, changes, flag, properties):
    given = situation({'app': {**APP, **config}})
    given.engine.add_container('m.app', **changes)
    state = given.state('app')
    assert (state.state_flags, names(state)) == (flag, properties)


def test_all_checks_are_made_also_after_the_first_difference(situation):
    given = situation({'app': {**APP, 'binds': [('/c', '/h')], 'host_config': {'cpu_shares': 5}, 'exposes': [80]}})
    given.engine.add_container('m.app', Image='sha256:2')
    state = given.state('app')
    assert names(state) == ['image', 'binds./c', 'exposes', 'cpu_shares']
    assert state.extra_data['update_container'] == {'cpu_shares': 5}


@pytest.mark.parametrize(
    ('changes', 'options', 'flag'),
    [
        ({}, {'force_update': {MapConfigId(ItemType.CONTAINER, 'm', 'app')}}, StateFlags.FORCED_RESET),
        ({'State': {'Running': False, 'ExitCode': 127}}, {}, StateFlags.NONRECOVERABLE),
    ],
)
def test_what_is_reset_anyway_is_not_compared(situation, changes, options, flag):
    given = situation({'app': {**APP, 'exposes': [80], 'host_config': {'cpu_shares': 5}}})
    given.engine.add_container('m.app', **changes)
    assert given.state('app', **options).state_flags == flag


def test_an_image_that_is_not_there_differs(situation):
    given = situation({'app': {'image': 'other'}})
    given.engine.add_container('m.app')
    assert given.state('app').state_flags == StateFlags.IMAGE_MISMATCH


@pytest.mark.parametrize(
    'image',
    [
        'host:5000/img',
        'host:5000/img:latest',
        'repo/img@sha256:abc',
        'sha256:' + '1' * 64,
        'sha256:' + '1' * 12,
        'docker.io/library/img',
        'docker.io/repo/img@sha256:abc',
        'library/img:latest',
    ],
)
def test_images_may_be_named_in_every_way(situation, image):
    given = situation({'app': {'image': image}})
    image_id = given.engine.add_container('m.app')['Image']
    given.engine.image_ids.update({'host:5000/img:latest': image_id, 'repo/img@sha256:abc': image_id})
    assert given.state('app').state_flags == 0


def test_an_image_given_by_id_is_compared(situation):
    given = situation({'app': {'image': 'sha256:' + '2' * 64}})
    given.engine.add_container('m.app')
    assert given.state('app').state_flags == StateFlags.IMAGE_MISMATCH


def test_the_image_of_a_persistent_container_is_only_noted(situation):
    given = situation({'app': {**APP, 'persistent': True}})
    given.engine.add_container('m.app', Image='sha256:2')
    state = given.state('app')
    assert (state.state_flags, names(state)) == (StateFlags.PERSISTENT, ['image'])
    checked = given.state('app', update_persistent=True).state_flags
    assert checked == StateFlags.PERSISTENT | StateFlags.IMAGE_MISMATCH


def test_limits_that_cannot_be_changed_in_place_do_not_reset_on_request(situation):
    given = situation({'app': APP})
    given.engine.add_container('m.app', HostConfig={'CpuShares': 5, 'CpuQuota': 20000})
    state = given.state('app', skip_limit_reset=True)
    assert (state.state_flags, names(state)) == (StateFlags.HOST_CONFIG_UPDATE, ['cpu_quota', 'cpu_shares'])
    assert state.extra_data['update_container'] == {'cpu_quota': -1}


@pytest.mark.parametrize(
    'options',
    [
        lambda: {'environment': {'A': '1'}},
        lazy(lambda: {'environment': lazy(lambda: {'A': 1})}),
    ],
)
def test_options_may_be_functions_and_late_values(situation, options):
    given = situation({'app': {**APP, 'create_options': options, 'host_config': lambda: {'cpu_shares': 5}}})
    given.engine.add_container('m.app', Config={'Env': ['A=1']}, HostConfig={'CpuShares': 5})
    assert given.state('app').state_flags == 0


def test_changed_options_of_a_configuration_are_seen_at_once(situation):
    given = situation({'app': {**APP, 'create_options': {'environment': {'A': '1'}}}})
    given.engine.add_container('m.app', Config={'Env': ['A=1']})
    assert given.state('app').state_flags == 0
    given.map.containers['app'].create_options['environment']['A'] = '2'
    assert given.state('app').state_flags == StateFlags.MISC_MISMATCH


def test_an_inspection_may_lack_nearly_everything(situation):
    given = situation({'app': APP})
    given.engine.details['container']['m.app'] = {
        'Id': 'x',
        'Image': 'sha256:' + '1' * 64,
        'State': {'Running': False, 'StartedAt': '2026', 'ExitCode': 0},
        'Config': {'Env': None},
        'HostConfig': {'Links': None},
        'NetworkSettings': {},
    }
    state = given.state('app')
    assert state.state_flags == StateFlags.NETWORK_DISCONNECTED
    assert [endpoint.network_name for endpoint in state.extra_data['disconnected']] == ['bridge']


class TestExecCommands:
    CONFIG = {'app': {**APP, 'exec_commands': ['sleep 5', ('once', None, 'initial')]}}

    def test_missing_commands_are_data(self, situation):
        given = situation(self.CONFIG)
        given.engine.add_container('m.app')
        state = given.state('app')
        assert state.state_flags == StateFlags.EXEC_COMMANDS
        assert [command.cmd for command in state.extra_data['exec_commands']] == ['sleep 5']
        assert given.engine.calls[-1][0] == 'inspect_container' or ('top', '-eo pid,user,args') in given.engine.calls

    def test_running_commands_are_no_difference(self, situation):
        given = situation(self.CONFIG)
        given.engine.processes = [['5', 'root', 'sleep 5']]
        given.engine.add_container('m.app')
        assert given.state('app').state_flags == 0

    @pytest.mark.parametrize('processes', [None, []])
    def test_without_processes_commands_are_missing(self, situation, processes):
        given = situation(self.CONFIG)
        given.engine.processes = processes
        given.engine.add_container('m.app')
        assert given.state('app').state_flags == StateFlags.EXEC_COMMANDS

    @pytest.mark.parametrize('option', [None, False, CmdCheck.NONE, 'none'])
    def test_without_check_no_processes_are_asked_for(self, situation, option):
        given = situation(self.CONFIG)
        given.engine.add_container('m.app')
        assert given.state('app', check_exec_commands=option).state_flags == 0
        assert 'top' not in dict(given.engine.calls)

    @pytest.mark.parametrize(
        'changes',
        [
            {'State': {'Running': False}},
            {'State': {'Paused': True}},
            {'State': {'Restarting': True}},
        ],
    )
    def test_containers_that_do_not_work_at_the_moment_get_no_commands(self, situation, changes):
        given = situation(self.CONFIG)
        given.engine.add_container('m.app', **changes)
        assert StateFlags.EXEC_COMMANDS not in given.state('app').state_flags
        assert 'top' not in dict(given.engine.calls)

    def test_a_container_that_ends_while_it_is_looked_at_gets_no_commands(self, situation):
        given = situation(self.CONFIG)
        given.engine.add_container('m.app')

        class Conflict(Exception):
            status_code = 409

        def top(*_, **__):
            raise Conflict

        given.engine.top = top
        assert given.state('app').state_flags == 0


class TestLabel:
    """The label is compared with the arguments that a new container would be created with."""

    @pytest.fixture
    def given(self, situation):
        given = situation({'app': APP})
        given.create_arguments = lambda client_name, config_id: {'user': 'app', 'labels': {'a': 'b'}}
        return given

    def add(self, given, arguments, **config):
        label = arguments if isinstance(arguments, str) else format_label(arguments)
        given.engine.add_container('m.app', Config={'Labels': {LABEL: label}, **config})

    def test_the_same_arguments_are_no_difference(self, given):
        self.add(given, {'labels': {'a': 'b'}, 'user': 'app'})
        assert given.state('app').state_flags == 0

    @pytest.mark.parametrize(
        ('arguments', 'difference'),
        [
            ({'labels': {'a': 'b'}, 'user': 'root'}, ('user', 'app', 'root')),
            ({'labels': {'a': 'b'}}, ('user', 'app', 'root')),
            ({'labels': {'a': 'b'}, 'user': 'app', 'tty': True}, ('tty', None, True)),
        ],
    )
    def test_changed_added_and_removed_arguments_are_differences(self, given, arguments, difference):
        self.add(given, arguments, User='root', Tty=True)
        state = given.state('app')
        assert state.state_flags == StateFlags.MISC_MISMATCH
        assert [found[1:] for found in state.differences] == [difference]

    @pytest.mark.parametrize('label', ['2:{}', '1:', 'nonsense', ''])
    def test_other_labels_are_not_compared(self, given, label):
        self.add(given, label)
        assert given.state('app').state_flags == 0

    def test_without_a_label_nothing_is_compared_with_it(self, given):
        given.engine.add_container('m.app', Config={'Labels': None})
        assert given.state('app').state_flags == 0

    def test_what_was_found_live_is_not_said_twice(self, situation):
        given = situation({'app': {**APP, 'create_options': {'environment': {'A': '1'}}}})
        given.create_arguments = lambda *_: {'environment': ['A=1']}
        self.add(given, {'environment': ['A=2']}, Env=['A=2'])
        assert names(given.state('app')) == ['environment.A']

    def test_a_removed_variable_is_a_difference(self, situation):
        given = situation({'app': APP})
        given.create_arguments = lambda *_: {}
        self.add(given, {'environment': ['A=2']}, Env=['A=2'])
        state = given.state('app')
        assert (state.state_flags, names(state)) == (StateFlags.MISC_MISMATCH, ['environment'])
        assert 'A=2' not in state.differences[0].describe()

    def test_a_host_path_that_an_engine_shows_otherwise_is_no_difference(self, situation):
        given = situation({'app': {**APP, 'binds': [('/c', '/Users/me')]}})
        given.create_arguments = lambda *_: {'binds': ['/Users/me:/c:rw']}
        self.add(given, {'binds': ['/Users/me:/c:rw']})
        mount = {'Destination': '/c', 'Source': '/host_mnt/Users/me'}
        given.engine.details['container']['m.app']['Mounts'] = [mount]
        assert given.state('app').state_flags == 0

    def test_networks_and_volumes_have_labels_as_well(self, situation):
        content = {
            'app': {**APP, 'networks': ['net'], 'attaches': ['data']},
            'networks': {'net': {}},
            'volumes': {'data': '/d'},
        }
        given = situation(content)
        given.create_arguments = lambda *_: {'labels': {'a': 'b'}}
        given.engine.add_network('m.net', Labels={LABEL: format_label({'labels': {'a': 'c'}})})
        given.engine.add_volume('m.data', Labels={LABEL: format_label({})})
        states = given.states('app')
        assert [names(states[key]) for key in (('network', 'net'), ('volume', 'data'))] == [['labels'], ['labels']]


def test_a_paused_container_is_named_in_a_warning(situation, caplog):
    given = situation({'app': APP})
    given.engine.add_container('m.app', State={'Paused': True})
    with caplog.at_level(logging.WARNING):
        state = given.state('app')
    assert state.base_state == State.RUNNING
    assert 'm.app' in caplog.text


def test_shares_of_a_container_that_is_not_compared_still_serve_those_who_use_it(situation):
    given = situation({'src': {**APP, 'shares': ['/s'], 'persistent': True}, 'app': {**APP, 'uses': ['src']}})
    mount = {'Destination': '/s', 'Name': 'anonymous'}
    given.engine.add_container('m.src', State={'Running': False, 'ExitCode': 127}, Mounts=[mount])
    given.engine.add_container('m.app', Mounts=[mount])
    assert given.state('app').state_flags == 0


def test_a_container_that_uses_another_one_is_unchanged_on_each_look(situation):
    given = situation({'src': {**APP, 'shares': ['/s']}, 'app': {**APP, 'uses': ['src']}})
    given.engine.add_container('m.src', Mounts=[{'Destination': '/s', 'Name': 'anonymous'}])
    given.engine.add_container('m.app', Mounts=[{'Destination': '/s', 'Name': 'anonymous'}])
    assert [given.state('app').state_flags for _ in range(2)] == [0, 0]


def test_unused_clients_are_not_contacted(situation):
    given = situation({'app': APP})
    given.engine.add_container('m.app')

    class Unusable:
        features = {'networks': True, 'volumes': True}

        def get_client(self):
            raise AssertionError('contacted')

    given.policy.clients['other'] = Unusable()
    assert given.state('app').base_state == State.RUNNING


def test_only_documented_requests_are_made(situation):
    content = {
        'app': {**APP, 'networks': ['net'], 'attaches': ['data'], 'exec_commands': ['x']},
        'networks': {'net': {}},
        'volumes': {'data': '/d'},
    }
    given = situation(content)
    given.engine.add_network('m.net')
    given.engine.add_volume('m.data')
    given.engine.add_container(
        'm.app',
        networks={'m.net': {'NetworkID': 'id-of-m.net', 'EndpointID': 'e'}},
        Mounts=[{'Destination': '/d', 'Name': 'm.data'}],
    )
    given.state('app')
    assert {name for name, _ in given.engine.calls} == {'inspect_network', 'inspect_volume', 'inspect_container', 'top'}
    assert len(given.engine.calls) == 5


@pytest.mark.parametrize(
    ('info', 'flags'),
    [
        (lambda: {'CPUShares': False}, 0),
        (dict, StateFlags.HOST_CONFIG_UPDATE),
        (lambda: 1 / 0, StateFlags.HOST_CONFIG_UPDATE),
    ],
)
def test_a_client_may_describe_its_host(situation, info, flags):
    given = situation({'app': {**APP, 'host_config': {'cpu_shares': 5}}})
    given.engine.add_container('m.app')
    given.engine.info = info
    assert given.state('app').state_flags == flags


def test_volumes_that_only_the_container_refers_to_are_known(situation):
    given = situation(
        {
            'src': {**APP, 'shares': ['/s']},
            'app': {**APP, 'uses': ['src'], 'attaches': ['data']},
            'volumes': {'data': '/d'},
        }
    )
    shared, own = 'a' * 64, 'b' * 64
    given.engine.add_container('m.src', Mounts=[{'Destination': '/s', 'Name': shared}], Config={'Volumes': {'/s': {}}})
    given.engine.add_container(
        'm.app',
        Config={'Volumes': {'/d': {}, '/image': {}, '/bound': {}}},
        Mounts=[
            {'Destination': '/s', 'Name': shared},
            {'Destination': '/d', 'Name': 'm.data'},
            {'Destination': '/image', 'Name': own},
            {'Destination': '/bound', 'Source': '/host'},
        ],
    )
    states = given.states('app')
    assert states['container', 'src'].anonymous_volumes == (shared,)
    assert states['container', 'app'].anonymous_volumes == (own,)
    assert states['volume', 'data'].anonymous_volumes == ()
