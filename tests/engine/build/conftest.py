"""Images built from what is tested, looked at through the plain SDK client, and removed afterwards."""

from __future__ import annotations

import contextlib
import io
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from dockermap.build.context import DockerContext
from dockermap.build.dockerfile import DockerFile


@dataclass
class Builder:
    """Builds images under names of its own; ``tags`` has those to remove."""

    api: docker.APIClient
    prefix: str
    base_image: str
    counts: Counter[str]
    tags: list[str] = field(default_factory=list)

    def dockerfile(self, **kwargs: Any) -> DockerFile:
        return DockerFile(self.base_image, **kwargs)

    def send(self, context: DockerContext) -> list[dict[str, Any]]:
        """The engine's messages for a finalised context; the last tag is the image if there was no error."""
        tag = f'{self.prefix}-{len(self.tags)}'
        self.tags.append(tag)
        messages = self.api.build(
            fileobj=context.fileobj,
            custom_context=True,
            encoding=context.stream_encoding,
            tag=tag,
            rm=True,
            forcerm=True,
            decode=True,
        )
        return list(messages)

    def build(self, dockerfile: DockerFile) -> dict[str, Any]:
        """Inspection of the image that a Dockerfile makes."""
        with DockerContext(dockerfile, finalize=True) as context:
            found = self.image(context)
        self.counts['instructions of Dockerfiles built'] += len(re.findall(rb'(?m)^[A-Z]+ ', dockerfile.getvalue()))
        return found

    def image(self, context: DockerContext) -> dict[str, Any]:
        messages = self.send(context)
        errors = [message['error'] for message in messages if 'error' in message]
        if errors:
            self._remember_last_step(messages)
        assert errors == []
        found: dict[str, Any] = self.api.inspect_image(self.tags[-1])
        return found

    def _remember_last_step(self, messages: list[dict[str, Any]]) -> None:
        """A failed build leaves the image of its last successful step."""
        steps = re.findall(r'---> ([0-9a-f]{12})\n', ''.join(message.get('stream', '') for message in messages))
        if steps and not self.api.inspect_image(steps[-1])['RepoTags']:
            self.tags.append(steps[-1])

    def members(self, path: str) -> dict[str, tarfile.TarInfo]:
        """What the last image has under a path, by name below it."""
        with self._export(path) as archive:
            return {below(member.name): member for member in archive.getmembers() if below(member.name)}

    def contents(self, path: str) -> dict[str, bytes]:
        """Data of the files that the last image has under a path, by name below it."""
        with self._export(path) as archive:
            files = {below(member.name): archive.extractfile(member) for member in archive if member.isfile()}
            return {name: data.read() for name, data in files.items() if data}

    def output(self) -> str:
        """What the command of the last image prints."""
        container = self.api.create_container(self.tags[-1])
        try:
            self.api.start(container)
            self.api.wait(container)
            return str(self.api.logs(container).decode())
        finally:
            self.api.remove_container(container, v=True)

    @contextlib.contextmanager
    def _export(self, path: str) -> Iterator[tarfile.TarFile]:
        container = self.api.create_container(self.tags[-1], ['true'])
        try:
            chunks, _ = self.api.get_archive(container, path)
            with tarfile.open(fileobj=io.BytesIO(b''.join(chunks))) as archive:
                yield archive
        finally:
            self.api.remove_container(container, v=True)


def below(name: str) -> str:
    """A member name without its first component, the directory that was exported."""
    return name.rstrip('/').partition('/')[2]


@pytest.fixture
def builder(api: docker.APIClient, unique: str, base_image: str, counts: Counter[str]) -> Iterator[Builder]:
    result = Builder(api, unique, base_image, counts)
    yield result
    for tag in result.tags:
        with contextlib.suppress(docker.errors.ImageNotFound):
            api.remove_image(tag)


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Path]:
    """Makes files below a temporary directory, each with its path as its text; the directory."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        return tmp_path

    return make
