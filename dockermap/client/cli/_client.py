"""A client that works by running ``docker`` commands."""

from __future__ import annotations

import base64
import logging
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ...docker_api import address_from_environment, tls_from_environment
from ...functional import resolve_value
from ...utils import engine_text, version_tuple
from ..docker_util import DockerUtilityMixin
from ._create import split_text
from ._environment import STDIN, Environment, has_environment, reads_files, warn_of
from ._exec import ExecCalls, PodmanExecCalls
from ._options import is_podman
from ._output import DockerCommandLineOutput
from ._parsers import (
    parse_container_output,
    parse_containers_output,
    parse_image_output,
    parse_images_output,
    parse_inspect_output,
    parse_network_output,
    parse_networks_output,
    parse_top_output,
    parse_version_output,
    parse_volumes_output,
)
from ._run import Secrets, as_run, encode_output, engine_error, output_of, takes_input
from ._streams import Readable, streamed

_HIDES_NAMELESS = (1, 52)
_LOSE_DEVICE_RATES = (((25,), (25, 0, 7)), ((26,), (26, 1, 6)), ((27,), (27, 1, 2)))
"""Releases of ``docker``, each from the first one to the one that is mended."""


class DockerCliClient(DockerUtilityMixin, DockerCommandLineOutput):
    """Offers what orchestration needs of a client by running ``docker`` commands, here or wherever ``run`` runs them.

    Methods take the arguments of the SDK's methods and answer like them. A command that fails raises the SDK's
    ``NotFound`` or ``APIError`` with its message; where no engine answers, that is a connection error as well.
    Values of environment variables are on the command's standard input, where lists of processes do not show them, if
    ``run`` takes input and they have one line each; a warning names those that are on the command line.
    Images are pulled by ``pull`` only. Logins are stored where the command runs, as by ``docker login``.

    :param run: Function ``run(command, input=None)``: takes a shell command line and optional bytes for its standard
        input, returns its standard output as text, and raises on an exit code other than 0. By default a subprocess.
        The error's attributes say what went wrong, or those of its ``result``: ``stderr`` and ``exit_code``,
        ``returncode`` or ``exited``. The method ``run`` of a connection of Fabric will do as it is. If it is a method
        of an object that has ``stream_command(command, source)``, too, images are moved by that: ``source`` is a file
        or ``None``, and output comes as an iterator over bytes.
    :param cmd_prefix: Stands before ``docker``, such as ``sudo``.
    :param default_bin: The program.
    :param base_url: The engine; by default the one that the command finds where it runs, by ``DOCKER_HOST``,
        ``DOCKER_TLS_VERIFY`` and ``DOCKER_CERT_PATH`` first.
    :param tls: ``True``, or the SDK's TLS configuration.
    """

    def __init__(
        self,
        run: Callable[..., Any] | None = None,
        cmd_prefix: str | None = None,
        default_bin: str = 'docker',
        base_url: str | None = None,
        tls: Any = None,
    ) -> None:
        if base_url is None and run is None:
            # What stands before the command, such as sudo, need not pass the environment on.
            base_url = address_from_environment()
            tls = tls_from_environment() if base_url and tls is None else tls
        super().__init__(cmd_prefix, default_bin, [*_host_args(base_url), *_tls_args(tls)])
        self.run = as_run(run)
        self._takes_input = takes_input(self.run)
        self.base_url = base_url
        self.tls = tls
        self._execs = PodmanExecCalls(self) if is_podman(default_bin) else ExecCalls(self)

    @cached_property
    def api_version(self) -> str:
        """Version of the API that command and engine agree on."""
        version: str = self.version()['ApiVersion']
        return version

    @property
    def takes_archives(self) -> bool:
        """Whether files get to the host by it: ``podman`` mounts no directory there that does not exist yet."""
        return self._takes_input and not is_podman(self.default_bin)

    @cached_property
    def loses_device_rates(self) -> bool:
        """Whether the command leaves limits of devices out, as some releases of ``docker`` do without a word.

        That are those that https://github.com/docker/cli/issues/5321 is about.
        """
        found = re.match(r'[\d.]*\d', str(self.version().get('Version')))
        version = version_tuple(found[0]) if found else None
        return version is not None and any(first <= version < fixed for first, fixed in _LOSE_DEVICE_RATES)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""

    def version(self) -> dict[str, Any]:
        """What the command says about itself."""
        return parse_version_output(self.call('version'))

    def containers(self, *, all: bool = False, **kwargs: Any) -> list[dict[str, Any]]:
        """Containers that run, or all of them."""
        kwargs.pop('quiet', None)
        return parse_containers_output(self.call('containers', all=all, **kwargs))

    def images(self, name: str | None = None, all: bool = False, **kwargs: Any) -> list[Any]:
        """Images with tags and digests; with ``quiet``, only their ids."""
        quiet = kwargs.pop('quiet', False)
        # From version 29 on, the command hides images without a name unless it is told to show all.
        shows_all = all or (version_tuple(self.__dict__.get('api_version')) or ()) >= _HIDES_NAMELESS
        images = parse_images_output(self.call('images', name=name, all=shows_all, digests=True, **kwargs))
        return [image['Id'] for image in images] if quiet else images

    def networks(self, names: Any = None, ids: Any = None, filters: Any = None) -> list[dict[str, str]]:
        """Networks, all or those that match."""
        return parse_networks_output(self.call('networks', names=names, ids=ids, filters=filters))

    def volumes(self, filters: Any = None) -> dict[str, Any]:
        """Volumes in item ``Volumes``."""
        return {'Volumes': list(parse_volumes_output(self.call('volumes', filters=filters))), 'Warnings': None}

    def inspect_container(self, container: Any) -> dict[str, Any]:
        """Details of a container; raises ``NotFound``."""
        return parse_container_output(self.call('inspect_container', container=_reference(container)))

    def inspect_image(self, image: Any) -> dict[str, Any]:
        """Details of an image; raises ``ImageNotFound``."""
        return parse_image_output(self.call('inspect_image', image=_reference(image)))

    def inspect_network(self, net_id: Any) -> dict[str, Any]:
        """Details of a network; raises ``NotFound``."""
        return parse_network_output(self.call('inspect_network', net_id=_reference(net_id)))

    def inspect_volume(self, name: str) -> dict[str, Any]:
        """Details of a volume; raises ``NotFound``."""
        return parse_inspect_output(self.call('inspect_volume', name=name), 'volume')

    def top(self, container: Any, ps_args: Any = None) -> dict[str, list[Any]]:
        """Processes of a container."""
        return parse_top_output(self.call('top', container=_reference(container), ps_args=ps_args))

    def logs(
        self, container: Any, stdout: bool = True, stderr: bool = True, stream: bool = False, **kwargs: Any
    ) -> bytes | Iterator[bytes]:
        """What the container has printed so far.

        :param stream: Give the output piece by piece as the command puts it out, where ``run`` is able to do so; unless
            ``follow`` says otherwise, until the container ends.
        """
        redirect = ('2>&1 >/dev/null' if not stdout else '2>&1') if stderr else '2>/dev/null'
        kwargs['container'] = _reference(container)
        if stream:
            return self._stream('logs', self.get_cmd('logs', redirect, stream=True, **kwargs))
        return encode_output(self.call('logs', redirect, **kwargs))

    def create_container(self, image: str, command: Any = None, **kwargs: Any) -> dict[str, Any]:
        """Create a container from an image that the engine has; raises ``ImageNotFound`` where it has not.

        As in the SDK, a command given as text is split into words, and never interpreted by a shell of this machine.
        """
        kwargs.setdefault('pull', 'never')
        out = self.call('create_container', image=image, command=_command_list('command', command), **kwargs)
        return {'Id': _last_line(out), 'Warnings': None}

    def start(self, container: Any, *args: Any, **kwargs: Any) -> None:
        """Start a container."""
        self.call('start', *args, container=_reference(container), **kwargs)

    def stop(self, container: Any, timeout: int | None = None) -> None:
        """Stop a container; ``timeout`` is the time in seconds until it is killed, by default the container's own."""
        self.call('stop', container=_reference(container), timeout=timeout)

    def restart(self, container: Any, timeout: int | None = None) -> None:
        """Restart a container; ``timeout`` like that of :meth:`stop`."""
        self.call('restart', container=_reference(container), timeout=timeout)

    def kill(self, container: Any, signal: Any = None) -> None:
        """Send a signal to a container, by default ``SIGKILL``."""
        self.call('kill', container=_reference(container), signal=signal)

    def pause(self, container: Any) -> None:
        """Freeze a container's processes."""
        self.call('pause', container=_reference(container))

    def unpause(self, container: Any) -> None:
        """Let a container's processes go on."""
        self.call('unpause', container=_reference(container))

    def wait(self, container: Any, timeout: float | None = None, condition: str | None = None) -> dict[str, Any]:
        """Wait until the container has ended; raises the ``Timeout`` of ``requests`` after that many seconds."""
        # The command for the time limit ends with this exit code, which not every way of running a command reports.
        tolerated = ['|| [ $? -eq 124 ]'] if timeout else []
        out = self.call('wait', *tolerated, container=_reference(container), timeout=timeout)
        if not out.strip():
            from ...docker_api import Timeout

            raise Timeout(f'Container {_reference(container)} has not ended within {timeout} seconds.')
        return {'StatusCode': int(_last_line(out)), 'Error': None}

    def rename(self, container: Any, name: str) -> None:
        """Give a container another name."""
        self.call('rename', container=_reference(container), name=name)

    def update_container(self, container: Any, **kwargs: Any) -> dict[str, Any]:
        """Change limits and the restart policy of a container."""
        self.call('update_container', container=_reference(container), **kwargs)
        return {'Warnings': None}

    def remove_container(self, container: Any, v: bool = False, link: bool = False, force: bool = False) -> None:
        """Remove a container; with ``v``, also its anonymous volumes."""
        options = {key: value for key, value in (('v', v), ('link', link), ('force', force)) if value}
        self.call('remove_container', container=_reference(container), **options)

    def put_archive(self, container: Any, path: str, data: bytes) -> bool:
        """Unpack an archive in a directory of a container; it needs a ``run`` that takes input."""
        # Not all that runs commands passes on other input than text.
        command = self.get_cmd('put_archive', container=_reference(container), path=path)
        self.run_command('put_archive', f'base64 -d | {command}', base64.encodebytes(data))
        return True

    def exec_create(self, container: Any, cmd: Any, **kwargs: Any) -> dict[str, str]:
        """Register a command to be run in a container by :meth:`exec_start`, where errors are raised."""
        return {'Id': self._execs.create(container=_reference(container), cmd=_command_list('cmd', cmd), **kwargs)}

    def exec_start(self, exec_id: Any, detach: bool = False, **kwargs: Any) -> bytes:
        """Run a command; unless it is detached, wait for its end and return what it has printed."""
        return encode_output(self._execs.start(_reference(exec_id), detach))

    def exec_inspect(self, exec_id: Any) -> dict[str, Any]:
        """Whether the command runs, and its ``ExitCode`` after that: ``None`` if the engine no longer tells it."""
        return self._execs.inspect(_reference(exec_id))

    def create_network(self, name: str, **kwargs: Any) -> dict[str, Any]:
        """Create a network."""
        return {'Id': _last_line(self.call('create_network', name=name, **kwargs)), 'Warning': ''}

    def remove_network(self, net_id: Any) -> None:
        """Remove a network."""
        self.call('remove_network', net_id=_reference(net_id))

    def connect_container_to_network(self, container: Any, net_id: Any, **kwargs: Any) -> None:
        """Connect a container to a network."""
        self.call('connect_container_to_network', net_id=_reference(net_id), container=_reference(container), **kwargs)

    def disconnect_container_from_network(self, container: Any, net_id: Any, force: bool = False) -> None:
        """Disconnect a container from a network."""
        options = {'force': True} if force else {}
        self.call(
            'disconnect_container_from_network', net_id=_reference(net_id), container=_reference(container), **options
        )

    def create_volume(self, name: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Create a volume, or find it."""
        return {'Name': _last_line(self.call('create_volume', name=name, **kwargs))}

    def remove_volume(self, name: str, force: bool = False) -> None:
        """Remove a volume."""
        self.call('remove_volume', name=name, **({'force': True} if force else {}))

    def pull(self, repository: str, tag: str | None = None, raise_on_error: bool = True, **kwargs: Any) -> bool:
        """Pull an image; the result tells whether that worked. ``raise_on_error`` raises instead."""
        return self._transfer('pull', raise_on_error, repository=repository, tag=tag, **kwargs)

    def push(self, repository: str, tag: str | None = None, raise_on_error: bool = True, **kwargs: Any) -> bool:
        """Push an image; the result tells whether that worked. ``raise_on_error`` raises instead."""
        return self._transfer('push', raise_on_error, repository=repository, tag=tag, **kwargs)

    def login(self, username: str, password: str | None = None, registry: str | None = None, **kwargs: Any) -> bool:
        """Log in to a registry, for all commands that the same user runs; false if the credentials are not accepted."""
        from ...docker_api import APIError

        try:
            self.call('login', username=username, password=password or '', registry=registry, **kwargs)
        except APIError as error:
            if error.status_code == 401:
                return False
            raise
        return True

    def tag(self, image: Any, repository: str, tag: str | None = None, force: bool = False) -> bool:
        """Give an image another name."""
        self.call('tag', image=_reference(image), repository=repository, tag=tag)
        return True

    def remove_image(self, image: Any, force: bool = False, noprune: bool = False) -> None:
        """Remove an image, or one of its names."""
        options = {key: value for key, value in (('force', force), ('noprune', noprune)) if value}
        self.call('remove_image', image=_reference(image), **options)

    def get_image(self, image: Any) -> Iterator[bytes]:
        """An archive of an image, piece by piece as the command puts it out, where ``run`` is able to do so."""
        return self._stream('get_image', self.get_cmd('get_image', image=_reference(image)))

    def load_image(self, data: Readable) -> Iterator[dict[str, str]]:
        """Load the images of an archive that is read from a file; messages say which."""
        output = b''.join(self._stream('load_image', self.get_cmd('load_image'), data))
        for line in output.decode('utf-8', 'replace').splitlines():
            yield {'stream': f'{line}\n'}

    def build(
        self, tag: str, add_latest_tag: bool = False, add_tags: Any = None, raise_on_error: bool = True, **kwargs: Any
    ) -> str | None:
        """Build an image, from a path where the command runs, or a file with a context or Dockerfile.

        Returns the image's id; what the build printed is known only if it fails, as part of the error.
        """
        from ...docker_api import APIError

        command = self.get_cmd('build', **{**kwargs, 'tag': tag, 'quiet': True})
        fileobj = kwargs.get('fileobj')
        try:
            out = self.run_command('build', command, None if fileobj is None else _content(fileobj))
        except APIError as error:
            self.push_log(str(error), logging.ERROR)
            if raise_on_error:
                raise
            return None
        image_id = _last_line(out)
        self.add_extra_tags(image_id, tag, add_tags, add_latest_tag)
        return image_id

    def call(self, c_cmd: str, *args: Any, **kwargs: Any) -> str:
        """Run the command for a call of the API, and return what it prints.

        Raises ``NotFound`` or another ``APIError``, with the command's message.

        :param args: Shell syntax for the end of the command line.
        """
        given = {key: resolve_value(value) for key, value in kwargs.items()}
        if has_environment(c_cmd, given):
            return self._call_with_environment(c_cmd, *args, **given)
        return self.run_command(c_cmd, self.get_cmd(c_cmd, *args, **given), self.get_input(c_cmd, **given))

    def _call_with_environment(self, c_cmd: str, *args: Any, **kwargs: Any) -> str:
        """The same with environment variables on the command's standard input, so far as it can read them there."""
        environment, item = Environment(kwargs['environment']), kwargs.get('name') or kwargs.get('container')
        is_free = self._takes_input and not kwargs.get('stdin')
        if not (is_free and environment.lines and reads_files(c_cmd, lambda: self.api_version)):
            warn_of([*environment.shown(), *(line.partition('=')[0] for line in environment.lines)], item)
            return self.run_command(c_cmd, self.get_cmd(c_cmd, *args, **kwargs))
        warn_of(environment.shown(), item)
        command = self.get_cmd(c_cmd, *args, **{**kwargs, 'environment': environment.rest, 'env_file': STDIN})
        # What a shell gets as input may be a socket, which cannot be opened by its name; that of a pipeline is a pipe.
        return self.run_command(c_cmd, f'cat | {command}', environment.input)

    def run_command(self, c_cmd: str, command: str | None, input: bytes | None = None) -> str:
        """Run a command line on behalf of a call of the API, with its errors turned into the SDK's.

        Raises ``ValueError`` for calls that ``docker`` has no command for.
        """
        if command is None:
            raise ValueError(f'docker has no command for {c_cmd!r}.')
        try:
            return output_of(self.run(command) if input is None else self.run(command, input))
        except Exception as error:
            found = engine_error(c_cmd, error, command, input, self._place())
            # The former one is shown in a traceback, too.
            raise found from error if Secrets(c_cmd, command, input).left_out(str(error)) == str(error) else None

    def _stream(self, c_cmd: str, command: str | None, source: Readable | None = None) -> Iterator[bytes]:
        try:
            yield from streamed(self.run, str(command), source)
        except Exception as error:
            raise engine_error(c_cmd, error, str(command), None, self._place()) from error

    def _place(self) -> str | None:
        """The engine's address, or the host that commands are run on, if either is known."""
        host = getattr(getattr(self.run, '__self__', None), 'host', None)
        return self.base_url or (host if isinstance(host, str) else None)

    def _transfer(self, c_cmd: str, raise_on_error: bool, **kwargs: Any) -> bool:
        from ...docker_api import APIError

        try:
            self.call(c_cmd, **kwargs)
        except APIError as error:
            self.push_log(str(error), logging.ERROR)
            if raise_on_error:
                raise
            return False
        return True


def _host_args(base_url: str | None) -> list[str]:
    """Global arguments for an engine's address, which the SDK takes in more forms than the command."""
    if not base_url:
        return []
    scheme, separator, address = base_url.partition('://')
    if scheme in ('unix', 'http+unix'):
        url = f'unix://{posixpath.join("/", address.replace("%2F", "/"))}'
    elif not separator or scheme in ('http', 'https'):
        url = f'tcp://{address or scheme}'
    else:
        url = base_url
    return [f'-H {shlex.quote(url)}']


def _tls_args(tls: Any) -> list[str]:
    if not tls:
        return []
    if tls is True:
        return ['--tls']
    cert, key = getattr(tls, 'cert', None) or (None, None)
    files = (('tlscacert', getattr(tls, 'ca_cert', None)), ('tlscert', cert), ('tlskey', key))
    mode = '--tlsverify' if getattr(tls, 'verify', None) else '--tls'
    return [mode, *(f'--{name}={shlex.quote(engine_text(path))}' for name, path in files if path)]


def _reference(item: Any) -> Any:
    """Name or id; like in the SDK, an answer of the engine stands for the item that it is about."""
    return item.get('Id') or item.get('ID') if isinstance(item, Mapping) else item


def _command_list(keyword: str, command: Any) -> Any:
    return split_text(keyword, command) if isinstance(command, str) else command


def _last_line(out: str) -> str:
    return out.rstrip('\n').rpartition('\n')[2].strip()


def _content(fileobj: Any) -> bytes:
    content = fileobj.read()
    return content if isinstance(content, bytes) else str(content).encode('utf-8')
