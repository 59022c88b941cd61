"""States as if nothing existed but images, for a plan from scratch."""

from __future__ import annotations

from .._kinds import Kind, kind_of
from ..input import MapConfigId
from . import State, StateFlags
from .base import AbstractState, DependencyStateGenerator, StateData


class InitialState(AbstractState):
    """An item that does not exist."""

    def inspect(self) -> None:
        """Nothing to ask."""

    def get_state(self) -> StateData:
        return State.ABSENT, StateFlags(StateFlags.NONE), {}


class PresentState(InitialState):
    """An item that exists."""

    def get_state(self) -> StateData:
        return State.PRESENT, StateFlags(StateFlags.NONE), {}


class InitialStateGenerator(DependencyStateGenerator):
    """The items and what they need on an empty engine that has all images. Contacts no client."""

    container_state_class = InitialState
    network_state_class = InitialState
    volume_state_class = InitialState
    image_state_class = PresentState

    def _kind_on(self, client_name: str, config_id: MapConfigId) -> Kind:
        return kind_of(config_id)
