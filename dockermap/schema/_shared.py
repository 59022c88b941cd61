"""Keeping schemas short: what is repeated in one is defined once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

_LONG = 150
_KEYWORDS_OF_NAMES = ('properties', '$defs')


def with_definitions(schema: dict[str, Any]) -> dict[str, Any]:
    """An equivalent schema, where long parts that occur more than once are in ``$defs``."""
    # What has a description stays where readers look for it.
    parts = (part for part in _subschemas(schema) if 'description' not in part)
    counts = Counter(text for text in map(_text, parts) if len(text) > _LONG)
    repeated = {text: f'shape{number}' for number, text in enumerate((t for t, n in counts.items() if n > 1), 1)}
    definitions = {name: _inside(json.loads(text), repeated) for text, name in repeated.items()}
    shortened: dict[str, Any] = _inside(schema, repeated)
    shortened['$defs'] = {**shortened.get('$defs', {}), **definitions}
    return shortened


def _text(schema: Any) -> str:
    return json.dumps(schema)


def _children(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items():
        if isinstance(value, (dict, list)) and key not in ('enum', 'required', 'type'):
            yield key, value


def _subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """All schemas inside of one, outermost first; maps of names to schemas are none themselves."""
    for key, value in _children(schema):
        members = value.values() if key in _KEYWORDS_OF_NAMES else value if isinstance(value, list) else [value]
        for member in members:
            if isinstance(member, dict):
                yield member
                yield from _subschemas(member)


def _shortened(schema: Any, repeated: dict[str, str]) -> Any:
    name = repeated.get(_text(schema)) if isinstance(schema, dict) else None
    return {'$ref': f'#/$defs/{name}'} if name else _inside(schema, repeated)


def _inside(schema: Any, repeated: dict[str, str]) -> Any:
    if not isinstance(schema, dict):
        return schema
    result = dict(schema)
    for key, value in _children(schema):
        if key in _KEYWORDS_OF_NAMES:
            result[key] = {name: _shortened(member, repeated) for name, member in value.items()}
        elif isinstance(value, list):
            result[key] = [_shortened(member, repeated) for member in value]
        else:
            result[key] = _shortened(value, repeated)
    return result
