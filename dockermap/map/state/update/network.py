"""Update state of networks, and of the connections between containers and networks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .... import DEFAULT_PRESET_NETWORKS
from ....utils import engine_text
from ...input import MapConfigId, NetworkEndpoint
from .. import Difference, StateFlags
from ..base import NetworkBaseState, StateData
from ._endpoints import EndpointCheck, ExpectedEndpoint, KnownNetwork, check_endpoints, connected_networks
from ._label import label_differences, not_said
from ._links import link_target
from ._options import (
    BRIDGED,
    CONTAINER_PREFIX,
    GivenOptions,
    NetworkMode,
    driver_options,
    network_kind,
    network_or_volume_option,
)
from ._settings import section

if TYPE_CHECKING:
    from ...config.container import ContainerConfiguration
    from ...config.network import NetworkConfiguration

__all__ = ['NetworkEndpointRegistry', 'UpdateNetworkState']

_DEFAULT_MODES = (None, 'default', 'bridge')
_PODMAN_OPTIONS = {'com.docker.network.driver.mtu': 'mtu'}
"""Options of networks by the name that Podman records in place of Docker's."""


class NetworkCheck(NamedTuple):
    """Networks of a container: differences that need a new container, and what to do about the others."""

    fixed: list[Difference]
    endpoints: EndpointCheck | None

    @property
    def differences(self) -> list[Difference]:
        return [*self.fixed, *(self.endpoints.differences if self.endpoints else ())]

    @property
    def flags(self) -> int:
        """Flags that follow from the differences."""
        flags = StateFlags.MISC_MISMATCH if self.fixed else StateFlags.NONE
        if self.endpoints is not None:
            flags |= StateFlags.MISC_MISMATCH if self.endpoints.fixed else StateFlags.NONE
            flags |= StateFlags.NETWORK_DISCONNECTED if self.endpoints.disconnected else StateFlags.NONE
            flags |= StateFlags.NETWORK_MISMATCH if self.endpoints.reconnect else StateFlags.NONE
            flags |= StateFlags.NETWORK_LEFT if self.endpoints.left else StateFlags.NONE
        return flags

    @property
    def extra_data(self) -> dict[str, Any]:
        """What to do, by the keys of a state."""
        if self.endpoints is None:
            return {}
        found = self.endpoints
        keys = {'disconnected': found.disconnected, 'reconnect': found.reconnect, 'left': found.left}
        return {key: value for key, value in keys.items() if value}


