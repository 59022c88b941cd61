"""Everything that the library takes from the Docker SDK, and what depends on its version.

The SDK is imported when a name of it is first used, so importing this module is cheap where no engine is talked to.
Errors are told apart with ``is_not_found`` and its siblings.
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from docker.api.client import APIClient
    from docker.auth import load_config, resolve_repository_name
    from docker.client import DockerClient
    from docker.errors import APIError, DockerException, ImageNotFound, NotFound
    from docker.types import EndpointConfig, Healthcheck, HostConfig, IPAMConfig, IPAMPool, NetworkingConfig
    from docker.types.containers import ContainerConfig
    from docker.utils import parse_bytes, parse_env_file, split_command, version_gte, version_lt
    from requests.exceptions import ConnectionError as RequestsConnectionError
    from requests.exceptions import Timeout

__all__ = [
    'CLIENT_FEATURES',
    'INSECURE_REGISTRIES',
    'APIClient',
    'APIError',
    'ContainerConfig',
    'DockerClient',
    'DockerException',
    'EndpointConfig',
    'EngineClient',
    'Healthcheck',
    'HostConfig',
    'IPAMConfig',
    'IPAMPool',
    'ImageNotFound',
    'NetworkingConfig',
    'NotFound',
    'RequestsConnectionError',
    'Timeout',
    'is_conflict',
    'is_not_found',
    'is_timeout',
    'is_unreachable',
    'load_config',
    'parse_bytes',
    'parse_env_file',
    'resolve_repository_name',
    'split_command',
    'version_gte',
    'version_lt',
]

CLIENT_FEATURES: list[tuple[str, str]] = [
    ('host_config', '1.15'),
    ('networks', '1.21'),
    ('volumes', '1.21'),
    ('container_update', '1.22'),
    ('stop_signal', '1.21'),
    ('stop_timeout', '1.25'),
    ('healthcheck', '1.24'),
    ('container_update_restart_policy', '1.23'),
]
"""What clients can do, with the first version of the engine's API that offers it."""

INSECURE_REGISTRIES = False
"""Whether the SDK's ``pull`` takes ``insecure_registry``; no version that this library works with does."""

_SOURCES: dict[str, tuple[str, str]] = {
    'APIClient': ('docker.api.client', 'APIClient'),
    'APIError': ('docker.errors', 'APIError'),
    'ContainerConfig': ('docker.types.containers', 'ContainerConfig'),
    'DockerClient': ('docker.client', 'DockerClient'),
    'DockerException': ('docker.errors', 'DockerException'),
    'EndpointConfig': ('docker.types', 'EndpointConfig'),
    'Healthcheck': ('docker.types', 'Healthcheck'),
    'HostConfig': ('docker.types', 'HostConfig'),
    'IPAMConfig': ('docker.types', 'IPAMConfig'),
    'IPAMPool': ('docker.types', 'IPAMPool'),
    'ImageNotFound': ('docker.errors', 'ImageNotFound'),
    'NetworkingConfig': ('docker.types', 'NetworkingConfig'),
    'NotFound': ('docker.errors', 'NotFound'),
    'RequestsConnectionError': ('requests.exceptions', 'ConnectionError'),
    'Timeout': ('requests.exceptions', 'Timeout'),
    'load_config': ('docker.auth', 'load_config'),
    'parse_bytes': ('docker.utils', 'parse_bytes'),
    'parse_env_file': ('docker.utils', 'parse_env_file'),
    'resolve_repository_name': ('docker.auth', 'resolve_repository_name'),
    'split_command': ('docker.utils', 'split_command'),
    'version_gte': ('docker.utils', 'version_gte'),
    'version_lt': ('docker.utils', 'version_lt'),
}


def __getattr__(name: str) -> Any:
    """The SDK's object of that name, imported on first use."""
    try:
        module_name, attribute = _SOURCES[name]
    except KeyError:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}') from None
    value = globals()[name] = getattr(importlib.import_module(module_name), attribute)
    return value


