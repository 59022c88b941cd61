"""Stopping containers with the signal that they are configured for."""

from __future__ import annotations

from typing import Any, ClassVar

from ..action import ContainerUtilAction
from ..input import ItemType
from ..request import ActionConfig
from . import ActionMethod
from ._steps import StepRunner, carries_out

__all__ = ['SignalMixin']


class SignalMixin(StepRunner):
    """Stops containers with their own signal."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.CONTAINER, ContainerUtilAction.SIGNAL_STOP, 'signal_stop'),
    ]

    @carries_out((ItemType.CONTAINER, ContainerUtilAction.SIGNAL_STOP))
    def signal_stop(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Stop a container. One that does not end on its own signal within the stop timeout is killed.

        :param kwargs: As for ``stop``, e.g. ``timeout`` in seconds.
        """
        return self.carry_out(ContainerUtilAction.SIGNAL_STOP, action, name, kwargs)
