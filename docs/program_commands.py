"""Directives for the program, made from the table that its parser is made from.

``program-commands`` is a section for each command, ``program-options`` the options of all commands, and
``program-exit-codes`` the table of exit codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

from dockermap.program._commands import COMMANDS, GENERAL, Argument, Command
from dockermap.program._exit_codes import EXIT_CODES


def usage(command: Command) -> str:
    """How a command is written."""
    parts = ['dockermap', command.name]
    for argument in command.arguments:
        if not argument.is_option:
            name = str(argument.settings.get('metavar', argument.flags[0]))
            parts.append({'*': f'[{name} ...]', '...': f'{name} ...'}.get(str(argument.settings.get('nargs')), name))
    return ' '.join([*parts[:2], '[options]', *parts[2:]])


def section(command: Command) -> Iterator[str]:
    """The section of a command."""
    yield from (f'.. _command-{command.name}:', '', command.name, '~' * len(command.name), '')
    summary = f'{command.summary[0].upper()}{command.summary[1:]}.'
    also = f' The same as ``{command.aliases[0]}``.' if command.aliases else ''
    yield from (f'{summary} {command.text}{also}'.strip(), '', '.. code-block:: none', '', f'   {usage(command)}', '')
    yield from rows(command.arguments)
    if command.keys:
        yield from ('With ``--output json``:', '')
        yield from table((f'``{name}``' if name else '', meaning) for name, meaning in command.keys)


def rows(arguments: Iterable[Argument]) -> Iterator[str]:
    """A table of arguments."""
    yield from table((flags(argument), argument.help.replace('*', r'\*')) for argument in arguments)


def flags(argument: Argument) -> str:
    """An argument as it is written."""
    metavar = str(argument.settings.get('metavar', ''))
    if not argument.is_option:
        return f'``{metavar or argument.flags[0]}``'
    choices = argument.settings.get('choices')
    value = '|'.join(choices) if isinstance(choices, tuple) else metavar
    return ', '.join(f'``{flag} {value}``' if value else f'``{flag}``' for flag in argument.flags)


def table(cells: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A table with two columns."""
    lines = [line for first, second in cells for line in (f'   * - {first}', f'     - {second}')]
    if lines:
        yield from ('.. list-table::', '   :widths: 30 70', '', *lines, '')


def commands_text() -> str:
    """All sections."""
    return '\n'.join(line for command in COMMANDS for line in section(command))


class _Generated(Directive):
    """Text that is read as if it stood on the page."""

    def text(self) -> str:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        found = nodes.section()
        found.document = self.state.document
        lines = StringList(self.text().splitlines(), source=__file__)
        self.state.nested_parse(lines, 0, found, match_titles=True)
        return list(found.children)


class Commands(_Generated):
    """A section for each command."""

    def text(self) -> str:
        return commands_text()


class Options(_Generated):
    """Options of all commands."""

    def text(self) -> str:
        return '\n'.join(rows(GENERAL))


class ExitCodes(_Generated):
    """The table of exit codes."""

    def text(self) -> str:
        return '\n'.join(table((str(code), meaning) for code, meaning in EXIT_CODES))


def setup(app: Any) -> dict[str, Any]:
    """Add the directives."""
    app.add_directive('program-commands', Commands)
    app.add_directive('program-options', Options)
    app.add_directive('program-exit-codes', ExitCodes)
    return {'parallel_read_safe': True}
