"""Finding exec commands among the processes of a container."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from ...functional import resolve_value
from ...utils import engine_text
from ..input import CmdCheck, ExecCommand, ExecPolicy, MapConfigId
from ..policy.utils import extract_user
from . import Difference

PS_ARGS = '-eo pid,user,args'

_SHELLS = frozenset(('sh', 'ash', 'bash', 'dash', 'zsh'))
_WRAPPERS = frozenset(('env', 'exec', 'nohup', 'setsid'))
_REDIRECTION = re.compile(r'(?:(?<=\s)\d)?(?:&>>?|>>?|<)(?:&\d|\s*[^\s&;|<>]+)')
_OPERATORS = frozenset('();<>|&')
_ROOT = frozenset(('0', 'root'))


def check_mode(option: Any) -> CmdCheck:
    """How commands are compared, from the option or its text; anything falsy switches the check off.

    :raises ValueError: Unknown text.
    """
    return CmdCheck(option) if option else CmdCheck.NONE


def missing_commands(
    commands: Iterable[ExecCommand], default_user: Any, processes: Sequence[Sequence[str]] | None, mode: CmdCheck
) -> list[ExecCommand]:
    """Configured commands that do not run, and should; those that run only after creation are never among them.

    :param default_user: User of commands that have none of their own.
    :param processes: Rows of process id, user and command line.
    """
    if mode is CmdCheck.NONE:
        return []
    return [
        command
        for command in commands
        if command.policy is not ExecPolicy.INITIAL and not _is_running(command, default_user, processes or (), mode)
    ]


def exec_differences(item: MapConfigId, missing: Iterable[ExecCommand]) -> list[Difference]:
    """A difference for each command that should run."""
    return [Difference(item, 'exec_commands', command_text(command.cmd), 'not running') for command in missing]


def command_text(cmd: Any) -> str:
    """A command as one line, as configured."""
    value = resolve_value(cmd)
    return ' '.join(map(engine_text, value)) if isinstance(value, (list, tuple)) else engine_text(value)


def command_lines(cmd: Any) -> set[str]:
    """Lines under which a process list may show a command.

    Quotes are gone there. Shells replace themselves by the only or last command that they run, what goes to the
    background stays when its shell has ended, and wrappers such as ``setsid`` are replaced by what they start.
    """
    value = resolve_value(cmd)
    words = list(map(engine_text, value)) if isinstance(value, (list, tuple)) else _split(engine_text(value))
    lines = {command_text(cmd), ' '.join(words)}
    while words:
        words = _started(words)
        lines.add(' '.join(words))
    return {line for line in lines if line}


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return [text]


def _started(words: list[str]) -> list[str]:
    """What a shell or wrapper starts; empty for other commands and for scripts of several commands."""
    name = words[0].rpartition('/')[2]
    if name in _WRAPPERS:
        return list(itertools.dropwhile(_is_wrapper_argument, words[1:]))
    if name in _SHELLS and len(words) == 3 and words[1] == '-c':
        return _simple_command(words[2])
    return []


def _is_wrapper_argument(word: str) -> bool:
    return word.startswith('-') or '=' in word


def _simple_command(script: str) -> list[str]:
    """Words of a script that is one command, without redirections and ``&``."""
    lexer = shlex.shlex(_REDIRECTION.sub('', script), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return []
    if words and words[-1] == '&':
        words.pop()
    return [] if any(set(word) <= _OPERATORS for word in words) else words


def _is_running(command: ExecCommand, default_user: Any, processes: Sequence[Sequence[str]], mode: CmdCheck) -> bool:
    user = extract_user(command.user) or extract_user(default_user) or 'root'
    lines, text = command_lines(command.cmd), command_text(command.cmd)
    return any(
        (row_line in lines or (mode is CmdCheck.PARTIAL and text in row_line)) and _is_user(user, row_user)
        for _, row_user, row_line in processes
    )


def _is_user(wanted: str, shown: str) -> bool:
    """Whether a process list may show a user like this. It is made on the host, which has other names for users."""
    if wanted == shown or {wanted, shown} <= _ROOT:
        return True
    if shown.endswith('+') and wanted.startswith(shown[:-1]):
        return True
    return wanted.isdigit() != shown.isdigit() and not {wanted, shown} & _ROOT
