"""Moving large data to and from an engine piece by piece, with progress."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from ._messages import Progress, close

if TYPE_CHECKING:
    from os import PathLike

_Report: TypeAlias = Callable[[Progress], Any]

_REPORT_BYTES = 1 << 20
_UNITS = ('kB', 'MB', 'GB', 'TB')


class Meter:
    """Counts bytes, and reports them about once per megabyte and at the end."""

    def __init__(self, report: _Report, total: int | None) -> None:
        self._report = report
        self._total = total
        self._current = 0
        self._reported = 0

    def add(self, count: int) -> None:
        self._current += count
        if self._current - self._reported >= _REPORT_BYTES:
            self._tell()

    def finish(self) -> None:
        if self._current > self._reported:
            self._tell()

    def _tell(self) -> None:
        self._reported = self._current
        total = None if self._total is None else max(self._total, self._current)
        text = _size_text(self._current) if total is None else f'{_size_text(self._current)}/{_size_text(total)}'
        self._report(Progress(text, self._current, total))


class MeteredFile:
    """A readable file that reports how much of it was read; otherwise it is the file itself."""

    def __init__(self, fileobj: IO[bytes], report: _Report) -> None:
        self._fileobj = fileobj
        self._meter = Meter(report, _remaining(fileobj))

    def read(self, size: int = -1) -> bytes:
        data = self._fileobj.read(size)
        if data:
            self._meter.add(len(data))
        else:
            self._meter.finish()
        return data

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(1 << 16), b'')

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fileobj, name)


def save_stream(chunks: Iterable[bytes], path: str | PathLike[str], report: _Report, total: int | None) -> None:
    """Write chunks to a file, which is there only when it is complete; the stream is closed in any case."""
    meter = Meter(report, total)
    try:
        with replacing(path) as target:
            for chunk in chunks:
                target.write(chunk)
                meter.add(len(chunk))
        meter.finish()
    finally:
        close(chunks)


@contextlib.contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[IO[bytes]]:
    """A file that takes the place of another at the end, or vanishes on an error.

    What is no ordinary file, such as a pipe, is written to directly.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open('wb') as direct:
            yield direct
        return
    partial = target.with_name(f'.{target.name}.{secrets.token_hex(4)}')
    try:
        with partial.open('xb') as output:
            yield output
        if target.exists():
            partial.chmod(target.stat().st_mode & 0o7777)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _remaining(fileobj: IO[bytes]) -> int | None:
    """Bytes from the current position to the end; ``None`` for what has no positions, such as a pipe."""
    try:
        position = fileobj.tell()
        end = fileobj.seek(0, os.SEEK_END)
        fileobj.seek(position)
    except (AttributeError, OSError):
        return None
    return end - position


def _size_text(size: float) -> str:
    """Bytes for people, with decimal units as engines use them."""
    if size < 1000:
        return f'{size}B'
    for unit in _UNITS:
        size /= 1000
        if size < 1000 or unit == _UNITS[-1]:
            break
    return f'{size:.4g}{unit}'
