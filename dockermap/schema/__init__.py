"""JSON Schemas of map and client files, made from the declarations that input is converted by.

The files beside this module are what ``python -m dockermap.schema`` writes. Editors complete and check YAML with them.
"""

from __future__ import annotations

import json
from importlib.resources import files

from ..exceptions import UnknownNameError
from ._clients import clients_schema
from ._map import map_schema

__all__ = ['clients_schema', 'map_schema', 'schema_text']

_SCHEMAS = {'map': map_schema, 'clients': clients_schema}


def schema_text(name: str) -> str:
    """Text of a schema file that comes with the package: ``map`` or ``clients``. Raises ``KeyError`` for others."""
    if name not in _SCHEMAS:
        raise UnknownNameError(f"There is no schema '{name}'. Known schemas: {', '.join(_SCHEMAS)}.")
    return files(__name__).joinpath(f'{name}.json').read_text(encoding='utf-8')


def _generated() -> dict[str, str]:
    """Contents of the schema files by name, as the declarations are now."""
    return {f'{name}.json': f'{json.dumps(make(), indent=1, ensure_ascii=False)}\n' for name, make in _SCHEMAS.items()}
