"""Archives of images, as far as engines in memory understand them."""

from __future__ import annotations

import io
import json
import tarfile
from typing import IO, Any

from .errors import refusal
from .files import File
from .images import Image, Images

__all__ = ['load', 'saved', 'unpacked']

_MANIFEST = 'manifest.json'
_saved: dict[str, Image] = {}
"""Images by id; an archive has their ids and names, and what they are is kept here."""


def saved(images: Images, name: str) -> bytes:
    """The archive of an image; the name that it was saved by is the one that it has in there."""
    image = images.get(name)
    _saved[image.id] = image
    names = [] if image.id.removeprefix('sha256:').startswith(name.removeprefix('sha256:')) else [full_tag(image, name)]
    content = json.dumps([{'Config': f'{image.id.removeprefix("sha256:")}.json', 'RepoTags': names}]).encode()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode='w') as archive:
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def full_tag(image: Image, name: str) -> str:
    """The tag of an image that a name means."""
    return next(tag for tag in image.tags if tag in (name, f'{name}:latest'))


def load(images: Images, data: IO[bytes] | bytes) -> list[dict[str, Any]]:
    """Add the images of an archive; messages that say which.

    :raises docker.errors.APIError: This is none.
    """
    content = data if isinstance(data, bytes) else data.read()
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            manifest = json.load(archive.extractfile(_MANIFEST))  # type: ignore[arg-type]
    except (tarfile.TarError, KeyError) as error:
        raise refusal(500, 'archive/tar: invalid tar header') from error
    messages = []
    for row in manifest:
        image = _saved[f'sha256:{row["Config"].removesuffix(".json")}']
        if images.find(image.id) is None:
            image.tags.clear()
            image.digests.clear()
            images.add(image)
        for name in row['RepoTags']:
            images.tag(image, name)
        loaded = [f'Loaded image: {name}' for name in row['RepoTags']] or [f'Loaded image ID: {image.id}']
        messages += [{'stream': f'{text}\n'} for text in loaded]
    return messages


def unpacked(data: IO[bytes] | bytes) -> dict[str, File]:
    """Files and directories of an archive, by their paths in it.

    :raises docker.errors.APIError: This is none.
    """
    content = data if isinstance(data, bytes) else data.read()
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            return {entry.name: _file(archive, entry) for entry in archive}
    except tarfile.TarError as error:
        raise refusal(500, 'archive/tar: invalid tar header') from error


def _file(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> File:
    stream = archive.extractfile(entry)
    text = None if stream is None else stream.read().decode('utf-8', 'surrogateescape')
    return File(text, entry.uid, entry.gid, entry.mode)
