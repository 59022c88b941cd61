"""Tasks for ``fab``: commands of the program, carried out on the hosts that Fabric is told."""

from __future__ import annotations

import inspect
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from fabric import Connection
from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import Task

from ..map.config.client import ClientConfiguration
from ..map.config.main import ContainerMap
from ..program import Argument, Command, Environment, Given, command, main
from ._configuration import FabricConfiguration

Clients = Mapping[str, ClientConfiguration]
Values = Mapping[str, Any]
Source = Callable[[Context], Given]

USAGE, INTERRUPTED = 64, 130
_SEVERITY = (0, 2, 3, 1, USAGE)
"""Exit codes; of those of several hosts, the last one counts."""

_IS_ASKED = 'do not ask'
_NOBODY_IS_ASKED = 'has no effect: nobody is asked'
_ONLY_SAYS = 'only say what would be done'


class Kind(NamedTuple):
    """How a task goes.

    :param yes: What ``--yes`` means.
    :param dry_run: What ``--dry-run`` means.
    :param always: Further arguments of the command.
    :param plans: A dry run is a plan.
    :param shows: The command changes nothing, if it is called without what there is always.
    """

    yes: str = _IS_ASKED
    dry_run: str = 'only show the plan; the exit code is 2 if there is something to do'
    always: tuple[str, ...] = ()
    plans: bool = False
    shows: bool = False


_CHANGES = Kind(plans=True)
_SHOWS = Kind(_NOBODY_IS_ASKED, 'has no effect: nothing is changed', shows=True)

KINDS = {
    'plan': _SHOWS,
    **dict.fromkeys(
        ('update', 'startup', 'shutdown', 'create', 'start', 'stop', 'restart', 'remove', 'signal', 'pull'), _CHANGES
    ),
    'run': Kind(_NOBODY_IS_ASKED, _ONLY_SAYS),
    'logs': _SHOWS,
    'ps': _SHOWS,
    'cleanup': Kind(dry_run='only show what is left over', always=('--remove',), shows=True),
    'save-image': Kind(_NOBODY_IS_ASKED, _ONLY_SAYS),
    'load-image': Kind(dry_run=_ONLY_SAYS),
}
"""The tasks, which are called like commands of the program."""

_ELSEWHERE = frozenset(
    ('--file', '--clients', '--set', '--no-strict', '--wait', '--build', '--buildx', '--remove', '--yes', '--plan')
)
"""Options that are given in another way, or have no meaning here."""

_NAMES_OF = {
    'names': 'configurations, config.instance, or groups, with commas between; none means all',
    'name': 'a configuration, or config.instance',
    '': 'has no effect: this is for all',
}
_FURTHER = {
    'command': 'the command, as a shell splits it into words',
    'archive': 'the file, as docker save makes them',
}
"""Arguments by position, beside names, and what they are as options."""


class Option(NamedTuple):
    """A parameter of a task, and the option of the command that it is for."""

    name: str
    flag: str
    default: object
    help: str

    def words(self, value: Any) -> Iterator[str]:
        """What it is on the command line."""
        if self.default is False:
            yield from [self.flag] if value else []
        else:
            yield from (
                f'{self.flag}={part}' for part in (value if isinstance(value, list) else [value]) if part is not None
            )


def option_of(argument: Argument) -> Option | None:
    """What an option of a command is for a task; ``None`` for one that tasks do not have."""
    flag = next((flag for flag in argument.flags if flag.startswith('--')), None)
    if flag is None or flag in _ELSEWHERE:
        return None
    action = str(argument.settings.get('action', ''))
    default: object = False if action.startswith('store_') else [] if action == 'append' else None
    return Option(flag.removeprefix('--').replace('-', '_'), flag, default, argument.help)


