"""Maps as files for ``docker stack deploy``, by the same translation that a swarm gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..map._dump import time_text
from ..map.config.client import ClientConfiguration
from ..map.config.main import ContainerMap
from ..map.policy.base import BasePolicy
from ..map.swarm.runner import SwarmRefusalError, SwarmRunner
from ..map.swarm.service import Service
from ..map.swarm.settings import CONTAINER
from ._note import Notes

__all__ = ['dump_stack']

_VERSION = '1.41'
_CLIENT = '__default__'
_FIELDS: dict[str, tuple[str, Callable[[Any], Any] | None]] = {
    'Image': ('image', None),
    'Command': ('entrypoint', None),
    'Args': ('command', None),
    'Env': ('environment', None),
    'Hostname': ('hostname', None),
    'User': ('user', None),
    'Groups': ('group_add', None),
    'Dir': ('working_dir', None),
    'Labels': ('labels', None),
    'Init': ('init', None),
    'ReadOnly': ('read_only', None),
    'TTY': ('tty', None),
    'OpenStdin': ('stdin_open', None),
    'CapabilityAdd': ('cap_add', None),
    'CapabilityDrop': ('cap_drop', None),
    'Sysctls': ('sysctls', None),
    'StopSignal': ('stop_signal', None),
    'StopGracePeriod': ('stop_grace_period', time_text),
    'Isolation': ('isolation', None),
    'Hosts': ('extra_hosts', lambda lines: [':'.join(reversed(line.split(' ', 1))) for line in lines]),
    'Ulimits': ('ulimits', lambda rows: {row['Name']: {'soft': row['Soft'], 'hard': row['Hard']} for row in rows}),
}
"""Where a stack file has the fields of a container, and what makes the value there."""

_CHECK = {'Test': 'test', 'Interval': 'interval', 'Timeout': 'timeout', 'StartPeriod': 'start_period'}
_RESOURCES = {'NanoCPUs': 'cpus', 'MemoryBytes': 'memory', 'Pids': 'pids'}


def dump_stack(container_map: ContainerMap, client: ClientConfiguration | None = None) -> tuple[dict[str, Any], Notes]:
    """A file for ``docker stack deploy``, and what is not in it. No engine is asked.

    :param client: Configuration of the swarm, for its interfaces and its endpoint mode.
    :raises ValueError: Something on the map cannot be on a swarm.
    """
    configuration = ClientConfiguration() if client is None else client.copy()
    # Nothing is called of it.
    configuration.client, configuration.version, configuration.orchestrator = object(), _VERSION, 'swarm'
    names = {_CLIENT, *container_map.clients}
    names.update(name for _, config in container_map for name in config.clients)
    policy = BasePolicy({container_map.name: container_map}, dict.fromkeys(names, configuration))
    notes = Notes()
    document: dict[str, Any] = {'version': '3.8', 'services': {}}
    for client_name in sorted(names):
        translator = SwarmRunner(policy, {}).translator(client_name)
        services = translator.services(container_map.name)
        refusals = [refusal for service in services.values() for refusal in service.refusals]
        if refusals:
            raise SwarmRefusalError(client_name, refusals)
        for service in services.values():
            document['services'][service.name] = _service(service)
            _add_parts(document, service, notes)
    return document, notes


def _service(service: Service) -> dict[str, Any]:
    spec = service.spec
    container: Mapping[str, Any] = spec['TaskTemplate']['ContainerSpec']
    found: dict[str, Any] = {
        name: convert(container[key]) if convert else container[key]
        for key, (name, convert) in _FIELDS.items()
        if key in container
    }
    for key, name in (('Nameservers', 'dns'), ('Search', 'dns_search'), ('Options', 'dns_opt')):
        if key in container.get('DNSConfig', {}):
            found[name] = container['DNSConfig'][key]
    if 'Healthcheck' in container:
        check = container['Healthcheck']
        found['healthcheck'] = {name: check[key] for key, name in _CHECK.items() if check.get(key)}
        for name in ('interval', 'timeout', 'start_period'):
            if name in found['healthcheck']:
                found['healthcheck'][name] = time_text(found['healthcheck'][name])
        if check.get('Retries'):
            found['healthcheck']['retries'] = check['Retries']
    if 'LogDriver' in spec['TaskTemplate']:
        driver = spec['TaskTemplate']['LogDriver']
        found['logging'] = {'driver': driver['Name'], 'options': driver['Options']}
    networks = spec['TaskTemplate'].get('Networks')
    if networks:
        found['networks'] = {
            entry['Target']: {'aliases': entry['Aliases']} if entry.get('Aliases') else None for entry in networks
        }
    if spec['EndpointSpec'].get('Ports'):
        found['ports'] = [
            {
                'target': port['TargetPort'],
                **({'published': port['PublishedPort']} if 'PublishedPort' in port else {}),
                'protocol': port['Protocol'],
                'mode': port['PublishMode'],
            }
            for port in spec['EndpointSpec']['Ports']
        ]
    if container.get('Mounts'):
        found['volumes'] = [_mount(mount) for mount in container['Mounts']]
    for section, key in (('secrets', 'Secret'), ('configs', 'Config')):
        if container.get(f'{key}s'):
            found[section] = [_file(entry, f'{key}Name') for entry in container[f'{key}s']]
    found['deploy'] = _deploy(spec)
    return found


def _mount(mount: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {'type': mount['Type'], 'target': mount['Target']}
    if 'Source' in mount:
        found['source'] = mount['Source']
    if mount.get('ReadOnly'):
        found['read_only'] = True
    if mount.get('TmpfsOptions', {}).get('SizeBytes'):
        found['tmpfs'] = {'size': mount['TmpfsOptions']['SizeBytes']}
    if mount.get('VolumeOptions', {}).get('NoCopy'):
        found['volume'] = {'nocopy': True}
    if mount.get('BindOptions'):
        found['bind'] = {'propagation': mount['BindOptions']['Propagation']}
    return found


def _file(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    target = entry['File']
    ids = {'uid': target['UID'], 'gid': target['GID'], 'mode': target['Mode']}
    return {'source': entry[name], 'target': target['Name'], **ids}


def _deploy(spec: Mapping[str, Any]) -> dict[str, Any]:
    task, mode = spec['TaskTemplate'], spec['Mode']
    found: dict[str, Any] = {'labels': dict(spec['Labels'])}
    if 'ReplicatedJob' in mode:
        found.update(mode='replicated-job', replicas=mode['ReplicatedJob']['TotalCompletions'])
    else:
        found['replicas'] = mode['Replicated']['Replicas']
    if task['Placement'].get('Constraints'):
        found['placement'] = {'constraints': task['Placement']['Constraints']}
    policy = task['RestartPolicy']
    found['restart_policy'] = {'condition': policy['Condition']}
    if 'MaxAttempts' in policy:
        found['restart_policy']['max_attempts'] = policy['MaxAttempts']
    if 'UpdateConfig' in spec:
        update = spec['UpdateConfig']
        found['update_config'] = {
            'parallelism': update['Parallelism'],
            'order': update['Order'],
            'failure_action': update['FailureAction'],
        }
    if 'Mode' in spec['EndpointSpec']:
        found['endpoint_mode'] = spec['EndpointSpec']['Mode']
    resources = {
        kind.lower(): {_RESOURCES[key]: _amount(key, value) for key, value in values.items()}
        for kind, values in task.get('Resources', {}).items()
    }
    return {**found, 'resources': resources} if resources else found


def _amount(key: str, value: int) -> Any:
    if key == 'NanoCPUs':
        return f'{value / 1_000_000_000:g}'
    return str(value) if key == 'MemoryBytes' else value


def _add_parts(document: dict[str, Any], service: Service, notes: Notes) -> None:
    """Networks, volumes and files of a service."""
    for network in service.spec['TaskTemplate'].get('Networks') or ():
        name = network['Target']
        settings: dict[str, Any] = {'driver': 'overlay', 'attachable': True, 'name': name}
        document.setdefault('networks', {})[name] = settings
    for mount in service.spec[CONTAINER[0]][CONTAINER[1]].get('Mounts') or ():
        if mount['Type'] == 'volume' and 'Source' in mount:
            options = mount.get('VolumeOptions') or {}
            volume: dict[str, Any] = {'name': mount['Source']}
            if 'Labels' in options:
                volume['labels'] = options['Labels']
            if 'DriverConfig' in options:
                volume.update(driver=options['DriverConfig']['Name'], driver_opts=options['DriverConfig']['Options'])
            document.setdefault('volumes', {})[mount['Source']] = volume
    for file in service.files:
        if file.origin:
            document.setdefault(file.section, {})[file.name] = {'name': file.name, 'file': file.origin}
            continue
        document.setdefault(file.section, {})[file.name] = {'external': True, 'name': file.name}
        notes.add(
            f'{file.section}.{file.name}',
            file.name,
            'The content is not written into the file.',
            f'Create it with docker {file.section[:-1]} create.',
        )
