"""Operations that pull images, after a login where there are credentials for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .... import docker_api
from ....exceptions import UnknownNameError
from ....utils import format_image_tag
from ...config._image import is_image_id, split_image
from ...input import ItemType, MapConfigId
from ...request import ActionConfig
from ..operation import Undo
from .steps import Reader, answer

if TYPE_CHECKING:
    from .expansion import Expansion

log = logging.getLogger(__name__)

_PUBLIC_REGISTRY_NAMES = ('docker.io', 'index.docker.io', 'registry-1.docker.io')


def pull(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any], undo: Undo | None = None) -> Reader:
    """Pull an image; without credentials for its registry, anonymously."""
    repository, tag = action.config_id.config_name, action.config_id.instance_name
    if not docker_api.INSECURE_REGISTRIES and kwargs.pop('insecure_registry', False):
        log.warning('insecure_registry has no effect with this SDK. Set insecure-registries of the engine.')
    _login_for(plan, action, repository, undo)
    plan.pulled.add((action.client_name, name))
    return answer(
        plan.add(
            action,
            'pull',
            {'repository': repository, 'tag': tag, **kwargs},
            undo=undo,
            purpose=f'Image {name} could not be pulled',
        )
    )


def login(
    plan: Expansion, action: ActionConfig, registry: str, kwargs: Mapping[str, Any], undo: Undo | None = None
) -> Reader:
    """Log in to a registry with the client's credentials.

    :raises KeyError: There are none.
    """
    found = credentials(action, registry)
    if found is None:
        raise UnknownNameError(
            f'There is no login information for {registry!r} in auth_configs of the client.', registry
        )
    key, entry = found
    host = registry.partition('/')[0]
    plan.logins[action.client_name, host] = key
    return answer(
        plan.add(
            action,
            'login',
            {'registry': host, **entry, **kwargs},
            undo=undo,
            purpose=f'Registry {host} does not accept the login of client {action.client_name}.',
        )
    )


def pull_missing(plan: Expansion, action: ActionConfig, image: str, undo: Undo | None = None) -> None:
    """Pull an image that the library itself needs, if it is not there."""
    name, tag = split_image(image)
    if is_image_id(image):
        return
    full_name = format_image_tag((name, tag or 'latest'))
    is_there = (action.client_name, full_name) in plan.pulled
    if not is_there and not plan.policy.images[action.client_name].find(full_name):
        config_id = MapConfigId(ItemType.IMAGE, action.config_id.map_name, name, tag or 'latest')
        pull(plan, action._replace(config_id=config_id), full_name, {}, undo)


def is_registry(name: str) -> bool:
    """Whether the first part of an image name is a registry, and not part of a name at the public one."""
    return '.' in name or ':' in name or name == 'localhost'


def credentials(action: ActionConfig, prefix: str) -> tuple[str, Mapping[str, Any]] | None:
    """The longest entry of ``auth_configs`` that an image's prefix starts with."""
    configured: Mapping[str, Mapping[str, Any]] = action.client_config.auth_configs
    entries = {_plain_registry(key): (key, entry) for key, entry in configured.items()}
    for name in _prefixes(prefix):
        if name in entries:
            return entries[name]
    return None


def _login_for(plan: Expansion, action: ActionConfig, image_name: str, undo: Undo | None) -> None:
    prefix = image_name.rpartition('/')[0]
    if not is_registry(prefix.partition('/')[0]):
        # The public registry, which image names do not mention.
        prefix = next((name for name in _PUBLIC_REGISTRY_NAMES if credentials(action, name)), '')
    found = credentials(action, prefix) if prefix else None
    if found and plan.logins.get((action.client_name, prefix.partition('/')[0])) != found[0]:
        login(plan, action, prefix, {}, undo)


def _prefixes(prefix: str) -> Iterator[str]:
    while prefix:
        yield prefix
        prefix = prefix.rpartition('/')[0]


def _plain_registry(key: str) -> str:
    """A registry as image names have it, from the URLs that are common as well."""
    name = key.partition('://')[2] or key
    return name.rstrip('/').removesuffix('/v1').removesuffix('/v2')
