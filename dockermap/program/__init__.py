"""The program ``dockermap``. It shows what the library says, and has it done; it decides nothing itself.

Only what a command needs is imported, so that the program starts quickly.
"""

from __future__ import annotations

from collections.abc import Sequence

from ._environment import Environment

__all__ = ['Environment', 'main']


def main(argv: Sequence[str] | None = None, environment: Environment | None = None) -> int:
    """Carry out one command, and return its exit code.

    :param argv: Arguments without the name of the program; by default those of the process.
    :param environment: Streams, variables, directory and clients, if they are not those of the process.
    """
    from ._program import run

    return run(argv, environment)
