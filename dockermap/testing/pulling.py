"""Pulling images from registries."""

from __future__ import annotations

from dataclasses import replace

from .clock import Clock
from .images import Image, Images
from .registries import PUBLIC, Login, Registry, digest_of, registry_of

__all__ = ['Pulling']


class Pulling:
    """Pulls images, and knows the registries that there are."""

    def __init__(self, clock: Clock, images: Images) -> None:
        self._clock = clock
        self._images = images
        self._registries: dict[str, Registry] = {}

    def registry(self, address: str) -> Registry:
        """The registry at an address; a new one is empty and asks nobody for a password."""
        if address not in self._registries:
            self._registries[address] = Registry(address)
        return self._registries[address]

    def answering(self, address: str) -> Registry:
        """The registry at an address, as the engine finds it; nobody answers where none was set up."""
        return self._registries.get(address) or Registry(address, is_away=address != PUBLIC)

    def pull(self, repository: str, tag: str, login: Login | None) -> list[dict[str, object]]:
        """Pull an image; the engine's messages.

        :raises docker.errors.APIError: It cannot be had.
        """
        published = self.answering(registry_of(repository)).image(repository, tag, login)
        digest = digest_of(published)
        separator = '@' if tag.startswith('sha256:') else ':'
        name = f'{repository}{separator}{tag}'
        present = self._images.find(published.id)
        is_new = present is None
        image = present or self._images.add(self._copy(published))
        self._images.tag(image, name)
        self._images.tag(image, f'{repository}@{digest}')
        status = 'Downloaded newer image' if is_new else 'Image is up to date'
        return [
            {'status': f'Pulling from {repository}', 'id': tag},
            {'status': f'Digest: {digest}'},
            {'status': f'Status: {status} for {name}'},
        ]

    def _copy(self, published: Image) -> Image:
        return replace(published, created=self._clock.stamp(), tags=[], digests=[])
