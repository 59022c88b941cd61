"""Commands about what is there that should not be, and about the map itself."""

from __future__ import annotations

from typing import Any

from ._changing import agree, carry_out, options
from ._exit_codes import DONE
from ._plans import item_document
from ._session import ALL, Session

_DEPTH = 12
"""How deeply settings are nested at most."""


def orphans(session: Session) -> int:
    """Show what is no longer on the map, or remove it."""
    with session.client() as client:
        if session.arguments.remove:
            plan = client.plan('update', ALL, remove_orphans='only', **options(session))
            return carry_out(session, client, plan)
        found = client.orphans()
    if session.output.is_json:
        items = [item_document(orphan.client_name, orphan.config_id, orphan.name) for orphan in found]
        session.output.data({'items': items})
    elif found:
        rows = [(orphan.config_id.config_type.value, orphan.name, _shown(orphan.client_name)) for orphan in found]
        session.output.table(('kind', 'name', 'client'), rows)
    else:
        session.output.remark('Everything that was created for the map is on it.')
    return DONE


def cleanup(session: Session) -> int:
    """Show containers that only helped with something, or remove those that are not needed any more."""
    with session.client() as client:
        found = client.leftovers()
        _show_leftovers(session, found)
        if not session.arguments.remove or not any(left.is_removable for left in found):
            return DONE
        agree(session)
        removed = client.leftovers(remove=True)
    if session.output.is_json:
        session.output.record('result', exit_code=DONE, removed=[left.name for left in removed])
    session.output.remark(f'{len(removed)} removed.')
    return DONE


def _show_leftovers(session: Session, found: list[Any]) -> None:
    if session.output.is_json:
        items = [
            {
                **item_document(left.client_name, left.config_id, left.name),
                'purpose': left.purpose,
                'needed': left.is_needed,
                'removable': left.is_removable,
            }
            for left in found
        ]
        session.output.data({'items': items}, indent=None)
    elif found:
        rows = [(left.name, left.purpose, _remark(left), _shown(left.client_name)) for left in found]
        session.output.table(('name', 'purpose', 'remark', 'client'), rows)
    else:
        session.output.remark('Nothing is left over.')


def _remark(left: Any) -> str:
    if left.is_needed:
        return 'may still be needed'
    return 'is removed with --remove' if left.is_removable else 'the next update deals with it'


def _shown(client_name: str) -> str:
    return '' if client_name == '__default__' else client_name


def show(session: Session) -> int:
    """Show the map as it is after inheritance, defaults and merging."""
    from ..functional import resolve_deep
    from ..map.disclosure import readable_settings
    from ..map.input._written import plain_deep

    extended = session.map.get_extended_map()
    settings = extended.as_dict(unset=False)
    if not session.arguments.secrets:
        settings = readable_settings(settings)
    document = {'name': extended.name, **resolve_deep(plain_deep(settings), _DEPTH)}
    if session.output.is_json:
        session.output.data(document)
        return DONE
    import yaml

    session.output.text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100).rstrip('\n'))
    return DONE


def schema(session: Session) -> int:
    """Show a JSON schema."""
    from ..schema import schema_text

    session.output.text(schema_text(session.arguments.of).rstrip('\n'))
    return DONE
