"""Where in a map the input is that is being read, and what to say about names that nothing knows."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ...exceptions import InputError, UnknownOptionWarning, located
from ._elsewhere import home_of, suggestion

_TRAIL: ContextVar[tuple[str, ...]] = ContextVar('dockermap_trail', default=())
_STRICT: ContextVar[bool] = ContextVar('dockermap_strict', default=False)
_PACKAGE = __name__.partition('.')[0]


class inside(located):
    """Put names in front of the path of each ``ValueError`` raised, and each warning given, inside."""

    __slots__ = ('_names', '_token')

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self._names = names

    def __enter__(self) -> None:
        self._token = _TRAIL.set(_TRAIL.get() + self._names)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        _TRAIL.reset(self._token)
        super().__exit__(kind, error, trace)


@contextmanager
def strictly(strict: bool = True) -> Iterator[None]:
    """Have unknown names inside raise ``ValueError`` instead of giving a warning."""
    token = _STRICT.set(strict or _STRICT.get())
    try:
        yield
    finally:
        _STRICT.reset(token)


def is_strict() -> bool:
    """Whether unknown names raise ``ValueError`` here."""
    return _STRICT.get()


def report(message: str, part: str = '', category: type[Warning] = UnknownOptionWarning) -> None:
    """Give a warning about something at this place, or raise ``InputError`` in strict mode."""
    error = InputError(message, part)
    if _STRICT.get():
        raise error
    for outer in reversed(_TRAIL.get()):
        error = error.below(outer)
    warnings.warn(str(error), category, stacklevel=_levels_to_caller())


def advise(message: str, part: str) -> None:
    """Give a warning about something at this place that need not be wrong, also in strict mode."""
    warnings.warn(f'{".".join((*_TRAIL.get(), part))}: {message}', UserWarning, stacklevel=_levels_to_caller())


def report_unknown(key: Any, known: Collection[str], kind: str) -> None:
    """Report a key that nothing knows, with the known one that is most like it."""
    home = home_of(key, kind)
    if home is not None:
        report(f'A {kind} has no setting of this name, so it has no effect. {home}', str(key))
        return
    match = suggestion(key, known, kind) or '; it has no effect.'
    report(f'Unknown setting of a {kind}{match}', str(key))


def report_former_name(key: str, name: str) -> None:
    """Give a warning about a setting that has another name now; both are accepted."""
    path = '.'.join((*_TRAIL.get(), key))
    warnings.warn(f'{path}: This is a former name of {name!r}.', DeprecationWarning, stacklevel=_levels_to_caller())


def _levels_to_caller() -> int:
    """Stack level, as seen from the function that warns, of the first frame outside this package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get('__name__', '').partition('.')[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    return level
