"""Groups of a map."""

from __future__ import annotations

from typing import Any

from ...exceptions import InputError, located
from .. import DictMap
from ..input import ItemType, MapConfigId, NotSet
from ..input._shapes import shown
from ..input._written import is_written, name_text
from ._entries import checked_name

_ID_FIELDS = set(MapConfigId._fields)


def _member(value: Any) -> str | MapConfigId:
    value = name_text(value)
    if isinstance(value, str) and value:
        return value
    if isinstance(value, dict) and _ID_FIELDS - {'instance_name'} <= value.keys() <= _ID_FIELDS:
        value = MapConfigId(**{name: name_text(part) for name, part in value.items()})
    if isinstance(value, MapConfigId) and isinstance(value.config_type, ItemType):
        names = (value.map_name, value.config_name, '' if value.instance_name is None else value.instance_name)
        if all(isinstance(name, str) for name in names):
            return value
    raise InputError(
        f"Expected the name of a configuration, perhaps with an instance as in 'web.blue', found {shown(value)}."
    )


def _members(value: Any) -> list[str | MapConfigId]:
    if value is None or value is NotSet:
        return []
    if isinstance(value, (str, MapConfigId)) or is_written(value):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise InputError(f'Expected a list of configurations, found {shown(value)}.')
    members = []
    for index, item in enumerate(value):
        with located(index):
            members.append(_member(item))
    return members


def groups(value: Any) -> DictMap:
    """Groups by name, each a list of configuration names (``config`` or ``config.instance``) or ids."""
    if value is None or value is NotSet:
        return DictMap()
    if not isinstance(value, dict):
        raise InputError(f'Expected a mapping of group names to lists of configurations, found {shown(value)}.')
    result = DictMap()
    for name, members in value.items():
        name = checked_name(name)
        with located(name):
            result[name] = _members(members)
    return result
