"""The engine in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..docker_api import ContainerConfig
from .client import InMemoryClient
from .containers import Container
from .files import FilesGiven, FileTree
from .images import Image, ImageOptions
from .inspection import Document
from .model import EngineModel
from .networks import Network
from .processes import Command, Process, Rule
from .registries import Registry
from .reports import Report
from .snapshot import snapshot
from .volumes import Volume

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ['InMemoryEngine']


class InMemoryEngine(EngineModel):
    """An engine with containers, networks, volumes and images that exist in memory only.

    ``clock`` is its time, ``faults`` are what goes wrong, ``calls`` is what clients have asked for. While
    ``unreachable`` is set, nobody answers.

    :param images: Names of images that it has in the beginning.
    :param api_version: API version that clients speak unless they say another one. What it behaves like follows: Docker
        Engine 20.10, from 1.42 on 26.1, from 1.46 on 28.5, from 1.52 on 29.
    :param flavour: Whose engine it is: ``docker`` or ``podman``.
    """

    def __init__(self, *images: str, api_version: str = '1.41', seed: str = '', flavour: str = 'docker') -> None:
        super().__init__(api_version, seed, flavour)
        for image in images:
            self.add_image(image)

    def client(
        self,
        *,
        api_version: str | None = None,
        read_only: bool = False,
        timeout: float = 60,
        base_url: str = 'http+memory://engine',
    ) -> InMemoryClient:
        """A client of this engine.

        :param read_only: Whether it raises :class:`OnlyReads` for calls that change something.
        :param timeout: Seconds that it waits for answers.
        """
        return InMemoryClient(self, api_version or self.api_version, read_only, timeout, base_url)

    def slow(self, method: str, seconds: float) -> None:
        """Let each call of a method take some seconds; ``'*'`` for all methods."""
        self.delays[method] = seconds

    def report(self, method: str, report: Report, name: str | None = None) -> None:
        """Change what a method returns, to what other engines report; a later call changes the result of earlier ones.

        :param method: A method of clients that only reads, such as ``inspect_container``.
        :param report: Values that replace those in the answer, where dictionaries are merged; or a function that takes
            the answer and returns another one.
        :param name: Name of the item that the answer is about; ``None`` for all items.
        :raises ValueError: There is no such method, or it changes something.
        """
        self.reports.add(method, report, name)

    def add_image(self, name: str, *more_names: str, **options: Unpack[ImageOptions]) -> Image:
        """Add an image under one or several names."""
        image = Image.made(f'sha256:{self.identifiers.new("image")}', self.clock.stamp(), options)
        return self.images.add(image, name, *more_names)

    def add_container(
        self,
        name: str,
        image: str = 'busybox:latest',
        *,
        running: bool = False,
        process: Process | None = None,
        **arguments: Any,
    ) -> Container:
        """Create a container, and start it if it is to run; its image is added if it is missing.

        :param process: How its process behaves.
        :param arguments: Other arguments of docker-py's ``create_container``.
        """
        if self.images.find(image) is None:
            self.add_image(image)
        if process is not None:
            self.script(process, container=name)
        asked = ContainerConfig(self.api_version, image, arguments.pop('command', None), **arguments)
        with self.clock.inside():
            container = self.creation.create(asked, name, True)
            if running:
                self.lifecycle.start(container)
        return container

    def add_network(
        self,
        name: str,
        driver: str | None = None,
        options: Mapping[str, str] | None = None,
        ipam: Mapping[str, object] | None = None,
        *,
        internal: bool = False,
        labels: Mapping[str, str] | None = None,
        enable_ipv6: bool = False,
        attachable: bool = False,
    ) -> Network:
        """Create a network; arguments are those of docker-py's ``create_network``."""
        with self.clock.inside():
            return self.networks.create(
                name,
                driver,
                options,
                ipam,
                internal=internal,
                labels=labels,
                enable_ipv6=enable_ipv6,
                attachable=attachable,
            )[0]

    def add_volume(
        self,
        name: str,
        driver: str | None = None,
        driver_opts: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        files: FilesGiven | None = None,
    ) -> Volume:
        """Create a volume with some files."""
        volume = self.volumes.create(name, driver, driver_opts, labels)
        if files is not None:
            volume.files = FileTree(files)
        return volume

    def registry(self, address: str, users: Mapping[str, str] | None = None) -> Registry:
        """The registry at an address.

        :param users: Passwords of those who may pull from it; ``None`` leaves that as it is.
        """
        registry = self.pulling.registry(address)
        if users is not None:
            registry.users = dict(users)
        return registry

    def script(
        self,
        process: Process,
        *,
        command: str | Callable[[Command], bool] | None = None,
        image: str | None = None,
        container: str | None = None,
        in_exec: bool | None = False,
    ) -> None:
        """Say how processes behave; a later call wins.

        :param command: The whole command or its first word, or a function that takes it as list; ``None`` for all.
        :param image: Only for containers of this image, as they name it.
        :param container: Only for the container of this name.
        :param in_exec: ``True`` for commands of ``exec_create``, ``False`` for those of containers, ``None`` for both.
        """
        self.scripts.add(Rule(process, command, image, container, in_exec))

    def set_health(self, name: str, status: str) -> None:
        """Set the state of health of a running container that has a health check."""
        with self.clock.inside():
            self.health.set(self.container(name), status)

    def end(self, name: str, exit_code: int = 0) -> None:
        """Let the process of a container end by itself; its restart policy applies."""
        with self.clock.inside():
            self.lifecycle.end(self.container(name), exit_code)

    def state(self) -> Document:
        """All that there is as plain data, without ids and times, to compare the ends of two runs."""
        with self.clock.inside():
            return copy.deepcopy(snapshot(self.containers, self.networks, self.volumes, self.images))

    def copy(self) -> InMemoryEngine:
        """An engine in the same state, with an empty record and without faults."""
        with self.clock.inside():
            copied = copy.deepcopy(self)
        copied.calls.clear()
        copied.faults.clear()
        return copied
