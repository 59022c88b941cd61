"""All that an engine in memory has."""

from __future__ import annotations

from collections.abc import Sequence

from .clock import Clock
from .connections import Connections
from .containers import Container, Containers
from .creation import Creation
from .execs import Execs
from .faults import Faults
from .file_changes import FileChanges
from .flavours import Flavour
from .health_checks import HealthChecks
from .images import Image, Images
from .lifecycle import Lifecycle
from .mounts import Mounts
from .names import Identifiers
from .networks import Network, Networks
from .ports import Ports
from .processes import Scripts
from .pulling import Pulling
from .record import Record
from .reports import Reports
from .shell import understood
from .volumes import Volume, Volumes

__all__ = ['EngineModel']


class EngineModel:
    """Containers, networks, volumes and images, and what happens to them."""

    def __init__(self, api_version: str, seed: str, flavour: str) -> None:
        self.api_version = api_version
        self.flavour = Flavour(flavour, api_version)
        self.clock = Clock()
        self.faults = Faults()
        self.calls = Record()
        self.reports = Reports()
        self.unreachable = False
        self.delays: dict[str, float] = {}
        identifiers = Identifiers(seed)
        self.identifiers = identifiers
        self.images = Images()
        self.networks = Networks(self.clock, identifiers)
        self.volumes = Volumes(self.clock, identifiers)
        self.containers = Containers()
        self.scripts = Scripts(understood)
        self.connections = Connections(self.networks, identifiers, self.flavour)
        self.mounts = Mounts(self.volumes, self.containers)
        self.health = HealthChecks(self.clock)
        changes = FileChanges(self.clock, self.mounts)
        self.lifecycle = Lifecycle(
            self.clock,
            self.containers,
            self.connections,
            self.mounts,
            Ports(),
            self.scripts,
            self.health,
            changes,
            self.flavour,
        )
        self.creation = Creation(
            self.clock, identifiers, self.images, self.containers, self.connections, self.mounts, self.flavour
        )
        self.execs = Execs(self.clock, self.containers, self.lifecycle, self.scripts, identifiers, changes)
        self.pulling = Pulling(self.clock, self.images)

    @property
    def changes(self) -> list[str]:
        """What clients have asked to be changed, in words such as ``start shop.web``."""
        return self.calls.changes

    def container(self, reference: str) -> Container:
        """A container by name or id.

        :raises docker.errors.NotFound: There is none.
        """
        return self.containers.get(reference)

    def network(self, reference: str) -> Network:
        """A network by name or id.

        :raises docker.errors.APIError: There is none, or more than one.
        """
        return self.networks.get(reference)

    def volume(self, name: str) -> Volume:
        """A volume by name.

        :raises docker.errors.NotFound: There is none.
        """
        return self.volumes.get(name)

    def image(self, name: str) -> Image:
        """An image by name or id.

        :raises docker.errors.ImageNotFound: There is none.
        """
        return self.images.get(name)

    def is_running(self, name: str) -> bool:
        """Whether there is a container of this name that runs."""
        found = self.containers.find(name)
        return found is not None and found.running

    def names(self) -> Sequence[str]:
        """Names of all containers, sorted."""
        return sorted(container.name for container in self.containers)
