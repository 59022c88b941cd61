from __future__ import annotations

import logging

import pytest
from docker.errors import APIError

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import State, StateFlags
from dockermap.map.state.base import NOT_FOUND, SingleStateGenerator
from dockermap.testing import Process

SHOP = {
    'web': {'attaches': 'logs', 'networks': 'back'},
    'api': {'instances': ['i1', 'i2']},
    'db': {'persistent': True},
    'volumes': {'logs': '/logs'},
    'networks': {'back': None},
}
WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web')
DB = MapConfigId(ItemType.CONTAINER, 'shop', 'db')
LOGS = MapConfigId(ItemType.VOLUME, 'shop', 'web', 'logs')
BACK = MapConfigId(ItemType.NETWORK, 'shop', 'back')
IMAGE = MapConfigId(ItemType.IMAGE, 'shop', 'web', 'latest')
LEGACY = {'volumes': False}
ALWAYS = {'RestartPolicy': {'Name': 'always'}}
BACK_ONLY = {'EndpointsConfig': {'shop.back': {}}}


@pytest.fixture
def state_of(make_policy):
    def state(config_id, features=None, shop=SHOP, **options):
        generator = SingleStateGenerator(make_policy(shop, features), options)
        [found] = generator.get_states([config_id])
        return found

    return state


@pytest.mark.parametrize('config_id', [WEB, LOGS, BACK, IMAGE._replace(config_name='nope')])
def test_what_does_not_exist_is_absent(state_of, config_id):
    assert state_of(config_id) == ('__default__', config_id, ConfigFlags.NONE, State.ABSENT, StateFlags.NONE, {})


def test_a_running_container_has_a_process(state_of, engine):
    container = engine.add_container('shop.web', running=True)
    assert container.pid
    assert state_of(WEB)[3:] == (State.RUNNING, StateFlags.NONE, {'id': container.id, 'pid': container.pid})


def test_a_container_that_was_never_started_is_marked(state_of, engine):
    container = engine.add_container('shop.web')
    assert state_of(WEB)[3:] == (State.PRESENT, StateFlags.INITIAL, {'id': container.id})


def test_a_container_that_could_not_be_started_counts_as_never_started(state_of, engine, docker_client):
    container = engine.add_container('shop.web', command='nosuch', process=Process(missing=True))
    with pytest.raises(APIError, match='executable file not found'):
        docker_client.start('shop.web')
    assert container.exit_code == 127
    assert state_of(WEB)[3:] == (State.PRESENT, StateFlags.INITIAL, {'id': container.id})


@pytest.mark.parametrize(
    ('exit_code', 'flags'),
    [
        (0, StateFlags.NONE),
        (1, StateFlags.NONE),
        (-127, StateFlags.NONRECOVERABLE),
        (-1, StateFlags.NONRECOVERABLE),
        (127, StateFlags.NONRECOVERABLE),
    ],
)
def test_a_stopped_container_tells_how_it_ended(state_of, engine, exit_code, flags):
    container = engine.add_container('shop.web', running=True)
    engine.end('shop.web', exit_code)
    assert state_of(WEB)[3:] == (State.PRESENT, flags, {'id': container.id})


@pytest.fixture
def restarting(engine):
    """A container that has ended, and that the engine will start again."""

    def make(exit_code):
        container = engine.add_container('shop.web', running=True, host_config=ALWAYS)
        engine.end('shop.web', exit_code)
        assert container.status == 'restarting'
        return container

    return make


def test_a_container_between_two_starts_counts_as_running(state_of, restarting):
    container = restarting(127)
    assert state_of(WEB)[3:] == (State.RUNNING, StateFlags.NONE, {'id': container.id, 'pid': 0})


@pytest.mark.parametrize(
    ('exit_code', 'flags'),
    [
        (0, StateFlags.RESTARTING),
        (127, StateFlags.RESTARTING | StateFlags.NONRECOVERABLE),
    ],
)
def test_a_container_that_an_engine_shows_as_restarting_only_is_marked(
    state_of, restarting, docker_client, monkeypatch, exit_code, flags
):
    container = restarting(exit_code)
    detail = docker_client.inspect_container('shop.web')
    detail['State']['Running'] = False
    monkeypatch.setattr(docker_client, 'inspect_container', lambda name: detail)
    assert state_of(WEB)[3:] == (State.PRESENT, flags, {'id': container.id})


def test_exit_codes_that_are_final_can_be_chosen(state_of, engine):
    engine.add_container('shop.web', running=True)
    engine.end('shop.web', 3)
    state = state_of(WEB, nonrecoverable_exit_codes=(3,))
    assert state.state_flags == StateFlags.NONRECOVERABLE
    assert [(difference.property, difference.found) for difference in state.differences] == [('exit code', 3)]


@pytest.mark.parametrize('running', [True, False])
def test_a_persistent_container_is_marked(state_of, engine, running):
    engine.add_container('shop.db', running=True)
    if not running:
        engine.end('shop.db')
    assert state_of(DB).state_flags == StateFlags.PERSISTENT


