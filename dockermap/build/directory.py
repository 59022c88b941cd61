"""Build contexts of directories, as the ``docker`` command sends them."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ._contents import DOCKERFILE
from ._ignore import IGNORE_FILE
from .context import DockerContext

__all__ = ['context_of_directory']


def context_of_directory(
    path: str | os.PathLike[str],
    dockerfile: str = DOCKERFILE,
    ignore: Iterable[str] | None = None,
    compression: str | None = '',
) -> DockerContext:
    """The context of a directory with a Dockerfile, complete; the Dockerfile itself is never left out.

    :param dockerfile: Path of the Dockerfile below the directory.
    :param ignore: Patterns in place of the ``.dockerignore`` file.
    :raises FileNotFoundError: There is no such directory, or no Dockerfile in it.
    """
    folder = os.path.abspath(path)
    if not os.path.isfile(os.path.join(folder, dockerfile)):
        raise FileNotFoundError(f'There is no {dockerfile} in {folder}.')
    patterns = _ignored(folder) if ignore is None else list(ignore)
    context = DockerContext(compression=compression)
    try:
        context.add(folder, '.', ignore=[*patterns, f'!{dockerfile}'])
        context.finalize()
    except BaseException:
        context.close()
        raise
    return context


def _ignored(folder: str) -> list[str]:
    path = os.path.join(folder, IGNORE_FILE)
    if not os.path.isfile(path):
        return []
    with open(path, encoding='utf-8-sig', errors='surrogateescape', newline='\n') as lines:
        return list(lines)
