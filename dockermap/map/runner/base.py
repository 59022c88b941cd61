"""The runner that works with docker-py, or any client that offers the same calls."""
from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from ...docker_api import is_conflict, is_not_found
from ..action import Action
from ..input import ItemType
from ..policy.options import check_host_path
from ..policy.utils import get_shared_volume_path
from . import AbstractRunner, ActionConfig, ActionMethod
from ._arguments import with_call_arguments
from ._config import DockerConfigMixin
from ._start import StartMixin
from ._stop import await_removal, stop_gently
from .attached import AttachedPreparationMixin
from .cmd import ExecMixin
from .image import ImageMixin
from .network import NetworkUtilMixin
from .script import ScriptMixin
from .signal_stop import SignalMixin

__all__ = ['DockerBaseRunnerMixin', 'DockerClientRunner', 'DockerConfigMixin']


class DockerBaseRunnerMixin(StartMixin):
    """Methods for the basic actions on containers, networks and volumes; they keep the policy's names up to date."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.NETWORK, Action.CREATE, 'create_network'),
        (ItemType.NETWORK, Action.REMOVE, 'remove_network'),
        (ItemType.VOLUME, Action.CREATE, 'create_volume'),
        (ItemType.VOLUME, Action.START, 'start_volume'),
        (ItemType.VOLUME, Action.REMOVE, 'remove_volume'),
        (ItemType.CONTAINER, Action.CREATE, 'create_container'),
        (ItemType.CONTAINER, Action.START, 'start_container'),
        (ItemType.CONTAINER, Action.RESTART, 'restart'),
        (ItemType.CONTAINER, Action.STOP, 'stop'),
        (ItemType.CONTAINER, Action.REMOVE, 'remove_container'),
        (ItemType.CONTAINER, Action.UPDATE, 'update_container'),
        (ItemType.CONTAINER, Action.KILL, 'kill'),
        (ItemType.CONTAINER, Action.WAIT, 'wait'),
    ]

    def create_network(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Create a network. If somebody else made one of that name meanwhile, that is a conflict."""
        create_kwargs = self._create_kwargs(action, name, kwargs)
        names = self._policy.network_names[action.client_name]
        if name not in names:
            # Engines before API version 1.44 accept a second one, and then refuse to start what is to join it.
            create_kwargs.setdefault('check_duplicate', True)
        response = action.client.create_network(**create_kwargs)
        self._note(names, name, response)
        return response

    def remove_network(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Remove a network; where several have its name, the one that is known by id. One that has gone is no error."""
        remove_kwargs = self.get_network_remove_kwargs(action, name, kwargs=kwargs)
        names = self._policy.network_names[action.client_name]
        remove_kwargs['net_id'] = names.address(remove_kwargs['net_id'])
        try:
            response = action.client.remove_network(**remove_kwargs)
        except Exception as error:
            if not is_not_found(error):
                raise
            response = None
        if name in names.ambiguous:
            names.refresh()
        else:
            names.pop(name, None)
        return response

    def create_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Create a volume, or on engines without them a container that stands in for it."""
        if action.client_config.features['volumes']:
            response = action.client.create_volume(**self._create_kwargs(action, name, kwargs))
            self._policy.volume_names[action.client_name].add(name)
        else:
            self._pull_missing(action, self._policy.base_image)
            response = action.client.create_container(**self._create_kwargs(action, name, kwargs))
            self._note(self._policy.container_names[action.client_name], name, response)
        self._memory.add_new(action, name)
        if not action.client_config.features['volumes']:
            self.start_volume(action, name)
        return response

    def start_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Start the container that stands in for a volume."""
        if action.client_config.features['host_config']:
            return action.client.start(name)
        return action.client.start(**self.get_attached_container_host_config_kwargs(action, name, kwargs=kwargs))

    def remove_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Remove a volume, or the container that stands in for it."""
        if action.client_config.features['volumes']:
            response = action.client.remove_volume(**self.get_volume_remove_kwargs(action, name, kwargs=kwargs))
            self._policy.volume_names[action.client_name].discard(name)
            return response
        return self.remove_container(action, name, **kwargs)

    def create_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Create a container.

        :param kwargs: What the configuration does not say, in its words or in those of the SDK.
        """
        action, remaining = with_call_arguments(action, kwargs)
        self._check_binds(action)
        self._memory.set_config(action, name, action.config)
        create_kwargs = self._with_clear_networks(action, self._create_kwargs(action, name, remaining))
        response = action.client.create_container(**create_kwargs)
        self._note(self._policy.container_names[action.client_name], name, response)
        self._memory.add_new(action, name)
        return response

    def restart(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Restart a container."""
        return action.client.restart(**self.get_container_restart_kwargs(action, name, kwargs=kwargs))

    def stop(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Stop a container; if the answer takes long, wait until it has ended."""
        return stop_gently(action, self.get_container_stop_kwargs(action, name, kwargs=kwargs))

    def remove_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Remove a container. One that has gone already, or that the engine is about to remove, is no error."""
        remove_kwargs = self.get_container_remove_kwargs(action, name, kwargs=kwargs)
        try:
            response = action.client.remove_container(**remove_kwargs)
        except Exception as error:
            response = None
            if not is_not_found(error):
                if not (is_conflict(error) and 'already in progress' in str(error)):
                    raise
                await_removal(action, name)
        self._policy.container_names[action.client_name].pop(name, None)
        self._memory.forget(action, name)
        return response

    def update_container(self, action: ActionConfig, name: str, update_values: Mapping[str, Any],
                         **kwargs: Any) -> Any:
        """Change limits of a container."""
        return action.client.update_container(
            **self.get_container_update_kwargs(action, name, update_values, kwargs=kwargs))

    def kill(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Send a signal to a container."""
        return action.client.kill(**self.get_container_kill_kwargs(action, name, kwargs=kwargs))

    def wait(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Wait until a container ends."""
        return action.client.wait(**self.get_container_wait_kwargs(action, name, kwargs=kwargs))

    def _with_clear_networks(self, action: ActionConfig, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments that name networks by their ids, where several have the same name."""
        endpoints = (kwargs.get('networking_config') or {}).get('EndpointsConfig')
        if not endpoints:
            return kwargs
        names = self._policy.network_names[action.client_name]
        clear = {names.address(network_name): endpoint for network_name, endpoint in endpoints.items()}
        return {**kwargs, 'networking_config': {'EndpointsConfig': clear}}

    def _check_binds(self, action: ActionConfig) -> None:
        for volume in action.config.binds:
            check_host_path(*get_shared_volume_path(action.container_map, volume, action.config_id.instance_name))

    @staticmethod
    def _note(names: MutableMapping[str, str], name: str, response: Any) -> None:
        """Keep the id of a new item, or where a client does not tell it, the name, which does as well."""
        found = response.get('Id') if isinstance(response, Mapping) else None
        names[name] = found or name


class DockerClientRunner(DockerBaseRunnerMixin, DockerConfigMixin, AttachedPreparationMixin, ExecMixin, SignalMixin,
                         ScriptMixin, NetworkUtilMixin, ImageMixin, AbstractRunner):
    """Carries out all actions with a client that offers docker-py's calls."""
