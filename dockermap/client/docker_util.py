"""What any client can do on top of an engine's calls: build from a context, tag, and clean up."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from ..build.context import DockerContext
from ..docker_api import is_not_found, is_timeout
from ..exceptions import PartialResultsError
from . import use_force_tag
from ._configuration_link import ConfigurationLink
from ._engine_items import (
    as_list,
    children_first,
    container_name,
    has_ended,
    is_initial,
    is_repo_image,
    is_running,
    plain_names,
    primary_container_name,
    repo_tags,
    split_tag,
    tag_check_function,
    unused_images,
)

if TYPE_CHECKING:
    from os import PathLike

    from ..build.dockerfile import DockerFile

__all__ = ['DockerUtilityMixin', 'is_repo_image', 'primary_container_name', 'tag_check_function']

log = logging.getLogger(__name__)


class _Host(Protocol):
    """The class that the mixin is mixed into."""

    @property
    def api_version(self) -> Any: ...

    def build(self, *args: Any, **kwargs: Any) -> Any: ...

    def tag(self, *args: Any, **kwargs: Any) -> Any: ...

    def containers(self, *args: Any, **kwargs: Any) -> Any: ...

    def images(self, *args: Any, **kwargs: Any) -> Any: ...

    def inspect_container(self, *args: Any, **kwargs: Any) -> Any: ...

    def remove_container(self, *args: Any, **kwargs: Any) -> Any: ...

    def remove_image(self, *args: Any, **kwargs: Any) -> Any: ...

    def stop(self, *args: Any, **kwargs: Any) -> Any: ...

    def unpause(self, *args: Any, **kwargs: Any) -> Any: ...

    def wait(self, *args: Any, **kwargs: Any) -> Any: ...

    def push_log(self, info: str, level: int, *args: Any, **kwargs: Any) -> None: ...

    def build_from_context(self, ctx: DockerContext, tag: str, **kwargs: Any) -> Any: ...


class DockerUtilityMixin:
    """Utilities for any client class, be it based on the API or on the command line.

    They call ``build``, ``tag``, ``containers``, ``images``, ``inspect_container``, ``remove_container``,
    ``remove_image``, ``stop`` and ``wait`` of the class, and read its ``api_version``.
    """

    client_configuration: Any = ConfigurationLink()
    """The configuration that made the client, if one did."""

    def push_log(self, info: str, level: int, *args: Any, **kwargs: Any) -> None:
        """Take a message; override to show it elsewhere than in the log of this module.

        :param info: Text, with ``%`` format codes if there are arguments.
        """
        log.log(level, info, *args, **kwargs)

    def build_from_context(self: _Host, ctx: DockerContext, tag: str, **kwargs: Any) -> Any:
        """Build an image from a context, which is finalised for it and can be used again.

        :param kwargs: Further arguments of ``build``.
        :return: Result of ``build``.
        """
        ctx.finalize()
        ctx.fileobj.seek(0)
        return self.build(fileobj=ctx.fileobj, tag=tag, custom_context=True, encoding=ctx.stream_encoding, **kwargs)

    def build_from_file(self: _Host, dockerfile: DockerFile | str | PathLike[str], tag: str, **kwargs: Any) -> Any:
        """Build an image from a ``DockerFile`` with the files it adds, or from the path of a Dockerfile.

        :param kwargs: Further arguments of ``build``.
        :return: Result of ``build``.
        """
        with DockerContext(dockerfile, finalize=True) as ctx:
            return self.build_from_context(ctx, tag, **kwargs)

    def add_extra_tags(
        self: _Host, image_id: str, main_tag: str, extra_tags: Iterable[str] | str | None, add_latest: bool
    ) -> list[str]:
        """Tag an image in the repository of its main tag.

        :param main_tag: Repository with or without tag; none means ``latest``.
        :return: Tags that were added, in the order given, ``latest`` last.
        :raises PartialResultsError: A tag was refused; holds those added before.
        """
        repository, main = split_tag(main_tag)
        wanted = dict.fromkeys([*map(str, as_list(extra_tags)), *(['latest'] if add_latest else [])])
        force = {'force': True} if use_force_tag(self.api_version) else {}
        added: list[str] = []
        for tag in wanted:
            if tag == main:
                continue
            try:
                self.tag(image_id, repository, tag, **force)
            except Exception as error:
                raise PartialResultsError(sys.exc_info(), added) from error
            added.append(tag)
        return added

    def cleanup_containers(
        self: _Host,
        include_initial: bool = False,
        exclude: Iterable[str] | str | None = None,
        raise_on_error: bool = False,
        list_only: bool = False,
        *,
        remove_volumes: bool = False,
    ) -> list[Any]:
        """Remove containers that have ended.

        :param include_initial: Remove those that were never started, too.
        :param exclude: Names of containers to keep.
        :param list_only: Only return what would be removed, as pairs of id and name.
        :param remove_volumes: Remove the containers' anonymous volumes with them.
        :return: Names of the containers removed; the id where there is no name.
        :raises PartialResultsError: With ``raise_on_error``, when one cannot be removed; holds the names so far.
        """
        keep = frozenset(as_list(exclude))
        found = [
            (container['Id'], container_name(container))
            for container in self.containers(all=True)
            if (has_ended(container) or (include_initial and is_initial(container)))
            and keep.isdisjoint(plain_names(container))
        ]
        if list_only:
            return found
        options = {'v': True} if remove_volumes else {}
        names = [name for _, name in found]
        return _remove_each(names, lambda name: self.remove_container(name, **options), raise_on_error)

    def cleanup_images(
        self: _Host,
        remove_old: bool = False,
        keep_tags: Iterable[str] | str | None = None,
        force: bool = False,
        raise_on_error: bool = False,
        list_only: bool = False,
    ) -> list[str]:
        """Remove images that are not to be kept, that no container uses, and that no other image kept is based on.

        Images are kept for having any tag; with ``remove_old``, only for the tag ``latest`` or one of ``keep_tags``,
        compared with the end of the full name. Images that were pulled, or built by BuildKit, do not tell what they are
        based on. An engine removes untagged parents along with their last child; they count as removed.

        :param keep_tags: Only has effect with ``remove_old``.
        :param force: Remove images that have several tags, too.
        :param list_only: Only return what would be removed.
        :return: Ids of the images removed, in the engine's order: newest first.
        :raises PartialResultsError: With ``raise_on_error``, when one cannot be removed; holds the ids so far.
        """
        has_kept_tag = tag_check_function(['latest', *as_list(keep_tags)]) if remove_old else is_repo_image
        used = {image_id for container in self.containers(all=True) for image_id in _image_of(self, container)}
        images = self.images(all=True)
        unused = unused_images(images, {image['Id'] for image in images if image['Id'] in used or has_kept_tag(image)})
        if list_only:
            return unused
        removed = _remove_each(
            children_first(images, unused), lambda image_id: self.remove_image(image_id, force=force), raise_on_error
        )
        return [image_id for image_id in unused if image_id in removed]

    def remove_all_containers(
        self: _Host, stop_timeout: int = 10, list_only: bool = False, *, remove_volumes: bool = False
    ) -> tuple[list[str], list[str]]:
        """Stop and remove all containers.

        :param stop_timeout: Seconds to wait for each to stop.
        :param list_only: Only return what would be stopped and removed.
        :param remove_volumes: Remove the containers' anonymous volumes with them.
        :return: Ids of the containers stopped, and of those removed.
        :raises PartialResultsError: One cannot be stopped or removed; holds both lists so far.
        """
        containers = self.containers(all=True)
        running = [container['Id'] for container in containers if is_running(container)]
        every = [container['Id'] for container in containers]
        if list_only:
            return running, every
        options = {'v': True} if remove_volumes else {}
        stopped: list[str] = []
        removed: list[str] = []
        try:
            for container in containers:
                # Podman does not stop what is paused.
                if container.get('State') == 'paused' or '(Paused)' in str(container.get('Status')):
                    _unless_gone(self.unpause, container['Id'])
            stopped.extend(container_id for container_id in running if _stop(self, container_id, stop_timeout))
            for container_id in every:
                _unless_gone(self.remove_container, container_id, **options)
                removed.append(container_id)
        except Exception as error:
            raise PartialResultsError(sys.exc_info(), (stopped, removed)) from error
        return stopped, removed

    def get_container_names(self: _Host) -> set[str]:
        """Names of all containers, running or not."""
        return {name for container in self.containers(all=True) for name in plain_names(container) if '/' not in name}

    def get_image_tags(self: _Host) -> dict[str, str]:
        """Full names of images, each with the image's id."""
        return {tag: image['Id'] for image in self.images() for tag in repo_tags(image)}


