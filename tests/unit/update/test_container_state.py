"""Containers as a whole."""

from __future__ import annotations

import logging

import pytest

from dockermap.docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from dockermap.functional import lazy
from dockermap.map.input import CmdCheck
from dockermap.map.policy.label import LABEL, format_label
from dockermap.map.state import State, StateFlags
from dockermap.testing import Process
from tests.unit.update.states import container_id, properties, state_of, states_of

APP = {'image': 'web'}
DEFAULT = '__default__'


def test_a_container_as_configured_has_no_flags(engine, make_policy):
    container = engine.add_container('shop.app', 'web', running=True)
    state = state_of(make_policy({'app': APP}), 'app')
    assert state[3:] == (State.RUNNING, 0, {'id': container.id, 'pid': container.pid})
    assert state.differences == ()


def test_a_missing_container_is_absent(make_policy):
    assert state_of(make_policy({'app': APP}), 'app')[3:] == (State.ABSENT, 0, {})


def test_a_container_that_was_removed_by_somebody_is_absent(engine, make_policy):
    engine.add_container('shop.app', 'web')
    policy = make_policy({'app': APP})
    assert 'shop.app' in policy.container_names[DEFAULT]
    engine.client().remove_container('shop.app')
    assert state_of(policy, 'app').base_state == State.ABSENT


@pytest.mark.parametrize(
    ('config', 'image', 'created', 'flag', 'differences'),
    [
        ({}, 'api', {}, StateFlags.IMAGE_MISMATCH, ['image']),
        ({'binds': [('/c', '/h')]}, 'web', {}, StateFlags.VOLUME_MISMATCH, ['binds./c']),
        ({'create_options': {'environment': {'A': 1}}}, 'web', {}, StateFlags.MISC_MISMATCH, ['environment.A']),
        (
            {'create_options': {'command': 'x', 'entrypoint': 'y'}},
            'web',
            {},
            StateFlags.MISC_MISMATCH,
            ['command', 'entrypoint'],
        ),
        ({'exposes': [80]}, 'web', {}, StateFlags.MISC_MISMATCH, ['exposes']),
        ({'network_mode': 'host'}, 'web', {}, StateFlags.MISC_MISMATCH, ['network_mode']),
        ({}, 'web', {'host_config': {'CpuShares': 5}}, StateFlags.MISC_MISMATCH, ['cpu_shares']),
    ],
)
def test_each_check_has_its_flag(engine, make_policy, config, image, created, flag, differences):
    engine.add_container('shop.app', image, running=True, **created)
    state = state_of(make_policy({'app': {**APP, **config}}), 'app')
    assert (state.state_flags, properties(state)) == (flag, differences)


def test_all_checks_are_made_also_after_the_first_difference(engine, make_policy):
    engine.add_container('shop.app', 'api', running=True)
    config = {**APP, 'binds': [('/c', '/h')], 'host_config': {'cpu_shares': 5}, 'exposes': [80]}
    state = state_of(make_policy({'app': config}), 'app')
    assert properties(state) == ['image', 'binds./c', 'exposes', 'cpu_shares']
    assert state.extra_data['update_container'] == {'cpu_shares': 5}


@pytest.mark.parametrize(
    ('process', 'options', 'flag'),
    [
        (Process(), {'force_update': {container_id('app')}}, StateFlags.FORCED_RESET),
        (Process(seconds=0, exit_code=127), {}, StateFlags.NONRECOVERABLE),
    ],
)
def test_what_is_reset_anyway_is_not_compared(engine, make_policy, process, options, flag):
    engine.add_container('shop.app', 'web', running=True, process=process)
    policy = make_policy({'app': {**APP, 'exposes': [80], 'host_config': {'cpu_shares': 5}}})
    assert state_of(policy, 'app', **options).state_flags == flag


def test_an_image_that_is_not_there_differs(engine, make_policy):
    engine.add_container('shop.app', 'web', running=True)
    assert state_of(make_policy({'app': {'image': 'other'}}), 'app').state_flags == StateFlags.IMAGE_MISMATCH


