"""What the services of a project have to know of each other."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..exceptions import InputError, located
from ._files import Project
from ._note import Notes
from ._values import Mapping as Settings
from ._values import entries, is_mapping, mapped, mapping, members, text, texts, whole

__all__ = ['COMPLETED', 'Context']

MOST_REPLICAS = 1000
_MOST_TRIED = 10
COMPLETED = 'service_completed_successfully'
_SHARED = 'service:'


@dataclass
class Context:
    """A project, and what was found out about it.

    :param profiles: Profiles that are active.
    :param interfaces: Addresses by the names that they got.
    """

    project: Project
    notes: Notes
    profiles: Collection[str]
    interfaces: dict[str, str] = field(default_factory=dict)
    interfaces_ipv6: dict[str, str] = field(default_factory=dict)

    @cached_property
    def services(self) -> dict[str, Settings]:
        """Services by name."""
        with located('services'):
            found = self.project.document.get('services')
            return mapped(found, lambda name, own: mapping(own, 'the settings of a service'))

    def section(self, name: str) -> Iterable[tuple[str, object]]:
        """Entries of a section."""
        return entries(self.project.document.get(name))

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of configurations by those of services: dots separate instances there."""
        return {name: name.replace('.', '-') for name in self.services}

    @cached_property
    def enabled(self) -> list[str]:
        """Services without profile, or of an active one."""
        return [name for name, own in self.services.items() if self._is_enabled(own)]

    def _is_enabled(self, service: Settings) -> bool:
        profiles = texts(service.get('profiles'))
        is_active = '*' in self.profiles or not profiles or any(profile in self.profiles for profile in profiles)
        return is_active and replicas_of(service) > 0

    @cached_property
    def replicas(self) -> dict[str, int]:
        """How many containers there are of each service."""
        found = {}
        for name, own in self.services.items():
            with located('services', name):
                found[name] = replicas_of(own)
        return found

    @cached_property
    def jobs(self) -> frozenset[str]:
        """Services that others wait for to be completed."""
        return frozenset(
            target
            for own in self.services.values()
            for target, settings in mapping(own.get('depends_on')).items()
            if mapping(settings).get('condition') == COMPLETED
        )

    def configuration(self, service: str) -> str:
        """The name of the configuration of a service.

        :raises ValueError: There is no such service.
        """
        if service not in self.names:
            raise InputError(f'There is no service {service!r}.')
        return self.names[service]

    def container(self, service: str) -> str:
        """The name of a configuration, with its first instance where it has several."""
        name = self.configuration(service)
        return f'{name}.1' if self.replicas[service] > 1 else name

    def engine_name(self, service: str) -> str:
        """What the container of a service is called on the engine."""
        container = self.container(service)
        literal = self.services[service].get('container_name')
        return text(literal) if literal is not None else f'{self.project.name}.{container}'

    @cached_property
    def order(self) -> dict[str, int]:
        """Places of services, each after what it depends on; those that are always there come first."""
        needed = {name: set(self._needed(own)) & self.services.keys() - {name} for name, own in self.services.items()}
        users: dict[str, list[str]] = {name: [] for name in needed}
        for name, others in needed.items():
            for other in others:
                users[other].append(name)
        waiting = {name: len(others) for name, others in needed.items()}
        first = {name: (name not in self.enabled, name in self.jobs, place) for place, name in enumerate(needed)}
        ready = [(first[name], name) for name, count in waiting.items() if not count]
        heapq.heapify(ready)
        found: dict[str, int] = {}
        while ready:
            _, name = heapq.heappop(ready)
            found[name] = len(found)
            for user in users[name]:
                waiting[user] -= 1
                if not waiting[user]:
                    heapq.heappush(ready, (first[user], user))
        # What depends on itself is an error of the map.
        return {**found, **{name: len(found) for name in needed if name not in found}}

    def _needed(self, service: Settings) -> Iterator[str]:
        yield from mapping(service.get('depends_on'))
        for name in ('links', 'volumes_from'):
            yield from (entry.partition(':')[0] for entry in texts(service.get(name)))
        for name in ('network_mode', 'ipc', 'pid'):
            mode = service.get(name)
            if isinstance(mode, str) and mode.startswith(_SHARED):
                yield mode.removeprefix(_SHARED)

    @cached_property
    def attaching(self) -> dict[str, str]:
        """The service that each volume belongs to: of those that write, the one that others depend on most."""
        users: dict[str, list[tuple[bool, int, str]]] = {}
        needed = {name: {*self._needed(own)} for name, own in self.services.items()}
        for name, own in self.services.items():
            for index, mount in enumerate(members(own.get('volumes'))):
                with located(index):
                    if is_mapping(mount) and mount.get('type') == 'volume' and mount.get('source') is not None:
                        rank = bool(mount.get('read_only')), self.order[name], name
                        users.setdefault(text(mount['source']), []).append(rank)
        found: dict[str, str] = {}
        for volume, ranks in users.items():
            candidates = [name for _, _, name in sorted(ranks)]
            owner = found[volume] = next(
                (name for name in candidates[:_MOST_TRIED] if not _reached(needed, name) & {*candidates} - {name}),
                min(ranks, key=lambda rank: rank[1])[2],
            )
            for name in candidates:
                # What uses a volume needs what it belongs to, so that this cannot need it in turn.
                needed[name] |= {owner} - {name}
        return found

    def interface(self, address: str) -> tuple[str, bool] | None:
        """Name of an address of the host, and whether it is of IPv6; nothing for all addresses."""
        if address in ('', '0.0.0.0'):
            return None
        is_ipv6 = ':' in address
        name = 'local' if address in ('127.0.0.1', '::1') else address
        (self.interfaces_ipv6 if is_ipv6 else self.interfaces)[name] = address
        return name, is_ipv6

    def volume_name(self, alias: str) -> str:
        """What a volume is called on the engine."""
        own = mapping(mapping(self.project.document.get('volumes')).get(alias))
        external = own.get('external')
        if isinstance(external, dict):
            return text(external.get('name') or alias)
        return text(own.get('name') or alias) if external else f'{self.project.name}.{self.volume_alias(alias)}'

    def volume_alias(self, name: str) -> str:
        """What a volume is called on the map, where names of services mean all volumes of these."""
        return f'{name}-volume' if name in self.names.values() else name

    @property
    def variables(self) -> Mapping[str, str]:
        """Variables of the environment and of ``.env``."""
        return self.project.variables


def _reached(needed: Mapping[str, set[str]], start: str) -> set[str]:
    """All that one service needs, directly or not."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = needed.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def replicas_of(service: Settings) -> int:
    """How many containers there are of a service."""
    given = service.get('scale', mapping(service.get('deploy')).get('replicas'))
    found = 1 if given is None else whole(given)
    if not 0 <= found <= MOST_REPLICAS:
        raise InputError(f'Expected a number of containers up to {MOST_REPLICAS}, found {found}.')
    return found
