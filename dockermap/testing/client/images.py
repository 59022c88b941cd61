"""Images and registries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docker.auth import resolve_index_name
from docker.utils import parse_repository_tag

from ...docker_api import resolve_repository_name
from ..archives import load, saved
from ..errors import refusal
from ..filters import Filters, filtered_images
from ..inspection import image_details
from ..references import Answer, Reference, identified
from ..registries import PUBLIC, login_from
from ..rows import image_row
from .base import BaseClient
from .calls import request

__all__ = ['ImageClient']


class ImageClient(BaseClient):
    """Pulls, names and removes images."""

    @request
    def images(
        self, name: str | None = None, quiet: bool = False, all: bool = False, filters: Filters | None = None
    ) -> list[Any]:
        """Images, all or some."""
        found = filtered_images(self.engine.images, filters, name)
        return [image.id for image in found] if quiet else [image_row(image) for image in found]

    @request
    def inspect_image(self, image: Reference) -> Answer:
        """Details of an image."""
        name = identified(image)
        found = self.engine.images.find(name)
        if found is None:
            raise refusal(404, f'no such image: {name}: No such image: {name if ":" in name else f"{name}:latest"}')
        return image_details(found)

    @request
    def pull(
        self,
        repository: str,
        tag: str | None = None,
        stream: bool = False,
        auth_config: Mapping[str, Any] | None = None,
        decode: bool = False,
        platform: str | None = None,
        all_tags: bool = False,
    ) -> Any:
        """Pull an image: the engine's messages as text, or with ``stream`` one by one."""
        plain, own_tag = parse_repository_tag(repository)
        login = auth_config if auth_config is not None else self._logins.get(resolve_repository_name(plain)[0])
        messages = self.engine.pulling.pull(plain, tag or own_tag or 'latest', login_from(login))
        if stream and decode:
            return iter(messages)
        lines = [json.dumps(message) + '\r\n' for message in messages]
        return (line.encode() for line in lines) if stream else ''.join(lines)

    @request
    def login(
        self,
        username: str,
        password: str | None = None,
        email: str | None = None,
        registry: str | None = None,
        reauth: bool = False,
        dockercfg_path: str | None = None,
    ) -> Answer:
        """Log in to a registry."""
        address = resolve_index_name(registry) if registry else PUBLIC
        known = self._logins.get(address)
        if known is not None and known['username'] == username and not reauth:
            return dict(known)
        given = {'username': username, 'password': password, 'email': email, 'serveraddress': registry}
        self.engine.pulling.answering(address).check_login(login_from(given))
        self._logins[address] = given
        return {'IdentityToken': '', 'Status': 'Login Succeeded'}

    @request
    def tag(self, image: Reference, repository: str, tag: str | None = None, force: bool = False) -> bool:
        """Give an image another name."""
        found = self.engine.image(identified(image))
        self.engine.images.tag(found, f'{repository}:{tag or "latest"}')
        return True

    @request
    def get_image(self, image: Reference, chunk_size: int = 1 << 21) -> Iterator[bytes]:
        """An archive of an image, for :meth:`load_image` of an engine in memory."""
        return iter([saved(self.engine.images, identified(image))])

    @request
    def load_image(self, data: Any, quiet: bool | None = None) -> Iterator[Answer]:
        """Load the images of an archive; the engine's messages."""
        return iter(load(self.engine.images, data))

    @request
    def remove_image(self, image: Reference, force: bool = False, noprune: bool = False) -> list[dict[str, str]]:
        """Remove a name of an image, and the image with its last one."""
        return self.engine.images.remove(identified(image), list(self.engine.containers), force)
