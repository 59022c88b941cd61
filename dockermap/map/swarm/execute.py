"""The calls that change a swarm, and waiting until it has done what it was told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from ... import docker_api
from ...docker_api import is_not_found
from ...exceptions import ChangedMeanwhileError, DockerStatusError
from ..execute.calls import Call, Calls
from ..execute.jobs import ENDED, remove_job
from ..plan.operation import Operation
from ..policy.ownership import PURPOSE_LABEL
from ..policy.swarm_names import swarm_name
from .compare import plain

if TYPE_CHECKING:
    from ...docker_api import EngineClient, ManagerClient

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
_GONE_SECONDS = 60.0
_FAILURES = 3
"""So many containers of a new service may fail before it counts as one that does not work."""

_FAILED = frozenset(('failed', 'rejected'))
_NO_MANAGER = 'not a swarm manager'
"""What workers answer, and managers that have become workers."""

_WITHOUT_NODE = ('new', 'pending')
"""States of tasks for which no node has been found."""

_EXITED = 'task: non-zero exit'
"""What a node says of a command that was started, and has ended with another exit code than 0."""

_UNSUCCESSFUL = ('paused', 'rollback_started', 'rollback_paused', 'rollback_completed')

Arguments = dict[str, Any]


class SwarmCalls(Calls):
    """Calls the managers of swarms; what nodes make of it is waited for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._temporary: dict[tuple[str, str], tuple[Operation, Iterable[tuple[str, Arguments]]]] = {}
        """Services that have to go with the call, by client and name, with the calls that remove them."""

    def function(self, operation: Operation) -> Call:
        """What makes the call of an operation; if the engine does not manage the swarm any more, at another manager."""
        call = super().function(operation)

        def called(client: EngineClient, operation: Operation, arguments: dict[str, object]) -> object:
            try:
                return call(client, operation, arguments)
            except Exception as error:
                if _NO_MANAGER not in str(error):
                    raise
                other = self._other_manager(operation.client_name, client)
                if other is None:
                    raise
            return call(other, operation, arguments)

        return called

    def _other_manager(self, client_name: str, former: EngineClient) -> EngineClient | None:
        configuration = self._policy.clients[client_name]
        with self._exclusive:
            configuration.check_manager()
            found: EngineClient = configuration.get_client()
        return None if found is former else found

    def _create_service(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        created = swarm.create_service(**_parts(_with_file_ids(swarm, self._with_mark(arguments['spec']))))
        with self._exclusive:
            # Others need to know no more of it than that it exists.
            self._policy.container_names[operation.client_name][arguments['spec']['Name']] = created['ID']
            if arguments.get('clean_up'):
                self._temporary[operation.client_name, arguments['spec']['Name']] = operation, arguments['clean_up']
        return created

    def _with_mark(self, spec: Mapping[str, Any]) -> Mapping[str, Any]:
        """A specification that says how long it is needed, if that is not for good."""
        labels = spec.get('Labels') or {}
        return {**spec, 'Labels': self._marked(labels)} if PURPOSE_LABEL in labels else spec

    def end(self) -> None:
        """Remove what was only there for the call, and was not removed because that was interrupted."""
        super().end()
        while self._temporary:
            _, (operation, steps) = self._temporary.popitem()
            client: ManagerClient = self._policy.clients[operation.client_name].get_client()
            for call, arguments in steps:
                try:
                    getattr(self, f'_{call}')(client, operation, dict(arguments))
                except Exception as error:
                    if not is_not_found(error):
                        log.warning('On client %s, %s was left: %s', operation.client_name, arguments, error)

    def note_tolerated(self, operation: Operation, outcome: str) -> None:
        super().note_tolerated(operation, outcome)
        if operation.call == 'wait_for_script':
            # It is left for somebody to look at.
            self._temporary.pop((operation.client_name, str(operation.arguments['service'])), None)

    def _run_job(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> None:
        """Run a job to its end, and remove it."""
        name = arguments['spec']['Name']
        for service in swarm.services(filters={'name': name}):
            if service['Spec']['Name'] == name:
                # An interrupted call has left it.
                remove_job(swarm, service['ID'], self._clock)
        created = swarm.create_service(**_parts(self._with_mark(arguments['spec'])))
        waiting = {'service': name, 'timeout': arguments['timeout'], 'former': None, 'is_replaced': False}
        try:
            self._wait_for_service(swarm, operation, waiting)
        finally:
            remove_job(swarm, created['ID'], self._clock)

    def _update_service(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        parts = _parts(_with_file_ids(swarm, arguments['spec']))
        try:
            return swarm.update_service(arguments['service'], arguments['version'], **parts)
        except Exception as error:
            if 'out of sequence' not in str(error):
                raise
            found = swarm.inspect_service(arguments['service'])
            if plain(found['Spec']) != plain(arguments['former'] or {}):
                raise ChangedMeanwhileError(f'Somebody else has updated service {found["Spec"]["Name"]}.') from error
            return swarm.update_service(arguments['service'], found['Version']['Index'], **parts)

    def _remove_service(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        service = arguments['service']
        is_job = arguments.get('is_job')
        response: object = remove_job(swarm, service, self._clock) if is_job else swarm.remove_service(service)
        with self._exclusive:
            names = self._policy.container_names[operation.client_name]
            for name in [name for name, found in names.items() if arguments['service'] in (name, found)]:
                del names[name]
                self._temporary.pop((operation.client_name, name), None)
        return response

    def _wait_for_script(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> int:
        """Wait until the command of a job has ended; its exit code.

        :raises Timeout: It takes too long.
        :raises DockerStatusError: It could not be started, or no node could be found for it in this time.
        """
        began = self._clock.now()
        while True:
            tasks = swarm.tasks(filters={'service': arguments['id']})
            ended = [task for task in tasks if _has_ended(task)]
            if ended:
                return _exit_code(ended[-1], arguments['service'])
            seconds = self._clock.now() - began
            has_node = any(task['Status']['State'] not in _WITHOUT_NODE for task in tasks)
            if seconds > arguments['timeout' if has_node else 'node_timeout']:
                if any(task['Status']['State'] == 'running' for task in tasks):
                    raise docker_api.Timeout(
                        f'The script of service {arguments["service"]} runs for {seconds:.0f} seconds.'
                    )
                raise DockerStatusError(
                    f'The script of service {arguments["service"]} was not started within {seconds:.0f} seconds: '
                    f'{_last_words(tasks)}.',
                    {},
                )
            self._clock.sleep(_POLL_SECONDS)

    def _service_logs(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> bytes:
        """What the containers of a service have put out."""
        return b''.join(swarm.service_logs(stdout=True, stderr=True, **arguments))

    def _wait_for_no_tasks(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> None:
        """Wait until no task of a service is listed; of one that is removed, until all have ended."""
        began = self._clock.now()
        while True:
            # Filters do not know services that have gone.
            tasks = [task for task in swarm.tasks() if task.get('ServiceID') == arguments['service']]
            seconds = self._clock.now() - began
            may_be_listed = arguments['is_removed'] or seconds > _GONE_SECONDS
            if not tasks or (may_be_listed and all(map(_has_ended, tasks))):
                return
            if seconds > arguments['timeout']:
                raise DockerStatusError(f'After {seconds:.0f} seconds there still is {_last_words(tasks)}.', {})
            self._clock.sleep(_POLL_SECONDS)

    def _remove_swarm_network(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        """Remove a network, which containers that have just gone may be in for a moment."""
        began = self._clock.now()
        while True:
            try:
                response: object = swarm.remove_network(arguments['net_id'])
                self._forget_network(operation)
                return response
            except Exception as error:
                is_in_use = 'in use' in str(error) or 'active endpoints' in str(error)
                if not is_in_use or self._clock.now() - began > arguments['timeout']:
                    raise
            self._clock.sleep(_POLL_SECONDS)

    def _create_secret(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        return None if _file_id(swarm.secrets, arguments['name']) else swarm.create_secret(**arguments)

    def _create_config(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        return None if _file_id(swarm.configs, arguments['name']) else swarm.create_config(**arguments)

    def _remove_unused_secret(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        return _removed_if_unused(swarm.remove_secret, arguments, swarm.secrets)

    def _remove_unused_config(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> object:
        return _removed_if_unused(swarm.remove_config, arguments, swarm.configs)

    def _wait(self, client: EngineClient, operation: Operation, arguments: Arguments) -> None:
        """Wait for a service on behalf of a container of whatever client."""
        swarm = cast('ManagerClient', client)
        name = swarm_name(str(arguments['container']))
        former = (swarm.inspect_service(name).get('UpdateStatus') or {}).get('StartedAt')
        wanted = {'service': name, 'timeout': arguments['timeout'], 'former': former, 'is_replaced': False}
        self._wait_for_service(swarm, operation, wanted)

    def _wait_for_service(self, swarm: ManagerClient, operation: Operation, arguments: Arguments) -> None:
        """Wait until a service is as it was told to be.

        :raises DockerStatusError: It was rolled back, or its containers do not work, or it takes too long.
        """
        began, was_ready = self._clock.now(), False
        while True:
            service = swarm.inspect_service(arguments['service'])
            tasks = swarm.tasks(filters={'service': arguments['service']})
            _raise_failure(service, tasks, arguments)
            is_ready = _is_converged(service, tasks, arguments)
            # A container that ends at once has been running for a moment.
            if is_ready and was_ready:
                return
            was_ready = is_ready
            seconds = self._clock.now() - began
            if seconds > arguments['timeout']:
                raise DockerStatusError(
                    f'Service {arguments["service"]} is not as it should be after {seconds:.0f} seconds: '
                    f'{_last_words(tasks)}.',
                    {},
                )
            self._clock.sleep(_POLL_SECONDS)


def _parts(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of the SDK for a specification."""
    return {
        'task_template': spec['TaskTemplate'],
        'name': spec['Name'],
        'labels': spec.get('Labels'),
        'mode': spec['Mode'],
        'update_config': spec.get('UpdateConfig'),
        'endpoint_spec': spec.get('EndpointSpec'),
    }


def _with_file_ids(client: ManagerClient, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification, where secrets and configs have their ids."""
    found: dict[str, Any] = json.loads(json.dumps(spec))
    container = found['TaskTemplate']['ContainerSpec']
    for key, listed in (('Secret', client.secrets), ('Config', client.configs)):
        entries = container.get(f'{key}s') or ()
        ids = {row['Spec']['Name']: row['ID'] for row in listed()} if entries else {}
        for entry in entries:
            entry[f'{key}ID'] = ids[entry[f'{key}Name']]
    return found


def _file_id(listed: Callable[[], Iterable[Mapping[str, Any]]], name: str) -> str | None:
    return next((str(row['ID']) for row in listed() if row['Spec']['Name'] == name), None)


def _exit_code(task: Mapping[str, Any], name: str) -> int:
    """The exit code of a command.

    :raises DockerStatusError: It was never started.
    """
    status = task['Status']
    if status['State'] != 'complete' and _EXITED not in (status.get('Err') or ''):
        raise DockerStatusError(f'The script of service {name} was not run: {_last_words([task])}.', {})
    return int((status.get('ContainerStatus') or {}).get('ExitCode') or 0)


def _removed_if_unused(
    remove: Callable[[str], object], arguments: Arguments, listed: Callable[[], Iterable[Mapping[str, Any]]]
) -> object:
    file_id = arguments.get('id') or _file_id(listed, arguments['name'])
    if file_id is None:
        return None
    try:
        return remove(file_id)
    except Exception as error:
        if 'in use' not in str(error):
            raise
        return None


def _is_job(service: Mapping[str, Any]) -> bool:
    return 'ReplicatedJob' in service['Spec']['Mode']


def _current(service: Mapping[str, Any], tasks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Tasks of the present run of a job; of other services all."""
    if 'JobStatus' not in service:
        return list(tasks)
    # Managers leave out the number of the first run, which is 0.
    index = (service['JobStatus'].get('JobIteration') or {}).get('Index', 0)
    return [task for task in tasks if (task.get('JobIteration') or {}).get('Index', 0) == index]


def _raise_failure(service: Mapping[str, Any], tasks: Iterable[Mapping[str, Any]], arguments: Arguments) -> None:
    status = service.get('UpdateStatus') or {}
    is_own = status.get('StartedAt') not in (None, arguments['former'])
    name, found = arguments['service'], _current(service, tasks)
    failures = [task for task in found if task['Status']['State'] in _FAILED]
    if is_own and status.get('State') in _UNSUCCESSFUL:
        told = status.get('Message') or status['State']
        raise DockerStatusError(f'Service {name} was not updated: {told}. {_last_words(failures)}.', {})
    policy = (service['Spec']['TaskTemplate'].get('RestartPolicy') or {}).get('Condition')
    limit = 1 if _is_job(service) and policy == 'none' else _FAILURES
    if (arguments['former'] is None or _is_job(service)) and len(failures) >= limit:
        raise DockerStatusError(f'Service {name} does not work: {_last_words(failures)}.', {})


def _is_converged(service: Mapping[str, Any], tasks: Iterable[Mapping[str, Any]], arguments: Arguments) -> bool:
    found = _current(service, tasks)
    if _is_job(service):
        wanted = service['Spec']['Mode']['ReplicatedJob'].get('TotalCompletions') or 1
        return len([task for task in found if task['Status']['State'] == 'complete']) >= int(wanted)
    status = service.get('UpdateStatus') or {}
    is_own = status.get('StartedAt') not in (None, arguments['former'])
    if (arguments['is_replaced'] and not is_own) or (is_own and status.get('State') != 'completed'):
        return False
    replicas = (service['Spec']['Mode'].get('Replicated') or {}).get('Replicas', 1)
    active = [task for task in found if task['DesiredState'] in ('running', 'ready', 'accepted')]
    return len(active) == int(replicas) and all(task['Status']['State'] == 'running' for task in active)


def _has_ended(task: Mapping[str, Any]) -> bool:
    return str(task['Status']['State']) in ENDED


def _last_words(tasks: Iterable[Mapping[str, Any]]) -> str:
    """What the last of some tasks says about itself."""
    found = sorted(tasks, key=lambda task: str(task['Status'].get('Timestamp') or ''))
    told = [task for task in found if task['Status'].get('Err')] or found
    if not told:
        return 'no container was started'
    status = told[-1]['Status']
    return f'a container is {status["State"]}: {status.get("Err") or status.get("Message")}'
