"""Owner and mode of attached volumes."""

from __future__ import annotations

from typing import Any, ClassVar

from ..action import VolumeUtilAction
from ..input import ItemType
from ..request import ActionConfig
from ..request.preparation import PREPARATION_TMP_PATH, VolumePreparation
from . import ActionMethod
from ._steps import StepRunner, carries_out

__all__ = ['PREPARATION_TMP_PATH', 'AttachedConfigMixin', 'AttachedPreparationMixin']

AttachedConfigMixin = VolumePreparation


class AttachedPreparationMixin(StepRunner):
    """Sets owner and mode of attached volumes, on the host or by a temporary container.

    ``prepare_local`` prefers a client's ``run_cmd``, which runs a shell command on the engine's host.
    """

    prepare_local: bool = True
    policy_options = ['prepare_local']
    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.VOLUME, VolumeUtilAction.PREPARE, 'prepare_attached'),
    ]

    @carries_out((ItemType.VOLUME, VolumeUtilAction.PREPARE))
    def prepare_attached(self, action: ActionConfig, name: str, **kwargs: Any) -> Any:
        """Set owner and mode of everything in a volume.

        If that fails for a volume that was just created, it is removed again, so that the next call starts over.

        :return: What the client's ``run_cmd`` returned for each command; ``None`` without it.
        :raises DockerStatusError: A command failed.
        """
        return self.carry_out(VolumeUtilAction.PREPARE, action, name, kwargs)
