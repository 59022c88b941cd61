"""What a listener is told while operations are carried out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from ..input import MapConfigId

log = logging.getLogger(__name__)


class TransferProgress(str):
    """What is told of a transfer, with the layer that it is about, and bytes for a bar; ``None`` where unknown."""

    layer: str
    current: int | None
    total: int | None

    def __new__(
        cls, text: str, layer: str = '', current: int | None = None, total: int | None = None
    ) -> TransferProgress:
        told = super().__new__(cls, text)
        told.layer, told.current, told.total = layer, current, total
        return told


class ActionEvent(NamedTuple):
    """One thing that happened to an operation.

    :param kind: ``planned``, ``started``, ``progress``, ``waiting``, ``finished``, ``failed``, ``skipped``, ``undone``.
    :param client_name: Name of the client.
    :param config_id: The item.
    :param call: The client's method, ``wait``, or the name of a runner's own method.
    :param detail: Plain text for people; empty if there is nothing to say. That of ``progress`` has ``layer``,
        ``current`` and ``total`` (bytes).
    :param time: Seconds since the epoch.
    """

    kind: str
    client_name: str
    config_id: MapConfigId
    call: str
    detail: str
    time: float


Listener = Callable[[ActionEvent], object]


class Clock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds of a clock that never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


class Announcer:
    """Tells a listener what happens; one that raises is logged once and dropped.

    :param exclusive: Entered while the listener is called, so that no two threads call it at a time.
    """

    def __init__(self, listener: Listener | None, clock: Clock, exclusive: AbstractContextManager[object]) -> None:
        self._listener = listener
        self._clock = clock
        self._exclusive = exclusive

    def tell(self, kind: str, client_name: str, config_id: MapConfigId, call: str, detail: str = '') -> None:
        """Tell one event."""
        if self._listener is None:
            return
        with self._exclusive:
            if self._listener is None:
                return
            try:
                self._listener(ActionEvent(kind, client_name, config_id, call, detail, self._clock.time()))
            except Exception:
                log.exception('The listener failed, and is not called any more.')
                self._listener = None