class HostTask:
    """One task.

    What hosts end with is collected, so that all have their turn; the worst of it is the exit code in the end.

    :param source: What to work with in a context.
    """

    def __init__(self, name: str, kind: Kind, source: Source) -> None:
        self.name = name
        self.kind = kind
        self.command: Command = command(name)
        self.options = [option for argument in self.command.arguments if (option := option_of(argument))]
        self._positional = [argument.flags[0] for argument in self.command.arguments if not argument.is_option]
        self._source = source
        self._codes: list[int] = []

    def as_task(self) -> Task[Any]:
        """The same for ``invoke``."""

        # Collections copy what belongs to tasks, but no functions.
        def body(context: Context, **values: Any) -> int:
            return self(context, values)

        def begin(context: Context) -> None:
            self._codes.clear()

        def finish(context: Context) -> None:
            self._finish()

        body.__doc__ = f'{self.command.summary[0].upper()}{self.command.summary[1:]}.'
        found = dict(self._parameters())
        # What invoke makes options of.
        context = inspect.Parameter('context', inspect.Parameter.POSITIONAL_OR_KEYWORD)
        given = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value) for name, (value, _) in found.items()
        ]
        body.__signature__ = inspect.Signature([context, *given])  # type: ignore[attr-defined]
        return Task(
            body,
            name=self.name,
            help={name: text for name, (_, text) in found.items()},
            iterable=[name for name, (value, _) in found.items() if isinstance(value, list)],
            auto_shortflags=False,
            pre=[Task(begin, name=f'{self.name} begins')],  # type: ignore[list-item]
            post=[Task(finish, name=f'{self.name} ends')],  # type: ignore[list-item]
        )

    def _parameters(self) -> Iterator[tuple[str, tuple[object, str]]]:
        """Names of parameters, with their defaults and what they mean."""
        kind = next((name for name in self._positional if name in _NAMES_OF), '')
        yield 'names', ([], _NAMES_OF[kind])
        yield 'yes', (False, self.kind.yes)
        yield 'dry_run', (False, self.kind.dry_run)
        if self.name == 'plan':
            yield 'action', ('update', 'the action')
        for name in self._positional:
            if name in _FURTHER:
                yield name, (None, _FURTHER[name])
        for option in self.options:
            yield option.name, (option.default, option.help)

    def _finish(self) -> None:
        code = max(self._codes, key=_severity, default=0)
        if code == 1 and not {*self._codes} <= {1, USAGE} and not self.kind.shows:
            # Some hosts did what the others could not.
            code = 3
        if code:
            raise Exit(code=code)

    def __call__(self, context: Context, values: Values) -> int:
        """Carry the command out; returns its exit code."""
        given = self._source(context)
        is_dry = bool(values['dry_run'] or context.config.run.dry) and not self.kind.shows
        argv = self._plan_argv(values) if is_dry and self.kind.plans else self._argv(values, is_dry)
        if isinstance(context, Connection) and not values['quiet'] and values['output'] != 'json':
            sys.stdout.write(f'{context.original_host}:\n')
            sys.stdout.flush()
        if is_dry and not self.kind.plans:
            sys.stdout.write(f'This would be done: {shlex.join(argv)}\n')
            code = 0
        else:
            code = main(argv, Environment.of_process()._replace(given=given))
        if code == INTERRUPTED:
            raise Exit(code=code)
        self._codes.append(code)
        return code

    def _argv(self, values: Values, is_dry: bool) -> list[str]:
        """The command line."""
        further = [] if values['dry_run'] else self.kind.always
        agreed = ['--yes'] if values['yes'] and self.kind.yes == _IS_ASKED else []
        return [self.name, *further, *agreed, *self._words(values, self.options), *self._arguments(values)]

    def _plan_argv(self, values: Values) -> list[str]:
        """The command line that only shows what would be done."""
        flags = {argument.flags[-1] for argument in command('plan').arguments}
        known = [option for option in self.options if option.flag in flags]
        return ['plan', *self._words(values, known), '--', self.name, *_names(values)]

    def _words(self, values: Values, options: Iterable[Option]) -> list[str]:
        return [word for option in options for word in option.words(values[option.name])]

    def _arguments(self, values: Values) -> Iterator[str]:
        """What is given by position."""
        if not self._positional:
            return
        yield '--'
        for name in self._positional:
            if name == 'names':
                yield from [values['action']] if self.name == 'plan' else []
                yield from _names(values)
            elif name == 'name':
                yield _only(_names(values), 'names')
            elif name == 'command':
                yield from shlex.split(_only([values[name]], name))
            else:
                yield _only([values[name]], name)


def _severity(code: int) -> int:
    # Those of commands in containers may be any.
    return _SEVERITY.index(code) if code in _SEVERITY else _SEVERITY.index(1)


def _names(values: Values) -> list[str]:
    return [name.strip() for text in values['names'] for name in text.split(',') if name.strip()]


def _only(found: Sequence[str | None], name: str) -> str:
    if len(found) != 1 or not found[0]:
        raise Exit(f'--{name}: expected one, found {len([text for text in found if text]) or "none"}.', code=USAGE)
    return found[0]


def collection(
    maps: ContainerMap | Iterable[ContainerMap] | Mapping[str, ContainerMap],
    clients: Clients | None = None,
    name: str = 'docker',
) -> Collection:
    """Tasks for a fabfile: commands of the program ``dockermap``, with its output and its exit codes.

    There are ``plan``, ``update``, ``startup``, ``shutdown``, ``create``, ``start``, ``stop``, ``restart``, ``remove``,
    ``signal``, ``pull``, ``run``, ``logs``, ``ps``, ``cleanup``, ``save-image`` and ``load-image``. Of several hosts,
    each has its turn, whatever becomes of those before; the worst exit code counts.

    :param maps: One map, or several.
    :param clients: Clients by name, such as :class:`FabricConfiguration`, for tasks that are called without hosts. By
        default, tasks work on the hosts that ``fab -H`` names, by the connections of Fabric; ``dockermap.mode`` and
        ``dockermap.sudo`` of Fabric's configuration are those of :class:`FabricConfiguration`.
    :param name: Name of the collection.
    """
    found = (maps,) if isinstance(maps, ContainerMap) else tuple(maps.values() if isinstance(maps, Mapping) else maps)

    def source(context: Context) -> Given:
        return _given(context, found, clients)

    return Collection(name, *(HostTask(task_name, kind, source).as_task() for task_name, kind in KINDS.items()))


def _given(context: Context, maps: tuple[ContainerMap, ...], clients: Clients | None) -> Given:
    """What a task works with.

    :raises Exit: It is not clear on which hosts.
    """
    if not isinstance(context, Connection):
        if clients is None:
            raise Exit('There is no host: name one with fab -H, or give collection() clients.', code=USAGE)
        return Given(maps, clients)
    if clients is not None:
        raise Exit(f'-H: these tasks have clients of their own, {", ".join(clients)}. Leave it out.', code=USAGE)
    named = next((container_map for container_map in maps if container_map.clients), None)
    if named is not None:
        names = ', '.join(map(str, named.clients))
        raise Exit(f'-H: map {named.name} is for the clients {names}. Give these to collection().', code=USAGE)
    host: str = context.original_host
    settings = {key: value for key, value in context.config.get('dockermap', {}).items() if key in ('mode', 'sudo')}
    return Given(maps, {host: FabricConfiguration(connection=context, **settings)}, {'default_client_name': host})