@pytest.mark.parametrize('config_id', [WEB, LOGS, BACK])
def test_an_item_that_is_to_be_renewed_is_marked(state_of, engine, config_id):
    engine.add_container('shop.web', running=True)
    engine.add_volume('shop.logs')
    engine.add_network('shop.back')
    state = state_of(config_id, force_update={tuple(config_id)})
    assert state.state_flags == StateFlags.FORCED_RESET
    assert [difference.property for difference in state.differences] == ['force_update']
    assert state_of(config_id, force_update={DB}).state_flags == StateFlags.NONE


def test_a_network_tells_what_is_connected(state_of, engine):
    network = engine.add_network('shop.back')
    container = engine.add_container('shop.web', networking_config=BACK_ONLY, running=True)
    base_state, flags, data = state_of(BACK)[3:]
    assert (base_state, flags, data['id']) == (State.PRESENT, StateFlags.NONE, network.id)
    assert [(found, member['Name']) for found, member in data['containers'].items()] == [(container.id, 'shop.web')]


def test_a_volume_exists_without_data(state_of, engine):
    engine.add_volume('shop.logs')
    assert state_of(LOGS)[3:] == (State.PRESENT, StateFlags.NONE, {})


def test_volumes_can_be_named_after_their_container(state_of, engine):
    engine.add_volume('shop.web.logs')
    assert state_of(LOGS, shop={**SHOP, 'use_attached_parent_name': True}).base_state is State.PRESENT


@pytest.mark.parametrize(('by_parent', 'name'), [(False, 'shop.logs'), (True, 'shop.web.logs')])
def test_a_container_stands_in_for_a_volume_where_there_are_none(state_of, engine, by_parent, name):
    container = engine.add_container(name)
    state = state_of(LOGS, LEGACY, {**SHOP, 'use_attached_parent_name': by_parent})
    assert state[3:] == (State.PRESENT, StateFlags.INITIAL, {'id': container.id})


def test_an_image_is_known_without_inspecting_it(state_of, engine):
    assert state_of(IMAGE)[3:] == (State.PRESENT, StateFlags.NONE, {'id': engine.image('web').id})
    assert [call.method for call in engine.calls] == ['images']


def test_an_image_may_be_given_by_its_id(state_of, engine):
    image_id = engine.image('web').id
    assert state_of(MapConfigId(ItemType.IMAGE, 'shop', image_id)).extra_data == {'id': image_id}


@pytest.mark.parametrize(
    ('config_id', 'method'), [(WEB, 'inspect_container'), (LOGS, 'inspect_volume'), (BACK, 'inspect_network')]
)
def test_what_vanished_after_it_was_listed_is_absent(make_policy, engine, config_id, method):
    engine.add_container('shop.web')
    engine.add_volume('shop.logs')
    engine.add_network('shop.back')
    engine.faults.add(method, kind='refused', status=404, text='gone')
    policy = make_policy(SHOP)
    [state] = SingleStateGenerator(policy, {}).get_states([config_id])
    assert state.base_state is State.ABSENT
    caches = (policy.container_names, policy.volume_names, policy.network_names)
    assert not any('shop.' in name for cache in caches for names in cache.values() for name in names)


def test_other_errors_surface_and_say_where(state_of, engine):
    engine.add_container('shop.web')
    engine.faults.add('inspect_container', kind='refused', status=500, text='broken')
    with pytest.raises(APIError, match=r'container shop\.web on client __default__: broken') as error:
        state_of(WEB)
    assert error.value.status_code == 500


@pytest.mark.parametrize(
    ('config_id', 'text'),
    [
        (MapConfigId(ItemType.CONTAINER, 'shop', 'nope'), "container configuration 'nope'. It has: api, db, web"),
        (MapConfigId(ItemType.NETWORK, 'shop', 'nope'), "network configuration 'nope'. It has: back"),
    ],
)
def test_a_missing_configuration_is_named(state_of, config_id, text):
    with pytest.raises(KeyError, match=f"Map 'shop' has no {text}"):
        state_of(config_id)


@pytest.mark.parametrize(('config_id', 'feature'), [(BACK, 'networks')])
def test_a_client_that_is_too_old_is_named(state_of, config_id, feature):
    with pytest.raises(ValueError, match=feature) as error:
        state_of(config_id, {feature: False})
    assert error.value.args[1] == '__default__'


def test_a_paused_container_counts_as_running_with_a_warning(state_of, engine, docker_client, caplog):
    engine.add_container('shop.web', running=True)
    docker_client.pause('shop.web')
    with caplog.at_level(logging.WARNING):
        assert state_of(WEB).base_state is State.RUNNING
    assert 'container shop.web on client __default__ is paused' in caplog.text


def test_nothing_found_is_false():
    assert not NOT_FOUND
