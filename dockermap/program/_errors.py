"""Errors as people read them: what, where, and what to do; a few lines, and no more than that."""

from __future__ import annotations

import re

MAX_LINES = 5
_DEFAULT_CLIENT = ' on client __default__'
_LEFT_OUT = 'Items on client __default__ were left out, as it could not be reached: '
_HINTS = {'EngineUnreachableError': 'Does the engine run, and may this user speak to it?'}
"""What to do about errors, by the names of their types; others say it themselves."""

_WHERE = ' --clients or DOCKER_HOST says where it is.'

_FLAGS = {
    'adopt=True': '--adopt',
    'remove_orphans=True': '--remove-orphans',
    'update_persistent=True': '--update-persistent',
}
"""Options as messages of the library name them, and what they are called on the command line."""


def as_flags(text: str) -> str:
    """A message of the library, with options as they are written on the command line."""
    for option, flag in _FLAGS.items():
        text = text.replace(option, flag)
    return text


def error_text(error: BaseException, are_clients_given: bool = False) -> str:
    """What went wrong, in a few lines.

    :param are_clients_given: Nothing on the command line says where engines are.
    """
    prefix = '' if _says_itself(error) else f'{type(error).__name__}: '
    hint = _HINTS.get(type(error).__name__, '')
    if hint and not are_clients_given:
        hint += _WHERE
    text = _shortened(f'Error: {prefix}{_reason(error)}', MAX_LINES - bool(hint))
    return f'{text}\n{hint}' if hint else text


def reason(error: BaseException) -> str:
    """Why something failed, in a few lines; for what is shown below the name of an item."""
    return _shortened(_reason(error), MAX_LINES)


def _reason(error: BaseException) -> str:
    """The text of an error, where requests to an engine are reduced to what the engine has said."""
    text = _text(error)
    source = getattr(error, 'source_exception', (None, None, None))[1]
    said = getattr(source or error, 'explanation', None)
    if said and source is not None:
        text = text.replace(getattr(error, 'source_message', '').strip(), str(said).strip())
    elif said:
        text = str(said)
    text = re.sub(r'\s*\(already done: [^\n]*\)$', '', text)
    return as_flags(text.replace(_DEFAULT_CLIENT, '').strip())


def _text(error: BaseException) -> str:
    """The text of an error; of files that cannot be read, the place first, and no number or picture."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f'{error.filename}: {error.strerror}'
    mark, problem = getattr(error, 'problem_mark', None), getattr(error, 'problem', None)
    if mark is None or not problem:
        return str(error).replace(_LEFT_OUT, '')
    context = getattr(error, 'context', None)
    said = f'{context}: {problem}' if context else str(problem)
    return f'{mark.name}, line {mark.line + 1}, column {mark.column + 1}: {said}'


def problem_texts(error: BaseException) -> list[str]:
    """What is wrong with a map, one text for each problem."""
    return as_flags(_text(error)).splitlines()


def _says_itself(error: BaseException) -> bool:
    """Whether the text of an error needs no name of its type: errors of the library, of input, and of files."""
    from ..exceptions import DockerMapError

    is_said = isinstance(error, (DockerMapError, ValueError, TypeError, OSError)) or hasattr(error, 'problem_mark')
    return is_said and bool(str(error))


def _shortened(text: str, limit: int) -> str:
    lines = text.splitlines()
    if len(lines) <= limit:
        return text
    # The beginning says what it is about, the end how it came to an end.
    last = limit - 2
    return '\n'.join([lines[0], f'  ({len(lines) - 1 - last} lines left out)', *lines[-last:]])
