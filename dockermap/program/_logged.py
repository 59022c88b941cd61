"""What the library logs, as warnings of the program."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator

_TOLD = {'dockermap.map._run': logging.WARNING, 'dockermap.map._report': logging.ERROR}
"""Loggers that say up to a level what is told anyway: by plans, and by errors."""


def logged(warn: Callable[[str], None], everything: bool) -> contextlib.AbstractContextManager[None]:
    """Show what is logged meanwhile, as far as the plan does not say the same."""
    return handled('dockermap', logging.DEBUG if everything else logging.WARNING, _Handler(warn, everything))


@contextlib.contextmanager
def handled(name: str, level: int, handler: logging.Handler) -> Iterator[None]:
    """Have a handler get what a logger is told meanwhile from a level on, and nobody else."""
    logger = logging.getLogger(name)
    former, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(former)
        logger.propagate = propagate


class _Handler(logging.Handler):
    def __init__(self, warn: Callable[[str], None], everything: bool) -> None:
        super().__init__()
        self._warn = warn
        self._everything = everything

    def emit(self, record: logging.LogRecord) -> None:
        is_told = record.levelno <= _TOLD.get(record.name, logging.NOTSET)
        if self._everything or not is_told:
            self._warn(record.getMessage())
