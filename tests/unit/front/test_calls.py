from __future__ import annotations

import logging

import pytest

from dockermap.map.action import Action, ContainerUtilAction, ItemAction
from dockermap.map.action.base import AbstractActionGenerator
from dockermap.map.action.simple import ShutdownActionGenerator
from dockermap.map.client import MappingDockerClient
from dockermap.map.exceptions import ActionRunnerException
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.policy.ownership import MAP_LABEL
from dockermap.map.runner import AbstractRunner
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state import State
from dockermap.map.state.base import SingleStateGenerator
from dockermap.testing import Process

SHOP = {'web': {'links': 'api'}, 'api': {'links': 'db'}, 'db': {}}
CHAIN = ['db', 'api', 'web']


def words(results):
    return [
        f'{output.config_id.config_type.value} {output.config_id.config_name} {output.action_type.value}'
        for output in results
    ]


def given(engine, method, key):
    return [call.arguments.get(key) for call in engine.calls if call.method == method]


@pytest.fixture
def running(engine):
    for name in CHAIN:
        engine.add_container(f'shop.{name}', running=True, labels={MAP_LABEL: 'shop'})
    return engine


@pytest.fixture
def stopped(running):
    for name in CHAIN:
        running.end(f'shop.{name}')
    return running


@pytest.fixture
def hub(engine):
    """The public registry, which has what the map needs."""
    hub = engine.registry('docker.io')
    for name in CHAIN:
        hub.publish(name)
    return hub


def test_create_makes_what_is_missing_in_order(make_client, engine):
    results = make_client(SHOP).create('web')
    assert engine.changes == [f'create_container shop.{name}' for name in CHAIN]
    assert words(results) == [f'container {name} create' for name in CHAIN]


def test_start_starts_what_does_not_run(make_client, stopped):
    make_client(SHOP).start('web')
    assert stopped.changes == [f'start shop.{name}' for name in CHAIN]


def test_startup_makes_and_starts(make_client, engine):
    make_client(SHOP).startup('api')
    assert engine.changes == [
        'create_container shop.db',
        'start shop.db',
        'create_container shop.api',
        'start shop.api',
    ]


def test_stop_goes_the_other_way(make_client, running):
    make_client(SHOP).stop('db')
    assert running.changes == [f'stop shop.{name}' for name in reversed(CHAIN)]


def test_remove_leaves_running_containers_alone(make_client, running, caplog):
    assert make_client(SHOP).remove('db') == []
    assert running.changes == []
    assert 'Nothing to do for container shop.db on client __default__: it runs' in caplog.text


def test_remove_removes_what_does_not_run(make_client, stopped):
    make_client(SHOP).remove('db')
    assert stopped.changes == [f'remove_container shop.{name}' for name in reversed(CHAIN)]


def test_shutdown_stops_and_removes(make_client, running):
    make_client(SHOP).shutdown('api')
    assert running.changes == [
        'stop shop.web',
        'remove_container shop.web',
        'stop shop.api',
        'remove_container shop.api',
    ]


def test_restart_concerns_the_given_items_alone(make_client, running):
    make_client(SHOP).restart('api')
    assert running.changes == ['stop shop.api', 'start shop.api']


def test_signal_concerns_the_given_items_alone(make_client, running):
    make_client(SHOP).signal('api', signal='SIGHUP')
    assert running.changes == ['kill shop.api']
    assert given(running, 'kill', 'signal') == ['SIGHUP']


def test_pull_images_pulls_those_of_the_path(make_client, engine, hub):
    results = make_client(SHOP).pull_images('api')
    assert engine.changes == ['pull db:latest', 'pull api:latest']
    assert words(results) == ['image db pull_image', 'image api pull_image']


def test_a_script_runs_in_its_own_container(make_client, engine):
    engine.script(Process(seconds=0), command='x')
    results = make_client({'api': {}}).run_script('api', command_format='x')
    assert [output.action_type for output in results] == [ContainerUtilAction.SCRIPT]
    assert engine.names() == []


