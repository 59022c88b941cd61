"""Containers of an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .clock import Entry, timestamp
from .errors import refusal
from .files import FileTree
from .images import Image
from .names import Index
from .networks import Network
from .processes import Process
from .volumes import Volume

__all__ = ['Container', 'Containers', 'Endpoint', 'Exec', 'Health', 'Mount']


@dataclass
class Endpoint:
    """How a container is connected with a network; what the engine gave it is empty while it does not run."""

    network_id: str = ''
    ipam: dict[str, object] | None = None
    links: list[str] | None = None
    aliases: list[str] | None = None
    driver_options: dict[str, str] | None = None
    mac_address_asked: str = ''
    gateway_priority: int = 0
    endpoint_id: str = ''
    gateway: str = ''
    ip_address: str = ''
    prefix: int = 0
    ipv6_address: str = ''
    ipv6_prefix: int = 0
    ipv6_gateway: str = ''
    mac_address: str = ''

    def release(self) -> None:
        """Forget what the engine gave for the last run."""
        self.endpoint_id = self.gateway = self.ip_address = self.mac_address = ''
        self.ipv6_address = self.ipv6_gateway = ''
        self.prefix = self.ipv6_prefix = 0


@dataclass
class Mount:
    """Something mounted in a container: a volume, or with ``source`` a path of the host."""

    destination: str
    volume: Volume | None = None
    source: str = ''
    mode: str = ''
    writable: bool = True
    propagation: str = ''
    is_tmpfs: bool = False

    @property
    def name(self) -> str:
        """Name of the volume, or an empty text."""
        return self.volume.name if self.volume else ''


@dataclass
class Health:
    """What health checks have found."""

    status: str = 'starting'
    failing_streak: int = 0
    log: list[dict[str, object]] = field(default_factory=list)


@dataclass(eq=False)
class Exec:
    """A command that is run in a container beside its process."""

    id: str
    container: Container
    command: list[str]
    user: str = ''
    tty: bool = False
    privileged: bool = False
    attach: tuple[bool, bool, bool] = (False, True, True)
    environment: list[str] | None = None
    running: bool = False
    started: bool = False
    exit_code: int | None = None
    pid: int = 0
    end: Entry | None = None


@dataclass(eq=False)
class Container:
    """A container: what it was created with, its state, and what it is connected with.

    ``config`` and ``host_config`` are as inspections show them, with names of other containers as ids.
    """

    id: str
    name: str
    created: int
    image: Image
    config: dict[str, object]
    host_config: dict[str, object]
    process: Process | None = None
    running: bool = False
    paused: bool = False
    restarting: bool = False
    removing: bool = False
    pid: int = 0
    exit_code: int = 0
    error: str = ''
    started_at: int = 0
    finished_at: int = 0
    restart_count: int = 0
    stopped_by_hand: bool = False
    exits: int = 0
    health: Health | None = None
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    ports: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    mounts: list[Mount] = field(default_factory=list)
    links: dict[str, Container] = field(default_factory=dict)
    linked_from: dict[tuple[str, str], Container] = field(default_factory=dict)
    execs: dict[str, Exec] = field(default_factory=dict)
    log: list[tuple[int, str, str]] = field(default_factory=list)
    agenda: list[Entry] = field(default_factory=list)
    sandbox: str = ''
    restart_delay: float = 0.1
    pending: list[str] = field(default_factory=list)
    _own_files: FileTree | None = None

    @property
    def status(self) -> str:
        """The word for the state: created, running, paused, restarting, exited or removing."""
        if self.running:
            return 'paused' if self.paused else 'restarting' if self.restarting else 'running'
        if self.removing:
            return 'removing'
        return 'exited' if self.started_at else 'created'

    @property
    def open_execs(self) -> list[Exec]:
        """Commands that run, or were not started yet."""
        return [command for command in self.execs.values() if command.running or not command.started]

    @property
    def network_mode(self) -> str:
        """Network mode, with the id of a container whose network it uses."""
        return str(self.host_config['NetworkMode'])

    @property
    def auto_remove(self) -> bool:
        """Whether the engine removes it when it ends."""
        return bool(self.host_config['AutoRemove'])

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels, with those of the image."""
        labels = self.config['Labels']
        return labels if isinstance(labels, dict) else {}

    @property
    def command(self) -> list[str]:
        """Entry point and command."""
        return [*words(self.config['Entrypoint']), *words(self.config['Cmd'])]

    @property
    def restart_policy(self) -> tuple[str, int]:
        """Name of the restart policy, and how often it restarts at most; 0 for always."""
        policy = self.host_config['RestartPolicy']
        assert isinstance(policy, dict)
        return str(policy['Name']), int(policy['MaximumRetryCount'])

    def files(self, for_writing: bool = False) -> FileTree:
        """Files of the container, without what is mounted."""
        if self._own_files is None:
            if not for_writing:
                return self.image.files
            self._own_files = self.image.files.copy()
        return self._own_files

    def output(self, stdout: bool = True, stderr: bool = True, timestamps: bool = False) -> list[bytes]:
        """Lines that it has put out."""
        wanted = [name for name, asked in (('stdout', stdout), ('stderr', stderr)) if asked]
        return [
            (f'{timestamp(stamp)} {line}' if timestamps else line).encode()
            for stamp, stream, line in self.log
            if stream in wanted
        ]

    def mount_at(self, path: str) -> Mount | None:
        """What is mounted at a path, or at the nearest one above it."""
        fitting = [
            mount
            for mount in self.mounts
            if path == mount.destination or path.startswith(mount.destination.rstrip('/') + '/')
        ]
        return max(fitting, key=lambda mount: len(mount.destination), default=None)

    def is_in(self, network: Network) -> str | None:
        """Under which name it is connected with a network."""
        return next(
            (
                name
                for name, endpoint in self.endpoints.items()
                if endpoint.network_id == network.id or (not endpoint.network_id and name == network.name)
            ),
            None,
        )


