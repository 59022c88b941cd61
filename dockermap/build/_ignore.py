"""Rules of a ``.dockerignore`` file, as the ``docker build`` command reads them.

The reference is the classic builder of the ``docker`` command, with its peculiarities: ``*`` or ``?`` in a character
class ends the class, ``^`` beside other special characters stands for the start of the path, and an excluded directory
is looked into only if the text of an exception starts with its path. Two things differ here. A backslash before a
letter or digit makes it literal, where Docker passes both on to its regular expressions (``\\d`` is any digit there,
``\\q`` an error). Command version 20.10 lets an exception for a directory bring back files in it even if the directory
itself was not excluded, and needs a slash where ``**`` starts a pattern; later versions do not, nor do we.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from tarfile import TarInfo
from typing import TypeAlias

from ..exceptions import located

IGNORE_FILE = '.dockerignore'

Rule: TypeAlias = 'tuple[re.Pattern[str], bool]'
TarFilter: TypeAlias = 'Callable[[TarInfo], TarInfo | None]'

_ESCAPED = r'\\.'
_CLASS_ITEM = rf'(?:{_ESCAPED}|[^-\]\\])'
_CLASS = rf'\[(?:\^|(?!\^))(?:{_CLASS_ITEM}(?:-{_CLASS_ITEM})?)+\]'
_VALID_PATTERN = re.compile(rf'(?:{_ESCAPED}|[^\[\\]|{_CLASS})*', re.DOTALL)
_TOKEN = re.compile(r'\*\*/?|\\(?P<literal>.)|.', re.DOTALL)
_PLAIN_PATTERN = re.compile(r'(?P<lead>\*\*/?)?(?P<text>[^*?\[\]\\]*)(?P<trail>\*\*)?', re.DOTALL)
_WILDCARDS = {'*': '[^/]*', '?': '[^/]'}


class _IgnoreRule(tuple):  # type: ignore[type-arg]
    """A pair of expression and whether it is an exception, which also remembers its text."""

    text: str

    def __new__(cls, expression: re.Pattern[str], is_negative: bool, text: str) -> _IgnoreRule:
        rule = super().__new__(cls, (expression, is_negative))
        rule.text = text
        return rule


def preprocess_matches(input_items: Iterable[str]) -> Iterator[Rule]:
    """Rules from the lines of a ``.dockerignore`` file: an expression for the paths, and whether it is an exception.

    The expression is for ``match`` on a path relative to the root. ``ValueError`` for what Docker refuses.
    """
    for line in input_items:
        if line.startswith('#') or not line.strip():
            continue
        text = _cleaned(line.strip())
        is_negative = text.startswith('!')
        pattern = text[1:] if is_negative else text
        if not pattern:
            raise _invalid(line, 'nothing is left after the "!"')
        # The root itself is never tested.
        if pattern not in ('.', '/'):
            yield _IgnoreRule(_compiled(pattern, line), is_negative, pattern)


def _cleaned(text: str) -> str:
    mark, pattern = ('!', text[1:].strip()) if text.startswith('!') else ('', text)
    if pattern:
        pattern = _clean_path(pattern)
    if len(pattern) > 1:
        pattern = pattern.removeprefix('/')
    return _clean_path(f'{mark}{pattern}'.strip())


def _clean_path(path: str) -> str:
    # POSIX leaves two slashes at the start alone.
    return posixpath.normpath(re.sub('^//+', '/', path))


def _compiled(pattern: str, line: str) -> re.Pattern[str]:
    if not _VALID_PATTERN.fullmatch(pattern):
        raise _invalid(line, 'unclosed "[", wrong range, or "\\" at the end')
    try:
        return re.compile(rf'{_expression(pattern)}\Z')
    except re.error as error:
        raise _invalid(line, error) from error


def _invalid(line: str, reason: object) -> ValueError:
    return ValueError(
        f'Invalid pattern {line.strip()!r} in {IGNORE_FILE}: {reason}. Put a backslash before literal characters.'
    )


def _expression(pattern: str) -> str:
    plain = _PLAIN_PATTERN.fullmatch(pattern)
    if plain is None or (plain['lead'] and plain['trail']):
        return ''.join(_translated(pattern))
    lead = {None: '', '**': '(?s:.*)', '**/': '(?s:.*/)?'}[plain['lead']]
    return f'{lead}{re.escape(plain["text"])}{"(?s:.*)" if plain["trail"] else ""}'


def _translated(pattern: str) -> Iterator[str]:
    in_class = False
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if text.startswith('**'):
            yield '(.*/)?' if token.end() < len(pattern) else '(?s:.*)'
        elif text in ('*', '?', '[', ']'):
            yield ('\\' if in_class and text != ']' else '') + _WILDCARDS.get(text, text)
            in_class = text == '[' or (in_class and text not in ('*', '?', ']'))
        else:
            yield text if text in ('^', '-') else re.escape(token['literal'] or text)


def get_exclusions(path: str | os.PathLike[str]) -> list[Rule] | None:
    """Rules of the ``.dockerignore`` file in a directory; nothing if it has none or is no directory."""
    ignore_file = os.path.join(path, IGNORE_FILE)
    if not os.path.isfile(ignore_file):
        return None
    with located(ignore_file), open(ignore_file, encoding='utf-8-sig', errors='surrogateescape', newline='\n') as lines:
        return list(preprocess_matches(lines))


def judge(rules: Sequence[Rule], path: str, inherited: Sequence[bool]) -> tuple[bool, list[bool]]:
    """Whether a path is excluded, and the flags that its content inherits: the rules that matched it or a parent."""
    is_excluded = False
    flags = []
    for (expression, is_negative), matched_parent in zip(rules, inherited, strict=True):
        # A rule is tried only where it could change the state.
        is_set = matched_parent or (is_negative == is_excluded and expression.match(path) is not None)
        if is_set:
            is_excluded = not is_negative
        flags.append(is_set)
    return is_excluded, flags


def may_bring_back(rules: Iterable[Rule], path: str) -> bool:
    """Whether there is an exception for something in an excluded directory; Docker does not look into it otherwise."""
    return any(
        is_negative and (not isinstance(rule, _IgnoreRule) or f'{rule.text}/'.startswith(f'{path}/'))
        for rule in rules
        for is_negative in rule[1:]
    )


def get_filter_func(patterns: Iterable[Rule], prefix: str) -> TarFilter:
    """A filter for members of an archive that drops what the rules exclude.

    The prefix is the path of the root in the archive, which is never dropped itself.
    """
    rules = list(patterns)
    root = prefix.strip('/')

    def keep(tarinfo: TarInfo) -> TarInfo | None:
        name = tarinfo.name.strip('/').removeprefix(root).lstrip('/')
        is_excluded, flags = False, [False] * len(rules)
        parts = name.split('/') if name else []
        for depth in range(1, len(parts) + 1):
            is_excluded, flags = judge(rules, '/'.join(parts[:depth]), flags)
        return None if is_excluded else tarinfo

    return keep
