"""From a map to the services and networks of a swarm, and what is refused. Nothing here asks or changes anything."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ... import DEFAULT_PRESET_NETWORKS
from ...docker_options import CREATE_OPTIONS
from ...docker_options import NETWORK_OPTIONS as ALL_NETWORK_OPTIONS
from ...functional import resolve_value
from .._describe import describe_item
from ..input import ItemType, MapConfigId, NotSet
from ..policy.label import LABEL, format_label, salt_for
from ..policy.options import option_values
from ..policy.ownership import MAP_LABEL, SCRIPT, ownership_labels, takes_labels
from ..policy.swarm_names import swarm_name
from ..policy.utils import init_options
from ..request import action_config
from ..request.files import given_files
from ..request.lists import get_preparation_cmd, volume_owner
from ..request.payload import payload_arguments, says_something, sent_arguments
from ..request.preparation import PREPARATION_TMP_PATH
from .files import KEYS
from .mounts import Mounts
from .service import NETWORK_MODES, PREPARED, Preparation, Refusal, Service, SwarmFile
from .settings import CONTAINER, NETWORK_OPTIONS, OPTIONS, PROPERTIES, RESOURCES, TASK, Fate
from .together import Links, place_together, refuse_names

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
    from ..request import ActionConfig
    from ..request.builders import RequestBuilder

_ENDPOINT_REFUSED = ('ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address', 'gw_priority')
_RESTART = {'always': 'any', 'unless-stopped': 'any', 'on-failure': 'on-failure', 'no': 'none'}


class Translator:
    """Services of all containers of the maps that are on one client.

    :param builder: Builds the arguments that engines would get.
    """

    def __init__(self, policy: BasePolicy, builder: RequestBuilder, client_name: str) -> None:
        self._policy = policy
        self._builder = builder
        self._client_name = client_name
        self._services: dict[str, dict[MapConfigId, Service]] = {}

    def service(self, config_id: MapConfigId) -> Service:
        """What a container is on the swarm."""
        return self.services(config_id.map_name)[config_id]

    def script(self, config_id: MapConfigId, arguments: Mapping[str, Any]) -> Service:
        """What runs a command once in place of a container: a job that nothing judges but its exit code.

        :param arguments: Command and entry point, where they are not those of the configuration.
        """
        given = self.service(config_id)
        service = replace(given, spec=copy.deepcopy(given.spec), files=list(given.files))
        action = action_config(self._policy, self._client_name, config_id)
        built = self._builder.create_kwargs(action, self._policy.item_name(config_id), arguments)
        payload = payload_arguments(action, built)
        for name in ('command', 'entrypoint'):
            if payload.get(name):
                service.put(OPTIONS[name].path, payload[name])
        service.put((*CONTAINER, 'Healthcheck'), {'Test': ['NONE']})
        service.put((*TASK, 'RestartPolicy'), {'Condition': 'none'})
        service.put(('Mode',), {'ReplicatedJob': {'MaxConcurrent': 1, 'TotalCompletions': 1}})
        service.put(('Labels',), ownership_labels(config_id, purpose=SCRIPT))
        service.spec.pop('UpdateConfig', None)
        return service

    def services(self, map_name: str) -> Mapping[MapConfigId, Service]:
        """The services of a map."""
        if map_name not in self._services:
            found = {item: self._translated(item) for item in self._items(map_name)}
            Links(self._policy, found).add()
            place_together(found.values())
            refuse_names(found.values())
            for service in found.values():
                _finish(self._client_name, service)
            self._services[map_name] = found
        return self._services[map_name]

    def network(self, config_id: MapConfigId) -> tuple[dict[str, Any], list[Refusal]]:
        """Arguments of the call that creates a network, and what is refused of it."""
        action = action_config(self._policy, self._client_name, config_id)
        name = self._policy.name_on(self._client_name, config_id)
        built = self._builder.create_kwargs(action, name)
        refusals = [
            Refusal(f'{describe_item(config_id)}: {option!r}', f'is refused on a swarm: {NETWORK_OPTIONS[option].text}')
            for option, value in built.items()
            if option in NETWORK_OPTIONS and NETWORK_OPTIONS[option].fate is Fate.REFUSED and value
        ]
        driver = built.get('driver')
        if driver not in (None, 'bridge', 'overlay'):
            refusals.append(
                Refusal(f"{describe_item(config_id)}: 'driver'", f'has to be overlay on a swarm, not {driver}')
            )
        fixed = {'driver': 'overlay', 'attachable': True, 'scope': 'swarm', 'name': name}
        return self._labelled_network(config_id, {**built, **fixed}), refusals

    def _labelled_network(self, config_id: MapConfigId, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments, with a label for what they are on a swarm, and not what they would be on an engine."""
        labels = {name: value for name, value in (arguments.get('labels') or {}).items() if name != LABEL}
        if not takes_labels(self._policy.clients[self._client_name].version):
            return arguments
        parts = sent_arguments(
            action_config(self._policy, self._client_name, config_id), {**arguments, 'labels': labels}
        )
        salt = salt_for(self._client_name, config_id, parts)
        return {**arguments, 'labels': {**labels, LABEL: format_label(parts, ALL_NETWORK_OPTIONS, salt)}}

    def chosen(self, config_ids: Iterable[MapConfigId]) -> Iterator[Service]:
        """The services of those containers that are on this client."""
        for item in config_ids:
            if item.config_type is ItemType.CONTAINER and item in self.services(item.map_name):
                yield self.service(item)

    def refusals(self, config_ids: Iterable[MapConfigId]) -> list[Refusal]:
        """What is refused of the items that are on this client."""
        found: list[Refusal] = []
        for item in config_ids:
            if self._client_name not in self._policy.get_client_names(item) or self._policy.is_external(item):
                continue
            if item.config_type is ItemType.CONTAINER and item in self.services(item.map_name):
                found.extend(self.service(item).refusals)
            elif item.config_type is ItemType.NETWORK and item.config_name not in DEFAULT_PRESET_NETWORKS:
                found.extend(self.network(item)[1])
        return found

    def _items(self, map_name: str) -> Iterator[MapConfigId]:
        for name, config in self._policy.container_maps[map_name]:
            for instance in config.instances or (None,):
                item = MapConfigId(ItemType.CONTAINER, map_name, name, instance)
                if self._client_name in self._policy.get_client_names(item):
                    yield item

    def _translated(self, item: MapConfigId) -> Service:
        action = action_config(self._policy, self._client_name, item)
        name = self._policy.name_on(self._client_name, item)
        service = Service(item, {'Name': name, 'Labels': ownership_labels(item)})
        payload = payload_arguments(action, self._builder.create_kwargs(action, self._policy.item_name(item)))
        _Translation(self._policy, action, service, payload).do()
        return service


