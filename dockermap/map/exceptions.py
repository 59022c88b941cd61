"""Errors of maps and of the actions on their items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..exceptions import ContainerStateError, DockerMapError, PartialResultsMixin, SourceExceptionMixin
from ._describe import describe_action, describe_completed, describe_deed, describe_item

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    'ActionException',
    'ActionExceptionMixin',
    'ActionRunnerException',
    'ActionTypeException',
    'ClientExceptionMixin',
    'ForeignItemError',
    'MapIntegrityError',
    'MissingItemError',
    'ScriptActionException',
    'ScriptRunException',
]


class ActionExceptionMixin:
    """Part of an exception that concerns an action on an item."""

    def __init__(self, config_id: Any, action_type: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._config_id = config_id
        self._action_type = action_type

    @property
    def config_id(self) -> Any:
        """The item (``MapConfigId``)."""
        return self._config_id

    @property
    def action_type(self) -> Any:
        """The action."""
        return self._action_type


class ClientExceptionMixin:
    """Part of an exception that concerns a client."""

    def __init__(self, client_name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._client_name = client_name

    @property
    def client_name(self) -> str:
        """Name of the client."""
        return self._client_name


class ActionTypeException(ActionExceptionMixin, DockerMapError):
    """An action that this kind of item does not have."""

    @property
    def config_type(self) -> Any:
        """Kind of the item (``ItemType``)."""
        return self.config_id.config_type

    def __str__(self) -> str:
        kind = getattr(self.config_type, 'value', self.config_type)
        action = describe_action(self.action_type)
        return f'Action {action!r} is not valid for an item of type {kind!r} ({describe_item(self.config_id)}).'


class ActionException(SourceExceptionMixin, ClientExceptionMixin, ActionExceptionMixin, DockerMapError):
    """One action failed."""

    def __init__(
        self,
        src_exc: Any,
        client_name: str,
        config_id: Any,
        action_type: Any,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(src_exc, client_name, config_id, action_type, *args, **kwargs)

    def __str__(self) -> str:
        return _failure_text(self)


class ActionRunnerException(
    SourceExceptionMixin,
    ClientExceptionMixin,
    ActionExceptionMixin,
    PartialResultsMixin,
    DockerMapError,
):
    """A sequence of actions failed after some succeeded; these are in ``completed``, their results in ``results``."""

    def __init__(
        self,
        src_exc: Any,
        client_name: str,
        config_id: Any,
        action_type: Any,
        partial_results: Any,
        *args: Any,
        **accounts: Any,
    ) -> None:
        super().__init__(src_exc, client_name, config_id, action_type, partial_results, *args, **accounts)

    @classmethod
    def from_action_exception(
        cls,
        action_exception: ActionException,
        partial_results: Any,
        *,
        completed: Sequence[Any] = (),
        **accounts: Any,
    ) -> Self:
        """The failure of one action as the end of a sequence.

        :param accounts: ``failures``, ``skipped``, ``undone`` and ``clients``.
        """
        error = action_exception
        return cls(
            error.source_exception,
            error.client_name,
            error.config_id,
            error.action_type,
            partial_results,
            completed=completed,
            **accounts,
        )

    def __str__(self) -> str:
        message = _failure_text(self)
        done = describe_completed(self.completed)
        # What a container has put out last stays apart from that.
        separator = '\n' if '\n' in message else ' '
        return self._with_clients(f'{message}{separator}(already done: {done})' if done else message)


def _failure_text(error: ActionException | ActionRunnerException) -> str:
    """What could not be done, and why; the latter alone where it says all."""
    source = error.source_exception[1]
    if isinstance(source, ContainerStateError) and source.says_all:
        return str(source)
    deed = describe_deed(error.action_type, error.config_id)
    reason = str(source) if isinstance(source, ContainerStateError) else error.source_message.strip()
    return f'Could not {deed} on client {error.client_name}: {reason}'


class MapIntegrityError(DockerMapError):
    """A map refers to what it does not have, or contradicts itself."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class ForeignItemError(DockerMapError):
    """A call would change what bears the name of an item, but was not created for its map. Nothing was changed.

    ``items`` has what was found, each with ``client_name``, ``config_id``, ``name``, ``created``, ``image`` and
    ``owner``.
    """

    def __init__(self, descriptions: Sequence[str], items: Sequence[Any] = (), needs_own_id: bool = False) -> None:
        super().__init__(tuple(descriptions), tuple(items), needs_own_id)
        self.descriptions = tuple(descriptions)
        self.items = tuple(items)
        self.needs_own_id = needs_own_id

    def __str__(self) -> str:
        way_out = (
            'Volumes are only removed if their own id is given as well.'
            if self.needs_own_id
            else 'Give the item on the map another name, mark networks and volumes as external if they should only be '
            'used, or use adopt=True to take over what was found.'
        )
        found = '; '.join(self.descriptions)
        return f'Nothing was done, as this would change what is not of the map: {found}. {way_out}'


class MissingItemError(DockerMapError):
    """Items that are external to their map, and needed, do not exist. Nothing was changed."""

    def __init__(self, descriptions: Sequence[str]) -> None:
        super().__init__(tuple(descriptions))
        self.descriptions = tuple(descriptions)

    def __str__(self) -> str:
        found = '; '.join(self.descriptions)
        return f'Nothing was done, as this is external to the map and does not exist: {found}. Create it first.'


class ScriptRunException(DockerMapError):
    """A script could not be run."""


class ScriptActionException(DockerMapError):
    """The precondition of a script action is not met."""
