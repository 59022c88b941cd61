"""Saving plans, reading them, and carrying them out later."""

from __future__ import annotations

import json
import logging

import pytest

from dockermap.map.client import MappingDockerClient
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.plan import Plan, PlanOutdatedError
from dockermap.map.runner.base import DockerClientRunner

from .conftest import SECRET


def saved(plan):
    return Plan.from_dict(json.loads(json.dumps(plan.to_dict())))


def test_a_saved_plan_is_read_as_it_was(client_for, shop):
    plan = client_for(shop).plan('update', '__all__', update_persistent=True)
    again = saved(plan)
    assert again.to_dict() == plan.to_dict()
    assert again.text(calls=True) == plan.text(calls=True)
    assert again.options == {'update_persistent': True}


def test_a_saved_plan_can_be_carried_out(client_for, shop, engine):
    plan = saved(client_for(shop).plan('update', '__all__'))
    client_for(shop).apply(plan)
    assert engine.is_running('shop.web')
    assert [call.subject for call in engine.calls if call.method == 'create_container'][-1] == 'shop.web'


def test_a_plan_of_another_map_is_outdated(client_for, shop, engine):
    plan = saved(client_for(shop).plan('update', '__all__'))
    shop['db']['create_options'] = {'environment': {'PASSWORD': 'another'}}
    with pytest.raises(PlanOutdatedError, match=r'container shop\.db on client __default__'):
        client_for(shop).apply(plan)
    assert engine.changes == []


def test_a_plan_for_another_engine_is_outdated(client_for, shop, engine):
    plan = saved(client_for(shop).plan('update', '__all__'))
    engine.add_network('shop.back')
    engine.calls.clear()
    with pytest.raises(PlanOutdatedError) as caught:
        client_for(shop).apply(plan)
    assert caught.value.differences == ('network shop.back on client __default__ is not as it was found then',)
    assert engine.changes == []


def test_a_container_that_was_replaced_by_hand_is_noticed(client_for, shop, engine):
    client_for(shop).update('__all__')
    plan = client_for(shop).plan('update', '__all__')
    client = client_for(shop)
    client.shutdown('web')
    client.startup('web')
    with pytest.raises(PlanOutdatedError, match=r'shop\.web'):
        client_for(shop).apply(plan)


def test_arguments_are_no_part_of_a_plan(client_for, shop, engine):
    plan = saved(client_for(shop).plan('startup', 'db', environment={'PASSWORD': SECRET, 'A': 'b'}))
    with pytest.raises(PlanOutdatedError):
        client_for(shop).apply(plan)
    client_for(shop).apply(plan, environment={'PASSWORD': SECRET, 'A': 'b'})
    assert engine.is_running('shop.db')


def test_forced_items_are_kept(client_for, shop, engine):
    client_for(shop).update('__all__')
    volume = MapConfigId(ItemType.VOLUME, 'shop', 'db', 'data')
    plan = saved(client_for(shop).plan('update', ['db', volume], force_update=[volume]))
    engine.calls.clear()
    client_for(shop).apply(plan)
    assert 'remove_volume shop.data' in engine.changes


def test_secrets_are_in_no_form_of_a_plan(client_for, shop, caplog):
    with caplog.at_level(logging.DEBUG):
        client = client_for(shop)
        plan = client.plan('update', '__all__')
        client.apply(plan)
        shop['db']['create_options'] = {'environment': {'PASSWORD': f'{SECRET}-2'}}
        changed = client_for(shop).plan('update', '__all__')
        actions = list(client_for(shop).get_actions('update', '__all__'))
        states = list(client_for(shop).get_states('update', '__all__'))
    shown = [
        form
        for made in (plan, changed)
        for form in (str(made), made.text(calls=True), repr(made), repr(made.operations), json.dumps(made.to_dict()))
    ]
    assert all(SECRET not in text for text in (*shown, repr(actions), repr(states), caplog.text))
    assert repr([state.differences for state in states]).count('environment.PASSWORD differs') == 1


def test_equal_arguments_have_other_digests_in_another_plan(client_for, shop):
    first, second = (client_for(shop).plan('update', 'db').to_dict() for _ in range(2))
    assert first['salt'] != second['salt']
    assert all(
        one['arguments'] != other['arguments']
        for one, other in zip(first['operations'], second['operations'], strict=True)
    )


