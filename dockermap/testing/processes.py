"""How processes in containers behave: as scripted, or as a few shell commands say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ['SIGNALS', 'FileChange', 'Process', 'Rule', 'Scripts', 'cannot_run', 'signal_name']

SIGNALS = {
    'HUP': 1,
    'INT': 2,
    'QUIT': 3,
    'KILL': 9,
    'USR1': 10,
    'USR2': 12,
    'TERM': 15,
    'CONT': 18,
    'STOP': 19,
    'WINCH': 28,
}
"""Signals that are known here, by name without ``SIG``."""

ENDING = ('HUP', 'INT', 'QUIT', 'TERM')


def signal_name(signal: str | int) -> str | None:
    """Name without ``SIG`` of a signal in any form that engines take; ``None`` if there is none."""
    text = str(signal).upper().removeprefix('SIG')
    if text.isdigit():
        return next((name for name, number in SIGNALS.items() if number == int(text)), None)
    return text if text in SIGNALS else None


@dataclass(frozen=True)
class FileChange:
    """A change of owner or mode that a process makes, or a removal.

    :param toggles: A directory is created, or removed if it is there.
    :param kept: With ``removes``, names of files that stay where they are directly in the directory of the path, which
        stays then, too.
    """

    path: str
    recursive: bool = False
    owner: str | None = None
    mode: str | None = None
    removes: bool = False
    toggles: bool = False
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Process:
    """How a process behaves.

    :param seconds: How long it runs; ``None`` until a signal ends it.
    :param exit_code: Its exit code, if no signal ends it.
    :param output: What it puts out first.
    :param errors: What it puts out as errors after that.
    :param signals: Exit codes of signals that end it; ``None`` for a signal that it ignores. Otherwise HUP, INT, QUIT
        and TERM end it with 128 and their number, and it ignores the others. KILL ends it in any case.
    :param ending: Seconds from the signal to the end.
    :param health: Results of health checks: seconds since the start, and ``healthy`` or ``unhealthy``.
    :param missing: There is no such executable, so it cannot be started.
    :param refused: The engine's text if it cannot be started for another reason.
    :param file_changes: What it changes in volumes.
    """

    seconds: float | None = None
    exit_code: int = 0
    output: str = ''
    errors: str = ''
    signals: Mapping[str, int | None] = field(default_factory=dict)
    ending: float = 0
    health: Sequence[tuple[float, str]] = ()
    missing: bool = False
    refused: str = ''
    file_changes: tuple[FileChange, ...] = ()

    def exit_code_after(self, signal: str) -> int | None:
        """Exit code that a signal leads to; ``None`` if the process goes on."""
        if signal == 'KILL':
            return 137
        for given, exit_code in self.signals.items():
            if signal_name(given) == signal:
                return exit_code
        return 128 + SIGNALS[signal] if signal in ENDING else None


Command = Sequence[str]
Matches = str | Callable[[Command], bool] | None


@dataclass(frozen=True)
class Rule:
    """Which processes behave in a scripted way. What is ``None`` fits all."""

    process: Process
    command: Matches = None
    image: str | None = None
    container: str | None = None
    in_exec: bool | None = None

    def fits(self, command: Command, image: str, container: str, in_exec: bool) -> bool:
        """Whether it is about this command; as text it is the whole command, or its first word."""
        return (
            self._fits_command(command)
            and self.image in (None, image)
            and self.container in (None, container)
            and self.in_exec in (None, in_exec)
        )

    def _fits_command(self, command: Command) -> bool:
        if self.command is None or isinstance(self.command, str):
            return self.command in (None, ' '.join(command), *command[:1])
        return self.command(command)


class Scripts:
    """What is known about the behaviour of processes; later rules win.

    :param understood: How a command behaves that no rule is for; ``None`` if that is not known.
    """

    def __init__(self, understood: Callable[[Command], Process | None]) -> None:
        self._understood = understood
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Add a rule."""
        self._rules.insert(0, rule)

    def process(self, command: Command, image: str, container: str, in_exec: bool, default: Process | None) -> Process:
        """How a process behaves; commands of an exec end at once unless something else is said."""
        for rule in self._rules:
            if rule.fits(command, image, container, in_exec):
                return rule.process
        found = self._understood(command) or (None if in_exec else default)
        return found or (Process(seconds=0) if in_exec else Process())


def cannot_run(command: Command, process: Process) -> str:
    """The text of container runtimes about a command that cannot be run."""
    if process.refused:
        return process.refused
    what = 'executable file not found in $PATH'
    if '/' in command[0]:
        what = f'stat {command[0]}: no such file or directory'
    return f'unable to start container process: exec: "{command[0]}": {what}: unknown'
