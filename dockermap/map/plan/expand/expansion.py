"""The operations of one call of the front end, and what earlier ones mean for later ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...action import ActionEnum, ImageAction, ItemAction
from ...exceptions import ActionException, ActionTypeException
from ...input import ItemType, MapConfigId
from ...request import ActionConfig, action_config, cleaned
from ...request.settings import container_settings
from ..operation import Cause, Condition, Operation, Undo
from ..replacement import Replacement
from .resets import NetworkReset
from .steps import Reader, Step, answer, nothing

if TYPE_CHECKING:
    from ...policy.base import BasePolicy
    from ...request.builders import RequestBuilder
    from ...request.settings import ContainerSettings
    from ...state.observed import Observed


Expander = Callable[['Expansion', ActionConfig, str, dict[str, Any]], 'Reader | None']
Preparer = Callable[['Expansion', Sequence[ItemAction]], None]
_STARTING = ('start', 'restart')
Replacer = Callable[['Expansion', Sequence[ItemAction]], 'tuple[Iterator[Step], int] | None']
OwnMethod = Callable[[ItemType, ActionEnum], 'Callable[..., Any] | None']


class Expansion:
    """Turns actions into operations, one item after the other.

    What earlier actions of the same call mean for later ones is kept here: items that will have been created or
    removed, the configurations that containers are created with, logins, and networks that are being replaced.

    :param builder: Builds the arguments of calls.
    :param observed: What was found when the items were looked at.
    :param expanders: Gives the operations of each action.
    :param prepare: Is called before actions that belong together are expanded.
    :param replacing: Gives the steps of the first of some actions, if these have a new container take a place, and how
        many these are.
    :param own_method: Gives the method for an action where that is not one of this library.
    :param operations: Of the same plan, so far.
    """

    def __init__(
        self,
        policy: BasePolicy,
        builder: RequestBuilder,
        observed: Observed,
        expanders: Mapping[tuple[ItemType, ActionEnum], Expander],
        prepare: Preparer,
        replacing: Replacer,
        own_method: OwnMethod,
        operations: list[Operation] | None = None,
    ) -> None:
        self.policy = policy
        self.builder = builder
        self.observed = observed
        self.operations: list[Operation] = [] if operations is None else operations
        self.configs: dict[tuple[str, str], ContainerSettings] = {}
        self.logins: dict[tuple[str, str], str] = {}
        self.pulled: set[tuple[str, str]] = set()
        self.joined: set[tuple[str, str, str]] = set()
        self.resets: dict[tuple[str, MapConfigId], NetworkReset] = {}
        self.causes: tuple[Cause, ...] = ()
        self.conditional = False
        self.left: set[tuple[str, str, str]] = set()
        self.started: set[tuple[str, MapConfigId]] = set()
        """Containers that this call starts, by client."""
        self.visited: Collection[tuple[str, MapConfigId]] = ()
        """Items that this call looks at, by client."""
        self.wait_timeout: float | None = None
        self.wait: bool | None = None
        self.image_checks: dict[tuple[str, str], Any] = {}
        self.replacements: list[Replacement] = []
        """Containers that take the places of others, in the order of the actions."""
        self.removed_first: set[tuple[str, MapConfigId]] = set()
        """Containers that have to be removed before they are created again."""
        self.adopting: Collection[str] = ()
        """Clients on which items that were not created for their map count as its own."""
        """Whether items that were not created for their map count as its own, by the name of the client."""
        self.prepared_later: set[tuple[str, str]] = set()
        """Volumes, by client and name, that containers mount which are to start for the first time."""
        self.at_work: dict[tuple[str, str], set[str]] = {}
        """Names of the containers that are started, by client and volume."""
        self.files: dict[tuple[str, MapConfigId], frozenset[str]] = {}
        """Paths of the secrets and configs that are put on hosts for containers, by client and item."""
        self.ended: dict[str, set[str]] = {}
        """Names of the containers that are stopped or removed, by client."""
        self._expanders = expanders
        self._prepare = prepare
        self._replacing = replacing
        self._own_method = own_method
        self._is_left = False
        self._condition: Condition | None = None
        self._undo: Undo | None = None
        self._created: dict[tuple[str, ItemType, str], int] = {}
        self._removed: set[tuple[str, ItemType, str]] = set()

    def expand(self, actions: Sequence[ItemAction]) -> Iterator[Step]:
        """The steps of actions that belong together, as they follow from one state.

        :raises ActionTypeException: There is no method for an action.
        :raises ActionException: The arguments of a call cannot be built.
        """
        prepared = False
        for item_action in actions:
            action = action_config(self.policy, item_action.client_name, item_action.config_id)
            action = action._replace(started_before=item_action.started_before)
            for action_type in item_action.action_types:
                try:
                    if not prepared:
                        self._prepare(self, actions)
                        prepared = True
                    self._is_left = False
                    step = self._step(action, action_type, item_action.extra_data)
                    if not self._is_left:
                        yield step
                    elif step.operations:
                        # Only the image for it is pulled now.
                        image = self.operations[step.operations[0]].config_id
                        yield replace(step, config_id=image, action_type=ImageAction.PULL, read=nothing)
                except ActionTypeException:
                    raise
                except Exception as error:
                    raise ActionException(sys.exc_info(), action.client_name, action.config_id, action_type) from error
        self.resets.clear()

    def expand_replacing(self, actions: Sequence[ItemAction]) -> Iterator[Step]:
        """The same, where a new container takes the place of a former one, which comes back if it does not work.

        :raises ActionTypeException: There is no method for an action.
        :raises ActionException: The arguments of a call cannot be built.
        """
        remaining = list(actions)
        plain: list[ItemAction] = []
        while remaining:
            found = self._replacing(self, remaining)
            if found is None:
                plain.append(remaining.pop(0))
                continue
            steps, count = found
            yield from self.expand(plain)
            plain = []
            try:
                yield from steps
            except Exception as error:
                first = remaining[0]
                raise ActionException(
                    sys.exc_info(), first.client_name, first.config_id, first.action_types[0]
                ) from error
            del remaining[:count]
        yield from self.expand(plain)

    def leave_to_later(self) -> None:
        """The action that is being expanded is done with that of another item, and does not count as done before."""
        self._is_left = True

    def expand_call(self, action: ActionConfig, name: str, action_type: ActionEnum, kwargs: dict[str, Any]) -> Step:
        """The step for one call of a method of this library."""
        return self._expanded(action, name, action_type, kwargs)

    def sub_step(self, action: ActionConfig, name: str, action_type: ActionEnum, kwargs: dict[str, Any]) -> int:
        """Operations of another action that is part of this one; the number of the first."""
        first = len(self.operations)
        own = self._own_method(action.config_id.config_type, action_type)
        if own is not None:
            self._own(action, name, own, kwargs)
        else:
            self._expander(action.config_id, action_type)(self, action, name, kwargs)
        return first

    def add(
        self,
        action: ActionConfig,
        call: str,
        arguments: Mapping[str, Any],
        *,
        tolerates: Mapping[str, str] | None = None,
        condition: Condition | None = None,
        undo: Undo | None = None,
        purpose: str = '',
        method: Callable[..., Any] | None = None,
        client_name: str | None = None,
    ) -> int:
        """Add an operation; return its number.

        :param client_name: Client that the call goes to, if not that of the item.
        """
        number = len(self.operations)
        called = action.client_name if client_name is None else client_name
        if call in _STARTING:
            self.started.add((called, action.config_id))
        self.operations.append(
            Operation(
                number,
                called,
                action.config_id,
                call,
                arguments,
                self.causes,
                (),
                dict(tolerates or {}),
                condition or self._condition,
                undo or self._undo,
                self.conditional,
                purpose,
                method,
                action.client_name if called != action.client_name else '',
            )
        )
        return number

    @contextmanager
    def undone_by(self, undo: Undo | None) -> Iterator[None]:
        """Operations that are added meanwhile and have no undo of their own are undone like this."""
        self._undo = undo
        yield
        self._undo = None

    @contextmanager
    def only_if(self, condition: Condition) -> Iterator[None]:
        """Operations that are added meanwhile and have no condition of their own have this one."""
        self._condition = condition
        yield
        self._condition = None

    def require_answer(self, number: int, purpose: str) -> None:
        """An operation that returns nothing is a failure."""
        self.operations[number] = replace(self.operations[number], purpose=purpose)

    def tolerate(self, first: int, text: str) -> None:
        """No failure of the operations from this number on is one of the call; it is told in a warning."""
        for operation in self.operations[first:]:
            self.operations[operation.number] = replace(operation, tolerates={**operation.tolerates, 'any': text})

    def undoing(
        self, action: ActionConfig, call: str, arguments: Mapping[str, Any], tolerates: Iterable[str] = ('not_found',)
    ) -> Operation:
        """An operation that puts something back."""
        return Operation(
            -1, action.client_name, action.config_id, call, arguments, tolerates=dict.fromkeys(tolerates, '')
        )

    def note_created(self, action: ActionConfig, name: str, number: int) -> None:
        """An item will have been created by an operation."""
        key = action.client_name, action.config_id.config_type, name
        self._created[key] = number
        self._removed.discard(key)

    def note_removed(self, action: ActionConfig, name: str) -> None:
        """An item will have been removed."""
        key = action.client_name, action.config_id.config_type, name
        self._created.pop(key, None)
        self._removed.add(key)

    def is_created(self, action: ActionConfig, name: str) -> bool:
        """Whether the item is created by this call."""
        return (action.client_name, action.config_id.config_type, name) in self._created

    def is_removed(self, action: ActionConfig, name: str) -> bool:
        """Whether the item is removed by this call."""
        return (action.client_name, action.config_id.config_type, name) in self._removed

    def creation(self, action: ActionConfig, name: str) -> int | None:
        """Number of the operation that creates the item, if this call does."""
        return self._created.get((action.client_name, action.config_id.config_type, name))

    def creates(self, client_name: str, kind: ItemType, name: str) -> bool:
        """Whether this call creates an item."""
        return (client_name, kind, name) in self._created

    def exists(self, client_name: str, kind: ItemType, name: str) -> bool:
        """Whether a network or volume is there when all operations so far have been carried out."""
        key = client_name, kind, name
        return key in self._created or (key not in self._removed and name in self.policy.names_on(client_name, kind))

    def config(self, action: ActionConfig, name: str) -> ContainerSettings:
        """The configuration that a container is created or started with, otherwise that of the action."""
        return cleaned(self.configs.get((action.client_name, name), container_settings(action)))

    def own_method(self, item_type: ItemType, action_type: ActionEnum) -> Callable[..., Any] | None:
        """The method for an action, where it is not one of this library."""
        return self._own_method(item_type, action_type)

    def _step(self, action: ActionConfig, action_type: ActionEnum, extra_data: Mapping[str, Any]) -> Step:
        name = self.policy.item_name(action.config_id)
        own = self._own_method(action.config_id.config_type, action_type)
        if own is None:
            return self._expanded(action, name, action_type, dict(extra_data))
        first = len(self.operations)
        number = self._own(action, name, own, dict(extra_data))
        return self._as_step(action, action_type, first, answer(number))

    def _own(self, action: ActionConfig, name: str, method: Callable[..., Any], kwargs: dict[str, Any]) -> int:
        return self.add(action, method.__name__, {'action': action, 'name': name, 'kwargs': kwargs}, method=method)

    def _expanded(self, action: ActionConfig, name: str, action_type: ActionEnum, kwargs: dict[str, Any]) -> Step:
        first = len(self.operations)
        reader = self._expander(action.config_id, action_type)(self, action, name, kwargs)
        return self._as_step(action, action_type, first, reader or nothing)

    def _as_step(self, action: ActionConfig, action_type: ActionEnum, first: int, reader: Reader) -> Step:
        numbers = tuple(range(first, len(self.operations)))
        return Step(action.client_name, action.config_id, action_type, numbers, reader)

    def _expander(self, config_id: MapConfigId, action_type: ActionEnum) -> Expander:
        expander = self._expanders.get((config_id.config_type, action_type))
        if expander is None:
            raise ActionTypeException(config_id, action_type)
        return expander
