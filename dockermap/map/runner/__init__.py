"""Carrying out actions: the registry of methods, and the loop that calls them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ..action import ActionEnum, ContainerUtilAction, ItemAction
from ..disclosure import redacted
from ..exceptions import ActionException, ActionTypeException
from ..input import ItemType, MapConfigId
from ..policy import PolicyUtil, PolicyUtilMeta
from ..request import ActionConfig, action_config

if TYPE_CHECKING:
    from ..policy.base import BasePolicy

__all__ = ['AbstractRunner', 'ActionConfig', 'ActionOutput', 'RunnerMeta']

ActionMethod = tuple[ItemType, ActionEnum, str]
"""Kind of item, action, and name of the method that carries it out."""


class ActionOutput(NamedTuple):
    """Result of one action."""

    client_name: str
    config_id: MapConfigId
    action_type: ActionEnum
    result: Any

    def __repr__(self) -> str:
        # Engines answer with what they were given, options of volumes included; what a script has printed is wanted.
        is_answer = isinstance(self.result, Mapping) and self.action_type is not ContainerUtilAction.SCRIPT
        result = redacted(self.result) if is_answer else self.result
        shown = self._replace(result=result)
        return f'{type(self).__name__}({", ".join(f"{name}={value!r}" for name, value in shown._asdict().items())})'


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
        self.completed: list[ActionOutput] = []

    @property
    def action_methods(self) -> dict[tuple[ItemType, ActionEnum], Callable[..., Any]]:
        """The method for each kind of item and action."""
        return {(item_type, action): getattr(self, name) for item_type, action, name in self.action_method_names}

    def run_actions(self, actions: Iterable[ItemAction]) -> Iterator[ActionOutput]:
        """Carry out actions as the results are asked for; actions without result yield nothing.

        :raises ActionTypeException: There is no method for an action.
        :raises ActionException: A method failed.
        """
        methods = self.action_methods
        for item_action in actions:
            action = action_config(self._policy, item_action.client_name, item_action.config_id)
            action = action._replace(started_before=item_action.started_before)
            name = self._policy.item_name(action.config_id)
            for action_type in item_action.action_types:
                method = methods.get((action.config_id.config_type, action_type))
                if method is None:
                    raise ActionTypeException(action.config_id, action_type)
                try:
                    result = method(action, name, **item_action.extra_data)
                except Exception as error:
                    raise ActionException(sys.exc_info(), action.client_name, action.config_id, action_type) from error
                output = ActionOutput(action.client_name, action.config_id, action_type, result)
                self.completed.append(output)
                if result is not None:
                    yield output
