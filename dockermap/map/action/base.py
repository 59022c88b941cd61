"""The interface of what decides, from a state, what is to be done."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..input import ItemType
from ..policy import ABCPolicyUtilMeta, ConfigFlags, PolicyUtil
from ..state import ConfigState, State, StateFlags
from . import ItemAction


class AbstractActionGenerator(PolicyUtil, metaclass=ABCPolicyUtilMeta):
    """Decides what has to be done about one item at a time."""

    arguments: ClassVar[frozenset[str] | None] = None
    """Names of the keyword arguments that have an effect; ``None`` leaves it to the runner and the client."""

    validates: ClassVar[bool] = True
    """Whether items may be created, so that their settings are checked before anything is done."""

    hints: ClassVar[Mapping[State, str]] = {}
    """Why nothing is done about a requested container in this state, and what would help."""

    @abstractmethod
    def get_state_actions(self, state: ConfigState, **kwargs: Any) -> Sequence[ItemAction] | None:
        """Actions that follow from a state; nothing if none are due.

        :param kwargs: The caller's arguments that are options of nothing.
        """

    def get_hint(self, state: ConfigState, **kwargs: Any) -> str | None:
        """What to tell about a requested container for which there is nothing to do, if that may be unexpected."""
        if state.config_id.config_type != ItemType.CONTAINER or ConfigFlags.DEPENDENT in state.config_flags:
            return None
        return self.hints.get(State.RUNNING if StateFlags.RESTARTING in state.state_flags else state.base_state)