def words(value: object) -> list[str]:
    """A list of texts, or nothing."""
    return [str(word) for word in value] if isinstance(value, (list, tuple)) else []


class Containers:
    """The containers of an engine; the newest is the last one."""

    def __init__(self) -> None:
        self._index: Index[Container] = Index()
        self.execs: dict[str, Exec] = {}

    def __iter__(self) -> Iterator[Container]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def add(self, container: Container) -> None:
        """Add a container."""
        self._index.add(container)

    def remove(self, container: Container) -> None:
        """Forget a container."""
        self._index.remove(container)

    def rename(self, container: Container, name: str) -> None:
        """Give a container another name."""
        self._index.rename(container, name)

    def check_name(self, name: str) -> None:
        """Refuse a name that is taken.

        :raises docker.errors.APIError: Another container has it.
        """
        same = self._index.named(name)
        if same:
            raise refusal(
                409,
                f'Conflict. The container name "/{name}" is already in use by container '
                f'"{same[0].id}". You have to remove (or rename) that container to be able to reuse '
                'that name.',
            )

    def with_id(self, container_id: str) -> Container | None:
        """The container of exactly this id."""
        return self._index.with_id(container_id)

    def find(self, reference: str) -> Container | None:
        """The container of an id, name, or beginning of an id."""
        exact = self._index.with_id(reference)
        if exact is not None:
            return exact
        named = self._index.named(reference.removeprefix('/'))
        if named:
            return named[0]
        found = self._index.starting_with(reference)
        if len(found) > 1:
            raise refusal(400, f'Multiple IDs found with provided prefix: {reference}')
        return found[0] if found else None

    def get(self, reference: str) -> Container:
        """The same.

        :raises docker.errors.NotFound: There is none.
        """
        found = self.find(reference)
        if found is None:
            raise refusal(404, f'No such container: {reference}')
        return found

    def get_running(self, reference: str) -> Container:
        """The same, if it runs.

        :raises docker.errors.APIError: It does not run, or there is none.
        """
        found = self.get(reference)
        check_running(found)
        return found


def check_running(container: Container) -> None:
    """Refuse what does not run.

    :raises docker.errors.APIError: It does not run, or is restarting.
    """
    if container.restarting:
        raise refusal(409, f'Container {container.id} is restarting, wait until the container is running')
    if not container.running:
        raise refusal(409, f'Container {container.id} is not running')
