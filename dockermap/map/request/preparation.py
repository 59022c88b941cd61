"""Arguments for the temporary containers that set owner and mode of a volume, or that reach files of the host."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ...exceptions import UnknownNameError
from ...functional import resolve_value
from ..config.client import USE_HC_MERGE
from . import ActionConfig, Kwargs
from .finalize import CreateCalls
from .host_config import host_config_object
from .lists import get_preparation_cmd, update_kwargs
from .settings import features_of

__all__ = ['FILES_PATH', 'PREPARATION_TMP_PATH', 'VolumePreparation']

PREPARATION_TMP_PATH = '/volume-tmp'
"""Where a volume is mounted while its owner and mode are set."""

FILES_PATH = '/dockermap-files'
"""Where the directory with the secrets and configs of a host is mounted while something is done there."""


class VolumePreparation(CreateCalls):
    """Builds the arguments for the temporary containers that prepare volumes, and that reach files of the host."""

    def get_attached_preparation_create_kwargs(
        self, action: ActionConfig, volume_container: str, volume_alias: str, kwargs: Kwargs = None
    ) -> dict[str, Any] | None:
        """Arguments for creating the temporary container; ``None`` if there is nothing to set.

        :param volume_container: Name of the volume, or of the container that stands in for it.
        :param volume_alias: Key in the policy's tables.
        """
        features = features_of(action)
        commands = self.preparation_commands(action, volume_alias, self.preparation_path(action))
        if not commands:
            return None
        given = dict(kwargs or {})
        host_given = given.pop('host_config', None)
        create: dict[str, object] = {
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

    def get_attached_preparation_host_config_kwargs(
        self, action: ActionConfig, container_name: str | None, volume_container: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments of the temporary container's host configuration."""
        host: dict[str, object] = {'container': container_name} if container_name else {}
        if features_of(action)['volumes']:
            host['binds'] = [f'{volume_container}:{PREPARATION_TMP_PATH}']
        else:
            host['volumes_from'] = [volume_container]
        update_kwargs(host, kwargs)
        return host

    def get_attached_preparation_wait_kwargs(
        self, action: ActionConfig, container_name: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for waiting until the temporary container ends."""
        wait: dict[str, object] = {'container': container_name}
        timeout = action.client_config.get('wait_timeout')
        if timeout is not None:
            wait['timeout'] = timeout
        update_kwargs(wait, kwargs)
        return wait

    def get_files_helper_create_kwargs(
        self, action: ActionConfig, command: str, kwargs: Kwargs = None
    ) -> dict[str, Any]:
        """Arguments for creating the temporary container that has the directory with secrets and configs.

        :param command: Shell command that it runs, if it is started.
        """
        create: dict[str, object] = {
            'image': self._policy.core_image,
            'command': ['/bin/sh', '-c', command],
            'user': 'root',
            'network_disabled': True,
        }
        host = {'binds': [f'{action.client_config.get_files_directory()}:{FILES_PATH}:rw']}
        self._add_host_config(action, create, host)
        update_kwargs(create, kwargs)
        return create

    def preparation_path(self, action: ActionConfig) -> str:
        """Where the temporary container has the volume."""
        if features_of(action)['volumes']:
            return PREPARATION_TMP_PATH
        return self.attached_path(action, str(action.config_id.instance_name))

    @staticmethod
    def settling_command(path: str) -> str:
        """Shell command that leaves something in a volume when it runs first, and removes that when it runs again.

        Others may do the same in the same volume, meanwhile.
        """
        entry = shlex.quote(f'{path}/.dockermap')
        return f'if mkdir /started 2>/dev/null; then mkdir -p {entry}; else rmdir {entry} 2>/dev/null || :; fi'

    def preparation_commands(
        self, action: ActionConfig, volume_alias: str, path: str, recursive: bool = True
    ) -> list[str]:
        """Shell commands that set owner and mode of a volume at a path; none if neither is configured.

        :param recursive: Those of everything in the volume; otherwise only its own.
        """
        map_name = action.config_id.map_name
        user = self._policy.volume_users[map_name].get(volume_alias)
        permissions = self._policy.volume_permissions[map_name].get(volume_alias)
        return list(get_preparation_cmd(user, permissions, path, recursive))

    def _add_host_config(self, action: ActionConfig, create: dict[str, object], host: Mapping[str, object]) -> None:
        feature = features_of(action)['host_config']
        if not host or not feature:
            return
        if feature == USE_HC_MERGE:
            create.update(host)
        else:
            create['host_config'] = host_config_object(action, host)

    def attached_path(self, action: ActionConfig, alias: str) -> str:
        """Where a volume is mounted unless said otherwise."""
        map_name, config_name = action.config_id.map_name, action.config_id.config_name
        paths = self._policy.default_volume_paths[map_name]
        keys = (f'{config_name}.{alias}', alias) if action.container_map.use_attached_parent_name else (alias,)
        for key in keys:
            path: str | None = resolve_value(paths.get(key))
            if path:
                return path
        raise UnknownNameError(
            f"{map_name}.{config_name}: attached volume '{alias}' has no path. Set it in 'attaches', or as "
            f"default path in 'volumes' of the map."
        )
