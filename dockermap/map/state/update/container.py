"""Update state of containers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from ....functional import resolve_value
from ....utils import format_image_tag
from ...config._image import has_image_id, is_image_id
from ...config.client import ENGINE
from ...input import ItemType
from ...policy.utils import get_instance_volumes
from ...request.files import given_files, mounted_files
from .. import Difference, State, StateFlags
from ..base import ContainerBaseState, StateData
from ..foreign import Ownership
from ..observed import Observed
from . import _endpoints, _limits, _links, _settings
from ._endpoints import ExpectedEndpoint
from ._label import is_comparable, label_differences, not_said
from ._limits import CONTAINER_UPDATE_VARS
from ._options import GivenOptions, network_kind
from .network import NetworkCheck, NetworkEndpointRegistry, legacy_mode_differences
from .volume import AbstractVolumeChecker

__all__ = ['CONTAINER_UPDATE_VARS', 'UpdateContainerState']

log = logging.getLogger(__name__)

_OF_USED = ('volume_differences', 'link_differences')
"""Checks that also find what has become of other items, which is nothing to a job that has done its work."""


class UpdateContainerState(ContainerBaseState):
    """A container, compared with its configuration; or the one that stands in for a volume."""

    volume_checker: AbstractVolumeChecker | None = None
    endpoint_registry: NetworkEndpointRegistry | None = None
    created: dict[str, str | None] | None = None
    """When the containers looked at during this run were created, by name."""
    get_host_info: Callable[[], Mapping[str, Any]] | None = None
    """Gives what the engine says about its host."""

    checks: ClassVar[Sequence[tuple[str, int]]] = (
        ('image_differences', StateFlags.IMAGE_MISMATCH),
        ('volume_differences', StateFlags.VOLUME_MISMATCH),
        ('link_differences', StateFlags.MISSING_LINK),
        ('setting_differences', StateFlags.MISC_MISMATCH),
        ('file_differences', StateFlags.MISC_MISMATCH),
    )
    """Methods that return differences for which a container has to be re-created, and the flag for each."""

    def set_defaults(self) -> None:
        super().set_defaults()
        self._expected_networks: list[ExpectedEndpoint] = []
        self._options = GivenOptions(self.config, self.config_id.map_name, self.config_id.config_name)

    def inspect(self) -> None:
        super().inspect()
        if not self.detail:
            return
        if self.created is not None:
            self.created[self.container_name] = self.detail.get('Created')
        if self.config_id.config_type is ItemType.CONTAINER:
            self._inspect_networks()

    def get_state(self) -> StateData:
        base_state, flags, extra_data = self._found_state()
        if base_state is State.ABSENT:
            return base_state, flags, extra_data
        if self.config_id.config_type is ItemType.VOLUME:
            return base_state, StateFlags(flags | self._volume_flags()), extra_data
        foreign = self._foreign_networks()
        if foreign:
            extra_data['foreign_networks'] = foreign
        if flags & StateFlags.NEEDS_RESET:
            self._register_shares()
            return base_state, flags, extra_data
        is_done = StateFlags.COMPLETED in flags
        if is_done:
            self._register_shares()
        for method, flag in self.checks:
            if not (is_done and method in _OF_USED):
                flags |= self.differs(flag, *getattr(self, method)())
        for check in (self._check_exec_commands, self._check_networks, self._check_limits):
            flags |= check(extra_data)
        flags |= self._check_label()
        return base_state, StateFlags(flags), extra_data

    def image_differences(self) -> list[Difference]:
        """Difference of the image's id. An image that is not there differs as well; it is pulled before."""
        image = format_image_tag(self.container_map.get_image(self.config.image or self.config_id.config_name))
        images = self.policy.images[self.client_name]
        wanted, found = images.find(image), self.detail.get('Image')
        outlook = self.outlook
        is_pulled = (
            outlook is not None
            and outlook.expects_new_images
            and outlook.is_created(self.client_name, ItemType.IMAGE, image)
        )
        is_same = has_image_id(str(found), image) if is_image_id(image) else found == wanted and not is_pulled
        if is_same:
            return []
        if is_pulled and outlook is not None:
            outlook.conditional.add((self.client_name, self.config_id))
        wanted_text = image if is_pulled else f'{image} ({wanted or "not present"})'
        difference = Difference(self.config_id, 'image', wanted_text, found)
        if self.config.persistent and not self.options.get('update_persistent'):
            self.differences.append(difference)
            return []
        return [difference]

    def volume_differences(self) -> list[Difference]:
        """Differences of what is mounted.

        Engines may show host directories under other paths than they were given; if the label says that they are as
        wanted, they are.
        """
        if self.volume_checker is None:
            return []
        found = self.volume_checker.single_check(
            self.config_id, self.container_map, self.config, self._instance_volumes()
        ).differences()
        others = [difference for difference in found if not difference.property.startswith('binds.')]
        if len(others) == len(found) or not is_comparable(self):
            return found
        differs = any(difference.property == 'binds' for difference in label_differences(self))
        return found if differs else others

    def link_differences(self) -> list[Difference]:
        """Differences of links that are no part of a network's endpoint. Who shares a container's network has none."""
        if network_kind(self._options.network_mode) == 'container':
            return []
        return _links.link_differences(
            self.config_id,
            self.config.links,
            self.detail,
            self.policy.container_name,
            self.policy.get_hostname,
            self.created or {},
        )

    def setting_differences(self) -> list[Difference]:
        """Differences of environment, command, entrypoint and ports."""
        return _settings.setting_differences(
            self.config_id, self.config, self._options, self.client_config, self.detail
        )

    def file_differences(self) -> list[Difference]:
        """Secrets and configs that are not as they are now, or that the container does not have."""
        files = list(given_files(self.config))
        if not files or self.client_config.backend != ENGINE:
            return []
        found = mounted_files(self.detail, self.client_config, self.config_id)
        wanted = {file: file.source(self.client_config, self.config_id) for file in files}
        return [
            Difference(self.config_id, f'{file.section}.{file.name}', source, found.get(file.path))
            for file, source in wanted.items()
            if found.get(file.path) != source
        ]

    def _check_label(self) -> int:
        return self.differs(StateFlags.MISC_MISMATCH, *not_said(label_differences(self), self.differences))

    def _is_done(self) -> bool:
        """Whether it is a job that has done its work."""
        state = self.detail['State']
        return bool(self.config.job) and not state['Running'] and self._stopped_flag(state) == StateFlags.COMPLETED

    def _check_networks(self, extra_data: dict[str, Any]) -> int:
        if self.endpoint_registry is None:
            found = legacy_mode_differences(
                self.config_id,
                self._options.network_mode,
                self.detail,
                self.policy.container_name,
                self.policy.container_names[self.client_name],
            )
            return self.differs(StateFlags.MISC_MISMATCH, *found)
        checked: NetworkCheck = self.endpoint_registry.check_container(
            self.config_id,
            self._options.network_mode,
            self._expected_networks,
            self.detail,
            is_done=self._is_done(),
            foreign=extra_data.get('foreign_networks', ()),
        )
        extra_data.update(checked.extra_data)
        self.differences.extend(checked.differences)
        return checked.flags

    def _foreign_networks(self) -> list[str]:
        """Networks of others that it is connected to, by name; none if they are to be left."""
        if self.options.get('purge_networks') or self.endpoint_registry is None:
            return []
        ownership = Ownership(self.policy, self.outlook.observed if self.outlook is not None else Observed())
        expected = {wanted.name for wanted in self._expected_networks}
        ids: Mapping[str, str] = self.policy.network_names[self.client_name]
        return [
            name
            for name, endpoint in sorted(_endpoints.connected_networks(self.detail).items())
            # Another network may have got the name of one that is gone.
            if name not in expected and endpoint.get('NetworkID') in (None, '', ids.get(name))
            if ownership.is_foreign_network(self.client_name, self.config_id.map_name, name)
        ]

    def _check_limits(self, extra_data: dict[str, Any]) -> int:
        found = self.detail.get('HostConfig') or {}
        checked = _limits.check_limits(
            self.config_id,
            self._options,
            found,
            self.client_config.features,
            self.get_host_info or dict,
            self._is_ineffective,
        )
        self.differences.extend(checked.differences)
        flags: int = StateFlags.NONE
        if checked.update:
            extra_data['update_container'] = checked.update
            flags |= StateFlags.HOST_CONFIG_UPDATE
        if checked.fixed and not self.options.get('skip_limit_reset'):
            flags |= StateFlags.MISC_MISMATCH
        return flags

    def _is_ineffective(self, difference: Difference) -> bool:
        return self.client_config.get_ineffective().knows(
            self.detail['Id'], difference.property, difference.wanted, self.get_host_info or dict
        )

    def _inspect_networks(self) -> None:
        """Look again at networks that were made, or joined, after they were registered."""
        registry = self.endpoint_registry
        if registry is None:
            return
        names = self.policy.network_names[self.client_name]
        connected = _endpoints.connected_networks(self.detail)
        self._expected_networks = registry.expected(self.config_id, self.config, self._options)
        expected = [endpoint.name for endpoint in self._expected_networks]
        for name in expected:
            if name not in names and self._will_exist(name):
                registry.register_network({'Name': name, 'Id': 'to be created'})
        for name in dict.fromkeys((*expected, *connected)):
            if name in names and self._is_outdated(name, names[name], connected.get(name), name in expected):
                self._register_network(name)

    def _will_exist(self, network_name: str) -> bool:
        return self.outlook is not None and self.outlook.is_created(self.client_name, ItemType.NETWORK, network_name)

    def _is_outdated(self, name: str, network_id: str, found: Mapping[str, Any] | None, expected: bool) -> bool:
        registry = self.endpoint_registry
        if registry is None:
            return False
        if not expected:
            return bool(found and found.get('NetworkID') not in (None, '', network_id))
        if registry.get_network_id(name) != network_id:
            return True
        return bool(found and self.detail['State']['Running'] and not registry.is_registered(name, self.detail['Id']))

    def _register_network(self, name: str) -> None:
        names = self.policy.network_names[self.client_name]
        # Containers may have joined it since it was looked at.
        if self.outlook is not None:
            self.outlook.observed.forget(self.client_name, ItemType.NETWORK, name)
        detail = self._inspected(
            ItemType.NETWORK, names, name, lambda known: self.client.inspect_network(names.address(known))
        )
        if detail and self.endpoint_registry is not None:
            self.endpoint_registry.register_network({**detail, 'Name': name})

    def _instance_volumes(self) -> dict[str, str]:
        return get_instance_volumes(self.detail, bool(self.client_config.features.get('volumes')))

    def _register_shares(self) -> None:
        if self.volume_checker is not None:
            self.volume_checker.single_check(
                self.config_id, self.container_map, self.config, self._instance_volumes()
            ).register()

    def _volume_flags(self) -> int:
        """Register what a volume container has; a flag if it is elsewhere than it should be."""
        key = str(self.config_id.instance_name)
        if self.container_map.use_attached_parent_name:
            key = f'{self.config_id.config_name}.{key}'
        path = resolve_value(self.policy.default_volume_paths[self.config_id.map_name][key])
        mounts = self._instance_volumes()
        if path in mounts or len(mounts) != 1:
            source = mounts.get(path)
            found: list[Difference] = []
        else:
            ((old_path, source),) = mounts.items()
            data = self._volume_names().get(old_path) or source
            found = [Difference(self.config_id, 'mount', f'{data}:{path}', f'{data}:{old_path}')]
        if self.volume_checker is not None:
            self.volume_checker.register_attached(key, path, source)
        return self.differs(StateFlags.VOLUME_MISMATCH, *found)

    def _volume_names(self) -> dict[str, str]:
        """Names of mounted volumes by path, on engines that have such names."""
        return {mount['Destination']: mount['Name'] for mount in self.detail.get('Mounts') or () if mount.get('Name')}
