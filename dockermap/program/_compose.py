"""Commands that read and write Compose files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from ._exit_codes import DONE, RefusedError
from ._session import Session
from ._sources import CLIENT_FILE_NAMES, DEFAULT_CLIENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..compose import Note


def import_compose(session: Session) -> int:
    """Make a map of Compose files."""
    from ..compose import clients_text, load, map_with_notes

    arguments, environment = session.arguments, session.environment
    paths = [
        environment.directory / name for name in arguments.compose_files or (_compose_file(environment.directory),)
    ]
    found, client, notes = load(*paths, profiles=arguments.profile or (), environ=environment.variables)
    map_text, client_text = map_with_notes(found, notes), clients_text(client)
    if arguments.out is not None:
        path = environment.directory / arguments.out
        others = {path.parent / CLIENT_FILE_NAMES[0]: client_text} if client_text else {}
        _write(session, {path: map_text, **others})
    elif session.output.is_json:
        session.output.data({'map': map_text, 'clients': client_text, 'notes': note_documents(notes)})
    else:
        session.output.text(map_text.rstrip('\n'))
        if client_text:
            session.output.note(
                'Ports are published on addresses of the host, so that --out writes a file of clients, too.'
            )
    return DONE


def _compose_file(directory: Path) -> str:
    """The file that Compose would take.

    :raises RefusedError: There is none.
    """
    for name in ('compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'):
        if (directory / name).is_file():
            return name
    raise RefusedError('There is no compose.yaml here; name the file behind the command.')


def _write(session: Session, files: Mapping[Path, str]) -> None:
    """Write texts to files.

    :raises RefusedError: One exists, and is not to be replaced.
    """
    present = [target for target in files if target.exists()]
    if present and not session.arguments.overwrite:
        raise RefusedError(f'{present[0]} exists; --overwrite replaces it. Nothing was written.')
    for target, text in files.items():
        target.write_text(text, encoding='utf-8')
        session.output.remark(f'{target.name} is written.')


def export_compose(session: Session) -> int:
    """Make a Compose file of the map."""
    from ..compose import dump

    return _export(session, 'compose', *dump(session.map, session.clients.get(DEFAULT_CLIENT)))


def export_stack(session: Session) -> int:
    """Make a file for ``docker stack deploy`` of the map."""
    from ..compose import dump_stack

    return _export(session, 'stack', *dump_stack(session.map, session.clients.get(DEFAULT_CLIENT)))


def _export(session: Session, key: str, document: dict[str, object], notes: Sequence[Note]) -> int:
    """Write a document to the file that was named, or show it.

    :param key: What the document is called in JSON.
    """
    from ..compose import compose_text

    text = compose_text(document, notes)
    if session.arguments.out is not None:
        _write(session, {session.environment.directory / session.arguments.out: text})
    elif session.output.is_json:
        session.output.data({key: document, 'notes': note_documents(notes)})
    else:
        session.output.text(text.rstrip('\n'))
    return DONE


def note_documents(notes: Sequence[Note]) -> list[dict[str, str]]:
    """Notes as data."""
    return [dataclasses.asdict(note) for note in notes]
