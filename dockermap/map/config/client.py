"""Configuration of clients."""

from __future__ import annotations

import posixpath
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from ...docker_api import (
    address_from_environment,
    answers,
    connecting,
    is_sdk_client,
    is_unreachable,
    podman_version,
    tls_from_environment,
)
from ...exceptions import InputError, UnsupportedError, located
from ...functional import is_late, resolve_value
from ...utils import close_match, version_tuple
from .. import DictMap
from ..disclosure import redacted_values
from ..input._addresses import is_address, without_brackets
from ..input._shapes import shown
from ._features import FEATURE_NAMES, FEATURE_VERSIONS, Features
from ._ineffective import Ineffective

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['FEATURE_VERSIONS', 'USE_HC_MERGE', 'ClientConfiguration']

ENGINE = 'engine'
"""Kind of the clients that speak to a Docker Engine."""

SWARM = 'swarm'
"""Kind of the clients that speak to a manager of a swarm."""

FILES_DIRECTORY = '/run/dockermap'
"""Where the host of an engine has the secrets and configs of containers, unless the client says otherwise."""

_MANAGER_SECONDS = 5.0

_PARALLEL_REQUESTS = 4
_FIRST_PODMAN = (5,)

USE_HC_MERGE = 'merge'
"""Value of feature ``host_config`` for clients that take its arguments along with those of the creating call."""


class _ClassOnFirstUse:
    """The client class, imported when it is asked for, as it needs the SDK."""

    def __get__(self, instance: object, owner: type) -> Any:
        from ...client.base import DockerClientWrapper

        return DockerClientWrapper


class _KindOfOrchestrator:
    """The kind of a client, which is no setting by itself."""

    def __get__(self, instance: ClientConfiguration | None, owner: type) -> str:
        return (None if instance is None else instance.orchestrator) or ENGINE


def _mapping(value: Any, name: str) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        with located(name):
            raise InputError(f'Expected a mapping, found {shown(value)}.')
    return dict(value.items())


def _orchestrator(value: Any) -> str | None:
    if value in (None, SWARM):
        return value  # type: ignore[no-any-return]
    raise InputError(f'Expected {SWARM!r}, or nothing for a single engine, found {shown(value)}.', 'orchestrator')


def _is_manager(client: Any) -> bool:
    """Whether an engine manages a swarm; what cannot be asked is taken for a manager."""
    info = getattr(client, 'info', None)
    return info is None or bool(((info() or {}).get('Swarm') or {}).get('ControlAvailable'))


def _check_manages(client: Any, address: Any) -> None:
    if _is_manager(client):
        return
    known = ((client.info() or {}).get('Swarm') or {}).get('RemoteManagers') or ()
    hosts = ', '.join(str(manager['Addr']).rpartition(':')[0] for manager in known)
    if hasattr(client, 'close'):
        client.close()
    raise InputError(
        f'The engine at {address or "the default address"} manages no swarm'
        f'{f"; it is a worker, and its managers are {hosts}" if hosts else ""}.',
        'base_url',
    )


def _check_engine(client: Any, address: Any) -> None:
    version = podman_version(getattr(client, 'told_version', None))
    found = version_tuple(version)
    if found is not None and found < _FIRST_PODMAN:
        raise UnsupportedError(
            f'Podman {version}, which answers at {address or "the default address"}, is not supported, as its API '
            'differs too much from that of Docker Engine. Podman 5 or later is; Debian has it from version 13 on.',
            address,
        )


