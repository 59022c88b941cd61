"""Looking at many items at the same time, before it is decided about one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..docker_api import is_not_found, is_timeout
from ._kinds import kind_on
from .config.client import ENGINE
from .execute.pool import Pool
from .input import ItemType, MapConfigId
from .state.base import ContainerBaseState, VolumeBaseState, locate
from .state.observed import Observed

if TYPE_CHECKING:
    from .policy.base import BasePolicy
    from .state.base import AbstractStateGenerator

_Key = tuple[str, ItemType, str]
_INSPECT: dict[ItemType, Callable[[Any, str], Any]] = {
    ItemType.CONTAINER: lambda client, name: client.inspect_container(name),
    ItemType.VOLUME: lambda client, name: client.inspect_volume(name),
}


def observe_ahead(
    states: AbstractStateGenerator,
    policy: BasePolicy,
    config_ids: Iterable[MapConfigId],
    observed: Observed,
    limit: Callable[[str], int],
) -> None:
    """Inspect what exists of the items that are about to be looked at, several at a time.

    What could not be inspected fails when it is its turn.

    :param limit: How many requests a client gets at a time, by its name; those with one are left alone.
    """
    if not (
        issubclass(states.container_state_class, ContainerBaseState)
        and issubclass(states.volume_state_class, VolumeBaseState)
    ):
        return
    waiting: dict[str, list[_Key]] = {}
    for key in dict.fromkeys(_existing(states, policy, config_ids, limit)):
        if observed.get(*key) is None:
            waiting.setdefault(key[0], []).append(key)
    if any(len(keys) > 1 for keys in waiting.values()):
        _Observing(policy, observed, waiting, limit).do()


def _existing(
    states: AbstractStateGenerator, policy: BasePolicy, config_ids: Iterable[MapConfigId], limit: Callable[[str], int]
) -> Iterator[_Key]:
    left_out: set[str] = set()
    for config_id, _ in states.get_path(config_ids):
        if len(left_out) == len(policy.clients):
            return
        for client_name in policy.get_client_names(config_id):
            if client_name in left_out or client_name not in policy.clients:
                continue
            try:
                if policy.clients[client_name].backend != ENGINE or limit(client_name) == 1:
                    left_out.add(client_name)
                    continue
                kind = kind_on(policy.clients[client_name].features, config_id)
                name = policy.item_name(config_id)
                if kind.type in _INSPECT and name in policy.names_on(client_name, kind.type):
                    yield client_name, kind.type, name
            except Exception as error:
                if is_timeout(error):
                    locate(error, client_name, config_id)
                    raise
                # Whatever else is wrong with it is told when it is looked at in its turn.
                left_out.add(client_name)


class _Observing:
    """Inspections of several clients, as many at a time as each may have."""

    def __init__(
        self, policy: BasePolicy, observed: Observed, waiting: dict[str, list[_Key]], limit: Callable[[str], int]
    ) -> None:
        self._policy = policy
        self._observed = observed
        self._waiting = {client_name: iter(keys) for client_name, keys in waiting.items()}
        self._limit = limit
        self._pool: Pool[_Key] = Pool()
        self._found: dict[_Key, Any] = {}

    def do(self) -> None:
        """Inspect everything; after a failure, no more of that client."""
        for client_name in list(self._waiting):
            for _ in range(self._limit(client_name)):
                self._begin(client_name)
        while self._pool.running:
            outcome = self._pool.take()
            if outcome is None:
                continue
            if outcome.error is None:
                self._observed.note(*outcome.key, self._found[outcome.key])
            elif not isinstance(outcome.error, Exception):
                raise outcome.error
            elif not is_not_found(outcome.error):
                self._observed.note_failure(*outcome.key, outcome.error)
                self._waiting[outcome.key[0]] = iter(())
            self._begin(outcome.key[0])

    def _begin(self, client_name: str) -> None:
        key = next(self._waiting[client_name], None)
        if key is not None:
            self._pool.begin(key, lambda: self._inspect(key))

    def _inspect(self, key: _Key) -> None:
        client_name, kind, name = key
        self._found[key] = _INSPECT[kind](self._policy.clients[client_name].get_client(), name)