@pytest.mark.parametrize(
    ('action', 'existing', 'changes'),
    [
        ('create', None, ['create_container shop.db']),
        ('start', False, ['start shop.db']),
        ('startup', False, ['start shop.db']),
        ('update', None, ['create_container shop.db', 'start shop.db']),
        ('stop', True, ['stop shop.db']),
        ('restart', True, ['stop shop.db', 'start shop.db']),
        ('signal', True, ['kill shop.db']),
        ('shutdown', True, ['stop shop.db', 'remove_container shop.db']),
        ('remove', False, ['remove_container shop.db']),
        ('pull_images', None, ['pull db:latest']),
    ],
)
def test_call_runs_an_action_by_name(make_client, engine, hub, action, existing, changes):
    if existing is not None:
        engine.add_container('shop.db', running=True, labels={MAP_LABEL: 'shop'})
    if existing is False:
        engine.end('shop.db')
    make_client({'db': {}}).call(action, 'db')
    assert engine.changes == changes


def test_lists_of_names_groups_and_ids_select_items(make_client):
    client = make_client({**SHOP, 'groups': {'all': ['web', 'db']}})
    for selection in (['shop.web', 'db'], 'all', 'shop.all', [MapConfigId(ItemType.CONTAINER, 'shop', 'web'), 'db']):
        states = client.get_states('restart', selection)
        assert [state.config_id.config_name for state in states] == ['db', 'web']


def test_instances_can_be_selected(make_client):
    client = make_client({'web': {'instances': ['i1', 'i2']}})
    states = client.get_states('restart', 'web', instances=['i2'])
    assert [state.config_id.instance_name for state in states] == ['i2']


@pytest.mark.parametrize(
    ('call', 'text'),
    [
        (lambda client: client.call('starup', 'web'), r"no action 'starup'; did you mean 'startup'"),
        (lambda client: client.startup('nope.web'), 'nope'),
        (lambda client: client.startup('nope'), 'nope'),
    ],
)
def test_unknown_names_are_errors_that_say_so(make_client, call, text):
    with pytest.raises(KeyError, match=text):
        call(make_client(SHOP))


def test_requested_items_are_not_marked_as_dependent(make_client):
    states = [*make_client(SHOP).get_states('startup', ['web', 'db'])]
    assert {
        state.config_id.config_name: ConfigFlags.DEPENDENT in state.config_flags
        for state in states
        if state.config_id.config_type is ItemType.CONTAINER
    } == {'db': False, 'api': True, 'web': False}


@pytest.mark.parametrize(
    ('action', 'options'),
    [
        ('stop', {'nonrecoverable_exit_codes': (1,)}),
        ('create', {'force_update': 'web'}),
        ('shutdown', {'remove_persistent': False, 'remove_attached': True, 'prepare_local': False}),
        ('startup', {'prepare_local': False}),
    ],
)
def test_options_never_reach_the_client(make_client, running, action, options):
    make_client(SHOP).run_actions(action, 'web', **options)
    passed = {key for call in running.calls for key in call.arguments}
    assert not passed & options.keys()


def test_an_argument_that_nothing_takes_is_an_error_before_anything_is_done(make_client, engine):
    with pytest.raises(TypeError, match=r"'startup' takes no argument 'hostnme'; did you mean 'hostname'"):
        make_client(SHOP).startup('web', hostnme='x')
    with pytest.raises(TypeError, match=r"'update' takes no argument 'force_updates'; did you mean 'force_update'"):
        make_client(SHOP).update('web', force_updates='web')
    assert engine.changes == []


def test_states_can_be_asked_for_with_any_arguments(make_client):
    [*_, state] = make_client(SHOP).get_states('startup', 'web', prepare_local=False, remove_attached=1, unknown=2)
    assert state.base_state is State.ABSENT


def test_arguments_of_create_reach_the_requested_containers_alone(make_client, engine):
    make_client(SHOP).create('api', hostname='other')
    assert given(engine, 'create_container', 'hostname') == ['shop-db', 'other']


def test_arguments_of_stop_reach_all_containers_on_the_path(make_client, running):
    make_client(SHOP).stop('api', timeout=3)
    assert given(running, 'stop', 'timeout') == [3, 3]


def test_containers_to_renew_are_given_by_name(make_client):
    client = make_client(SHOP)
    generator_options = []

    class Seeing(SingleStateGenerator):
        def get_states(self, config_ids):
            generator_options.append(self.force_update)
            return super().get_states(config_ids)

    client.generators = {**client.generators, 'see': (Seeing, ShutdownActionGenerator)}
    for given_items in ('web', ['shop.web', 'db'], [], None):
        client.call('see', 'web', force_update=given_items)
    web, db = (MapConfigId(ItemType.CONTAINER, 'shop', name) for name in ('web', 'db'))
    assert generator_options == [{web}, {web, db}, None, None]


