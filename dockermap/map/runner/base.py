"""The runner that works with docker-py, or any client that offers the same calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..action import Action
from ..input import ItemType
from ..plan.expand.replacing import WITH_WAY_BACK
from ..request import ActionConfig
from ..request.builders import RequestBuilder
from . import ActionMethod
from ._steps import StepRunner, carries_out
from .attached import AttachedPreparationMixin
from .cmd import ExecMixin
from .image import ImageMixin
from .network import NetworkUtilMixin
from .script import ScriptMixin
from .signal_stop import SignalMixin

__all__ = ['DockerBaseRunnerMixin', 'DockerClientRunner', 'DockerConfigMixin']


class DockerConfigMixin(RequestBuilder):
    """Builds the keyword arguments of calls."""


class DockerBaseRunnerMixin(StepRunner):
    """Methods for the basic actions on containers, networks and volumes; they keep the policy's names up to date.

    ``replace`` says how a container is re-created: ``with-way-back`` brings the former one back if the new one does not
    work, ``remove-first`` removes it before. The new one has to run for ``start_grace`` seconds.
    ``renew_anonymous_volumes`` gives it new volumes in place of the former one's without a name. ``rollout``, if it is
    ``one-by-one``, has instances and clients of a configuration come one after the other; a dict may have ``order`` and
    ``first``, the number of clients that come before the others.
    """

    replace: str = WITH_WAY_BACK
    start_grace: float | None = None
    renew_anonymous_volumes: bool = False
    rollout: Any = None
    policy_options = ['replace', 'start_grace', 'renew_anonymous_volumes', 'rollout']

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.NETWORK, Action.CREATE, 'create_network'),
        (ItemType.NETWORK, Action.REMOVE, 'remove_network'),
        (ItemType.VOLUME, Action.CREATE, 'create_volume'),
        (ItemType.VOLUME, Action.START, 'start_volume'),
        (ItemType.VOLUME, Action.REMOVE, 'remove_volume'),
        (ItemType.CONTAINER, Action.CREATE, 'create_container'),
        (ItemType.CONTAINER, Action.START, 'start_container'),
        (ItemType.CONTAINER, Action.RESTART, 'restart'),
        (ItemType.CONTAINER, Action.STOP, 'stop'),
        (ItemType.CONTAINER, Action.REMOVE, 'remove_container'),
        (ItemType.CONTAINER, Action.UPDATE, 'update_container'),
        (ItemType.CONTAINER, Action.KILL, 'kill'),
        (ItemType.CONTAINER, Action.WAIT, 'wait'),
    ]

    @carries_out((ItemType.NETWORK, Action.CREATE))
    def create_network(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Create a network. If somebody else created one of that name meanwhile, that is a conflict."""
        return self.carry_out(Action.CREATE, action, name, kwargs)

    @carries_out((ItemType.NETWORK, Action.REMOVE))
    def remove_network(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Remove a network; where several have its name, the one that is known by id. One that has gone is no error."""
        return self.carry_out(Action.REMOVE, action, name, kwargs)

    @carries_out((ItemType.VOLUME, Action.CREATE))
    def create_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Create a volume, or on engines without them a container that stands in for it."""
        return self.carry_out(Action.CREATE, action, name, kwargs)

    @carries_out((ItemType.VOLUME, Action.START))
    def start_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Start the container that stands in for a volume."""
        return self.carry_out(Action.START, action, name, kwargs)

    @carries_out((ItemType.VOLUME, Action.REMOVE))
    def remove_volume(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Remove a volume, or the container that stands in for it."""
        return self.carry_out(Action.REMOVE, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.CREATE))
    def create_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Create a container.

        :param kwargs: What the configuration does not say, in its words or in those of the SDK.
        """
        return self.carry_out(Action.CREATE, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.START))
    def start_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Start a container, and wait for the configured delay.

        With arguments, a container that was never started is re-created if it is to have others than it was created
        with.

        :param kwargs: What the configuration does not say, in its words or in those of the SDK. Others have no effect.
        :raises ValueError: The container has been started before, and was created with other arguments.
        """
        return self.carry_out(Action.START, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.RESTART))
    def restart(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Restart a container."""
        return self.carry_out(Action.RESTART, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.STOP))
    def stop(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Stop a container; if the answer takes long, wait until it has ended."""
        return self.carry_out(Action.STOP, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.REMOVE))
    def remove_container(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Remove a container. One that has gone already, or that the engine is about to remove, is no error."""
        return self.carry_out(Action.REMOVE, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.UPDATE))
    def update_container(self, action: ActionConfig, name: str, update_values: Mapping[str, Any], **kwargs: Any) -> Any:
        """Change limits of a container."""
        return self.carry_out(Action.UPDATE, action, name, {'update_values': update_values, **kwargs})

    @carries_out((ItemType.CONTAINER, Action.KILL))
    def kill(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Send a signal to a container."""
        return self.carry_out(Action.KILL, action, name, kwargs)

    @carries_out((ItemType.CONTAINER, Action.WAIT))
    def wait(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Wait until a container ends."""
        return self.carry_out(Action.WAIT, action, name, kwargs)


class DockerClientRunner(
    DockerBaseRunnerMixin,
    DockerConfigMixin,
    AttachedPreparationMixin,
    ExecMixin,
    SignalMixin,
    ScriptMixin,
    NetworkUtilMixin,
    ImageMixin,
):
    """Carries out all actions with a client that offers docker-py's calls."""
