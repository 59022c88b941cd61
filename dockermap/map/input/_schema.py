"""JSON Schema (draft 2020-12) of input shapes: valid is exactly what the shapes convert."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from ._lists import NamedTupleList, Whole
from ._shapes import (
    Built,
    Choice,
    Empty,
    Entry,
    Items,
    Late,
    ListOf,
    Mapped,
    Number,
    OneOf,
    Record,
    Shape,
    Text,
)

_NEVER: dict[str, Any] = {'not': {}}


@singledispatch
def json_schema(shape: Shape) -> dict[str, Any]:
    """Schema of the JSON values that a shape accepts. Raises ``TypeError`` for unknown kinds of shapes."""
    raise TypeError(f'There is no schema for {type(shape).__name__}.')


def list_schema(list_type: type[NamedTupleList]) -> dict[str, Any]:
    """Schema of a whole value for one of the list classes."""
    element = json_schema(list_type.element)
    single = {'allOf': [{'not': {'type': ['array', 'object', 'null']}}, element]}
    entry = list_type.entry
    if not isinstance(entry, Entry):
        raise TypeError(f'{list_type.__name__} does not declare what an entry of a dict is.')
    members = {'type': 'array', 'items': element}
    return {'anyOf': [{'type': 'null'}, single, members, _object_of(entry.key, entry.value)]}


def _object_of(key: Shape, value: Shape) -> dict[str, Any]:
    return {'type': 'object', 'propertyNames': json_schema(key), 'additionalProperties': json_schema(value)}


@json_schema.register
def _(shape: Choice) -> dict[str, Any]:
    options = [option for option, _ in shape.options if option is None or isinstance(option, (bool, int, float, str))]
    return {'enum': options} if options else _NEVER


@json_schema.register
def _(shape: Empty) -> dict[str, Any]:
    return {'enum': [None, False, 0, '', [], {}]}


@json_schema.register
def _(shape: Text) -> dict[str, Any]:
    return {'type': 'string', 'pattern': f'^(?:{shape.pattern})(?![\\s\\S])'}


@json_schema.register
def _(shape: Number) -> dict[str, Any]:
    limits = {'minimum': shape.minimum, 'maximum': shape.maximum}
    kind = 'number' if shape.fractions else 'integer'
    return {'type': kind, **{name: limit for name, limit in limits.items() if limit is not None}}


@json_schema.register
def _(shape: Late) -> dict[str, Any]:
    return _NEVER


@json_schema.register
def _(shape: Items) -> dict[str, Any]:
    schema: dict[str, Any] = {'type': 'array', 'minItems': shape.required}
    if shape.shapes:
        schema['prefixItems'] = [json_schema(member) for member in shape.shapes]
    if shape.rest:
        schema['items'] = json_schema(shape.rest)
    else:
        schema['maxItems'] = len(shape.shapes)
    return schema


@json_schema.register
def _(shape: ListOf) -> dict[str, Any]:
    return {'type': 'array', 'items': json_schema(shape.member), 'minItems': shape.minimum}


@json_schema.register
def _(shape: Record) -> dict[str, Any]:
    return {
        'type': 'object',
        'properties': {name: json_schema(member) for name, member in shape.fields},
        'required': list(shape.required),
        'additionalProperties': False,
        'minProperties': 2 if shape.needs else 0,
    }


@json_schema.register
def _(shape: Entry) -> dict[str, Any]:
    schema = {**_object_of(shape.key, shape.value), 'minProperties': 1, 'maxProperties': 1}
    return {**schema, 'not': {'required': [shape.except_key]}} if shape.except_key else schema


@json_schema.register
def _(shape: Mapped) -> dict[str, Any]:
    return {**_object_of(shape.key, shape.value), 'minProperties': 1}


@json_schema.register
def _(shape: Built) -> dict[str, Any]:
    return json_schema(shape.shape)


@json_schema.register
def _(shape: OneOf) -> dict[str, Any]:
    schemas = [schema for schema in map(json_schema, shape.shapes) if schema is not _NEVER]
    if not schemas:
        return _NEVER
    return schemas[0] if len(schemas) == 1 else {'anyOf': schemas}


@json_schema.register
def _(shape: Whole) -> dict[str, Any]:
    return list_schema(shape.list_type)
