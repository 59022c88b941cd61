"""Everything that the library takes from the Docker SDK, and what depends on its version.

The SDK is imported when a name of it is first used, so importing this module is cheap where no engine is talked to.
Errors are told apart with ``is_not_found`` and its siblings.
"""

from __future__ import annotations

import importlib
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from .docker_options import NETWORK_OPTIONS
from .exceptions import DockerMapError, InputError
from .utils import without_password

if TYPE_CHECKING:
    from docker.api.client import APIClient
    from docker.auth import load_config, resolve_repository_name
    from docker.client import DockerClient
    from docker.errors import APIError, DockerException, ImageNotFound, NotFound
    from docker.tls import TLSConfig
    from docker.types import EndpointConfig, Healthcheck, HostConfig, IPAMConfig, IPAMPool, NetworkingConfig
    from docker.types.containers import ContainerConfig
    from docker.utils import parse_bytes, parse_env_file, split_command, version_gte, version_lt
    from requests.exceptions import ConnectionError as RequestsConnectionError
    from requests.exceptions import Timeout

    EngineUnreachableError: type[DockerException]

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
    'EngineUnreachableError',
    'Healthcheck',
    'HostConfig',
    'IPAMConfig',
    'IPAMPool',
    'ImageNotFound',
    'ManagerClient',
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

DEFAULT_ADDRESS = 'unix:///var/run/docker.sock'
"""Where clients look for an engine that are not told otherwise."""

_CERTIFICATES = ('ca', 'cert', 'key')

# The last one is a package that is missing for the connection.
_FAILURES_TO_BEGIN = ('Error while fetching server API version', 'Invalid response from docker daemon', 'Install ')

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

_OTHER_CONNECTIONS = ('http+docker://ssh', 'http+docker://localnpipe')
_FRAME_HEAD, _ERRORS = 8, 2
"""Length of what precedes each piece of output, and the number of the stream of errors: as ``attach`` of the API."""

_CONFLICTS_OF_PODMAN = (
    'container state improper',
    'can only be used on running containers',
    'that name is already in use',
    'UNIQUE constraint failed: ContainerConfig.Name',
    'network is being used',
)
"""Causes of errors that Podman answers with status 500, where Docker Engine has 409."""

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
    if name == 'EngineUnreachableError':
        return unreachable_class()
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
    ``rename`` are used where a client has them, so they are no part of it; likewise ``put_archive(container, path,
    data)`` for secrets and configs, and ``run_cmd(command)``, which runs a shell command on the engine's host.
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


Detail = Mapping[str, Any]
"""What a manager says of something, with the names of its API."""


@runtime_checkable
class ManagerClient(Protocol):
    """What orchestration calls on a manager of a swarm; docker-py's ``APIClient`` and ``DockerClientWrapper`` offer it.

    Services and networks are given by their names or ids, all else by its id.
    """

    def info(self) -> Detail:
        """What the engine says about itself; ``Swarm`` with ``ControlAvailable`` tells that it is a manager."""

    def nodes(self) -> Sequence[Detail]:
        """Nodes, with ``ID``, ``Spec`` and ``Description``."""

    def services(self, filters: Any = ...) -> Sequence[Detail]:
        """Services, with ``ID``, ``Version`` and ``Spec``, and ``JobStatus`` or ``UpdateStatus`` where there is any."""

    def inspect_service(self, service: Any, /) -> Detail:
        """The same for one of them."""

    def tasks(self, filters: Any = ...) -> Sequence[Detail]:
        """Tasks, all or those of a service, with ``ServiceID``, ``NodeID``, ``DesiredState`` and ``Status``."""

    def service_logs(
        self, service: Any, *, stdout: bool = ..., stderr: bool = ..., timestamps: bool = ..., tail: str = ...
    ) -> Iterable[bytes]:
        """What the containers of a service have put out."""

    def create_service(self, *args: Any, **kwargs: Any) -> Detail:
        """Create a service; a mapping with ``ID``."""

    def update_service(self, *args: Any, **kwargs: Any) -> object:
        """Give a service another specification, if it still has the version that is known."""

    def remove_service(self, service: Any, /) -> object:
        """Remove a service."""

    def networks(self) -> Sequence[Detail]:
        """Networks, with all that inspections have."""

    def inspect_network(self, net_id: Any, /) -> Detail:
        """Details of a network."""

    def create_network(self, *args: Any, **kwargs: Any) -> Detail:
        """Create a network; a mapping with ``Id``."""

    def remove_network(self, *args: Any, **kwargs: Any) -> object:
        """Remove a network."""

    def secrets(self) -> Iterable[Detail]:
        """Secrets, with ``ID`` and ``Spec``."""

    def configs(self) -> Iterable[Detail]:
        """Configs, with ``ID`` and ``Spec``."""

    def create_secret(self, *args: Any, **kwargs: Any) -> object:
        """Create a secret."""

    def create_config(self, *args: Any, **kwargs: Any) -> object:
        """Create a config."""

    def remove_secret(self, id: Any, /) -> object:
        """Remove a secret."""

    def remove_config(self, id: Any, /) -> object:
        """Remove a config."""

    def inspect_distribution(self, image: Any, /) -> Detail:
        """What a registry says of an image; ``Descriptor`` with its ``digest``."""