class TestNamesOfImages:
    @pytest.fixture
    def image(self, engine):
        image = engine.add_image('img:latest', 'host:5000/img:latest')
        image.digests.append('repo/img@sha256:abc')
        engine.add_container('shop.app', 'img', running=True)
        return image

    @pytest.mark.parametrize(
        'name',
        [
            'host:5000/img',
            'host:5000/img:latest',
            'repo/img@sha256:abc',
            'docker.io/library/img',
            'docker.io/repo/img@sha256:abc',
            'library/img:latest',
        ],
    )
    def test_may_be_any_that_it_has(self, make_policy, image, name):
        assert state_of(make_policy({'app': {'image': name}}), 'app').state_flags == 0

    @pytest.mark.parametrize('length', [64, 12])
    def test_may_be_its_id(self, make_policy, image, length):
        name = image.id[: len('sha256:') + length]
        assert state_of(make_policy({'app': {'image': name}}), 'app').state_flags == 0

    @pytest.mark.parametrize('exists', [True, False])
    def test_may_not_be_the_id_of_another_one(self, engine, make_policy, image, exists):
        name = engine.image('api').id if exists else 'sha256:' + '2' * 64
        assert state_of(make_policy({'app': {'image': name}}), 'app').state_flags == StateFlags.IMAGE_MISMATCH


def test_the_image_of_a_persistent_container_is_only_noted(engine, make_policy):
    engine.add_container('shop.app', 'api', running=True)
    policy = make_policy({'app': {**APP, 'persistent': True}})
    state = state_of(policy, 'app')
    assert (state.state_flags, properties(state)) == (StateFlags.PERSISTENT, ['image'])
    checked = state_of(policy, 'app', update_persistent=True).state_flags
    assert checked == StateFlags.PERSISTENT | StateFlags.IMAGE_MISMATCH


def test_limits_that_cannot_be_changed_in_place_do_not_reset_on_request(engine, make_policy):
    engine.add_container('shop.app', 'web', running=True, host_config={'CpuShares': 5, 'CpuQuota': 20000})
    state = state_of(make_policy({'app': APP}), 'app', skip_limit_reset=True)
    assert (state.state_flags, properties(state)) == (StateFlags.HOST_CONFIG_UPDATE, ['cpu_quota', 'cpu_shares'])
    assert state.extra_data['update_container'] == {'cpu_quota': -1}


@pytest.mark.parametrize(
    'options',
    [
        lambda: {'environment': {'A': '1'}},
        lazy(lambda: {'environment': lazy(lambda: {'A': 1})}),
    ],
)
def test_options_may_be_functions_and_late_values(engine, make_policy, options):
    engine.add_container('shop.app', 'web', running=True, environment={'A': '1'}, host_config={'CpuShares': 5})
    config = {**APP, 'create_options': options, 'host_config': lambda: {'cpu_shares': 5}}
    assert state_of(make_policy({'app': config}), 'app').state_flags == 0


def test_changed_options_of_a_configuration_are_seen_at_once(engine, make_policy):
    engine.add_container('shop.app', 'web', running=True, environment={'A': '1'})
    policy = make_policy({'app': {**APP, 'create_options': {'environment': {'A': '1'}}}})
    assert state_of(policy, 'app').state_flags == 0
    policy.container_maps['shop'].containers['app'].create_options['environment']['A'] = '2'
    assert state_of(policy, 'app').state_flags == StateFlags.MISC_MISMATCH


def test_an_inspection_may_lack_nearly_everything(engine, make_policy):
    def lacking(found):
        return {
            'Id': found['Id'],
            'Image': found['Image'],
            'State': {'Running': False, 'StartedAt': '2026', 'ExitCode': 0},
            'Config': {'Env': None},
            'HostConfig': {'Links': None},
            'NetworkSettings': {},
        }

    engine.add_container('shop.app', 'web')
    engine.report('inspect_container', lacking)
    state = state_of(make_policy({'app': APP}), 'app')
    assert state.state_flags == StateFlags.NETWORK_DISCONNECTED
    assert [endpoint.network_name for endpoint in state.extra_data['disconnected']] == ['bridge']


