"""Volumes of an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .clock import Clock
from .errors import refusal
from .files import FileTree
from .names import Identifiers

__all__ = ['Volume', 'Volumes']

_LOCAL_OPTIONS = ('type', 'device', 'o', 'size')


@dataclass(eq=False)
class Volume:
    """A volume with its files; ``users`` are the ids of containers that it is mounted in.

    Once it ``is_settled``, Podman does not give it to the users of containers any more.
    """

    name: str
    created: int
    driver: str = 'local'
    options: dict[str, str] | None = None
    labels: dict[str, str] | None = None
    files: FileTree = field(default_factory=FileTree)
    users: dict[str, None] = field(default_factory=dict)
    is_anonymous: bool = False
    is_settled: bool = False

    @property
    def mountpoint(self) -> str:
        """Where its files are on the engine's host."""
        return f'/var/lib/docker/volumes/{self.name}/_data'


class Volumes:
    """The volumes of an engine by name."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self.drivers = {'local'}
        self._clock = clock
        self._identifiers = identifiers
        self._by_name: dict[str, Volume] = {}

    def __iter__(self) -> Iterator[Volume]:
        return iter(self._by_name.values())

    def find(self, name: str) -> Volume | None:
        """The volume of a name."""
        return self._by_name.get(name)

    def get(self, name: str) -> Volume:
        """The volume of a name.

        :raises docker.errors.NotFound: There is none.
        """
        found = self._by_name.get(name)
        if found is None:
            raise refusal(404, f'get {name}: no such volume')
        return found

    def create(
        self,
        name: str | None = None,
        driver: str | None = None,
        options: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Volume:
        """A new volume, or the one that has this name already; without name an anonymous one.

        :raises docker.errors.APIError: Name, driver or options cannot be used.
        """
        is_anonymous = not name
        name = name or self._identifiers.new('volume')
        driver = driver or 'local'
        if driver not in self.drivers:
            raise refusal(404, f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found')
        found = self._by_name.get(name)
        if found is not None:
            if found.driver != driver:
                raise refusal(409, f'create {name}: conflict: volume name must be unique')
            return found
        check_name(name)
        self._check_options(name, driver, options or {})
        volume = Volume(
            name,
            self._clock.stamp(),
            driver,
            dict(options) if options else None,
            None if labels is None else dict(labels),
            is_anonymous=is_anonymous,
        )
        self._by_name[name] = volume
        return volume

    def remove(self, name: str) -> None:
        """Remove a volume.

        :raises docker.errors.APIError: It does not exist, or is in use.
        """
        volume = self.get(name)
        if volume.users:
            raise refusal(409, f'remove {name}: volume is in use - [{", ".join(volume.users)}]')
        del self._by_name[name]

    def _check_options(self, name: str, driver: str, options: Mapping[str, str]) -> None:
        unknown = [key for key in options if key not in _LOCAL_OPTIONS] if driver == 'local' else []
        if unknown:
            raise refusal(400, f'create {name}: invalid option: "{unknown[0]}"')


def check_name(name: str) -> None:
    """Refuse what cannot be a volume's name.

    :raises docker.errors.APIError: It has other characters.
    """
    if not re.fullmatch(r'[a-zA-Z0-9][a-zA-Z0-9_.-]+', name):
        raise refusal(
            400,
            f'create {name}: "{name}" includes invalid characters for a local volume name, only '
            '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use '
            'absolute path',
        )
