"""File objects that are written, closed for changes, and then stored or sent."""

from __future__ import annotations

import io
import os
import shutil
from abc import ABC, abstractmethod
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import IO, Any, TypeAlias, TypeVar

from ..exceptions import DockerMapError

__all__ = ['DockerBuffer', 'DockerStringBuffer', 'DockerTempFile', 'FinalizedError']

_Path: TypeAlias = 'str | os.PathLike[str]'
_Self = TypeVar('_Self', bound='DockerBuffer')


class FinalizedError(DockerMapError):
    """A change was attempted after a buffer was finalised."""


class DockerBuffer(ABC):
    """A binary file object that takes changes until it is finalised; as a context manager, it is closed at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._fileobj = self.create_fileobj()
        self._finalized = False

    @abstractmethod
    def create_fileobj(self) -> IO[bytes]:
        """The file object that holds the content."""

    @abstractmethod
    def save(self, name: _Path) -> None:
        """Store the content under a path; finalises."""

    @property
    def fileobj(self) -> IO[bytes]:
        """The file object that holds the content."""
        return self._fileobj

    def getvalue(self) -> bytes:
        """All bytes so far; the position in the file object stays."""
        position = self._fileobj.tell()
        self._fileobj.seek(0)
        value = self._fileobj.read()
        self._fileobj.seek(position)
        return value

    def check_not_finalized(self) -> None:
        """Raise :class:`FinalizedError` if nothing may be changed any more."""
        if self._finalized:
            raise FinalizedError(f'This {type(self).__name__} has been finalized and takes no further changes.')

    def finalize(self) -> None:
        """Take no further changes."""
        self._finalized = True

    def close(self) -> None:
        """Close the file object; what was not saved is gone."""
        self._fileobj.close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class DockerStringBuffer(DockerBuffer):
    """A buffer in memory."""

    def create_fileobj(self) -> IO[bytes]:
        return io.BytesIO()

    def save(self, name: _Path) -> None:
        self.finalize()
        with open(name, 'wb') as target:
            target.write(self.getvalue())


class DockerTempFile(DockerBuffer):
    """A buffer in a temporary file that is removed when it is closed."""

    def create_fileobj(self) -> IO[bytes]:
        return NamedTemporaryFile('w+b')

    def save(self, name: _Path) -> None:
        self.finalize()
        position = self._fileobj.tell()
        self._fileobj.seek(0)
        with open(name, 'wb') as target:
            shutil.copyfileobj(self._fileobj, target)
        self._fileobj.seek(position)
