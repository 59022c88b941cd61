"""Creating and describing containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...docker_api import ContainerConfig, EndpointConfig, HostConfig, NetworkingConfig, start_interval, version_gte
from ..documents import text
from ..filters import Filters, filtered_containers
from ..inspection import container_details
from ..references import Answer, Reference, identified
from ..rows import container_row
from .base import BaseClient
from .calls import request

__all__ = ['CreationClient']


class CreationClient(BaseClient):
    """Creates, lists and inspects containers."""

    @request
    def containers(
        self,
        quiet: bool = False,
        all: bool = False,
        trunc: bool = False,
        latest: bool = False,
        since: str | None = None,
        before: str | None = None,
        limit: int = -1,
        size: bool = False,
        filters: Filters | None = None,
    ) -> list[Answer]:
        """Running containers, or all."""
        found = filtered_containers(self.engine.containers, filters, all or latest or limit > 0)
        if latest or limit > 0:
            found = found[: 1 if latest else limit]
        if quiet:
            return [{'Id': container.id} for container in found]
        rows = [container_row(container, self.engine.clock.nanoseconds) for container in found]
        return [{**row, 'Id': text(row['Id'])[:12]} for row in rows] if trunc else rows

    @request
    def inspect_container(self, container: Reference) -> Answer:
        """Details of a container."""
        return container_details(self.engine.container(identified(container)))

    @request
    def create_container(
        self,
        image: str,
        command: str | Sequence[str] | None = None,
        hostname: str | None = None,
        user: str | int | None = None,
        detach: bool = False,
        stdin_open: bool = False,
        tty: bool = False,
        ports: Sequence[object] | Mapping[str, object] | None = None,
        environment: Mapping[str, str | None] | Sequence[str] | None = None,
        volumes: str | Sequence[str] | Mapping[str, object] | None = None,
        network_disabled: bool = False,
        name: str | None = None,
        entrypoint: str | Sequence[str] | None = None,
        working_dir: str | None = None,
        domainname: str | None = None,
        host_config: Mapping[str, object] | None = None,
        mac_address: str | None = None,
        labels: Mapping[str, str] | Sequence[str] | None = None,
        stop_signal: str | None = None,
        networking_config: Mapping[str, object] | None = None,
        healthcheck: Mapping[str, object] | None = None,
        stop_timeout: int | None = None,
        runtime: str | None = None,
        use_config_proxy: bool = True,
        platform: str | None = None,
    ) -> Answer:
        """Create a container."""
        values: tuple[Any, ...] = (
            image,
            command,
            hostname,
            user,
            detach,
            stdin_open,
            tty,
            ports,
            environment,
            volumes,
            network_disabled,
            entrypoint,
            working_dir,
            domainname,
            host_config,
            mac_address,
            labels,
            stop_signal,
            networking_config,
            healthcheck,
            stop_timeout,
            runtime,
        )
        config = ContainerConfig(self._version, *values)
        interval = start_interval(healthcheck)
        if interval:
            config['Healthcheck'] = {**config['Healthcheck'], 'StartInterval': interval}
        created = self.engine.creation.create(config, name, version_gte(self._version, '1.44'))
        return {'Id': created.id, 'Warnings': []}

    @request
    def create_container_from_config(
        self, config: Mapping[str, object], name: str | None = None, platform: str | None = None
    ) -> Answer:
        """Create a container from the SDK's ``ContainerConfig``."""
        created = self.engine.creation.create(config, name, version_gte(self._version, '1.44'))
        return {'Id': created.id, 'Warnings': []}

    def create_host_config(self, *args: Any, **kwargs: Any) -> Answer:
        """The SDK's ``HostConfig``."""
        return HostConfig(*args, **{**kwargs, 'version': self._version})

    def create_networking_config(self, *args: Any, **kwargs: Any) -> Answer:
        """The SDK's ``NetworkingConfig``."""
        return NetworkingConfig(*args, **kwargs)

    def create_endpoint_config(self, *args: Any, **kwargs: Any) -> Answer:
        """The SDK's ``EndpointConfig``."""
        return EndpointConfig(self._version, *args, **kwargs)
