"""Health checks, jobs and restarts on a real engine: when others are started, and what is told of failures."""

from __future__ import annotations

import logging
from typing import Any

import docker
import pytest

from dockermap.api import ActionRunnerException, ContainerMap, MappingDockerClient

LOOP = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
SOON = ['sh', '-c', "trap 'exit 0' TERM; sleep 1; touch /tmp/ready; while :; do sleep 0.1; done"]
CHECK = [['test', '-f', '/tmp/ready'], '300ms', '20s', 2]
"""A check that is made each 0.3 seconds, and that finds a container unhealthy when it has failed twice."""


class Stand:
    """A map on a real engine."""

    def __init__(self, api: docker.APIClient, name: str, image: str, options: dict[str, Any]) -> None:
        self.api, self.name, self.image, self.options = api, name, image, options

    def container(self, command: Any, **settings: Any) -> dict[str, Any]:
        """Settings of a container."""
        options = {'command': command, **settings.pop('create_options', {})}
        return {'image': f'/{self.image}', 'stop_timeout': 1, 'create_options': options, **settings}

    def front_end(self, **containers: Any) -> MappingDockerClient:
        """A front end for a map with these containers."""
        container_map = ContainerMap(self.name, {'containers': containers})
        return MappingDockerClient(container_map, self.api, option_defaults={'wait_timeout': 30, **self.options})

    def detail(self, name: str) -> dict[str, Any]:
        """What the engine says of a container."""
        found: dict[str, Any] = self.api.inspect_container(f'{self.name}.{name}')
        return found


@pytest.fixture
def stand(api: docker.APIClient, unique: str, base_image: str, option_defaults: dict[str, Any]) -> Stand:
    return Stand(api, unique, base_image, option_defaults)


def test_a_container_is_started_when_the_other_one_is_healthy_and_the_job_has_ended(stand: Stand) -> None:
    client = stand.front_end(
        db=stand.container(SOON, healthcheck=[*CHECK[:3], 20]),
        job=stand.container(['sh', '-c', 'sleep 0.5'], job=True, depends_on={'db': 'service_healthy'}),
        web=stand.container(LOOP, depends_on=['job', 'db']),
    )
    client.startup('web', wait=True)
    db, job, web = (stand.detail(name)['State'] for name in ('db', 'job', 'web'))
    assert db['Health']['Status'] == 'healthy'
    assert db['StartedAt'] < job['StartedAt']
    assert job['StartedAt'] < job['FinishedAt'] <= web['StartedAt']
    assert job['ExitCode'] == 0
    assert not client.plan('update', '__all__')
    assert not client.plan('startup', '__all__', wait=True)


def test_an_unhealthy_one_is_told_with_its_checks_and_what_depends_on_it_is_not_started(stand: Stand) -> None:
    check = [['sh', '-c', 'echo not ready; exit 1'], *CHECK[1:]]
    client = stand.front_end(
        db=stand.container(['sh', '-c', 'echo no disk; exec sleep 60'], healthcheck=check, stop_signal='SIGKILL'),
        web=stand.container(LOOP, depends_on={'db': 'healthy'}),
    )
    with pytest.raises(ActionRunnerException) as error:
        client.startup('web')
    assert f'Container {stand.name}.db on client __default__ should be healthy, but is unhealthy' in str(error.value)
    assert 'not ready' in str(error.value)
    assert 'no disk' in str(error.value)
    assert stand.detail('web')['State']['Status'] == 'created'


def test_a_job_that_fails_is_told_with_its_last_lines_and_run_again_until_it_has_done_its_work(stand: Stand) -> None:
    options = {'environment': {'TOKEN': 'abracadabra'}}
    text = 'for i in $(seq 30); do echo line $i; done; echo $TOKEN; exit 3'
    failing = stand.front_end(job=stand.container(['sh', '-c', text], job=True, create_options=options))
    with pytest.raises(ActionRunnerException) as error:
        failing.update('job', wait=True)
    assert 'should run to its end, but has failed, exit code 3' in str(error.value)
    assert 'line 12\n' in str(error.value)
    assert 'line 11\n' not in str(error.value)
    assert 'abracadabra' not in str(error.value)
    former = stand.detail('job')['Id']
    assert failing.plan('update', 'job')
    working = stand.front_end(job=stand.container(['true'], job=True, create_options=options))
    working.update('job', wait=True)
    assert stand.detail('job')['Id'] != former
    assert stand.detail('job')['State']['ExitCode'] == 0
    assert not working.plan('update', 'job')
    started_at = stand.detail('job')['State']['StartedAt']
    working.restart('job', wait=True)
    assert stand.detail('job')['State']['StartedAt'] > started_at


def test_the_engine_tries_a_job_again_and_the_last_try_counts(stand: Stand) -> None:
    text = 'if [ -f /tmp/tried ]; then exit 0; fi; touch /tmp/tried; exit 4'
    client = stand.front_end(
        job=stand.container(['sh', '-c', text], job=True, host_config={'restart_policy': 'on-failure:5'})
    )
    client.update('job', wait=True)
    assert stand.detail('job')['RestartCount'] == 1
    assert stand.detail('job')['State']['ExitCode'] == 0


def test_what_has_ended_is_named_in_a_warning(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    client = stand.front_end(web=stand.container(['sh', '-c', 'echo no route; exit 7'], start_delay=1))
    client.startup('web')
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == [
        f'Container {stand.name}.web on client __default__ was started, but has ended, exit code 7. Its last lines:\n'
        '  no route'
    ]


def test_what_became_of_a_new_version_is_told_as_a_whole(stand: Stand) -> None:
    stand.front_end(web=stand.container(LOOP)).startup('web')
    former = stand.detail('web')['Id']
    client = stand.front_end(web=stand.container(['sh', '-c', 'echo no database; exit 3']))

    with pytest.raises(ActionRunnerException) as caught:
        client.update('web')

    assert str(caught.value) == (
        f'The new container {stand.name}.web on client __default__ has ended within 1 s of its start, exit code 3. '
        f'Its last lines:\n  no database\nThe former container {stand.name}.web runs again.'
    )
    assert stand.detail('web')['Id'] == former
    assert stand.detail('web')['State']['Running']


def test_one_that_is_started_over_and_over_again_does_not_work(stand: Stand) -> None:
    client = stand.front_end(
        web=stand.container(['sh', '-c', 'sleep 0.3; exit 7'], host_config={'restart_policy': 'always'})
    )
    with pytest.raises(ActionRunnerException, match='is started over and over again'):
        client.startup('web', wait=True, wait_timeout=4)


def test_without_a_health_check_in_configuration_and_image_nothing_is_done(stand: Stand) -> None:
    client = stand.front_end(db=stand.container(LOOP), web=stand.container(LOOP, depends_on={'db': 'healthy'}))
    with pytest.raises(ActionRunnerException, match='will never be healthy'):
        client.startup('web')
    assert stand.api.containers(all=True, filters={'name': f'^/{stand.name}'}) == []
