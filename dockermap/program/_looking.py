"""Commands that show something, and change nothing."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

from ..utils import recorded_warnings
from ._errors import as_flags, error_text, problem_texts
from ._exit_codes import CHANGES, DONE, ERROR, UsageError
from ._session import Session

if TYPE_CHECKING:
    from ..map.status import ItemStatus, TaskStatus

ACTIONS = {
    **{
        name: name
        for name in ('create', 'remove', 'restart', 'shutdown', 'signal', 'start', 'startup', 'stop', 'update')
    },
    'pull': 'pull_images',
    'up': 'update',
}
"""Actions by their names on the command line."""

PS_COLUMNS = ('name', 'state', 'since', 'ports', 'up to date')
_CLEAR = '\x1b[H\x1b[2J'


def check(session: Session) -> int:
    """Load the map, and tell what is wrong with it."""
    from ._sources import load_map

    problems: list[str] = []
    document: dict[str, Any] = {'valid': False, 'map': None, 'configurations': 0}
    with recorded_warnings() as found:
        try:
            loaded = load_map(session.arguments, session.environment)
        except UsageError:
            raise
        except _errors_of_maps() as error:
            problems = problem_texts(error)
        else:
            count = len(list(loaded))
            document = {'valid': True, 'map': loaded.name, 'configurations': count}
    texts = list(dict.fromkeys(str(warning.message) for warning in found))
    if session.output.is_json:
        session.output.data({**document, 'problems': problems, 'warnings': texts})
    else:
        for text in (*problems, *(f'Warning: {text}' for text in texts)):
            session.output.note(text)
        if not problems:
            session.output.remark(f'The map {document["map"]} is valid: {document["configurations"]} configurations.')
    return ERROR if problems else DONE


def _errors_of_maps() -> tuple[type[Exception], ...]:
    import yaml

    from ..exceptions import DockerMapError

    return (DockerMapError, yaml.YAMLError, ValueError, LookupError, OSError)


def plan(session: Session) -> int:
    """Show the plan of an action, and save it."""
    from ._changing import options
    from ._plans import plan_document

    action, names = _action(session)
    with session.client() as client:
        found = client.plan(action, session.names(names), **options(session))
    if session.arguments.out:
        path = session.environment.directory / session.arguments.out
        path.write_text(json.dumps(found.to_dict(), indent=1), encoding='utf-8')
    calls = session.arguments.calls or session.arguments.verbose
    if session.output.is_json:
        session.output.data(plan_document(found, calls))
    elif not session.output.is_quiet:
        session.output.signed(as_flags(found.text(calls)))
    return CHANGES if found else DONE


def _action(session: Session) -> tuple[str, list[str]]:
    """The action and the names that were given; a configuration of an action's name is meant only behind one."""
    names = list(session.arguments.names)
    return (ACTIONS[names[0]], names[1:]) if names and names[0] in ACTIONS else ('update', names)


def ps(session: Session) -> int:
    """Show how containers are."""
    with session.client() as client, contextlib.suppress(*([KeyboardInterrupt] if session.arguments.watch else [])):
        while True:
            found = client.status(session.names() if session.arguments.names else session.everything())
            if session.arguments.watch and session.output.console is not None:
                session.output.console.file.write(_CLEAR)
            _show_status(session, found)
            if not session.arguments.watch:
                return DONE
            time.sleep(session.arguments.interval)
    return DONE


def _show_status(session: Session, found: list[ItemStatus]) -> None:
    from ._plans import item_document

    if session.output.is_json:
        items = [
            {
                **item_document(status.client_name, status.config_id, status.name),
                'state': status.state,
                'health': status.health,
                'exit_code': status.exit_code,
                'since': status.since,
                'image': status.image,
                'ports': list(status.ports),
                'id': status.container_id,
                'up_to_date': status.up_to_date,
                **({'tasks': [vars(task) for task in status.tasks]} if status.tasks else {}),
            }
            for status in found
        ]
        session.output.data({'items': items}, indent=None if session.arguments.watch else 2)
        return
    several = len({status.client_name for status in found}) > 1
    columns = (*(('client',) if several else ()), *PS_COLUMNS)
    rows = [(*((status.client_name,) if several else ()), *_status_row(status)) for status in found]
    session.output.table(columns, rows)


def _status_row(status: ItemStatus) -> tuple[str, ...]:
    state = status.state
    if status.health:
        state = f'{state} ({status.health})'
    elif status.exit_code is not None:
        state = f'{state} ({status.exit_code})'
    elif status.tasks:
        state = '\n'.join((state, *map(_task_text, status.tasks)))
    up_to_date = {True: 'yes', False: 'no', None: ''}[status.up_to_date]
    return status.name, state, status.since, '\n'.join(_merged(status.ports)), up_to_date


def _task_text(task: TaskStatus) -> str:
    return f'  {task.state} on {task.node or "no node"}{f": {task.error}" if task.error else ""}'


def _merged(ports: tuple[str, ...]) -> list[str]:
    """Ports, those that are published on all addresses of both families once."""
    return [port for port in ports if not (port.startswith('[::]') and f'0.0.0.0{port[4:]}' in ports)]


def graph(session: Session) -> int:
    """Show the graph of the map."""
    language = session.arguments.format
    text = session.map.to_mermaid() if language == 'mermaid' else session.map.to_dot()
    if session.output.is_json:
        session.output.data({'format': language, 'text': text})
    else:
        session.output.text(text.rstrip('\n'))
    return DONE


def version(session: Session) -> int:
    """Show versions; an engine that cannot be reached is told as such."""
    from importlib.metadata import version as package_version

    from .. import __version__

    sdk = package_version('docker')
    engines = [_engine_version(name, client) for name, client in session.clients.items()]
    if session.output.is_json:
        session.output.data({'dockermap': __version__, 'sdk': sdk, 'engines': engines})
        return DONE
    session.output.text(f'dockermap {__version__}')
    session.output.text(f'SDK {sdk}')
    for engine in engines:
        name = '' if engine['client'] == '__default__' else f' {engine["client"]}'
        told = engine.get('error') or f'{engine["version"]}, API {engine["api"]}'
        session.output.text(f'Engine{name} {told}')
    return DONE


def _engine_version(name: str, configuration: Any) -> dict[str, str]:
    try:
        with configuration:
            found = configuration.get_client().version()
    except Exception as error:
        return {'client': name, 'error': error_text(error).splitlines()[0].removeprefix('Error: ')}
    return {'client': name, 'version': str(found.get('Version')), 'api': str(found.get('ApiVersion'))}
