"""Errors as people read them in tools: what went wrong, in a few lines."""

from __future__ import annotations

import re

from .exceptions import DockerMapError

MAX_LINES = 5
_DEFAULT_CLIENT = ' on client __default__'
_LEFT_OUT = 'Items on client __default__ were left out, as it could not be reached: '


def error_text(error: BaseException) -> str:
    """What went wrong; the type, too, of errors that nobody has written for people."""
    return shortened(f'{"" if says_itself(error) else f"{type(error).__name__}: "}{error_reason(error)}')


def error_reason(error: BaseException) -> str:
    """The text of an error, where requests to an engine are reduced to what the engine has said."""
    text = plain_text(error)
    source = getattr(error, 'source_exception', (None, None, None))[1]
    said = getattr(source or error, 'explanation', None)
    if said and source is not None:
        text = text.replace(getattr(error, 'source_message', '').strip(), str(said).strip())
    elif said:
        text = str(said)
    text = re.sub(r'\s*\(already done: [^\n]*\)$', '', text)
    return text.replace(_DEFAULT_CLIENT, '').strip()


def plain_text(error: BaseException) -> str:
    """The text of an error; of files that cannot be read, the place first, and no number or picture."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f'{error.filename}: {error.strerror}'
    mark, problem = getattr(error, 'problem_mark', None), getattr(error, 'problem', None)
    if mark is None or not problem:
        return str(error).replace(_LEFT_OUT, '')
    context = getattr(error, 'context', None)
    said = f'{context}: {problem}' if context else str(problem)
    return f'{mark.name}, line {mark.line + 1}, column {mark.column + 1}: {said}'


def shortened(text: str, limit: int = MAX_LINES) -> str:
    """A text of no more lines than that."""
    lines = text.splitlines()
    if len(lines) <= limit:
        return text
    # The beginning says what it is about, the end how it came to an end.
    last = limit - 2
    return '\n'.join([lines[0], f'  ({len(lines) - 1 - last} lines left out)', *lines[-last:]])


def says_itself(error: BaseException) -> bool:
    """Whether the text of an error needs no name of its type: errors of the library, of input, and of files."""
    is_said = isinstance(error, (DockerMapError, ValueError, TypeError, OSError)) or hasattr(error, 'problem_mark')
    return is_said and bool(str(error))
