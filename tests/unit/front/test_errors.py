from __future__ import annotations

import logging

import pytest
import requests

from dockermap.exceptions import PartialResultsError
from dockermap.map.action import Action, ImageAction, ItemAction, VolumeUtilAction
from dockermap.map.action.simple import StartupActionGenerator
from dockermap.map.client import MappingDockerClient
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import ActionRunnerException, ActionTypeException, ScriptActionException
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.ownership import MAP_LABEL
from dockermap.map.runner import ActionOutput
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state.base import ContainerBaseState, DependencyStateGenerator
from dockermap.testing import InMemoryClient, InMemoryEngine

SHOP = {'web': {'links': 'db'}, 'db': {}}


def done(error):
    return [(entry.config_id.config_name, entry.action_type) for entry in error.completed]


def test_a_failed_request_names_client_item_and_action_and_what_was_done(make_client, engine):
    client = make_client(SHOP)
    client.create('db')
    engine.faults.add('create_container', kind='refused', status=500, text='no space left')
    with pytest.raises(ActionRunnerException, match='no space left') as caught:
        client.startup('web')
    error = caught.value
    assert (error.client_name, error.config_id.config_name, error.action_type) == ('__default__', 'web', Action.CREATE)
    assert error.results == []
    assert done(error)[0] == ('db', Action.START)
    assert '500' in error.source_message


def test_results_before_a_failure_are_kept(make_client, engine):
    engine.faults.add('start', kind='refused', status=500, text='port is taken')
    with pytest.raises(ActionRunnerException) as caught:
        make_client(SHOP).startup('web')
    assert [output.action_type for output in caught.value.results] == [Action.CREATE]


def test_the_same_call_finishes_the_job_later(make_client, engine):
    client = make_client(SHOP)
    engine.faults.add('start', kind='refused', status=500, text='port is taken')
    with pytest.raises(ActionRunnerException):
        client.startup('web')
    client.startup('web')
    assert engine.is_running('shop.db')
    assert engine.is_running('shop.web')


def test_an_action_that_nothing_carries_out_is_an_error_before_anything_is_changed(make_client, engine):
    class Wrong(StartupActionGenerator):
        def get_state_actions(self, state, **kwargs):
            if state.config_id.config_name == 'web':
                return [ItemAction(state, VolumeUtilAction.PREPARE)]
            return super().get_state_actions(state)

    client = make_client(SHOP)
    client.generators = {'wrong': (DependencyStateGenerator, Wrong)}
    with pytest.raises(ActionTypeException, match='prepare'):
        client.call('wrong', 'web')
    assert engine.changes == []


def test_other_errors_of_own_runners_carry_the_results(make_client):
    class Own(DockerClientRunner):
        def run_actions(self, actions):
            for action in actions:
                if action.config_id.config_name == 'web':
                    raise KeyError('strange')
                yield from super().run_actions([action])

    client = make_client(SHOP)
    client.runner_class = Own
    with pytest.raises(PartialResultsError, match='strange') as caught:
        client.startup('web')
    assert [output.config_id.config_name for output in caught.value.results] == ['db']
    assert isinstance(caught.value.source_exception[1], KeyError)


class FailingState(ContainerBaseState):
    def get_state(self):
        if self.config_id.config_name == 'web':
            raise ValueError('strange inspection')
        return super().get_state()


class FailingGenerator(DependencyStateGenerator):
    container_state_class = FailingState


def test_errors_in_inspections_come_before_anything_is_changed(make_client, engine):
    client = make_client(SHOP)
    client.generators = {'fail': (FailingGenerator, StartupActionGenerator)}
    with pytest.raises(ValueError, match=r'container shop\.web on client __default__: strange inspection'):
        client.call('fail', 'web')
    assert engine.changes == []


def test_errors_in_decisions_come_before_anything_is_changed(make_client, engine):
    class Undecided(StartupActionGenerator):
        def get_state_actions(self, state, **kwargs):
            if state.config_id.config_name == 'web':
                raise KeyError('which one?')
            return super().get_state_actions(state, **kwargs)

    client = make_client(SHOP)
    client.generators = {'fail': (DependencyStateGenerator, Undecided)}
    with pytest.raises(KeyError, match='which one'):
        client.call('fail', 'web')
    assert engine.changes == []


