"""Which function gives the operations of an action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...action import (
    Action,
    ActionEnum,
    ContainerUtilAction,
    ImageAction,
    ItemAction,
    NetworkUtilAction,
    VolumeUtilAction,
)
from ...input import ItemType
from ..operation import Operation
from . import containers, execs, first_start, images, networks, replacing, scripts, volumes
from .expansion import Expander, Expansion, OwnMethod
from .steps import Step

if TYPE_CHECKING:
    from ...policy.base import BasePolicy
    from ...request.builders import RequestBuilder
    from ...state.observed import Observed

EXPANDERS: dict[tuple[ItemType, ActionEnum], Expander] = {
    (ItemType.NETWORK, Action.CREATE): networks.create,
    (ItemType.NETWORK, Action.REMOVE): networks.remove,
    (ItemType.NETWORK, ContainerUtilAction.RECOVER): containers.recover,
    (ItemType.NETWORK, NetworkUtilAction.DISCONNECT_ALL): networks.disconnect_all,
    (ItemType.NETWORK, NetworkUtilAction.RECONNECT_ALL): networks.reconnect_all,
    (ItemType.VOLUME, Action.CREATE): volumes.create,
    (ItemType.VOLUME, Action.START): volumes.start,
    (ItemType.VOLUME, Action.REMOVE): volumes.remove,
    (ItemType.VOLUME, VolumeUtilAction.PREPARE): volumes.prepare,
    (ItemType.IMAGE, ImageAction.PULL): images.pull,
    (ItemType.CONTAINER, Action.CREATE): containers.create,
    (ItemType.CONTAINER, Action.START): containers.start,
    (ItemType.CONTAINER, Action.RESTART): containers.restart,
    (ItemType.CONTAINER, Action.STOP): containers.stop,
    (ItemType.CONTAINER, Action.REMOVE): containers.remove,
    (ItemType.CONTAINER, Action.UPDATE): containers.update,
    (ItemType.CONTAINER, Action.KILL): containers.kill,
    (ItemType.CONTAINER, Action.WAIT): containers.wait,
    (ItemType.CONTAINER, Action.CONNECT): networks.connect,
    (ItemType.CONTAINER, Action.DISCONNECT): networks.disconnect,
    (ItemType.CONTAINER, ContainerUtilAction.RECOVER): containers.recover,
    (ItemType.CONTAINER, ContainerUtilAction.CONNECT_ALL): networks.connect_all,
    (ItemType.CONTAINER, ContainerUtilAction.SIGNAL_STOP): containers.signal_stop,
    (ItemType.CONTAINER, ContainerUtilAction.EXEC_COMMANDS): execs.run,
    (ItemType.CONTAINER, ContainerUtilAction.EXEC_ALL): execs.run_all,
    (ItemType.CONTAINER, ContainerUtilAction.SCRIPT): scripts.script,
}


def new_expansion(
    policy: BasePolicy,
    builder: RequestBuilder,
    observed: Observed,
    own_method: OwnMethod,
    operations: list[Operation] | None = None,
) -> Expansion:
    """An expansion for all actions of this library."""
    return Expansion(policy, builder, observed, EXPANDERS, networks.prepare_resets, _steps, own_method, operations)


def _steps(plan: Expansion, actions: Sequence[ItemAction]) -> tuple[Iterator[Step], int] | None:
    """Steps of the first of some actions, if these have a container change its name meanwhile."""
    return replacing.steps(plan, actions) or first_start.steps(plan, actions)
