"""The parser of the command line, made from the table of commands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from ._commands import COMMANDS, GENERAL, Argument, Command
from ._exit_codes import UsageError

DESCRIPTION = 'Bring containers, networks and volumes to what a map says.'
EPILOG = 'Exit codes: 0 done, 1 error, 2 the plan has changes, 3 partly done, 64 wrong use, 130 interrupted.'


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f'{message}. See {self.prog} --help.')


def parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    found = _Parser('dockermap', description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False)
    _add_all(found, GENERAL)
    commands = found.add_subparsers(title='commands', metavar='COMMAND', dest='command_name', required=True)
    for command in COMMANDS:
        sub = commands.add_parser(
            command.name,
            aliases=command.aliases,
            help=command.summary,
            description=plain_text(command),
            allow_abbrev=False,
        )
        _add_all(sub, command.arguments)
        # What stands before the command must not be replaced by what does not stand behind it.
        general = sub.add_argument_group('options of all commands')
        _add_all(general, [_without_default(argument) for argument in GENERAL])
        sub.set_defaults(entry=command)
    return found


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """What a command line says.

    :raises UsageError: It says something that there is not.
    """
    found = parser().parse_args(argv)
    found.strict = getattr(found, 'strict', True)
    return found


def plain_text(command: Command) -> str:
    """What there is to know about a command."""
    summary = f'{command.summary[0].upper()}{command.summary[1:]}.'
    text = re.sub(r'``|\*|:doc:`([^`]*)`', r'\1', command.text).replace(' See from_compose.', '')
    return f'{summary} {text}'.strip()


def _without_default(argument: Argument) -> Argument:
    return argument._replace(settings={**argument.settings, 'default': argparse.SUPPRESS})


def _add_all(target: argparse._ActionsContainer, arguments: Sequence[Argument]) -> None:
    for argument in arguments:
        target.add_argument(*argument.flags, help=argument.help, **argument.settings)  # type: ignore[arg-type]
