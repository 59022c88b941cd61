"""Stopping containers with the signal that they are configured for."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ...functional import resolve_value
from ..action import ContainerUtilAction
from ..input import ItemType
from ._parts import RunnerPart
from ._stop import is_default_signal, stop_gently, stop_with_signal

if TYPE_CHECKING:
    from . import ActionConfig, ActionMethod

__all__ = ['SignalMixin']


class SignalMixin(RunnerPart):
    """Stops containers with their own signal."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.CONTAINER, ContainerUtilAction.SIGNAL_STOP, 'signal_stop'),
    ]

    def signal_stop(self, action: ActionConfig, name: str, **kwargs: Any) -> None:
        """Stop a container. One that does not end on its own signal within the stop timeout is killed.

        :param kwargs: As for ``stop``, e.g. ``timeout`` in seconds.
        """
        stop_kwargs = self.get_container_stop_kwargs(action, name, kwargs=kwargs)
        stop_signal = resolve_value(action.config.stop_signal)
        if is_default_signal(stop_signal):
            stop_gently(action, stop_kwargs)
        else:
            stop_with_signal(action, stop_kwargs, stop_signal)
