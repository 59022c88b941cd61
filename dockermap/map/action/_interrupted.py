"""Containers that have to be created again, as nobody knows how far their first commands have got."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from ..input import ItemType, MapConfigId
from ..state import ConfigState
from . import ItemAction
from ._conditions import is_absent, is_done
from ._relations import bound_containers
from ._table import RequestedArgumentsGenerator
from .causes import Cause, Explanation

if TYPE_CHECKING:
    from ..policy.base import BasePolicy


class InterruptedGenerator(RequestedArgumentsGenerator):
    """Tells which containers were interrupted, and which ones depend on these in a way that a new one breaks."""

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        super().__init__(policy, kwargs)
        self._followed: set[tuple[str, MapConfigId]] = set()

    def was_interrupted(self, state: ConfigState) -> bool:
        """Whether a container was there, but did not get to the end of its first commands."""
        return is_absent(state) and self._is_interrupted(state.client_name, state.config_id)

    def follows_interrupted(self, state: ConfigState) -> bool:
        """Whether a container depends on such a one."""
        found = bool(self._interrupted_dependencies(state))
        if found:
            self._followed.add((state.client_name, state.config_id))
        return found

    def explain(self, state: ConfigState, actions: Sequence[ItemAction]) -> Explanation:
        explanation = super().explain(state, actions)
        targets = self._interrupted_dependencies(state) if actions else []
        if not targets:
            return explanation
        names = map(self._policy.item_name, targets)
        causes = [
            Cause('item', f'depends on {name}, which is re-created', item)
            for item, name in zip(targets, names, strict=True)
        ]
        return explanation._replace(causes=tuple(causes))

    def _is_interrupted(self, client_name: str, config_id: MapConfigId) -> bool:
        return (client_name, self._policy.item_name(config_id)) in self.outlook.observed.recoveries

    def _interrupted_dependencies(self, state: ConfigState) -> list[MapConfigId]:
        if state.config_id.config_type != ItemType.CONTAINER or is_absent(state) or is_done(state):
            return []
        container_map, client_name = self._policy.container_maps[state.config_id.map_name], state.client_name
        return [
            target
            for target in dict.fromkeys(bound_containers(container_map, state.config_id))
            if (client_name, target) in self.outlook.renewed
            and ((client_name, target) in self._followed or self._is_interrupted(client_name, target))
        ]
