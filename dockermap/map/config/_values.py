"""Copying, plain forms and merging of property values; late values are handed on as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ...functional import is_late
from ..input import HealthCheck
from ..input._written import plain_deep, plain_value


def copied(value: Any) -> Any:
    """A copy whose lists and dicts, also nested ones, are not shared; their classes are kept."""
    if is_late(value) or not isinstance(value, (list, dict)):
        return value
    if isinstance(value, list):
        new = value[:]
        # Not by assigning, as lists of items would convert each of them again.
        list.__setitem__(new, slice(None), [copied(item) for item in value])
        return new
    if not hasattr(value, 'copy'):
        return value
    duplicate = value.copy()
    for key, item in value.items():
        duplicate[key] = copied(item)
    return duplicate


def plain(value: Any) -> Any:
    """The value as plain lists and dicts: item tuples become dicts by field, other tuples become lists."""
    if is_late(value):
        return value
    if isinstance(value, HealthCheck):
        # Its own dict leaves out zeros, which would come back as unset.
        fields = zip(value._fields, value, strict=True)
        return {name: plain(item) for name, item in fields if name == 'test' or item is not None}
    if hasattr(value, '_asdict'):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain_value(key): plain(item) for key, item in value.items()}
    return plain_value(value)


def plain_options(value: Any) -> Any:
    """Arguments for the engine as plain dicts and lists, whose tuples are kept: the SDK tells them from lists."""
    if is_late(value):
        return value
    if isinstance(value, list):
        return [plain_options(item) for item in value]
    if isinstance(value, dict):
        return {plain_value(key): plain_options(item) for key, item in value.items()}
    return plain_deep(value)


def _first_item(item: Any) -> Any:
    """What tells item tuples apart: ports by their text, late values by identity."""
    first = item[0] if isinstance(item, tuple) and item else item
    if isinstance(first, (str, int)):
        return str(first)
    return id(first) if is_late(first) else repr(first)


def append_all(current: list[Any], items: Iterable[Any]) -> None:
    """Append all items, where what is there already moves to its new place, as later ones win."""
    incoming = list(items)
    current[:] = [
        item
        for item in current
        if not any(item is other for other in incoming)
        and (is_late(item) or item not in [other for other in incoming if not is_late(other)])
    ] + incoming


def merge_by_first_item(current: list[Any], items: Iterable[Any]) -> None:
    """Replace items of equal first item by all new ones, at the places of the old ones; append the others."""
    places = Counter(map(_first_item, current))
    incoming: dict[Any, list[Any]] = {}
    appended = []
    for item in items:
        key = _first_item(item)
        if key in places:
            incoming.setdefault(key, []).append(item)
        else:
            appended.append(item)
    merged: list[Any] = []
    for item in current:
        key = _first_item(item)
        places[key] -= 1
        if key not in incoming:
            merged.append(item)
            continue
        # The last place takes all that are left.
        taken = 1 if places[key] else len(incoming[key])
        merged.extend(incoming[key][:taken])
        incoming[key] = incoming[key][taken:]
    current[:] = merged + appended


def merge_dependencies(current: list[Any], items: Iterable[Any]) -> None:
    """Append dependencies that are not there yet; one with a condition takes the place of one on the same container."""
    places = {dependency.container: place for place, dependency in enumerate(current)}
    for dependency in items:
        place = places.setdefault(dependency.container, len(current))
        if place == len(current):
            current.append(dependency)
        elif dependency.condition:
            current[place] = dependency


def merge_links(current: list[Any], items: Iterable[Any]) -> None:
    """Append links that are not there yet; one with an alias takes the place of the same link without."""
    incoming = list(items)
    for link in incoming:
        if link in current:
            continue
        unnamed = type(link)(link.container)
        if link.alias and unnamed in current and unnamed not in incoming:
            current[current.index(unnamed)] = link
        else:
            current.append(link)
