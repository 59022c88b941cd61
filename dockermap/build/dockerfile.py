"""Dockerfiles written by method calls."""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, overload

from .. import DEFAULT_BASEIMAGE
from ..utils import close_match, engine_text
from ._contents import Contents, base_name, context_path, removal_path
from ._instructions import (
    check_line_feeds,
    expanded_line,
    format_command,
    format_expose,
    format_healthcheck,
    format_labels,
    format_paths,
    format_shell,
    json_list,
    prepare_path,
    quoted,
)
from .buffer import DockerStringBuffer

__all__ = ['DockerFile', 'format_command', 'format_expose', 'format_labels', 'prepare_path']

_T = TypeVar('_T')
_WORKDIR_LINES = re.compile(r'^[ \t]*(FROM|WORKDIR)[ \t]+(.*?)[ \t]*$', re.IGNORECASE | re.MULTILINE)


class _Setting(Generic[_T]):
    """A value that is written at the end, and cannot be set any more after that."""

    def __init__(self, default: _T, doc: str) -> None:
        self._default = default
        self.__doc__ = doc

    def __set_name__(self, owner: type[DockerFile], name: str) -> None:
        self._name = f'_{name}'

    @overload
    def __get__(self, instance: None, owner: type[DockerFile]) -> _Setting[_T]: ...
    @overload
    def __get__(self, instance: DockerFile, owner: type[DockerFile]) -> _T: ...
    def __get__(self, instance: DockerFile | None, owner: type[DockerFile]) -> _Setting[_T] | _T:
        if instance is None:
            return self
        value: _T = instance.__dict__.get(self._name, self._default)
        return value

    def __set__(self, instance: DockerFile, value: _T) -> None:
        instance.check_not_finalized()
        instance.__dict__[self._name] = value


