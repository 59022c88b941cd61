"""Containers are started when those that they depend on are started, healthy, or completed."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.exceptions import PartialResultsError
from tests.unit.front.waiting import HEALTHCHECK, Shop

DB = {'healthcheck': HEALTHCHECK}
WEB = {'depends_on': {'db': 'healthy'}}


def test_a_container_is_started_when_the_one_that_it_depends_on_is_healthy() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.behave('db', health=[(8, 'healthy')])
    assert shop.do('startup', 'web') >= 8
    assert shop.waits() == ['web: shop.db to be healthy']
    assert shop.engine.is_running('shop.web')


def test_the_plan_shows_what_is_waited_for() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    assert shop.client.plan('startup', 'web').text(calls=True).splitlines()[-4:-1] == [
        '      2 create_container shop.web',
        '      3 wait shop.db until healthy',
        '      4 start shop.web',
    ]


@pytest.mark.parametrize('action', ['startup', 'update', 'start'])
def test_what_is_healthy_already_needs_no_wait(action: str) -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.behave('db', health=[(2, 'healthy')])
    shop.do('startup', 'web')
    shop.engine.end('shop.web')
    shop.do(action, 'web')
    assert shop.waits() == []
    assert shop.engine.is_running('shop.web')


def test_what_runs_but_is_not_healthy_yet_is_waited_for() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.behave('db', health=[(20, 'healthy')])
    shop.do('startup', 'db')
    assert shop.do('startup', 'web') > 15
    assert shop.waits() == ['web: shop.db to be healthy']


def test_an_unhealthy_one_ends_what_depends_on_it() -> None:
    shop = Shop({'db': DB, 'web': WEB, 'other': None})
    shop.behave('db', health=[(3, 'unhealthy')], output='no disk\n')
    error = shop.fails('startup')
    assert 'Could not start container shop.web' in str(error)
    assert 'Container shop.db on client __default__ should be healthy, but is unhealthy' in str(error)
    assert 'no disk' in str(error)
    assert not shop.engine.is_running('shop.web')
    assert {output.config_id.config_name for output in error.completed} >= {'db', 'other'}


def test_a_condition_that_does_not_come_fails_after_the_time_of_the_call() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    begin = shop.engine.clock.now()
    error = shop.fails('startup', 'web', wait_timeout=30)
    assert 'is starting after 30 seconds' in str(error)
    assert shop.engine.clock.now() - begin == pytest.approx(30, abs=1)


def test_the_limit_of_a_wait_can_be_that_of_the_client() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.configuration['wait_timeout'] = 40
    assert 'after 40 seconds' in str(shop.fails('startup', 'web'))


def test_the_limit_of_a_wait_can_be_a_default_of_all_calls() -> None:
    assert 'after 35 seconds' in str(Shop({'db': DB, 'web': WEB}, wait_timeout=35).fails('startup', 'web'))


def test_without_a_limit_of_its_own_a_wait_takes_two_minutes() -> None:
    assert 'after 120 seconds' in str(Shop({'db': DB, 'web': WEB}).fails('startup', 'web'))


def test_the_health_check_of_an_image_counts() -> None:
    shop = Shop({'db': None, 'web': WEB})
    shop.engine.add_image('db', healthcheck={'Test': ['CMD', 'check']})
    shop.behave('db', health=[(8, 'healthy')])
    assert shop.do('startup', 'web') >= 8


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_without_any_health_check_nothing_is_done(action: str) -> None:
    shop = Shop({'db': None, 'web': WEB})
    error = shop.fails(action, 'web')
    assert 'shop.db on client __default__ will never be healthy' in str(error)
    assert 'neither its configuration nor its image has a health check' in str(error)
    assert shop.engine.client().containers(all=True) == []


def test_a_container_that_is_started_without_a_health_check_is_an_error_before_anything_is_done() -> None:
    shop = Shop({'db': None, 'web': {'depends_on': 'db'}})
    shop.do('create', 'web')
    shop.use({'db': None, 'web': WEB})
    assert 'will never be healthy' in str(shop.fails('start', 'web'))
    assert not shop.engine.is_running('shop.db')


def test_a_dependency_alone_only_orders() -> None:
    shop = Shop({'web': {'depends_on': 'db'}, 'db': None})
    shop.do('startup', 'web')
    assert shop.waits() == []
    assert shop.started_at('db') < shop.started_at('web')
    stopped = [event for event in _after(shop, 'shutdown', 'db') if event.call == 'remove_container']
    assert [event.config_id.config_name for event in stopped] == ['web', 'db']


def _after(shop: Shop, action: str, *names: str) -> list[Any]:
    shop.do(action, *names)
    return [event for event in shop.events if event.kind == 'finished']


def test_changing_a_dependency_changes_nothing() -> None:
    shop = Shop({'db': DB, 'cache': None, 'web': {'depends_on': 'db'}})
    shop.do('startup')
    shop.use({'db': DB, 'cache': None, 'web': {'depends_on': {'db': 'healthy', 'cache': 'started'}}})
    assert shop.plan('update').endswith('Nothing to do.')


def test_one_that_is_re_created_does_not_re_create_what_depends_on_it() -> None:
    shop = Shop({'db': DB, 'web': {'depends_on': 'db'}})
    shop.do('startup')
    before = shop.ids('db', 'web')
    shop.use({'db': {**DB, 'create_options': {'labels': {'a': 'b'}}}, 'web': {'depends_on': 'db'}})
    shop.do('update')
    after = shop.ids('db', 'web')
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_instances_are_awaited_one_by_one() -> None:
    shop = Shop({'app': {'instances': ['blue', 'green'], **DB}, 'web': {'depends_on': {'app.blue': 'healthy'}}})
    shop.behave('app.blue', health=[(2, 'healthy')])
    assert shop.do('startup') < 10
    assert shop.waits() == ['web: shop.app.blue to be healthy']


def test_a_dependency_on_other_hosts_is_awaited_on_all_of_them() -> None:
    content = {'db': {'clients': ['two', 'three'], **DB}, 'web': {'clients': ['one'], **WEB}}
    shop = Shop(content, 'one', 'two', 'three')
    shop.behave('db', health=[(4, 'healthy')])
    shop.do('startup', 'web')
    waited = [event.client_name for event in shop.events if event.kind == 'waiting']
    assert sorted(waited) == ['three', 'two']
    assert shop.engines['one'].is_running('shop.web')
    assert shop.plan('update', 'web') == '6 unchanged. Nothing to do.'


def test_waits_on_other_hosts_belong_to_the_container_that_waits() -> None:
    content = {'db': {'clients': ['two'], **DB}, 'web': {'clients': ['one'], **WEB}}
    plan = Shop(content, 'one', 'two').client.plan('startup', 'web')
    (web,) = (item for item in plan.items if item.config_id.config_name == 'web')
    calls = [(plan.operations[number].client_name, plan.operations[number].call) for number in web.operations]
    assert calls == [('one', 'create_container'), ('two', 'wait'), ('one', 'start')]
    assert [(item.client_name, item.name) for item in plan.items] == [('two', 'shop.db'), ('one', 'shop.web')]


def test_a_failure_on_another_host_ends_what_depends_on_it_there() -> None:
    content = {
        'db': {'clients': ['two'], **DB},
        'web': {'clients': ['one'], **WEB},
        'other': {'clients': ['one']},
        'else': {'clients': ['two']},
    }
    shop = Shop(content, 'one', 'two')
    shop.behave('db', health=[(3, 'unhealthy')])
    error = shop.fails('startup', on_error='continue')
    assert 'shop.db on client two should be healthy, but is unhealthy' in str(error)
    assert not shop.engines['one'].is_running('shop.web')
    assert shop.engines['one'].is_running('shop.other')
    assert shop.engines['two'].is_running('shop.else')


def test_orders_hold_across_hosts_without_a_condition_in_both_directions() -> None:
    content = {'db': {'clients': ['two']}, 'web': {'clients': ['one'], 'depends_on': 'db'}}
    shop = Shop(content, 'one', 'two')
    plan = shop.client.plan('startup', 'web')
    numbers = {(operation.call, operation.config_id.config_name): operation for operation in plan.operations}
    assert numbers['start', 'db'].number in numbers['create_container', 'web'].needs
    shop.do('startup', 'web')
    plan = shop.client.plan('shutdown', 'db')
    numbers = {(operation.call, operation.config_id.config_name): operation for operation in plan.operations}
    (last_of_web,) = numbers['stop', 'db'].needs
    assert plan.operations[last_of_web].config_id.config_name == 'web'
    assert last_of_web >= numbers['remove_container', 'web'].number


def test_what_depends_on_a_host_that_cannot_be_reached_is_not_started() -> None:
    content = {'db': {'clients': ['two'], **DB}, 'web': {'clients': ['one'], **WEB}, 'other': {'clients': ['one']}}
    shop = Shop(content, 'one', 'two')

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionRefusedError('connection refused')

    client = shop.client.clients['two'].get_client()
    for method in ('containers', 'inspect_container', 'images', 'networks', 'volumes'):
        setattr(client, method, refuse)
    with pytest.raises(PartialResultsError) as caught:
        shop.do('startup', on_error='continue')
    error = caught.value
    assert 'one: 1 done, 1 not attempted' in str(error)
    assert {entry.reason for entry in error.skipped} == {
        'needs container shop.db on client two, which could not be reached'
    }
    assert not shop.engines['one'].is_running('shop.web')
    assert shop.engines['one'].is_running('shop.other')


def test_a_restart_waits_for_what_is_restarted_with_it() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.behave('db', health=[(3, 'healthy')])
    shop.do('startup')
    shop.do('restart', 'db', 'web')
    assert shop.waits() == ['web: shop.db to be healthy']
    shop.do('restart', 'web')
    assert shop.waits() == []


def test_several_wait_for_the_same_and_are_started_then() -> None:
    shop = Shop({'db': DB, **dict.fromkeys(('one', 'two', 'three'), WEB)})
    shop.behave('db', health=[(8, 'healthy')])
    assert shop.do('startup') < 12
    assert all(shop.engine.is_running(f'shop.{name}') for name in ('one', 'two', 'three'))


def test_one_at_a_time_is_the_order_of_the_plan() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.behave('db', health=[(8, 'healthy')])
    plan = shop.client.plan('startup', 'web')
    done = [(event.config_id, event.call) for event in _after_one_by_one(shop)]
    assert done == [(operation.config_id, operation.call) for operation in plan.operations]


def _after_one_by_one(shop: Shop) -> list[Any]:
    shop.do('startup', 'web', max_parallel=1)
    return [event for event in shop.events if event.kind == 'finished']


def test_a_script_waits_as_its_container_would() -> None:
    shop = Shop({'db': DB, 'web': WEB})
    shop.behave('db', health=[(8, 'healthy')])
    shop.behave('web', seconds=1)
    assert shop.do('script', 'web', entrypoint='ls') >= 8
