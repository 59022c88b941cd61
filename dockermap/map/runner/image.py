"""Images from registries."""
from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ... import docker_api
from ...exceptions import DockerStatusError
from ...utils import format_image_tag
from ..action import ImageAction
from ..config._image import split_image
from ..input import ItemType, MapConfigId
from ._parts import RunnerPart

if TYPE_CHECKING:
    from . import ActionConfig, ActionMethod

__all__ = ['ImageMixin']

log = logging.getLogger(__name__)

_PUBLIC_REGISTRY_NAMES = ('docker.io', 'index.docker.io', 'registry-1.docker.io')


class ImageMixin(RunnerPart):
    """Pulls images, after a login where there are credentials for it."""

    action_method_names: ClassVar[list[ActionMethod]] = [
        (ItemType.IMAGE, ImageAction.PULL, 'pull'),
    ]

    def login(self, action: ActionConfig, registry: str, **kwargs: Any) -> Any:
        """Log in to a registry with the client's credentials.

        :raises KeyError: There are none.
        :raises DockerStatusError: The registry does not accept them.
        """
        found = _credentials(action, registry)
        if found is None:
            raise KeyError('There is no login information for this registry in auth_configs of the client.', registry)
        key, entry = found
        host = registry.partition('/')[0]
        login_kwargs = {'registry': host, **entry, **kwargs}
        response = action.client.login(**login_kwargs)
        password = entry.get('password')
        if isinstance(response, Mapping) and response.get('password', password) != password:
            # The SDK hands out what it remembers of this user, without asking whether the new password is right.
            response = action.client.login(**{**login_kwargs, 'reauth': True})
        if not response:
            raise DockerStatusError(f'Registry {host} does not accept the login of client {action.client_name}.')
        self._memory.logins[action.client_name, host] = key
        return response

    def pull(self, action: ActionConfig, image_name: str, **kwargs: Any) -> Any:
        """Pull an image; without credentials for its registry, anonymously.

        :raises DockerStatusError: The registry does not accept the login, or the transfer failed.
        """
        name, tag = action.config_id.config_name, action.config_id.instance_name
        if not docker_api.INSECURE_REGISTRIES and kwargs.pop('insecure_registry', False):
            log.warning('insecure_registry has no effect with this SDK. Set insecure-registries of the engine.')
        self._login_for(action, name)
        response = action.client.pull(repository=name, tag=tag, **kwargs)
        _check_transfer(image_name, response)
        self._policy.images[action.client_name].refresh_repo(name)
        return response

    def _login_for(self, action: ActionConfig, image_name: str) -> None:
        prefix = image_name.rpartition('/')[0]
        if not is_registry(prefix.partition('/')[0]):
            # The public registry, which image names do not mention.
            prefix = next((name for name in _PUBLIC_REGISTRY_NAMES if _credentials(action, name)), '')
        found = _credentials(action, prefix) if prefix else None
        if found and self._memory.logins.get((action.client_name, prefix.partition('/')[0])) != found[0]:
            self.login(action, prefix)

    def _pull_missing(self, action: ActionConfig, image: str) -> None:
        """Pull an image that the library itself needs, if it is not there."""
        name, tag = split_image(image)
        if tag is None and image == name and ':' in image.rpartition('/')[2]:
            return
        full_name = format_image_tag((name, tag or 'latest'))
        if not self._policy.images[action.client_name].find(full_name):
            config_id = MapConfigId(ItemType.IMAGE, action.config_id.map_name, name, tag or 'latest')
            self.pull(action._replace(config_id=config_id), full_name)


def is_registry(name: str) -> bool:
    """Whether the first part of an image name is a registry, and not part of a name at the public one."""
    return '.' in name or ':' in name or name == 'localhost'


def _credentials(action: ActionConfig, prefix: str) -> tuple[str, Mapping[str, Any]] | None:
    """The longest entry of ``auth_configs`` that an image's prefix starts with."""
    entries = {_plain_registry(key): (key, entry) for key, entry in action.client_config.auth_configs.items()}
    for name in _prefixes(prefix):
        if name in entries:
            return entries[name]
    return None


def _prefixes(prefix: str) -> Iterator[str]:
    while prefix:
        yield prefix
        prefix = prefix.rpartition('/')[0]


def _plain_registry(key: str) -> str:
    """A registry as image names have it, from the URLs that are common as well."""
    name = key.partition('://')[2] or key
    return name.rstrip('/').removesuffix('/v1').removesuffix('/v2')


def _check_transfer(image_name: str, response: Any) -> None:
    """The SDK returns the engine's messages as text, and leaves it to the caller to find errors in them."""
    if response is False:
        raise DockerStatusError(f'Image {image_name} could not be pulled.')
    lines = response.splitlines() if isinstance(response, (str, bytes)) else ()
    for line in lines:
        text = line.decode(errors='replace') if isinstance(line, bytes) else line
        if '"errorDetail"' in text:
            raise DockerStatusError(f'Image {image_name} could not be pulled: {text}')
