"""The order in which containers of a configuration are re-created: one after the other, and on some clients first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

ONE_BY_ONE, PARALLEL = 'one-by-one', 'parallel'


class Rollout(NamedTuple):
    """What ``rollout`` of a call, a configuration or a map says.

    :param order: ``one-by-one`` or ``parallel``, of instances on a client, and of clients.
    :param first: Number of clients that come before all others.
    """

    order: str = PARALLEL
    first: int | None = None

    @classmethod
    def of(cls, *values: Any) -> Rollout:
        """What the first of some values says that says anything; each is the order, or a mapping of both."""
        value = next(filter(None, values), None)
        return cls(**value) if isinstance(value, Mapping) else cls(value or PARALLEL)

    @property
    def is_one_by_one(self) -> bool:
        """Whether instances, and clients, come one after the other."""
        return self.order == ONE_BY_ONE

    @property
    def waits(self) -> bool:
        """Whether some containers are waited for before others are touched."""
        return self.is_one_by_one or self.first is not None

    def waves(self, client_names: Sequence[str]) -> list[Sequence[str]]:
        """The clients in groups, each of which is done before the next one begins."""
        first = self.first or (1 if self.is_one_by_one else len(client_names))
        rest = client_names[first:]
        later = [[name] for name in rest] if self.is_one_by_one else [rest]
        return [client_names[:first], *filter(None, later)]