@pytest.mark.parametrize(
    ('path', 'value', 'text'),
    [
        (('version',), 2, 'version: Expected version 1'),
        (('version',), None, 'version: Expected a value of type int'),
        (('operations',), {}, 'operations: Expected a value of type list'),
        (('operations', 0, 'call'), 5, r'operations\[0\]\.call: Expected a value of type str'),
        (('operations', 0, 'item'), ['pod', 'a', 'b', None], r'operations\[0\]\.item: Expected kind, map'),
        (('items', 1, 'change'), 'explode', r'items\[1\]\.change: Expected one of create'),
        (('found', 0), 'x', r'found\[0\]: Expected a mapping'),
        (('requested', 0), None, r'requested\[0\]: Expected kind'),
    ],
)
def test_bad_data_say_where_and_what_was_expected(client_for, shop, path, value, text):
    data = client_for(shop).plan('update', '__all__').to_dict()
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ValueError, match=text):
        Plan.from_dict(data)


def test_operations_need_what_comes_before(client_for, shop):
    plan = client_for(shop).plan('update', '__all__')
    first = {}
    for operation in plan.operations:
        first.setdefault(operation.config_id.config_name, operation)
    network, web = first['back'], first['web']
    last_of_db = max(operation.number for operation in plan.operations if operation.config_id.config_name == 'db')
    assert network.needs == ()
    assert set(web.needs) >= {network.number, last_of_db}
    assert all(needed < operation.number for operation in plan.operations for needed in operation.needs)


def test_events_tell_each_operation_once(client_for, shop):
    client = client_for(shop)
    plan, events = client.plan('update', '__all__'), []
    client.update('__all__', listener=events.append)
    finished = [(event.client_name, event.config_id, event.call) for event in events if event.kind == 'finished']
    assert finished == [(operation.client_name, operation.config_id, operation.call) for operation in plan.operations]
    assert [event.kind for event in events[: len(plan.operations)]] == ['planned'] * len(plan.operations)


def test_a_listener_that_fails_is_dropped(client_for, shop, engine, caplog):
    def listener(event):
        raise RuntimeError('broken listener')

    client_for(shop).update('__all__', listener=listener)
    assert [record.levelname for record in caplog.records if 'listener' in record.getMessage()] == ['ERROR']
    assert engine.is_running('shop.web')


def test_own_methods_are_one_operation_each(client_for, shop, engine):
    class Own(DockerClientRunner):
        def create_container(self, action, name, **kwargs):
            self.seen = [*getattr(self, 'seen', ()), name]
            return super().create_container(action, name, **kwargs)

    class OwnClient(MappingDockerClient):
        runner_class = Own

        def get_runner(self, policy, kwargs):
            self.runner = super().get_runner(policy, kwargs)
            return self.runner

    client = OwnClient(ContainerMap('shop', shop), engine.client())
    plan = client.plan('update', 'db')
    assert [
        operation.call
        for operation in plan.operations
        if operation.config_id.config_name == 'db' and operation.config_id.config_type is ItemType.CONTAINER
    ] == ['create_container', 'start']
    client.apply(plan)
    assert client.runner.seen == ['shop.db']
    assert engine.is_running('shop.db')


def test_pulls_tell_their_progress(shop, make_events):
    events = make_events('startup', 'db', image='missing')
    assert [event.call for event in events if event.kind == 'progress'][:1] == ['pull']
    assert any(
        'Pull complete' in event.detail or 'Download' in event.detail or 'Digest' in event.detail
        for event in events
        if event.kind == 'progress'
    )


def test_waiting_says_what_for(shop, make_events):
    events = make_events('startup', 'db', start_delay=0.01)
    assert [event.detail for event in events if event.kind == 'waiting'] == [
        'a container to end',
        '0.01 seconds to pass',
    ]


@pytest.fixture
def make_events(client_for, shop, engine):
    """What a listener is told of a call; further arguments are settings of the container ``db``."""

    def make(action, name, **settings):
        engine.registry('docker.io').publish('missing:latest')
        shop['db'].update(settings)
        events = []
        client_for(shop).run_actions(action, name, listener=events.append)
        return events

    return make
