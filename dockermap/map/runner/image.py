"""Pulling images, after a login where there are credentials for it."""

from __future__ import annotations

from typing import Any, ClassVar

from ..action import ImageAction
from ..input import ItemType
from ..plan.expand.images import login
from ..request import ActionConfig
from . import ActionMethod
from ._steps import StepRunner, carries_out

__all__ = ['ImageMixin']


class ImageMixin(StepRunner):
    """Pulls images, after a login where there are credentials for it."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.IMAGE, ImageAction.PULL, 'pull'),
    ]

    def login(self, action: ActionConfig, registry: str, **kwargs: Any) -> Any:
        """Log in to a registry with the client's credentials.

        :raises KeyError: There are none.
        :raises DockerStatusError: The registry does not accept them.
        """
        read = login(self.expansion, action, registry, kwargs)
        self.executor.carry_out(self.expansion.operations[-1])
        return read(self.executor.responses)

    @carries_out((ItemType.IMAGE, ImageAction.PULL))
    def pull(self, action: ActionConfig, image_name: str, **kwargs: Any) -> Any:
        """Pull an image; without credentials for its registry, anonymously.

        :raises DockerStatusError: The registry does not accept the login, or the transfer failed.
        """
        return self.carry_out(ImageAction.PULL, action, image_name, kwargs)
