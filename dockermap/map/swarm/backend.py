"""What is used for clients that are swarms."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from ...exceptions import UnknownNameError
from ...utils import close_match
from .._backends import Backend
from ..action.base import AbstractActionGenerator
from ..state.base import AbstractStateGenerator
from .action import (
    SwarmCreate,
    SwarmPull,
    SwarmRemove,
    SwarmRestart,
    SwarmScript,
    SwarmShutdown,
    SwarmSignal,
    SwarmStart,
    SwarmStartup,
    SwarmStop,
    SwarmUpdate,
)
from .runner import SwarmRunner
from .state import (
    SwarmDependencyStateGenerator,
    SwarmDependentStateGenerator,
    SwarmImageStateGenerator,
    SwarmSingleStateGenerator,
    SwarmUpdateStateGenerator,
)

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

GENERATORS: dict[str, tuple[type[AbstractStateGenerator], type[AbstractActionGenerator]]] = {
    'create': (SwarmDependencyStateGenerator, SwarmCreate),
    'start': (SwarmDependencyStateGenerator, SwarmStart),
    'restart': (SwarmSingleStateGenerator, SwarmRestart),
    'stop': (SwarmDependentStateGenerator, SwarmStop),
    'remove': (SwarmDependentStateGenerator, SwarmRemove),
    'startup': (SwarmDependencyStateGenerator, SwarmStartup),
    'shutdown': (SwarmDependentStateGenerator, SwarmShutdown),
    'update': (SwarmUpdateStateGenerator, SwarmUpdate),
    'script': (SwarmDependencyStateGenerator, SwarmScript),
    'signal': (SwarmSingleStateGenerator, SwarmSignal),
    'pull_images': (SwarmImageStateGenerator, SwarmPull),
}
"""For each action, what looks at items of a swarm, and what decides about them."""


def _pair(action_name: str) -> tuple[type[AbstractStateGenerator], type[AbstractActionGenerator]]:
    if action_name not in GENERATORS:
        match = close_match(action_name, GENERATORS) or '.'
        raise UnknownNameError(f"A swarm has no action '{action_name}'{match}")
    return GENERATORS[action_name]


def _states(action_name: str, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> AbstractStateGenerator:
    return _pair(action_name)[0](policy, kwargs)


def _decisions(action_name: str, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> AbstractActionGenerator:
    return _pair(action_name)[1](policy, kwargs)


SWARM_BACKEND = Backend(_states, _decisions, SwarmRunner)
"""The row for swarms."""
