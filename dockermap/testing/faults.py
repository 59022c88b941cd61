"""Faults that happen to chosen calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

from .errors import Killed, connection_lost, read_timeout, refusal
from .record import READING_CALLS

__all__ = ['Fault', 'FaultKind', 'Faults']

FaultKind = Literal[
    'lost-before',
    'lost-after',
    'timeout-before',
    'timeout-after',
    'killed-before',
    'killed-after',
    'refused',
    'refused-after',
]


@dataclass
class Fault:
    """A fault that is still to happen, or has happened."""

    kind: FaultKind
    method: str | None
    number: int
    status: int
    text: str
    repeats: bool = False
    seen: int = 0
    happened: int = 0

    def hits(self, method: str) -> bool:
        """Whether it happens to this call, which is counted."""
        if (self.method is None and method in READING_CALLS) or self.method not in (None, '*', method):
            return False
        self.seen += 1
        return self.seen == self.number or (self.repeats and self.seen > self.number)

    def error(self, method: str, timeout: float) -> BaseException:
        """What a method of the client raises."""
        self.happened += 1
        if self.kind.startswith('refused'):
            return refusal(self.status, self.text)
        if self.kind.startswith('lost'):
            return connection_lost()
        if self.kind.startswith('timeout'):
            return read_timeout(timeout, method)
        return Killed(f'{self.method or "call"} number {self.number}')


class Faults:
    """The faults of an engine; empty in the beginning."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(
        self,
        method: str | None = None,
        *,
        number: int = 1,
        kind: FaultKind = 'lost-before',
        status: int = 500,
        text: str = 'something went wrong',
        repeats: bool = False,
    ) -> Fault:
        """Have a fault happen to the n-th call from now on.

        ``lost-before`` and ``lost-after`` break the connection before or after the engine does what it is asked;
        ``timeout-…`` lets the client wait in vain; ``killed-…`` raises :class:`~dockermap.testing.Killed`, as if the
        program ended there; ``refused`` is an answer with an HTTP status and a text, and nothing done.

        :param method: The method that is counted; ``'*'`` for all, ``None`` for all that change something.
        :param repeats: Whether it happens to all further ones, too.
        """
        if kind not in get_args(FaultKind):
            raise ValueError(f'{kind!r} is no kind of fault; there are {", ".join(get_args(FaultKind))}.')
        fault = Fault(kind, method, number, status, text, repeats)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    @contextmanager
    def around(self, method: str, timeout: float) -> Iterator[None]:
        """Let the faults of a call happen before and after it."""
        hit = [fault for fault in self._faults if fault.hits(method)]
        for fault in hit:
            if not fault.kind.endswith('-after'):
                raise fault.error(method, timeout)
        yield
        for fault in hit:
            raise fault.error(method, timeout)
