"""Keyword arguments of client calls, built from configurations. Nothing here calls a client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ... import docker_api
from ...exceptions import located
from ...functional import resolve_deep, resolve_value
from ...utils import format_image_tag
from .._kinds import kind_of
from ..config.client import USE_HC_MERGE
from ..input import HealthCheck, NotSet
from ..policy.options import option_values, sort_arguments
from ..policy.utils import extract_user, init_options, user_and_group
from . import ActionConfig, Kwargs, cleaned
from .files import file_mounts
from .host_config import api_version, host_config_object
from .lists import (
    get_host_binds,
    get_port_bindings,
    get_volumes,
    get_volumes_from,
    resolve_words,
    split_instance,
    update_kwargs,
)
from .preparation import VolumePreparation
from .settings import container_settings, features_of

if TYPE_CHECKING:
    from .settings import ContainerSettings, Endpoint, Link, NetworkSettings, Options, VolumeSettings

_CONTAINER_PREFIX = 'container:'
_NETWORKING_CONFIG_VERSION = '1.22'
_SEVERAL_NETWORKS_VERSION = '1.44'


class RequestBuilder(VolumePreparation):
    """Builds the keyword arguments of calls. Results have exactly the documented keys, also where values are empty.

    Override these to change what is asked for; ``finalize_create_kwargs`` adapts it to engine and SDK.
    """

    def get_container_create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for creating a container."""
        cleaned(container_settings(action))
        features = features_of(action)
        given = dict(kwargs or {})
        host_given = given.pop('host_config', None)
        create = self._basic_create_kwargs(action, name)
        create.update(self._optional_create_kwargs(action))
        weaker: dict[str, object] = {}
        if features['host_config']:
            host = self.get_container_host_config_kwargs(action, None, kwargs=host_given)
            if features['host_config'] == USE_HC_MERGE:
                create.update(host)
            else:
                weaker, host = sort_arguments(host)
                create['host_config'] = host_config_object(action, host)
        update_kwargs(create, weaker, given_options(action, 'create_options'), given)
        return create

    def _basic_create_kwargs(self, action: ActionConfig, name: str) -> dict[str, object]:
        config, container_map = container_settings(action), action.container_map
        paths = self._policy.default_volume_paths.get(action.config_id.map_name, {})
        attached = self._policy.volume_owners.get(action.config_id.map_name, {})
        image = container_map.get_image(config.image or action.config_id.config_name)
        create: dict[str, object] = {
            'name': name,
            'image': format_image_tag(image),
            'volumes': get_volumes(container_map, config, paths, bool(features_of(action)['volumes']), attached),
            'user': user_and_group(config.user),
        }
        if shares_network(config):
            return {**create, 'ports': []}
        ports = map(resolve_value, [binding.exposed_port for binding in config.exposes])
        create['ports'] = [*filter(None, ports)]
        create['domainname'] = _domain(action) or None
        if container_map.set_hostname is NotSet or container_map.set_hostname:
            create['hostname'] = self._policy.get_hostname(name, action.client_name)
        return create

    def _optional_create_kwargs(self, action: ActionConfig) -> dict[str, object]:
        config, features = container_settings(action), features_of(action)
        create: dict[str, object] = {}
        if config.network_mode == 'none':
            create['network_disabled'] = True
        elif config.networks and joins_network_at_creation(action):
            create['networking_config'] = self._networking_config(action, endpoints_at_creation(action))
        for name, setting in (('stop_signal', config.stop_signal), ('stop_timeout', config.stop_timeout)):
            value: object = resolve_value(setting)
            if features[name] and value is not None and value is not NotSet:
                create[name] = value
        healthcheck: object = resolve_value(config.healthcheck)
        if features['healthcheck'] and healthcheck:
            create['healthcheck'] = _healthcheck(healthcheck)
        return create

    def _networking_config(self, action: ActionConfig, endpoints: Iterable[Endpoint]) -> dict[str, Any]:
        configs: Any = {}
        for endpoint in endpoints:
            network_name = self._policy.network_name(action.config_id.map_name, endpoint.network_name)
            endpoint_kwargs = self.get_network_create_endpoint_kwargs(action, endpoint)
            configs[network_name] = docker_api.endpoint_config(api_version(action), **endpoint_kwargs)
        return docker_api.NetworkingConfig(configs)

    def get_container_host_config_kwargs(
        self, action: ActionConfig, name: str | None, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for the host configuration, or for clients without it, for starting a container."""
        config, features, container_map = cleaned(container_settings(action)), features_of(action), action.container_map
        config_name, instance = action.config_id.config_name, action.config_id.instance_name
        is_shared, has_volumes = shares_network(config), bool(features['volumes'])
        host: dict[str, object] = {
            'links': [] if is_shared else self._links(action, config.links),
            'binds': get_host_binds(container_map, config_name, config, instance, self._policy, has_volumes),
            'volumes_from': get_volumes_from(container_map, config_name, config, self._policy, not has_volumes),
            'port_bindings': {} if is_shared else get_port_bindings(config, action.client_config),
        }
        mode = config.network_mode
        if isinstance(mode, tuple):
            host['network_mode'] = f'{_CONTAINER_PREFIX}{self._policy.container_name(action.config_id.map_name, *mode)}'
        elif mode:
            host['network_mode'] = mode
        if name:
            host['container'] = name
        mounts = file_mounts(action)
        if mounts:
            host['mounts'] = mounts
        update_kwargs(host, given_options(action, 'host_config'), kwargs)
        return host

    def _links(self, action: ActionConfig, links: Iterable[Link]) -> list[tuple[str, str]]:
        map_name = action.config_id.map_name
        return [
            (
                self._policy.container_name(map_name, *split_instance(link.container)),
                link.alias or self._policy.get_hostname(link.container),
            )
            for link in links
        ]

    def get_attached_container_create_kwargs(
        self, action: ActionConfig, name: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for creating the container that stands in for a volume, on engines without named volumes."""
        given = dict(kwargs or {})
        host_given = given.pop('host_config', None)
        create: dict[str, object] = {
            'name': name,
            'image': self._policy.base_image,
            'volumes': [self.attached_path(action, str(action.config_id.instance_name))],
            'user': extract_user(container_settings(action).user),
            'network_disabled': True,
        }
        host = self.get_attached_container_host_config_kwargs(action, None, kwargs=host_given)
        self._add_host_config(action, create, host)
        update_kwargs(create, given)
        return create

    def get_attached_container_host_config_kwargs(
        self, action: ActionConfig, name: str | None, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments of the host configuration of the container that stands in for a volume."""
        host: dict[str, object] = {'container': name} if name else {}
        update_kwargs(host, kwargs)
        return host

    def get_container_update_kwargs(
        self, action: ActionConfig, name: str, update_values: Mapping[str, Any], kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for changing limits of an existing container."""
        return _with({'container': name}, update_values, kwargs)

    def get_container_wait_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for waiting until a container ends."""
        return _with(_with_wait_timeout(action, {'container': name}), kwargs)

    def get_container_remove_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for removing a container."""
        return _with({'container': name}, kwargs)

    def get_container_kill_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for sending a signal to a container."""
        return _with({'container': name}, kwargs)

    def get_container_restart_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for restarting a container."""
        return _with(_with_stop_timeout(action, {'container': name}), kwargs)

    def get_container_stop_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for stopping a container."""
        return _with(_with_stop_timeout(action, {'container': name}), kwargs)

    def get_network_create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for creating a network."""
        config: NetworkSettings = action.config
        create: dict[str, object] = {
            'name': name,
            'driver': config.driver,
            'options': _driver_options(config.driver_options),
        }
        if config.internal:
            create['internal'] = True
        update_kwargs(create, given_options(action, 'create_options'), kwargs)
        return create

    def get_network_remove_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for removing a network."""
        return _with({'net_id': name}, kwargs)

    def get_network_create_endpoint_kwargs(
        self, action: ActionConfig, endpoint_config: Any, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for how a container takes part in a network."""
        endpoint: Endpoint = endpoint_config
        create: dict[str, object] = {
            'ipv4_address': resolve_value(endpoint.ipv4_address),
            'ipv6_address': resolve_value(endpoint.ipv6_address),
        }
        if endpoint.aliases:
            create['aliases'] = list(map(resolve_value, endpoint.aliases))
        if endpoint.links:
            create['links'] = self._links(action, endpoint.links)
        if endpoint.link_local_ips:
            create['link_local_ips'] = list(map(resolve_value, endpoint.link_local_ips))
        for name, setting in (('mac_address', endpoint.mac_address), ('gw_priority', endpoint.gw_priority)):
            value: object = resolve_value(setting)
            if value is not None:
                create[name] = value
        update_kwargs(create, kwargs)
        return create

    def get_network_connect_kwargs(
        self,
        action: ActionConfig,
        network_name: str,
        container_name: str,
        endpoint_config: Any = None,
        kwargs: Kwargs = None,
    ) -> dict[str, Any]:
        """Arguments for connecting a container to a network."""
        connect: dict[str, object] = {'container': container_name, 'net_id': network_name}
        if endpoint_config:
            connect.update(self.get_network_create_endpoint_kwargs(action, endpoint_config))
        return _with(connect, kwargs)

    def get_network_disconnect_kwargs(
        self, action: ActionConfig, network_name: str, container_name: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for disconnecting a container from a network."""
        return _with({'container': container_name, 'net_id': network_name}, kwargs)

    def get_volume_create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for creating a volume. Without an entry in ``volumes`` of the map, it is all left to the engine."""
        create: dict[str, object] = {'name': name}
        config: VolumeSettings | None = action.config
        if config:
            create['driver'] = resolve_value(config.driver)
            options = _driver_options(config.driver_options)
            if options:
                create['driver_opts'] = options
            update_kwargs(create, given_options(action, 'create_options'))
        return _with(create, kwargs)

    def get_volume_remove_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for removing a volume."""
        return _with({'name': name}, kwargs)

    def get_exec_create_kwargs(
        self, action: ActionConfig, container_name: str, exec_cmd: Any, exec_user: Any, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for setting up a command in a running container."""
        create: dict[str, object] = {'container': container_name, 'cmd': resolve_words(exec_cmd)}
        user: object = resolve_value(exec_user)
        own_user = container_settings(action).user
        if user is not None:
            create['user'] = str(user)
        elif own_user is not NotSet:
            create['user'] = user_and_group(own_user)
        return _with(create, kwargs)

    def get_exec_start_kwargs(
        self, action: ActionConfig, container_name: str, exec_id: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for starting a command that was set up."""
        return _with({'exec_id': exec_id}, kwargs)


def given_options(action: ActionConfig, place: str) -> dict[str, Any]:
    """Arguments that a configuration hands on, in the forms that the call takes.

    :raises ValueError: A value is none of its argument.
    """
    kind = kind_of(action.config_id)
    with located(action.config_id.map_name), located(*kind.place(action.config_id)), located(place):
        return option_values(getattr(action.config, place), kind.options)


def shares_network(config: ContainerSettings) -> bool:
    """Whether a container uses the network of another one."""
    mode = config.network_mode
    return isinstance(mode, tuple) or (isinstance(mode, str) and mode.startswith(_CONTAINER_PREFIX))


def joins_network_at_creation(action: ActionConfig) -> bool:
    """Whether the client can say the first network when it creates a container; older APIs connect all afterwards."""
    return bool(features_of(action)['networks']) and docker_api.version_gte(
        api_version(action), _NETWORKING_CONFIG_VERSION
    )


def endpoints_at_creation(action: ActionConfig) -> list[Endpoint]:
    """Networks that a container joins when it is created.

    That is the first one; others have the MAC address, or the priority of their gateway, only if they are joined then.
    """
    if not joins_network_at_creation(action):
        return []
    networks = list(container_settings(action).networks)
    if not docker_api.version_gte(api_version(action), _SEVERAL_NETWORKS_VERSION):
        return networks[:1]
    return [
        endpoint
        for number, endpoint in enumerate(networks)
        if number == 0 or endpoint.mac_address is not None or endpoint.gw_priority is not None
    ]


def _with(kwargs: dict[str, object], *updates: Mapping[str, object] | None) -> dict[str, object]:
    update_kwargs(kwargs, *updates)
    return kwargs


def _domain(action: ActionConfig) -> object:
    if 'domainname' in action.client_config:
        return _client_setting(action, 'domainname')
    domain: object = resolve_value(action.container_map.default_domain)
    return domain


def _client_setting(action: ActionConfig, name: str) -> object:
    setting: object = resolve_value(action.client_config.get(name))
    return setting


def _with_wait_timeout(action: ActionConfig, kwargs: dict[str, object]) -> dict[str, object]:
    timeout = _client_setting(action, 'wait_timeout')
    return kwargs if timeout is None else {**kwargs, 'timeout': timeout}


def _with_stop_timeout(action: ActionConfig, kwargs: dict[str, object]) -> dict[str, object]:
    timeout: object = resolve_value(container_settings(action).stop_timeout)
    if timeout is NotSet:
        timeout = _client_setting(action, 'stop_timeout')
    return kwargs if timeout is None else {**kwargs, 'timeout': timeout}


def _driver_options(options: Options) -> dict[str, object]:
    return {key: resolve_value(value) for key, value in init_options(options).items()}


def _healthcheck(healthcheck: object) -> dict[str, object]:
    # Once it is resolved, what was late is converted like any other input.
    check: dict[str, object] = HealthCheck(*resolve_deep(healthcheck, max_depth=2))._asdict()
    if check['test'] is None:
        check['test'] = ['NONE']
    return check
