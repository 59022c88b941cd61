"""The program ``dockermap``. It shows what the library says, and has it done; it decides nothing itself.

Only what a command needs is imported, so that the program starts quickly.
"""

from __future__ import annotations

from collections.abc import Sequence

from ._commands import BY_NAME, GENERAL, Argument, Command
from ._environment import Environment, Given

__all__ = ['Argument', 'Command', 'Environment', 'Given', 'command', 'main']


def main(argv: Sequence[str] | None = None, environment: Environment | None = None) -> int:
    """Carry out one command, and return its exit code.

    :param argv: Arguments without the name of the program; by default those of the process.
    :param environment: Streams, variables, directory and clients, if they are not those of the process.
    """
    from ._program import run

    return run(argv, environment)


def command(name: str) -> Command:
    """What the program knows about one of its commands, with all its arguments, for those who offer it elsewhere.

    :raises KeyError: There is none of that name.
    """
    found = BY_NAME[name]
    return found._replace(arguments=(*found.arguments, *GENERAL))
