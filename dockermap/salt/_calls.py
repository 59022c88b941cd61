"""What the modules do: make a plan, tell it or carry it out, and say what has changed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .._error_text import error_text, says_itself
from ..exceptions import InputError
from ..utils import recorded_warnings
from ._changes import Account, Changes, Item, planned_changes, reasons, remarks
from ._minion import Minion
from ._sources import make_client

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.plan import Plan

log = logging.getLogger(__name__)

ALL = '__all__'
_SOURCES = ('maps', 'clients', 'map_name', 'strict')
_OF_SALT = ('test', 'saltenv')
_ATTEMPTS = 3

SOURCES = """\
    maps
        Maps by name, each as settings, or as the name of a file (``salt://…``, or an absolute path), in place of those
        of the pillar at ``dockermap:maps``

    clients
        Settings of clients by name, in place of those of the pillar at ``dockermap:clients``

    map_name
        The map that is meant where a name says none; needless if there is only one

    strict : True
        Refuse settings that nothing knows"""
"""How the functions of the modules describe where maps and clients come from."""

Document = dict[str, object]
Arguments = Mapping[str, Any]
"""Keyword arguments, which the library checks."""

_Found = TypeVar('_Found')


class Outcome:
    """What a function of the modules tells about what it has done, or would do."""

    def __init__(self) -> None:
        self.result: bool | None = True
        self.changes: Changes = {}
        self.comments: list[str] = []
        self.warnings: list[str] = []

    def fail(self, error: Exception) -> None:
        """Note an error; what was done before stays."""
        self.result = False
        self.comments.insert(0, told(error))
        if not says_itself(error):
            log.debug('Where an error comes from:', exc_info=error)

    def document(self) -> Document:
        """What Salt expects of a state, but for the name."""
        found: Document = {'result': self.result, 'changes': self.changes, 'comment': '\n'.join(self.comments)}
        if self.warnings:
            found['warnings'] = list(dict.fromkeys(self.warnings))
        return found


def told(error: Exception) -> str:
    """What an error says, without values of maps and clients that may be secret: the master keeps what is returned."""
    from ..map.disclosure import readable_message

    if isinstance(error, InputError):
        return error_text(InputError(readable_message(error.path, error.message), error.path))
    return error_text(error)


def plain_arguments(given: Arguments) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments that say where maps and clients come from, and those of the action; none that Salt adds itself."""
    sources = {name: given[name] for name in _SOURCES if given.get(name) is not None}
    return sources, {
        name: value for name, value in given.items() if name not in (*_SOURCES, *_OF_SALT) and not name.startswith('__')
    }


@contextlib.contextmanager
def connected(minion: Minion, sources: Arguments, warnings: list[str]) -> Iterator[MappingDockerClient]:
    """What applies actions to the maps; its clients are closed in the end.

    :param warnings: Gets what the library warns of meanwhile.
    """
    with recorded_warnings() as found:
        try:
            with make_client(minion, **sources) as client:
                yield client
        finally:
            # Others warn, too, of what they import.
            warnings.extend(str(one.message) for one in found if issubclass(one.category, UserWarning))


def act(minion: Minion, action: str, names: Sequence[object], given: Arguments) -> Outcome:
    """Carry out an action, or tell what it would change.

    :param names: What it is about; nothing means all that there is.
    :param given: Sources of maps and clients, options, and arguments of the action.
    """
    outcome = Outcome()
    sources, arguments = plain_arguments(given)
    try:
        with connected(minion, sources, outcome.warnings) as client:
            _act(client, minion.is_test, action, chosen(client, names), arguments, outcome)
    except Exception as error:
        outcome.fail(error)
    return outcome


def _act(
    client: MappingDockerClient,
    is_test: bool,
    action: str,
    names: list[object],
    arguments: Arguments,
    outcome: Outcome,
) -> None:
    from ..api import PlanOutdatedError

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            plan = client.plan(action, names, **arguments)
        except Exception as error:
            if not is_test and len(client.clients) > 1 and _is_unreachable(error):
                _act_on_others(client, action, names, arguments, outcome)
            raise
        if not plan or is_test:
            break
        try:
            carry_out(client, plan, arguments, outcome)
        except PlanOutdatedError:
            # Somebody else has done something in between.
            outcome.comments.clear()
            if attempt == _ATTEMPTS:
                raise
        else:
            break
    outcome.warnings.extend(remarks(plan))
    if not plan:
        outcome.comments.append(f'Nothing to do. {len(plan.unchanged)} items are as they should be.')
    elif is_test:
        outcome.result = None
        outcome.changes = planned_changes(plan)
        outcome.comments.extend(['To be done:', *reasons(plan)])


def _is_unreachable(error: Exception) -> bool:
    from ..docker_api import is_unreachable

    return is_unreachable(error)


def _act_on_others(
    client: MappingDockerClient, action: str, names: list[object], arguments: Arguments, outcome: Outcome
) -> None:
    """Carry out an action where one of the clients cannot be reached, so that there is no plan.

    :raises Exception: That of the client which cannot be reached, when the others are done.
    """
    account = Account()
    try:
        client.run_actions(action, names, listener=account.take, **arguments)
    finally:
        outcome.changes = account.changes()


def carry_out(client: MappingDockerClient, plan: Plan, arguments: Arguments, outcome: Outcome) -> None:
    """Apply a plan, and note what has changed, also if it fails."""
    account = Account()
    before = _image_ids(client, plan)
    try:
        client.apply(plan, listener=account.take, **arguments)
    except Exception:
        outcome.changes = account.changes(plan)
        outcome.comments.extend(_rest(account, plan))
        raise
    outcome.changes = account.changes(plan)
    after = _image_ids(client, plan)
    outcome.changes = account.changes(plan, (key for key, found in before.items() if found and after[key] == found))
    if outcome.changes:
        outcome.comments.extend(['Done:', *reasons(plan, outcome.changes)])
    else:
        outcome.comments.append('Nothing has changed: the images are the newest ones.')


def _rest(account: Account, plan: Plan) -> Iterator[str]:
    """What is told after a failure."""
    for text, names in (('Put back', account.put_back()), ('Not attempted', account.not_attempted(plan))):
        if names:
            yield f'{text}: {", ".join(names)}'


def _image_ids(client: MappingDockerClient, plan: Plan) -> dict[Item, object]:
    """Ids of the images that are pulled."""
    return {
        (item.client_name, item.config_id): _image_id(client, item.client_name, item.name)
        for item in plan.items
        if item.change.name == 'PULL'
    }


def _image_id(client: MappingDockerClient, client_name: str, name: str) -> object:
    from ..docker_api import is_not_found

    try:
        found = client.clients[client_name].get_client().inspect_image(name)
    except Exception as error:
        if is_not_found(error):
            return None
        raise
    return found.get('Id')


def chosen(client: MappingDockerClient, names: Sequence[object]) -> list[object]:
    """What is meant by names; that of a map means all that is on it, unless it is a name on the default map, too."""
    flat = [name for entry in names for name in (entry if isinstance(entry, (list, tuple)) else [entry])]
    return [f'{name}.{ALL}' if _means_map(client, name) else name for name in flat] or [ALL]


def _means_map(client: MappingDockerClient, name: object) -> bool:
    default = client.maps.get(client.default_map or '')
    is_on_default = default is not None and (name in default.containers or name in default.groups)
    return isinstance(name, str) and name in client.maps and not is_on_default


def asked(minion: Minion, given: Arguments, ask: Callable[[MappingDockerClient, dict[str, Any]], _Found]) -> _Found:
    """The answer to a question about maps or clients.

    :param ask: Gets the arguments, too, that do not say where maps and clients come from.
    :raises CommandExecutionError: There is none; Salt shows the message of this class of its own, and nothing else.
    """
    sources, arguments = plain_arguments(given)
    warnings: list[str] = []
    try:
        with connected(minion, sources, warnings) as client:
            return ask(client, arguments)
    except Exception as error:
        from salt.exceptions import CommandExecutionError

        raise CommandExecutionError(told(error)) from None
    finally:
        for text in dict.fromkeys(warnings):
            log.warning('%s', text)
