"""Files of images, volumes and hosts, as far as owner, mode and content go."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from posixpath import normpath

__all__ = ['File', 'FileTree', 'FilesGiven', 'changed_mode']


@dataclass(frozen=True)
class File:
    """A file, or a directory if it has no content."""

    content: str | None = None
    owner: int = 0
    group: int = 0
    mode: int = 0o644

    @property
    def is_directory(self) -> bool:
        """Whether there can be others below it."""
        return self.content is None


FilesGiven = Mapping[str, File | str | None]
"""Paths, with a file, only its content, or ``None`` for a directory that belongs to root."""

DIRECTORY = File(mode=0o755)


class FileTree:
    """Files by absolute path; missing parents are directories of root."""

    def __init__(self, files: FilesGiven | None = None, root: File = DIRECTORY) -> None:
        self._files: dict[str, File] = {'/': root}
        for path, file in (files or {}).items():
            self.write(path, DIRECTORY if file is None else File(file) if isinstance(file, str) else file)

    def __contains__(self, path: str) -> bool:
        return normpath(path) in self._files

    def __getitem__(self, path: str) -> File:
        return self._files[normpath(path)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileTree) and self._files == other._files

    __hash__ = None  # type: ignore[assignment]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing below the root."""
        return len(self._files) == 1

    def paths(self, top: str = '/') -> list[str]:
        """A path and all below it; nothing if it does not exist."""
        top = normpath(top)
        prefix = top.rstrip('/') + '/'
        return [path for path in self._files if path == top or path.startswith(prefix)]

    def write(self, path: str, file: File) -> None:
        """Create or replace a file or directory."""
        path = normpath(path)
        parent = path.rpartition('/')[0]
        while parent and parent not in self._files:
            self._files[parent] = DIRECTORY
            parent = parent.rpartition('/')[0]
        self._files[path] = file

    def remove(self, path: str, kept: Collection[str] = ()) -> None:
        """Remove a file, or a directory with all below it; or only what is in there, without files of these names."""
        top = normpath(path)
        for name in self.paths(top):
            if not kept or (name != top and name.rpartition('/')[2] not in kept):
                del self._files[name]

    def change(
        self, path: str, recursive: bool, *, owner: int | None = None, group: int | None = None, mode: str | None = None
    ) -> None:
        """Change owner, group or mode of a file, and with ``recursive`` of all below it."""
        for name in self.paths(path) if recursive else [normpath(path)]:
            file = self._files[name]
            self._files[name] = replace(
                file,
                owner=file.owner if owner is None else owner,
                group=file.group if group is None else group,
                mode=file.mode if mode is None else changed_mode(file, mode),
            )

    def part(self, path: str) -> FileTree:
        """A copy of what is below a directory, with this as its root."""
        top = normpath(path)
        found = FileTree(root=self._files[top])
        for name in self.paths(top):
            if name != top:
                found._files['/' + name[len(top) :].lstrip('/')] = self._files[name]
        return found

    def copy(self) -> FileTree:
        """A copy that changes independently."""
        return self.part('/')

    def as_data(self) -> dict[str, tuple[int, int, str, str | None]]:
        """Owner, group, mode and content by path, sorted."""
        return {
            path: (file.owner, file.group, f'{file.mode:o}', file.content) for path, file in sorted(self._files.items())
        }


_BITS = {'r': 0o444, 'w': 0o222, 'x': 0o111, 's': 0o6000, 't': 0o1000}
_WHO = {'u': 0o4700, 'g': 0o2070, 'o': 0o1007, 'a': 0o7777}
_SYMBOLIC = re.compile(r'([ugoa]*)([-+=])([rwxXst]*)')


def changed_mode(file: File, mode: str) -> int:
    """The mode of a file after ``chmod``, with digits or letters.

    :raises ValueError: There is no such mode.
    """
    if re.fullmatch('[0-7]{1,4}', mode):
        return int(mode, 8)
    result = file.mode
    for part in mode.split(','):
        match = _SYMBOLIC.fullmatch(part)
        if match is None:
            raise ValueError(f'chmod: invalid mode: {mode}')
        result = _changed_bits(file, result, *match.groups())
    return result


def _changed_bits(file: File, mode: int, who: str, operator: str, letters: str) -> int:
    selected = 0
    for letter in who or 'a':
        selected |= _WHO[letter]
    bits = 0
    for letter in letters:
        if letter != 'X':
            bits |= _BITS[letter]
        elif file.is_directory or mode & 0o111:
            bits |= _BITS['x']
    bits &= selected
    if operator == '+':
        return mode | bits
    return mode & ~(selected if operator == '=' else bits) | (bits if operator == '=' else 0)