class DockerFile(DockerStringBuffer):
    """A Dockerfile: instructions are written as they are called, settings when it is finalised.

    Keyword arguments are start values of the settings; ``cmd_user`` and ``cmd_workdir`` are other names for
    ``command_user`` and ``command_workdir``. Settings never affect ``RUN`` lines before them: use ``prefix`` for an
    instruction such as ``SHELL``, ``USER`` or ``WORKDIR`` that is to have effect from there on.
    """

    volumes = _Setting[Any](None, 'Paths of volumes; text is a single path.')
    command_user = _Setting[Any](None, 'User that runs the command.')
    command_workdir = _Setting[Any](None, 'Working directory of the command.')
    shell = _Setting[Any](None, 'Shell for the shell form of commands: a list, or text with a JSON array.')
    entrypoint = _Setting[Any](None, 'Entry point of the image, as text or list.')
    command = _Setting[Any](None, 'Command of the image, as text or list.')
    expose = _Setting[Any](None, 'Exposed ports; a number or text is a single one.')
    labels = _Setting[Any](None, 'Labels as a dictionary, as pairs, or as text.')
    stopsignal = _Setting[Any](None, 'Signal that stops a container.')
    healthcheck = _Setting[Any](
        None, "Health check: text as it is ('NONE' switches it off), a command list, or a health check tuple."
    )
    command_shell = _Setting[bool](False, 'Whether a shell runs entry point and command.')

    def __init__(
        self,
        baseimage: str | None = DEFAULT_BASEIMAGE,
        maintainer: str | None = None,
        initial: str | bytes | Iterable[str | bytes] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self._contents = Contents()
        self._removals: dict[str, None] = {}
        self._set_start_values(kwargs)
        if baseimage:
            self.prefix('FROM', baseimage)
        self.blank()
        if maintainer:
            self.prefix('LABEL', f'maintainer={quoted(maintainer)}')
            self.blank()
        if isinstance(initial, (str, bytes)):
            self.writeline(initial)
        elif initial is not None:
            self.writelines(initial)

    def _set_start_values(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setting = _OTHER_NAMES.get(name, name)
            if setting not in _SETTINGS:
                raise TypeError(f'DockerFile has no setting {name!r}{close_match(name, (*_SETTINGS, *_OTHER_NAMES))}')
            if setting != name and setting in values:
                raise TypeError(f'{name!r} and {setting!r} are the same setting; give one of them.')
            setattr(self, setting, value)

    def write(self, input_str: str | bytes) -> None:
        """Write text as it is, without a line feed."""
        self.check_not_finalized()
        self._fileobj.write(input_str if isinstance(input_str, bytes) else input_str.encode('utf-8'))

    def writeline(self, input_str: str | bytes) -> None:
        """Write a line of text."""
        self.write(input_str)
        self.write(b'\n')

    def writelines(self, sequence: Iterable[str | bytes]) -> None:
        """Write lines of text."""
        for line in sequence:
            self.writeline(line)

    def blank(self) -> None:
        """Write a blank line."""
        self.write(b'\n')

    def prefix(self, prefix: str = '#', *args: Any) -> None:
        """Write an instruction with its arguments; a list or tuple as an argument becomes a JSON array.

        ``ValueError`` if a line feed in them would start another instruction; continue lines with a backslash.
        """
        words = [json_list(arg) if isinstance(arg, (list, tuple)) else engine_text(arg) for arg in args]
        line = ' '.join((prefix, *words))
        check_line_feeds(line)
        self.writeline(line)

    def prefix_all(self, prefix: str = '#', *lines: Any) -> None:
        """Write an instruction for each element: arguments in a list or tuple, a single one, or a blank line."""
        self._write_all(lambda *args: self.prefix(prefix, *args), lines)

    def _write_all(self, write: Callable[..., None], lines: Iterable[Any]) -> None:
        for line in lines:
            if isinstance(line, (list, tuple)):
                write(*line)
            elif line:
                write(line)
            else:
                self.blank()

    def comment(self, input_str: Any = None) -> None:
        """Write a comment; each of its lines becomes one."""
        for line in engine_text(input_str).split('\n'):
            self.writeline(f'# {line}' if line else '#')

    def run(self, *args: Any) -> None:
        """Write a ``RUN`` instruction: words of a command line, or a list to run without a shell; nothing for none."""
        if any(args):
            self.prefix('RUN', *args)

    def run_all(self, *lines: Any) -> None:
        """Write a ``RUN`` instruction for each element, as in :meth:`prefix_all`."""
        self._write_all(self.run, lines)

    def run_join(self, *lines: Any) -> None:
        """Write a single ``RUN`` instruction for all commands, each run if the one before it succeeded."""
        commands = [command for command in map(engine_text, lines) if command]
        if commands:
            self.prefix('RUN', ' && '.join(commands))

    def add_file(
        self,
        src_path: str | os.PathLike[str],
        dst_path: str | None = None,
        ctx_path: str | None = None,
        replace_space: bool = True,
        expandvars: bool = False,
        expanduser: bool = False,
        remove_final: bool = False,
        *,
        copy: bool = False,
    ) -> str:
        """Write an ``ADD`` instruction for a local file or directory that the build context is to have; its path there.

        ``dst_path`` is the target in the image (default: the name of the source, relative to the working directory),
        ``ctx_path`` the path in the context (default: the target). Variables and ``~`` are expanded locally in all of
        them. With ``replace_space=False`` the paths are written as they are, so Docker splits them at blanks and
        substitutes variables and patterns. ``remove_final`` removes the target again when the file is finalised.
        Docker unpacks an added tar archive; ``copy`` writes ``COPY`` instead, which does not.
        """

        def prepared(path: str) -> str:
            return prepare_path(path, False, True, expandvars, expanduser)

        self.check_not_finalized()
        source = prepare_path(os.fspath(src_path), False, False, expandvars, expanduser)
        target = prepared(dst_path) if dst_path else prepare_path(base_name(source), False, True, False, False)
        path = context_path(source, prepared(ctx_path) if ctx_path else target)
        removal = removal_path(source, target, self._workdir()) if remove_final else None
        self._contents.add_file(source, path)
        self._add(path, target, copy, as_is=not replace_space)
        if removal:
            self._removals[removal] = None
        return path

    addfile = add_file

    def add_archive(
        self,
        src_file: str | os.PathLike[str],
        remove_final: bool = False,
        *,
        copy: bool = False,
    ) -> list[str]:
        """Write an ``ADD`` instruction for each file and directory at the top of a local tar archive; their names.

        The content of the archive goes to the root of the build context. Docker follows links at the top, and fails if
        they lead nowhere; further down, links and devices arrive as they are. ``copy`` writes ``COPY`` instead.
        """
        self.check_not_finalized()
        names = self._contents.add_archive(os.fspath(src_file))
        for name in names:
            self._add(name, name, copy)
        if remove_final:
            workdir = self._workdir()
            self._removals.update((posixpath.join(workdir or '', name), None) for name in names)
        return names

    def _add(self, path: str, target: str, copy: bool, as_is: bool = False) -> None:
        self.prefix('COPY' if copy else 'ADD', f'{path} {target}' if as_is else format_paths(path, target))

    def _workdir(self) -> str | None:
        """The working directory in force, if what was written so far tells it."""
        workdir: str | None = None
        for instruction, value in _WORKDIR_LINES.findall(self.getvalue().decode('utf-8', 'replace')):
            if instruction.upper() == 'FROM' or re.search(r'[\\$"\']', value):
                workdir = None
            elif workdir or value.startswith('/'):
                workdir = posixpath.join(workdir or '', value)
        return workdir

    def add_volume(self, path: str) -> None:
        """Add a path to the volumes."""
        self.volumes = [*_paths(self.volumes), path]

    def finalize(self) -> None:
        """Write what was collected, and take no further changes. Has no effect when repeated."""
        if self._finalized:
            return
        # All values are checked before the first one is written.
        removals = [f'RUN rm -Rf {_operand(path)}' for path in self._removals]
        settings = list(self._setting_lines())
        for line in (*removals, *settings):
            check_line_feeds(line)
        self.writelines([*removals, ''] if removals else ())
        self.writelines(settings)
        super().finalize()

    def _setting_lines(self) -> Iterable[str]:
        for setting, instruction, is_written, text_of in _SETTING_LINES:
            value = getattr(self, setting)
            text = text_of(value, self.command_shell) if is_written(value) else ''
            if text:
                yield f'{instruction} {text}'


def _operand(path: str) -> str:
    return ('-- ' if path.startswith('-') else '') + shlex.quote(path)


def _paths(value: Any) -> list[Any]:
    """Volume paths as a new list."""
    if not value:
        return []
    return [value] if isinstance(value, (str, bytes)) else list(value)


def _volume_list(value: Any) -> str:
    paths = _paths(value)
    return json_list(map(expanded_line, paths)) if paths else ''


def _is_given(value: Any) -> bool:
    return value is not None


# Setting, instruction, which values are given, and the text after the instruction for value and `command_shell`.
_SETTING_LINES: tuple[tuple[str, str, Callable[[Any], bool], Callable[[Any, bool], str]], ...] = (
    ('volumes', 'VOLUME', bool, lambda value, _: _volume_list(value)),
    ('command_user', 'USER', bool, lambda value, _: expanded_line(value)),
    ('command_workdir', 'WORKDIR', bool, lambda value, _: expanded_line(value)),
    ('shell', 'SHELL', bool, lambda value, _: format_shell(value)),
    ('entrypoint', 'ENTRYPOINT', _is_given, format_command),
    ('command', 'CMD', _is_given, format_command),
    ('expose', 'EXPOSE', _is_given, lambda value, _: ' '.join(format_expose(value))),
    ('labels', 'LABEL', bool, lambda value, _: ' '.join(format_labels(value))),
    ('stopsignal', 'STOPSIGNAL', bool, lambda value, _: expanded_line(value)),
    ('healthcheck', 'HEALTHCHECK', bool, lambda value, _: format_healthcheck(value)),
)
_SETTINGS = frozenset(row[0] for row in _SETTING_LINES) | {'command_shell'}
_OTHER_NAMES = {'cmd_user': 'command_user', 'cmd_workdir': 'command_workdir'}
