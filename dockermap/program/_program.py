"""One run of the program: from arguments to an exit code."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from ._environment import Environment
from ._exit_codes import ERROR, INTERRUPTED, USAGE, RefusedError, UsageError
from ._parser import parse
from ._session import Session


def run(argv: Sequence[str] | None, environment: Environment | None) -> int:
    """Carry out one command, and return its exit code."""
    environment = environment or Environment.of_process()
    try:
        arguments = parse(argv)
    except UsageError as error:
        environment.stderr.write(f'{error}\n')
        return USAGE
    except SystemExit as end:
        # This is how argparse ends after it has shown its help.
        return int(end.code or 0)
    session = Session(arguments, environment)
    try:
        return _handler(arguments.entry.home)(session)
    except UsageError as error:
        environment.stderr.write(f'{error}\n')
        return USAGE
    except RefusedError as error:
        environment.stderr.write(f'{error}\n')
        return ERROR
    except KeyboardInterrupt:
        environment.stderr.write('Interrupted.\n')
        return INTERRUPTED
    except Exception as error:
        if arguments.debug:
            raise
        from ._errors import error_text

        environment.stderr.write(f'{error_text(error, environment.given is not None)}\n')
        return ERROR


def _handler(home: str) -> Callable[[Session], int]:
    module, _, function = home.partition(':')
    found: Callable[[Session], int] = getattr(importlib.import_module(f'._{module}', __package__), function)
    return found
