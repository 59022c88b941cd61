"""Files with environment variables, as Compose reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ..exceptions import InputError, located
from ._variables import interpolated

__all__ = ['parsed', 'read_env_file', 'read_text']

_MOST_BYTES = 4 * 2**20
_START = re.compile(r'[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.\-\[\]]*)[ \t]*(?P<sign>[=:]?)[ \t]*')
_BLANK = re.compile(r'[ \t]*(?:#[^\n]*)?(?:\n|\Z)')
_REST = re.compile(r'[ \t]*(?:#[^\n]*)?(?:\n|\Z)')
_COMMENT = re.compile(r'[ \t]+#.*')
_ESCAPES = {'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\'}
_ESCAPE = re.compile(r'\\(.)', re.DOTALL)
_MARK = '\N{ZERO WIDTH NO-BREAK SPACE}'


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    :raises ValueError: It cannot be read, is too long, or is no UTF-8.
    """
    try:
        with path.open('rb') as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f'{path}: {error.strerror or error}.') from error
    if len(content) > _MOST_BYTES:
        raise InputError(f'{path}: The file has more than {_MOST_BYTES} bytes.')
    try:
        return content.decode().removeprefix(_MARK).replace('\r\n', '\n')
    except UnicodeDecodeError as error:
        raise InputError(f'{path}: This is no UTF-8: {error.reason} at byte {error.start}.') from error


def read_env_file(path: Path, environ: Mapping[str, str], is_raw: bool = False) -> dict[str, str]:
    """Variables of a file.

    :param environ: Variables that values may refer to, and of which names alone get their values.
    :param is_raw: Quotes and dollar signs are part of values.
    :raises ValueError: The file, or a line of it, cannot be read.
    """
    content = read_text(path)
    try:
        return _raw(content, environ) if is_raw else parsed(content, environ)
    except InputError as error:
        raise InputError(f'{path}, {error}') from error


def _raw(content: str, environ: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in content.split('\n'):
        name, separator, value = line.lstrip().partition('=')
        if not name.strip() or name.startswith('#'):
            continue
        if separator:
            found[name] = value
        elif name in environ:
            found[name] = environ[name]
    return found


def parsed(content: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Variables of a text with lines such as ``NAME=value``, where values may be quoted and have variables."""
    found: dict[str, str] = {}
    position = 0
    while position < len(content):
        blank = _BLANK.match(content, position)
        if blank:
            position = blank.end()
            continue
        start = _START.match(content, position)
        line = content.count('\n', 0, position) + 1
        if start is None:
            raise InputError(f'line {line}: Expected a line such as NAME=value.')
        with located(f'line {line}'):
            value, position = _value(content, start, {**found, **environ})
        if value is not None:
            found[start['name']] = value
        elif start['name'] in environ:
            found[start['name']] = environ[start['name']]
    return found


def _value(content: str, start: re.Match[str], known: Mapping[str, str]) -> tuple[str | None, int]:
    """The value after a name, and where the next line begins."""
    position = start.end()
    if not start['sign']:
        rest = _REST.match(content, position)
        if rest is None:
            raise InputError('Expected a line such as NAME=value.')
        return None, rest.end()
    quote = content[position : position + 1]
    if quote and quote in '\'"':
        end = _closing_quote(content, position + 1, quote)
        quoted, rest = content[position + 1 : end], _REST.match(content, end + 1)
        if rest is None:
            raise InputError('Expected nothing after the closing quote.')
        plain = quoted.replace("\\'", "'") if quote == "'" else interpolated(_unescaped(quoted), known)
        return plain, rest.end()
    end = content.find('\n', position)
    end = len(content) if end < 0 else end
    plain = content[position:end]
    return interpolated('' if plain.startswith('#') else _COMMENT.sub('', plain).strip(), known), end + 1


def _closing_quote(content: str, position: int, quote: str) -> int:
    while position < len(content):
        if content[position] == '\\':
            position += 2
            continue
        if content[position] == quote:
            return position
        position += 1
    raise InputError(f'The quote {quote} is never closed.')


def _unescaped(text: str) -> str:
    # A dollar sign behind a backslash is no variable.
    return _ESCAPE.sub(lambda found: '$$' if found[1] == '$' else _ESCAPES.get(found[1], found[0]), text)
