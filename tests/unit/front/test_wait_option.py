"""``wait`` and ``wait_timeout``: waiting for all containers of a call, or one look at them in the end."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from dockermap.exceptions import InputError
from tests.unit.front.waiting import HEALTHCHECK, Shop, counted

ALWAYS = {'host_config': {'restart_policy': 'always'}}


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_containers_are_waited_for_until_they_run(action: str) -> None:
    shop = Shop({'db': None, 'web': {'links': 'db'}})
    assert 1 <= shop.do(action, wait=True) < 2
    assert sorted(shop.waits()) == ['db: shop.db to work', 'web: shop.web to work']


def test_containers_are_waited_for_until_they_are_healthy() -> None:
    shop = Shop({'db': {'healthcheck': HEALTHCHECK}, 'web': {'links': 'db'}})
    shop.behave('db', health=[(7, 'healthy')])
    assert shop.do('startup', wait=True) >= 7


def test_jobs_are_waited_for_until_they_have_done_their_work() -> None:
    shop = Shop({'job': {'job': True}})
    shop.behave('job', seconds=30)
    assert shop.do('startup', wait=True) >= 30
    assert shop.do('restart', 'job', wait=True) >= 30


def test_waiting_for_one_does_not_hold_up_others() -> None:
    shop = Shop({'db': {'healthcheck': HEALTHCHECK}, 'web': {'links': 'db'}})
    shop.behave('db', health=[(7, 'healthy')])
    begin = shop.engine.clock.nanoseconds
    shop.do('startup', wait=True)
    (web,) = (found for found in shop.engine.containers if found.name == 'shop.web')
    assert web.started_at - begin < 1e9


def test_many_take_no_longer_than_one() -> None:
    shop = Shop({f'web{number}': None for number in range(12)})
    assert shop.do('startup', wait=True, max_parallel=1) < 2


def test_one_that_ends_is_an_error_with_its_exit_code_and_last_lines() -> None:
    shop = Shop({'web': None, 'db': None})
    shop.behave('web', seconds=0.5, exit_code=7, output='no route\n')
    error = shop.fails('startup', wait=True)
    assert 'Container shop.web on client __default__ should work, but has ended, exit code 7' in str(error)
    assert 'no route' in str(error)
    assert shop.engine.is_running('shop.db')


def test_one_that_is_started_over_and_over_again_is_an_error_after_the_time() -> None:
    shop = Shop({'web': ALWAYS})
    shop.behave('web', seconds=0.5, exit_code=7)
    error = shop.fails('startup', wait=True, wait_timeout=15)
    assert 'is started over and over again' in str(error)


def test_one_that_works_after_some_tries_is_fine() -> None:
    shop = Shop({'web': ALWAYS})
    shop.behave('web', seconds=0.5, exit_code=7)
    shop.engine.clock.after(2, lambda: shop.behave('web'))
    shop.do('startup', wait=True)
    assert shop.engine.is_running('shop.web')


def test_what_works_already_is_not_asked() -> None:
    shop = Shop({'db': {'healthcheck': HEALTHCHECK}, 'job': {'job': True}, 'web': None})
    shop.behave('db', health=[(2, 'healthy')])
    shop.behave('job', seconds=1)
    shop.do('startup', wait=True)
    assert shop.plan('update', wait=True).endswith('Nothing to do.')
    assert shop.do('update', wait=True) == 0


def test_what_runs_but_is_not_healthy_yet_is_waited_for() -> None:
    shop = Shop({'db': {'healthcheck': HEALTHCHECK}})
    shop.behave('db', health=[(20, 'healthy')])
    shop.do('startup')
    assert shop.plan('update', wait=True).splitlines()[0] == '* container  shop.db  is waited for'
    assert shop.do('update', wait=True) > 15


def test_what_does_not_run_and_is_not_started_is_an_error() -> None:
    shop = Shop({'web': {'persistent': True}})
    shop.do('startup')
    shop.engine.end('shop.web', 3)
    assert 'has ended, exit code 3' in str(shop.fails('update', wait=True))
    assert 'does not exist' in str(Shop({'web': None}).fails('start', 'web', wait=True))


def test_the_default_is_one_look_that_names_what_has_ended(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'web': None, 'db': None})
    shop.behave('web', seconds=0, exit_code=7, output='no route\n')
    shop.do('startup')
    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert warning.getMessage() == (
        'Container shop.web on client __default__ was started, but has ended, exit code 7. Its last lines:\n  no route'
    )


def test_after_a_failure_nothing_is_looked_at_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'web': None, 'db': None})
    shop.behave('db', seconds=0, exit_code=7)
    shop.behave('web', refused='no such program')
    assert 'no such program' in str(shop.fails('startup', on_error='continue'))
    assert shop.state('db')['ExitCode'] == 7
    assert 'was started, but' not in caplog.text


def test_the_look_names_what_is_started_over_and_over_again(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'web': {**ALWAYS, 'start_delay': 0.55}})
    shop.behave('web', seconds=0.5, exit_code=7)
    shop.do('startup')
    assert 'shop.web on client __default__ was started, but is started over and over again, exit code 7' in caplog.text


def test_the_look_names_what_is_not_there_any_more(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'web': {'host_config': {'auto_remove': True}}})
    shop.behave('web', seconds=0)
    shop.do('startup')
    assert 'shop.web on client __default__ was started, but does not exist any more' in caplog.text


def test_the_look_finds_nothing_wrong_with_jobs_that_have_done_their_work(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'job': {'job': True}})
    shop.behave('job', seconds=0)
    shop.do('startup')
    assert not caplog.records


def requests(shop: Shop, action: str, **options: Any) -> list[str]:
    """Lists and inspections of containers that a call asks for."""
    client: Any = shop.configuration.get_client()
    calls: list[str] = []
    for method in ('containers', 'inspect_container', 'logs'):
        setattr(client, method, counted(getattr(type(client), method).__get__(client), calls))
    shop.do(action, max_parallel=1, **options)
    return calls


def test_the_look_is_one_list_for_all() -> None:
    shop = Shop({f'web{number}': None for number in range(5)})
    assert requests(shop, 'startup') == ['containers'] * 2


def test_without_a_look_nothing_more_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'web': None})
    shop.behave('web', seconds=0, exit_code=7)
    assert requests(shop, 'startup', wait=False) == ['containers']
    assert not caplog.records


def test_where_nothing_is_started_nobody_looks() -> None:
    shop = Shop({'web': None})
    shop.do('startup')
    assert requests(shop, 'update') == ['containers', 'inspect_container']


def test_a_look_that_fails_is_told_and_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'web': None})
    client: Any = shop.configuration.get_client()
    asked: list[str] = []

    def containers(*args: Any, **kwargs: Any) -> Any:
        if asked:
            raise ConnectionResetError('connection reset')
        asked.append('containers')
        return type(client).containers(client, *args, **kwargs)

    client.containers = containers
    shop.do('startup')
    assert 'What was started on client __default__ could not be looked at: connection reset' in caplog.text


def test_waiting_can_be_the_default_of_all_calls() -> None:
    shop = Shop({'web': None}, wait=True)
    shop.do('startup')
    assert shop.waits() == ['web: shop.web to work']
    shop.do('stop')
    shop.do('startup', wait=False)
    assert shop.waits() == []


@pytest.mark.parametrize(
    ('option', 'value'),
    [('wait', 'yes'), ('wait', 1), ('wait_timeout', -1), ('wait_timeout', True), ('wait_timeout', '9')],
)
def test_other_values_of_the_options_are_errors(option: str, value: Any) -> None:
    with pytest.raises(InputError, match=option):
        Shop({'web': None}).do('startup', **{option: value})


@pytest.mark.parametrize('action', ['create', 'stop', 'remove', 'shutdown', 'signal', 'pull_images'])
def test_actions_that_start_nothing_do_not_take_the_option(action: str) -> None:
    with pytest.raises(TypeError, match='wait'):
        Shop({'web': None}).do(action, wait=True)


def test_a_plan_keeps_the_options_and_does_the_same() -> None:
    shop = Shop({'db': {'healthcheck': HEALTHCHECK}})
    shop.behave('db', health=[(7, 'healthy')])
    plan = shop.client.plan('startup', 'db', wait=True, wait_timeout=50)
    assert plan.options == {'wait': True, 'wait_timeout': 50}
    begin = shop.engine.clock.now()
    results = shop.client.apply(type(plan).from_dict(plan.to_dict()))
    assert shop.engine.clock.now() - begin >= 7
    assert [output.config_id.config_name for output in results] == ['db']
