"""What comparing a map with an engine says."""

from __future__ import annotations

from typing import Any

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.policy.base import BasePolicy
from dockermap.map.state import ConfigState
from dockermap.map.state.base import CreateArguments
from dockermap.map.state.update import UpdateStateGenerator


def states_of(
    policy: BasePolicy, *names: str, create_arguments: CreateArguments | None = None, **options: Any
) -> dict[tuple[str, str], ConfigState]:
    """States of all that is visited for containers, by type and name."""
    generator = UpdateStateGenerator(policy, options)
    generator.create_arguments = create_arguments
    return {_key(state.config_id): state for state in generator.get_states(map(container_id, names))}


def state_of(policy: BasePolicy, name: str, **options: Any) -> ConfigState:
    """State of one container, after all that it needs was looked at."""
    return states_of(policy, name, **options)['container', name]


def container_id(name: str) -> MapConfigId:
    """A container of the map that policies of tests have, by the name of its configuration."""
    return MapConfigId(ItemType.CONTAINER, 'shop', name)


def properties(state: ConfigState) -> list[str]:
    """What differs, in order."""
    return [difference.property for difference in state.differences]


def _key(item: MapConfigId) -> tuple[str, str]:
    name = item.instance_name if item.config_type is ItemType.VOLUME else item.config_name
    return item.config_type.value, str(name)
