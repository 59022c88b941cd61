"""Carrying out actions: the registry of methods, and the loop that calls them."""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ...utils import format_image_tag
from ..action import ActionEnum, ItemAction
from ..exceptions import ActionException, ActionTypeException
from ..input import ItemType, MapConfigId
from ..policy import PolicyUtil, PolicyUtilMeta
from ._memory import RunMemory
from ._parts import cleaned

if TYPE_CHECKING:
    from ..config.client import ClientConfiguration
    from ..config.main import ContainerMap
    from ..policy.base import BasePolicy

__all__ = ['AbstractRunner', 'ActionConfig', 'ActionOutput', 'RunnerMeta']

ActionMethod = tuple[ItemType, ActionEnum, str]
"""Kind of item, action, and name of the method that carries it out."""


class _ActionFields(NamedTuple):
    client_name: str
    config_id: MapConfigId
    client_config: ClientConfiguration
    client: Any
    container_map: ContainerMap
    config: Any


class ActionConfig(_ActionFields):
    """What a method of a runner works on.

    ``started_before`` travels beside the fields of the tuple: the container had been started before this call.
    """

    started_before: bool = False


class ActionOutput(NamedTuple):
    """Result of one action."""

    client_name: str
    config_id: MapConfigId
    action_type: ActionEnum
    result: Any


class RunnerMeta(PolicyUtilMeta):
    """Joins ``action_method_names`` of all base classes, plain mixins included; a class counts more than its bases."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(name, bases, namespace, **kwargs)
        methods: dict[tuple[ItemType, ActionEnum], str] = {}
        for base in reversed(cls.__mro__):
            for item_type, action, method_name in vars(base).get('action_method_names', ()):
                methods[item_type, action] = method_name
        cls.action_method_names = [(*key, method_name) for key, method_name in methods.items()]


class AbstractRunner(PolicyUtil, metaclass=RunnerMeta):
    """Calls the method that is registered for an item's type and an action.

    ``completed`` has an entry for every action carried out, also for those without result.
    """

    action_method_names: ClassVar[list[ActionMethod]] = []

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        super().__init__(policy, kwargs)
        self.action_methods: dict[tuple[ItemType, ActionEnum], Callable[..., Any]] = {
            (item_type, action): getattr(self, name) for item_type, action, name in self.action_method_names}
        self.completed: list[ActionOutput] = []
        self._memory = RunMemory()

    def run_actions(self, actions: Iterable[ItemAction]) -> Iterator[ActionOutput]:
        """Carry out actions as the results are asked for; actions without result yield nothing.

        :raises ActionTypeException: There is no method for an action.
        :raises ActionException: A method failed.
        """
        for item_action in actions:
            action = self._action_config(item_action.client_name, item_action.config_id)
            action.started_before = item_action.started_before
            name = self._item_name(action)
            for action_type in item_action.action_types:
                result = self._run(action, name, action_type, item_action.extra_data)
                output = ActionOutput(action.client_name, action.config_id, action_type, result)
                self.completed.append(output)
                if result is not None:
                    yield output

    def _run(self, action: ActionConfig, name: str, action_type: ActionEnum, extra_data: dict[str, Any]) -> Any:
        method = self.action_methods.get((action.config_id.config_type, action_type))
        if method is None:
            raise ActionTypeException(action.config_id, action_type)
        try:
            return self._call(method, action, name, action_type, extra_data)
        except Exception as error:
            raise ActionException(sys.exc_info(), action.client_name, action.config_id, action_type) from error

    def _call(self, method: Callable[..., Any], action: ActionConfig, name: str, action_type: ActionEnum,
              extra_data: Mapping[str, Any]) -> Any:
        """Call a method; overridden for what has to happen around certain actions."""
        return method(action, name, **extra_data)

    def _action_config(self, client_name: str, config_id: MapConfigId) -> ActionConfig:
        client_config = self._policy.clients[client_name]
        container_map = self._policy.container_maps[config_id.map_name]
        client = client_config.get_client()
        return ActionConfig(client_name, config_id, client_config, client, container_map,
                            _configuration(container_map, config_id, client_config))

    def _item_name(self, action: ActionConfig) -> str:
        """Name of an item on the engine.

        :raises ValueError: Unknown type of item.
        """
        config_type, map_name, config_name, instance = action.config_id
        if config_type == ItemType.CONTAINER:
            return self._policy.cname(map_name, config_name, instance)
        if config_type == ItemType.VOLUME:
            parent = config_name if action.container_map.use_attached_parent_name else None
            return self._policy.aname(map_name, instance, parent)
        if config_type == ItemType.NETWORK:
            return self._policy.nname(map_name, config_name)
        return format_image_tag((config_name, instance))


def _configuration(container_map: ContainerMap, config_id: MapConfigId, client_config: ClientConfiguration) -> Any:
    config_type = config_id.config_type
    if config_type == ItemType.IMAGE:
        return None
    if config_type == ItemType.NETWORK:
        config: Any = container_map.get_existing_network(config_id.config_name)
    elif config_type == ItemType.VOLUME and client_config.features['volumes']:
        config = container_map.get_existing_volume(config_id.instance_name)
    elif config_type in (ItemType.CONTAINER, ItemType.VOLUME):
        config = container_map.get_existing(config_id.config_name)
    else:
        raise ValueError(f'Unknown type of item: {config_type!r}. Expected a member of ItemType.')
    return cleaned(config)
