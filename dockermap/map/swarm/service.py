"""What a container is on a swarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._describe import describe_item
from ..input import MapConfigId
from ..policy.ownership import PREFIX
from .settings import Path

PREPARED = f'{PREFIX}prepared'
"""Label with owner and mode of each volume that was prepared for a service."""

NETWORK_MODES = ('host', 'bridge')
"""Networks of each node that a service can be in."""


@dataclass(frozen=True)
class Refusal:
    """A setting that cannot be on a swarm.

    :param place: Where it is, such as ``shop.web: 'privileged'``.
    """

    place: str
    reason: str

    def __str__(self) -> str:
        return f'{self.place} {self.reason}'


@dataclass(frozen=True)
class SwarmFile:
    """A secret or config, whose name on the swarm has a digest of its content.

    :param origin: The file that the content is from, if it is from one.
    """

    section: str
    name: str
    data: bytes = field(repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    origin: str = ''


@dataclass(frozen=True)
class Preparation:
    """Owner and mode of an attached volume, which a job sets on the node that the volume is on.

    :param wanted: Owner and mode, either of which may be missing.
    :param mount: Of the volume, where the commands expect it.
    """

    alias: str
    wanted: tuple[str | None, str | None]
    commands: tuple[str, ...]
    mount: Mapping[str, Any]


@dataclass
class Service:
    """What a container is on a swarm: the specification of a service, and the files that it gets."""

    item: MapConfigId
    spec: dict[str, Any]
    files: list[SwarmFile] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    preparations: list[Preparation] = field(default_factory=list)
    data: set[str] = field(default_factory=set)
    """Volumes and host paths that it uses."""

    @property
    def name(self) -> str:
        """Name of the service."""
        return str(self.spec['Name'])

    def refuse(self, setting: str, reason: str) -> None:
        """Note that a setting cannot be on a swarm."""
        self.refusals.append(Refusal(f'{describe_item(self.item)}: {setting!r}', reason))

    def put(self, path: Path, value: Any) -> None:
        """Set a value of the specification."""
        place = self.spec
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = value


def networks_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Networks that a specification lists, by their names, or their ids as managers tell them."""
    found: list[dict[str, Any]] = (spec.get('TaskTemplate') or {}).get('Networks') or []
    return found
