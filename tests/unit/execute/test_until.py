"""Waiting until containers run, are healthy, or have run to their end, by the clock of the engine in memory."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.exceptions import DockerStatusError
from dockermap.map.execute.events import Clock
from dockermap.map.execute.waiting import Waiting, awaited
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.plan.operation import Operation
from dockermap.testing import InMemoryClient, InMemoryEngine, Process

HEALTHCHECK = {'test': ['CMD', 'check'], 'interval': 1_000_000_000}
SHOP_WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web', None)


@pytest.fixture
def engine() -> InMemoryEngine:
    return InMemoryEngine('busybox')


def run(
    engine: InMemoryEngine, process: Process, restart: dict[str, Any] | None = None, name: str = 'shop.web', **kw: Any
) -> InMemoryClient:
    """A client of an engine on which a container with this process was started."""
    client = engine.client()
    engine.script(process, container=name)
    host_config = {'RestartPolicy': restart} if restart else {}
    client.create_container('busybox', 'serve', name=name, host_config=host_config, **kw)
    client.start(name)
    return client


def wait(client: Any, until: str, name: str = 'shop.web', **arguments: Any) -> None:
    operation = Operation(0, 'here', SHOP_WEB, 'wait', {'container': name, 'until': until, **arguments})
    Waiting(Clock()).wait(client, operation, dict(operation.arguments))


def test_running_means_that_the_same_start_lasts_for_the_grace(engine: InMemoryEngine) -> None:
    client = run(engine, Process())
    begin = engine.clock.now()
    wait(client, 'running', grace=3)
    assert engine.clock.now() - begin == pytest.approx(3)


def test_who_ends_within_the_grace_does_not_run(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=0.5, exit_code=3, output='one\ntwo\n', errors='no such table\n'))
    with pytest.raises(DockerStatusError) as failure:
        wait(client, 'running', grace=1)
    assert str(failure.value) == (
        'Container shop.web on client here should run, but has ended, exit code 3. Its last lines:\n'
        '  one\n  two\n  no such table'
    )
    assert failure.value.detail == {'exit_code': 3}


def test_who_ends_after_the_grace_has_run(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=2, exit_code=3))
    begin = engine.clock.now()
    wait(client, 'running', grace=1)
    assert engine.clock.now() - begin == pytest.approx(1)
    assert engine.is_running('shop.web')


def test_who_is_started_again_by_the_engine_does_not_run(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=0.5, exit_code=4, output='no\n'), {'Name': 'always', 'MaximumRetryCount': 0})
    with pytest.raises(DockerStatusError, match=r'was started again by the engine[.] Its last lines:\n  no'):
        wait(client, 'running', grace=1)


def test_who_may_be_started_again_is_waited_for(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=0.5, exit_code=4), {'Name': 'always', 'MaximumRetryCount': 0})
    engine.clock.after(3, lambda: engine.script(Process(), container='shop.web'))
    wait(client, 'running', grace=1, restarts=True)
    assert engine.is_running('shop.web')


def test_who_is_started_over_and_over_again_is_waited_for_no_longer_than_the_timeout(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=0.5, exit_code=4), {'Name': 'always', 'MaximumRetryCount': 0})
    begin = engine.clock.now()
    with pytest.raises(DockerStatusError, match='is started over and over again, exit code 4'):
        wait(client, 'running', grace=1, restarts=True, timeout=10)
    assert engine.clock.now() - begin == pytest.approx(10)


@pytest.mark.parametrize(('until', 'state'), [('healthy', 'is starting'), ('completed', 'still runs')])
def test_who_was_started_again_once_is_told_as_it_is_when_the_time_is_over(
    engine: InMemoryEngine, until: str, state: str
) -> None:
    always = {'Name': 'always', 'MaximumRetryCount': 0}
    client = run(engine, Process(seconds=0.5, exit_code=4), always, healthcheck=HEALTHCHECK)
    engine.clock.after(0.3, lambda: engine.script(Process(), container='shop.web'))
    with pytest.raises(DockerStatusError, match=f'but {state} after 15 seconds'):
        wait(client, until, timeout=15)
    assert client.inspect_container('shop.web')['RestartCount'] == 1


def test_healthy_comes_when_the_engine_says_so(engine: InMemoryEngine) -> None:
    client = run(engine, Process(health=[(8, 'healthy')]), healthcheck=HEALTHCHECK)
    begin = engine.clock.now()
    wait(client, 'healthy')
    assert 8 <= engine.clock.now() - begin < 9


def test_who_is_unhealthy_is_not_waited_for_and_its_checks_are_told(engine: InMemoryEngine) -> None:
    client = run(engine, Process(health=[(8, 'unhealthy')], output='no disk\n'), healthcheck=HEALTHCHECK)
    with pytest.raises(DockerStatusError) as failure:
        wait(client, 'healthy')
    assert str(failure.value) == (
        'Container shop.web on client here should be healthy, but is unhealthy. Its last health checks:\n'
        '  exit code 1\nIts last lines:\n  no disk'
    )
    assert 8 <= engine.clock.now() - failure_begin(engine) < 9


def failure_begin(engine: InMemoryEngine) -> float:
    """When the only container of an engine was started."""
    (container,) = engine.containers
    return container.started_at / 1e9


def test_health_that_does_not_come_ends_the_wait_at_the_timeout(engine: InMemoryEngine) -> None:
    client = run(engine, Process(), healthcheck=HEALTHCHECK)
    begin = engine.clock.now()
    with pytest.raises(DockerStatusError, match='should be healthy, but is starting after 15 seconds'):
        wait(client, 'healthy', timeout=15)
    assert engine.clock.now() - begin == pytest.approx(15)


def test_the_default_limit_of_a_wait_is_two_minutes(engine: InMemoryEngine) -> None:
    client = run(engine, Process(), healthcheck=HEALTHCHECK)
    begin = engine.clock.now()
    with pytest.raises(DockerStatusError, match='after 120 seconds'):
        wait(client, 'healthy')
    assert engine.clock.now() - begin == pytest.approx(120)


def test_who_has_no_health_check_never_gets_healthy(engine: InMemoryEngine) -> None:
    with pytest.raises(DockerStatusError, match='should be healthy, but has no health check'):
        wait(run(engine, Process()), 'healthy')


def test_who_ends_before_it_is_healthy_is_told_with_its_exit_code(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=2, exit_code=9, health=[(8, 'healthy')]), healthcheck=HEALTHCHECK)
    with pytest.raises(DockerStatusError, match='should be healthy, but has ended, exit code 9'):
        wait(client, 'healthy')


def test_ready_is_healthy_where_there_is_a_check(engine: InMemoryEngine) -> None:
    client = run(engine, Process(health=[(8, 'healthy')]), healthcheck=HEALTHCHECK)
    begin = engine.clock.now()
    wait(client, 'ready', grace=1)
    assert engine.clock.now() - begin >= 8


def test_ready_is_running_where_there_is_no_check(engine: InMemoryEngine) -> None:
    client = run(engine, Process())
    begin = engine.clock.now()
    wait(client, 'ready', grace=1)
    assert engine.clock.now() - begin == pytest.approx(1)


def test_completed_comes_with_exit_code_0(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=30))
    begin = engine.clock.now()
    wait(client, 'completed')
    assert 30 <= engine.clock.now() - begin < 31


def test_another_exit_code_is_told_with_the_last_twenty_lines(engine: InMemoryEngine) -> None:
    lines = ''.join(f'line {number}\n' for number in range(30))
    with pytest.raises(DockerStatusError) as failure:
        wait(run(engine, Process(seconds=1, exit_code=5, output=lines)), 'completed')
    told = str(failure.value).splitlines()
    assert told[0] == (
        'Container shop.web on client here should run to its end, but has failed, exit code 5. Its last lines:'
    )
    assert told[1:] == [f'  line {number}' for number in range(10, 30)]


def test_a_job_that_the_engine_tries_again_is_waited_for(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=1, exit_code=5), {'Name': 'on-failure', 'MaximumRetryCount': 5})
    engine.clock.after(1.5, lambda: engine.script(Process(seconds=1), container='shop.web'))
    wait(client, 'completed')
    assert client.inspect_container('shop.web')['State']['ExitCode'] == 0


def as_podman_shows_it(detail: dict[str, Any]) -> dict[str, Any]:
    """A container that the engine is about to start again is shown as ended."""
    state = detail['State']
    ended = {'Running': False, 'Restarting': False, 'Status': 'exited'} if state['Restarting'] else {}
    return {**detail, 'State': {**state, **ended}}


@pytest.mark.parametrize('policy', [{'Name': 'always'}, {'Name': 'on-failure', 'MaximumRetryCount': 5}])
def test_what_is_shown_as_ended_until_it_is_tried_again_is_waited_for(
    engine: InMemoryEngine, policy: dict[str, Any]
) -> None:
    engine.report('inspect_container', as_podman_shows_it)
    client = run(engine, Process(seconds=1, exit_code=5), policy)
    engine.clock.after(1.5, lambda: engine.script(Process(), container='shop.web'))
    wait(client, 'running', restarts=True, grace=3)
    assert engine.is_running('shop.web')


def test_a_job_that_podman_tries_again_has_failed_when_it_gives_up(engine: InMemoryEngine) -> None:
    engine.report('inspect_container', as_podman_shows_it)
    client = run(engine, Process(seconds=1, exit_code=5), {'Name': 'on-failure', 'MaximumRetryCount': 2})
    with pytest.raises(DockerStatusError, match='has failed, exit code 5'):
        wait(client, 'completed')
    assert client.inspect_container('shop.web')['RestartCount'] == 2


def test_who_was_stopped_by_somebody_is_not_waited_for_any_longer(engine: InMemoryEngine) -> None:
    client = run(engine, Process(), {'Name': 'always'}, healthcheck=HEALTHCHECK)
    client.stop('shop.web', timeout=0)
    begin = engine.clock.now()
    with pytest.raises(DockerStatusError, match='should be healthy, but has ended'):
        wait(client, 'healthy')
    assert 2 <= engine.clock.now() - begin < 3


def test_a_job_that_fails_each_time_has_failed_when_the_engine_gives_up(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=1, exit_code=5), {'Name': 'on-failure', 'MaximumRetryCount': 2})
    with pytest.raises(DockerStatusError, match='has failed, exit code 5'):
        wait(client, 'completed')
    assert client.inspect_container('shop.web')['RestartCount'] == 2


def test_a_job_that_takes_too_long_still_runs(engine: InMemoryEngine) -> None:
    with pytest.raises(DockerStatusError, match='should run to its end, but still runs after 20 seconds'):
        wait(run(engine, Process(seconds=30)), 'completed', timeout=20)


def test_who_was_never_started_and_who_is_gone_are_not_waited_for(engine: InMemoryEngine) -> None:
    client = engine.client()
    client.create_container('busybox', 'serve', name='shop.web')
    for until in ('running', 'healthy', 'completed', 'ready'):
        with pytest.raises(DockerStatusError, match='but was never started'):
            wait(client, until)
        with pytest.raises(DockerStatusError, match=r'shop.db on client here should .*, but does not exist any more'):
            wait(client, until, name='shop.db')


def test_values_of_the_environment_are_not_told_whoever_prints_them(engine: InMemoryEngine) -> None:
    output = 'connecting with s3cr:t=x\nkey is first line\n'
    environment = ['PASSWORD=s3cr:t=x', 'KEY=first line\nsecond line', 'DEBUG=1']
    client = run(engine, Process(seconds=0.1, exit_code=1, output=output), environment=environment)
    with pytest.raises(DockerStatusError) as failure:
        wait(client, 'completed')
    assert str(failure.value).endswith('exit code 1. Its last lines:\n  connecting with ...\n  key is ...')


def test_output_that_cannot_be_read_is_left_out(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=0.1, exit_code=1, output='hidden'))

    def logs(*args: Any, **kwargs: Any) -> bytes:
        raise OSError('configured logging driver does not support reading')

    client.logs = logs  # type: ignore[method-assign]
    with pytest.raises(DockerStatusError, match=r'exit code 1[.]$'):
        wait(client, 'completed')


def test_who_is_being_replaced_is_told_by_its_name(engine: InMemoryEngine) -> None:
    client = run(engine, Process(seconds=0.1, exit_code=1), name='shop.web..new')
    with pytest.raises(DockerStatusError, match=r'^Container shop.web on client here'):
        wait(client, 'completed', name='shop.web..new')


def test_what_is_waited_for_is_told() -> None:
    arguments = {'container': 'shop.db', 'until': 'healthy', 'timeout': 30}
    told = awaited(Operation(0, 'here', SHOP_WEB, 'wait', arguments))
    assert told == 'shop.db to be healthy, for 30 seconds at most'
