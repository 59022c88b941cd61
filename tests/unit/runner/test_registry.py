"""Which method carries out an action, and what the loop around them does."""

from __future__ import annotations

import pytest

from dockermap.map.action import (
    Action,
    ActionEnum,
    ContainerUtilAction,
    ImageAction,
    ItemAction,
    NetworkUtilAction,
    VolumeUtilAction,
)
from dockermap.map.exceptions import ActionException, ActionTypeException
from dockermap.map.input import ItemType
from dockermap.map.runner import AbstractRunner
from dockermap.map.runner.base import DockerClientRunner

CONTAINER, VOLUME, NETWORK, IMAGE = ItemType.CONTAINER, ItemType.VOLUME, ItemType.NETWORK, ItemType.IMAGE
METHODS = [
    (NETWORK, Action.CREATE, 'create_network'),
    (NETWORK, Action.REMOVE, 'remove_network'),
    (VOLUME, Action.CREATE, 'create_volume'),
    (VOLUME, Action.START, 'start_volume'),
    (VOLUME, Action.REMOVE, 'remove_volume'),
    (CONTAINER, Action.CREATE, 'create_container'),
    (CONTAINER, Action.START, 'start_container'),
    (CONTAINER, Action.RESTART, 'restart'),
    (CONTAINER, Action.STOP, 'stop'),
    (CONTAINER, Action.REMOVE, 'remove_container'),
    (CONTAINER, Action.UPDATE, 'update_container'),
    (CONTAINER, Action.KILL, 'kill'),
    (CONTAINER, Action.WAIT, 'wait'),
    (VOLUME, VolumeUtilAction.PREPARE, 'prepare_attached'),
    (CONTAINER, ContainerUtilAction.EXEC_COMMANDS, 'exec_commands'),
    (CONTAINER, ContainerUtilAction.EXEC_ALL, 'exec_container_commands'),
    (CONTAINER, ContainerUtilAction.SIGNAL_STOP, 'signal_stop'),
    (CONTAINER, ContainerUtilAction.SCRIPT, 'run_script'),
    (NETWORK, NetworkUtilAction.DISCONNECT_ALL, 'disconnect_all_containers'),
    (NETWORK, NetworkUtilAction.RECONNECT_ALL, 'reconnect_all_containers'),
    (CONTAINER, Action.CONNECT, 'connect_networks'),
    (CONTAINER, Action.DISCONNECT, 'disconnect_networks'),
    (CONTAINER, ContainerUtilAction.CONNECT_ALL, 'connect_all_networks'),
    (IMAGE, ImageAction.PULL, 'pull'),
]


class OwnAction(ActionEnum):
    GREET = 'greet'


class GreetMixin:
    greeting = 'hello'
    policy_options = ['greeting']
    action_method_names = [(CONTAINER, OwnAction.GREET, 'greet'), (CONTAINER, Action.KILL, 'spare')]

    def greet(self, action, name, **kwargs):
        return f'{self.greeting} {name}'

    def spare(self, action, name, **kwargs):
        return None

    def fail(self, action, name, **kwargs):
        raise ValueError('no')


class GreetRunner(GreetMixin, DockerClientRunner):
    action_method_names = [(CONTAINER, Action.STOP, 'fail')]


def test_every_documented_action_has_its_method(make_setup):
    runner = make_setup({'web': None}).runner
    assert {key: method.__name__ for key, method in runner.action_methods.items()} == {
        (item_type, action): name for item_type, action, name in METHODS
    }


@pytest.mark.parametrize('runner_class', [GreetRunner, type('Sub', (GreetRunner,), {})])
def test_a_subclass_has_all_methods_of_its_bases_and_its_own_count_most(make_setup, runner_class):
    methods = make_setup({'web': None}, runner_class=runner_class).runner.action_methods
    assert len(methods) == len(METHODS) + 1
    assert {methods[CONTAINER, action].__name__ for action in (OwnAction.GREET, Action.KILL, Action.STOP)} == {
        'greet',
        'spare',
        'fail',
    }


def test_a_mixin_brings_its_options(make_setup):
    setup = make_setup({'web': None}, runner_class=GreetRunner, options={'greeting': 'hi'})
    outputs = list(setup.runner.run_actions([ItemAction(setup.state('container', 'web'), OwnAction.GREET)]))
    assert [output.result for output in outputs] == ['hi shop.web']


def test_the_options_of_the_runner_are_documented():
    assert set(DockerClientRunner.policy_options) == {
        'prepare_local',
        'remove_created_after',
        'exec_wait',
        'replace',
        'start_grace',
        'renew_anonymous_volumes',
        'rollout',
    }


def test_the_abstract_runner_can_do_nothing(make_setup):
    setup = make_setup({'web': None})
    runner = AbstractRunner(setup.policy, {})
    with pytest.raises(ActionTypeException, match='create'):
        list(runner.run_actions([ItemAction(setup.state('container', 'web'), Action.CREATE)]))


