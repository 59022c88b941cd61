"""Writes calls of the API as command lines of ``docker``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...functional import resolve_value
from ...utils import close_match, engine_text
from ._options import CMD_MAP, KWARG_MAP, SAME_NAME, command_for
from ._rules import Command
from ._words import Verbatim, Word, command_words, generic, is_list, verbatim


class DockerCommandLineOutput:
    """Command lines of ``docker`` for calls of the API.

    Every value arrives unchanged, whatever it contains. Taken as they are: the command's prefix and arguments, extra
    positional arguments, and commands for containers that are given as text, all of which are shell syntax already.

    :param cmd_prefix: Stands before ``docker``, such as ``sudo``.
    :param default_bin: The program.
    :param cmd_args: Global arguments, between program and subcommand.
    """

    cmd_map: dict[str, str | None] = CMD_MAP
    """Subcommands for calls of the API, ``None`` for those without counterpart. Other calls have the command's name."""

    def __init__(
        self, cmd_prefix: str | None = None, default_bin: str = 'docker', cmd_args: Iterable[str] | None = None
    ) -> None:
        self.cmd_prefix = cmd_prefix
        self.default_bin = default_bin
        self.cmd_args = [cmd_args] if isinstance(cmd_args, str) else list(cmd_args or ())

    def get_cmd(self, c_cmd: str, *args: Any, **kwargs: Any) -> str | None:
        """A command line for ``/bin/sh``, or ``None`` if the call has no counterpart.

        Raises ``KeyError`` with the name of a required argument that is missing, and ``ValueError`` for a call that
        ``docker`` has no command for, or a setting that it has no option for.

        :param c_cmd: Name of the API's method.
        """
        words = self._words(c_cmd, args, kwargs)
        return None if words is None else ' '.join(word.shell for word in words)

    def get_args(self, c_cmd: str, *args: Any, **kwargs: Any) -> list[str] | None:
        """Like :meth:`get_cmd`, as a list of arguments for running the command without a shell.

        Text that is meant for the shell is split into words as a shell does, but nothing is expanded or redirected.
        """
        words = self._words(c_cmd, args, kwargs)
        return None if words is None else [argument for word in words for argument in word.arguments()]

    def get_input(self, c_cmd: str, **kwargs: Any) -> bytes | None:
        """What the command expects on its standard input: the password of ``login``; otherwise ``None``."""
        password = resolve_value(kwargs.get('password')) if c_cmd == 'login' else None
        return None if password is None else engine_text(password).encode('utf-8')

    def _words(self, call: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Word] | None:
        subcommand = self._subcommand(call)
        if subcommand is None:
            return None
        command = command_for(call, subcommand, self.default_bin)
        arguments = {key: resolve_value(value) for key, value in kwargs.items()}
        rest = _take_positional(command, arguments, args)
        arguments = command.prepare(arguments)
        positionals = _guarded(command, [word for take in command.positional for word in take(arguments)])
        composite = list(command.composite(arguments))
        flags = [*_flag_words(command, arguments), *composite]
        return [
            *_timeout_words(subcommand, kwargs),
            *self._base_words(),
            verbatim(subcommand),
            *(verbatim(text) for text in command.fixed),
            *flags,
            *positionals,
            *(word for arg in rest for word in command_words(arg)),
        ]

    def _subcommand(self, call: str) -> str | None:
        if call in self.cmd_map:
            return self.cmd_map[call]
        if call in SAME_NAME:
            return call
        raise ValueError(f'docker has no command for {call!r}{close_match(call, [*self.cmd_map, *SAME_NAME])}')

    def _base_words(self) -> Iterator[Word]:
        yield from (verbatim(text) for text in (self.cmd_prefix, self.default_bin, *self.cmd_args) if text)


def _take_positional(command: Command, arguments: dict[str, Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Fill keywords from positional arguments, in the order of the API; returns the arguments that are left."""
    for name in command.api_order:
        if name in arguments:
            continue
        if args:
            value, *rest = args
            arguments[name] = Verbatim(engine_text(value)) if not is_list(value) else value
            args = tuple(rest)
        elif name in command.required:
            raise KeyError(name)
    return args


def _timeout_words(subcommand: str, kwargs: dict[str, Any]) -> Iterator[Word]:
    timeout = resolve_value(kwargs.get('timeout'))
    if subcommand == 'wait' and timeout:
        yield from command_words(['timeout', '-s', 'INT', timeout])


def _flag_words(command: Command, arguments: dict[str, Any]) -> Iterator[Word]:
    for key, value in arguments.items():
        if value is not None:
            rule = command.rules.get(key) or generic(KWARG_MAP.get(key) or key.replace('_', '-'))
            yield from rule(value)


def _guarded(command: Command, words: list[Word]) -> list[Word]:
    """Arguments that look like flags are preceded by ``--``."""
    examined = words[:1] if command.ends_with_command else words
    looks_like_flag = any(word.argument and word.argument[0] == '-' and word.argument != '-' for word in examined)
    return [Word('--', '--'), *words] if looks_like_flag else words