def test_actions_are_lists_by_state(make_client, stopped):
    actions = [*make_client(SHOP).get_actions('start', 'api')]
    assert [[action.action_types for action in listed] for listed in actions] == [
        [[Action.START], [ContainerUtilAction.EXEC_ALL]]
    ] * 2
    assert stopped.changes == []


def test_everything_is_looked_at_before_anything_is_changed(make_client, running):
    make_client(SHOP).shutdown('__all__')
    methods = [call.method for call in running.calls if not call.method.endswith('s')]
    assert methods == ['inspect_container'] * 3 + ['stop', 'remove_container'] * 3


def test_each_call_starts_with_what_exists_now(make_client, docker_client):
    client = make_client({'db': {}})
    client.startup('db')
    docker_client.remove_container('shop.db', force=True)
    assert words(client.startup('db')) == ['container db create']


def test_each_client_is_listed_once_in_a_call(make_client, engine):
    make_client({f'c{number}': {'image': 'web:latest'} for number in range(10)}).startup('__all__', wait=False)
    methods = [call.method for call in engine.calls]
    assert [methods.count(name) for name in ('containers', 'images')] == [1, 1]


class DryRunner(AbstractRunner):
    """Only notes what it should do."""

    noted: list = []

    def run_actions(self, actions):
        self.noted.extend((action.config_id.config_name, action.action_types) for action in actions)


def test_a_runner_need_not_return_anything(make_client, engine, monkeypatch):
    monkeypatch.setattr(DryRunner, 'noted', [])
    client = make_client({'db': {}})
    client.runner_class = DryRunner
    assert client.startup('db') == []
    assert [name for name, _ in DryRunner.noted] == ['db', 'db']
    assert engine.changes == []


def test_the_runner_can_be_replaced_for_a_call(make_client, monkeypatch):
    monkeypatch.setattr(DryRunner, 'noted', [])

    class DryClient(MappingDockerClient):
        is_test = True

        def run_actions(self, action_name, *args, **kwargs):
            before = [*self.get_states(action_name, *args, **kwargs)]
            return [before, super().run_actions(action_name, *args, **kwargs)]

        def get_runner(self, policy, kwargs):
            return DryRunner(policy, kwargs) if self.is_test else super().get_runner(policy, kwargs)

    states, results = make_client({'db': {}}, DryClient).startup('db', hostname='x', prepare_local=False)
    assert [state.base_state.value for state in states] == ['present', 'absent']
    assert results == []


def test_own_actions_are_called_by_name(make_client, running):
    class OwnClient(MappingDockerClient):
        generators = dict(MappingDockerClient.generators, recycle=(SingleStateGenerator, ShutdownActionGenerator))

    make_client(SHOP, OwnClient).call('recycle', 'db')
    assert running.changes == ['stop shop.db', 'remove_container shop.db']


def test_own_generators_get_any_arguments(make_client):
    seen = []

    class Own(AbstractActionGenerator):
        policy_options = ['colour']
        colour = 'red'

        def get_state_actions(self, state, **kwargs):
            seen.append((self.colour, kwargs))

    client = make_client({'db': {}})
    client.generators = {**client.generators, 'own': (SingleStateGenerator, Own)}
    client.call('own', 'db', colour='blue', anything=1)
    assert seen == [('blue', {'anything': 1})]


@pytest.mark.parametrize('method', ['shout', 'rename'])
def test_own_runners_may_add_methods_and_options(make_client, method):
    class Own(DockerClientRunner):
        policy_options = ['loud']
        loud = False
        action_method_names = [(ItemType.CONTAINER, Action.WAIT, method)]

        def shout(self, action, name, **kwargs):
            return f'{name}{"!" if self.loud else ""}'

        # May have the name of a method that clients have.
        rename = shout

    class Waiting(AbstractActionGenerator):
        def get_state_actions(self, state, **kwargs):
            return [ItemAction(state, Action.WAIT)]

    client = make_client({'db': {}})
    client.runner_class = Own
    client.generators = {'shout': (SingleStateGenerator, Waiting)}
    assert [output.result for output in client.call('shout', 'db', loud=True)] == ['shop.db!']


