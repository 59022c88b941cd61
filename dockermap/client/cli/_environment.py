"""Environment variables of containers apart from the command line, which lists of processes show to everybody."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

from ...utils import version_tuple
from ._create import environment_words

log = logging.getLogger(__name__)

STDIN = '/dev/stdin'
_CALLS = ('create_container', 'exec_create')
_EXEC_VERSION = (1, 41)
"""API version of the first ``docker exec`` with ``--env-file``, that of release 20.10."""

_LONGEST_LINE = 60_000
"""In bytes; https://pkg.go.dev/bufio#MaxScanTokenSize limits lines of such a file to 64 KiB."""

_NAME = re.compile(r'[^\s#=][^\s=]*')
_TAKES_LINES = re.compile(r'[^\n\x00]*')


class Environment:
    """The environment that a call gives: lines for the command's standard input, and what cannot be a line of a file.

    Variables without value are taken from the environment of the command, and have nothing to hide.
    """

    def __init__(self, value: Any) -> None:
        given = [str(word.argument).partition('=')[2] for word in environment_words(value)]
        self.lines: list[str] = []
        self.rest: list[str] = []
        for entry in given:
            (self.lines if _is_line(entry) else self.rest).append(entry)

    @property
    def input(self) -> bytes:
        """The lines, as ``docker`` reads them."""
        return ''.join(f'{line}\n' for line in self.lines).encode('utf-8')

    def shown(self) -> list[str]:
        """Names of variables that are on the command line with their values."""
        return [name for name, is_given, _ in (entry.partition('=') for entry in self.rest) if is_given]


def has_environment(call: str, arguments: dict[str, Any]) -> bool:
    """Whether a call gives variables."""
    return call in _CALLS and bool(arguments.get('environment'))


def reads_files(call: str, api_version: Callable[[], str]) -> bool:
    """Whether the command takes variables from a file; ``docker create`` always has."""
    if call == 'create_container':
        return True
    try:
        version = version_tuple(api_version())
    except Exception:
        # What is wrong is told for the call itself.
        return False
    return version is not None and version >= _EXEC_VERSION


def warn_of(names: Iterable[str], item: object) -> None:
    """Tell that lists of processes show the values of variables for a moment."""
    listed = ', '.join(names)
    if listed:
        log.warning('Values of environment variables are on the command line of docker for %s: %s.', item, listed)


def _is_line(entry: str) -> bool:
    name, is_given, value = entry.partition('=')
    try:
        length = len(entry.encode('utf-8'))
    except UnicodeEncodeError:
        return False
    is_plain = bool(_NAME.fullmatch(name) and _TAKES_LINES.fullmatch(value)) and not value.endswith('\r')
    return bool(is_given) and is_plain and length <= _LONGEST_LINE
