"""Jobs run to their end, and once they have done so they are up to date."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ActionRunnerException
from tests.unit.front.waiting import Shop

JOB = {'job': True}
WEB = {'depends_on': 'job'}


def changed(config: dict[str, Any]) -> dict[str, Any]:
    """The same configuration with another label."""
    return {**config, 'create_options': {'labels': {'version': '2'}}}


@pytest.fixture
def shop() -> Shop:
    """A web server that needs a job of five seconds."""
    found = Shop({'job': JOB, 'web': WEB})
    found.behave('job', seconds=5)
    return found


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_what_needs_a_job_is_started_when_that_has_ended(shop: Shop, action: str) -> None:
    assert shop.do(action, 'web') >= 5
    assert shop.waits() == ['web: shop.job to run to its end']
    assert shop.state('job')['FinishedAt'] <= shop.started_at('web')


@pytest.mark.parametrize('action', ['start', 'startup', 'update'])
def test_a_job_that_has_ended_with_0_is_up_to_date(shop: Shop, action: str) -> None:
    shop.do('startup', 'web')
    assert shop.plan(action, 'web').endswith('Nothing to do.')
    assert shop.plan(action, 'job').endswith('Nothing to do.')


@pytest.mark.parametrize('action', ['startup', 'update'])
@pytest.mark.parametrize('exit_code', [1, 127, 137])
def test_a_job_that_has_failed_is_re_created_and_run(shop: Shop, action: str, exit_code: int) -> None:
    shop.do('startup', 'job')
    (before,) = shop.ids('job')
    shop.engine.end('shop.job', exit_code)
    assert shop.plan(action, 'job').splitlines()[0].startswith('± container  shop.job  ')
    shop.do(action, 'web')
    assert shop.ids('job') != [before]
    assert shop.state('job')['ExitCode'] == 0
    assert shop.engine.is_running('shop.web')


def test_start_runs_a_job_again_that_has_failed(shop: Shop) -> None:
    shop.do('startup', 'job')
    before = shop.ids('job')
    shop.engine.end('shop.job', 1)
    shop.do('start', 'job', wait=True)
    assert shop.ids('job') == before
    assert shop.state('job')['ExitCode'] == 0


def test_a_job_that_was_interrupted_by_the_end_of_its_engine_is_run_again(shop: Shop) -> None:
    shop.do('startup', 'job')
    shop.engine.client().kill('shop.job', 'SIGKILL')
    shop.do('update', 'job', wait=True)
    assert shop.state('job')['ExitCode'] == 0


def test_a_job_that_has_changed_is_re_created_and_run(shop: Shop) -> None:
    shop.do('startup', 'web')
    before, first = shop.ids('job'), shop.started_at('job')
    shop.use({'job': changed(JOB), 'web': WEB})
    shop.do('update', 'job', wait=True)
    assert shop.ids('job') != before
    assert shop.started_at('job') > first


def test_a_job_of_another_image_is_re_created(shop: Shop) -> None:
    shop.do('startup', 'web')
    shop.engine.add_image('job', env={'VERSION': '2'})
    assert '± container  shop.job' in shop.plan('update', 'job')


def test_a_job_that_is_forced_is_run_again(shop: Shop) -> None:
    shop.do('startup', 'job', wait=True)
    before = shop.ids('job')
    shop.do('update', 'job', force_update='job')
    assert shop.ids('job') != before


@pytest.mark.parametrize('action', ['startup', 'update', 'start', 'create'])
def test_a_job_that_runs_is_left_alone(shop: Shop, action: str) -> None:
    shop.do('startup', 'job')
    assert shop.engine.is_running('shop.job')
    assert shop.plan(action, 'job').endswith('Nothing to do.')


def test_create_only_creates_a_job(shop: Shop) -> None:
    shop.do('create', 'web')
    assert shop.state('job')['Status'] == 'created'
    assert shop.do('update', 'web') >= 5
    assert shop.state('job')['Status'] == 'exited'


def test_restart_runs_a_job_again(shop: Shop) -> None:
    shop.do('startup', 'job', wait=True)
    before, first = shop.ids('job'), shop.started_at('job')
    assert shop.do('restart', 'job', wait=True) >= 5
    assert shop.ids('job') == before
    assert shop.started_at('job') > first


def test_start_of_a_job_that_has_done_its_work_tells_how_it_is_run_again(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.do('startup', 'job', wait=True)
    shop.do('start', 'job')
    assert 'it is a job that has done its work. Use restart to run it again' in caplog.text


def test_a_failure_ends_what_needs_the_job_and_tells_its_last_lines(shop: Shop) -> None:
    shop.behave('job', seconds=2, exit_code=3, output=''.join(f'line {number}\n' for number in range(30)))
    error = shop.fails('startup', 'web')
    assert 'Container shop.job on client __default__ should run to its end, but has failed, exit code 3' in str(error)
    assert 'line 29' in str(error)
    assert 'line 10' in str(error)
    assert 'line 9\n' not in str(error)
    assert not shop.engine.is_running('shop.web')


def test_a_failure_that_is_seen_in_the_end_is_an_error_as_well(shop: Shop) -> None:
    shop.behave('job', seconds=0, exit_code=3, output='no table\n')
    error = shop.fails('startup', 'job')
    assert 'Container shop.job on client __default__ was started, but has failed, exit code 3' in str(error)
    assert 'no table' in str(error)
    assert [output.config_id.config_name for output in error.completed if output.action_type.value == 'start'] == [
        'job'
    ]


def test_nothing_is_said_of_a_job_that_has_done_its_work_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'job': JOB, 'web': {}})
    shop.behave('job', seconds=0)
    shop.do('startup', 'job', 'web')
    assert shop.state('job')['Status'] == 'exited'
    assert 'shop.job' not in caplog.text


def test_nothing_is_said_of_a_job_that_is_tried_again_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop({'job': {**JOB, 'host_config': {'restart_policy': 'on-failure:3'}}})
    shop.behave('job', seconds=0, exit_code=1)
    shop.do('startup', 'job')
    assert shop.state('job')['Restarting']
    assert 'shop.job' not in caplog.text


def test_a_failed_job_that_is_not_run_again_fails_what_needs_it() -> None:
    shop = Shop({'job': {**JOB, 'persistent': True}, 'web': WEB})
    shop.behave('job', seconds=1, exit_code=2)
    shop.fails('startup', 'web')
    assert 'has failed, exit code 2' in str(shop.fails('update', 'web'))
    assert not shop.engine.is_running('shop.web')


def test_a_persistent_job_that_has_failed_is_run_again_and_not_re_created() -> None:
    shop = Shop({'job': {**JOB, 'persistent': True}})
    shop.behave('job', seconds=1, exit_code=2)
    shop.fails('startup', 'job', wait=True)
    before = shop.ids('job')
    shop.behave('job', seconds=1)
    for action in ('update', 'startup'):
        shop.do(action, 'job', wait=True)
        assert shop.ids('job') == before
        assert shop.state('job')['ExitCode'] == 0


def test_a_condition_of_its_own_needs_no_completion() -> None:
    shop = Shop({'job': JOB, 'web': {'depends_on': {'job': 'started'}}})
    shop.behave('job', seconds=50)
    assert shop.do('startup', 'web') < 10
    assert shop.engine.is_running('shop.job')
    assert shop.engine.is_running('shop.web')


def test_a_job_on_another_host_is_awaited_there() -> None:
    content = {'job': {**JOB, 'clients': ['two']}, 'web': {'depends_on': 'job', 'clients': ['one']}}
    shop = Shop(content, 'one', 'two')
    shop.behave('job', seconds=5)
    shop.do('startup', 'web')
    assert shop.state('job', 'two')['Status'] == 'exited'
    assert shop.engines['one'].is_running('shop.web')


USED = {
    'links': ({'db': None}, {'links': 'db'}),
    'volumes of a container': ({'db': {'shares': '/data'}}, {'uses': 'db'}),
    'network stack': ({'db': None}, {'network_mode': 'db'}),
    'attached volume': ({'db': {'attaches': {'data': '/data'}}}, {'uses': 'data'}),
}


@pytest.mark.parametrize('used', USED)
def test_a_job_that_has_done_its_work_outlives_what_it_has_used(used: str) -> None:
    others, job = USED[used]
    shop = Shop({**others, 'job': {**JOB, **job}})
    shop.behave('job', seconds=2)
    shop.do('startup', wait=True)
    before = shop.ids('job', 'db')
    shop.use({'db': changed(others['db'] or {}), 'job': {**JOB, **job}})
    shop.do('update')
    assert shop.plan('update').endswith('Nothing to do.')
    after = shop.ids('job', 'db')
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_job_that_has_done_its_work_outlives_its_network() -> None:
    job = {**JOB, 'networks': 'back'}
    shop = Shop({'job': job}, networks={'back': None})
    shop.behave('job', seconds=2)
    shop.do('startup', wait=True)
    before = shop.ids('job')
    shop.use({'job': job}, networks={'back': {'internal': True}})
    shop.do('update')
    assert shop.plan('update').endswith('Nothing to do.')
    assert shop.ids('job') == before


def test_a_job_that_runs_is_re_created_with_the_network_stack_that_it_uses() -> None:
    shop = Shop({'db': None, 'job': {**JOB, 'network_mode': 'db'}})
    shop.do('startup')
    (before,) = shop.ids('job')
    shop.use({'db': changed({}), 'job': {**JOB, 'network_mode': 'db'}})
    shop.do('update')
    assert shop.ids('job') != [before]


def test_a_volume_that_is_created_again_does_not_run_a_job_again() -> None:
    shop = Shop({'job': {**JOB, 'attaches': {'data': '/data'}}})
    shop.behave('job', seconds=2)
    shop.do('startup', wait=True)
    (before,) = shop.ids('job')
    shop.engine.client().remove_container('shop.job')
    shop.engine.client().remove_volume('shop.data')
    shop.do('startup', wait=True)
    assert shop.ids('job') != [before]
    assert shop.plan('startup').endswith('Nothing to do.')


def test_a_restart_policy_that_tries_again_is_given_its_tries() -> None:
    shop = Shop({'job': {**JOB, 'host_config': {'restart_policy': 'on-failure:2'}}, 'web': WEB})
    shop.behave('job', seconds=1, exit_code=3)
    assert 'has failed, exit code 3' in str(shop.fails('startup', 'web'))
    assert shop.engine.client().inspect_container('shop.job')['RestartCount'] == 2


@pytest.mark.parametrize(
    ('arguments', 'problem'),
    [
        ({'auto_remove': True}, 'must not be removed automatically'),
        ({'restart_policy': {'Name': 'always'}}, "can only be 'no' or 'on-failure'"),
    ],
)
def test_what_a_job_must_not_say_is_an_error_before_anything_is_done(arguments: dict[str, Any], problem: str) -> None:
    shop = Shop({'db': None, 'job': {**JOB, 'links': 'db', 'host_config': lambda: arguments}})
    with pytest.raises(ActionRunnerException, match=problem):
        shop.do('startup')
    with pytest.raises(ActionRunnerException, match=problem):
        Shop({'job': JOB}).do('startup', 'job', host_config=arguments)
    assert shop.engine.client().containers(all=True) == []


def test_the_output_of_a_job_does_not_show_its_environment() -> None:
    options = {'environment': {'TOKEN': 'abracadabra'}}
    shop = Shop({'job': {**JOB, 'create_options': options}})
    shop.behave('job', seconds=1, exit_code=1, output='token abracadabra refused\n')
    error = shop.fails('startup', 'job', wait=True)
    assert 'token ... refused' in str(error)
    assert 'abracadabra' not in f'{error} {error!r} {error.failures}'