class NetworkEndpointRegistry:
    """What is known of the networks on one client during one run, and the check of containers against it.

    :param nname_func: Gives the name of a network on the engine, from map and configuration.
    :param cname_func: Gives the name of a container on the engine, from map and configuration.
    :param hostname_func: Gives the alias of a link that has none.
    :param containers: Ids of containers by name.
    :param default_networks: Inspections of the networks that containers join where nothing else is said.
    """

    def __init__(
        self,
        nname_func: Callable[[str, str], str],
        cname_func: Callable[[str, str], str],
        hostname_func: Callable[[str], str],
        containers: Mapping[str, str],
        default_networks: Iterable[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]] = (),
    ) -> None:
        self._nname = nname_func
        self._cname = cname_func
        self._hostname = hostname_func
        self._containers = containers
        self._networks: dict[str, KnownNetwork] = {}
        if isinstance(default_networks, Mapping):
            default_networks = [{**detail, 'Name': name} for name, detail in default_networks.items()]
        self._default_names = [self.register_network(detail) for detail in default_networks]

    def register_network(self, detail: Mapping[str, Any]) -> str:
        """Remember what an inspection says of a network, instead of what was known under its name; that is returned."""
        name: str = detail['Name']
        containers = section(detail, 'Containers')
        self._networks[name] = KnownNetwork(
            detail.get('Id', ''),
            {container_id: endpoint.get('EndpointID') for container_id, endpoint in containers.items()},
        )
        return name

    def get_network_id(self, name: str) -> str | None:
        """Id of a registered network, by its name on the engine."""
        network = self._networks.get(name)
        return None if network is None else network.network_id

    def is_registered(self, name: str, container_id: str) -> bool:
        """Whether a registered network knows a container as connected."""
        network = self._networks.get(name)
        return network is not None and container_id in network.endpoints

    def expected(
        self, config_id: MapConfigId, config: ContainerConfiguration, options: GivenOptions
    ) -> list[ExpectedEndpoint]:
        """The networks that a container should be connected to."""
        expected = list(self._expected(config_id, config, options))
        address = options.created('mac_address')
        if expected and address and not expected[0].endpoint.mac_address:
            endpoint = expected[0].endpoint._replace(mac_address=address)
            expected[0] = expected[0]._replace(endpoint=endpoint, has_own_mac=True)
        return expected

    def check_container_config(
        self, config_id: MapConfigId, config: ContainerConfiguration, detail: Mapping[str, Any]
    ) -> tuple[StateFlags, dict[str, Any]]:
        """Flags and data for the networks of an inspected container."""
        options = GivenOptions(config)
        expected = self.expected(config_id, config, options)
        checked = self.check_container(config_id, options.network_mode, expected, detail)
        return StateFlags(checked.flags), checked.extra_data

    def check_container(
        self,
        config_id: MapConfigId,
        mode: NetworkMode,
        expected: Sequence[ExpectedEndpoint],
        detail: Mapping[str, Any],
        is_done: bool = False,
        foreign: Collection[str] = (),
    ) -> NetworkCheck:
        """Compare network mode and connections. Another kind of mode, or another stack, needs a new container.

        :param is_done: It has done its work, so that what it has used may be another one by now.
        :param foreign: Names on the engine of networks of others, which it may be connected to.
        """
        found_mode = section(detail, 'HostConfig').get('NetworkMode')
        if is_done and network_kind(mode) == network_kind(found_mode) == 'container':
            return NetworkCheck([], None)
        differences = mode_differences(config_id, mode, detail, self._cname, self._containers)
        if differences or network_kind(mode) != BRIDGED:
            return NetworkCheck(differences, None)
        status = detail.get('State') or {}
        running = bool(status.get('Running')) and not status.get('Restarting')
        known = {} if is_done else self._networks
        return NetworkCheck([], check_endpoints(config_id, expected, detail, running, known, foreign))

    def _expected(
        self, config_id: MapConfigId, config: ContainerConfiguration, options: GivenOptions
    ) -> Iterator[ExpectedEndpoint]:
        mode = options.network_mode
        if network_kind(mode) != BRIDGED:
            return
        given = section(options.created('networking_config') or {}, 'EndpointsConfig')
        for name, settings in given.items():
            yield _given_endpoint(name, settings or {})
        # What is passed on as an argument takes the place of the network that is joined at creation.
        for endpoint in _linked(config)[1 if given else 0 :]:
            name = self._nname(config_id.map_name, engine_text(endpoint.network_name))
            links = [link_target(config_id, link, self._cname, self._hostname) for link in endpoint.links]
            yield ExpectedEndpoint(name, endpoint, links)
        if config.networks or given:
            return
        if mode not in _DEFAULT_MODES:
            yield ExpectedEndpoint(str(mode), NetworkEndpoint(str(mode)), (), True)
            return
        for name in self._default_names:
            yield ExpectedEndpoint(name, NetworkEndpoint(name), ())


def _linked(config: ContainerConfiguration) -> list[NetworkEndpoint]:
    """Configured networks; the first has the container's links as well, as engines know those of endpoints alone."""
    networks = list(config.networks)
    if networks and config.links and networks[0].network_name not in DEFAULT_PRESET_NETWORKS:
        links = networks[0].links
        networks[0] = networks[0]._replace(links=[*links, *(link for link in config.links if link not in links)])
    return networks


def _given_endpoint(name: str, settings: Mapping[str, Any]) -> ExpectedEndpoint:
    """A network that is to be joined as the SDK's arguments say."""
    fixed = section(settings, 'IPAMConfig')
    endpoint = NetworkEndpoint(
        name,
        settings.get('Aliases'),
        None,
        fixed.get('IPv4Address'),
        fixed.get('IPv6Address'),
        fixed.get('LinkLocalIPs'),
        settings.get('MacAddress'),
    )
    pairs = [engine_text(link).partition(':') for link in settings.get('Links') or ()]
    return ExpectedEndpoint(name, endpoint, [(container, alias) for container, _, alias in pairs], True)


def mode_differences(
    item: MapConfigId,
    mode: NetworkMode,
    detail: Mapping[str, Any],
    cname: Callable[..., str],
    containers: Mapping[str, str],
) -> list[Difference]:
    """Difference in the kind of network mode, or in the container whose network stack is shared."""
    found = _found_mode(detail)
    shared = network_kind(mode) == 'container'
    if _is_same_kind(mode, found) and (not shared or _is_same_stack(item, mode, found, cname, containers)):
        return []
    return [Difference(item, 'network_mode', _mode_text(item, mode, cname), found)]


