"""Walking through a directory that is packed, without what its ignore rules leave out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ._ignore import Rule, judge, may_bring_back


@dataclass
class _Level:
    """A directory being walked: its path relative to the root, what is left of its entries, and its inherited flags."""

    path: str
    entries: Iterator[os.DirEntry[str]]
    flags: Sequence[bool]
    is_written: bool


def walk(root: str, rules: Sequence[Rule], write: Callable[[str], bool]) -> None:
    """Call ``write`` with the relative path of all that the rules include, sorted, and parents first.

    It tells whether to go on into the path. Excluded directories are only read if something in them may be included;
    then they are written as soon as that is found.
    """
    levels = [_Level('', _entries(root), [False] * len(rules), True)]
    while levels:
        level = levels[-1]
        entry = next(level.entries, None)
        if entry is None:
            levels.pop()
            continue
        path = f'{level.path}/{entry.name}' if level.path else entry.name
        is_excluded, flags = judge(rules, path, level.flags)
        if not is_excluded:
            _write_parents(levels, write)
        if _is_searched(entry, rules, path) if is_excluded else write(path):
            levels.append(_Level(path, _entries(entry.path), flags, not is_excluded))


def _entries(directory: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(directory) as entries:
        return iter(sorted(entries, key=lambda entry: entry.name))


def _is_searched(entry: os.DirEntry[str], rules: Sequence[Rule], path: str) -> bool:
    return entry.is_dir(follow_symlinks=False) and may_bring_back(rules, path)


def _write_parents(levels: Sequence[_Level], write: Callable[[str], bool]) -> None:
    for level in levels:
        if not level.is_written:
            write(level.path)
            level.is_written = True
