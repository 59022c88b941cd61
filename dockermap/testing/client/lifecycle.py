"""Starting, ending and changing containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docker.errors import DeprecatedMethod

from ..archives import unpacked
from ..errors import read_timeout, refusal
from ..host_settings import updated_settings
from ..references import Answer, Reference, identified
from .base import BaseClient
from .calls import request

__all__ = ['LifecycleClient']


class LifecycleClient(BaseClient):
    """Starts, ends, changes and removes containers."""

    @request  # type: ignore[arg-type]
    def start(self, container: Reference, *args: object, **kwargs: object) -> None:
        """Start a container."""
        if args or kwargs:
            raise DeprecatedMethod(
                'Providing configuration in the start() method is no longer supported. '
                'Use the host_config param in create_container instead.'
            )
        self.engine.lifecycle.start(self.engine.container(identified(container)))

    @request
    def stop(self, container: Reference, timeout: float | None = None) -> None:
        """Stop a container."""
        self.engine.lifecycle.stop(self.engine.container(identified(container)), timeout)

    @request
    def restart(self, container: Reference, timeout: float = 10) -> None:
        """Stop and start a container."""
        self.engine.lifecycle.restart(self.engine.container(identified(container)), timeout)

    @request
    def kill(self, container: Reference, signal: str | int | None = None) -> None:
        """Send a signal to a container."""
        name = identified(container)
        found = self.engine.containers.find(name)
        if found is None:
            raise refusal(404, f'Cannot kill container: {name}: No such container: {name}')
        self.engine.lifecycle.kill(found, name, signal)

    @request
    def pause(self, container: Reference) -> None:
        """Pause a container."""
        self.engine.lifecycle.pause(self.engine.container(identified(container)))

    @request
    def unpause(self, container: Reference) -> None:
        """Let a paused container go on."""
        self.engine.lifecycle.unpause(self.engine.container(identified(container)))

    @request
    def wait(self, container: Reference, timeout: float | None = None, condition: str | None = None) -> Answer:
        """Wait until a container ends; without timeout as long as it takes."""
        found = self.engine.container(identified(container))
        exit_code = self.engine.lifecycle.wait(found, condition or 'not-running', timeout)
        if exit_code is None:
            raise read_timeout(timeout or 0, 'wait')
        return {'Error': None, 'StatusCode': exit_code}

    @request
    def remove_container(self, container: Reference, v: bool = False, link: bool = False, force: bool = False) -> None:
        """Remove a container, or with ``link`` a link."""
        name = identified(container)
        if link:
            self._remove_link(name)
        else:
            self.engine.lifecycle.remove(self.engine.container(name), v, force)

    def _remove_link(self, name: str) -> None:
        parent_name, _, alias = name.strip('/').partition('/')
        parent = self.engine.container(parent_name)
        if alias not in parent.links:
            raise refusal(404, f'Cannot get parent /{parent_name} for name /{name}')
        del parent.links.pop(alias).linked_from[parent.id, alias]

    @request
    def put_archive(self, container: Reference, path: str, data: Any) -> bool:
        """Unpack an archive in a directory of a container."""
        self.engine.mounts.unpack(self.engine.container(identified(container)), path, unpacked(data))
        return True

    @request
    def rename(self, container: Reference, name: str) -> None:
        """Give a container another name."""
        self.engine.creation.rename(self.engine.container(identified(container)), name)

    @request
    def update_container(
        self,
        container: Reference,
        blkio_weight: int | None = None,
        cpu_period: int | None = None,
        cpu_quota: int | None = None,
        cpu_shares: int | None = None,
        cpuset_cpus: str | None = None,
        cpuset_mems: str | None = None,
        mem_limit: str | int | None = None,
        mem_reservation: str | int | None = None,
        memswap_limit: str | int | None = None,
        kernel_memory: str | int | None = None,
        restart_policy: Mapping[str, object] | None = None,
    ) -> Answer:
        """Change limits and restart policy of a container."""
        limits: dict[str, object] = {
            'blkio_weight': blkio_weight,
            'cpu_period': cpu_period,
            'cpu_quota': cpu_quota,
            'cpu_shares': cpu_shares,
            'cpuset_cpus': cpuset_cpus,
            'cpuset_mems': cpuset_mems,
            'mem_limit': mem_limit,
            'mem_reservation': mem_reservation,
            'memswap_limit': memswap_limit,
            'kernel_memory': kernel_memory,
            'restart_policy': restart_policy,
        }
        found = self.engine.container(identified(container))
        found.host_config = updated_settings(found.id, found.host_config, limits)
        return {'Warnings': None}
