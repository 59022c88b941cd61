"""Reading an engine's listings of containers and images, and names of images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias

from ..dep import ImageDependentsResolver

_Item: TypeAlias = Mapping[str, Any]

_NO_TAG = '<none>'
_NO_NAME = f'{_NO_TAG}:{_NO_TAG}'
# "stopped" is what Podman lists for a moment, until it has cleaned up.
_ENDED_STATES = ('exited', 'stopped', 'dead')
_INITIAL_STATES = ('created',)
_INITIAL_TEXTS = ('', 'Created')


def is_repo_image(image: _Item) -> bool:
    """Whether an image of a listing has a name."""
    tags = image.get('RepoTags') or [_NO_NAME]
    return bool(tags[0] != _NO_NAME)


def tag_check_function(tags: Iterable[str]) -> Callable[[_Item], bool]:
    """A function that tells whether an image of a listing has one of the tags in any repository."""
    endings = tuple(f':{tag}' for tag in tags)

    def has_tag(image: _Item) -> bool:
        return any(name.endswith(endings) for name in image.get('RepoTags') or ())

    return has_tag


def primary_container_name(
    names: Iterable[str], default: str | None = None, strip_trailing_slash: bool = True
) -> str | None:
    """The first name that is the container's own, not an alias from a link such as ``/web/db``.

    :param strip_trailing_slash: The *leading* slash is removed; set to false if the names have none.
    """
    for name in names:
        if '/' not in name[1:]:
            return name.removeprefix('/') if strip_trailing_slash else name
    return default


def as_list(value: Iterable[str] | str | None) -> list[str]:
    """Items of a list, one item for a text, none for nothing."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def split_tag(image: str) -> tuple[str, str]:
    """Repository and tag of an image's full name; without tag that is ``latest``. A registry's port is no tag."""
    path, slash, name = image.rpartition('/')
    repository, _, tag = name.partition(':')
    return f'{path}{slash}{repository}', tag or 'latest'


def plain_names(container: _Item) -> list[str]:
    """All names of a container without the slash in front; aliases from links contain one."""
    return [name.removeprefix('/') for name in container.get('Names') or ()]


def container_name(container: _Item) -> str:
    """The container's own name; its id if the engine lists none."""
    name = primary_container_name(plain_names(container), strip_trailing_slash=False)
    return name or str(container['Id'])


def is_initial(container: _Item) -> bool:
    """Whether a container was never started."""
    state = container.get('State')
    if isinstance(state, str):
        return state in _INITIAL_STATES
    return container.get('Status') in _INITIAL_TEXTS


def has_ended(container: _Item) -> bool:
    """Whether a container ran and does no more. Listings of the command line only have a text for people."""
    state = container.get('State')
    if isinstance(state, str):
        return state in _ENDED_STATES
    status = container.get('Status') or ''
    return status.startswith('Exited') or status == 'Dead'


def is_running(container: _Item) -> bool:
    """Whether a container can be stopped."""
    is_being_removed = container.get('State') == 'removing' or (container.get('Status') or '').startswith('Removal')
    return not (is_being_removed or has_ended(container) or is_initial(container))


def repo_tags(image: _Item) -> list[str]:
    """Full names of an image."""
    return [tag for tag in image.get('RepoTags') or () if _NO_TAG not in tag]


def unused_images(images: Collection[_Item], kept: Collection[str]) -> list[str]:
    """Ids of images, in their order, that are not to be kept and that no kept one is based on."""
    parents = _parents(images)
    needed = set(kept).union(*(parents.get_dependencies(image_id) for image_id in kept))
    return [image['Id'] for image in images if image['Id'] not in needed]


def children_first(images: Collection[_Item], image_ids: Collection[str]) -> list[str]:
    """The ids so that each image comes before those it is based on; engines refuse to remove it after them.

    Listings start with the newest image, but those of the same second are in any order.
    """
    parents = _parents(images)
    return sorted(image_ids, key=lambda image_id: -len(parents.get_dependencies(image_id)))


def _parents(images: Collection[_Item]) -> ImageDependentsResolver[str]:
    return ImageDependentsResolver((image['ParentId'], image['Id']) for image in images if image.get('ParentId'))
