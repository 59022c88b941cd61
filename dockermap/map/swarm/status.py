"""How services are, with each of their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..input import MapConfigId
from ..status import MISSING, ItemStatus, TaskStatus
from .compare import differences
from .runner import SwarmRunner

if TYPE_CHECKING:
    from ...docker_api import ManagerClient
    from ..policy.base import BasePolicy

_WANTED = ('running', 'ready', 'accepted')


class SwarmStatuses:
    """Statuses of services; each swarm is asked once for its services, its tasks and its nodes."""

    def __init__(self, policy: BasePolicy) -> None:
        self._policy = policy
        self._runner = SwarmRunner(policy, {})
        self._tasks: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
        self._nodes: dict[str, dict[str, str]] = {}

    def of(self, client_name: str, config_id: MapConfigId) -> ItemStatus:
        """The status of one service."""
        names: Any = self._policy.container_names[client_name]
        name = self._policy.name_on(client_name, config_id)
        service: Mapping[str, Any] | None = names.services.get(name)
        if service is None:
            return ItemStatus(client_name, config_id, name, MISSING)
        self._look(client_name)
        nodes = self._nodes[client_name]
        tasks = [
            TaskStatus(nodes.get(task.get('NodeID') or '', ''), state['State'], state.get('Err') or '')
            for task in self._tasks[client_name].get(service['ID'], ())
            for state in (task['Status'],)
            if task.get('DesiredState') in _WANTED or 'JobIteration' in task
        ]
        spec = service['Spec']
        return ItemStatus(
            client_name,
            config_id,
            name,
            _state(spec, tasks),
            service['ID'],
            image=spec['TaskTemplate']['ContainerSpec']['Image'].partition('@')[0],
            ports=_ports(spec),
            up_to_date=not self._differences(client_name, config_id, spec),
            tasks=tuple(tasks),
        )

    def _look(self, client_name: str) -> None:
        if client_name in self._tasks:
            return
        client: ManagerClient = self._policy.clients[client_name].get_client()
        self._nodes[client_name] = {node['ID']: node['Description']['Hostname'] for node in client.nodes()}
        by_service: dict[str, list[Mapping[str, Any]]] = {}
        for task in client.tasks():
            by_service.setdefault(task['ServiceID'], []).append(task)
        self._tasks[client_name] = by_service

    def _differences(self, client_name: str, config_id: MapConfigId, spec: Mapping[str, Any]) -> list[Any]:
        networks: Any = self._policy.network_names[client_name]
        wanted = self._runner.get_create_arguments(client_name, config_id)
        return differences(config_id, wanted, spec, {found: name for name, found in networks.items()})


def _state(spec: Mapping[str, Any], tasks: list[TaskStatus]) -> str:
    """``running`` where all tasks are, otherwise what the first one is that is not."""
    if 'ReplicatedJob' in spec['Mode']:
        return tasks[-1].state if tasks else 'created'
    replicas = (spec['Mode'].get('Replicated') or {}).get('Replicas', 1)
    if not replicas:
        return 'exited'
    others = [task.state for task in tasks if task.state != 'running']
    return others[0] if others else 'running' if len(tasks) >= replicas else 'starting'


def _ports(spec: Mapping[str, Any]) -> tuple[str, ...]:
    ports = (spec.get('EndpointSpec') or {}).get('Ports') or ()
    return tuple(
        f'*:{port.get("PublishedPort") or "?"}->{port["TargetPort"]}/{port.get("Protocol", "tcp")}' for port in ports
    )
