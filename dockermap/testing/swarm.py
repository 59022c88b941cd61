"""A swarm in memory: services, and what a manager makes of them, without anything that runs."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Container, Iterable, Mapping
from typing import Any

from .errors import connection_lost, refusal
from .record import Call

__all__ = ['InMemorySwarm', 'SwarmClient']

_NOT_FOUND = 127
_VXLAN = 'com.docker.network.driver.overlay.vxlanid_list'
_ENDED = ('complete', 'failed', 'rejected', 'shutdown')


class InMemorySwarm:
    """Nodes with labels, images of a registry, and services; each time that somebody looks, there is some progress.

    :param nodes: Labels by name of the node; the first one manages the swarm.
    :param images: Names of images that a registry has.
    """

    def __init__(self, nodes: Mapping[str, Mapping[str, str]], images: Iterable[str]) -> None:
        self.nodes = {name: dict(labels) for name, labels in nodes.items()}
        self.drained: set[str] = set()
        self.images = {name: f'sha256:{hashlib.sha256(name.encode()).hexdigest()}' for name in images}
        self.broken: set[str] = set()
        """Words; a container whose arguments have one of them ends at once."""
        self.exit_codes: dict[str, int] = {}
        """Exit codes by words; a container whose arguments have one of them ends at once with its code."""
        self.endless: set[str] = set()
        """Words; a job whose arguments have one of them does not end."""
        self.output: dict[str, list[str]] = {}
        """What containers have put out, by the name of their service."""
        self.calls: list[Call] = []
        """What was asked to be changed."""
        self.services: dict[str, dict[str, Any]] = {}
        self.tasks: list[dict[str, Any]] = []
        self.networks: dict[str, dict[str, Any]] = {}
        self.unallocated: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, dict[str, Any]]] = {'secrets': {}, 'configs': {}}
        self.has_crashed = False
        self._last = 0

    def client(self) -> SwarmClient:
        """A client of the manager."""
        return SwarmClient(self)

    def copy(self) -> InMemorySwarm:
        """Another swarm that is as this one."""
        return copy.deepcopy(self)

    def new_id(self) -> str:
        """An id that nothing has."""
        return f'id{self.next_number():04}'

    def next_number(self) -> int:
        """A number above all that there were, as versions have."""
        self._last += 1
        return self._last

    def named(self, name: str) -> dict[str, Any]:
        """A service by its name or id."""
        for service_id, service in self.services.items():
            if name in (service_id, service['Spec']['Name']):
                return service
        raise refusal(404, f'service {name} not found')

    def running(self, name: str) -> list[dict[str, Any]]:
        """Tasks of a service that run."""
        service_id = self.named(name)['ID']
        return [task for task in self.tasks if task['ServiceID'] == service_id and task['Status']['State'] == 'running']

    def tick(self) -> None:
        """Some progress: what was to go has gone, what is wanted runs, updates end."""
        if self.has_crashed:
            raise connection_lost()
        self.tasks = [task for task in self.tasks if task['DesiredState'] != 'remove']
        for service in list(self.services.values()):
            self._reconcile(service)

    def update(self, service: dict[str, Any], spec: dict[str, Any]) -> None:
        """What a manager does with another specification."""
        former = service['Spec']
        old, new = former['TaskTemplate'], spec['TaskTemplate']
        constraints = (old.get('Placement') or {}).get('Constraints')
        if constraints and 'Placement' not in new:
            self.has_crashed = True
            raise connection_lost()
        service['PreviousSpec'], service['Spec'] = former, spec
        service['Version'] = {'Index': self.next_number()}
        moves = constraints != (new.get('Placement') or {}).get('Constraints')
        ports_change = former.get('EndpointSpec') != spec.get('EndpointSpec')
        ignores_ports = moves and ports_change and old.get('ForceUpdate', 0) == new.get('ForceUpdate', 0)
        service['ports'] = service['ports'] if ignores_ports else (spec.get('EndpointSpec') or {}).get('Ports')
        if (old != new or ports_change) and _replicas(former):
            service['UpdateStatus'] = {'State': 'updating', 'StartedAt': self.new_id()}
            service['dirty'] = True

    def allocate(self) -> None:
        """What a manager does a moment after a network was created: it gets its addresses, and what its driver adds."""
        for network in self.networks.values():
            network.update(self.unallocated.pop(network['Id'], {}))

    def _reconcile(self, service: dict[str, Any]) -> None:
        if 'ReplicatedJob' in service['Spec']['Mode']:
            self._run_job(service)
            return
        own = [task for task in self.tasks if task['ServiceID'] == service['ID'] and task['DesiredState'] == 'running']
        if service.pop('dirty', False):
            self._replace(service, own)
            return
        wanted = _replicas(service['Spec'])
        for task in own[wanted:]:
            task['DesiredState'] = 'remove'
            task['Status']['State'] = 'shutdown'
        condition = service['Spec']['TaskTemplate'].get('RestartPolicy', {}).get('Condition')
        listed = [task for task in self.tasks if task['ServiceID'] == service['ID'] and task not in own]
        if condition == 'none' and listed:
            return
        for task in own:
            self._place(service, task)
        for _ in range(wanted - len(own)):
            self._place(service, self._new_task(service))

    def _run_job(self, service: dict[str, Any]) -> None:
        if service.get('done') == service['Version']['Index']:
            return
        service['done'] = service['Version']['Index']
        own = [task for task in self.tasks if task['ServiceID'] == service['ID']]
        for task in own:
            if task['Status']['State'] == 'running':
                task.update(DesiredState='remove', Status={**task['Status'], 'State': 'shutdown'})
        runs = len(own)
        # As managers do, the number of the first run is left out, as it is 0.
        iteration = {'Index': runs} if runs else {}
        service['JobStatus'] = {'JobIteration': iteration}
        if not service['Spec']['Mode']['ReplicatedJob'].get('TotalCompletions', 1):
            return
        task = self._new_task(service)
        task['JobIteration'] = iteration
        self._place(service, task)
        if task['Status']['State'] == 'running' and not self.endless.intersection(_words(task['Spec'])):
            task['Status'].update(State='complete', ContainerStatus={'ExitCode': 0})

    def _new_task(self, service: dict[str, Any]) -> dict[str, Any]:
        task: dict[str, Any] = {
            'ID': self.new_id(),
            'ServiceID': service['ID'],
            'DesiredState': 'running',
            'Status': {'State': 'new', 'Timestamp': f'{self.next_number():06}'},
            'Spec': copy.deepcopy(service['Spec']['TaskTemplate']),
        }
        self.tasks.append(task)
        return task

    def _place(self, service: dict[str, Any], task: dict[str, Any], without: Iterable[dict[str, Any]] = ()) -> None:
        """Find a node for a task.

        :param without: Tasks that will have gone by then.
        """
        if task['Status']['State'] not in ('new', 'pending'):
            return
        task['ports'] = [port['PublishedPort'] for port in service['ports'] or () if port.get('PublishMode') == 'host']
        fitting = self._fitting(task['Spec'])
        gone = {other['ID'] for other in without}
        nodes = [name for name in fitting if not self._taken_on(name, gone).intersection(task['ports'])]
        if not nodes:
            reason = 'host-mode port already in use' if fitting else 'scheduling constraints not satisfied'
            text = f'no suitable node ({reason} on {len(fitting or self.nodes)} nodes)'
            task['Status'].update(State='pending', Err=text)
            return
        task['NodeID'] = nodes[0]
        task['Status'].pop('Err', None)
        failure = self._failure(task['Spec'])
        if failure:
            task['Status'].update(State=failure[0], Err=failure[1], ContainerStatus={'ExitCode': failure[2]})
            task['DesiredState'] = 'shutdown'
        else:
            task['Status']['State'] = 'running'

    def _failure(self, spec: Mapping[str, Any]) -> tuple[str, str, int] | None:
        """State, message and exit code of what does not run."""
        image = spec['ContainerSpec']['Image']
        if image.partition('@')[0] not in self.images:
            return 'rejected', f'No such image: {image}', 0
        codes = {**dict.fromkeys(self.broken, 1), **self.exit_codes}
        code = next((codes[word] for word in _words(spec) if word in codes), 0)
        if code == _NOT_FOUND:
            return 'failed', 'starting container failed: exec: no such file or directory', code
        return ('failed', f'task: non-zero exit ({code})', code) if code else None

    def _fitting(self, spec: Mapping[str, Any]) -> list[str]:
        constraints = (spec.get('Placement') or {}).get('Constraints') or ()
        return [
            name
            for name in self.nodes
            if name not in self.drained and all(self._meets(name, text) for text in constraints)
        ]

    def _taken_on(self, node: str, gone: Container[str]) -> set[int]:
        tasks = [task for task in self.tasks if task.get('NodeID') == node and task['ID'] not in gone]
        return {port for task in tasks if task['Status']['State'] == 'running' for port in task.get('ports') or ()}

    def _meets(self, node: str, text: str) -> bool:
        operator = '==' if '==' in text else '!='
        key, _, value = text.partition(operator)
        role = 'manager' if node == next(iter(self.nodes)) else 'worker'
        found = {'node.hostname': node, 'node.role': role}.get(key)
        if found is None:
            found = self.nodes[node].get(key.removeprefix('node.labels.'))
        return (found == value) == (operator == '==')

    def _replace(self, service: dict[str, Any], own: list[dict[str, Any]]) -> None:
        probe = self._new_task(service)
        stops_first = (service['Spec'].get('UpdateConfig') or {}).get('Order') != 'start-first'
        self._place(service, probe, own if stops_first else ())
        if probe['Status']['State'] in _ENDED:
            service['Spec'], service['Version'] = service['PreviousSpec'], {'Index': self.next_number()}
            service['ports'] = (service['Spec'].get('EndpointSpec') or {}).get('Ports')
            service['UpdateStatus'].update(
                State='rollback_completed', Message=f'update rolled back due to failure of task {probe["ID"]}'
            )
            return
        if probe['Status']['State'] == 'pending':
            service['dirty'] = True
            probe['DesiredState'] = 'remove'
            for task in own if stops_first else ():
                task['DesiredState'] = 'remove'
                task['Status']['State'] = 'shutdown'
            self.tasks.append({**probe, 'ID': self.new_id(), 'DesiredState': 'running'})
            return
        for task in own:
            task['DesiredState'] = 'remove'
            task['Status']['State'] = 'shutdown'
        service['UpdateStatus']['State'] = 'completed'


def _words(spec: Mapping[str, Any]) -> list[str]:
    container = spec['ContainerSpec']
    return [*(container.get('Command') or ()), *(container.get('Args') or ())]


def _replicas(spec: Mapping[str, Any]) -> int:
    mode = spec.get('Mode') or {}
    return int((mode.get('Replicated') or {}).get('Replicas', 1))


class SwarmClient:
    """What orchestration calls of a manager, as docker-py's ``APIClient`` offers it."""

    max_parallel = 1

    def __init__(self, swarm: InMemorySwarm) -> None:
        self._whole = swarm
        self.api_version = '1.41'
        self.is_worker = False
        """Whether the engine that is asked manages nothing, be it that it does not any more."""

    @property
    def _swarm(self) -> InMemorySwarm:
        if self.is_worker:
            raise refusal(503, "This node is not a swarm manager. Worker nodes can't be used to view the cluster.")
        return self._whole

    def info(self) -> dict[str, Any]:
        """What an engine of a swarm says about itself."""
        managers = [{'NodeID': 'manager', 'Addr': '192.0.2.1:2377'}]
        return {'Swarm': {'ControlAvailable': not self.is_worker, 'RemoteManagers': managers}}

    def close(self) -> None:
        """There is no connection."""

    def nodes(self) -> list[dict[str, Any]]:
        """The nodes of the swarm."""
        return [
            {
                'ID': name,
                'Spec': {'Labels': dict(labels), 'Role': 'worker' if number else 'manager'},
                'Description': {'Hostname': name},
            }
            for number, (name, labels) in enumerate(self._swarm.nodes.items())
        ]

    def services(self, filters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All services."""
        self._swarm.tick()
        # Managers take the beginning of a name, too.
        name = (filters or {}).get('name', '')
        found = self._swarm.services.values()
        return [_shown(service) for service in found if service['Spec']['Name'].startswith(name)]

    def inspect_service(self, service: str) -> dict[str, Any]:
        """One service."""
        self._swarm.tick()
        return _shown(self._swarm.named(service))

    def tasks(self, filters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Tasks, all or those of a service."""
        self._swarm.tick()
        wanted = (filters or {}).get('service')
        service_id = self._swarm.named(wanted)['ID'] if wanted else None
        found = [task for task in self._swarm.tasks if service_id in (None, task['ServiceID'])]
        return [{key: value for key, value in copy.deepcopy(task).items() if key[0].isupper()} for task in found]

    def service_logs(self, service: str, **options: Any) -> list[bytes]:
        """What containers of a service have put out."""
        name = self._swarm.named(service)['Spec']['Name']
        return [text.encode() for text in self._swarm.output.get(name, ())]

    def create_service(self, task_template: dict[str, Any], name: str, **spec: Any) -> dict[str, Any]:
        """A new service."""
        self._note('create_service', name, {'task_template': task_template, **spec})
        if any(service['Spec']['Name'] == name for service in self._swarm.services.values()):
            raise refusal(409, f'rpc error: code = AlreadyExists desc = name conflicts with an existing object: {name}')
        service_id = self._swarm.new_id()
        found = self._spec(task_template, name, spec)
        self._swarm.services[service_id] = {
            'ID': service_id,
            'Version': {'Index': int(self._swarm.new_id()[2:])},
            'CreatedAt': '2026-01-01T00:00:00Z',
            'Spec': found,
            'ports': (found.get('EndpointSpec') or {}).get('Ports'),
        }
        return {'ID': service_id}

    def update_service(
        self, service: str, version: int, task_template: dict[str, Any], name: str, **spec: Any
    ) -> dict[str, Any]:
        """Another specification for a service."""
        self._note('update_service', name, {'task_template': task_template, **spec})
        found = self._swarm.named(service)
        if found['Version']['Index'] != version:
            raise refusal(500, 'rpc error: code = Unknown desc = update out of sequence')
        wanted = self._spec(task_template, name, spec)
        if 'Mode' in wanted and found['Spec']['Mode'].keys() != wanted['Mode'].keys():
            raise refusal(501, 'rpc error: code = Unimplemented desc = service mode change is not allowed')
        self._swarm.update(found, wanted)
        return {'Warnings': None}

    def remove_service(self, service: str) -> bool:
        """A service goes, and its tasks a little later."""
        found = self._swarm.named(service)
        self._note('remove_service', found['Spec']['Name'], {})
        del self._swarm.services[found['ID']]
        is_job = 'ReplicatedJob' in found['Spec'].get('Mode', {})
        for task in self._swarm.tasks:
            if is_job and task['Status']['State'] == 'running':
                # Managers lose sight of it.
                continue
            if task['ServiceID'] == found['ID']:
                task['DesiredState'] = 'remove'
                task['Status']['State'] = 'shutdown'
        return True

    def networks(self) -> list[dict[str, Any]]:
        """All networks."""
        found = copy.deepcopy(list(self._swarm.networks.values()))
        self._swarm.allocate()
        return found

    def inspect_network(self, net_id: str) -> dict[str, Any]:
        """One network, by its name or id."""
        for name, network in self._swarm.networks.items():
            if net_id in (name, network['Id']):
                return copy.deepcopy(network)
        raise refusal(404, f'network {net_id} not found')

    def create_network(self, name: str, **arguments: Any) -> dict[str, Any]:
        """A new network."""
        self._note('create_network', name, arguments)
        if name in self._swarm.networks:
            raise refusal(409, f'rpc error: code = AlreadyExists desc = network {name} already exists')
        found: dict[str, Any] = {
            'Id': self._swarm.new_id(),
            'Name': name,
            'Created': '2026-01-01T00:00:00Z',
            'Scope': 'swarm',
            'Driver': '',
            'Options': None,
            'IPAM': {'Driver': '', 'Options': None, 'Config': None},
            'Labels': arguments.get('labels') or {},
            'Internal': bool(arguments.get('internal')),
            'Attachable': bool(arguments.get('attachable')),
            'EnableIPv6': bool(arguments.get('enable_ipv6')),
        }
        self._swarm.networks[name] = found
        self._swarm.unallocated[found['Id']] = {
            'Driver': arguments.get('driver') or 'overlay',
            'Options': {_VXLAN: str(4096 + len(self._swarm.networks)), **(arguments.get('options') or {})},
            'IPAM': arguments.get('ipam')
            or {'Driver': 'default', 'Options': None, 'Config': [{'Subnet': '10.0.1.0/24'}]},
        }
        return {'Id': found['Id']}

    def remove_network(self, net_id: str) -> None:
        """A network goes, unless something is in it."""
        if net_id not in self._swarm.networks:
            raise refusal(404, f'network {net_id} not found')
        network_id = self._swarm.networks[net_id]['Id']
        self._swarm.tick()
        used = [service['Spec']['TaskTemplate'] for service in self._swarm.services.values()]
        used += [task['Spec'] for task in self._swarm.tasks]
        if any(entry['Target'] == network_id for template in used for entry in template.get('Networks') or ()):
            raise refusal(400, f'rpc error: code = FailedPrecondition desc = network {network_id} is in use')
        self._note('remove_network', net_id, {})
        del self._swarm.networks[net_id]

    def inspect_distribution(self, image: str) -> dict[str, Any]:
        """What the registry says of an image."""
        if image not in self._swarm.images:
            raise refusal(404, f'manifest for {image} not found')
        return {'Descriptor': {'digest': self._swarm.images[image]}}

    def secrets(self) -> list[dict[str, Any]]:
        """All secrets."""
        return self._files('secrets')

    def configs(self) -> list[dict[str, Any]]:
        """All configs."""
        return self._files('configs')

    def create_secret(self, name: str, data: bytes, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A new secret."""
        return self._create_file('secrets', name, data, labels)

    def create_config(self, name: str, data: bytes, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A new config."""
        return self._create_file('configs', name, data, labels)

    def remove_secret(self, id: str) -> bool:
        """A secret goes, unless a service has it."""
        return self._remove_file('secrets', 'Secret', id)

    def remove_config(self, id: str) -> bool:
        """A config goes, unless a service has it."""
        return self._remove_file('configs', 'Config', id)

    def _files(self, section: str) -> list[dict[str, Any]]:
        return [
            {'ID': row['ID'], 'Spec': {'Name': name, 'Labels': row['Labels']}}
            for name, row in self._swarm.files[section].items()
        ]

    def _create_file(self, section: str, name: str, data: bytes, labels: Mapping[str, str] | None) -> dict[str, Any]:
        self._note(f'create_{section[:-1]}', name, {})
        row = {'ID': self._swarm.new_id(), 'Labels': dict(labels or {}), 'data': data}
        self._swarm.files[section][name] = row
        return {'ID': row['ID']}

    def _remove_file(self, section: str, key: str, file_id: str) -> bool:
        for service in self._swarm.services.values():
            container = service['Spec']['TaskTemplate']['ContainerSpec']
            if any(entry[f'{key}ID'] == file_id for entry in container.get(f'{key}s') or ()):
                raise refusal(400, f'rpc error: code = InvalidArgument desc = {section[:-1]} is in use by a service')
        name = next((name for name, row in self._swarm.files[section].items() if row['ID'] == file_id), None)
        if name is None:
            raise refusal(404, f'{section[:-1]} {file_id} not found')
        self._note(f'remove_{section[:-1]}', name, {})
        del self._swarm.files[section][name]
        return True

    def _spec(self, task_template: dict[str, Any], name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        """A specification as managers keep it: networks by their ids, and some defaults."""
        found: dict[str, Any] = copy.deepcopy({'Name': name, 'TaskTemplate': task_template})
        for key, value in spec.items():
            if value is not None:
                found[_in_capitals(key)] = copy.deepcopy(value)
        task = found['TaskTemplate']
        for entry in task.get('Networks') or ():
            if entry['Target'] not in self._swarm.networks and entry['Target'] not in _ids(self._swarm):
                raise refusal(404, f'network {entry["Target"]} not found')
            entry['Target'] = self._swarm.networks.get(entry['Target'], {}).get('Id', entry['Target'])
        task.setdefault('Runtime', 'container')
        task['ContainerSpec'].setdefault('Isolation', 'default')
        task.setdefault('ForceUpdate', 0)
        return found

    def _note(self, method: str, subject: str, arguments: dict[str, Any]) -> None:
        if self._swarm.has_crashed:
            raise connection_lost()
        self._swarm.calls.append(Call(method, arguments, subject))


def _ids(swarm: InMemorySwarm) -> set[str]:
    return {network['Id'] for network in swarm.networks.values()} | {'host', 'bridge'}


def _shown(service: Mapping[str, Any]) -> dict[str, Any]:
    return copy.deepcopy({key: value for key, value in service.items() if key[0].isupper()})


def _in_capitals(key: str) -> str:
    return ''.join(part.capitalize() for part in key.split('_'))
