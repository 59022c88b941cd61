"""The last step before a creating call: what engine and SDK need beyond what the builders say, and the label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ... import DEFAULT_PRESET_NETWORKS
from ...utils import engine_text
from .._kinds import kind_of
from ..config.client import USE_HC_MERGE
from ..input import ItemType, MapConfigId
from ..policy import PolicyUtil
from ..policy.label import LABEL, format_label, salt_for
from ..policy.options import sort_arguments
from ..policy.ownership import NAME_LABEL, ownership_labels, takes_labels
from . import ActionConfig, Kwargs, action_config
from .arguments import with_call_arguments
from .host_config import host_config_object, texts
from .lists import split_instance, update_kwargs, volume_owner
from .mac_addresses import endpoint_arguments, with_mac_addresses
from .payload import label_dict, sent_arguments
from .settings import container_settings, features_of


class CreateCalls(PolicyUtil):
    """Adapts arguments of creating calls, and describes them; the arguments themselves come from subclasses."""

    def get_container_create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for creating a container."""
        raise NotImplementedError

    def get_network_create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for creating a network."""
        raise NotImplementedError

    def get_volume_create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for creating a volume."""
        raise NotImplementedError

    def get_attached_container_create_kwargs(
        self, action: ActionConfig, name: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for creating the container that stands in for a volume."""
        raise NotImplementedError

    def finalize_create_kwargs(self, action: ActionConfig, name: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of a creating call as engine and SDK need them; all methods that create anything use this.

        Arguments are sorted between container and host configuration, ports get their protocol, values become texts
        where engines expect them, and what does not go with another container's network is left out. Labels are
        added: whose the item is, and what it was created from, unless it is a container that helps with one.
        """
        return self._labelled(action, self._adapted(action, kwargs))

    def get_create_arguments(self, client_name: str, config_id: MapConfigId, kwargs: Kwargs = None) -> dict[str, Any]:
        """What an item would be created with now, as the label knows it.

        :param kwargs: Arguments of a call, in the configuration's or the SDK's words.
        :return: By name of the argument, its value as it is sent to the engine.
        """
        action = action_config(self._policy, client_name, config_id)
        return self._label_arguments(action, self._final_kwargs(action, self._policy.item_name(config_id), kwargs))

    def create_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments of the call that creates an item."""
        # An override of the last step may have changed what the label speaks of.
        return self._labelled(action, self._final_kwargs(action, name, kwargs))

    def _final_kwargs(self, action: ActionConfig, name: str, kwargs: Kwargs) -> dict[str, Any]:
        """The same, where the label may be missing or be that of other arguments."""
        builder: Callable[..., dict[str, Any]]
        config_type = action.config_id.config_type
        if config_type == ItemType.CONTAINER:
            action, kwargs = with_call_arguments(action, kwargs)
            builder = self.get_container_create_kwargs
        elif config_type == ItemType.NETWORK:
            builder = self.get_network_create_kwargs
        elif features_of(action)['volumes']:
            builder = self.get_volume_create_kwargs
        else:
            builder = self.get_attached_container_create_kwargs
        built = builder(action, name, kwargs=kwargs)
        if type(self).finalize_create_kwargs is CreateCalls.finalize_create_kwargs:
            return self._adapted(action, built)
        return self.finalize_create_kwargs(action, name, built)

    def _adapted(self, action: ActionConfig, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        final = _with_texts(kwargs)
        if _is_container(final):
            final = _container_kwargs(action, final)
        if action.config_id.config_type == ItemType.CONTAINER:
            final = self._with_endpoint_links(action, final)
        return final

    def _with_endpoint_links(self, action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Links of the endpoint, in place of those to a certain container; only the default network has those.

        An engine that gets both does not start a container any more whose linked container has been replaced.
        """
        if action.config_id.config_type != ItemType.CONTAINER:
            return kwargs
        config = container_settings(action)
        endpoints = (kwargs.get('networking_config') or {}).get('EndpointsConfig') or {}
        networks = config.networks
        name = self._policy.network_name(action.config_id.map_name, networks[0].network_name) if networks else None
        if not config.links or name not in endpoints or name in DEFAULT_PRESET_NETWORKS:
            return kwargs
        endpoint = dict(endpoints[name] or {})
        links = [
            f'{self._policy.container_name(action.config_id.map_name, *split_instance(link.container))}:'
            f'{link.alias or self._policy.get_hostname(link.container)}'
            for link in config.links
        ]
        merged = [*(endpoint.get('Links') or ()), *links]
        endpoint['Links'] = list(dict.fromkeys(merged))
        host = kwargs.get('host_config')
        if isinstance(host, Mapping) and host.get('Links'):
            kwargs = {**kwargs, 'host_config': {**host, 'Links': []}}
        return {**kwargs, 'networking_config': {'EndpointsConfig': {**endpoints, name: endpoint}}}

    def _labelled(self, action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
        if not takes_labels(action.client_config.version):
            return self._sendable(action, kwargs)
        by_parent = action.container_map.use_attached_parent_name
        labels = {
            **(label_dict(kwargs.get('labels')) or {}),
            **ownership_labels(action.config_id, by_parent, action.purpose),
        }
        literal = self._literal_name(action)
        if literal:
            labels[NAME_LABEL] = literal
        if not _is_helper(kwargs):
            arguments = self._label_arguments(action, kwargs)
            salt = salt_for(action.client_name, action.config_id, arguments)
            labels[LABEL] = format_label(arguments, kind_of(action.config_id).options, salt)
        return self._sendable(action, {**kwargs, 'labels': labels})

    def _sendable(self, action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
        """What depends on the engine's version, and so is no part of the label."""
        if action.config_id.config_type == ItemType.CONTAINER and _is_container(kwargs):
            return with_mac_addresses(action, kwargs)
        return kwargs

    def _literal_name(self, action: ActionConfig) -> str | None:
        """Name of the container itself, if its configuration says it."""
        is_container = action.config_id.config_type is ItemType.CONTAINER
        name: str | None = container_settings(action).name if is_container and action.purpose is None else None
        return name or None

    def _label_arguments(self, action: ActionConfig, kwargs: Mapping[str, Any]) -> dict[str, object]:
        arguments = sent_arguments(action, kwargs)
        if action.config_id.config_type == ItemType.CONTAINER:
            arguments.update(self._attached_arguments(action))
            arguments.update(endpoint_arguments(self._policy, action))
        return arguments

    def _attached_arguments(self, action: ActionConfig) -> dict[str, object]:
        """Owner and mode of each attached volume that has any."""
        map_name, config_name = action.config_id.map_name, action.config_id.config_name
        users = self._policy.volume_users.get(map_name, {})
        permissions = self._policy.volume_permissions.get(map_name, {})
        by_parent = action.container_map.use_attached_parent_name
        found: dict[str, object] = {}
        for volume in container_settings(action).attaches:
            key = f'{config_name}.{volume.name}' if by_parent else volume.name
            owner, mode = volume_owner(users.get(key)), engine_text(permissions.get(key) or None)
            if owner or mode:
                found[f'attached:{volume.name}'] = [owner, mode or None]
        return found


def _is_container(kwargs: Mapping[str, object]) -> bool:
    return 'image' in kwargs


def _is_helper(kwargs: Mapping[str, object]) -> bool:
    return _is_container(kwargs) and 'name' not in kwargs


def _with_texts(kwargs: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: _TEXTS[name](value) if name in _TEXTS and value is not None else value for name, value in kwargs.items()
    }


def _environment(value: object) -> object:
    return [engine_text(line) for line in value] if isinstance(value, (list, tuple)) else texts(value)


_TEXTS: dict[str, Callable[[object], object]] = {
    'driver_opts': texts,
    'environment': _environment,
    'labels': lambda value: texts(label_dict(value)),
    'options': texts,
    'stop_signal': engine_text,
}


def _container_kwargs(action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
    feature = features_of(action)['host_config']
    if feature and feature != USE_HC_MERGE:
        kwargs = _sorted(action, kwargs)
    ports = kwargs.get('ports')
    if isinstance(ports, (list, tuple)):
        kwargs['ports'] = [_port(port) for port in ports]
    if action.config_id.config_type == ItemType.VOLUME and isinstance(kwargs.get('command'), str):
        kwargs['command'] = ['/bin/sh', '-c', kwargs['command']]
    return _without_own_network(kwargs)


def _sorted(action: ActionConfig, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Move arguments of the host configuration to where they belong; what is there already counts more."""
    create, host = sort_arguments(kwargs)
    if not host:
        return create
    existing = dict(create.get('host_config') or {})
    if existing.get('NetworkMode') == 'default':
        del existing['NetworkMode']
    moved = host_config_object(action, {'network_mode': existing.get('NetworkMode'), **host})
    update_kwargs(moved, existing)
    create['host_config'] = moved
    return create


def _port(port: object) -> object:
    """A port with a protocol as the pair that the SDK takes; numbers stay as they are."""
    if not isinstance(port, str) or '/' not in port:
        return port
    number, _, protocol = port.partition('/')
    return number, protocol


def _without_own_network(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Leave out what engines refuse for a container that uses the network, or the names, of another one or the host."""
    given = kwargs.get('host_config')
    host: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    mode = str(host.get('NetworkMode') or kwargs.get('network_mode') or '')
    left_out: set[str] = set()
    emptied: dict[str, Any] = {}
    if (host.get('UTSMode') or kwargs.get('uts_mode')) == 'host':
        left_out |= {'hostname', 'domainname'}
    if mode == 'host':
        left_out.add('networking_config')
        emptied = {'Links': []} if 'Links' in host else {}
    elif mode.startswith('container:'):
        left_out |= {'networking_config', 'hostname', 'domainname'}
        emptied = {'PortBindings': {}, 'Links': []}
        kwargs = {**kwargs, 'ports': []}
    kept = {key: value for key, value in kwargs.items() if key not in left_out}
    if emptied and isinstance(given, Mapping):
        kept['host_config'] = {**host, **emptied}
    return kept
