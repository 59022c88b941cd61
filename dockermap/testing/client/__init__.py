"""The client of an engine in memory, with the methods of docker-py's ``APIClient``."""

from __future__ import annotations

from ..inspection import engine_details, version_details
from ..references import Answer
from .calls import request
from .creation import CreationClient
from .images import ImageClient
from .lifecycle import LifecycleClient
from .networks import NetworkClient, VolumeClient
from .processes import ProcessClient

__all__ = ['InMemoryClient']


class InMemoryClient(CreationClient, LifecycleClient, ProcessClient, NetworkClient, VolumeClient, ImageClient):
    """Speaks to an :class:`~dockermap.testing.InMemoryEngine`.

    Arguments, results and errors are those of docker-py. Calls that change something raise
    :class:`~dockermap.testing.OnlyReads` if it only reads.
    """

    @request
    def info(self) -> Answer:
        """What the engine says about itself."""
        return engine_details(list(self.engine.containers), len(list(self.engine.images)), self.engine.flavour)

    @request
    def version(self, api_version: bool = True) -> Answer:
        """Versions of the engine."""
        return version_details(self.engine.flavour)

    @request
    def ping(self) -> bool:
        """Whether the engine answers."""
        return True

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> InMemoryClient:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()