def endpoint_config(version: str, gw_priority: int | None = None, **arguments: Any) -> dict[str, Any]:
    """The SDK's ``EndpointConfig``, with what it has no argument for."""
    from docker.types import EndpointConfig

    config: dict[str, Any] = EndpointConfig(version, **arguments)
    return config if gw_priority is None else {**config, 'GwPriority': gw_priority}


def host_config(version: str, annotations: object = None, **arguments: Any) -> dict[str, Any]:
    """The SDK's ``HostConfig``, with what it has no argument for."""
    from docker.types import HostConfig

    config: dict[str, Any] = HostConfig(version, **arguments)
    if annotations:
        config['Annotations'] = annotations
    return config


def container_config(version: str, image: str, command: Any = None, **arguments: Any) -> dict[str, Any]:
    """The SDK's ``ContainerConfig``, with what it has no argument for."""
    from docker.types.containers import ContainerConfig

    config: dict[str, Any] = ContainerConfig(version, image, command, **arguments)
    interval = start_interval(arguments.get('healthcheck'))
    if interval:
        config['Healthcheck'] = {**config['Healthcheck'], 'StartInterval': interval}
    return config


def start_interval(healthcheck: object) -> object:
    """The interval of checks during the start, which the SDK drops; ``None`` if there is none."""
    given: Mapping[str, object] = healthcheck if isinstance(healthcheck, Mapping) else {}
    return given.get('start_interval') or given.get('StartInterval')


def create_container(client: Any, arguments: Mapping[str, Any]) -> object:
    """Create a container, also with what the SDK has no argument for."""
    if not is_sdk_client(client) or not start_interval(arguments.get('healthcheck')):
        return client.create_container(**arguments)
    others = dict(arguments)
    name, platform = others.pop('name', None), others.pop('platform', None)
    if others.pop('use_config_proxy', True):
        environment = others.get('environment')
        if isinstance(environment, dict):
            environment = [key if value is None else f'{key}={value}' for key, value in environment.items()]
        others['environment'] = client._proxy_configs.inject_proxy_environment(environment) or None
    config = container_config(client._version, others.pop('image'), others.pop('command', None), **others)
    return client.create_container_from_config(config, name, platform)


def create_network(client: Any, arguments: Mapping[str, Any]) -> object:
    """Create a network, also without IPv4, for which the SDK has no argument."""
    if arguments.get('enable_ipv4') is None or not is_sdk_client(client):
        return client.create_network(**arguments)
    keys = {name: option.path[0] for name, option in NETWORK_OPTIONS.items() if option.path}
    data = {keys[name]: value for name, value in arguments.items() if name in keys and value is not None}
    response = client._post_json(client._url('/networks/create'), data={'Name': arguments['name'], **data})
    return client._result(response, json=True)


def connect_to_network(client: Any, arguments: Mapping[str, Any]) -> object:
    """Connect a container with a network, also with the priority of the gateway, for which the SDK has no argument."""
    if arguments.get('gw_priority') is None or not is_sdk_client(client):
        return client.connect_container_to_network(**arguments)
    others = dict(arguments)
    url = client._url('/networks/{0}/connect', others.pop('net_id'))
    data = {'Container': others.pop('container'), 'EndpointConfig': endpoint_config(client._version, **others)}
    return client._raise_for_status(client._post_json(url, data=data))


