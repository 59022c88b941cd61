"""Builders for inspections, and an engine that consists of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy
from dockermap.map.state.update import UpdateStateGenerator

IMAGE_ID = 'sha256:' + '1' * 64
BRIDGE_ID = 'b' * 64
RUNNING = {'Running': True, 'Pid': 77, 'StartedAt': '2026-01-01T00:00:01Z', 'ExitCode': 0}
STOPPED = {'Running': False, 'Pid': 0, 'StartedAt': '2026-01-01T00:00:01Z', 'ExitCode': 0}
NEVER_STARTED = {'Running': False, 'Pid': 0, 'StartedAt': '0001-01-01T00:00:00Z', 'ExitCode': 0}


class NotFound(Exception):
    status_code = 404


def _merged(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


class Engine:
    """Answers from inspections that a test gives it, and notes what it is asked for."""

    api_version = '1.41'

    def __init__(self) -> None:
        self.details: dict[str, dict[str, dict[str, Any]]] = {'container': {}, 'network': {}, 'volume': {}}
        self.image_ids = {'img:latest': IMAGE_ID}
        self.processes: list[list[str]] | None = []
        self.calls: list[tuple[str, Any]] = []
        self.add_network('bridge', Id=BRIDGE_ID)

    def add_container(self, name: str, networks: Any = None, **changes: Any) -> dict[str, Any]:
        """A running container of image ``img`` that is connected to the default network, unless others are given."""
        number = len(self.details['container']) + 1
        detail = {
            'Id': f'{number:064x}',
            'Name': f'/{name}',
            'Image': IMAGE_ID,
            'State': RUNNING,
            'Created': f'2026-01-01T00:00:{number:02}.5Z',
            'Config': {'Env': ['PATH=/bin'], 'Cmd': None, 'Entrypoint': None, 'Labels': {}},
            'HostConfig': {'NetworkMode': 'default', 'RestartPolicy': {'Name': '', 'MaximumRetryCount': 0}},
            'Mounts': [],
            'NetworkSettings': {
                'Ports': {},
                'Networks': {'bridge': {'NetworkID': BRIDGE_ID, 'EndpointID': f'e{number}'}},
            },
        }
        detail = self.details['container'][name] = _merged(detail, changes)
        if networks is not None:
            detail['NetworkSettings'] = {**detail['NetworkSettings'], 'Networks': networks}
        if detail['State']['Running']:
            self._join(detail)
        return detail

    def _join(self, detail: Mapping[str, Any]) -> None:
        for network, endpoint in detail['NetworkSettings']['Networks'].items():
            if network in self.details['network']:
                entry = {'Name': detail['Name'].removeprefix('/'), 'EndpointID': endpoint.get('EndpointID')}
                self.details['network'][network]['Containers'][detail['Id']] = entry

    def add_network(self, name: str, **changes: Any) -> dict[str, Any]:
        detail = {
            'Id': f'id-of-{name}',
            'Name': name,
            'Driver': 'bridge',
            'Internal': False,
            'Options': {},
            'Labels': {},
            'Containers': {},
        }
        self.details['network'][name] = _merged(detail, changes)
        return self.details['network'][name]

    def add_volume(self, name: str, **changes: Any) -> dict[str, Any]:
        detail = {'Name': name, 'Driver': 'local', 'Options': None, 'Labels': None}
        self.details['volume'][name] = _merged(detail, changes)
        return self.details['volume'][name]

    def containers(self, *, all: bool = False) -> list[dict[str, Any]]:
        return [{'Id': detail['Id'], 'Names': [f'/{name}']} for name, detail in self.details['container'].items()]

    def networks(self) -> list[dict[str, Any]]:
        return [{'Id': detail['Id'], 'Name': name} for name, detail in self.details['network'].items()]

    def volumes(self) -> dict[str, Any]:
        return {'Volumes': [{'Name': name} for name in self.details['volume']]}

    def images(self, name: str | None = None) -> list[dict[str, Any]]:
        return [{'Id': image_id, 'RepoTags': [tag]} for tag, image_id in self.image_ids.items()]

    def inspect_container(self, name: str) -> dict[str, Any]:
        return self._inspect('container', name)

    def inspect_network(self, name: str) -> dict[str, Any]:
        return self._inspect('network', name)

    def inspect_volume(self, name: str) -> dict[str, Any]:
        return self._inspect('volume', name)

    def top(self, container: str, ps_args: str) -> dict[str, Any]:
        self.calls.append(('top', ps_args))
        return {'Processes': self.processes}

    def _inspect(self, kind: str, name: str) -> dict[str, Any]:
        self.calls.append((f'inspect_{kind}', name))
        for known, detail in self.details[kind].items():
            if name in (known, detail.get('Id')):
                return detail
        raise NotFound(name)


class Situation:
    """A map, an engine, and what the comparison of the two says."""

    def __init__(self, content: Mapping[str, Any], **client: Any) -> None:
        self.engine = Engine()
        self.map = ContainerMap('m', content)
        self.client_config = ClientConfiguration(version='1.41', client=self.engine, **client)
        self.option_defaults: dict[str, Any] = {}
        self.create_arguments: Callable[[str, MapConfigId], Mapping[str, Any]] | None = None

    @property
    def policy(self) -> BasePolicy:
        if not hasattr(self, '_policy'):
            self._policy = BasePolicy({'m': self.map}, {'__default__': self.client_config})
        return self._policy

    def generator(self, **options: Any) -> UpdateStateGenerator:
        generator = UpdateStateGenerator(self.policy, options)
        generator.create_arguments = self.create_arguments
        return generator

    def states(self, *names: str, **options: Any) -> dict[tuple[str, str], Any]:
        """States of all that is visited for containers, by type and name."""
        ids = [container_id(name) for name in names]
        return {_key(state.config_id): state for state in self.generator(**options).get_states(ids)}

    def state(self, name: str, **options: Any) -> Any:
        """State of one container, after all that it needs was looked at."""
        return self.states(name, **options)['container', name]


def _key(item: MapConfigId) -> tuple[str, str]:
    if item.config_type is ItemType.VOLUME:
        return 'volume', str(item.instance_name)
    name = f'{item.config_name}.{item.instance_name}' if item.instance_name else item.config_name
    return item.config_type.value, name


def container_id(name: str) -> MapConfigId:
    config_name, _, instance = name.partition('.')
    return MapConfigId(ItemType.CONTAINER, 'm', config_name, instance or None)


@pytest.fixture
def situation() -> type[Situation]:
    """Builds a situation from the content of a map and settings of its client."""
    return Situation


@pytest.fixture
def item() -> MapConfigId:
    """Some container."""
    return container_id('app')


@pytest.fixture
def times() -> dict[str, dict[str, Any]]:
    """The ``State`` part of inspections."""
    return {'running': RUNNING, 'stopped': STOPPED, 'initial': NEVER_STARTED}
