"""Why something is done, or stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..input import MapConfigId


@dataclass(frozen=True)
class Cause:
    """Why something is done.

    :param kind: ``missing``, ``difference``, ``request``, ``state``, or ``item`` for what follows from another item.
    :param text: What people read, without any value that has to stay secret.
    :param item: The other item, for the kind ``item``.
    """

    kind: str
    text: str
    item: MapConfigId | None = None


class Explanation(NamedTuple):
    """What people are told about a decision: causes, differences that stay with the reason, and what else to know.

    ``notices`` are warnings, ``remarks`` are not.
    """

    causes: tuple[Cause, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
