from __future__ import annotations

import logging

import pytest

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy import ConfigFlags
from dockermap.map.state import State, StateFlags
from dockermap.map.state.base import NOT_FOUND, SingleStateGenerator

SHOP = {
    'web': {'attaches': 'logs', 'networks': 'back'}, 'api': {'instances': ['i1', 'i2']}, 'db': {'persistent': True},
    'volumes': {'logs': '/logs'}, 'networks': {'back': None},
}
STARTED = {'StartedAt': '2026-01-01T00:00:00Z'}
WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web')
DB = MapConfigId(ItemType.CONTAINER, 'shop', 'db')
LOGS = MapConfigId(ItemType.VOLUME, 'shop', 'web', 'logs')
BACK = MapConfigId(ItemType.NETWORK, 'shop', 'back')
IMAGE = MapConfigId(ItemType.IMAGE, 'shop', 'web', 'latest')
LEGACY = {'volumes': False}


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


def test_a_running_container_has_a_process(state_of, engine_double):
    detail = engine_double.add_container('shop.web', Running=True, Pid=42, **STARTED)
    assert state_of(WEB)[3:] == (State.RUNNING, StateFlags.NONE, {'id': detail['Id'], 'pid': 42})


@pytest.mark.parametrize(('found', 'flags'), [
    ({}, StateFlags.INITIAL),
    ({'ExitCode': 127}, StateFlags.INITIAL),
    ({**STARTED, 'ExitCode': 0}, StateFlags.NONE),
    ({**STARTED, 'ExitCode': 1}, StateFlags.NONE),
    ({**STARTED, 'ExitCode': -127}, StateFlags.NONRECOVERABLE),
    ({**STARTED, 'ExitCode': -1}, StateFlags.NONRECOVERABLE),
    ({**STARTED, 'ExitCode': 127}, StateFlags.NONRECOVERABLE),
    ({**STARTED, 'Restarting': True}, StateFlags.RESTARTING),
    ({**STARTED, 'Restarting': True, 'ExitCode': 127}, StateFlags.RESTARTING | StateFlags.NONRECOVERABLE),
])
def test_a_stopped_container_tells_how_it_ended(state_of, engine_double, found, flags):
    detail = engine_double.add_container('shop.web', **found)
    assert state_of(WEB)[3:] == (State.PRESENT, flags, {'id': detail['Id']})


def test_exit_codes_that_are_final_can_be_chosen(state_of, engine_double):
    engine_double.add_container('shop.web', ExitCode=3, **STARTED)
    state = state_of(WEB, nonrecoverable_exit_codes=(3,))
    assert state.state_flags == StateFlags.NONRECOVERABLE
    assert [(difference.property, difference.found) for difference in state.differences] == [('exit code', 3)]


@pytest.mark.parametrize('running', [True, False])
def test_a_persistent_container_is_marked(state_of, engine_double, running):
    engine_double.add_container('shop.db', Running=running, **STARTED)
    assert state_of(DB).state_flags == StateFlags.PERSISTENT


@pytest.mark.parametrize('config_id', [WEB, LOGS, BACK])
def test_an_item_that_is_to_be_renewed_is_marked(state_of, engine_double, config_id):
    engine_double.add_container('shop.web', Running=True, **STARTED)
    engine_double.add_volume('shop.logs')
    engine_double.add_network('shop.back')
    state = state_of(config_id, force_update={tuple(config_id)})
    assert state.state_flags == StateFlags.FORCED_RESET
    assert [difference.property for difference in state.differences] == ['force_update']
    assert state_of(config_id, force_update={DB}).state_flags == StateFlags.NONE


def test_a_network_tells_what_is_connected(state_of, engine_double):
    detail = engine_double.add_network('shop.back', Containers={'c1': {'Name': 'shop.web'}})
    assert state_of(BACK)[3:] == (State.PRESENT, StateFlags.NONE,
                                  {'id': detail['Id'], 'containers': {'c1': {'Name': 'shop.web'}}})