class TestExecCommands:
    CONFIG = {'app': {**APP, 'exec_commands': ['sleep 5', ('once', None, 'initial')]}}

    def test_missing_commands_are_data(self, engine, make_policy):
        engine.add_container('shop.app', 'web', running=True)
        state = state_of(make_policy(self.CONFIG), 'app')
        assert state.state_flags == StateFlags.EXEC_COMMANDS
        assert [command.cmd for command in state.extra_data['exec_commands']] == ['sleep 5']
        asked = [call.arguments['ps_args'] for call in engine.calls if call.method == 'top']
        assert asked == ['-eo pid,user,args']

    def test_running_commands_are_no_difference(self, engine, make_policy):
        engine.add_container('shop.app', 'web', running=True)
        client = engine.client()
        client.exec_start(client.exec_create('shop.app', 'sleep 5')['Id'], detach=True)
        assert state_of(make_policy(self.CONFIG), 'app').state_flags == 0

    @pytest.mark.parametrize('processes', [None, []])
    def test_without_processes_commands_are_missing(self, engine, make_policy, processes):
        engine.add_container('shop.app', 'web', running=True)
        engine.report('top', {'Processes': processes})
        assert state_of(make_policy(self.CONFIG), 'app').state_flags == StateFlags.EXEC_COMMANDS

    @pytest.mark.parametrize('option', [None, False, CmdCheck.NONE, 'none'])
    def test_without_check_no_processes_are_asked_for(self, engine, make_policy, option):
        engine.add_container('shop.app', 'web', running=True)
        assert state_of(make_policy(self.CONFIG), 'app', check_exec_commands=option).state_flags == 0
        assert 'top' not in methods(engine)

    @pytest.mark.parametrize('status', ['exited', 'paused', 'restarting'])
    def test_containers_that_do_not_work_at_the_moment_get_no_commands(self, engine, make_policy, status):
        restarts = {'RestartPolicy': {'Name': 'always'}} if status == 'restarting' else {}
        container = engine.add_container('shop.app', 'web', running=True, host_config=restarts)
        if status == 'paused':
            engine.client().pause('shop.app')
        else:
            engine.end('shop.app')
        assert container.status == status
        assert StateFlags.EXEC_COMMANDS not in state_of(make_policy(self.CONFIG), 'app').state_flags
        assert 'top' not in methods(engine)

    def test_a_container_that_ends_while_it_is_looked_at_gets_no_commands(self, engine, make_policy):
        engine.add_container('shop.app', 'web', running=True)
        ended = engine.faults.add('top', kind='refused', status=409)
        assert state_of(make_policy(self.CONFIG), 'app').state_flags == 0
        assert ended.happened


def methods(engine):
    return {call.method for call in engine.calls}


class TestLabel:
    """The label is compared with the arguments that a new container would be created with."""

    def state(self, make_policy):
        """The container, compared with one that would have a user and a label."""
        arguments = {'user': 'daemon', 'labels': {'a': 'b'}}
        return state_of(make_policy({'app': APP}), 'app', create_arguments=lambda *_: arguments)

    def add(self, engine, arguments, **others):
        label = arguments if isinstance(arguments, str) else format_label(arguments, CREATE_OPTIONS)
        engine.add_container('shop.app', 'web', running=True, labels={LABEL: label}, **others)

    def test_the_same_arguments_are_no_difference(self, engine, make_policy):
        self.add(engine, {'labels': {'a': 'b'}, 'user': 'daemon'})
        assert self.state(make_policy).state_flags == 0

    @pytest.mark.parametrize(
        ('arguments', 'difference'),
        [
            ({'labels': {'a': 'b'}, 'user': 'root'}, ('user', 'daemon', 'root')),
            ({'labels': {'a': 'b'}}, ('user', 'daemon', 'root')),
            ({'labels': {'a': 'b'}, 'user': 'daemon', 'tty': True}, ('tty', None, True)),
        ],
    )
    def test_changed_added_and_removed_arguments_are_differences(self, engine, make_policy, arguments, difference):
        self.add(engine, arguments, user='root', tty=True)
        found = self.state(make_policy)
        assert found.state_flags == StateFlags.MISC_MISMATCH
        assert [each[1:] for each in found.differences] == [difference]

    @pytest.mark.parametrize('label', ['2:{}', '1:', 'nonsense', ''])
    def test_other_labels_are_not_compared(self, engine, make_policy, label):
        self.add(engine, label)
        assert self.state(make_policy).state_flags == 0

    @pytest.mark.parametrize('reported', [{}, {'Config': {'Labels': None}}])
    def test_without_a_label_nothing_is_compared_with_it(self, engine, make_policy, reported):
        engine.add_container('shop.app', 'web', running=True)
        engine.report('inspect_container', reported)
        assert self.state(make_policy).state_flags == 0

    def test_what_was_found_live_is_not_said_twice(self, engine, make_policy):
        self.add(engine, {'environment': ['A=2']}, environment={'A': '2'})
        policy = make_policy({'app': {**APP, 'create_options': {'environment': {'A': '1'}}}})
        state = state_of(policy, 'app', create_arguments=lambda *_: {'environment': ['A=1']})
        assert properties(state) == ['environment.A']

    def test_a_removed_variable_is_a_difference(self, engine, make_policy):
        self.add(engine, {'environment': ['A=2']}, environment={'A': '2'})
        state = state_of(make_policy({'app': APP}), 'app', create_arguments=lambda *_: {})
        assert (state.state_flags, properties(state)) == (StateFlags.MISC_MISMATCH, ['environment'])
        assert 'A=2' not in state.differences[0].describe()

    @pytest.mark.parametrize(('wanted', 'flags'), [('/Users/me', 0), ('/Users/you', StateFlags.VOLUME_MISMATCH)])
    def test_host_paths_that_an_engine_shows_otherwise_are_compared_with_the_label(
        self, engine, make_policy, wanted, flags
    ):
        binds = ['/Users/me:/c:rw']
        self.add(engine, {'binds': binds}, host_config={'Binds': binds})
        engine.report('inspect_container', {'Mounts': [{'Destination': '/c', 'Source': '/host_mnt/Users/me'}]})
        policy = make_policy({'app': {**APP, 'binds': [('/c', wanted)]}})
        state = state_of(policy, 'app', create_arguments=lambda *_: {'binds': [f'{wanted}:/c:rw']})
        assert state.state_flags == flags

    def test_networks_and_volumes_have_labels_as_well(self, engine, make_policy):
        engine.add_network('shop.net', labels={LABEL: format_label({'labels': {'a': 'c'}}, NETWORK_OPTIONS)})
        engine.add_volume('shop.data', labels={LABEL: format_label({}, VOLUME_OPTIONS)})
        content = {
            'app': {**APP, 'networks': ['net'], 'attaches': ['data']},
            'networks': {'net': {}},
            'volumes': {'data': '/d'},
        }
        states = states_of(make_policy(content), 'app', create_arguments=lambda *_: {'labels': {'a': 'b'}})
        assert properties(states['network', 'net']) == ['labels']
        assert properties(states['volume', 'data']) == ['labels']


