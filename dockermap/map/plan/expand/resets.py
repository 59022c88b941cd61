"""What has to come back when a network is replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Member:
    """A container in a network, and how it is connected."""

    container_id: str
    name: str
    settings: Mapping[str, Any]


@dataclass
class NetworkReset:
    """What has to come back when a network is replaced.

    :param reconnects_at_once: Containers are connected as soon as the new network is there, as nothing else will.
    """

    detail: Mapping[str, Any]
    members: Sequence[Member]
    reconnects_at_once: bool
    removal: int | None = None