def _unless_gone(call: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Make a call, and tell whether the item was still there for it."""
    try:
        call(*args, **kwargs)
    except Exception as error:
        if not is_not_found(error):
            raise
        return False
    return True


def _remove_each(names: Iterable[str], remove: Callable[[str], Any], raise_on_error: bool) -> list[str]:
    """Remove item by item; those that are gone already count as removed."""
    removed: list[str] = []
    for name in names:
        try:
            _unless_gone(remove, name)
        except Exception as error:
            if raise_on_error:
                raise PartialResultsError(sys.exc_info(), removed) from error
            log.debug('Not removed: %s', name, exc_info=True)
        else:
            removed.append(name)
    return removed


def _image_of(host: _Host, container: Any) -> list[str]:
    """Id of the image that a container was made from; nothing if the container is gone meanwhile."""
    if container.get('ImageID'):
        return [container['ImageID']]
    try:
        return [host.inspect_container(container['Id'])['Image']]
    except Exception as error:
        if not is_not_found(error):
            raise
        return []


def _stop(host: _Host, container_id: str, timeout: int) -> bool:
    """Stop a container, and tell whether that ended it.

    An engine kills a container that does not stop in time, and may answer later than a client is willing to wait.
    """
    try:
        return _unless_gone(host.stop, container_id, timeout=timeout)
    except Exception as error:
        if not is_timeout(error):
            raise
    host.push_log('Container %s did not stop in time.', logging.WARNING, container_id)
    try:
        host.wait(container_id, timeout=timeout)
    except Exception as error:
        if is_not_found(error):
            return False
        if not is_timeout(error):
            raise
        return not host.inspect_container(container_id)['State']['Running']
    return True
