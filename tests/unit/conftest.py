"""An engine in memory, for tests of what is asked of an engine and in which order."""
from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import requests
from docker.errors import APIError, NotFound
from hypothesis import HealthCheck, settings

from dockermap.docker_api import EngineClient
from dockermap.testing import InMemoryClient, InMemoryEngine

# No test measures time: a busy machine is no fault.
settings.register_profile('untimed', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('untimed')

NEVER = '0001-01-01T00:00:00Z'
READING = {'containers', 'images', 'networks', 'volumes', 'inspect_container', 'inspect_network', 'inspect_volume',
           'top', 'exec_inspect', 'logs'}


def engine_error(status: int, message: str) -> APIError:
    """What the SDK makes of an engine's answer."""
    response = requests.Response()
    response.status_code = status
    response.reason = message
    error_class = NotFound if status == 404 else APIError
    return error_class(message, response, message)


class EngineDouble:
    """Containers, networks, volumes and images as dictionaries; ``calls`` has what was asked for.

    ``failures`` maps the name of a method to an error that its next call raises.
    """

    api_version = '1.41'
    base_url = 'double://engine'
    timeout = 60

    def __init__(self, *images: str) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failures: dict[str, Exception] = {}
        self.container_details: dict[str, dict[str, Any]] = {}
        self.network_details: dict[str, dict[str, Any]] = {}
        self.volume_details: dict[str, dict[str, Any]] = {}
        self.image_tags: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self.add_network('bridge')
        for image in images:
            self.add_image(image)

    def add_image(self, tag: str) -> None:
        self.image_tags[tag] = f'sha256:{next(self._numbers):064}'

    def add_network(self, name: str, **options: Any) -> dict[str, Any]:
        detail: dict[str, Any] = {'Name': name, 'Id': self._new_id('n'), 'Driver': 'bridge', 'Internal': False,
                                  'Options': {}, 'Containers': {}, **options}
        self.network_details[detail['Id']] = detail
        return detail

    def add_container(self, name: str, **state: Any) -> dict[str, Any]:
        detail: dict[str, Any] = {
            'Id': self._new_id('c'), 'Name': f'/{name}', 'Image': '', 'Mounts': [],
            'State': {'Running': False, 'Paused': False, 'Restarting': False, 'Pid': 0, 'ExitCode': 0,
                      'StartedAt': NEVER, **state},
            'Config': {'Labels': {}, 'Env': [], 'Cmd': None, 'Entrypoint': None},
            'HostConfig': {'NetworkMode': 'default', 'Links': None},
            'NetworkSettings': {'Networks': {}, 'Ports': {}},
        }
        self.container_details[detail['Id']] = detail
        return detail

    def add_volume(self, name: str) -> dict[str, Any]:
        self.volume_details[name] = {'Name': name, 'Driver': 'local', 'Options': None, 'Labels': None,
                                     'Mountpoint': f'/volumes/{name}'}
        return self.volume_details[name]

    @property
    def changes(self) -> list[str]:
        """Calls that change something, in words such as ``start shop.web``."""
        return [f'{name} {_subject(kwargs)}'.strip() for name, kwargs in self.calls if name not in READING]

    def names_asked(self, method: str) -> list[str]:
        return [_subject(kwargs) for name, kwargs in self.calls if name == method]

    def is_running(self, name: str) -> bool:
        return bool(self._container(name)['State']['Running'])

    def containers(self, *, all: bool = False) -> list[dict[str, Any]]:
        self._record('containers')
        return [{'Id': detail['Id'], 'Names': [detail['Name']]} for detail in self.container_details.values()
                if all or detail['State']['Running']]

    def images(self, name: Any = None) -> list[dict[str, Any]]:
        self._record('images', name=name)
        return [{'Id': image_id, 'RepoTags': [tag]} for tag, image_id in self.image_tags.items()
                if not name or tag.rpartition(':')[0] == name]

    def networks(self) -> list[dict[str, Any]]:
        self._record('networks')
        return [{'Name': detail['Name'], 'Id': detail['Id']} for detail in self.network_details.values()]

    def volumes(self) -> dict[str, Any]:
        self._record('volumes')
        return {'Volumes': [{'Name': name} for name in self.volume_details] or None}

    def inspect_container(self, container: Any, /) -> dict[str, Any]:
        self._record('inspect_container', container=container)
        return self._container(container)

    def inspect_network(self, net_id: Any, /) -> dict[str, Any]:
        self._record('inspect_network', net_id=net_id)
        return self._network(net_id)

    def inspect_volume(self, name: Any, /) -> dict[str, Any]:
        self._record('inspect_volume', name=name)
        return self._volume(name)

    def top(self, container: Any, /, *, ps_args: Any) -> dict[str, Any]:
        self._record('top', container=container)
        return {'Processes': [], 'Titles': []}

    def create_container(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._record('create_container', **kwargs)
        image = kwargs['image']
        if image not in self.image_tags:
            raise engine_error(404, f'No such image: {image}')
        name = kwargs.get('name') or f'unnamed_{next(self._numbers)}'
        self._check_new(name, (detail['Name'][1:] for detail in self.container_details.values()))
        detail = self.add_container(name)
        detail['Image'] = self.image_tags[image]
        host_config = dict(kwargs.get('host_config') or {})
        detail['HostConfig'].update(host_config)
        detail['Config']['Labels'] = dict(kwargs.get('labels') or {})
        for bind in host_config.get('Binds') or ():
            source, target = bind.split(':')[:2]
            if not source.startswith('/') and source not in self.volume_details:
                self.add_volume(source)
            detail['Mounts'].append({'Source': source, 'Destination': target,
                                     'Name': '' if source.startswith('/') else source})
        endpoints = (kwargs.get('networking_config') or {}).get('EndpointsConfig') or {}
        for network in endpoints or (() if host_config.get('NetworkMode') else ('bridge',)):
            self._connect(detail, network)
        return {'Id': detail['Id'], 'Warnings': None}

    def create_network(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._record('create_network', **kwargs)
        if kwargs.get('check_duplicate'):
            self._check_new(kwargs['name'], (detail['Name'] for detail in self.network_details.values()))
        return {'Id': self.add_network(kwargs['name'], Labels=dict(kwargs.get('labels') or {}))['Id']}

    def create_volume(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._record('create_volume', **kwargs)
        return self.volume_details.get(kwargs['name']) or self.add_volume(kwargs['name'])

    def start(self, container: Any, *args: Any, **kwargs: Any) -> None:
        self._record('start', container=container, **kwargs)
        self._container(container)['State'].update(Running=True, Pid=next(self._numbers) + 1000,
                                                   StartedAt='2026-01-01T00:00:00Z')

    def stop(self, *args: Any, **kwargs: Any) -> None:
        self._record('stop', **_named(args, kwargs))
        self._end(_named(args, kwargs)['container'], 0)

    def restart(self, *args: Any, **kwargs: Any) -> None:
        self._record('restart', **_named(args, kwargs))

    def kill(self, *args: Any, **kwargs: Any) -> None:
        given = _named(args, kwargs)
        self._record('kill', **given)
        if not self._container(given['container'])['State']['Running']:
            raise engine_error(409, 'is not running')
        if given.get('signal') in (None, 'SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 9, 15):
            self._end(given['container'], 137)

    def wait(self, *args: Any, **kwargs: Any) -> dict[str, int]:
        """Containers end as soon as somebody waits for it."""
        given = _named(args, kwargs)
        self._record('wait', **given)
        self._end(given['container'], self._container(given['container'])['State']['ExitCode'])
        return {'StatusCode': self._container(given['container'])['State']['ExitCode']}

    def logs(self, *args: Any, **kwargs: Any) -> bytes:
        self._record('logs', **_named(args, kwargs))
        return b''

    def update_container(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._record('update_container', **_named(args, kwargs))
        return {'Warnings': None}

    def remove_container(self, *args: Any, **kwargs: Any) -> None:
        given = _named(args, kwargs)
        self._record('remove_container', **given)
        detail = self._container(given['container'])
        if detail['State']['Running'] and not given.get('force'):
            raise engine_error(409, 'You cannot remove a running container')
        for network in self.network_details.values():
            network['Containers'].pop(detail['Id'], None)
        del self.container_details[detail['Id']]

    def remove_network(self, *args: Any, **kwargs: Any) -> None:
        self._record('remove_network', **kwargs)
        network = self._network(kwargs.get('net_id', *args))
        if network['Containers']:
            raise engine_error(403, 'network has active endpoints')
        del self.network_details[network['Id']]

    def remove_volume(self, *args: Any, **kwargs: Any) -> None:
        self._record('remove_volume', **kwargs)
        name = self._volume(kwargs.get('name', *args))['Name']
        users = [detail['Name'] for detail in self.container_details.values()
                 if any(mount['Name'] == name for mount in detail['Mounts'])]
        if users:
            raise engine_error(409, f'volume is in use - {users}')
        del self.volume_details[name]

    def connect_container_to_network(self, *args: Any, **kwargs: Any) -> None:
        self._record('connect_container_to_network', **kwargs)
        self._connect(self._container(kwargs['container']), kwargs['net_id'])

    def disconnect_container_from_network(self, *args: Any, **kwargs: Any) -> None:
        self._record('disconnect_container_from_network', **kwargs)
        network = self._network(kwargs['net_id'])
        detail = self._container(kwargs['container'])
        network['Containers'].pop(detail['Id'], None)
        detail['NetworkSettings']['Networks'].pop(network['Name'], None)

    def exec_create(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._record('exec_create', **kwargs)
        if not self._container(kwargs['container'])['State']['Running']:
            raise engine_error(409, 'is not running')
        return {'Id': self._new_id('e')}

    def exec_start(self, *args: Any, **kwargs: Any) -> bytes:
        self._record('exec_start', **kwargs)
        return b''

    def exec_inspect(self, exec_id: str) -> dict[str, Any]:
        self._record('exec_inspect', exec_id=exec_id)
        return {'Running': False, 'ExitCode': 0}

    def pull(self, *args: Any, **kwargs: Any) -> str:
        self._record('pull', **kwargs)
        self.add_image(f"{kwargs['repository']}:{kwargs['tag']}")
        return 'pulled'

    def login(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._record('login', **kwargs)
        return {'Status': 'Login Succeeded'}

    def _record(self, method: str, **kwargs: Any) -> None:
        self.calls.append((method, kwargs))
        failure = self.failures.pop(method, None)
        if failure:
            raise failure

    def _new_id(self, prefix: str) -> str:
        return f'{prefix}{next(self._numbers):063}'

    def _container(self, name: str) -> dict[str, Any]:
        return _found(name, self.container_details, lambda detail: detail['Name'] == f'/{name}', 'container')

    def _network(self, name: str) -> dict[str, Any]:
        return _found(name, self.network_details, lambda detail: detail['Name'] == name, 'network')

    def _volume(self, name: str) -> dict[str, Any]:
        return _found(name, self.volume_details, lambda detail: False, 'volume')

    def _check_new(self, name: str, existing: Any) -> None:
        if name in existing:
            raise engine_error(409, f'Conflict. The name "{name}" is already in use')

    def _connect(self, detail: dict[str, Any], network_name: str) -> None:
        network = self._network(network_name)
        endpoint = self._new_id('p')
        detail['NetworkSettings']['Networks'][network['Name']] = {
            'NetworkID': network['Id'], 'EndpointID': endpoint, 'Aliases': None, 'Links': None, 'IPAMConfig': None}
        network['Containers'][detail['Id']] = {'Name': detail['Name'][1:], 'EndpointID': endpoint}

    def _end(self, name: str, exit_code: int) -> None:
        self._container(name)['State'].update(Running=False, Pid=0, ExitCode=exit_code)


def _found(name: str, details: dict[str, dict[str, Any]], matches: Callable[[dict[str, Any]], bool],
           kind: str) -> dict[str, Any]:
    if name in details:
        return details[name]
    for detail in details.values():
        if matches(detail):
            return detail
    raise engine_error(404, f'No such {kind}: {name}')


def _named(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    return {**({'container': args[0]} if args else {}), **kwargs}


def _subject(kwargs: dict[str, Any]) -> str:
    if 'repository' in kwargs:
        return f"{kwargs['repository']}:{kwargs['tag']}"
    names = (kwargs.get(key) for key in ('name', 'net_id', 'container', 'exec_id'))
    return ' '.join(str(name) for name in names if name and not str(name).startswith('e000'))


_CHECKED: type[EngineClient] = EngineDouble


@pytest.fixture
def engine_double() -> EngineDouble:
    """An engine without containers that has the images busybox, tianon/true, web, api and db."""
    return EngineDouble('busybox:latest', 'tianon/true:latest', 'web:latest', 'api:latest', 'db:latest')


@pytest.fixture
def new_engine_double() -> type[EngineDouble]:
    """The class, for tests that need several engines or other images."""
    return EngineDouble


@pytest.fixture
def make_engine_error() -> Callable[[int, str], APIError]:
    """Makes the error that the SDK raises for a status code and a message."""
    return engine_error


@pytest.fixture
def engine() -> InMemoryEngine:
    """An engine without containers that has the images busybox, tianon/true, web, api and db."""
    return InMemoryEngine('busybox', 'tianon/true', 'web', 'api', 'db')


@pytest.fixture
def docker_client(engine: InMemoryEngine) -> InMemoryClient:
    """The client of the engine that policies and front ends get."""
    return engine.client()


@pytest.fixture
def make_policy(docker_client: InMemoryClient) -> Callable[..., Any]:
    """Builds a policy for the input of a map ``shop`` and the engine in memory."""
    def make(container_map: dict[str, Any], features: dict[str, bool] | None = None, **option_defaults: Any) -> Any:
        # Imported here, so that tests of one layer do not fail for what is wrong in another one.
        from dockermap.map.config.client import ClientConfiguration
        from dockermap.map.config.main import ContainerMap
        from dockermap.map.policy.base import BasePolicy

        client = ClientConfiguration(client=docker_client, version='1.41', features=features or {})
        return BasePolicy({'shop': ContainerMap('shop', container_map)}, {'__default__': client}, None, option_defaults)

    return make
