"""Members of tar archives: read in one pass, checked, and copied with their data."""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterator
from typing import IO

_MAX_LISTED = 10_000
_COPIED_FIELDS = ('name', 'mode', 'uid', 'gid', 'uname', 'gname', 'mtime', 'linkname', 'devmajor', 'devminor')
_KNOWN_TYPES = (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)


def members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Members of an archive in order, without keeping all of them in memory."""
    for member in archive:
        yield member
        forget_members(archive)


def forget_members(archive: tarfile.TarFile) -> None:
    """Drop the list of members that an archive object keeps once it is long; it is about 1 KiB for each."""
    listed: list[tarfile.TarInfo] = archive.members  # type: ignore[attr-defined]
    if len(listed) > _MAX_LISTED:
        listed.clear()


def checked_name(name: str, source: str) -> str:
    """A member name in its normal form, empty for the root; ``ValueError`` if it is absolute or leaves the root."""
    if name.startswith('/') or '..' in name.split('/'):
        raise ValueError(
            f'The archive {source!r} has the member {name!r}; expected names relative to its root and without "..".'
        )
    normal = posixpath.normpath(name)
    return '' if normal == '.' else normal


def copied_member(member: tarfile.TarInfo, source: str) -> tarfile.TarInfo:
    """The header for a copy of a member, with names and attributes kept."""
    checked_name(member.name, source)
    if member.islnk():
        checked_name(member.linkname, source)
    copied = tarfile.TarInfo()
    for field in _COPIED_FIELDS:
        setattr(copied, field, getattr(member, field))
    if member.type in _KNOWN_TYPES:
        copied.type = member.type
    else:
        # Sparse files and old or unknown types: what can be read of them is written as a regular file.
        copied.type, copied.size = tarfile.REGTYPE, member.size
    # The other headers are repeated by name and size here, and would have priority if kept.
    copied.pax_headers = {key: value for key, value in member.pax_headers.items() if _is_extended_attribute(key)}
    return copied


def _is_extended_attribute(key: str) -> bool:
    return key.startswith(('SCHILY.xattr.', 'LIBARCHIVE.xattr.'))


def member_data(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes] | None:
    """The data of a regular file itself; nothing for links, directories and devices."""
    return None if member.type in _KNOWN_TYPES else archive.extractfile(member)


def normalize(member: tarfile.TarInfo) -> None:
    """Leave out of a header what differs between hosts with the same content: owner and time."""
    member.uid = member.gid = 0
    member.uname = member.gname = ''
    member.mtime = 0
