"""Schemas of property values, by the functions that convert them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..map.config import ConfigurationObject, ConfigurationProperty
from ..map.config._groups import groups
from ..map.config._instances import InstanceSettings
from ..map.config._shapes import NAME, Options, TextList
from ..map.input import ItemType, MapConfigId, NamedTupleList, bool_if_set
from ..map.input._schema import json_schema, list_schema
from ..map.input._values import BOOL_PATTERN, SHAPES

NOTHING = {'type': 'null'}
NAME_SCHEMA = json_schema(NAME)


def described(schema: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The schema with a description for readers."""
    return {'description': text.replace('``', "'"), **schema}


def object_schema(properties: Mapping[str, Any], others: Any = False) -> dict[str, Any]:
    """An object with some properties; ``others`` is the schema of all further ones, or ``False`` if there are none."""
    return {'type': 'object', 'properties': dict(properties), 'additionalProperties': others}


def named(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of one kind by name, or nothing."""
    return {'type': ['object', 'null'], 'propertyNames': NAME_SCHEMA, 'additionalProperties': dict(entry)}


def property_schemas(config_class: type[ConfigurationObject]) -> dict[str, Any]:
    """Schemas of all properties of a configuration class."""
    return {
        name: described(_property_schema(declared), config_class.DOCSTRINGS.get(name, ''))
        for name, declared in config_class.CONFIG_PROPERTIES.items()
    }


def _property_schema(declared: ConfigurationProperty) -> dict[str, Any]:
    convert: Any = declared.input_func
    if isinstance(convert, type) and issubclass(convert, NamedTupleList):
        return list_schema(convert)
    if convert in _OF_FUNCTIONS:
        return _OF_FUNCTIONS[convert]()
    if convert in SHAPES:
        return json_schema(SHAPES[convert])
    shape: Any = getattr(convert, '__self__', None)
    if isinstance(shape, TextList):
        return _text_list(shape)
    if isinstance(shape, InstanceSettings):
        return named({'$ref': '#/$defs/instance'})
    if isinstance(shape, Options):
        return _options(shape)
    return json_schema(shape)


def _text_list(shape: TextList) -> dict[str, Any]:
    members = {'type': 'array', 'items': NAME_SCHEMA, **({'uniqueItems': True} if shape.unique else {})}
    return {'anyOf': [NOTHING, NAME_SCHEMA, members]}


def _options(shape: Options) -> dict[str, Any]:
    schema: dict[str, Any] = {'type': ['object', 'null'], 'propertyNames': NAME_SCHEMA}
    if not shape.known:
        return schema
    # Unknown names are an error only where an item is used.
    return {**schema, 'properties': {name: json_schema(known) for name, known in shape.known.items()}}


def _truth_value() -> dict[str, Any]:
    word = {'type': 'string', 'pattern': f'^(?:{BOOL_PATTERN})(?![\\s\\S])'}
    return {'anyOf': [{'type': 'boolean'}, {'type': ['null', 'number']}, word]}


def _groups() -> dict[str, Any]:
    types = {'enum': [member.value for member in ItemType]}
    kinds = {'config_type': types, 'instance_name': {'type': ['string', 'null']}}
    fields = {name: kinds.get(name, {'type': 'string'}) for name in MapConfigId._fields}
    item_id = {**object_schema(fields), 'required': [name for name in fields if name != 'instance_name']}
    member = {'anyOf': [NAME_SCHEMA, item_id]}
    return named({'anyOf': [NOTHING, NAME_SCHEMA, {'type': 'array', 'items': member}]})


_OF_FUNCTIONS: dict[Any, Callable[[], dict[str, Any]]] = {bool_if_set: _truth_value, groups: _groups}