def test_actions_are_carried_out_as_results_are_asked_for(make_setup):
    setup = make_setup({'web': None, 'api': None})
    actions = [ItemAction(setup.state('container', name), Action.CREATE) for name in ('web', 'api')]
    outputs = setup.runner.run_actions(actions)
    assert setup.engine.changes == []
    next(outputs)
    assert setup.engine.changes == ['create_container shop.web']


def test_only_results_are_put_out_but_all_actions_are_noted(make_setup):
    setup = make_setup({'web': None})
    state = setup.state('container', 'web')
    outputs = list(
        setup.runner.run_actions(
            [ItemAction(state, [Action.CREATE, Action.START]), ItemAction(state, Action.KILL, signal='SIGKILL')]
        )
    )
    assert [(output.config_id, output.action_type) for output in outputs] == [(state.config_id, Action.CREATE)]
    assert [done.action_type for done in setup.runner.completed] == [Action.CREATE, Action.START, Action.KILL]


def test_data_of_the_action_are_keyword_arguments(make_setup):
    setup = make_setup({'web': None})
    setup.engine.add_container('shop.web', running=True)
    list(setup.runner.run_actions([ItemAction(setup.state('container', 'web'), Action.KILL, signal='SIGHUP')]))
    assert setup.calls('kill') == [{'container': 'shop.web', 'signal': 'SIGHUP'}]


def test_a_failure_names_client_item_and_action(make_setup):
    setup = make_setup({'web': None}, runner_class=GreetRunner)
    state = setup.state('container', 'web')
    with pytest.raises(ActionException) as caught:
        list(setup.runner.run_actions([ItemAction(state, Action.STOP)]))
    error = caught.value
    assert (error.client_name, error.config_id, error.action_type) == ('__default__', state.config_id, Action.STOP)
    assert isinstance(error.source_exception[1], ValueError)


def test_an_unknown_type_of_item_is_an_error(make_setup):
    setup = make_setup({'web': None})
    state = setup.state('container', 'web')
    state = state._replace(config_id=state.config_id._replace(config_type=7))
    with pytest.raises(ValueError, match='7'):
        list(setup.runner.run_actions([ItemAction(state, Action.CREATE)]))


class NamingRunner(AbstractRunner):
    action_method_names = [(item_type, Action.WAIT, 'name') for item_type in ItemType]

    def name(self, action, name, **kwargs):
        return name, action.config


@pytest.mark.parametrize(
    ('kind', 'name', 'instance', 'settings', 'expected'),
    [
        ('container', 'web', 'i1', {}, 'shop.web.i1'),
        ('volume', 'web', 'data', {}, 'shop.data'),
        ('volume', 'web', 'data', {'use_attached_parent_name': True}, 'shop.web.data'),
        ('network', 'back', None, {}, 'shop.back'),
        ('image', 'reg/web', '3', {}, 'reg/web:3'),
        ('image', 'reg/web', 'sha256:abc', {}, 'reg/web@sha256:abc'),
    ],
)
def test_items_are_called_as_on_the_engine(make_setup, kind, name, instance, settings, expected):
    web = {'instances': 'i1', 'attaches': [('data', '/d')]}
    setup = make_setup({'web': web, 'networks': {'back': None}, **settings})
    runner = NamingRunner(setup.policy, {})
    outputs = list(runner.run_actions([ItemAction(setup.state(kind, name, instance), Action.WAIT)]))
    assert outputs[0].result[0] == expected


@pytest.mark.parametrize(
    ('kind', 'name', 'instance', 'features', 'section', 'key'),
    [
        ('container', 'web', None, {}, 'containers', 'web'),
        ('volume', 'web', 'data', {}, 'volumes', 'data'),
        ('volume', 'web', 'data', {'volumes': False}, 'containers', 'web'),
        ('network', 'back', None, {}, 'networks', 'back'),
    ],
)
def test_methods_get_the_configuration_of_the_item(make_setup, kind, name, instance, features, section, key):
    setup = make_setup(
        {'web': {'attaches': 'data'}, 'networks': {'back': None}, 'volumes': {'data': '/d'}}, features=features
    )
    runner = NamingRunner(setup.policy, {})
    outputs = list(runner.run_actions([ItemAction(setup.state(kind, name, instance), Action.WAIT)]))
    assert outputs[0].result[1] is getattr(setup.policy.container_maps['shop'], section)[key]


def test_an_image_has_no_configuration(make_setup):
    setup = make_setup({'web': None})
    runner = NamingRunner(setup.policy, {})
    outputs = list(runner.run_actions([ItemAction(setup.state('image', 'web', '1'), Action.WAIT)]))
    assert outputs[0].result == ('web:1', None)