class _Translation:
    """One container that is being translated."""

    def __init__(self, policy: BasePolicy, action: ActionConfig, service: Service, payload: Mapping[str, Any]) -> None:
        self._policy = policy
        self._action = action
        self._config = action.config
        self._service = service
        self._payload = payload

    def do(self) -> None:
        image = self._builder_image()
        self._service.put((*CONTAINER, 'Image'), image)
        self._copy_options()
        self._add_limits()
        self._add_restart_policy()
        self._add_networks()
        self._add_mounts()
        self._add_ports()
        self._add_mode()
        self._add_placement()
        self._add_files()
        self._refuse_properties()
        self._add_preparations()

    def _builder_image(self) -> str:
        container_map = self._action.container_map
        repository, tag = container_map.get_image(self._config.image or self._action.config_id.config_name)
        return f'{repository}{"@" if ":" in str(tag) else ":"}{tag}' if tag else str(repository)

    def _value(self, name: str) -> Any:
        value = self._payload.get(name)
        return value if says_something(name, value) else None

    def _copy_options(self) -> None:
        given = self._given_options()
        for name, setting in OPTIONS.items():
            value = self._value(name)
            if value is None:
                continue
            if setting.fate is Fate.REFUSED and not self._follows_from_properties(name, value):
                self._service.refuse(name, f'is refused on a swarm: {setting.text}')
            elif setting.is_copied:
                self._service.put(setting.path, setting.convert(value) if setting.convert else value)
        if given.get('links'):
            self._service.refuse('links', "is refused in 'host_config' on a swarm; use 'links' of the configuration")
        labels = self._value('labels')
        if labels:
            own = {name: value for name, value in labels.items() if not name.startswith('org.docker-map.')}
            self._service.put((*CONTAINER, 'Labels'), own)

    def _given_options(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for place in ('create_options', 'host_config'):
            found.update(option_values(init_options(getattr(self._config, place))))
        return found

    @staticmethod
    def _follows_from_properties(name: str, value: Any) -> bool:
        return name == 'volumes_from' or (name == 'pid_mode' and not value)

    def _add_limits(self) -> None:
        for kind, names in (
            ('Limits', {'nano_cpus': 'NanoCPUs', 'mem_limit': 'MemoryBytes', 'pids_limit': 'Pids'}),
            ('Reservations', {'mem_reservation': 'MemoryBytes'}),
        ):
            for name, key in names.items():
                value = self._value(name)
                if value and value > 0:
                    self._service.put((*RESOURCES, kind, key), value)

    def _add_restart_policy(self) -> None:
        given = self._value('restart_policy') or {}
        condition = _RESTART.get(given.get('Name') or '', 'any')
        if self._config.job and condition == 'any':
            condition = 'none'
        policy: dict[str, Any] = {'Condition': condition}
        if condition == 'on-failure' and given.get('MaximumRetryCount'):
            policy['MaxAttempts'] = given['MaximumRetryCount']
        self._service.put((*TASK, 'RestartPolicy'), policy)

    def _add_networks(self) -> None:
        networks = list(self._endpoints())
        mode = self._config.network_mode or self._given_options().get('network_mode')
        if isinstance(mode, tuple) or (isinstance(mode, str) and mode.startswith('container:')):
            self._service.refuse('network_mode', 'is refused on a swarm: the other container may be on another node')
        elif mode in NETWORK_MODES:
            networks.append({'Target': mode})
        elif mode and mode not in (NotSet, 'default'):
            self._service.refuse('network_mode', f'is refused on a swarm where it is {mode}')
        if networks:
            self._service.put((*TASK, 'Networks'), sorted(networks, key=lambda network: str(network['Target'])))

    def _endpoints(self) -> Iterator[dict[str, Any]]:
        map_name = self._action.config_id.map_name
        for endpoint in self._config.networks:
            for name in _ENDPOINT_REFUSED:
                if getattr(endpoint, name) not in (None, (), []):
                    self._service.refuse(
                        'networks', f'is refused on a swarm with {name!r}, which a swarm chooses itself'
                    )
            network = MapConfigId(ItemType.NETWORK, map_name, endpoint.network_name)
            found: dict[str, Any] = {'Target': self._policy.name_on(self._action.client_name, network)}
            aliases = [str(resolve_value(alias)) for alias in endpoint.aliases or ()]
            yield {**found, 'Aliases': aliases} if aliases else found

    def _add_mounts(self) -> None:
        mounts = Mounts(self._policy, self._action, self._payload)
        found = mounts.translated()
        for setting, reason in mounts.refusals:
            self._service.refuse(setting, reason)
        if found:
            self._service.put((*CONTAINER, 'Mounts'), found)
        self._service.data.update(mounts.data)

    def _add_ports(self) -> None:
        mode = self._config.publish or 'host'
        ports: list[dict[str, Any]] = []
        for port, places in sorted((self._value('port_bindings') or {}).items()):
            number, _, protocol = port.partition('/')
            for place in places or ():
                if place.get('HostIp'):
                    self._service.refuse(
                        'exposes', f'is refused on a swarm with an address ({place["HostIp"]}): it publishes on all'
                    )
                found = {'Protocol': protocol or 'tcp', 'TargetPort': int(number), 'PublishMode': mode}
                host_port = str(place.get('HostPort') or '')
                if '-' in host_port:
                    self._service.refuse('exposes', f'is refused on a swarm with a range of ports ({host_port})')
                elif host_port:
                    found['PublishedPort'] = int(host_port)
                ports.append(found)
        endpoint: dict[str, Any] = {'Ports': ports} if ports else {}
        given = (self._config, self._action.container_map)
        of_map = next((place.endpoint_mode for place in given if place.endpoint_mode), None)
        endpoint_mode = of_map or self._action.client_config.get('endpoint_mode')
        if endpoint_mode == 'dnsrr' and ports and mode == 'ingress':
            self._service.refuse('publish', 'is refused on a swarm where it is ingress and the endpoint mode dnsrr')
        if endpoint_mode:
            endpoint['Mode'] = endpoint_mode
        self._service.put(('EndpointSpec',), endpoint)

    def _add_mode(self) -> None:
        replicas = resolve_value(self._config.replicas)
        count = replicas if isinstance(replicas, int) else 1
        has_host_port = any(
            port['PublishMode'] == 'host' for port in self._service.spec['EndpointSpec'].get('Ports', ())
        )
        if count > 1 and has_host_port:
            self._service.refuse('replicas', "cannot share one port of a node on a swarm; use 'publish: ingress'")
        if self._config.job:
            mode = {'ReplicatedJob': {'MaxConcurrent': count, 'TotalCompletions': count}}
            self._service.put(('Mode',), mode)
            return
        self._service.put(('Mode',), {'Replicated': {'Replicas': count}})
        # A new container can only be started first where it takes nothing from the former one.
        mounts = self._service.spec['TaskTemplate']['ContainerSpec'].get('Mounts', ())
        writes = any('Source' in mount and not mount.get('ReadOnly') for mount in mounts)
        is_free = not has_host_port and not writes
        parallel = (self._config.rollout or self._action.container_map.rollout) == 'parallel'
        self._service.put(
            ('UpdateConfig',),
            {
                'Parallelism': 0 if parallel else 1,
                'FailureAction': 'rollback',
                'Order': 'start-first' if is_free else 'stop-first',
            },
        )

    def _add_placement(self) -> None:
        constraints = [constraint(str(resolve_value(node))) for node in self._config.nodes]
        # A manager of 20.10 does not survive an update without it.
        placement = self._service.spec.setdefault('TaskTemplate', {}).setdefault('Placement', {})
        if constraints:
            placement['Constraints'] = sorted(set(constraints))

    def _add_files(self) -> None:
        map_name = self._action.config_id.map_name
        for file in given_files(self._config):
            digest = hashlib.sha256(file.data).hexdigest()[:12]
            name = f'{swarm_name(f"{map_name}.{file.name}")[:50]}-{digest}'
            own = SwarmFile(file.section, name, file.data, {MAP_LABEL: map_name}, file.origin)
            self._service.files.append(own)
            key = KEYS[file.section]
            path = file.path.removeprefix('/run/secrets/') if file.section == 'secrets' else file.path
            target = {'Name': path, 'UID': str(file.user), 'GID': str(file.group), 'Mode': file.mode}
            known = self._service.spec['TaskTemplate']['ContainerSpec'].get(f'{key}s', [])
            self._service.put((*CONTAINER, f'{key}s'), [*known, {f'{key}Name': name, 'File': target}])

    def _refuse_properties(self) -> None:
        config = self._config
        if config.exec_commands:
            self._service.refuse('exec_commands', _reason('exec_commands'))
        if resolve_value(config.start_delay) not in (None, NotSet, 0):
            self._service.refuse('start_delay', _reason('start_delay'))
        if self._value('volumes_from'):
            self._service.refuse('uses', 'is refused on a swarm for all volumes of a container; name attached ones')

    def _add_preparations(self) -> None:
        """Owner and mode of attached volumes, which a job sets on their node."""
        map_name, name = self._action.config_id.map_name, self._action.config_id.config_name
        by_parent = self._action.container_map.use_attached_parent_name
        users = self._policy.volume_users.get(map_name, {})
        permissions = self._policy.volume_permissions.get(map_name, {})
        mounts = {
            mount.get('Source'): mount
            for mount in self._service.spec['TaskTemplate']['ContainerSpec'].get('Mounts', ())
        }
        for volume in self._config.attaches:
            key = f'{name}.{volume.name}' if by_parent else volume.name
            commands = list(get_preparation_cmd(users.get(key), permissions.get(key), PREPARATION_TMP_PATH))
            source = self._policy.volume_name(map_name, volume.name, name if by_parent else None)
            if commands and source in mounts:
                mode = resolve_value(permissions.get(key))
                wanted = (volume_owner(users.get(key)), None if mode in (None, NotSet, '') else str(mode))
                mount = {**mounts[source], 'Target': PREPARATION_TMP_PATH}
                self._service.preparations.append(Preparation(volume.name, wanted, tuple(commands), mount))
        if self._service.preparations:
            prepared = {found.alias: found.wanted for found in self._service.preparations}
            self._service.spec['Labels'][PREPARED] = json.dumps(prepared, sort_keys=True)


def _reason(name: str) -> str:
    return f'is refused on a swarm: {PROPERTIES[name].text}'


def constraint(text: str) -> str:
    """What a node has to be: a constraint of Swarm, from the name of a node, a label with its value, or itself."""
    for operator in ('==', '!='):
        name, found, value = text.partition(operator)
        if found:
            name = name.strip()
            return f'{name if "." in name else f"node.labels.{name}"}{operator}{value.strip()}'
    name, found, value = text.partition('=')
    return f'node.labels.{name.strip()}=={value.strip()}' if found else f'node.hostname=={text.strip()}'


def _finish(client_name: str, service: Service) -> None:
    """Add the label, which has a digest of each part."""
    parts = label_arguments(service.spec)
    salt = salt_for(client_name, service.item, parts)
    service.spec['Labels'] = {**service.spec['Labels'], LABEL: format_label(parts, CREATE_OPTIONS, salt)}


def label_arguments(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the label of a service speaks of."""
    return {key: value for key, value in spec.items() if key not in ('Name', 'Labels')}