def legacy_mode_differences(
    item: MapConfigId,
    mode: NetworkMode,
    detail: Mapping[str, Any],
    cname: Callable[..., str],
    containers: Mapping[str, str],
) -> list[Difference]:
    """Difference in network mode where clients know no networks.

    Old engines refer to other containers by name, current ones by id.
    """
    disabled = bool(section(detail, 'Config').get('NetworkDisabled'))
    found = section(detail, 'HostConfig').get('NetworkMode') or 'default'
    wanted = _mode_text(item, mode, cname)
    if network_kind(mode) == 'container' and _is_same_stack(item, mode, found, cname, containers):
        return []
    if (wanted == 'none') == disabled and (wanted == found or (disabled and found == 'default')):
        return []
    return [Difference(item, 'network_mode', wanted, 'none' if disabled else found)]


def network_differences(item: MapConfigId, wanted: NetworkConfiguration, found: Mapping[str, Any]) -> list[Difference]:
    """Differences of driver, access to the outside, and configured driver options; other options do not count."""
    rules = [
        ('driver', engine_text(network_or_volume_option(wanted, 'driver')), found.get('Driver')),
        ('internal', bool(network_or_volume_option(wanted, 'internal')), bool(found.get('Internal'))),
    ]
    options = found.get('Options') or {}
    rules.extend(
        (f'driver_options.{name}', engine_text(value), options.get(name, options.get(_PODMAN_OPTIONS.get(name, name))))
        for name, value in driver_options(wanted, 'options').items()
    )
    return [Difference(item, *rule) for rule in rules if rule[1] != rule[2]]


class UpdateNetworkState(NetworkBaseState):
    """A network, compared with its configuration."""

    endpoint_registry: NetworkEndpointRegistry | None = None

    def inspect(self) -> None:
        super().inspect()
        if self.detail and self.endpoint_registry is not None:
            self.endpoint_registry.register_network({'Name': self.network_name, **self.detail})

    def get_state(self) -> StateData:
        base_state, flags, extra_data = super().get_state()
        if not self.detail or flags & StateFlags.NEEDS_RESET or self.policy.is_external(self.config_id):
            return base_state, flags, extra_data
        found = network_differences(self.config_id, self.config, self.detail)
        live = [difference for difference in found if not self._is_hidden(difference)]
        flags |= self.differs(StateFlags.MISC_MISMATCH, *live, *not_said(label_differences(self), live))
        return base_state, StateFlags(flags), extra_data

    def _is_hidden(self, difference: Difference) -> bool:
        """Whether it is an option that the engine does not show: Podman shows none but those that it has names for."""
        section_name, _, name = difference.property.partition('.')
        is_hidden = section_name == 'driver_options' and difference.found is None and name not in _PODMAN_OPTIONS
        return is_hidden and self.client_config.has_podman()


def _found_mode(detail: Mapping[str, Any]) -> str | None:
    """Network mode of an inspected container; ``None`` if the inspection does not tell."""
    if section(detail, 'Config').get('NetworkDisabled'):
        return 'none'
    mode: str | None = section(detail, 'HostConfig').get('NetworkMode')
    connected = list(connected_networks(detail))
    if not mode and connected:
        return connected[0] if connected in (['host'], ['none']) else 'default'
    return mode


def _is_same_kind(wanted: NetworkMode, found: str | None) -> bool:
    kind = network_kind(wanted)
    return kind in (BRIDGED, 'none') if found is None else kind == network_kind(found)


def _is_same_stack(
    item: MapConfigId, wanted: NetworkMode, found: str | None, cname: Callable[..., str], containers: Mapping[str, str]
) -> bool:
    """Whether a mode refers to the container whose network stack is in use; engines remember its id."""
    name = _mode_text(item, wanted, cname).removeprefix(CONTAINER_PREFIX)
    target = (found or '').removeprefix(CONTAINER_PREFIX)
    if name in containers:
        return target in (name, containers[name])
    return target.startswith(name)


def _mode_text(item: MapConfigId, mode: NetworkMode, cname: Callable[..., str]) -> str:
    if isinstance(mode, tuple):
        return CONTAINER_PREFIX + cname(item.map_name, *mode)
    return mode or 'default'
