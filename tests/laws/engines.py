"""The beginning of a case on the engine in memory, and what happens to any engine meanwhile."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Iterator
from typing import Any

from docker.errors import APIError

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.testing import InMemoryEngine
from tests.laws.cases import Case, Disturbance

USERS = {'root': 0, 'daemon': 1, 'nobody': 65534}
GROUPS = {'root': 0, 'daemon': 1, 'nobody': 65534, 'nogroup': 65534}
OPTION_DEFAULTS = {'exec_wait': 0}
"""Commands are not watched, as time does not pass by itself in the engine in memory."""


def front_end(container_map: ContainerMap, docker_client: Any, **option_defaults: Any) -> MappingDockerClient:
    """A front end for one map and one client."""
    configuration = ClientConfiguration(client=docker_client, version='1.41', timeout=60)
    return MappingDockerClient(container_map, configuration, option_defaults={**OPTION_DEFAULTS, **option_defaults})


def fresh_engine(case: Case) -> InMemoryEngine:
    """An engine that has the images of a case, and can pull them."""
    engine = InMemoryEngine()
    hub = engine.registry('docker.io')
    for name in (*case.place.images, 'busybox:latest'):
        engine.add_image(name, users=USERS, groups=GROUPS)
        hub.publish(name, users=USERS, groups=GROUPS)
    return engine


def bring_up(client: MappingDockerClient, case: Case) -> None:
    """Get an engine to where a case begins; what cannot be done there is left undone."""
    if case.beginning == 'nothing':
        return
    action = 'create' if case.beginning == 'create' else 'update'
    names = sorted(case.before['containers'])
    with contextlib.suppress(ActionRunnerException):
        client.run_actions(action, names[: len(names) // 2 + 1] if case.beginning == 'half' else '__all__')


def processes(docker_client: Any, container: str) -> list[list[str]]:
    """What runs in a container. Until a command has replaced it, the init of runc stands in the list."""
    for _ in range(100):
        found: list[list[str]] = docker_client.top(container)['Processes']
        if not any('runc' in process[-1] for process in found):
            break
        time.sleep(0.1)
    return found


def without_links(settings: dict[str, Any]) -> dict[str, Any]:
    """The same with dependencies in place of links, which Podman does not have."""
    found = copy.deepcopy(settings)
    for config in found['containers'].values():
        linked = [*config.pop('links', ())]
        for endpoint in config.get('networks', {}).values():
            linked += endpoint.pop('links', ())
        if linked:
            config['depends_on'] = {**dict.fromkeys(linked), **config.get('depends_on', {})}
    return found


def disturb(docker_client: Any, disturbance: Disturbance, engine: InMemoryEngine | None = None) -> None:
    """Do something to an engine; what it refuses does not happen."""
    with contextlib.suppress(APIError):
        _DISTURBING[disturbance.kind](docker_client, disturbance, engine)


def _stop(client: Any, event: Disturbance, engine: Any) -> None:
    client.stop(event.subject, timeout=1)


def _kill(client: Any, event: Disturbance, engine: Any) -> None:
    client.kill(event.subject)


def _pause(client: Any, event: Disturbance, engine: Any) -> None:
    client.pause(event.subject)


def _remove(client: Any, event: Disturbance, engine: Any) -> None:
    client.remove_container(event.subject, force=True)


def _replace(client: Any, event: Disturbance, engine: Any) -> None:
    with contextlib.suppress(APIError):
        client.remove_container(event.subject, force=True)
    client.create_container(event.detail, ['sh', '-c', 'sleep 4000'], name=event.subject)
    if event.kind == 'replace-running':
        client.start(event.subject)


def _recreate(client: Any, event: Disturbance, engine: Any) -> None:
    """The same container, but never started, and without its networks."""
    detail = client.inspect_container(event.subject)
    client.remove_container(event.subject, force=True)
    client.create_container(
        detail['Config']['Image'],
        detail['Config']['Cmd'],
        name=event.subject,
        labels=detail['Config']['Labels'],
        environment=detail['Config']['Env'],
    )


def _end(client: Any, event: Disturbance, engine: Any) -> None:
    if engine.is_running(event.subject):
        engine.end(event.subject, int(event.kind.partition('-')[2]))


def _leave(client: Any, name: str) -> None:
    for container_id in client.inspect_network(name).get('Containers') or {}:
        client.disconnect_container_from_network(container_id, name, force=True)


def _empty(client: Any, event: Disturbance, engine: Any) -> None:
    _leave(client, event.subject)


def _remove_network(client: Any, event: Disturbance, engine: Any) -> None:
    _leave(client, event.subject)
    client.remove_network(event.subject)


def _foreign(client: Any, event: Disturbance, engine: Any) -> None:
    """A container that is not on the map joins a network."""
    image = client.images()[0]['RepoTags'][0]
    name = f'{event.subject}.foreign'
    client.create_container(image, ['sh', '-c', 'sleep 4000'], name=name)
    client.connect_container_to_network(name, event.subject)


def _remove_volume(client: Any, event: Disturbance, engine: Any) -> None:
    for row in client.containers(all=True):
        if any(mount.get('Name') == event.subject for mount in row.get('Mounts') or ()):
            client.remove_container(row['Id'], force=True)
    client.remove_volume(event.subject)


def _move_image(client: Any, event: Disturbance, engine: Any) -> None:
    engine.add_image(event.subject, users=USERS, groups=GROUPS)


def _remove_image(client: Any, event: Disturbance, engine: Any) -> None:
    client.remove_image(event.subject, force=True)


def _publish(client: Any, event: Disturbance, engine: Any) -> None:
    engine.registry('docker.io').publish(event.subject, users=USERS, groups=GROUPS)


_DISTURBING = {
    'stop': _stop, 'kill': _kill, 'pause': _pause, 'remove': _remove, 'replace': _replace,
    'replace-running': _replace, 'recreate': _recreate, 'end-127': _end, 'end-0': _end, 'network-gone': _remove_network,
    'network-empty': _empty, 'foreign': _foreign, 'volume-gone': _remove_volume, 'image-moved': _move_image,
    'image-gone': _remove_image, 'published': _publish,
}  # fmt: skip


class Recorder:
    """A client that keeps what it was asked to change, and refuses that if it only reads."""

    def __init__(self, docker_client: Any, changing: frozenset[str], read_only: bool = False) -> None:
        self._client = docker_client
        self._changing = changing
        self._read_only = read_only
        self.calls: list[tuple[str, str]] = []
        self._names = {row['Id']: row['Names'][0][1:] for row in docker_client.containers(all=True)}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in self._changing:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._read_only:
                raise AssertionError(f'{name} was asked of a client that only reads')
            given = {**({'container': args[0]} if args else {}), **kwargs}
            self.calls.append(
                (name, ' '.join(self._name(given[key]) for key in ('net_id', 'container', 'name') if given.get(key)))
            )
            return found(*args, **kwargs)

        return call

    def _name(self, reference: Any) -> str:
        if isinstance(reference, dict):
            reference = reference['Id']
        return self._names.get(reference, str(reference))


def beginning_of(case: Case, map_before: ContainerMap) -> InMemoryEngine:
    """The engine in memory as it is when the call of a case is made."""
    engine = fresh_engine(case)
    bring_up(front_end(map_before, engine.client()), case)
    docker_client = engine.client()
    for disturbance in case.disturbances:
        disturb(docker_client, disturbance, engine)
    engine.calls.clear()
    return engine


def maps_of(case: Case) -> Iterator[ContainerMap]:
    """The map before, and the map of the call."""
    yield ContainerMap(case.place.prefix, case.before)
    yield ContainerMap(case.place.prefix, case.after)