def test_a_refused_script_is_told_as_it_is(make_client, engine):
    engine.add_container('shop.web', running=True, labels={MAP_LABEL: 'shop'})
    with pytest.raises(ScriptActionException, match=r'shop\.web'):
        make_client(SHOP).run_script('web')


@pytest.fixture
def meanwhile(docker_client, monkeypatch):
    """Lets somebody else do something right before the next call of a method."""

    def before(method, happening):
        original = getattr(docker_client, method)

        def call(*args, **kwargs):
            monkeypatch.setattr(docker_client, method, original)
            happening()
            return original(*args, **kwargs)

        monkeypatch.setattr(docker_client, method, call)

    return before


def test_a_container_that_another_run_made_meanwhile_is_taken(make_client, engine, meanwhile):
    meanwhile('create_container', lambda: engine.add_container('shop.db', labels={MAP_LABEL: 'shop'}))
    make_client({'db': {}}).startup('db')
    assert engine.names() == ['shop.db']
    assert engine.is_running('shop.db')


def test_a_network_that_somebody_else_made_meanwhile_is_taken(make_client, engine, meanwhile):
    meanwhile('create_network', lambda: engine.add_network('shop.back'))
    make_client({'db': {'networks': 'back'}, 'networks': {'back': None}}).startup('db')
    assert engine.is_running('shop.db')
    assert len(engine.state()['networks']['shop.back']) == 1


class OwnRunner(DockerClientRunner):
    """Goes its own way."""

    def run_actions(self, actions):
        return super().run_actions(actions)


def test_what_own_runners_make_may_be_made_by_another_run_meanwhile(make_client, engine, meanwhile):
    meanwhile('create_container', lambda: engine.add_container('shop.db', labels={MAP_LABEL: 'shop'}))
    client = make_client({'db': {}})
    client.runner_class = OwnRunner
    client.startup('db')
    assert engine.names() == ['shop.db']
    assert engine.is_running('shop.db')


def test_what_own_runners_cannot_do_is_an_error(make_client, engine):
    client = make_client(SHOP)
    client.runner_class = OwnRunner
    engine.faults.add('create_container', kind='refused', status=409, text='already in use', repeats=True)
    with pytest.raises(ActionRunnerException, match='already in use') as caught:
        client.startup('web')
    assert caught.value.config_id.config_name == 'db'


@pytest.mark.parametrize(
    ('action', 'item', 'text'),
    [
        (ImageAction.PULL, MapConfigId(ItemType.IMAGE, 'shop', 'web', '1'), 'pull image web:1 '),
        (
            VolumeUtilAction.PREPARE,
            MapConfigId(ItemType.VOLUME, 'shop', 'web', 'data'),
            'prepare volume data of shop.web ',
        ),
        (Action.CREATE, MapConfigId(ItemType.CONTAINER, 'shop', 'web'), 'create container shop.web '),
    ],
)
def test_messages_say_the_kind_of_an_item_once(action, item, text):
    source = (ValueError, ValueError('no'), None)
    error = ActionRunnerException(
        source, 'main', item, action, [], completed=[ActionOutput('main', item, action, None)]
    )
    assert str(error).count(text) == 2


def test_a_name_that_stays_taken_is_an_error(make_client, engine):
    engine.faults.add('create_container', kind='refused', status=409, text='name is in use')
    with pytest.raises(ActionRunnerException, match='name is in use'):
        make_client({'db': {}}).startup('db')


@pytest.mark.parametrize('action', ['start', 'stop', 'restart', 'remove', 'shutdown', 'signal', 'startup'])
def test_a_container_that_somebody_removed_before_the_call_is_no_error(make_client, engine, docker_client, action):
    client = make_client({'db': {}})
    client.startup('db')
    docker_client.remove_container('shop.db', force=True)
    client.run_actions(action, 'db')
    assert engine.names() == (['shop.db'] if action == 'startup' else [])


@pytest.mark.parametrize(('action', 'names'), [('startup', ['shop.db']), ('update', ['shop.db']), ('start', [])])
def test_a_container_that_somebody_removes_before_it_is_started_is_looked_at_again(
    make_client, engine, meanwhile, action, names
):
    client = make_client({'db': {}})
    client.startup('db')
    client.stop('db')
    somebody = engine.client()
    meanwhile('start', lambda: somebody.remove_container('shop.db'))
    client.run_actions(action, 'db')
    assert engine.names() == names
    assert all(map(engine.is_running, names))


