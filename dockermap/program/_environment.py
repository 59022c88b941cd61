"""What the program has around it: streams, variables, a directory, and clients."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from ..map.config.client import ClientConfiguration
    from ..map.config.main import ContainerMap

    Clients = dict[str, ClientConfiguration]


def _as_they_are(clients: Clients) -> Clients:
    return clients


class Given(NamedTuple):
    """Maps and clients in place of files.

    :param options: Options of the library for all calls, as ``--option`` gives them.
    """

    maps: tuple[ContainerMap, ...]
    clients: Mapping[str, ClientConfiguration]
    options: Mapping[str, object] = {}


class Environment(NamedTuple):
    """Everything that the program takes from outside, beside its arguments.

    :param connect: Gives client configurations in place of those that were found, such as clients of an engine in
        memory for tests.
    :param given: Maps and clients in place of files; these are not looked for then.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    directory: Path
    connect: Callable[[Clients], Clients] = _as_they_are
    given: Given | None = None

    @classmethod
    def of_process(cls) -> Environment:
        """What this process has."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, 'reconfigure'):
                # Signs such as the one for re-creating are not in each encoding.
                stream.reconfigure(errors='replace')
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ, Path.cwd())
