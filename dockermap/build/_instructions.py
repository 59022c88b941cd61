"""The text of values in Dockerfile instructions."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from ..utils import close_match, engine_text

# What Docker 23 and later take for the start of a file's content in the Dockerfile.
_HERE_DOCUMENT = re.compile(r'\A\d*<<')
_PLAIN_PATH = re.compile(r'[\w@%+=:,./~][\w@%+=:,./~-]*')
_WILDCARDS = re.compile(r'[*?\[]')
_EXPANDED = re.compile(r"""[\\"'$]""")
_MISREAD_LINE_FEEDS = re.compile(r'(?<=\\)\n+|\n(?=[ \t]*[#\n])')
_CONTINUED = re.compile(r'\\[ \t]*\Z')
_DURATIONS = (('s', 10**9), ('ms', 10**6), ('us', 10**3), ('ns', 1))
_HEALTH_FIELDS = ('test', 'interval', 'timeout', 'retries', 'start_period')
_HEALTH_DURATIONS = ('interval', 'timeout', 'start_period')


def prepare_path(path: str, replace_space: bool, replace_sep: bool, expandvars: bool, expanduser: bool) -> str:
    """A path with variables and home directories expanded, local separators as ``/``, and blanks after a backslash."""
    if expandvars:
        path = os.path.expandvars(path)
    if expanduser:
        path = os.path.expanduser(path)
    if replace_sep and os.sep != '/':
        path = path.replace(os.sep, '/')
    return path.replace(' ', '\\ ') if replace_space else path


def json_list(values: Iterable[Any]) -> str:
    """A JSON array of the values as text."""
    return json.dumps([engine_text(value) for value in values])


def format_command(cmd: Any, shell: bool = False) -> str:
    """A command as Docker reads it: a JSON array for running it directly, or a command line for a shell.

    Text is split as a shell does; elements of a list are quoted where a shell would misread them.
    """
    if not isinstance(cmd, (str, list, tuple)):
        raise ValueError(f'A command must be text, a list, or a tuple; found {cmd!r}.')
    if not cmd:
        return '[]'
    if isinstance(cmd, str):
        return cmd if shell else json_list(_split_command(cmd))
    return ' '.join(shlex.quote(engine_text(part)) for part in cmd) if shell else json_list(cmd)


def _split_command(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise ValueError(f'The command {command!r} cannot be split ({error}); pass a list of its arguments.') from error


def format_expose(expose: Any) -> Iterable[str]:
    """Ports as text."""
    if isinstance(expose, Iterable) and not isinstance(expose, (str, bytes)):
        return [engine_text(port) for port in expose]
    return (engine_text(expose),)


def format_labels(labels: Any) -> Iterable[str]:
    """Labels as pairs of quoted key and value; text is taken as it is.

    A line feed in a value continues the instruction on the next line, so Docker leaves it out. Pass such labels to the
    build call instead.
    """
    if isinstance(labels, str):
        return (labels,)
    pairs = labels.items() if isinstance(labels, Mapping) else labels
    try:
        return [f'{_label_key(key)}={quoted(value)}' for key, value in pairs]
    except TypeError as error:
        raise ValueError(f'Labels must be text, a dictionary, or pairs of key and value; found {labels!r}.') from error


def _label_key(key: Any) -> str:
    text = engine_text(key)
    if '=' in text:
        raise ValueError(f'Docker cannot read the label name {text!r} in a Dockerfile, because of the "=" in it.')
    return quoted(text)


def quoted(value: Any) -> str:
    """A value in double quotes, as in labels, where nothing in it is substituted."""
    # Docker drops blank lines and comments between continued lines, together with what is in them.
    text = _MISREAD_LINE_FEEDS.sub('', engine_text(value))
    escaped = re.sub(r'[\\"$]', r'\\\g<0>', text)
    return '"{}"'.format(escaped.replace('\n', '\\\n'))


def expanded_word(value: Any) -> str:
    """A value as an element for instructions that substitute variables and remove quotes; it arrives unchanged."""
    return _EXPANDED.sub(r'\\\g<0>', engine_text(value))


def expanded_line(value: Any) -> str:
    """A value as an argument that such an instruction trims, or takes for a flag; plain values stay as they are."""
    text = engine_text(value)
    return quoted(text) if text != text.strip() or text.startswith('--') else expanded_word(text)


def format_paths(source: str, target: str) -> str:
    """Source and target of ``ADD`` and ``COPY``: plain, or as a JSON array if Docker would misread them otherwise."""
    if _PLAIN_PATH.fullmatch(source) and _PLAIN_PATH.fullmatch(target):
        return f'{source} {target}'
    pattern = _WILDCARDS.sub(r'[\g<0>]', source)
    return json_list(expanded_word(_HERE_DOCUMENT.sub(r'./\g<0>', path)) for path in (pattern, target))


def format_shell(shell: Any) -> str:
    """A shell for following instructions; lists become JSON arrays, text is taken as it is."""
    return json_list(shell) if isinstance(shell, (list, tuple)) else engine_text(shell)


def format_healthcheck(check: Any) -> str:
    """A health check from text (as it is), a command list, or a health check tuple or dictionary with its options."""
    if isinstance(check, str):
        return check
    if isinstance(check, Mapping):
        return _health_options(check)
    if hasattr(check, '_asdict'):
        return _health_options({name: getattr(check, name, None) for name in _HEALTH_FIELDS})
    return _health_command(check)


def _health_options(check: Mapping[str, Any]) -> str:
    for name in check:
        if name not in _HEALTH_FIELDS:
            raise ValueError(f'A health check has no option {name!r}{close_match(name, _HEALTH_FIELDS)}')
    command = _health_command(check.get('test'))
    if command == 'NONE':
        return command
    options = {name: check[name] for name in _HEALTH_FIELDS[1:] if check.get(name)}
    words = [
        f'--{name.replace("_", "-")}={_duration(value) if name in _HEALTH_DURATIONS else engine_text(value)}'
        for name, value in options.items()
    ]
    return ' '.join([*words, command])


def _health_command(test: Any) -> str:
    if not test or test == 'NONE':
        return 'NONE'
    if isinstance(test, str):
        return f'CMD {test}'
    if not isinstance(test, (list, tuple)):
        raise ValueError(f'A health check must be text, a list, a health check tuple, or a dictionary; found {test!r}.')
    first, *rest = test
    if first == 'NONE':
        return 'NONE'
    if first == 'CMD-SHELL':
        return f'CMD {" ".join(map(engine_text, rest))}'
    return f'CMD {json_list(rest if first == "CMD" else test)}'


def _duration(value: Any) -> str:
    """Nanoseconds in the largest unit that divides them; text is taken as it is."""
    if not isinstance(value, int):
        return engine_text(value)
    return next(f'{value // size}{unit}' for unit, size in _DURATIONS if value % size == 0)


def check_line_feeds(text: str) -> None:
    """Raise ``ValueError`` if a line feed in an instruction would start another one.

    Line feeds after a backslash are fine, and so are comments and blank lines between continued lines.
    """
    is_open = True
    for number, line in enumerate(text.split('\n')):
        is_skipped = number > 0 and (not line.strip() or line.lstrip().startswith('#'))
        if not is_open and not is_skipped:
            raise ValueError(
                f'Line {number + 1} of {text!r} would start a new instruction. End each line before it with a '
                f'backslash, or use write() for text of any form.'
            )
        if not is_skipped:
            is_open = bool(_CONTINUED.search(line))