def test_a_container_that_is_still_there_is_not_started_again_after_a_failure(make_client, engine):
    client = make_client({'db': {}})
    client.startup('db')
    client.stop('db')
    engine.calls.clear()
    engine.faults.add('start', kind='refused', status=404, text='no such runtime')
    with pytest.raises(ActionRunnerException, match='no such runtime'):
        client.startup('db')
    assert [call.method for call in engine.calls].count('start') == 1


def test_a_container_that_somebody_made_for_something_else_meanwhile_is_left_alone(make_client, engine, meanwhile):
    meanwhile('create_container', lambda: engine.add_container('shop.db'))
    with pytest.raises(ActionRunnerException, match='already in use'):
        make_client({'db': {}}).startup('db')
    assert not engine.is_running('shop.db')


def test_a_container_that_somebody_removes_meanwhile_is_no_error(make_client, engine, meanwhile):
    engine.add_container('shop.db', labels={MAP_LABEL: 'shop'})
    somebody = engine.client()
    meanwhile('remove_container', lambda: somebody.remove_container('shop.db'))
    assert make_client({'db': {}}).remove('db') == []
    assert engine.names() == []


@pytest.fixture
def two_engines():
    engines = {name: InMemoryEngine('web', 'db') for name in ('c1', 'c2')}
    clients = {name: ClientConfiguration(client=engine.client(), version='1.41') for name, engine in engines.items()}
    client = MappingDockerClient(ContainerMap('shop', {**SHOP, 'clients': ['c1', 'c2']}), clients=clients)
    return client, engines


def test_an_unreachable_client_ends_only_its_own_items(two_engines, caplog):
    client, engines = two_engines
    engines['c1'].unreachable = True
    with pytest.raises(PartialResultsError, match='client c1 were left out') as caught:
        client.startup('web')
    assert engines['c2'].is_running('shop.web')
    assert {entry.client_name for entry in caught.value.completed} == {'c2'}
    assert 'Client c1 could not be reached' in caplog.text


def test_an_unreachable_client_is_named_also_if_nothing_was_to_do(two_engines):
    client, engines = two_engines
    engines['c1'].unreachable = True
    with pytest.raises(requests.ConnectionError, match='client c1 were left out'):
        client.stop('web')


def test_a_client_that_goes_away_ends_its_own_items(two_engines):
    client, engines = two_engines
    engines['c1'].faults.add('start', kind='lost-before', repeats=True)
    with pytest.raises(ActionRunnerException, match='Connection aborted') as caught:
        client.startup('web')
    assert caught.value.client_name == 'c1'
    assert engines['c1'].changes == ['create_container shop.db', 'start shop.db']
    assert engines['c2'].is_running('shop.web')


def test_a_client_that_comes_back_is_finished_by_the_same_call(two_engines):
    client, engines = two_engines
    engines['c1'].faults.add('start', kind='lost-before', repeats=True)
    with pytest.raises(ActionRunnerException):
        client.startup('web')
    engines['c1'].faults.clear()
    client.startup('web')
    assert engines['c1'].is_running('shop.web')


def test_a_volume_that_others_use_is_kept_with_a_warning(make_client, engine, caplog):
    client = make_client({'db': {'attaches': {'data': '/data'}}})
    client.startup('db')
    engine.add_container('foreign', host_config={'Binds': ['shop.data:/x']})
    with caplog.at_level(logging.WARNING):
        client.shutdown('db', remove_attached=True)
    assert 'volume data of shop.db on client __default__ is kept' in caplog.text
    assert list(engine.state()['volumes']) == ['shop.data']


def test_a_volume_that_was_asked_for_and_is_in_use_is_an_error(make_client, engine):
    client = make_client({'db': {'attaches': {'data': '/data'}}})
    client.startup('db')
    engine.add_container('foreign', host_config={'Binds': ['shop.data:/x']})
    with pytest.raises(ActionRunnerException, match='volume is in use'):
        client.shutdown([MapConfigId(ItemType.VOLUME, 'shop', 'db', 'data')], remove_attached=True)


