"""Environment variables in texts, and files with variables."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping

from ..exceptions import InputError

__all__ = ['expand_variables', 'variable', 'variables_of_files']

_NAME = re.compile(r'\w+', re.ASCII)
_EXPANSION = re.compile(r'(\w+)(?:(:?[-+?])(.*))?', re.ASCII | re.DOTALL)
_VARIABLE = re.compile(r'[ \t]*([A-Za-z_]\w*)[ \t]*(?::-(.*))?', re.ASCII | re.DOTALL)
_MARK = '\N{ZERO WIDTH NO-BREAK SPACE}'


def expand_variables(text: str, missing: Callable[[str], object], environment: Mapping[str, str] | None = None) -> str:
    """A text where ``$A``, ``${A}``, ``${A:-b}``, ``${A-b}``, ``${A:+b}`` and ``${A:?message}`` are as in a shell.

    :param text: The text; after ``-`` and ``+`` it may have variables itself.
    :param missing: Called with the name of a variable that is not set; where it returns, that stays as it is.
    :param environment: Variables, instead of those of this process.
    :raises ValueError: A variable is not set that ``?`` asks for.
    """
    known = os.environ if environment is None else environment
    parts: list[str] = []
    position = 0
    while True:
        start = text.find('$', position)
        if start < 0:
            return ''.join([*parts, text[position:]])
        parts.append(text[position:start])
        expanded, position = _expanded_at(text, start, missing, known)
        parts.append(expanded)


def _expanded_at(text: str, start: int, missing: Callable[[str], object], known: Mapping[str, str]) -> tuple[str, int]:
    """What stands for the variable that begins at a position, and where it ends."""
    name = _NAME.match(text, start + 1)
    if name:
        return _value(name[0], text[start : name.end()], missing, known), name.end()
    end = _closing_brace(text, start + 2) if text[start + 1 : start + 2] == '{' else -1
    if end < 0:
        return '$', start + 1
    content, whole = text[start + 2 : end], text[start : end + 1]
    found = _EXPANSION.fullmatch(content)
    if found is None:
        missing(content)
        return whole, end + 1
    if found[2] is None:
        return _value(found[1], whole, missing, known), end + 1
    return _with_alternative(found[1], found[2], found[3], missing, known), end + 1


def _closing_brace(text: str, position: int) -> int:
    depth = 1
    while position < len(text):
        if text.startswith('${', position):
            depth += 1
        elif text[position] == '}':
            depth -= 1
            if not depth:
                return position
        position += 1
    return -1


def _value(name: str, whole: str, missing: Callable[[str], object], known: Mapping[str, str]) -> str:
    if name in known:
        return known[name]
    missing(name)
    return whole


def _with_alternative(
    name: str, operator: str, word: str, missing: Callable[[str], object], known: Mapping[str, str]
) -> str:
    value = known.get(name)
    is_there = bool(value) if operator.startswith(':') else value is not None
    if operator.endswith('+'):
        return expand_variables(word, missing, known) if is_there else ''
    if is_there:
        return value or ''
    if operator.endswith('?'):
        raise InputError(f'The environment variable {name!r} is not set: {word or "it is needed."}')
    return expand_variables(word, missing, known)


def variable(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The value of a variable that is given as ``NAME`` or ``NAME:-default``.

    :raises ValueError: This is no name, or the variable is not set and has no default.
    """
    found = _VARIABLE.fullmatch(text)
    if found is None:
        raise InputError(f'Expected the name of a variable, as in NAME or NAME:-default, found {text!r}.')
    value = (os.environ if environment is None else environment).get(found[1])
    if found[2] is not None:
        return value or found[2]
    if value is None:
        raise InputError(f'The environment has no variable {found[1]!r}; set it, or write {found[1]}:-default.')
    return value


def variables_of_files(paths: Iterable[str], environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables by name from files as ``docker run --env-file`` reads them; those of later files win.

    A line is ``NAME=value``, where quotes and ``$`` are part of the value, or ``NAME`` for that of the environment,
    where it is set. Empty lines, and lines that begin with ``#``, are left out.

    :raises OSError: A file cannot be read.
    :raises ValueError: A line has no name, or a name with spaces; or a file is not UTF-8.
    """
    known = os.environ if environment is None else environment
    variables: dict[str, str] = {}
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            name, separator, value = line.lstrip().partition('=')
            if not line.strip() or name.startswith('#'):
                continue
            _check_name(name, f'env_file {path}, line {number}')
            if separator:
                variables[name] = value
            elif name in known:
                variables[name] = known[name]
    return variables


def _lines(path: str) -> list[str]:
    with open(path, 'rb') as stream:
        content = stream.read()
    try:
        text = content.decode().removeprefix(_MARK)
    except UnicodeDecodeError as error:
        raise InputError(f'env_file {path}: This is no UTF-8: {error.reason} at byte {error.start}.') from error
    return [line.removesuffix('\r') for line in text.split('\n')]


def _check_name(name: str, place: str) -> None:
    if not name:
        raise InputError(f'{place}: Expected a line such as NAME=value, found one without name.')
    if any(character.isspace() for character in name):
        # The line may be part of a secret, so it is not shown.
        raise InputError(f'{place}: Expected a line such as NAME=value, found a name with spaces.')
    if '\0' in name:
        raise InputError(f'{place}: Expected a line such as NAME=value, found a name with a character of code 0.')
