"""The bookstore on an engine: what its map says at the moment, and what the engine says of it."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bookstore_stack import DEBIAN, REPOSITORY, bookstore_client, load_bookstore

from dockermap.api import DockerClientWrapper
from dockermap.exceptions import DockerMapError

EXTERNAL_NETWORK = 'edge'
INSTANCES = ('bookstore.app.blue', 'bookstore.app.green')
DATA = '/srv/database'
SHOWN_EVENTS = {'create', 'rename', 'start', 'health_status: healthy', 'die', 'destroy'}


class Bookstore:
    """The bookstore on an engine, with its map as it is at the moment."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.map = load_bookstore()
        self.client = bookstore_client(self.map, url)
        self.engine = DockerClientWrapper(url)

    def close(self) -> None:
        self.client.close()
        self.engine.close()

    def set_variables(self, name: str, **variables: str) -> None:
        """Change environment variables of a configuration."""
        config = getattr(self.map.containers, name)
        config.create_options = {'environment': {**config.create_options['environment'], **variables}}
        self.client.refresh_names()

    def set_app(self, **settings: Any) -> None:
        self.map.containers.app.update(settings)
        self.client.refresh_names()

    def plan(self) -> str:
        return str(self.client.plan('update', '__all__'))

    def is_as_planned(self) -> bool:
        return 'Nothing to do' in self.plan()

    def update(self, **options: Any) -> str:
        """Bring the engine to what the map says; the text of the error, if that is not possible."""
        try:
            self.client.update('__all__', **{'wait': True, 'wait_timeout': 60, **options})
        except DockerMapError as error:
            return str(error)
        return ''

    def containers(self) -> dict[str, tuple[str, str]]:
        """Id and state of each container, by name."""
        return {
            container['Names'][0][1:]: (container['Id'], container['State'])
            for container in self.engine.containers(all=True)
        }

    def started(self, *names: str) -> list[str]:
        """Since when containers run, which tells more than that they run."""
        return [self.engine.inspect_container(name)['State']['StartedAt'] for name in names]

    def exit_code(self, name: str) -> int | None:
        state = self.engine.inspect_container(name)['State']
        return None if state['Running'] else state['ExitCode']

    def output_of(self, container: str, *command: str) -> str:
        """What a command in a container prints."""
        output: bytes = self.engine.exec_start(self.engine.exec_create(container, command)['Id'])
        return output.decode().strip()

    def sql(self, statement: str) -> str:
        """What the database answers."""
        return self.output_of('bookstore.database', 'psql', '-h', '/tmp', '-U', 'bookstore', '-qtAc', statement)

    def network(self, name: str) -> tuple[bool, set[str]]:
        """Whether it is internal, and the names of the running containers that are connected."""
        found = self.engine.inspect_network(name)
        return found['Internal'], {member['Name'] for member in found['Containers'].values()}

    def address(self, network: str, container: str) -> str:
        found: str = self.engine.inspect_container(container)['NetworkSettings']['Networks'][network]['IPAddress']
        return found

    def can_reach(self, container: str, address: str) -> bool:
        """Whether a container gets an answer from there within a second."""
        command = ['curl', '-s', '-o', '/dev/null', '-m', '1', f'http://{address}/']
        own = self.engine.exec_create(container, command)['Id']
        self.engine.exec_start(own)
        code: int = self.engine.exec_inspect(own)['ExitCode']
        return code == 0

    @contextmanager
    def neighbour(self) -> Iterator[str]:
        """A container of somebody else in the external network."""
        config = self.engine.create_host_config(network_mode=EXTERNAL_NETWORK)
        own: str = self.engine.create_container(DEBIAN, ['sleep', '3600'], host_config=config)['Id']
        self.engine.start(own)
        yield own
        self.engine.remove_container(own, force=True)

    def volume_owner(self) -> tuple[int, int]:
        """User and mode of the root of the database's volume, as the host sees it."""
        found = Path(self.engine.inspect_volume('bookstore.data')['Mountpoint']).stat()
        return found.st_uid, found.st_mode & 0o7777

    def image_owner(self) -> int:
        """User of the same directory in the image of the database.

        :raises docker.errors.NotFound: The image does not have it.
        """
        created = self.engine.create_container(f'{REPOSITORY}/database')['Id']
        try:
            chunks, _ = self.engine.get_archive(created, DATA)
            with tarfile.open(fileobj=io.BytesIO(b''.join(chunks))) as archive:
                return archive.getmembers()[0].uid
        finally:
            self.engine.remove_container(created)

    def events(self, since: float) -> Iterator[tuple[float, str, str, str]]:
        """What the engine tells of containers: seconds, id, name at that time, and what happened."""
        # Engines take fractions of seconds, which the annotations of the SDK do not know.
        limits: dict[str, Any] = {'since': f'{since:.9f}', 'until': f'{time.time():.9f}'}
        told = self.engine.events(**limits, filters={'type': 'container'}, decode=True)
        for event in told:
            if event['Action'] in SHOWN_EVENTS:
                actor = event['Actor']
                yield event['timeNano'] / 1e9, actor['ID'], actor['Attributes']['name'], event['Action']