def exec_output(client: Any, exec_id: str) -> Iterator[tuple[bytes | None, bytes | None]]:
    """Start a command in a container, and give what it puts out as it comes: output, or errors.

    The SDK reads from the socket, and loses what came together with the head of the answer, as it often comes from
    Podman.

    :param exec_id: What ``exec_create`` returned, without a terminal.
    """
    if not is_sdk_client(client) or client.base_url.startswith(_OTHER_CONNECTIONS):
        yield from client.exec_start(exec_id, stream=True, demux=True)
        return
    connection = client.exec_start(exec_id, socket=True)
    with closing(connection._response) as response:
        getattr(connection, '_sock', connection).settimeout(None)
        for is_error, data in output_frames(response.raw._fp.fp):
            yield (None, data) if is_error else (data, None)


def output_frames(reader: Any) -> Iterator[tuple[bool, bytes]]:
    """Read the frames in which an engine sends output without a terminal; one may hold what several writes put out.

    :param reader: What has a ``read`` that gives as many bytes as it is asked for, unless the end comes before.
    :return: For each frame, whether it is of the standard error output, and its content.
    """
    while head := reader.read(_FRAME_HEAD):
        yield head[0] == _ERRORS, reader.read(int.from_bytes(head[4:], 'big'))


def early_output(connection: Any) -> bytes:
    """What came together with the head of an answer, and is not read from its socket any more.

    :param connection: What ``exec_start`` returned for ``socket=True``.
    """
    response = getattr(getattr(connection, '_response', None), 'raw', None)
    reader = getattr(getattr(response, '_fp', None), 'fp', None)
    if not isinstance(reader, io.BufferedReader):
        return b''
    raw = getattr(connection, '_sock', connection)
    seconds = raw.gettimeout()
    raw.settimeout(0)
    try:
        return reader.peek()
    except OSError:
        return b''
    finally:
        raw.settimeout(seconds)


def is_not_found(exc: BaseException) -> bool:
    """Whether the engine says that the item does not exist."""
    from docker.errors import NotFound

    return isinstance(exc, NotFound) or _status_code(exc) == 404


def is_conflict(exc: BaseException) -> bool:
    """Whether the engine refuses because of another item or the item's state, e.g. a name that is taken."""
    from docker.errors import APIError

    status = _status_code(exc)
    if status is not None:
        return status == 409 or (status == 500 and any(text in str(exc) for text in _CONFLICTS_OF_PODMAN))
    return isinstance(exc, APIError) and 'conflict' in str(exc).lower()


def podman_version(version: object) -> str | None:
    """The version of Podman in an engine's answer about its version; ``None`` if it is another engine.

    :param version: What ``version`` of a client returns.
    """
    components: object = version.get('Components') if isinstance(version, Mapping) else None
    found = components if isinstance(components, (list, tuple)) else ()
    parts = (part for part in found if isinstance(part, Mapping) and 'podman' in str(part.get('Name')).lower())
    return next((str(part.get('Version')) for part in parts), None)


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
    """Whether the engine cannot be spoken to: no connection comes about, or it broke. Slow answers do not count.

    Errors of the operating system count, and those of ``paramiko``; those that name a file do not, as they are about
    files.
    """
    for error in causes_of(exc):
        if isinstance(error, unreachable_class()):
            return True
        if is_timeout(error) or _status_code(error) is not None:
            return False
        if _is_failed_connection(error):
            return True
    return False


def causes_of(exc: BaseException | None) -> Iterator[BaseException]:
    """An error, its cause, the cause of that, and so on."""
    while exc is not None:
        yield exc
        exc = exc.__cause__


def _is_failed_connection(exc: BaseException) -> bool:
    from docker.errors import DockerException
    from requests.exceptions import ChunkedEncodingError, RequestException
    from requests.exceptions import ConnectionError as BrokenConnection

    # Those of requests are errors of the operating system, too, also where the engine has answered.
    if isinstance(exc, RequestException):
        return isinstance(exc, (BrokenConnection, ChunkedEncodingError))
    if isinstance(exc, OSError):
        return exc.filename is None and not isinstance(exc, io.UnsupportedOperation)
    if isinstance(exc, DockerException):
        # The ``docker`` command tells it by text alone.
        return 'Cannot connect to the Docker daemon' in str(exc)
    return any(kind.__module__.partition('.')[0] == 'paramiko' for kind in type(exc).__mro__)


@cache
def unreachable_class() -> type[Exception]:
    """Class of the errors that say, in one line, which engine cannot be reached, and why."""
    from docker.errors import DockerException
    from requests.exceptions import ConnectionError as BrokenConnection

    class EngineUnreachableError(DockerMapError, BrokenConnection, DockerException):
        """No engine answers: an error of the connection, as the SDK reports it."""

    EngineUnreachableError.__qualname__ = EngineUnreachableError.__name__
    return EngineUnreachableError