@runtime_checkable
class EngineClient(Protocol):
    """What orchestration calls on a client; docker-py's ``APIClient`` and ``DockerClientWrapper`` offer it.

    Methods that pass a user's options on take any keyword argument. ``exec_inspect``, ``exec_start(detach=...)`` and
    ``rename`` are used where a client has them, so they are no part of it; likewise ``run_cmd(command)``, which runs a
    shell command on the engine's host.
    """

    def containers(self, *, all: bool = ...) -> Any:
        """Containers that run, or all: dictionaries with ``Id`` and ``Names``, each with a slash in front."""

    def images(self, name: Any = ...) -> Any:
        """Images, all or of one repository: dictionaries with ``Id`` and ``RepoTags``."""

    def networks(self) -> Any:
        """Networks: dictionaries with ``Id`` and ``Name``."""

    def volumes(self) -> Any:
        """A dictionary, where ``Volumes`` are dictionaries with ``Name``, or ``None``."""

    def inspect_container(self, container: Any, /) -> Any:
        """Details of a container by name or id."""

    def inspect_network(self, net_id: Any, /) -> Any:
        """Details of a network by name or id."""

    def inspect_volume(self, name: Any, /) -> Any:
        """Details of a volume by name."""

    def top(self, container: Any, /, *, ps_args: Any) -> Any:
        """Processes of a container: a dictionary with ``Processes``, one row each."""

    def create_container(self, *args: Any, **kwargs: Any) -> Any:
        """Create a container; a mapping with ``Id``."""

    def create_network(self, *args: Any, **kwargs: Any) -> Any:
        """Create a network; a mapping with ``Id``."""

    def create_volume(self, *args: Any, **kwargs: Any) -> Any:
        """Create a volume."""

    def start(self, container: Any, *args: Any, **kwargs: Any) -> Any:
        """Start a container."""

    def stop(self, *args: Any, **kwargs: Any) -> Any:
        """Stop a container."""

    def restart(self, *args: Any, **kwargs: Any) -> Any:
        """Restart a container."""

    def kill(self, *args: Any, **kwargs: Any) -> Any:
        """Send a signal to a container."""

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        """Wait until a container ends."""

    def logs(self, *args: Any, **kwargs: Any) -> Any:
        """What a container has put out."""

    def update_container(self, *args: Any, **kwargs: Any) -> Any:
        """Change limits of a container."""

    def remove_container(self, *args: Any, **kwargs: Any) -> Any:
        """Remove a container."""

    def remove_network(self, *args: Any, **kwargs: Any) -> Any:
        """Remove a network."""

    def remove_volume(self, *args: Any, **kwargs: Any) -> Any:
        """Remove a volume."""

    def connect_container_to_network(self, *args: Any, **kwargs: Any) -> Any:
        """Connect a container with a network."""

    def disconnect_container_from_network(self, *args: Any, **kwargs: Any) -> Any:
        """Disconnect a container from a network."""

    def exec_create(self, *args: Any, **kwargs: Any) -> Any:
        """Set up a command in a container; a mapping with ``Id``, or nothing if it is started already."""

    def exec_start(self, *args: Any, **kwargs: Any) -> Any:
        """Start a command that was set up."""

    def pull(self, *args: Any, **kwargs: Any) -> Any:
        """Pull an image; something true on success."""

    def login(self, *args: Any, **kwargs: Any) -> Any:
        """Log in to a registry; something true on success."""


def is_not_found(exc: BaseException) -> bool:
    """Whether the engine says that the item does not exist."""
    from docker.errors import NotFound

    return isinstance(exc, NotFound) or _status_code(exc) == 404


def is_conflict(exc: BaseException) -> bool:
    """Whether the engine refuses because of another item or the item's state, e.g. a name that is taken."""
    from docker.errors import APIError

    status = _status_code(exc)
    if status is not None:
        return status == 409
    return isinstance(exc, APIError) and 'conflict' in str(exc).lower()


def is_sdk_client(client: object) -> bool:
    """Whether a client is one of the SDK's, or of a subclass."""
    from docker import APIClient

    return isinstance(client, APIClient)


def answers(client: object, seconds: float) -> bool:
    """Whether an engine answers a ping in time; of clients that are not the SDK's, that is assumed."""
    if not is_sdk_client(client):
        return True
    try:
        client.get(f'{client.base_url}/_ping', timeout=seconds)  # type: ignore[attr-defined]
    except Exception:
        return False
    return True


def is_timeout(exc: BaseException) -> bool:
    """Whether an answer took too long. Over a Unix socket that comes as a connection error."""
    from requests.exceptions import ConnectionError as BrokenConnection
    from requests.exceptions import ConnectTimeout, Timeout
    from urllib3.exceptions import ReadTimeoutError

    if isinstance(exc, Timeout):
        return not isinstance(exc, ConnectTimeout)
    return isinstance(exc, BrokenConnection) and any(isinstance(a, (ReadTimeoutError, TimeoutError)) for a in exc.args)


def is_unreachable(exc: BaseException) -> bool:
    """Whether the engine cannot be spoken to: nothing listens, or the connection broke. Slow answers do not count."""
    from requests.exceptions import ChunkedEncodingError
    from requests.exceptions import ConnectionError as BrokenConnection

    seen: BaseException | None = exc
    while seen is not None:
        if is_timeout(seen):
            return False
        if isinstance(seen, (BrokenConnection, ChunkedEncodingError, ConnectionError)) or _says_unreachable(seen):
            return True
        seen = seen.__cause__
    return False


def _says_unreachable(exc: BaseException) -> bool:
    """The ``docker`` command tells it by text alone."""
    from docker.errors import DockerException

    return isinstance(exc, DockerException) and 'Cannot connect to the Docker daemon' in str(exc)


def _status_code(exc: BaseException) -> int | None:
    status = getattr(exc, 'status_code', None)
    if status is None:
        status = getattr(getattr(exc, 'response', None), 'status_code', None)
    return status if isinstance(status, int) else None