class ClientConfiguration(DictMap):
    """How to reach an engine, and what is special about its host.

    :param base_url: Address of the engine; by default that of the environment variable ``DOCKER_HOST``. Of a
        swarm, that of a manager, or a list of several: the first one that answers is used.
    :param version: Version of the API; without one, or with ``'auto'``, the client finds it out.
    :param timeout: Seconds to wait for an answer; by default those of the client, for docker-py 60.
    :param features: What the client can do, where its version does not say it; also as keywords of their names.
    :param interfaces: Addresses by interface name, for published ports.
    :param interfaces_ipv6: The same for IPv6.
    :param auth_configs: Arguments for the login by registry name.
    :param orchestrator: ``swarm`` if the engine is a manager of a swarm, and this stands for the whole of it.
    :param client: An existing client object.

    As a context manager, it closes the client at the end that it has created; see :meth:`close`.

    Everything else becomes an entry, such as ``domainname``, ``stop_timeout``, ``wait_timeout``, ``max_parallel``,
    ``files_directory`` and ``tls``. A dict as only positional argument is read like keyword arguments.
    """

    init_kwargs: ClassVar[tuple[str, ...]] = ('base_url', 'version', 'timeout', 'tls')
    backend: Any = _KindOfOrchestrator()
    """Kind of client, by which the front end finds what looks at its items and changes them."""
    client_constructor: Any = _ClassOnFirstUse()
    _base_url: Any = None
    _orchestrator: str | None = None
    _version: Any = None
    _timeout: Any = None
    _client: Any = None
    _has_made_client: bool = False

    def __init__(
        self,
        base_url: Any = None,
        version: Any = None,
        timeout: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if isinstance(base_url, dict) and version is None and timeout is None and not args:
            kwargs = {**dict(base_url.items()), **kwargs}
            base_url, version, timeout = (kwargs.pop(name, None) for name in ('base_url', 'version', 'timeout'))
        self._client = kwargs.pop('client', None)
        self._orchestrator = _orchestrator(kwargs.pop('orchestrator', None))
        self._features = Features(_mapping(kwargs.pop('features', None), 'features'))
        self._features.update(_feature_keywords(kwargs))
        self._interfaces = _addresses(kwargs.pop('interfaces', None), 'interfaces')
        self._interfaces_ipv6 = _addresses(kwargs.pop('interfaces_ipv6', None), 'interfaces_ipv6')
        self._auth_configs = _mapping(kwargs.pop('auth_configs', None) or None, 'auth_configs')
        self._base_url = base_url
        self._timeout = timeout
        found = None if version_tuple(version) else getattr(self._client, 'api_version', None)
        self._set_version(found or version)
        super().__init__(*args, **kwargs)
        self.update_settings(version=self._version)
        self._link_client()

    def _set_version(self, version: Any) -> None:
        if isinstance(version, float):
            warnings.warn(
                f'version: {version!r} is a number, so that 1.2 and 1.20 look the same; write it as text, in quotes.',
                UserWarning,
                stacklevel=3,
            )
        self._version = version

    @property
    def base_url(self) -> Any:
        """Address of the engine, that of ``DOCKER_HOST`` if none is configured; an existing client is not changed."""
        return self._base_url or (address_from_environment() if self._follows_environment() else None)

    @base_url.setter
    def base_url(self, value: Any) -> None:
        self._base_url = value

    def _follows_environment(self) -> bool:
        return not self._base_url and (self._client is None or self._has_made_client)

    @property
    def orchestrator(self) -> str | None:
        """``swarm``, or ``None`` for a single engine."""
        return self._orchestrator

    @orchestrator.setter
    def orchestrator(self, value: str | None) -> None:
        self._orchestrator = _orchestrator(value)

    @property
    def version(self) -> Any:
        """Version of the API; an existing client is not changed, features that were not set explicitly are."""
        return self._version

    @version.setter
    def version(self, value: Any) -> None:
        self._set_version(value)
        self.update_settings(version=value)

    @property
    def timeout(self) -> Any:
        """Seconds to wait for an answer; also set on an existing client."""
        return self._timeout

    @timeout.setter
    def timeout(self, value: Any) -> None:
        self._timeout = value
        if self._client is not None:
            self._client.timeout = value

    @property
    def max_parallel(self) -> int | None:
        """How many operations are carried out at a time; ``None`` goes by the kind of client."""
        found: int | None = self.get('max_parallel')
        return found

    @max_parallel.setter
    def max_parallel(self, value: int | None) -> None:
        self['max_parallel'] = value

    def get_max_parallel(self, default: int | None = None) -> int:
        """How many operations are carried out at a time.

        What is not configured goes by the attribute ``max_parallel`` of the client's class. Without that it is 4 for
        ``docker.APIClient`` and its subclasses, and 1 for other clients, which need not be safe to use from several
        threads.

        :param default: Instead of what goes by the client.
        :raises ValueError: What is configured is no number above zero.
        """
        if self.max_parallel is not None:
            with located('max_parallel'):
                return check_max_parallel(self.max_parallel)
        if default is not None:
            return default
        client = self.get_client()
        declared = getattr(type(client), 'max_parallel', None)
        return (_PARALLEL_REQUESTS if is_sdk_client(client) else 1) if declared is None else int(declared)

    @property
    def features(self) -> Any:
        """What the client can do, by name of the feature; creates the client if that is needed to know its version."""
        if version_tuple(self._version) is None:
            self.get_client()
        return self._features

    def has_podman(self) -> bool:
        """Whether the engine is Podman, which speaks the same API; what cannot tell is taken for Docker."""
        found: bool | None = self.__dict__.get('_has_podman')
        if found is None:
            client = self.get_client()
            told, ask = getattr(client, 'told_version', None), getattr(client, 'version', None)
            found = podman_version(ask() if told is None and callable(ask) else told) is not None
            # Neither an entry nor a setting.
            object.__setattr__(self, '_has_podman', found)
        return found

    def get_ineffective(self) -> Ineffective:
        """Limits that the engine was asked for and did not take."""
        found: Ineffective | None = self.__dict__.get('_ineffective')
        if found is None:
            found = Ineffective()
            object.__setattr__(self, '_ineffective', found)
        return found

    @property
    def interfaces(self) -> Any:
        """Addresses by interface name."""
        return self._interfaces

    @interfaces.setter
    def interfaces(self, value: Any) -> None:
        self._interfaces = _addresses(value, 'interfaces')

    @property
    def interfaces_ipv6(self) -> Any:
        """IPv6 addresses by interface name."""
        return self._interfaces_ipv6

    @interfaces_ipv6.setter
    def interfaces_ipv6(self, value: Any) -> None:
        self._interfaces_ipv6 = _addresses(value, 'interfaces_ipv6')

    def get_address(self, interface: str, ipv6: bool = False) -> Any:
        """Address of an interface of the host, a late one resolved; an address in place of a name is itself.

        :raises ValueError: The client has no address for it, or what it has is none.
        """
        address = resolve_value(self._addresses(ipv6).get(interface))
        if not address:
            if is_address(interface):
                return without_brackets(interface)
            self._raise_unknown(interface, ipv6)
        with located('interfaces_ipv6' if ipv6 else 'interfaces', interface):
            return _address(address)

    def check_interface(self, interface: str, ipv6: bool = False) -> None:
        """Check that there is an address for an interface, or that it is one; a late one is not resolved for that.

        :raises ValueError: The client does not have the interface, or what it has is no address.
        """
        if interface not in self._addresses(ipv6):
            if not is_address(interface):
                self._raise_unknown(interface, ipv6)
            return
        address = self._addresses(ipv6)[interface]
        if address and not is_late(address):
            with located('interfaces_ipv6' if ipv6 else 'interfaces', interface):
                _address(address)

    def get_files_directory(self) -> str:
        """The directory of the host that has the secrets and configs of containers, each container in one of its own.

        :raises ValueError: It is no absolute path, or cannot be mounted in a container.
        """
        given = resolve_value(self.get('files_directory')) or FILES_DIRECTORY
        found = posixpath.normpath(str(given))
        if not found.startswith('/') or not found.strip('/') or ':' in found:
            with located('files_directory'):
                raise InputError(f'Expected an absolute path of a directory on the host, found {shown(given)}.')
        return found

    def _addresses(self, ipv6: bool) -> DictMap:
        return self._interfaces_ipv6 if ipv6 else self._interfaces

    def _raise_unknown(self, interface: str, ipv6: bool) -> NoReturn:
        source, known = 'interfaces_ipv6' if ipv6 else 'interfaces', self._addresses(ipv6).keys()
        raise InputError(
            f'The client has no address for interface {interface!r} in {source!r}'
            f'{close_match(interface, known) or "."} Known: {", ".join(sorted(known)) or "none"}.'
        )

    @property
    def auth_configs(self) -> Any:
        """Arguments for the login by registry name."""
        return self._auth_configs

    @auth_configs.setter
    def auth_configs(self, value: Any) -> None:
        self._auth_configs = value or {}

    @property
    def client(self) -> Any:
        """The client object, ``None`` if there is none yet."""
        return self._client

    @client.setter
    def client(self, value: Any) -> None:
        self._client = value
        self._set_ownership(False)
        self._link_client()

    def _set_ownership(self, has_made_client: bool) -> None:
        # Not by assignment, which would make an entry of it.
        object.__setattr__(self, '_has_made_client', has_made_client)

    def _link_client(self) -> None:
        """Let the client lead back here, where it allows that."""
        if self._client is not None:
            try:
                self._client.client_configuration = self
            except (AttributeError, TypeError):
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the client that this configuration has created, and forget it; the next use creates another one.

        A client that was given, as by :meth:`from_client`, belongs to the caller: it is kept, and stays open. What was
        found out from a client, as its version, is kept, too. Closing twice is the same as once.
        """
        client = self._client
        if client is None or not self._has_made_client:
            return
        self._client = None
        self._set_ownership(False)
        if getattr(client, 'client_configuration', None) is self:
            del client.client_configuration
        if hasattr(client, 'close'):
            client.close()

    def __repr__(self) -> str:
        given = redacted_values({name: getattr(self, f'_{name}') for name in ('base_url', 'version', 'timeout')})
        values = [f'{name}={value!r}' for name, value in given.items()]
        features = {name: value for name, value in self._features.items() if value or name in self._features.explicit()}
        return f'<{type(self).__name__}({", ".join(values)}, features={features!r}, {sorted(self.keys(), key=str)})>'

    def copy(self) -> Self:
        """An equal configuration without client."""
        new = super().copy()
        new._client = None
        new._set_ownership(False)
        new._features = self._features.copy()
        for name in ('_interfaces', '_interfaces_ipv6', '_auth_configs'):
            object.__setattr__(new, name, getattr(self, name).copy())
        return new

    def update(self, other: Any = None, /, **kwargs: Any) -> None:
        """Take over settings and entries; features are merged."""
        features, client = self._features, self._client
        if isinstance(other, ClientConfiguration):
            merged = other._features.explicit()
        else:
            other = dict(other.items()) if isinstance(other, dict) else other
            merged = _mapping(other.pop('features', None), 'features') if isinstance(other, dict) else {}
        merged.update(_mapping(kwargs.pop('features', None), 'features'))
        super().update(other, **kwargs)
        if self._client is not client:
            self._set_ownership(False)
        self._features = features
        features.update(merged)
        self.update_settings(version=self._version)

    def update_settings(self, **kwargs: Any) -> None:
        """Set features that were not set explicitly by ``version``."""
        if 'version' in kwargs:
            self._features.set_version(kwargs['version'])

    def get_init_kwargs(self) -> dict[str, Any]:
        """Arguments for creating the client: the settings named in ``init_kwargs``, and entries that exist.

        Without an address, it is that of ``DOCKER_HOST``, with what ``DOCKER_TLS_VERIFY`` and ``DOCKER_CERT_PATH`` say.
        """
        found = {}
        for name in self.init_kwargs:
            if name in self.external_properties:
                found[name] = getattr(self, name)
            elif name in self:
                found[name] = self[name]
        if 'tls' in self.init_kwargs and 'tls' not in self and found.get('base_url') and self._follows_environment():
            tls = tls_from_environment()
            return {**found, 'tls': tls} if tls else found
        return found

    def get_client(self) -> Any:
        """The client, created on first use; the version becomes that of the client.

        :raises requests.ConnectionError: The engine cannot be reached; the text has its address.
        """
        if self._client is None:
            given = self.get_init_kwargs()
            if given.get('timeout', self) is None:
                # For the SDK that would be no limit at all, in place of its default.
                del given['timeout']
            if isinstance(self.base_url, (list, tuple)):
                client = self._first_manager(given)
            else:
                with connecting(self.base_url):
                    client = self.client_constructor(**given)
                if self._orchestrator == SWARM:
                    _check_manages(client, self.base_url)
            _check_engine(client, self.base_url)
            self.client = client
            self._set_ownership(True)
            version = getattr(client, 'api_version', None)
            if version:
                self.version = version
                # What the client keeps of the settings has the version, too.
                self._link_client()
        return self._client

    def _first_manager(self, given: dict[str, Any]) -> Any:
        failure: Exception | None = None
        for address in self.base_url:
            try:
                with connecting(address):
                    client = self.client_constructor(**{**given, 'base_url': address})
                if answers(client, _MANAGER_SECONDS) and _is_manager(client):
                    return client
            except Exception as error:
                if not is_unreachable(error):
                    raise
                failure = error
        if failure is not None:
            raise failure
        raise InputError('None of these is a manager of a swarm that answers.', 'base_url')

    def check_manager(self) -> None:
        """Have the next manager of the list used, if the present one does not answer any more, or manages no more.

        What there is only one address for is not asked; it says so itself.
        """
        client = self._client
        if client is None or not isinstance(self.base_url, (list, tuple)) or not self._has_made_client:
            return
        try:
            is_usable = answers(client, _MANAGER_SECONDS) and _is_manager(client)
        except Exception as error:
            if not is_unreachable(error):
                raise
            is_usable = False
        if not is_usable:
            self.close()

    @classmethod
    def from_client(cls, client: Any) -> ClientConfiguration:
        """The configuration that a client was created with, otherwise a new one for it.

        A ``docker.DockerClient`` stands for the low-level client that it wraps.
        """
        if not hasattr(client, 'inspect_container') and hasattr(client, 'api'):
            client = client.api
        existing = getattr(client, 'client_configuration', None)
        if isinstance(existing, ClientConfiguration):
            return existing
        # The SDK's clients have a method called version.
        attributes = {name: getattr(client, name, None) for name in cls.init_kwargs}
        found = {name: value for name, value in attributes.items() if value is not None and not callable(value)}
        version = getattr(client, 'api_version', None)
        if version:
            found['version'] = version
        configuration = cls(**found)
        configuration.client = client
        return configuration


def _addresses(value: Any, name: str) -> DictMap:
    """Addresses by interface name, as they were given."""
    addresses = _mapping(value, name)
    for interface, address in addresses.items():
        if address and not is_late(address):
            with located(name, str(interface)):
                _address(address)
    return DictMap(addresses)


def _address(address: Any) -> str:
    """An IP address without brackets; engines publish on all addresses where they cannot read one."""
    if not isinstance(address, str) or not is_address(address):
        raise InputError(f"Expected an IP address such as '192.0.2.1' or 'fd00::1', found {shown(address)}.")
    return without_brackets(address)


def check_max_parallel(value: Any) -> int:
    """How many operations are carried out at a time.

    :raises ValueError: It is no number above zero.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f'Expected a number above zero, found {shown(value)}.')
    return value


def _feature_keywords(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Take features out of keyword arguments; a ``stop_timeout`` that is no truth value is a setting."""
    return {
        name: kwargs.pop(name)
        for name in FEATURE_NAMES
        if name in kwargs and (name != 'stop_timeout' or isinstance(kwargs[name], bool))
    }
