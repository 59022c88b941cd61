"""Jobs of swarms, whose containers managers leave alone when the jobs go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .events import Clock

if TYPE_CHECKING:
    from ...docker_api import ManagerClient

_POLL_SECONDS = 0.2
_SECONDS = 10.0
ENDED = frozenset(('complete', 'failed', 'rejected', 'shutdown', 'orphaned', 'remove'))
"""States of tasks whose containers do not run any more."""

_ENDING = ('remove', 'shutdown')


def remove_job(client: ManagerClient, service: str, clock: Clock) -> object:
    """Remove a service, and have its containers end if it is a job.

    A manager of 20.10 that removes a job lets its containers run to their end, and nothing leads to them any more. So
    the job is told before that it has none.

    :param service: Its name or id.
    """
    found = client.inspect_service(service)
    if 'ReplicatedJob' in (found['Spec'].get('Mode') or {}) and _has_running(client, found):
        _empty(client, found)
        began = clock.now()
        while _has_running(client, found) and clock.now() - began < _SECONDS:
            clock.sleep(_POLL_SECONDS)
    return client.remove_service(found['ID'])


def _empty(client: ManagerClient, found: Mapping[str, Any]) -> None:
    spec = found['Spec']
    client.update_service(
        found['ID'],
        found['Version']['Index'],
        task_template=spec['TaskTemplate'],
        name=spec['Name'],
        labels=spec.get('Labels'),
        mode={'ReplicatedJob': {**spec['Mode']['ReplicatedJob'], 'TotalCompletions': 0}},
        endpoint_spec=spec.get('EndpointSpec'),
    )


def _has_running(client: ManagerClient, found: Mapping[str, Any]) -> bool:
    """Whether there are containers that nobody has told to end."""
    tasks = client.tasks(filters={'service': found['ID']})
    return any(task['Status']['State'] not in ENDED and task['DesiredState'] not in _ENDING for task in tasks)
