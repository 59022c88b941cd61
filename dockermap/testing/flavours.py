"""What other engines than Docker Engine 20.10 answer and refuse; told apart by make and API version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from ..docker_api import APIError, version_gte
from .errors import refusal

__all__ = ['FLAVOURS', 'Flavour']

FLAVOURS = ('docker', 'podman')
"""Makes of engines that there are in memory."""

Answer = dict[str, Any]
Answered = TypeVar('Answered')
Change = Callable[[Answer], Answer]

_VERSIONS = (
    ('1.52', '29.7.2', '1.40'),
    ('1.46', '28.5.2', '1.24'),
    ('1.42', '26.1.5', '1.24'),
    ('1.0', '20.10.24', '1.12'),
)
"""From an API version on: the version of the engine, and the oldest API version that it speaks."""

_PODMAN = '5.8.6'
_PODMAN_NETWORK = 'podman'
_PODMAN_OPTIONS = {'com.docker.network.driver.mtu': 'mtu', 'mtu': 'mtu'}
"""Options of networks that it shows, and their names there."""
_PODMAN_NETWORK_ID = hashlib.sha256(_PODMAN_NETWORK.encode()).hexdigest()
_GONE_FROM_SETTINGS = (
    'Bridge',
    'HairpinMode',
    'LinkLocalIPv6Address',
    'LinkLocalIPv6PrefixLen',
    'SecondaryIPAddresses',
    'SecondaryIPv6Addresses',
    'EndpointID',
    'Gateway',
    'GlobalIPv6Address',
    'GlobalIPv6PrefixLen',
    'IPAddress',
    'IPPrefixLen',
    'IPv6Gateway',
    'MacAddress',
)


@dataclass(frozen=True)
class Flavour:
    """An engine's make and the API version that it speaks.

    :raises ValueError: There are no such engines in memory.
    """

    name: str
    api_version: str

    def __post_init__(self) -> None:
        if self.name not in FLAVOURS:
            raise ValueError(f'{self.name!r} is no flavour of engines in memory; there are {", ".join(FLAVOURS)}.')

    @property
    def is_podman(self) -> bool:
        """Whether it is Podman, which speaks the same language."""
        return self.name == 'podman'

    @property
    def engine_version(self) -> str:
        """The version of an engine that speaks this version of the API."""
        return _PODMAN if self.is_podman else self._row[1]

    @property
    def least_api_version(self) -> str:
        """The oldest API version that it speaks."""
        return '1.24' if self.is_podman else self._row[2]

    def speaks(self, version: str) -> bool:
        """Whether it has what came with an API version."""
        return bool(version_gte(self.api_version, version))

    def listed_network(self, name: str) -> str:
        """The name under which a network is listed."""
        return 'bridge' if self.is_podman and name == _PODMAN_NETWORK else name

    @property
    def adds_aliases(self) -> bool:
        """Whether it lists the id and the host name of a container among the aliases that were asked for."""
        return not self.speaks('1.45')

    @property
    def heeds_mac_address_when_connecting(self) -> bool:
        """Whether it gives a container that is connected later the MAC address that is asked for."""
        return self.is_podman or self.speaks('1.54')

    def answer(self, method: str, answer: Answered) -> Answered:
        """What it says, in place of what Docker Engine 20.10 does."""
        found: Any = answer
        if not self.speaks('1.48') and method in _ANSWERS_BEFORE_28:
            change = _ANSWERS_BEFORE_28[method]
            found = [change(row) for row in found] if isinstance(found, list) else change(found)
        for change in self._changes(method):
            found = [change(row) for row in found] if isinstance(found, list) else change(found)
        return cast(Answered, found)

    def refused(self, method: str, error: APIError) -> APIError:
        """How it refuses, in place of what Docker Engine 20.10 says: Podman has another status for many conflicts."""
        cause = _CONFLICTS_OF_PODMAN.get(method) if self.is_podman and error.status_code in (403, 409) else None
        return refusal(500, f'{error.explanation}: {cause}') if cause else error

    @property
    def _row(self) -> tuple[str, str, str]:
        return next(row for row in _VERSIONS if self.speaks(row[0]))

    def _changes(self, method: str) -> Iterator[Change]:
        for version, changes in _SINCE:
            if method in changes and self.speaks(version):
                yield changes[method]
        if self.is_podman and method in _ANSWERS_OF_PODMAN:
            yield _ANSWERS_OF_PODMAN[method]


def _container_before_28(detail: Answer) -> Answer:
    settings = detail.get('NetworkSettings')
    if settings is None:
        return detail
    networks = {name: _without(endpoint, 'GwPriority') for name, endpoint in settings['Networks'].items()}
    return {**detail, 'NetworkSettings': {**settings, 'Networks': networks}}


def _network_before_28(detail: Answer) -> Answer:
    return _without(detail, 'EnableIPv4')


def _without(answer: Answer, name: str) -> Answer:
    return {key: value for key, value in answer.items() if key != name}


def _container_since_23(detail: Answer) -> Answer:
    host = {key: value for key, value in detail['HostConfig'].items() if key not in ('KernelMemory', 'KernelMemoryTCP')}
    return {**detail, 'HostConfig': host}


def _container_since_25(detail: Answer) -> Answer:
    """What was not set is recorded as what it means."""
    host = dict(detail['HostConfig'])
    if host['NetworkMode'] == 'default':
        host['NetworkMode'] = 'bridge'
    policy = host.get('RestartPolicy')
    if policy is not None and not policy['Name']:
        host['RestartPolicy'] = {**policy, 'Name': 'no'}
    return {**detail, 'HostConfig': host}


def _container_since_29(detail: Answer) -> Answer:
    settings = {key: value for key, value in detail['NetworkSettings'].items() if key not in _GONE_FROM_SETTINGS}
    config = {key: value for key, value in detail['Config'].items() if key != 'MacAddress'}
    return {**detail, 'Config': config, 'NetworkSettings': settings}


def _image_row_since_29(row: Answer) -> Answer:
    """Lists have one digest of each image, inspections all."""
    return {**row, 'RepoDigests': (row['RepoDigests'] or [])[:1]}


def _container_of_podman(detail: Answer) -> Answer:
    settings, state = detail.get('NetworkSettings'), detail['State']
    if isinstance(state, dict) and state['Restarting']:
        # What waits for its next start is not told apart from what has ended.
        detail = {**detail, 'State': {**state, 'Status': 'exited', 'Running': False, 'Restarting': False}}
    elif state == 'restarting':
        detail = {**detail, 'State': 'exited'}
    if settings is None:
        return detail
    networks = dict(_endpoint_of_podman(name, endpoint) for name, endpoint in settings['Networks'].items())
    return {**detail, 'NetworkSettings': {**settings, 'Networks': networks}}


def _endpoint_of_podman(name: str, endpoint: Answer) -> tuple[str, Answer]:
    """The default network has a name of its own here, and endpoints have no ids."""
    if name != 'bridge':
        return name, {**endpoint, 'EndpointID': '', 'IPAMConfig': None}
    return _PODMAN_NETWORK, {**endpoint, 'NetworkID': _PODMAN_NETWORK_ID, 'EndpointID': '', 'IPAMConfig': None}


def _network_of_podman(detail: Answer) -> Answer:
    attached: dict[str, Answer] = detail['Containers']
    containers = {container_id: {**endpoint, 'EndpointID': ''} for container_id, endpoint in attached.items()}
    given = (detail['Options'] or {}).items()
    options = {_PODMAN_OPTIONS[name]: value for name, value in given if name in _PODMAN_OPTIONS}
    return {**_listed_network_of_podman(detail), 'Containers': containers, 'Options': options}


def _listed_network_of_podman(row: Answer) -> Answer:
    return {**row, 'Id': _PODMAN_NETWORK_ID} if row['Name'] == 'bridge' else row


def _image_of_podman(detail: Answer) -> Answer:
    names = {key: [_full_name(name) for name in detail[key] or ()] for key in ('RepoTags', 'RepoDigests')}
    return {**detail, **names}


def _full_name(name: str) -> str:
    """A name with its registry."""
    first, slash, _ = name.partition('/')
    if slash and ('.' in first or ':' in first or first == 'localhost'):
        return name
    return f'docker.io/{name}' if slash else f'docker.io/library/{name}'


_ANSWERS_BEFORE_28: dict[str, Change] = {
    'containers': _container_before_28,
    'inspect_container': _container_before_28,
    'inspect_network': _network_before_28,
    'networks': _network_before_28,
}

_ANSWERS_SINCE_23: dict[str, Change] = {'inspect_container': _container_since_23}

_ANSWERS_SINCE_25: dict[str, Change] = {'containers': _container_since_25, 'inspect_container': _container_since_25}

_ANSWERS_SINCE_29: dict[str, Change] = {
    'inspect_container': _container_since_29,
    'images': _image_row_since_29,
}

_ANSWERS_OF_PODMAN: dict[str, Change] = {
    'containers': _container_of_podman,
    'inspect_container': _container_of_podman,
    'inspect_network': _network_of_podman,
    'networks': _listed_network_of_podman,
    'images': _image_of_podman,
    'inspect_image': _image_of_podman,
}

_NOT_RUNNING = 'container state improper'
_CONFLICTS_OF_PODMAN = {
    'create_container': 'that name is already in use',
    'exec_create': _NOT_RUNNING,
    'pause': _NOT_RUNNING,
    'remove_container': _NOT_RUNNING,
    'remove_network': 'network is being used',
    'rename': 'UNIQUE constraint failed: ContainerConfig.Name',
    'start': _NOT_RUNNING,
    'top': 'top can only be used on running containers',
    'unpause': _NOT_RUNNING,
}
"""Causes that Podman names, by call, where it answers with status 500."""

_SINCE = (('1.42', _ANSWERS_SINCE_23), ('1.44', _ANSWERS_SINCE_25), ('1.52', _ANSWERS_SINCE_29))
"""Changes of Docker Engine, with the API version that they came with."""
