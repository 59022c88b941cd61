"""Commands that change something: the plan, a question, and progress."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ._board import BACK, DONE, FAILED, LEFT, STOPPED, Board
from ._errors import as_flags, error_text
from ._exit_codes import DONE as EXIT_DONE
from ._exit_codes import ERROR, INTERRUPTED, PARTLY, RefusedError
from ._plans import plan_document
from ._progress import progress
from ._session import Session

if TYPE_CHECKING:
    from ..map.client import MappingDockerClient
    from ..map.execute.events import ActionEvent
    from ..map.plan import Plan

    Listener = Callable[[ActionEvent], object]

_OPTIONS = {
    'adopt': 'adopt',
    'parallel': 'max_parallel',
    'pull': 'pull_before_update',
    'remove_orphans': 'remove_orphans',
    'signal': 'signal',
    'timeout': 'timeout',
    'update_persistent': 'update_persistent',
    'wait_timeout': 'wait_timeout',
}
"""Arguments of the command line, and what the library calls them."""

_ARGUMENTS = frozenset(('signal', 'timeout'))


def options(session: Session) -> dict[str, Any]:
    """What the command line says about an action, in the words of the library."""
    given = vars(session.arguments)
    found: dict[str, Any] = {
        name: given[argument] for argument, name in _OPTIONS.items() if given.get(argument) not in (None, False)
    }
    if given.get('keep_going'):
        found['on_error'] = 'continue'
    if given.get('wait'):
        found['wait'] = True
    if given.get('recreate'):
        found['force_update'] = session.names(name for text in given['recreate'] for name in text.split(','))
    return found


def act(session: Session) -> int:
    """Carry out the action that the command is for."""
    with session.client() as client:
        given = options(session)
        try:
            plan = client.plan(session.arguments.entry.action, session.names(), **given)
        except Exception as error:
            if not (session.arguments.yes and len(session.clients) > 1 and _is_unreachable(error)):
                raise
            return _act_on_others(session, client, given)
        # What is no option is not part of a plan.
        return carry_out(session, client, plan, arguments={name: given[name] for name in _ARGUMENTS & given.keys()})


def _is_unreachable(error: Exception) -> bool:
    from ..docker_api import is_unreachable

    return is_unreachable(error)


def _act_on_others(session: Session, client: MappingDockerClient, given: Mapping[str, Any]) -> int:
    """Carry out an action where one of the clients cannot be reached, so that there is no plan of all."""
    action, names = session.arguments.entry.action, session.names()
    return _carried_out(session, None, lambda listener: client.run_actions(action, names, listener=listener, **given))


def update(session: Session) -> int:
    """Update, or apply a saved plan."""
    if session.arguments.plan is None:
        if session.arguments.build:
            from ._images import build

            build(session)
        return act(session)
    with session.client() as client:
        return carry_out(session, client, saved_plan(session))


def saved_plan(session: Session) -> Plan:
    """The plan of a file."""
    from ..exceptions import InputError, located
    from ..map.plan import Plan

    path = session.environment.directory / session.arguments.plan
    try:
        data = json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise InputError(f'This is no plan: {error}', str(path)) from error
    with located(str(path)):
        return Plan.from_dict(data)


def down(session: Session) -> int:
    """Stop and remove everything, whatever the default group of the map is."""
    more: dict[str, Any] = {'remove_networks': True, 'remove_attached': bool(session.arguments.volumes)}
    with session.client() as client:
        plan = client.plan('shutdown', session.everything(), **options(session), **more)
        return carry_out(session, client, plan, loses_data=session.arguments.volumes)


def carry_out(
    session: Session,
    client: MappingDockerClient,
    plan: Plan,
    loses_data: bool = False,
    arguments: Mapping[str, Any] | None = None,
) -> int:
    """Show a plan, ask, and apply it."""
    output = session.output
    if output.is_json:
        output.record('plan', **plan_document(plan, calls=session.arguments.verbose))
    elif not output.is_quiet or not session.arguments.yes:
        output.signed(as_flags(plan.text(calls=session.arguments.verbose)))
    if not plan:
        _record_result(session, Board(plan, time.time()), EXIT_DONE)
        return EXIT_DONE
    agree(session, loses_data)
    given = arguments or {}
    return _carried_out(session, plan, lambda listener: client.apply(plan, listener=listener, **given))


def agree(session: Session, loses_data: bool = False) -> None:
    """Have somebody agree to what was shown.

    :raises RefusedError: Nobody does.
    """
    if session.arguments.yes:
        return
    if not session.output.is_interactive or session.output.is_json:
        raise RefusedError('Nothing was done: there is no terminal to ask on. --yes goes on without a question.')
    if loses_data:
        name = session.map.name
        is_agreed = (
            session.output.ask(f'This removes volumes, with all data in them. To go on, enter {name!r}:') == name
        )
    else:
        is_agreed = session.output.ask('Go on? [y/N]').lower() in ('y', 'yes')
    if not is_agreed:
        raise RefusedError('Nothing was done.')


def _carried_out(session: Session, plan: Plan | None, work: Callable[[Listener], object]) -> int:
    code, failure = EXIT_DONE, None
    with progress(session.output, plan) as shown:
        try:
            work(shown.take)
        except KeyboardInterrupt as interrupt:
            code = INTERRUPTED
            shown.error = interrupt
        except Exception as error:
            shown.error = failure = error
            code = PARTLY if shown.board.of(DONE) or bool(getattr(error, 'completed', None)) else ERROR
    _record_result(session, shown.board, code, failure)
    if failure is not None and not any(row.reason for row in shown.board.rows.values()):
        session.output.note(error_text(failure, session.environment.given is not None))
    if failure is not None and session.arguments.debug:
        raise failure
    if code == INTERRUPTED:
        session.output.remark('Interrupted. The same command brings the rest about.')
    return code


def _record_result(session: Session, board: Board, code: int, failure: Exception | None = None) -> None:
    session.output.record(
        'result',
        exit_code=code,
        done=[row.name for row in board.of(DONE)],
        failed=[{'name': row.name, 'reason': row.reason} for row in board.of(FAILED)],
        not_attempted=[row.name for row in board.of(LEFT)],
        put_back=[{'name': row.name, 'reason': row.reason} for row in board.of(BACK)],
        interrupted=[row.name for row in board.of(STOPPED)],
        error=None if failure is None else error_text(failure),
        seconds=round(time.time() - board.begin, 3),
    )
