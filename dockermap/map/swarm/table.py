"""The table of what actions on a swarm take."""

from __future__ import annotations

from ..action import Action, ActionEnum, ContainerUtilAction
from ..input import ItemType
from ..plan.expand.expansion import Expander
from .expand import create, create_network, remove, remove_network, restart, start, stop, update
from .scripts import script

EXPANDERS: dict[tuple[ItemType, ActionEnum], Expander] = {
    (ItemType.NETWORK, Action.CREATE): create_network,
    (ItemType.NETWORK, Action.REMOVE): remove_network,
    (ItemType.CONTAINER, Action.CREATE): create,
    (ItemType.CONTAINER, Action.START): start,
    (ItemType.CONTAINER, Action.RESTART): restart,
    (ItemType.CONTAINER, Action.STOP): stop,
    (ItemType.CONTAINER, Action.REMOVE): remove,
    (ItemType.CONTAINER, Action.UPDATE): update,
    (ItemType.CONTAINER, ContainerUtilAction.SCRIPT): script,
}
"""Which function gives the operations of an action."""
