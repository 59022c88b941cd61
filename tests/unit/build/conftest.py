"""Readers for what was written, and makers for what is packed."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dockermap.build.context import DockerContext
from dockermap.build.dockerfile import DockerFile


@pytest.fixture
def text_of() -> Callable[[DockerFile], str]:
    """What a Dockerfile has after its start ``FROM b`` and the blank line."""

    def text(dockerfile: DockerFile) -> str:
        return dockerfile.getvalue().decode('utf-8').removeprefix('FROM b\n\n')

    return text


@pytest.fixture
def final_text(text_of: Callable[[DockerFile], str]) -> Callable[..., str]:
    """What a Dockerfile with the given settings has after its start when it is finalised."""

    def text(**settings: Any) -> str:
        with DockerFile('b') as dockerfile:
            for name, value in settings.items():
                setattr(dockerfile, name, value)
            dockerfile.finalize()
            return text_of(dockerfile)

    return text


@pytest.fixture
def make_tree(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Makes files with texts below a temporary directory; a path that ends in a slash is an empty directory."""

    def make(files: Mapping[str, str]) -> Path:
        root = tmp_path / 'tree'
        root.mkdir(exist_ok=True)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith('/'):
                path.mkdir(exist_ok=True)
            else:
                path.write_text(text, encoding='utf-8')
        return root

    return make


@pytest.fixture
def make_archive(tmp_path: Path) -> Callable[..., str]:
    """Makes a tar archive of members: a name and its data, or what a member differs in from a regular file."""

    def make(*members: tuple[str, bytes | Mapping[str, Any]], mode: str = 'w:gz') -> str:
        path = tmp_path / 'archive.tar'
        with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
            for name, content in members:
                member = tarfile.TarInfo(name)
                data = content if isinstance(content, bytes) else b''
                member.size = len(data)
                for attribute, value in content.items() if not isinstance(content, bytes) else ():
                    setattr(member, attribute, value)
                archive.addfile(member, io.BytesIO(data))
        return str(path)

    return make


@pytest.fixture
def packed() -> Callable[[DockerContext], dict[str, tarfile.TarInfo]]:
    """Members of a context by name."""

    def members(context: DockerContext) -> dict[str, tarfile.TarInfo]:
        context.finalize()
        context.fileobj.seek(0)
        with tarfile.open(fileobj=context.fileobj) as archive:
            return {member.name: member for member in archive.getmembers()}

    return members


@pytest.fixture
def data_of() -> Callable[[DockerContext, str], bytes]:
    """Data of a member of a context, links followed."""

    def data(context: DockerContext, name: str) -> bytes:
        context.finalize()
        context.fileobj.seek(0)
        with tarfile.open(fileobj=context.fileobj) as archive:
            file = archive.extractfile(name)
            assert file is not None
            return file.read()

    return data