def test_an_attached_volume_is_removed_on_request(make_client, engine):
    client = make_client({'db': {'attaches': {'data': '/data'}}})
    client.startup('db')
    client.shutdown('db')
    assert list(engine.state()['volumes']) == ['shop.data']
    client.startup('db')
    client.shutdown('db', remove_attached=True)
    assert engine.state()['volumes'] == {}


def test_a_volume_stays_as_long_as_one_instance_uses_it(make_client, engine):
    client = make_client({'db': {'attaches': {'data': '/data'}, 'instances': ['i1', 'i2']}})
    client.startup('db')
    client.shutdown('db', instances=['i1'], remove_attached=True)
    assert list(engine.state()['volumes']) == ['shop.data']
    client.shutdown('db', remove_attached=True)
    assert engine.state()['volumes'] == {}


@pytest.mark.parametrize('comes_first', [True, False])
def test_of_two_networks_that_were_created_at_the_same_time_the_older_one_is_used(engine, docker_client, comes_first):
    """The younger one is removed by the run that created it."""

    class Racing(InMemoryClient):
        def create_network(self, **kwargs):
            del kwargs['check_duplicate']
            if comes_first:
                docker_client.create_network('shop.back')
                engine.clock.sleep(1)
            answer = super().create_network(**kwargs)
            engine.clock.sleep(1)
            if not comes_first:
                docker_client.create_network('shop.back')
            return answer

    shop = ContainerMap('shop', {'web': {'image': 'web', 'networks': 'back'}, 'networks': {'back': {}}})
    racing = Racing(engine, '1.41', False, 60, 'memory://racing')
    MappingDockerClient(shop, ClientConfiguration(client=racing, version='1.41')).update('web')
    found = sorted((network for network in engine.networks if network.name == 'shop.back'), key=lambda n: n.created)
    assert [bool(network.labels) for network in found] == ([False] if comes_first else [True, False])
    endpoint = docker_client.inspect_container('shop.web')['NetworkSettings']['Networks']['shop.back']
    assert endpoint['NetworkID'] == found[0].id
    assert engine.is_running('shop.web')


def test_a_pull_that_fails_leaves_running_containers_alone(make_client, engine):
    client = make_client(SHOP)
    client.update('web')
    before = {name: engine.container(name).id for name in engine.names()}
    engine.registry('docker.io').publish('db:latest')
    engine.changes.clear()
    with pytest.raises(ActionRunnerException, match='web'):
        client.update('web', pull_before_update=True)
    assert {name: engine.container(name).id for name in engine.names()} == before
    assert all(engine.is_running(name) for name in before)


def test_what_cannot_be_built_for_a_container_that_is_replaced_is_told_with_the_item(make_client, engine):
    client = make_client(SHOP)
    client.update('web')
    engine.calls.clear()

    class Failing(DockerClientRunner):
        def get_container_stop_kwargs(self, action, name, kwargs=None):
            raise ValueError(f'nothing for {name}')

    client.runner_class = Failing
    with pytest.raises(ActionRunnerException, match=r'nothing for shop\.db') as caught:
        client.update('web', force_update=['db'])
    assert caught.value.config_id.config_name == 'db'
    assert engine.changes == []


@pytest.mark.parametrize(
    ('prepare', 'text'),
    [
        (lambda client: None, 'runs again'),
        (lambda client: client.pause('shop.db'), 'is paused again'),
        (lambda client: client.stop('shop.db'), 'is there again'),
    ],
)
def test_a_failed_replacement_says_how_the_former_container_is_now(make_client, engine, docker_client, prepare, text):
    make_client(SHOP).update('db')
    former = engine.container('shop.db').id
    prepare(docker_client)
    status = docker_client.inspect_container('shop.db')['State']['Status']
    engine.faults.add('rename', number=2, kind='refused', text='no more names')
    with pytest.raises(ActionRunnerException, match='no more names') as caught:
        make_client(SHOP).update('db', force_update='db')
    assert f'The former container shop.db {text}.' in str(caught.value)
    assert engine.container('shop.db').id == former
    assert docker_client.inspect_container('shop.db')['State']['Status'] == status
