"""Variables in the texts of Compose files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..exceptions import InputError

__all__ = ['MAX_LENGTH', 'interpolated']

MAX_LENGTH = 2**20
"""How many characters a text may have after its variables have been replaced."""

_MAX_DEPTH = 20
_NAME = re.compile(r'[A-Za-z_][A-Za-z0-9_]*')
_OPERATOR = re.compile(r':?[-?+]')


def interpolated(
    text: str, variables: Mapping[str, str], missing: Callable[[str], object] = lambda name: None, depth: int = 0
) -> str:
    """A text in which ``$A``, ``${A}``, ``${A:-b}`` and the like are replaced; ``$$`` is a dollar sign.

    :param missing: Called with the names of variables that are not set, which are empty then.
    :raises ValueError: A variable is not set that ``?`` asks for, or what is in braces is none.
    """
    if '$' not in text:
        return text
    if depth > _MAX_DEPTH:
        raise InputError(f'Variables are nested more than {_MAX_DEPTH} levels deep.')
    parts: list[str] = []
    length, position = 0, 0
    while (start := text.find('$', position)) >= 0:
        value, end = _value_at(text, start, variables, missing, depth)
        parts.extend((text[position:start], value))
        length += start - position + len(value)
        if length > MAX_LENGTH:
            raise InputError(f'With its variables, the text has more than {MAX_LENGTH} characters.')
        position = end
    return ''.join([*parts, text[position:]])


def _value_at(
    text: str, start: int, variables: Mapping[str, str], missing: Callable[[str], object], depth: int
) -> tuple[str, int]:
    """What stands for the variable at a dollar sign, and where it ends."""
    if text.startswith('$$', start):
        return '$', start + 2
    name = _NAME.match(text, start + 1)
    if name:
        return _plain(name[0], variables, missing), name.end()
    if not text.startswith('${', start):
        return '$', start + 1
    name = _NAME.match(text, start + 2)
    end = _closing_brace(text, start + 2) if name else -1
    if name is None or end < 0:
        raise _invalid(text[start : start + 40])
    operator = _OPERATOR.match(text, name.end(), end)
    if operator is None:
        if name.end() != end:
            raise _invalid(text[start : end + 1])
        return _plain(name[0], variables, missing), end + 1
    word = text[operator.end() : end]
    return _alternative(name[0], operator[0], word, variables, missing, depth), end + 1


def _invalid(text: str) -> InputError:
    return InputError(
        f'Expected a variable such as ${{NAME}} or ${{NAME:-default}}, found {text!r}; a dollar sign is $$.'
    )


def _closing_brace(text: str, position: int) -> int:
    """Where the brace ends that began before a position, with all that begin after it; -1 if it does not."""
    depth = 1
    for place in range(position, len(text)):
        depth += {'{': 1, '}': -1}.get(text[place], 0)
        if not depth:
            return place
    return -1


def _plain(name: str, variables: Mapping[str, str], missing: Callable[[str], object]) -> str:
    if name not in variables:
        missing(name)
    return variables.get(name, '')


def _alternative(
    name: str, operator: str, word: str, variables: Mapping[str, str], missing: Callable[[str], object], depth: int
) -> str:
    value = variables.get(name)
    is_there = bool(value) if operator.startswith(':') else value is not None
    if operator.endswith('+'):
        return interpolated(word, variables, missing, depth + 1) if is_there else ''
    if is_there:
        return value or ''
    if operator.endswith('?'):
        told = interpolated(word, variables, missing, depth + 1)
        raise InputError(f'The variable {name!r} is not set: {told or "it is required."}')
    return interpolated(word, variables, missing, depth + 1)
