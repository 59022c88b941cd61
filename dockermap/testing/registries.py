"""Registries that an engine can pull images from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from .documents import text
from .errors import refusal
from .images import Image, ImageOptions, split_name

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ['PUBLIC', 'Login', 'Registry', 'login_from', 'registry_of']

PUBLIC = 'docker.io'
"""The registry of images that name none."""


class Login(TypedDict, total=False):
    """What a client sends with a request to a registry."""

    username: str
    password: str


def login_from(given: Mapping[str, object] | None) -> Login | None:
    """User name and password out of what the SDK sends."""
    if not given:
        return None
    return {'username': text(given.get('username')), 'password': text(given.get('password'))}


def registry_of(repository: str) -> str:
    """Address of the registry that a repository is in."""
    first, slash, _ = repository.partition('/')
    return first if slash and ('.' in first or ':' in first or first == 'localhost') else PUBLIC


@dataclass(eq=False)
class Registry:
    """What can be pulled from one address; ``is_away`` while nobody answers there.

    :param users: Passwords by user name; without, it asks nobody.
    """

    address: str
    users: dict[str, str] = field(default_factory=dict)
    is_away: bool = False
    published: dict[str, Image] = field(default_factory=dict)

    def publish(self, name: str, **options: Unpack[ImageOptions]) -> str:
        """Make an image available; its id. Publishing a name again moves it to another image."""
        repository, tag = split_name(name)
        number = len(self.published)
        image_id = hashlib.sha256(f'{self.address} {repository} {tag} {number} {options}'.encode()).hexdigest()
        image = Image.made(f'sha256:{image_id}', 0, options)
        self.published[f'{repository}:{tag}'] = image
        self.published[f'{repository}:{digest_of(image)}'] = image
        return image.id

    def check_login(self, login: Login | None) -> None:
        """Check user name and password.

        :raises docker.errors.APIError: They are wrong, or nobody answers.
        """
        self._check_reachable()
        if self.users and (not login or self.users.get(login.get('username') or '') != login.get('password')):
            raise refusal(401 if self.address == PUBLIC else 500, self._refused_login())

    def image(self, repository: str, tag: str, login: Login | None) -> Image:
        """The image that a name leads to.

        :raises docker.errors.APIError: There is none, or the login does not allow it, or nobody answers.
        """
        self._check_reachable()
        if self.users and (not login or self.users.get(login.get('username') or '') != login.get('password')):
            raise refusal(500, self._refused_pull(repository, tag, login))
        found = self.published.get(f'{repository}:{tag}')
        if found is None:
            raise refusal(404, self._missing(repository, tag))
        return found

    def _check_reachable(self) -> None:
        if self.is_away:
            raise refusal(500, f'Get "http://{self.address}/v2/": dial tcp {self.address}: connect: connection refused')

    def _refused_login(self) -> str:
        return f'login attempt to http://{self.address}/v2/ failed with status: 401 Unauthorized'

    def _refused_pull(self, repository: str, tag: str, login: Login | None) -> str:
        path = repository.partition('/')[2] or repository
        reason = 'unauthorized: authentication required' if login else 'no basic auth credentials'
        return f'Head "http://{self.address}/v2/{path}/manifests/{tag}": {reason}'

    def _missing(self, repository: str, tag: str) -> str:
        if self.address == PUBLIC:
            return (
                f"pull access denied for {repository}, repository does not exist or may require 'docker login': "
                'denied: requested access to the resource is denied'
            )
        return f'manifest for {repository}:{tag} not found: manifest unknown: manifest unknown'


def digest_of(image: Image) -> str:
    """The digest of an image in a registry."""
    return f'sha256:{hashlib.sha256(image.id.encode()).hexdigest()}'
