"""Carrying out single operations, and undoing what one that failed asks for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ...docker_api import EngineClient, answers, is_timeout
from ...exceptions import add_text
from .._describe import describe_item
from ..plan.operation import DONE, SKIPPED, Operation, Result, Undo
from ..plan.references import with_ids
from .calls import Calls
from .events import Announcer, Clock
from .outcomes import tolerated_outcome
from .waiting import awaited

if TYPE_CHECKING:
    from ..policy.base import BasePolicy
    from .events import Listener

log = logging.getLogger(__name__)

_PING_SECONDS = 2.0
_READING = frozenset(('check', 'inspect_container', 'inspect_volume', 'logs', 'wait'))


class Executor:
    """Carries operations out, and keeps their answers; several threads may do so at the same time.

    :param policy: The clients, and the names of items, which are kept up to date.
    :param listener: Is told what happens.
    :param clock: Time for waiting.
    :param calls: Has a function for each kind of operation.
    """

    def __init__(
        self,
        policy: BasePolicy,
        listener: Listener | None = None,
        clock: Clock | None = None,
        calls: type[Calls] = Calls,
    ) -> None:
        self.clock = clock or Clock()
        self.responses: dict[int, Any] = {}
        self.reverted: set[int] = set()
        self.undone: list[Operation] = []
        # What is not of this library, and what is kept of clients, is for one thread at a time.
        self._exclusive = threading.RLock()
        self._announcer = Announcer(listener, self.clock, self._exclusive)
        self._outcomes: dict[int, str] = {}
        self._abandoned: set[int] = set()
        self._undoing: set[int] = set()
        self._policy = policy
        self._calls = calls(
            policy, self.clock, self._outcomes, self._exclusive, self._progress if listener is not None else None
        )

    def carry_out(self, operation: Operation) -> None:
        """Carry out one operation, unless its condition does not hold.

        :raises Exception: Whatever the client raises, when what the operation's undo says has been done.
        """
        condition = operation.condition
        if condition is not None and self._outcomes.get(condition.operation) != condition.outcome:
            self._outcomes[operation.number] = SKIPPED
            self._tell('skipped', operation, 'not needed')
            return
        self._tell('started', operation)
        self._log(operation)
        if operation.call == 'wait':
            self._tell('waiting', operation, awaited(operation))
        try:
            call = self._calls.function(operation)
            response = call(self._client(operation), operation, self._resolved(operation))
        except Exception as error:
            outcome = self._tolerated(operation, error)
            if outcome is None:
                self._tell('failed', operation, type(error).__name__)
                if operation.undo is not None and self._may_undo(operation):
                    self._undo(operation.undo, error)
                raise
        else:
            outcome = self._answered(operation, response)
        self._outcomes[operation.number] = outcome
        self._tell('finished', operation, '' if outcome == DONE else outcome)

    def end(self) -> None:
        """Everything has been carried out, or will not be: what is temporary on the engine is not needed any more."""
        self._calls.end()

    def put_back(self, operation: Operation, error: BaseException) -> None:
        """Do what the undo of an operation says, although the operation has not failed."""
        if operation.undo is not None:
            self._undo(operation.undo, error)

    def abandon(self, numbers: Collection[int]) -> set[int]:
        """Undo nothing for these operations, whoever carries them out; those for which that has begun already."""
        with self._exclusive:
            self._abandoned.update(numbers)
            return self._undoing.intersection(numbers)

    def _may_undo(self, operation: Operation) -> bool:
        with self._exclusive:
            if operation.number in self._abandoned:
                return False
            self._undoing.add(operation.number)
            return True

    def announce(self, operation: Operation) -> None:
        """Tell the listener that an operation is planned."""
        self._tell('planned', operation, '; '.join(cause.text for cause in operation.causes))

    def skip(self, operation: Operation, reason: str) -> None:
        """Tell the listener that an operation is not attempted."""
        self._tell('skipped', operation, reason)

    def forget(self) -> None:
        """Get ready for the operations of another plan, whose numbers start again."""
        self.responses.clear()
        self._outcomes.clear()
        self.reverted.clear()
        self.undone.clear()
        self._abandoned.clear()
        self._undoing.clear()

    def _client(self, operation: Operation) -> EngineClient:
        client: EngineClient = self._policy.clients[operation.client_name].get_client()
        return client

    def _answered(self, operation: Operation, response: object) -> str:
        """Keep an answer; return the outcome."""
        self.responses[operation.number] = response
        return 'empty' if operation.call == 'exec_create' and not response else DONE

    def _tolerated(self, operation: Operation, error: Exception) -> str | None:
        """The outcome, if an error is one that the operation tolerates; ``None`` for a failure."""
        outcome = tolerated_outcome(operation, error)
        if outcome is None:
            return None
        text = operation.tolerates[outcome]
        if text:
            log.warning('%s', text)
        else:
            log.debug('On client %s: %s was not needed: %s', operation.client_name, operation.call, error)
        self._calls.note_tolerated(operation, outcome)
        return outcome

    def _log(self, operation: Operation) -> None:
        """Changing operations with their causes at ``INFO``, all others at ``DEBUG``."""
        level = logging.DEBUG if operation.call in _READING else logging.INFO
        if log.isEnabledFor(level):
            causes = '; '.join(cause.text for cause in operation.causes) or 'is asked for'
            log.log(
                level,
                'On client %s: %s for %s: %s.',
                operation.client_name,
                operation.call,
                describe_item(operation.config_id),
                causes,
            )

    def _progress(self, operation: Operation, text: str) -> None:
        self._tell('progress', operation, text)

    def _resolved(self, operation: Operation) -> dict[str, object]:
        arguments = {name: self._value(value) for name, value in operation.arguments.items()}
        if operation.method is None and 'container' in arguments:
            arguments['container'] = self._calls.present_name(operation.client_name, arguments['container'])
        if not operation.by_id:
            return arguments
        ids = {name: str(self.responses[number]['Id']) for name, number in operation.by_id.items()}
        return with_ids(arguments, ids)

    def _value(self, value: object) -> object:
        if not isinstance(value, Result):
            return value
        response = self.responses[value.operation]
        found = response[value.key] if value.key else response
        if value.convert is None:
            return found
        with self._exclusive:
            return value.convert(found)

    def _undo(self, undo: Undo, error: BaseException) -> None:
        if not undo.operations:
            return
        if (
            isinstance(error, Exception)
            and is_timeout(error)
            and not answers(self._client(undo.operations[0]), _PING_SECONDS)
        ):
            log.error('Nothing is put back, as the engine does not answer: %s', error)
            return
        if undo.message:
            log.warning('%s (%s)', undo.message, error)
        is_complete = True
        for operation in undo.operations:
            try:
                call = self._calls.function(operation)
                call(self._client(operation), operation, self._resolved(operation))
            except Exception as failure:
                if self._tolerated(operation, failure) is not None:
                    continue
                log.error(
                    'On client %s, %s for %s failed, so it is not as it was before: %s',
                    operation.client_name,
                    operation.call,
                    operation.config_id,
                    failure,
                )
                is_complete = False
                if not undo.goes_on:
                    return
                continue
            self.undone.append(operation)
            self._tell('undone', operation)
        if is_complete and undo.note and isinstance(error, Exception):
            add_text(error, undo.note)
        with self._exclusive:
            self.reverted |= undo.reverts

    def _tell(self, kind: str, operation: Operation, detail: str = '') -> None:
        self._announcer.tell(kind, operation.client_name, operation.config_id, operation.call, detail)
