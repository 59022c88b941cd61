"""Names and ids of what exists on each client, asked for once and kept up to date by the runner.

Nothing here notices what others do on an engine: each call of the front end starts with empty caches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from ...docker_api import is_not_found
from ...exceptions import UnsupportedError
from ..config._image import has_image_id, is_image_id
from ..config.client import SWARM
from .replaced import final_name, run_in_name
from .utils import networks_of

if TYPE_CHECKING:
    from ...docker_api import EngineClient, ManagerClient
    from ..config.client import ClientConfiguration

V = TypeVar('V', bound='CachedItems')
_LEFT_OUT = ('index.docker.io/', 'docker.io/', 'library/')


class CachedItems(ABC):
    """What exists on one client; empty without a client.

    ``rows`` has name, id and labels of each item of the list; ``None`` where the client does not list labels.
    """

    def __init__(self, client: EngineClient | None) -> None:
        self._client = client
        self.rows: list[tuple[str, str, Mapping[str, str] | None]] = []
        self.refresh()

    @abstractmethod
    def refresh(self) -> None:
        """Ask the client again."""


class CachedImages(CachedItems, dict[str, str]):
    """Image ids by ``repository:tag`` and by ``repository@digest``, as engines call them."""

    def __init__(self, client: EngineClient | None) -> None:
        self._by_short_name: dict[str, str] = {}
        self._ids: set[str] = set()
        self._inspected: dict[str, str | None] = {}
        super().__init__(client)

    def find(self, name: str) -> str | None:
        """Id of an image by any of its names, e.g. ``docker.io/library/box:1``, or by its id or the beginning of it.

        What the list does not have is inspected: lists of some engines lack digests, and images without names.
        """
        listed = self.get(name) or self._by_short_name.get(_short_name(name)) or self._listed_id(name)
        return listed or self._from_inspection(name)

    def refresh(self) -> None:
        self.clear()
        self._by_short_name.clear()
        self._ids.clear()
        self._inspected.clear()
        if self._client:
            self._add(self._client.images())

    def refresh_repo(self, name: str) -> None:
        """Add what the client has of one repository; other entries stay."""
        if self._client:
            self._inspected.clear()
            self._add(self._client.images(name=_short_name(name)))

    def _listed_id(self, name: str) -> str | None:
        found = [known for known in self._ids if has_image_id(known, name)] if is_image_id(name) else []
        return found[0] if len(found) == 1 else None

    def _from_inspection(self, name: str) -> str | None:
        inspect = getattr(self._client, 'inspect_image', None)
        if inspect is not None and name not in self._inspected:
            try:
                self._inspected[name] = inspect(name)['Id']
            except Exception as error:
                if not is_not_found(error):
                    raise
                self._inspected[name] = None
        return self._inspected.get(name)

    def _add(self, images: Any) -> None:
        for image in images or ():
            names = (*(image.get('RepoTags') or ()), *(image.get('RepoDigests') or ()))
            self._ids.add(image['Id'])
            self.update(dict.fromkeys(names, image['Id']))
            self._by_short_name.update((_short_name(known), image['Id']) for known in names)


class CachedContainerNames(CachedItems, dict[str, str]):
    """Container ids by name; a container that has several names is listed under each.

    ``marked`` has the names of those that run their first commands, by the names that they will have then.
    ``other_names`` has the names of those that were created under other names than their items have now, by the latter;
    ``None`` until somebody finds them out. ``networks`` has what the list said of each container's networks, by
    container id, ``volumes`` the names of the containers that run with a volume.
    """

    def __init__(self, client: EngineClient | None) -> None:
        self.networks: dict[str, Mapping[str, Any]] = {}
        self.volumes: dict[str, set[str]] = {}
        self.marked: dict[str, str] = {}
        self.other_names: Mapping[str, str] | None = None
        super().__init__(client)

    def refresh(self) -> None:
        self.clear()
        self.networks.clear()
        self.rows.clear()
        self.volumes.clear()
        self.other_names = None
        for container in self._client.containers(all=True) if self._client else ():
            self.update((name.removeprefix('/'), container['Id']) for name in container['Names'] or ())
            self.rows.extend((name, container['Id'], _labels(container)) for name in _own_names(container))
            self.networks[container['Id']] = networks_of(container)
            if container.get('State') == 'running':
                for mount in container.get('Mounts') or ():
                    self.volumes.setdefault(mount.get('Name') or '', set()).update(_own_names(container))
        self.marked = {final_name(name): name for name in self if run_in_name(name) is not None}

    def volume_users(self, volume: str) -> set[str]:
        """Names of the containers that were found running with a volume."""
        return self.volumes.get(volume, set())


class CachedServices(CachedContainerNames):
    """Ids of the services of a swarm by name, in place of containers; ``services`` has all that the list says."""

    def __init__(self, client: EngineClient | None) -> None:
        self.services: dict[str, Mapping[str, Any]] = {}
        super().__init__(client)

    def refresh(self) -> None:
        self.clear()
        self.rows.clear()
        self.services.clear()
        self.other_names = {}
        client = cast('ManagerClient | None', self._client)
        for service in client.services() if client else ():
            self.note(service)

    def note(self, service: Mapping[str, Any]) -> None:
        """Keep what a service is."""
        name = service['Spec']['Name']
        self[name] = service['ID']
        self.services[name] = service
        self.rows.append((name, service['ID'], service['Spec'].get('Labels') or {}))

    def detail(self, name: str) -> Mapping[str, Any]:
        """What is known of a service, where inspections of containers have it."""
        service = self.services.get(name)
        if service is None:
            return {}
        spec = service['Spec']
        replicas = ((spec.get('Mode') or {}).get('Replicated') or {}).get('Replicas')
        return {
            'Config': {'Labels': spec.get('Labels') or {}},
            'Created': service.get('CreatedAt'),
            'State': {'Running': replicas != 0},
        }


class CachedNetworkNames(CachedItems, dict[str, str]):
    """Network ids by name.

    Engines accept several networks of one name; the oldest one counts. ``ambiguous`` has the names that occur more than
    once.
    """

    def __init__(self, client: EngineClient | None) -> None:
        self.ambiguous: set[str] = set()
        super().__init__(client)

    def refresh(self) -> None:
        self.clear()
        self.ambiguous.clear()
        self.rows.clear()
        created: dict[str, str] = {}
        for network in self._client.networks() if self._client else ():
            name, since = network['Name'], str(network.get('Created') or '')
            if name in self:
                self.ambiguous.add(name)
            if name not in self or since < created[name]:
                self[name], created[name] = network['Id'], since
            self.rows.append((name, network['Id'], _labels(network)))
            self.keep(network)

    def keep(self, network: Mapping[str, Any]) -> None:
        """Note what else the list says of a network."""

    def address(self, name: str) -> str:
        """What to call a network in a request: its name, or its id where the name would not be clear."""
        return self[name] if name in self.ambiguous else name


class CachedSwarmNetworks(CachedNetworkNames):
    """Network ids by name; ``details`` has all that the list of a manager says, which is as much as inspections do."""

    def __init__(self, client: EngineClient | None) -> None:
        self.details: dict[str, Mapping[str, Any]] = {}
        super().__init__(client)

    def refresh(self) -> None:
        self.details.clear()
        super().refresh()

    def keep(self, network: Mapping[str, Any]) -> None:
        self.details[network['Id']] = network

    def detail(self, name: str) -> Mapping[str, Any]:
        """What is known of a network, where inspections have it."""
        return self.details.get(self.get(name, ''), {})


class CachedVolumeNames(CachedItems, set[str]):
    """Names of volumes."""

    def refresh(self) -> None:
        self.clear()
        self.rows.clear()
        for volume in (self._client.volumes()['Volumes'] or ()) if self._client else ():
            self.add(volume['Name'])
            self.rows.append((volume['Name'], volume['Name'], _labels(volume)))


class UnknownVolumeNames(CachedVolumeNames):
    """Of a swarm, no volumes: nodes have them, and a manager does not know of those of other nodes."""

    def refresh(self) -> None:
        self.clear()


class DockerHostItemCache(dict[str, V], Generic[V]):
    """What exists, by client name; each client is asked when its entry is first used.

    :param clients: Client configurations by name, kept by reference.
    """

    item_class: type[V]
    of_swarm: type[V] | None = None
    required_feature: ClassVar[str | None] = None

    def __init__(self, clients: Mapping[str, ClientConfiguration]) -> None:
        super().__init__()
        self._clients = clients

    def __missing__(self, client_name: str) -> V:
        return self.refresh(client_name)

    def refresh(self, client_name: str) -> V:
        """Ask a client, whether or not it was asked before.

        :raises ValueError: The client's API has no such items.
        """
        configuration = self._clients[client_name]
        client = configuration.get_client()
        feature = self.required_feature
        if feature and not configuration.features.get(feature):
            raise UnsupportedError(f"The API version of client '{client_name}' does not offer {feature}.", client_name)
        # Own configurations need not know of swarms.
        is_swarm = getattr(configuration, 'backend', None) == SWARM
        items = self[client_name] = (self.of_swarm if is_swarm and self.of_swarm else self.item_class)(client)
        return items


class ImageCache(DockerHostItemCache[CachedImages]):
    """Images by client name."""

    item_class = CachedImages


class ContainerCache(DockerHostItemCache[CachedContainerNames]):
    """Containers by client name."""

    item_class = CachedContainerNames
    of_swarm = CachedServices


class NetworkCache(DockerHostItemCache[CachedNetworkNames]):
    """Networks by client name."""

    item_class = CachedNetworkNames
    of_swarm = CachedSwarmNetworks
    required_feature = 'networks'


class VolumeCache(DockerHostItemCache[CachedVolumeNames]):
    """Volumes by client name."""

    item_class = CachedVolumeNames
    of_swarm = UnknownVolumeNames
    required_feature = 'volumes'


def _own_names(container: Mapping[str, Any]) -> list[str]:
    """Names of a container without the aliases that linked ones know it by."""
    names = (name.removeprefix('/') for name in container['Names'] or ())
    return [name for name in names if '/' not in name]


def _labels(row: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Labels of what is listed; ``None`` if the list does not say."""
    labels = row['Labels'] or {} if 'Labels' in row else None
    return labels if isinstance(labels, Mapping) else None


def _short_name(name: str) -> str:
    """The name of an image without what Docker leaves out, and Podman does not."""
    for prefix in _LEFT_OUT:
        name = name.removeprefix(prefix)
    return name
