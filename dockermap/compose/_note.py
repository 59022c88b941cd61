"""What could not be carried over as it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ['Note', 'Notes']


@dataclass(frozen=True)
class Note:
    """Something that the other side has no word for, or another one.

    :param path: Where it stands, such as ``services.web.develop``.
    :param what: What it is.
    :param why: Why it is not carried over, or what takes its place.
    :param hint: What can be done about it; empty if there is nothing.
    """

    path: str
    what: str
    why: str
    hint: str = ''

    def __str__(self) -> str:
        return ' '.join(filter(None, (f'{self.path}: {self.what}: {self.why}', self.hint)))


class Notes(list[Note]):
    """Notes in the order in which they were made, each once."""

    def add(self, path: str, what: str, why: str, hint: str = '') -> None:
        """Make a note."""
        note = Note(path, what, why, hint)
        if note not in self:
            self.append(note)
