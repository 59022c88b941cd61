"""A client of an engine's API that reports what happens, and whose calls tell how they ended."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..docker_api import (
    INSECURE_REGISTRIES,
    APIClient,
    APIError,
    RequestsConnectionError,
    Timeout,
    connecting,
    is_not_found,
    share_sessions,
)
from ..exceptions import DockerStatusError, PartialResultsError
from ._messages import failure_text, iter_lines, iter_messages, message_progress
from ._transfer import MeteredFile, save_stream
from .docker_util import DockerUtilityMixin

if TYPE_CHECKING:
    from os import PathLike

__all__ = ['LOG_CONTAINER_FORMAT', 'LOG_PROGRESS_FORMAT', 'DockerClientWrapper', 'parse_response']

LOG_PROGRESS_FORMAT = '{0} {1} {2}'
"""Status, id and progress in one line, for classes that override ``push_progress``."""

LOG_CONTAINER_FORMAT = '[%s] %s'
"""Container and line."""

_BUILT = re.compile(r'Successfully built ([0-9a-f]+)\s*')
# Podman leaves out the kind of the digest.
_IMAGE_ID = re.compile(r'((?:sha256:)?[0-9a-f]{64})\s*')
_BAD_CREDENTIALS = re.compile(r'\b401\b|unauthorized|incorrect username or password', re.IGNORECASE)


class DockerClientWrapper(DockerUtilityMixin, APIClient):
    """Client of an engine, with the SDK's constructor.

    Messages go to ``push_log``, progress to ``push_progress``. What an engine refuses is an exception, or with
    ``raise_on_error=False`` only a message; a broken connection is an exception in any case.
    """

    told_version: dict[str, Any] | None = None
    """What the engine said last about its version; ``None`` before it was asked."""

    def __init__(self, base_url: str | None = None, *args: Any, **kwargs: Any) -> None:
        self._address = base_url
        with connecting(base_url):
            super().__init__(base_url, *args, **kwargs)
        share_sessions(self)

    def version(self, api_version: bool = True) -> dict[str, Any]:
        """What the engine says about its version."""
        told: dict[str, Any] = super().version(api_version)
        self.told_version = told
        return told

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Send a request; an engine that cannot be reached is an error that has its address, in one line."""
        with connecting(self._address):
            return super().send(request, **kwargs)

    def push_progress(self, status: str, object_id: str, progress: str) -> None:
        """Take a progress report; does nothing unless overridden.

        :param status: What is being done, such as ``Downloading``.
        :param object_id: What it is done to: a layer, a tag, a file.
        :param progress: Text for people, may be empty; its attributes ``current`` and ``total`` are numbers of bytes
          for a bar, ``None`` where unknown.
        """

    def build(  # type: ignore[override]
        self,
        tag: str,
        add_latest_tag: bool = False,
        add_tags: Iterable[str] | str | None = None,
        raise_on_error: bool = True,
        **kwargs: Any,
    ) -> str | None:
        """Build an image with the SDK's arguments, and add tags to it.

        Like the SDK, this keeps intermediate containers unless ``rm`` is set, and the one of a failed step unless
        ``forcerm`` is set. The SDK only knows the engine's classic builder.

        :param add_latest_tag: Also tag it as ``latest``.
        :param add_tags: Further tags in the same repository.
        :return: The image's id, short or full; ``None`` after a failure without ``raise_on_error``.
        :raises DockerStatusError: A build step failed.
        :raises PartialResultsError: A tag was refused; holds those added before.
        """
        kwargs.pop('decode', None)
        if kwargs.get('custom_context') and kwargs.get('fileobj') and self._shows_progress():
            report = partial(self.push_progress, 'Sending build context', tag)
            kwargs['fileobj'] = MeteredFile(kwargs['fileobj'], report)
        try:
            image_id = self._follow_build(super().build(tag=tag, **kwargs), bool(kwargs.get('quiet')))
            if image_id:
                self.add_extra_tags(image_id, tag, add_tags, add_latest_tag)
        except (APIError, DockerStatusError, PartialResultsError) as error:
            self._report_failure('build', tag, error)
            if raise_on_error:
                raise
            return None
        return image_id

    def login(  # type: ignore[override]
        self,
        username: str,
        password: str | None = None,
        email: str | None = None,
        registry: str | None = None,
        reauth: bool = False,
        **kwargs: Any,
    ) -> bool:
        """Log in to a registry, and tell whether that worked.

        The SDK does not ask the registry about a user name that it has stored credentials for; this does if the
        password is another than the stored one.

        :param reauth: Ask the registry in any case.
        :raises docker.errors.APIError: The registry could not be asked.
        """
        _drop_insecure(kwargs)
        credentials = {'username': username, 'password': password, 'email': email, 'registry': registry, **kwargs}
        try:
            response = super().login(reauth=reauth, **credentials)
            if password is not None and response.get('password', password) != password:
                response = super().login(reauth=True, **credentials)
        except APIError as error:
            if not _says_bad_credentials(error):
                raise
            self._report_failure('log in to', registry or 'the default registry', error)
            return False
        return bool(response.get('Status') == 'Login Succeeded' or response.get('username') == username)

    def pull(  # type: ignore[override]
        self,
        repository: str,
        tag: str | None = None,
        stream: bool = False,
        raise_on_error: bool = True,
        *,
        on_message: Callable[[dict[str, Any]], object] | None = None,
        **kwargs: Any,
    ) -> bool:
        """Pull an image, and tell whether that worked; without tag it is ``latest``, all only with ``all_tags=True``.

        :param stream: Has no effect: progress is reported as it comes, and the call returns at the end.
        :param on_message: Called with each message of the engine as it comes, beside ``push_progress``.
        :raises docker.errors.APIError: The engine refused, e.g. because there is no such image.
        :raises DockerStatusError: The transfer failed.
        """
        _drop_insecure(kwargs)
        return self._transfer('pull', super().pull, repository, raise_on_error, {'tag': tag, **kwargs}, on_message)

    def push(  # type: ignore[override]
        self,
        repository: str,
        stream: bool = False,
        raise_on_error: bool = True,
        **kwargs: Any,
    ) -> bool:
        """Push an image, and tell whether that worked; without tag, all local tags of the repository.

        :param repository: Repository, with or without a tag.
        :param stream: Has no effect: progress is reported as it comes, and the call returns at the end.
        :raises docker.errors.APIError: The engine refused.
        :raises DockerStatusError: The transfer failed.
        """
        _drop_insecure(kwargs)
        return self._transfer('push', super().push, repository, raise_on_error, kwargs)

    def remove_container(  # type: ignore[override]
        self,
        container: Any,
        raise_on_error: bool = True,
        raise_not_found: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Remove a container with the SDK's arguments.

        :param raise_not_found: Raise an exception, too, if there is no such container.
        """
        return self._remove('container', super().remove_container, container, raise_on_error, raise_not_found, kwargs)

    def remove_image(  # type: ignore[override]
        self,
        image: Any,
        raise_on_error: bool = True,
        raise_not_found: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Remove an image with the SDK's arguments.

        :param raise_not_found: Raise an exception, too, if there is no such image.
        :return: What the engine untagged and deleted, as a list of dictionaries; ``None`` if it refused.
        """
        return self._remove('image', super().remove_image, image, raise_on_error, raise_not_found, kwargs)

    def stop(self, container: Any, raise_on_error: bool = True, **kwargs: Any) -> None:  # type: ignore[override]
        """Stop a container with the SDK's arguments."""
        try:
            super().stop(container, **kwargs)
        except APIError as error:
            self._report_failure('stop container', container, error)
            if raise_on_error:
                raise

    def push_container_logs(self, container: Any) -> None:
        """Send each line that a container has put out so far to ``push_log``."""
        for line in iter_lines(self.logs(container, stream=True, follow=False)):
            self.push_log(LOG_CONTAINER_FORMAT, logging.INFO, container, line)

    def copy_resource(self, container: Any, resource: str, local_filename: str | PathLike[str]) -> None:
        """Save a file or directory of a container as a tar archive."""
        chunks, stat = self.get_archive(container, resource)
        report = partial(self.push_progress, 'Copying', f'{_item_name(container)}:{resource}')
        save_stream(chunks, local_filename, report, _file_size(stat))

    def save_image(self, image: Any, local_filename: str | PathLike[str]) -> None:
        """Save an image as a tar archive for ``load_image``."""
        size = self._image_size(image) if self._shows_progress() else None
        report = partial(self.push_progress, 'Saving', _item_name(image))
        save_stream(self.get_image(image), local_filename, report, size)

    def _follow_build(self, response: Any, is_quiet: bool) -> str | None:
        """Report a build's messages; return the image's id, or raise once all messages of a failed one are through."""
        if isinstance(response, tuple):
            return response[0] and str(response[0])
        found = _BuiltImage(is_quiet)
        error: dict[str, Any] | None = None
        for message in iter_messages(response):
            found.see(message)
            if 'stream' in message:
                self._log_text(str(message['stream']), logging.INFO)
            elif (failure := failure_text(message)) is not None:
                self._log_text(failure, logging.ERROR)
                error = error or message
            elif 'status' in message and 'id' in message:
                self.push_progress(message['status'], message['id'], message_progress(message))
        if error:
            raise _status_error(error)
        return found.image_id

    def _transfer(
        self,
        verb: str,
        call: Callable[..., Any],
        repository: str,
        raise_on_error: bool,
        kwargs: dict[str, Any],
        on_message: Callable[[dict[str, Any]], object] | None = None,
    ) -> bool:
        """Pull or push, and report messages as they come."""
        kwargs.pop('decode', None)
        try:
            return self._follow_transfer(self._begin_transfer(call, repository, **kwargs), on_message)
        except (APIError, DockerStatusError) as error:
            self._report_failure(verb, repository, error)
            if raise_on_error:
                raise
            return False

    def _begin_transfer(self, call: Callable[..., Any], repository: str, **kwargs: Any) -> Any:
        """The messages of a pull or push; Podman refuses the latter with a message in a form unknown to the SDK."""
        try:
            return call(repository, stream=True, **kwargs)
        except KeyError as unreadable:
            response = getattr(unreadable.__context__, 'response', None)
            if response is None:
                raise
            error = _status_error(response.json())
            self._log_text(error.args[0], logging.ERROR)
            raise error from unreadable

    def _follow_transfer(self, response: Any, on_message: Callable[[dict[str, Any]], object] | None = None) -> bool:
        """Report a transfer's messages; return whether there were any, or raise at the end of a failed one's."""
        is_empty = True
        error: dict[str, Any] | None = None
        for message in iter_messages(response):
            is_empty = False
            if on_message is not None:
                on_message(message)
            if 'status' in message:
                self._show_status(message)
            elif (failure := failure_text(message)) is not None:
                self._log_text(failure, logging.ERROR)
                error = error or message
        if error:
            raise _status_error(error)
        return not is_empty

    def _show_status(self, message: dict[str, Any]) -> None:
        if 'id' in message:
            self.push_progress(message['status'], message['id'], message_progress(message))
        else:
            self._log_text(str(message['status']), logging.INFO)

    def _log_text(self, text: str, level: int) -> None:
        text = text.rstrip()
        if text:
            self.push_log(text, level)

    def _remove(
        self,
        kind: str,
        call: Callable[..., Any],
        item: Any,
        raise_on_error: bool,
        raise_not_found: bool,
        kwargs: dict[str, Any],
    ) -> Any:
        try:
            return call(item, **kwargs)
        except APIError as error:
            if is_not_found(error):
                if raise_not_found:
                    raise
                self.push_log('%s does not exist: %s', logging.DEBUG, item, error.explanation)
                return None
            self._report_failure(f'remove {kind}', item, error)
            if raise_on_error:
                raise
            return None

    def _report_failure(self, verb: str, item: Any, error: Exception) -> None:
        """Log what the engine refused; messages of a stream were logged as they came."""
        if isinstance(error, APIError):
            self.push_log(f'Failed to {verb} %s: %s', logging.ERROR, item, error.explanation)
        elif isinstance(error, PartialResultsError):
            self.push_log(f'Failed to {verb} %s: %s', logging.ERROR, item, error.source_message.rstrip())

    def _shows_progress(self) -> bool:
        """Whether anybody takes the progress, which may be costly to find out."""
        return getattr(self.push_progress, '__func__', None) is not DockerClientWrapper.push_progress

    def _image_size(self, image: Any) -> int | None:
        """Bytes of an image's layers; they make up nearly all of its archive."""
        try:
            size: int = self.inspect_image(image)['Size']  # type: ignore[no-untyped-call]
        except (APIError, RequestsConnectionError, Timeout) as error:
            self.push_log('Unknown size of image %s: %s', logging.DEBUG, image, error)
            return None
        return size


class _BuiltImage:
    """Finds the id of the image in a build's messages.

    A step may print what the engine prints, so the classic last line only counts if a message that only engines send
    confirms it. Each stage of a build sends one; the last is the image's.
    """

    def __init__(self, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._full_id: str | None = None
        self._short_ids: list[str] = []

    def see(self, message: dict[str, Any]) -> None:
        aux, text = message.get('aux'), message.get('stream')
        if isinstance(aux, dict) and isinstance(aux.get('ID'), str):
            self._full_id = aux['ID']
        elif isinstance(text, str):
            if self._is_quiet and (match := _IMAGE_ID.fullmatch(text)):
                self._full_id = f'sha256:{match.group(1).removeprefix("sha256:")}'
            elif match := _BUILT.fullmatch(text):
                self._short_ids.append(match.group(1))

    @property
    def image_id(self) -> str | None:
        short_id = self._short_ids[-1] if self._short_ids else None
        if self._full_id is None:
            return short_id
        return short_id if short_id and self._full_id.removeprefix('sha256:').startswith(short_id) else self._full_id


def parse_response(response: str | bytes) -> Any:
    """The object that JSON text describes; an empty dictionary if the text is no JSON."""
    try:
        return json.loads(response)
    except ValueError:
        return {}


def _status_error(message: dict[str, Any]) -> DockerStatusError:
    return DockerStatusError(str(failure_text(message)), message.get('errorDetail'))


def _says_bad_credentials(error: APIError) -> bool:
    """Whether a registry did not accept a login; engines pass its answer on as text."""
    return error.status_code == 401 or bool(_BAD_CREDENTIALS.search(str(error.explanation or '')))


def _drop_insecure(kwargs: dict[str, Any]) -> None:
    """Take out what the SDK does not know any more."""
    if not INSECURE_REGISTRIES and kwargs.pop('insecure_registry', None):
        warnings.warn(
            'insecure_registry has no effect; list the registry under insecure-registries in the '
            'configuration of the Docker Engine instead.',
            stacklevel=3,
        )


def _file_size(stat: Any) -> int | None:
    """Bytes of a single file, from what the engine tells about it; unknown for directories."""
    is_file = isinstance(stat, dict) and not stat.get('mode', 0) & _GO_TYPE_BITS
    return stat['size'] if is_file else None


def _item_name(item: Any) -> str:
    return str(item.get('Id') or item.get('ID') or item) if isinstance(item, dict) else str(item)


# Go's os.ModeType: directory, link, device, pipe, socket and others.
_GO_TYPE_BITS = 0x8F280000
