"""What decisions ask of a state."""

from __future__ import annotations

from ..input import ItemType
from ..policy import ConfigFlags
from ..state import ConfigState, State, StateFlags


def is_container(state: ConfigState) -> bool:
    """Whether the item is a container."""
    return state.config_id.config_type == ItemType.CONTAINER


def is_volume(state: ConfigState) -> bool:
    """Whether the item is a volume."""
    return state.config_id.config_type == ItemType.VOLUME


def is_image(state: ConfigState) -> bool:
    """Whether the item is an image."""
    return state.config_id.config_type == ItemType.IMAGE


def is_requested_container(state: ConfigState) -> bool:
    """Whether a container was asked for, and does not only come along."""
    return is_container(state) and ConfigFlags.DEPENDENT not in state.config_flags


def is_absent(state: ConfigState) -> bool:
    """Whether the item does not exist."""
    return state.base_state == State.ABSENT


def is_running(state: ConfigState) -> bool:
    """Whether the container runs, or is about to run again."""
    return state.base_state == State.RUNNING or (
        state.base_state == State.PRESENT and StateFlags.RESTARTING in state.state_flags
    )


def is_stopped(state: ConfigState) -> bool:
    """Whether the item exists, but does not run."""
    return state.base_state == State.PRESENT and not is_running(state)


def is_done(state: ConfigState) -> bool:
    """Whether the container is a job that has ended with exit code 0."""
    return StateFlags.COMPLETED in state.state_flags


def has_failed(state: ConfigState) -> bool:
    """Whether the container is a job that was interrupted, or has ended with another exit code than 0."""
    return StateFlags.FAILED in state.state_flags


def was_started(state: ConfigState) -> bool:
    """Whether the item exists and has been started at some time."""
    return state.base_state != State.ABSENT and StateFlags.INITIAL not in state.state_flags


def is_pullable(state: ConfigState) -> bool:
    """Whether an image has a name that a registry can know, other than its id."""
    return bool(state.config_id.instance_name)


def connected_containers(state: ConfigState) -> list[str]:
    """Names of the containers in a network, or their ids where no name is known."""
    containers = state.extra_data.get('containers') or {}
    return [(detail or {}).get('Name') or container_id for container_id, detail in containers.items()]