def test_a_volume_exists_without_data(state_of, engine_double):
    engine_double.add_volume('shop.logs')
    assert state_of(LOGS)[3:] == (State.PRESENT, StateFlags.NONE, {})


def test_volumes_can_be_named_after_their_container(state_of, engine_double):
    engine_double.add_volume('shop.web.logs')
    assert state_of(LOGS, shop={**SHOP, 'use_attached_parent_name': True}).base_state is State.PRESENT


@pytest.mark.parametrize(('by_parent', 'name'), [(False, 'shop.logs'), (True, 'shop.web.logs')])
def test_a_container_stands_in_for_a_volume_where_there_are_none(state_of, engine_double, by_parent, name):
    detail = engine_double.add_container(name)
    state = state_of(LOGS, LEGACY, {**SHOP, 'use_attached_parent_name': by_parent})
    assert state[3:] == (State.PRESENT, StateFlags.INITIAL, {'id': detail['Id']})


def test_an_image_is_known_without_inspecting_it(state_of, engine_double):
    assert state_of(IMAGE)[3:] == (State.PRESENT, StateFlags.NONE, {'id': engine_double.image_tags['web:latest']})
    assert [name for name, _ in engine_double.calls] == ['images']


def test_an_image_may_be_given_by_its_id(state_of, engine_double):
    image_id = engine_double.image_tags['web:latest']
    assert state_of(MapConfigId(ItemType.IMAGE, 'shop', image_id)).extra_data == {'id': image_id}


@pytest.mark.parametrize(('config_id', 'method'), [(WEB, 'inspect_container'), (LOGS, 'inspect_volume'),
                                                   (BACK, 'inspect_network')])
def test_what_vanished_after_it_was_listed_is_absent(make_policy, engine_double, make_engine_error, config_id, method):
    engine_double.add_container('shop.web')
    engine_double.add_volume('shop.logs')
    engine_double.add_network('shop.back')
    engine_double.failures[method] = make_engine_error(404, 'gone')
    policy = make_policy(SHOP)
    [state] = SingleStateGenerator(policy, {}).get_states([config_id])
    assert state.base_state is State.ABSENT
    caches = (policy.container_names, policy.volume_names, policy.network_names)
    assert not any('shop.' in name for cache in caches for names in cache.values() for name in names)


def test_other_errors_surface_and_say_where(state_of, engine_double, make_engine_error):
    engine_double.add_container('shop.web')
    engine_double.failures['inspect_container'] = make_engine_error(500, 'broken')
    with pytest.raises(Exception, match=r'container shop\.web on client __default__: broken') as error:
        state_of(WEB)
    assert error.value.response.status_code == 500


@pytest.mark.parametrize(('config_id', 'text'), [
    (MapConfigId(ItemType.CONTAINER, 'shop', 'nope'), "container configuration 'nope'. It has: api, db, web"),
    (MapConfigId(ItemType.NETWORK, 'shop', 'nope'), "network configuration 'nope'. It has: back"),
])
def test_a_missing_configuration_is_named(state_of, config_id, text):
    with pytest.raises(KeyError, match=f"Map 'shop' has no {text}"):
        state_of(config_id)


@pytest.mark.parametrize(('config_id', 'feature'), [(BACK, 'networks')])
def test_a_client_that_is_too_old_is_named(state_of, config_id, feature):
    with pytest.raises(ValueError, match=feature) as error:
        state_of(config_id, {feature: False})
    assert error.value.args[1] == '__default__'


def test_a_paused_container_counts_as_running_with_a_warning(state_of, engine_double, caplog):
    engine_double.add_container('shop.web', Running=True, Paused=True, Pid=1, **STARTED)
    with caplog.at_level(logging.WARNING):
        assert state_of(WEB).base_state is State.RUNNING
    assert 'container shop.web on client __default__ is paused' in caplog.text


def test_nothing_found_is_false():
    assert not NOT_FOUND
