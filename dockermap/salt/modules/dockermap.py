"""Execution module ``dockermap``: containers of maps, from the command line of Salt and from other modules.

Maps and clients come from the pillar, below ``dockermap``, or from arguments; see :doc:`/guide/salt`. Each function
that changes something takes ``test=True``, which only tells what would change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dockermap.salt import _answers
from dockermap.salt._calls import SOURCES, act, asked
from dockermap.salt._minion import Functions, Minion

if TYPE_CHECKING:
    from dockermap.map.client import MappingDockerClient

__virtualname__ = 'dockermap'
__func_alias__ = {'signal_': 'signal'}

__salt__: Functions
__opts__: Mapping[str, Any]

_ARGUMENTS = """
    names
        Configurations, ``map.configuration``, ``map.configuration.instance``, groups, or maps. {none}

{sources}

    test
        Change nothing, and tell what would change

    All else is an option, or an argument, of the action; see :doc:`/guide/actions`.

    Returns ``changes`` by item, ``comment``, ``warnings`` if there are any, and ``result``: whether all was done. The
    exit code of ``salt`` and ``salt-call`` goes by that.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.{name} {example}
"""


def __virtual__() -> str:
    return __virtualname__


def _minion(given: Mapping[str, Any]) -> Minion:
    test = given.get('test')
    return Minion(__salt__, bool(__opts__.get('test') if test is None else test), given.get('saltenv'))


def _action(name: str, summary: str, example: str, action: str = '', needs_names: bool = False) -> Callable[..., Any]:
    """A function that carries out an action.

    :param needs_names: Whether it would be dangerous to mean all where nothing is said.
    """

    def function(*names: Any, **kwargs: Any) -> dict[str, Any]:
        if needs_names and not names:
            text = f'dockermap.{name} needs names. For all that is on the maps, write __all__.'
            return {'result': False, 'changes': {}, 'comment': text}
        found = act(_minion(kwargs), action or name, names, kwargs).document()
        # Salt takes a result that is not true for a failure.
        return found if found['result'] is not None else {**found, 'result': True}

    none = 'At least one; ``__all__`` means all.' if needs_names else 'None means all.'
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f'{summary}\n{_ARGUMENTS.format(name=name, example=example, none=none, sources=SOURCES)}'
    return function


update = _action('update', 'Bring containers, and what they need, to what the maps say.', 'shop.web')
startup = _action('startup', 'Create what is missing and start what does not run, with all that is needed.', 'shop')
shutdown = _action('shutdown', 'Stop and remove containers, after those that need them.', 'shop.web', needs_names=True)
create = _action('create', 'Create containers, and what they need.', 'shop.web')
start = _action('start', 'Start containers that exist, and those that they need.', 'shop.web')
stop = _action('stop', 'Stop containers, after those that need them.', 'shop.web timeout=5', needs_names=True)
restart = _action('restart', 'Stop and start containers.', 'shop.web', needs_names=True)
remove = _action('remove', 'Remove containers that do not run.', 'shop.web', needs_names=True)
signal_ = _action(
    'signal', 'Send a signal to containers that run; SIGKILL unless given.', 'shop.web signal=SIGHUP', needs_names=True
)
pull_images = _action('pull_images', 'Pull images, also those that exist.', 'shop pull_all_images=False')


def plan(*names: Any, action: str = 'update', calls: bool = False, **kwargs: Any) -> dict[str, Any]:
    """Tell what an action would do, and why. Nothing is changed.

    names
        As for the action

    action : update
        The action: ``create``, ``pull_images``, ``remove``, ``restart``, ``shutdown``, ``signal``, ``start``,
        ``startup``, ``stop`` or ``update``

    calls : False
        Show the single calls, too

    All else is as for :func:`update`.

    Returns ``text``, which is what people read, ``changes`` as of a call with ``test=True``, ``unchanged`` (how many
    items need nothing), and ``remarks``: what stays as it is although it differs.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.plan shop.web
        salt '*' dockermap.plan shop.web action=shutdown calls=True
    """
    return _answers.plan(_minion(kwargs), action, names, calls, kwargs)


def script(
    name: str, command: Any = None, script_path: str | None = None, saltenv: str | None = None, **kwargs: Any
) -> dict[str, Any]:
    """Run a command in a container that is created for it, like those of a configuration, and removed afterwards.

    name
        The configuration

    command
        Text or list; ``{script_path}`` in it is where the script is

    script_path
        A script, or a directory, that the container gets: an absolute path on the engine's host, or a file of the file
        server (``salt://…``), of which the container gets a copy; the engine has to be on this minion then

    Further arguments are those of :doc:`/guide/scripts`; ``maps``, ``clients``, ``map_name`` and ``strict`` are as for
    :func:`update`.

    Returns ``exit_code``, ``output``, and ``result``: whether the exit code is 0. If the command has taken too long,
    there is ``comment`` instead of the first two.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.script shop.app 'manage migrate'
        salt '*' dockermap.script shop.app 'sh {script_path}' script_path=salt://shop/import.sh
    """
    return _answers.script(_minion({**kwargs, 'saltenv': saltenv}), name, command, script_path, kwargs)


def _asked(given: Mapping[str, Any], ask: Callable[[MappingDockerClient], dict[str, Any]]) -> dict[str, Any]:
    """The answer to a question that takes no more than where maps and clients come from."""

    def answer(client: MappingDockerClient, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments:
            raise TypeError(f'There is no argument {next(iter(arguments))!r} here.')
        return ask(client)

    return asked(_minion(given), given, answer)


def status(*names: Any, **kwargs: Any) -> dict[str, Any]:
    """How containers are. Each client is asked for one list, and nothing is inspected.

    names
        As for :func:`update`, whose arguments ``maps``, ``clients``, ``map_name`` and ``strict`` there are, too

    Returns for each container ``state``, ``name``, ``id``, ``image``, ``ports``, ``health``, ``exit_code``, ``since``
    and ``up_to_date``.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.status
    """
    return _asked(kwargs, lambda client: _answers.status(client, names))


def orphans(map_name: str | None = None, **kwargs: Any) -> dict[str, Any]:
    """What was created for a map, or for all maps, and is no longer on it. All clients are asked.

    Returns ``name`` and ``id`` by item. The state ``dockermap.cleaned`` removes them.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.orphans
    """
    return _asked(kwargs, lambda client: _answers.orphans(client, map_name))


def login(*registries: str, **kwargs: Any) -> dict[str, Any]:
    """Log in to registries, with the credentials that clients have in ``auth_configs``.

    Pulling does that itself. This tells whether the credentials are accepted.

    registries
        Names of registries. None means all that clients have credentials for.

    Returns ``logins``, which has ``True`` or the reason why not for each registry of each client, and ``result``:
    whether all are accepted.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.login registry.example.com
    """
    return _asked(kwargs, lambda client: _answers.login(client, registries))


def volumes(*names: Any, **kwargs: Any) -> dict[str, Any]:
    """The volumes of containers, and where their data is.

    names
        As for :func:`status`

    Returns for each volume ``name``, and ``exists``; if it does, ``driver`` and ``mountpoint``, too.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.volumes shop
    """
    return _asked(kwargs, lambda client: _answers.volumes(client, names))


def show(map_name: str | None = None, **kwargs: Any) -> dict[str, Any]:
    """Maps as they are after inheritance and defaults. No engine is asked.

    Values that may be secret are ``...``: those of variables, labels and logins, and commands.

    CLI Example:

    .. code-block:: bash

        salt '*' dockermap.show shop
    """
    return _asked(kwargs, lambda client: _answers.show(client, map_name))
