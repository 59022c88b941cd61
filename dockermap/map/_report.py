"""What a call has done, what failed, and what its errors tell of both."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..docker_api import is_unreachable
from ..exceptions import ClientOutcome, PartialResultsError
from ._backends import ByClient
from .exceptions import ActionException, ActionRunnerException, ScriptActionException
from .execute.account import Account
from .plan.operation import Operation
from .runner import ActionOutput

if TYPE_CHECKING:
    from .runner import AbstractRunner

log = logging.getLogger(__name__)


class Report:
    """Results of a call, and its failures.

    :param runners: Carry actions out, for each kind of client.
    """

    def __init__(self, runners: ByClient[AbstractRunner]) -> None:
        self.unreachable: dict[str, Any] = {}
        """Clients that cannot be reached, with the error."""
        self.account: Account[ActionOutput] = Account()
        self.failures: list[Exception] = []
        """What ends the call."""
        self.skipped: list[Any] = []
        self.clients: dict[str, None] = {}
        """Names of all clients of the call, in their order."""
        self.undone: list[Operation] = []
        self._runners = runners
        self._broken: dict[str, ActionException] = {}
        self._lost: list[Exception] = []

    @property
    def results(self) -> list[ActionOutput]:
        """Results of the actions that were carried out, in the plan's order."""
        return self.account.results()

    def is_lost(self, client_name: str, error: ActionException) -> bool:
        """Whether the client cannot be reached any more; the others go on."""
        cause = error.source_exception[1]
        assert cause is not None
        if not is_unreachable(cause):
            return False
        # Of several that failed at the same time, the first one counts.
        self._broken.setdefault(client_name, error)
        self._lost.append(error)
        self.unreachable.setdefault(client_name, error.source_exception)
        return True

    @contextmanager
    def accounted(self) -> Iterator[None]:
        """Errors outside of actions carry the results so far, if there are any."""
        try:
            yield
        except ScriptActionException:
            raise
        except Exception as error:
            if not self._has_acted():
                raise
            raise PartialResultsError(sys.exc_info(), self.results, completed=self.completed()) from error

    def raise_failures(self) -> None:
        """Raise the first error that ended the call, with all others."""
        for error in self.failures[:1]:
            if not isinstance(error, ActionException):
                raise error
            raise self.failure(error) from error.source_exception[1]

    def raise_unreachable(self) -> None:
        """Raise the error of a client that could not be reached, when the others are done."""
        for client_name, source in self.unreachable.items():
            log.error('Client %s could not be reached, its items were left out: %s', client_name, source[1])
        for error in self._broken.values():
            raise self.failure(error) from error.source_exception[1]
        for source in self.unreachable.values():
            source[1].args = (_left_out({name: str(found[1]) for name, found in self.unreachable.items()}),)
            if self._has_acted() or self.skipped:
                raise PartialResultsError(
                    source,
                    self.results,
                    completed=self.completed(),
                    failures=[source[1]],
                    skipped=self.skipped,
                    undone=self.undone,
                    clients=self._outcomes([]),
                ) from source[1]
            raise source[1]

    def failure(self, error: ActionException) -> ActionRunnerException:
        """The error of a call for that of an action, with what was done and what was not."""
        failures = [*self.failures, *self._lost] or [error]
        return ActionRunnerException.from_action_exception(
            error,
            self.results,
            completed=self.completed(),
            failures=failures,
            skipped=self.skipped,
            undone=self.undone,
            clients=self._outcomes(failures),
        )

    def _outcomes(self, failures: Sequence[Exception]) -> dict[str, ClientOutcome]:
        """What has become of each client."""
        items = {(error.client_name, error.config_id) for error in failures if isinstance(error, ActionException)}
        failed = Counter(client_name for client_name, _ in items)
        left = {entry.operation.item for entry in self.skipped} - items
        acted = {(entry.client_name, entry.config_id) for entry in self.completed()} - items - left
        done = Counter(client_name for client_name, _ in acted)
        skipped = Counter(client_name for client_name, _ in left)
        return {
            name: ClientOutcome(done[name], failed[name], skipped[name], name not in self.unreachable)
            for name in self.clients
        }

    def _has_acted(self) -> bool:
        return bool(self.results or self.completed())

    def completed(self) -> list[Any]:
        """Everything that was carried out, in the order in which it was done; also what had no result."""
        return [output for runner in self._runners.all for output in getattr(runner, 'completed', ())]


def _left_out(reasons: Mapping[str, str]) -> str:
    """Which clients could not be reached, each with its reason."""
    if len(reasons) == 1:
        name, reason = next(iter(reasons.items()))
        return f'Items on client {name} were left out, as it could not be reached: {reason}'
    told = '; '.join(f'{name}: {reasons[name]}' for name in sorted(reasons))
    return f'Items on clients {", ".join(sorted(reasons))} were left out, as they could not be reached: {told}'
