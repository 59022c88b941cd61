"""Volumes and host paths of a container, as mounts of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...docker_api import parse_bytes
from ..input import ItemType, MapConfigId
from ..policy.ownership import ownership_labels
from ..request import action_config

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
    from ..request import ActionConfig

_PROPAGATION = frozenset(('private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'))


class Mounts:
    """What an engine would mount, in the words of a swarm.

    ``data`` has the names of volumes and the host paths that are used, ``refusals`` settings with reasons.
    """

    def __init__(self, policy: BasePolicy, action: ActionConfig, payload: Mapping[str, Any]) -> None:
        self._policy = policy
        self._action = action
        self._payload = payload
        self.data: set[str] = set()
        self.refusals: list[tuple[str, str]] = []

    def translated(self) -> list[dict[str, Any]]:
        """All mounts, by their targets."""
        found = {mount['Target']: mount for mount in (*self._binds(), *self._given(), *self._tmpfs())}
        for path in self._payload.get('volumes') or ():
            found.setdefault(path, {'Type': 'volume', 'Target': path})
        return [found[path] for path in sorted(found)]

    def _binds(self) -> Iterator[dict[str, Any]]:
        for bind in self._payload.get('binds') or ():
            source, target, options = (*bind.rsplit(':', 2), '')[:3]
            words = set(filter(None, options.split(',')))
            self.data.add(source)
            mount: dict[str, Any] = {'Source': source, 'Target': target}
            if 'ro' in words:
                mount['ReadOnly'] = True
            if source.startswith('/'):
                mount['Type'] = 'bind'
                if words & _PROPAGATION:
                    mount['BindOptions'] = {'Propagation': next(iter(words & _PROPAGATION))}
            else:
                mount['Type'] = 'volume'
                settings = self._volume(source)
                if 'nocopy' in words:
                    settings['NoCopy'] = True
                if settings:
                    mount['VolumeOptions'] = settings
            unknown = words - _PROPAGATION - {'ro', 'rw', 'nocopy'}
            if unknown:
                self.refusals.append(('binds', f'is refused on a swarm with {", ".join(sorted(unknown))}'))
            yield mount

    def _given(self) -> Iterator[dict[str, Any]]:
        for mount in self._payload.get('mounts') or ():
            kind, source = mount.get('Type'), mount.get('Source')
            if kind not in ('bind', 'volume', 'tmpfs'):
                self.refusals.append(('mounts', f'is refused on a swarm with the type {kind}'))
            if source and kind in ('bind', 'volume'):
                self.data.add(source)
            yield {key: value for key, value in mount.items() if value not in (None, False, {}, [])}

    def _tmpfs(self) -> Iterator[dict[str, Any]]:
        for path, options in (self._payload.get('tmpfs') or {}).items():
            settings: dict[str, Any] = {}
            for word in filter(None, str(options or '').split(',')):
                name, _, value = word.partition('=')
                if name == 'size':
                    settings['SizeBytes'] = int(parse_bytes(value))
                elif name == 'mode':
                    settings['Mode'] = int(value, 8)
                elif word != 'rw':
                    self.refusals.append(('tmpfs', f'is refused on a swarm with {word}; there are size and mode'))
            mount = {'Type': 'tmpfs', 'Target': path}
            yield {**mount, 'TmpfsOptions': settings} if settings else mount

    def _volume(self, name: str) -> dict[str, Any]:
        """How a volume is created on the node where it is missing."""
        item = self._volume_item(name)
        if item is None or self._policy.is_external(item):
            return {}
        configured = self._policy.container_maps[item.map_name].get_existing_volume(item.instance_name or '')
        labels = ownership_labels(item, bool(self._action.container_map.use_attached_parent_name))
        found: dict[str, Any] = {'Labels': labels}
        if configured is not None:
            action = action_config(self._policy, self._action.client_name, item)
            driver, options = action.config.driver, dict(action.config.driver_options or {})
            if driver not in (None, '', 'local') or options:
                values = {key: str(value) for key, value in options.items()}
                found['DriverConfig'] = {'Name': driver or 'local', 'Options': values}
        return found

    def _volume_item(self, name: str) -> MapConfigId | None:
        map_name = self._action.config_id.map_name
        for config_name, alias in self._policy.volume_owners.get(map_name, {}).values():
            item = MapConfigId(ItemType.VOLUME, map_name, config_name, alias)
            if self._policy.item_name(item) == name:
                return item
        return None