def address_from_environment(environment: Mapping[str, str] = os.environ) -> str | None:
    """Address of the engine in ``DOCKER_HOST``; one without a port gets that of Docker."""
    address = environment.get('DOCKER_HOST', '').strip()
    scheme, separator, host = address.partition('://')
    if separator and scheme in ('tcp', 'http', 'https') and not re.search(r':\d+(/|$)', host):
        port = 2376 if scheme == 'https' or environment.get('DOCKER_TLS_VERIFY') else 2375
        return f'{scheme}://{host.rstrip("/")}:{port}'
    return address or None


def tls_from_environment(environment: Mapping[str, str] = os.environ) -> TLSConfig | None:
    """What ``DOCKER_TLS_VERIFY`` and ``DOCKER_CERT_PATH`` say, as the ``docker`` command reads them.

    :raises ValueError: The certificate of the authority is missing.
    """
    if not environment.get('DOCKER_TLS_VERIFY'):
        return None
    default = environment.get('DOCKER_CONFIG') or os.path.join(os.path.expanduser('~'), '.docker')
    folder = environment.get('DOCKER_CERT_PATH') or default
    ca = os.path.join(folder, 'ca.pem')
    if not os.path.isfile(ca):
        raise InputError(f'There is no file {ca}, which DOCKER_TLS_VERIFY needs.', 'DOCKER_CERT_PATH')
    return tls_from_folder(folder)


def tls_from_folder(folder: str | os.PathLike[str], verify: bool = True) -> TLSConfig:
    """The certificates of a folder, under the names that Docker gives them; those that are not there are not used."""
    from docker.tls import TLSConfig

    ca, cert, key = (os.path.join(folder, f'{name}.pem') for name in _CERTIFICATES)
    has_own = os.path.isfile(cert) and os.path.isfile(key)
    ca_cert = ca if os.path.isfile(ca) else None
    return TLSConfig(client_cert=(cert, key) if has_own else None, ca_cert=ca_cert, verify=verify)


def share_sessions(client: Any) -> None:
    """Have all requests of an SDK client share few sessions, if they go over SSH."""
    if str(getattr(client, 'base_url', '')).startswith('http+docker://ssh'):
        from ._ssh import share_sessions as share

        share(client._custom_adapter)


@contextmanager
def connecting(address: object) -> Iterator[None]:
    """Errors of a connection that is made inside name the engine's address, in one line.

    :param address: Address of the engine; a password in it is not shown.
    """
    try:
        yield
    except Exception as error:
        for known in causes_of(error):
            if isinstance(known, unreachable_class()):
                raise known from None
        if not (is_unreachable(error) or _found_no_engine(error)):
            raise
        message = f'No Docker Engine answers at {without_password(address or DEFAULT_ADDRESS)}: {failure_reason(error)}'
        raise unreachable_class()(message) from None


def _found_no_engine(exc: BaseException) -> bool:
    """Whether a client cannot be created as a program, a package or a file is missing, or something else answered."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    if isinstance(exc, OSError):
        return not isinstance(exc, RequestException)
    fails_to_begin = isinstance(exc, DockerException) and str(exc).startswith(_FAILURES_TO_BEGIN)
    return fails_to_begin and not any(is_timeout(cause) for cause in causes_of(exc))


def failure_reason(exc: BaseException) -> str:
    """Why a connection failed, in one line: what the innermost error says."""
    seen: set[int] = set()
    while id(exc) not in seen:
        seen.add(id(exc))
        exc = _inner(exc)
    if isinstance(exc, OSError) and exc.strerror:
        text = f'{exc.strerror}: {exc.filename}' if exc.filename else str(exc.strerror)
    else:
        text = str(exc)
    return ' '.join(text.split()) or type(exc).__name__


def _inner(exc: BaseException) -> BaseException:
    from docker.errors import APIError

    if isinstance(exc, APIError):
        return exc
    causes = (*exc.args, getattr(exc, 'reason', None), exc.__cause__)
    found = next((cause for cause in causes if isinstance(cause, BaseException)), exc)
    # These are about the answer, and say nothing by themselves.
    return exc if isinstance(found, (LookupError, ValueError)) else found


def _status_code(exc: BaseException) -> int | None:
    status = getattr(exc, 'status_code', None)
    if status is None:
        status = getattr(getattr(exc, 'response', None), 'status_code', None)
    return status if isinstance(status, int) else None
