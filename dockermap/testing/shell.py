"""The few shell commands that processes in the engine in memory understand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence

from .processes import FileChange, Process, signal_name

__all__ = ['understood']

SHELLS = ('sh', '/bin/sh', 'ash', '/bin/ash', 'bash', '/bin/bash')
_ALL_BUT = re.compile(
    r'cd (\S+) && for file in \*; do case "\$file" in ([^\s()]+)\) ;; \*\) rm -f "\$file";; esac; done'
)
_TOGGLE = re.compile(r'if mkdir \S+ 2>/dev/null; then mkdir -p (\S+); else rmdir \1 2>/dev/null \|\| :; fi')
_SEPARATOR = re.compile(r'^(?:;|&&|\n)$')


def understood(command: Sequence[str]) -> Process | None:
    """How a command behaves, or ``None`` if it is not one of the known ones.

    Known are ``true``, ``false``, ``:``, ``exit``, ``sleep``, ``echo``, ``chown``, ``chmod``, ``rm -rf``, and for
    shells ``trap 'exit N' SIGNAL``, ``while :; do sleep N; done``, the loop that removes files of secrets and
    configs, a directory that is made or removed in turn, and several of them joined by ``;`` or ``&&``.
    """
    if not command:
        return None
    if command[0] in SHELLS:
        return _script(command[2]) if len(command) >= 3 and command[1] == '-c' else None
    return _with_first_process_signals(_statement(command))


def _script(text: str) -> Process | None:
    text = re.sub(r'while (?::|true)\s*; *do sleep [\d.]+ *; *done', 'forever', text)
    text = _ALL_BUT.sub(lambda match: f"keep {match[1]} '{match[2]}'", text)
    text = _TOGGLE.sub(r'toggle \1', text)
    lexer = shlex.shlex(text.replace('\n', ';'), posix=True, punctuation_chars=';&>')
    lexer.commenters = ''
    lexer.whitespace_split = True
    total = Process(seconds=0)
    statement: list[str] = []
    for word in [*lexer, ';']:
        if not _SEPARATOR.match(word):
            statement.append(word)
            continue
        if statement:
            following = _statement(statement)
            if following is None:
                return None
            total = _joined(total, following)
            if (total.exit_code and word == '&&') or statement[0] in ('exit', 'forever'):
                break
        statement = []
    return _with_first_process_signals(total)


def _joined(first: Process, then: Process) -> Process:
    seconds = None if first.seconds is None or then.seconds is None else first.seconds + then.seconds
    return Process(
        seconds,
        then.exit_code,
        first.output + then.output,
        first.errors + then.errors,
        {**first.signals, **then.signals},
        file_changes=(*first.file_changes, *then.file_changes),
    )


def _with_first_process_signals(process: Process | None) -> Process | None:
    """The first process of a container ignores signals that it does not handle itself."""
    if process is None:
        return None
    signals: dict[str, int | None] = {'HUP': None, 'INT': None, 'QUIT': None, 'TERM': None}
    return Process(
        process.seconds,
        process.exit_code,
        process.output,
        process.errors,
        {**signals, **process.signals},
        file_changes=process.file_changes,
    )


def _statement(words: Sequence[str]) -> Process | None:
    known = _KNOWN.get(words[0].rpartition('/')[2])
    return known(list(words[1:])) if known else None


def _ended(exit_code: int) -> Callable[[list[str]], Process]:
    def process(arguments: list[str]) -> Process:
        return Process(0, exit_code)

    return process


def _exit(arguments: list[str]) -> Process:
    return Process(0, int(arguments[0]) if arguments else 0)


def _sleep(arguments: list[str]) -> Process | None:
    try:
        return Process(float(arguments[0]))
    except (ValueError, IndexError):
        return None


def _forever(arguments: list[str]) -> Process:
    return Process()


def _echo(arguments: list[str]) -> Process:
    text = ' '.join(word for word in arguments if word not in ('>&', '2', '>&2')) + '\n'
    return Process(0, errors=text) if '>&' in arguments else Process(0, output=text)


def _trap(arguments: list[str]) -> Process | None:
    match = re.fullmatch(r'(?:exit ?(\d*))?', arguments[0]) if arguments else None
    if match is None:
        return None
    exit_code = int(match[1] or 0) if arguments[0] else None
    return Process(0, signals={name: exit_code for name in map(signal_name, arguments[1:]) if name})


def _change(arguments: list[str], key: str) -> Process | None:
    paths = [argument for argument in arguments if not argument.startswith('-')]
    if len(paths) < 2:
        return None
    recursive = any('R' in argument for argument in arguments if argument.startswith('-') and argument != paths[0])
    value = paths.pop(0)
    if key == 'owner':
        return Process(0, file_changes=tuple(FileChange(path, recursive, owner=value) for path in paths))
    return Process(0, file_changes=tuple(FileChange(path, recursive, mode=value) for path in paths))


def _chown(arguments: list[str]) -> Process | None:
    return _change(arguments, 'owner')


def _chmod(arguments: list[str]) -> Process | None:
    return _change(arguments, 'mode')


def _rm(arguments: list[str]) -> Process | None:
    if not arguments or arguments[0] != '-rf':
        return None
    return Process(0, file_changes=tuple(FileChange(path, removes=True) for path in arguments[1:]))


def _keep(arguments: list[str]) -> Process | None:
    path, kept = arguments
    return Process(0, file_changes=(FileChange(path, removes=True, kept=tuple(kept.split('|'))),))


def _toggle(arguments: list[str]) -> Process:
    return Process(0, file_changes=(FileChange(arguments[0], toggles=True),))


_KNOWN: dict[str, Callable[[list[str]], Process | None]] = {
    'true': _ended(0),
    ':': _ended(0),
    'false': _ended(1),
    'exit': _exit,
    'sleep': _sleep,
    'forever': _forever,
    'echo': _echo,
    'trap': _trap,
    'chown': _chown,
    'chmod': _chmod,
    'rm': _rm,
    'keep': _keep,
    'toggle': _toggle,
}
