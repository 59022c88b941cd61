"""Creating containers."""

from __future__ import annotations

from collections.abc import Mapping

from ..docker_api import APIError
from .clock import Clock
from .connections import Connections
from .container_config import check_container_name, container_config
from .containers import Container, Containers
from .documents import mapping, text, texts
from .errors import refusal, status_of
from .flavours import Flavour
from .host_settings import host_settings
from .images import Images
from .mounts import Mounts
from .names import Identifiers

__all__ = ['Creation']

_ADJECTIVES = ('amber', 'brave', 'calm', 'dapper', 'eager', 'fancy', 'gentle', 'happy')
_NOUNS = ('anchor', 'beacon', 'crane', 'dock', 'engine', 'ferry', 'gantry', 'harbour')


class Creation:
    """Creates containers from what the SDK sends."""

    def __init__(
        self,
        clock: Clock,
        identifiers: Identifiers,
        images: Images,
        containers: Containers,
        connections: Connections,
        mounts: Mounts,
        flavour: Flavour,
    ) -> None:
        self._clock = clock
        self._identifiers = identifiers
        self._images = images
        self._containers = containers
        self._connections = connections
        self._mounts = mounts
        self._flavour = flavour
        self._names = 0

    def create(self, asked: Mapping[str, object], name: str | None, allows_several_networks: bool) -> Container:
        """A new container.

        :param asked: The SDK's ``ContainerConfig``.
        :raises docker.errors.APIError: The image is missing, the name is taken, or something cannot be.
        """
        host = mapping(asked.get('HostConfig')) if asked.get('HostConfig') is not None else None
        host_config = host_settings(host)
        if host_config['Links'] and self._flavour.is_podman:
            raise refusal(400, 'bad parameter: link is not supported')
        if name:
            check_container_name(name)
        container_id = self._identifiers.new('container')
        shares_network = text(host_config['NetworkMode']).startswith('container:')
        if not text(asked.get('Image')):
            raise refusal(400, 'No image specified')
        image = self._images.get(text(asked.get('Image')))
        config = container_config(container_id, asked, image, shares_network)
        self._mounts.check(host_config, config['Volumes'])
        plain_name = (name or self._free_name()).removeprefix('/')
        self._containers.check_name(plain_name)
        container = Container(container_id, plain_name, 0, image, config, host_config)
        self._connect_others(container)
        self._connections.set_up(container, mapping(asked.get('NetworkingConfig')), allows_several_networks)
        self._mounts.add(container)
        container.created = self._clock.stamp()
        self._containers.add(container)
        return container

    def rename(self, container: Container, name: str) -> None:
        """Give a container another name.

        :raises docker.errors.APIError: It is taken, or cannot be used.
        """
        plain_name = name.removeprefix('/')
        if plain_name == container.name:
            raise refusal(400, 'Renaming a container with the same name as its current name')
        try:
            check_container_name(f'/{plain_name}')
            self._containers.check_name(plain_name)
        except APIError as error:
            raise refusal(status_of(error), f'Error when allocating new name: {error.explanation}') from None
        self._containers.rename(container, plain_name)

    def _connect_others(self, container: Container) -> None:
        """Resolve what refers to other containers."""
        mode, _, other = container.network_mode.partition(':')
        target = self._containers.find(other) if mode == 'container' else None
        if target is not None:
            container.host_config['NetworkMode'] = f'container:{target.id}'
        for entry in texts(container.host_config['VolumesFrom']):
            if self._containers.find(entry.partition(':')[0]) is None:
                raise refusal(400, f'No such container: {entry.partition(":")[0]}')
        links = texts(container.host_config['Links'])
        container.host_config['Links'] = None
        if mode in ('default', 'bridge'):
            for link in links:
                self._link(container, *split_link(link))

    def _link(self, container: Container, name: str, alias: str) -> None:
        try:
            target = self._containers.get(name)
        except APIError as error:
            raise refusal(400, f'could not get container for {name}: {error.explanation}') from None
        container.links[alias] = target
        target.linked_from[container.id, alias] = container

    def _free_name(self) -> str:
        while True:
            adjective, noun = _ADJECTIVES[self._names % 8], _NOUNS[self._names // 8 % 8]
            name = f'{adjective}_{noun}' + (str(self._names // 64) if self._names >= 64 else '')
            self._names += 1
            if self._containers.find(name) is None:
                return name


def split_link(link: str) -> tuple[str, str]:
    """Name and alias of a link."""
    name, _, alias = link.partition(':')
    return name.removeprefix('/'), alias or name.removeprefix('/')