def test_a_paused_container_is_named_in_a_warning(engine, make_policy, caplog):
    engine.add_container('shop.app', 'web', running=True)
    engine.client().pause('shop.app')
    with caplog.at_level(logging.WARNING):
        state = state_of(make_policy({'app': APP}), 'app')
    assert state.base_state == State.RUNNING
    assert 'shop.app' in caplog.text


class TestSharedVolumes:
    def add(self, engine, process=None):
        engine.add_container('shop.src', 'web', volumes=['/s'], running=True, process=process)
        engine.add_container('shop.app', 'web', host_config={'VolumesFrom': ['shop.src']}, running=True)

    def test_of_a_container_that_is_not_compared_still_serve_those_who_use_it(self, engine, make_policy):
        self.add(engine, Process(seconds=0, exit_code=127))
        policy = make_policy({'src': {**APP, 'shares': ['/s'], 'persistent': True}, 'app': {**APP, 'uses': ['src']}})
        states = states_of(policy, 'app')
        assert StateFlags.NONRECOVERABLE in states['container', 'src'].state_flags
        assert states['container', 'app'].state_flags == 0

    def test_are_unchanged_on_each_look(self, engine, make_policy):
        self.add(engine)
        policy = make_policy({'src': {**APP, 'shares': ['/s']}, 'app': {**APP, 'uses': ['src']}})
        assert [state_of(policy, 'app').state_flags for _ in range(2)] == [0, 0]


def test_unused_clients_are_not_contacted(engine, make_policy):
    engine.add_container('shop.app', 'web', running=True)

    class Unusable:
        features = {'networks': True, 'volumes': True}

        def get_client(self):
            raise AssertionError('contacted')

    policy = make_policy({'app': APP})
    policy.clients['other'] = Unusable()
    assert state_of(policy, 'app').base_state == State.RUNNING


def test_only_documented_requests_are_made(engine, make_policy):
    engine.add_network('shop.net')
    engine.add_container(
        'shop.app', 'web', running=True, host_config={'NetworkMode': 'shop.net', 'Binds': ['shop.data:/d']}
    )
    content = {
        'app': {**APP, 'networks': ['net'], 'attaches': ['data'], 'exec_commands': ['x']},
        'networks': {'net': {}},
        'volumes': {'data': '/d'},
    }
    state_of(make_policy(content), 'app')
    assert sorted(f'{call.method} {call.subject}'.rstrip() for call in engine.calls) == [
        'containers',
        'images',
        'inspect_container shop.app',
        'inspect_network bridge',
        'inspect_network shop.net',
        'inspect_volume shop.data',
        'networks',
        'top shop.app',
        'volumes',
    ]


@pytest.mark.parametrize(
    ('answer', 'flags'),
    [
        ({'CPUShares': False}, 0),
        ({}, StateFlags.HOST_CONFIG_UPDATE),
        (None, StateFlags.HOST_CONFIG_UPDATE),
    ],
)
def test_a_client_may_describe_its_host(engine, make_policy, answer, flags):
    engine.add_container('shop.app', 'web', running=True)
    if answer is None:
        engine.faults.add('info', kind='refused')
    else:
        engine.report('info', answer)
    policy = make_policy({'app': {**APP, 'host_config': {'cpu_shares': 5}}})
    assert state_of(policy, 'app').state_flags == flags