def test_the_reasons_for_an_action_are_told(make_client, engine, caplog):
    engine.add_container('shop.db', running=True, labels={MAP_LABEL: 'shop'})
    engine.end('shop.db', 127)
    with caplog.at_level(logging.INFO):
        make_client({'db': {}}).startup('db')
    assert 'On client __default__: container shop.db: exit code is 127' in caplog.text


def test_starting_what_does_not_exist_is_told(make_client, caplog):
    assert make_client(SHOP).start('web') == []
    assert 'Nothing to do for container shop.web on client __default__: it does not exist' in caplog.text
    assert 'shop.db' not in caplog.text


def test_settings_are_checked_before_anything_is_done(make_client, engine):
    checked = []

    class Strict(MappingDockerClient):
        def validate(self, policy, config_ids):
            checked.extend(
                config_id.config_name for config_id in config_ids if config_id.config_type is ItemType.CONTAINER
            )
            raise ValueError('wrong')

    client = make_client(SHOP, Strict)
    with pytest.raises(ValueError, match='wrong'):
        client.startup('api')
    assert checked == ['db', 'api']
    assert engine.calls == []
    assert client.shutdown('api') == []


def test_networks_that_were_created_again_are_joined_again_at_a_start(make_client, engine, docker_client):
    shop = {'web': {'networks': ['back', 'front']}, 'networks': {'back': None, 'front': None}}
    client = make_client(shop)
    client.startup('web')
    client.stop('web')
    for name in ('shop.back', 'shop.front'):
        docker_client.remove_network(name)
        engine.add_network(name)
    client.start('web')
    container = engine.container('shop.web')
    assert all(container.is_in(engine.network(name)) for name in ('shop.back', 'shop.front'))
    assert not make_client(shop).plan('update', 'web')


def test_a_network_that_is_gone_for_good_is_told_at_a_start(make_client, engine, docker_client):
    client = make_client({'web': {'networks': ['back', 'front']}, 'networks': {'back': None, 'front': None}})
    client.startup('web')
    client.stop('web')
    docker_client.remove_network('shop.front')
    with pytest.raises(ActionRunnerException, match=r'startup and update create it again'):
        client.start('web')


def test_an_own_method_for_connecting_is_called_wherever_networks_are_joined(make_client, engine):
    class Connecting(DockerClientRunner):
        joined = []

        def connect_networks(self, action, container_name, endpoints, **kwargs):
            self.joined.append((container_name, [endpoint.network_name for endpoint in endpoints], kwargs))

    client = make_client({'web': {'networks': ['back', 'front']}, 'networks': {'back': None, 'front': None}})
    client.runner_class = Connecting
    client.startup('web')
    assert Connecting.joined == [('shop.web', ['back', 'front'], {'skip_first': True})]


def test_volumes_that_a_container_has_from_its_predecessor_go_with_it_on_request(make_client, engine, docker_client):
    shop = {'web': {'shares': '/data'}}
    make_client(shop).update('web')
    (volume,) = docker_client.volumes()['Volumes']
    make_client({'web': {'shares': '/data', 'stop_timeout': 3}}).update('web', force_update='web')
    assert [found['Name'] for found in docker_client.volumes()['Volumes']] == [volume['Name']]
    client = make_client(shop)
    client.stop('web')
    client.remove('web', v=True)
    assert not docker_client.volumes()['Volumes']


def test_the_image_of_a_helper_is_pulled_before_anything_is_stopped(make_client, engine):
    make_client({'web': {}}).startup('web')
    former = engine.container('shop.web').id
    engine.client().remove_image('busybox')
    client = make_client({'web': {'attaches': {'data': '/data'}, 'user': '1000'}})
    with pytest.raises(ActionRunnerException, match='busybox'):
        client.update('web')
    assert engine.container('shop.web').id == former
    assert engine.is_running('shop.web')
    engine.registry('docker.io').publish('busybox:latest')
    engine.calls.clear()
    client.update('web')
    assert engine.is_running('shop.web')
    methods = [call.method for call in engine.calls]
    assert methods.index('pull') < methods.index('create_container')
