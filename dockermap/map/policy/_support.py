"""What engines cannot do; said before anything is changed, as they leave out what they do not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ...docker_api import is_unreachable, start_interval
from ...exceptions import UnsupportedError, located
from ...functional import is_late
from ...utils import version_tuple
from ..config.client import ENGINE
from ..config.container import ContainerConfiguration
from ..config.network import NetworkConfiguration
from ..input import HealthCheck

if TYPE_CHECKING:
    from ..config.client import ClientConfiguration
    from ..input import MapConfigId
    from .base import BasePolicy

ENDPOINT_MAC_VERSION = '1.44'
"""From this API version on, engines take a MAC address for each network."""

_DEFAULT_NETWORKS = ('bridge', 'podman')

_FILES = ('secrets', 'configs')
_OPTIONS = ('create_options', 'host_config')
_DEVICE_RATES = ('device_read_bps', 'device_read_iops', 'device_write_bps', 'device_write_iops')

_START_INTERVAL = 'An interval of checks during the start'
_MAC_ADDRESS = 'A MAC address in another network than the default one'

_NO_LINKS = (
    "has no links. Put both containers into a network, where the other one has an alias, and name it in 'depends_on'."
)
_NO_START_INTERVAL = 'has no interval of checks during the start.'
_NO_LINK_LOCAL = 'ignores link-local addresses.'
_NO_SWITCH = "ignores 'network_disabled'. Set 'network_mode' to 'none'."

Place = tuple[str | int, ...]


class Need(NamedTuple):
    """A setting that not all engines have.

    :param what: What people call it.
    :param place: Where it is, below the configuration.
    :param since: The API version that it came with.
    """

    what: str
    place: Place
    since: str


def check_support(policy: BasePolicy, config_id: MapConfigId, config: Any) -> None:
    """Refuse what the engine of a client does not have.

    :raises dockermap.exceptions.UnsupportedError: There is such a setting; the text starts with its place.
    """
    _check_podman(policy, config_id, config)
    _check_files(policy, config_id, config)
    _check_device_rates(policy, config_id, config)
    needs = list(_needs(config))
    for client_name in policy.get_client_names(config_id) if needs else ():
        client_config = policy.clients.get(client_name)
        version = version_tuple(_version(client_config)) if client_config is not None else None
        for need in needs if version is not None else ():
            if version is not None and version < (version_tuple(need.since) or ()):
                with located(*need.place):
                    raise UnsupportedError(
                        f'{need.what} needs version {need.since} of the API, or a later one; the engine of client '
                        f'{client_name!r} speaks {".".join(map(str, version))}.'
                    )


def _check_podman(policy: BasePolicy, config_id: MapConfigId, config: Any) -> None:
    """What Podman does not have."""
    lacking = list(_lacking_on_podman(config)) if isinstance(config, ContainerConfiguration) else []
    for client_name in policy.get_client_names(config_id) if lacking else ():
        client_config = policy.clients.get(client_name)
        if client_config is None or client_config.backend != ENGINE:
            continue
        if _unless_unreachable(client_config.has_podman):
            place, reason = lacking[0]
            with located(*place):
                raise UnsupportedError(f'The engine of client {client_name!r} is Podman, which {reason}')


def _check_files(policy: BasePolicy, config_id: MapConfigId, config: Any) -> None:
    """Files come to the host of an engine through its client."""
    places = [name for name in _FILES if getattr(config, name, None)]
    for client_name in policy.get_client_names(config_id) if places else ():
        client_config = policy.clients.get(client_name)
        if client_config is None or client_config.backend != ENGINE:
            continue
        client_config.get_files_directory()
        client = _client(client_config)
        can_copy = callable(getattr(client, 'put_archive', None)) and getattr(client, 'takes_archives', True)
        if client is not None and not can_copy:
            with located(places[0]):
                raise UnsupportedError(
                    f'Client {client_name!r} cannot copy files to its engine, as put_archive does. '
                    "Mount files of the host there, with 'binds'."
                )


def _check_device_rates(policy: BasePolicy, config_id: MapConfigId, config: Any) -> None:
    """Some releases of the ``docker`` command lose them."""
    if not isinstance(config, ContainerConfiguration):
        return
    options = {place: getattr(config, place) for place in ('host_config', 'create_options')}
    places = ((place, name) for place in options if isinstance(options[place], Mapping) for name in _DEVICE_RATES)
    given = next(((place, name) for place, name in places if options[place].get(name)), None)
    for client_name in policy.get_client_names(config_id) if given else ():
        client_config = policy.clients.get(client_name)
        if given is not None and client_config is not None and _loses_device_rates(client_config):
            with located(*given):
                raise UnsupportedError(
                    f'The docker command of client {client_name!r} leaves out limits of devices. '
                    'Releases from 27.1.2 on do not, nor does the API.'
                )


def _loses_device_rates(client_config: ClientConfiguration) -> bool:
    return bool(_unless_unreachable(lambda: getattr(client_config.get_client(), 'loses_device_rates', False)))


def _lacking_on_podman(config: ContainerConfiguration) -> Iterator[tuple[Place, str]]:
    yield from ((place, _NO_LINKS) for place in _link_places(config))
    yield from ((need.place, _NO_START_INTERVAL) for need in _check_needs(config))
    for index, endpoint in enumerate(config.networks):
        if endpoint.link_local_ips:
            yield ('networks', index, 'link_local_ips'), _NO_LINK_LOCAL
    if 'none' not in (config.network_mode, _given(config, 'host_config', 'network_mode')):
        yield from ((place, _NO_SWITCH) for place in _option_places(config, 'network_disabled'))


def _link_places(config: ContainerConfiguration) -> Iterator[Place]:
    if config.links:
        yield ('links',)
    for index, endpoint in enumerate(config.networks):
        if endpoint.links:
            yield 'networks', index, 'links'
    yield from _option_places(config, 'links')


def _option_places(config: ContainerConfiguration, name: str) -> Iterator[Place]:
    """Where an argument is handed on that is set."""
    return ((place, name) for place in _OPTIONS if _given(config, place, name))


def _version(client_config: ClientConfiguration) -> object:
    if version_tuple(client_config.version) is None:
        _client(client_config)
    return client_config.version


def _client(client_config: ClientConfiguration) -> object:
    """The client; ``None`` if it cannot be had, as its engine is not reached."""
    return _unless_unreachable(client_config.get_client)


def _unless_unreachable(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except Exception as error:
        if not is_unreachable(error):
            raise
        return None


def _needs(config: Any) -> Iterator[Need]:
    if isinstance(config, ContainerConfiguration):
        yield from _mac_needs(config)
        yield from _gateway_needs(config)
        yield from _check_needs(config)
        yield from _host_needs(config)
        yield from (Need('A file of a container', (name,), '1.30') for name in _FILES if getattr(config, name))
    elif isinstance(config, NetworkConfiguration) and _given(config, 'create_options', 'enable_ipv4') is False:
        yield Need('A network without IPv4', ('create_options', 'enable_ipv4'), '1.48')


def _given(config: Any, place: str, name: str) -> Any:
    """An argument that is handed on; ``None`` where it is not known before it is used."""
    options = getattr(config, place)
    value = options.get(name) if isinstance(options, Mapping) else None
    return None if is_late(value) else value


def _gateway_needs(config: ContainerConfiguration) -> Iterator[Need]:
    for index, endpoint in enumerate(config.networks):
        if endpoint.gw_priority is not None:
            yield Need('A priority of the gateway', ('networks', index, 'gw_priority'), '1.48')


def _check_needs(config: ContainerConfiguration) -> Iterator[Need]:
    check = config.healthcheck
    if isinstance(check, HealthCheck) and check.start_interval:
        yield Need(_START_INTERVAL, ('healthcheck', 'start_interval'), '1.44')
    if start_interval(_given(config, 'create_options', 'healthcheck')):
        yield Need(_START_INTERVAL, ('create_options', 'healthcheck'), '1.44')


def _host_needs(config: ContainerConfiguration) -> Iterator[Need]:
    for place in ('host_config', 'create_options'):
        if _given(config, place, 'annotations'):
            yield Need('annotations', (place, 'annotations'), '1.43')
        mounts = _given(config, place, 'mounts')
        for index, mount in enumerate(mounts if isinstance(mounts, (list, tuple)) else ()):
            if isinstance(mount, Mapping):
                yield from _mount_needs(mount, (place, 'mounts', index))


def _mount_needs(mount: Mapping[str, Any], place: Place) -> Iterator[Need]:
    if (mount.get('type') or mount.get('Type')) == 'image':
        yield Need('A mount of an image', place, '1.48')
    bind = mount.get('bind') or mount.get('bind_options') or mount.get('BindOptions')
    if isinstance(bind, Mapping) and (bind.get('create_host_path') or bind.get('CreateMountpoint')):
        yield Need('Creating the path on the host', place, '1.42')
    for options in (mount.get(name) for name in ('volume', 'volume_options', 'VolumeOptions')):
        if isinstance(options, Mapping) and (options.get('subpath') or options.get('Subpath')):
            yield Need('A part of a volume', place, '1.45')


def _mac_needs(config: ContainerConfiguration) -> Iterator[Need]:
    """Without addresses for each network, only the default one heeds that of the container."""
    for index, endpoint in enumerate(config.networks):
        is_default = index == 0 and endpoint.network_name in _DEFAULT_NETWORKS
        if endpoint.mac_address is not None and not is_default:
            yield Need(_MAC_ADDRESS, ('networks', index, 'mac_address'), ENDPOINT_MAC_VERSION)
    options = config.create_options
    address = options.get('mac_address') if isinstance(options, Mapping) else None
    if address and config.networks and config.networks[0].network_name not in _DEFAULT_NETWORKS:
        yield Need(_MAC_ADDRESS, ('create_options', 'mac_address'), ENDPOINT_MAC_VERSION)
