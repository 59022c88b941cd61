"""What a Dockerfile takes from its build context, and under which names."""

from __future__ import annotations

import os
import posixpath
import stat
import tarfile

from ._archive import checked_name, members

DOCKERFILE = 'Dockerfile'


class Contents:
    """Files and archives that go to a build context; two of them cannot have the same path there."""

    def __init__(self) -> None:
        self.files: list[tuple[str, str]] = []
        self.archives: list[str] = []
        self._owners: dict[str, str] = {DOCKERFILE: 'the Dockerfile itself'}

    def add_file(self, source: str, path: str) -> None:
        """Take a file or directory in under a context path."""
        if os.path.exists(source) and stat.S_ISFIFO(os.stat(source).st_mode):
            raise ValueError(f'{source!r} is a pipe, which Docker would wait for without end. Add its directory.')
        self._claim(normal_path(path, source), os.path.realpath(source), source)
        if (source, path) not in self.files:
            self.files.append((source, path))

    def add_archive(self, source: str) -> list[str]:
        """Take the content of a tar archive in at the root of the context; first components of its names, in order."""
        names: dict[str, bool] = {}
        with tarfile.open(source, 'r|*') as archive:
            for member in members(archive):
                first, _, rest = checked_name(member.name, source).partition('/')
                if first and not rest and member.isfifo():
                    raise ValueError(f'{first!r} in {source!r} is a pipe, which Docker would wait for without end.')
                if first:
                    names[first] = names.get(first, False) or not (rest or member.isdir())
        for name, is_file in names.items():
            path = normal_path(name, source)
            if is_file or path == DOCKERFILE:
                self._claim(path, f'{os.path.realpath(source)}:{name}', source)
        self.archives.append(source)
        return list(names)

    def _claim(self, path: str, owner: str, source: str) -> None:
        if self._owners.setdefault(path, owner) != owner:
            raise ValueError(
                f'{source!r} and {self._owners[path]!r} would both have the path {path!r} in the build context. '
                f'Use ctx_path to set another one.'
            )


def normal_path(path: str, source: str) -> str:
    """The name of a context path in the archive; ``ValueError`` if Docker could not find it, or if it is outside."""
    name = posixpath.normpath(path.lstrip('/'))
    if name == '.' or name.split('/')[0] == '..':
        expected = 'a path inside'
    elif '\\' in name or '\n' in name:
        expected = 'one without backslashes and line feeds'
    else:
        name.encode('utf-8')
        return name
    raise ValueError(f'{source!r} cannot have the path {path!r} in the build context; set ctx_path to {expected}.')


def base_name(path: str) -> str:
    """The last component of a local path, trailing separators skipped; ``ValueError`` if there is none."""
    name = os.path.basename(path.rstrip(os.sep))
    if name in ('', os.curdir, os.pardir):
        raise ValueError(f'{path!r} does not tell a name for the image; set dst_path.')
    return name


def context_path(source: str, target: str) -> str:
    """The context path for a target, which has the name of the source in it if the target is only its directory."""
    if not target.endswith('/'):
        return target
    return target + base_name(os.path.abspath(source))


def removal_path(source: str, target: str, workdir: str | None) -> str:
    """What has to be removed later of something added to a target; absolute where the working directory is known."""
    path = target if os.path.isdir(source) else context_path(source, target)
    path = posixpath.join(workdir, path) if workdir else path
    if posixpath.normpath(path).lstrip('/').split('/')[0] in ('', '.', '..'):
        raise ValueError(f'{source!r} cannot be removed from {target!r} alone; set dst_path to a path of its own.')
    return path
