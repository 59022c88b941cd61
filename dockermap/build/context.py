"""Build contexts: tar archives with a Dockerfile and the files that it takes."""

from __future__ import annotations

import gzip
import logging
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeAlias, cast

from ._archive import copied_member, forget_members, member_data, members, normalize
from ._contents import DOCKERFILE
from ._ignore import Rule, TarFilter, get_exclusions, get_filter_func, preprocess_matches
from ._tree import walk
from .buffer import DockerTempFile
from .dockerfile import DockerFile

__all__ = ['DockerContext', 'get_exclusions', 'get_filter_func', 'preprocess_matches']

_Path: TypeAlias = 'str | os.PathLike[str]'

log = logging.getLogger(__name__)

_STREAM_ENCODINGS = {'gz': 'gzip', 'bz2': 'bzip2'}
_COPY_SIZE = 256 * 1024
# The best ratio, which is Python's default, takes several times longer for a few percent.
_GZIP_LEVEL = 6


class DockerContext(DockerTempFile):
    """A build context in a temporary file; files are streamed from disk, never held in memory.

    ``compression`` is ``'gz'``, ``'bz2'``, ``'xz'``, or empty: for an engine on the same host, compressing only takes
    time. With ``reproducible``, owners and times are left out, so that the same content with the same modes makes the
    same archive. Further keyword arguments are for ``tarfile.open``. Finalise it before passing ``fileobj`` on.
    """

    def __init__(
        self,
        dockerfile: DockerFile | _Path | None = None,
        compression: str | None = 'gz',
        encoding: str = 'utf-8',
        finalize: bool = False,
        *,
        reproducible: bool = False,
        **kwargs: Any,
    ) -> None:
        if finalize and dockerfile is None:
            raise ValueError('A context can only be finalized at once with a dockerfile.')
        super().__init__()
        self._compression = compression or ''
        self._reproducible = reproducible
        own_status = os.fstat(self._fileobj.fileno())
        self._own_inode = own_status.st_dev, own_status.st_ino
        self._compressor: gzip.GzipFile | None = None
        self._hard_links: dict[tuple[int, int], str] = {}
        with _closed_on_error(self._close_file):
            self.tarfile = self._open_archive({'encoding': encoding, 'copybufsize': _COPY_SIZE, **kwargs})
        with _closed_on_error(self.close):
            if dockerfile is not None:
                self.add_dockerfile(dockerfile)
            if finalize:
                self.finalize()

    def _open_archive(self, options: dict[str, Any]) -> tarfile.TarFile:
        if self._compression != 'gz':
            return tarfile.open(mode=cast(Any, f'w:{self._compression}'), fileobj=self._fileobj, **options)
        # Opened by tarfile, it would contain the name of the temporary file and the current time.
        self._compressor = gzip.GzipFile(
            '', 'wb', options.pop('compresslevel', _GZIP_LEVEL), self._fileobj, 0 if self._reproducible else None
        )
        return tarfile.open(mode='w', fileobj=self._compressor, **options)

    @property
    def name(self) -> str:
        """Path of the temporary file."""
        return self._fileobj.name

    @property
    def stream_encoding(self) -> str | None:
        """Content encoding for sending the archive; nothing if there is no name for it."""
        return _STREAM_ENCODINGS.get(self._compression)

    def add(
        self,
        name: _Path,
        arcname: str | None = None,
        recursive: bool = True,
        *,
        filter: TarFilter | None = None,
        ignore: Iterable[str] | None = None,
    ) -> None:
        """Add a file or a directory, like ``TarFile.add``, with pipes and devices as such; only sockets are left out.

        Without a filter, a ``.dockerignore`` file at the root of a directory applies. Symbolic links are kept.

        :param ignore: Lines in place of those of the ``.dockerignore`` file.
        """
        self.check_not_finalized()
        path = os.fspath(name)
        root = (path if arcname is None else arcname).rstrip('/')
        if not self._add_member(path, root, filter) or not recursive:
            return
        rules: Sequence[Rule] = () if filter else _rules(path, ignore)
        walk(path, rules, lambda below: self._add_member(os.path.join(path, below), f'{root}/{below}', filter))

    def _add_member(self, path: str, arcname: str, filter: TarFilter | None) -> bool:
        """Write a path without what is below it; whether that is to follow."""
        found: tarfile.TarInfo | None = self.tarfile.gettarinfo(path, arcname)
        # It would link files with several names also to members that a filter left out.
        self.tarfile.inodes.clear()  # type: ignore[attr-defined]
        if found is None:
            log.warning('%s is left out of the build context: archives have no sockets.', path)
            return False
        found.mtime = int(found.mtime)
        if self._reproducible:
            normalize(found)
        member = filter(found) if filter else found
        if member is None:
            return False
        if member.isreg():
            self._add_file(path, member)
        elif member.name:
            self.tarfile.addfile(member)
        forget_members(self.tarfile)
        return member.isdir()

    def _add_file(self, path: str, member: tarfile.TarInfo) -> None:
        with open(path, 'rb') as data:
            status = os.fstat(data.fileno())
            inode = status.st_dev, status.st_ino
            if inode == self._own_inode:
                return
            if status.st_nlink > 1 and not self._reproducible:
                first_name = self._hard_links.setdefault(inode, member.name)
                if first_name != member.name:
                    member.type, member.linkname, member.size = tarfile.LNKTYPE, first_name, 0
            self.tarfile.addfile(member, None if member.islnk() else data)

    def addfile(self, *args: Any, **kwargs: Any) -> None:
        """Add a member, as ``TarFile.addfile`` does."""
        self.check_not_finalized()
        self.tarfile.addfile(*args, **kwargs)
        forget_members(self.tarfile)

    def gettarinfo(self, *args: Any, **kwargs: Any) -> tarfile.TarInfo:
        """A member for a file, as ``TarFile.gettarinfo`` makes it."""
        return self.tarfile.gettarinfo(*args, **kwargs)

    def addarchive(self, name: _Path) -> None:
        """Copy all members of another tar archive, of any compression; ``ValueError`` if one is outside of its root."""
        self.check_not_finalized()
        with tarfile.open(name, 'r|*') as archive:
            for member in members(archive):
                copied = copied_member(member, os.fspath(name))
                if self._reproducible:
                    normalize(copied)
                self.addfile(copied, member_data(archive, member))

    def add_dockerfile(self, dockerfile: DockerFile | _Path) -> None:
        """Add a Dockerfile from a path, or finalise a :class:`DockerFile` and add it with all that it takes.

        A source that is a symbolic link is packed as what it points to. Ignore rules in its directories apply.
        """
        self.check_not_finalized()
        if not isinstance(dockerfile, DockerFile):
            self.add(os.path.realpath(dockerfile), DOCKERFILE)
            return
        dockerfile.finalize()
        contents = dockerfile._contents
        for source, path in contents.files:
            self.add(os.path.realpath(source), path)
        for source in contents.archives:
            self.addarchive(source)
        text = dockerfile.getvalue()
        member = tarfile.TarInfo(DOCKERFILE)
        member.size = len(text)
        self.addfile(member, BytesIO(text))

    def finalize(self) -> None:
        """Complete the archive, and go to its start; no effect when repeated."""
        if not self._finalized:
            self._close_archive()
            self._fileobj.seek(0)
            super().finalize()

    def close(self) -> None:
        """Close the archive and its file."""
        try:
            if not self._fileobj.closed:
                self._close_archive()
        finally:
            self._close_file()

    def _close_archive(self) -> None:
        self.tarfile.close()
        if self._compressor:
            self._compressor.close()

    def _close_file(self) -> None:
        try:
            if self._compressor and not self._fileobj.closed:
                self._compressor.close()
        finally:
            self._fileobj.close()


def _rules(path: str, ignore: Iterable[str] | None) -> Sequence[Rule]:
    return (get_exclusions(path) or ()) if ignore is None else list(preprocess_matches(ignore))


@contextmanager
def _closed_on_error(close: Callable[[], None]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        close()
        raise
