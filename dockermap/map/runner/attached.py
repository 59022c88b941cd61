"""Owner and mode of attached volumes."""
from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...docker_api import is_not_found
from ...exceptions import DockerStatusError
from ..action import VolumeUtilAction
from ..input import ItemType
from ..policy.utils import get_instance_volumes
from ._parts import Kwargs, RunnerPart
from .utils import get_preparation_cmd, update_kwargs

if TYPE_CHECKING:
    from . import ActionConfig, ActionMethod

__all__ = ['PREPARATION_TMP_PATH', 'AttachedConfigMixin', 'AttachedPreparationMixin']

log = logging.getLogger(__name__)

PREPARATION_TMP_PATH = '/volume-tmp'
"""Where a volume is mounted while its owner and mode are set."""


class AttachedConfigMixin(RunnerPart):
    """Builds the arguments for the temporary container that sets owner and mode of a volume."""

    def get_attached_preparation_create_kwargs(self, action: ActionConfig, volume_container: str, volume_alias: str,
                                               kwargs: Kwargs = None) -> dict[str, Any] | None:
        """Arguments for creating the temporary container; ``None`` if there is nothing to set.

        :param volume_container: Name of the volume, or of the container that stands in for it.
        :param volume_alias: Key in the policy's tables.
        """
        features = action.client_config.features
        commands = self._preparation_commands(action, volume_alias, self._preparation_path(action))
        if not commands:
            return None
        given = dict(kwargs or {})
        host_given = given.pop('host_config', None)
        create: dict[str, Any] = {
            'image': self._policy.core_image,
            'command': ' && '.join(commands),
            'user': 'root',
            'network_disabled': True,
        }
        if features['host_config']:
            if features['volumes']:
                create['volumes'] = [PREPARATION_TMP_PATH]
            host = self.get_attached_preparation_host_config_kwargs(action, None, volume_container, kwargs=host_given)
            self._add_host_config(action, create, host)
        update_kwargs(create, given)
        return create

    def get_attached_preparation_host_config_kwargs(self, action: ActionConfig, container_name: str | None,
                                                    volume_container: str, kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments of the temporary container's host configuration."""
        host: dict[str, Any] = {'container': container_name} if container_name else {}
        if action.client_config.features['volumes']:
            host['binds'] = [f'{volume_container}:{PREPARATION_TMP_PATH}']
        else:
            host['volumes_from'] = [volume_container]
        update_kwargs(host, kwargs)
        return host

    def get_attached_preparation_wait_kwargs(self, action: ActionConfig, container_name: str,
                                             kwargs: Kwargs = None) -> dict[str, Any]:
        """Arguments for waiting until the temporary container ends."""
        wait: dict[str, Any] = {'container': container_name}
        timeout = action.client_config.get('wait_timeout')
        if timeout is not None:
            wait['timeout'] = timeout
        update_kwargs(wait, kwargs)
        return wait

    def _preparation_path(self, action: ActionConfig) -> str:
        if action.client_config.features['volumes']:
            return PREPARATION_TMP_PATH
        path: str = self._attached_path(action, action.config_id.instance_name)
        return path

    def _preparation_commands(self, action: ActionConfig, volume_alias: str, path: str) -> list[str]:
        map_name = action.config_id.map_name
        user = self._policy.volume_users[map_name].get(volume_alias)
        permissions = self._policy.volume_permissions[map_name].get(volume_alias)
        return list(get_preparation_cmd(user, permissions, path))


class AttachedPreparationMixin(AttachedConfigMixin):
    """Sets owner and mode of attached volumes, on the host or by a temporary container.

    ``prepare_local`` prefers a client's ``run_cmd``, which runs a shell command on the engine's host.
    """

    prepare_local: bool = True
    policy_options = ['prepare_local']
    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.VOLUME, VolumeUtilAction.PREPARE, 'prepare_attached'),
    ]

    def prepare_attached(self, action: ActionConfig, name: str, **kwargs: Any) -> list[Any] | None:
        """Set owner and mode of everything in a volume.

        If that fails for a volume that was just made, it is removed again, so that the next call starts over.

        :return: What the client's ``run_cmd`` returned for each command; ``None`` without it.
        :raises DockerStatusError: A command failed.
        """
        alias = action.config_id.instance_name
        by_parent = action.container_map.use_attached_parent_name
        key = f'{action.config_id.config_name}.{alias}' if by_parent else alias
        try:
            if self.prepare_local and hasattr(action.client, 'run_cmd'):
                return self._prepare_on_host(action, name, key)
            self._prepare_in_container(action, name, key, kwargs)
        except Exception:
            if self._memory.is_new(action, name):
                self._remove_new(action, name)
            raise
        return None

    def _remove_new(self, action: ActionConfig, name: str) -> None:
        log.warning('Volume %s on client %s is removed again, as its owner and mode could not be set.', name,
                    action.client_name)
        try:
            if action.client_config.features['volumes']:
                self.remove_volume(action, name)
            else:
                self.remove_container(action, name, force=True, v=True)
        except Exception as error:
            log.error('Volume %s on client %s could not be removed: %s', name, action.client_name, error)

    def _prepare_on_host(self, action: ActionConfig, name: str, key: str) -> list[Any]:
        path = self._path_on_host(action, name) if self._preparation_commands(action, key, '/') else ''
        return [action.client.run_cmd(command) for command in self._preparation_commands(action, key, path)]

    def _path_on_host(self, action: ActionConfig, name: str) -> str:
        if action.client_config.features['volumes']:
            mountpoint: str = action.client.inspect_volume(name)['Mountpoint']
            return mountpoint
        path = self._attached_path(action, action.config_id.instance_name)
        source = get_instance_volumes(action.client.inspect_container(name), False).get(path)
        if not source:
            raise ValueError(f'Container {name} has nothing mounted at {path}, where the volume should be.')
        return source

    def _prepare_in_container(self, action: ActionConfig, name: str, key: str, kwargs: Mapping[str, Any]) -> None:
        create_kwargs = self.get_attached_preparation_create_kwargs(action, name, key, kwargs=kwargs)
        if create_kwargs is None:
            return
        if not action.client_config.features['volumes']:
            action.client.wait(**self.get_attached_preparation_wait_kwargs(action, name))
        self._pull_missing(action, self._policy.core_image)
        created = action.client.create_container(**self.finalize_create_kwargs(action, name, create_kwargs))
        container_id = created['Id']
        try:
            self._start_preparation(action, container_id, name)
            response = action.client.wait(**self.get_attached_preparation_wait_kwargs(action, container_id))
            _check_exit_code(action, container_id, name, response)
        except Exception:
            _remove(action, container_id, force=True)
            raise
        _remove(action, container_id)

    def _start_preparation(self, action: ActionConfig, container_id: str, name: str) -> None:
        if action.client_config.features['host_config']:
            action.client.start(container_id)
        else:
            action.client.start(**self.get_attached_preparation_host_config_kwargs(action, container_id, name))


def _check_exit_code(action: ActionConfig, container_id: str, name: str, response: Any) -> None:
    """Engines tell the exit code in a dictionary, older SDKs as a number; some clients do not tell."""
    exit_code = response.get('StatusCode') if isinstance(response, Mapping) else response
    if isinstance(exit_code, int) and exit_code:
        output = action.client.logs(container_id, tail=5)
        text = output.decode(errors='replace') if isinstance(output, bytes) else str(output)
        raise DockerStatusError(f'Owner and mode of volume {name} could not be set, exit code {exit_code}: '
                                f'{text.strip()}', None)


def _remove(action: ActionConfig, container_id: str, **kwargs: Any) -> None:
    try:
        action.client.remove_container(container_id, **kwargs)
    except Exception as error:
        if not is_not_found(error):
            raise
