"""What managers of swarms do that this library counts on; the same on the swarm in memory and on a real one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from docker.errors import APIError

__all__ = [
    'Manager',
    'test_a_constraint_that_no_node_meets_is_no_failure_but_waits',
    'test_a_container_that_fails_is_told_with_its_exit_code',
    'test_a_job_that_is_removed_runs_to_its_end_and_one_that_is_emptied_does_not',
    'test_a_name_is_there_once',
    'test_a_network_that_a_service_is_in_cannot_be_removed',
    'test_a_secret_that_a_service_has_cannot_be_removed',
    'test_a_service_that_is_scaled_to_nothing_has_no_tasks_after_a_while',
    'test_an_update_with_an_old_version_is_refused',
    'test_managers_keep_networks_by_their_ids_and_add_defaults',
    'test_the_same_specification_raises_the_version_and_replaces_nothing',
]


class Manager:
    """A manager of either kind.

    :param api: Its client.
    :param image: An image that its registry has.
    :param prefix: Beginning of the names of what a test makes.
    """

    def __init__(self, api: Any, image: str, prefix: str) -> None:
        self.api = api
        self.image = image
        self.prefix = prefix

    def name(self, suffix: str) -> str:
        return f'{self.prefix}-{suffix}'

    def spec(self, *command: str, **task: Any) -> dict[str, Any]:
        """Arguments for a service of one container, which ends with its stop signal."""
        container = {'Image': self.image, 'Args': list(command or ('sleep', '600')), 'Init': True}
        template = {'ContainerSpec': {**container, **task.pop('container', {})}, 'Placement': {}, **task}
        return {'task_template': template, 'name': self.name('a'), 'mode': {'Replicated': {'Replicas': 1}}}

    def create(self, *command: str, **task: Any) -> dict[str, Any]:
        """Create a service; its arguments."""
        spec = self.spec(*command, **task)
        self.api.create_service(**spec)
        return spec

    def version(self) -> int:
        return int(self.api.inspect_service(self.name('a'))['Version']['Index'])

    def tasks(self) -> list[Any]:
        found: list[Any] = self.api.tasks(filters={'service': self.name('a')})
        return found

    def states(self) -> list[str]:
        return [task['Status']['State'] for task in self.tasks()]

    def settle(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + 40
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_same_specification_raises_the_version_and_replaces_nothing(manager: Manager) -> None:
    spec = manager.create()
    manager.settle(lambda: manager.states() == ['running'])
    version, tasks = manager.version(), [task['ID'] for task in manager.tasks()]
    manager.api.update_service(manager.name('a'), version, **spec)
    assert manager.version() > version
    time.sleep(0.5)
    assert [task['ID'] for task in manager.tasks()] == tasks


def test_an_update_with_an_old_version_is_refused(manager: Manager) -> None:
    spec = manager.create()
    version = manager.version()
    manager.api.update_service(manager.name('a'), version, **spec)
    with pytest.raises(APIError, match='update out of sequence') as error:
        manager.api.update_service(manager.name('a'), version, **spec)
    assert error.value.status_code == 500


def test_a_name_is_there_once(manager: Manager) -> None:
    spec = manager.create()
    with pytest.raises(APIError) as error:
        manager.api.create_service(**spec)
    assert error.value.status_code == 409


def test_a_network_that_a_service_is_in_cannot_be_removed(manager: Manager) -> None:
    network = manager.name('n')
    manager.api.create_network(name=network, driver='overlay', attachable=True, scope='swarm')
    manager.create(Networks=[{'Target': network}])
    with pytest.raises(APIError, match='in use') as error:
        manager.api.remove_network(network)
    assert error.value.status_code == 400


def test_managers_keep_networks_by_their_ids_and_add_defaults(manager: Manager) -> None:
    network = manager.name('n')
    network_id = manager.api.create_network(name=network, driver='overlay', attachable=True, scope='swarm')['Id']
    manager.create(Networks=[{'Target': network}])
    task = manager.api.inspect_service(manager.name('a'))['Spec']['TaskTemplate']
    assert [entry['Target'] for entry in task['Networks']] == [network_id]
    assert (task['Runtime'], task['ForceUpdate'], task['ContainerSpec']['Isolation']) == ('container', 0, 'default')


def test_a_secret_that_a_service_has_cannot_be_removed(manager: Manager) -> None:
    name = manager.name('s')
    secret_id = manager.api.create_secret(name=name, data=b'x')['ID']
    target = {'Name': 's', 'UID': '0', 'GID': '0', 'Mode': 0o444}
    entry = {'SecretName': name, 'SecretID': secret_id, 'File': target}
    manager.create(container={'Secrets': [entry]})
    with pytest.raises(APIError, match='in use') as error:
        manager.api.remove_secret(secret_id)
    assert error.value.status_code == 400


def test_a_constraint_that_no_node_meets_is_no_failure_but_waits(manager: Manager) -> None:
    manager.create(Placement={'Constraints': ['node.labels.nowhere==1']})
    manager.settle(lambda: 'Err' in (manager.tasks() or [{'Status': {}}])[0]['Status'])
    (task,) = manager.tasks()
    assert task['Status']['State'] == 'pending'
    assert 'no suitable node' in task['Status']['Err']


def test_a_container_that_fails_is_told_with_its_exit_code(manager: Manager) -> None:
    manager.create('false', RestartPolicy={'Condition': 'none'})
    manager.settle(lambda: manager.states() == ['failed'])
    assert manager.tasks()[0]['Status']['Err'] == 'task: non-zero exit (1)'


def test_a_service_that_is_scaled_to_nothing_has_no_tasks_after_a_while(manager: Manager) -> None:
    spec = manager.create(RestartPolicy={'Condition': 'none'})
    manager.settle(lambda: manager.states() == ['running'])
    stopped = {**spec, 'mode': {'Replicated': {'Replicas': 0}}}
    manager.api.update_service(manager.name('a'), manager.version(), **stopped)
    manager.settle(lambda: manager.tasks() == [])


def test_a_job_that_is_removed_runs_to_its_end_and_one_that_is_emptied_does_not(
    manager: Manager,
) -> None:
    def states(service_id: str) -> list[str]:
        return [task['Status']['State'] for task in manager.api.tasks() if task['ServiceID'] == service_id]

    def job(suffix: str, seconds: str, completions: int = 1) -> dict[str, Any]:
        spec = manager.spec('sleep', seconds, RestartPolicy={'Condition': 'none'})
        mode = {'ReplicatedJob': {'MaxConcurrent': 1, 'TotalCompletions': completions}}
        return {**spec, 'mode': mode, 'name': manager.name(suffix)}

    second = manager.api.create_service(**job('b', '600'))['ID']
    manager.settle(lambda: states(second) == ['running'])
    # That is longer than the other one takes to go.
    first = manager.api.create_service(**job('a', '20'))['ID']
    manager.settle(lambda: states(first) == ['running'])
    manager.api.remove_service(first)
    version = manager.api.inspect_service(second)['Version']['Index']
    manager.api.update_service(second, version, **job('b', '600', 0))
    manager.settle(lambda: states(second) == [])
    assert states(first) == ['running']
