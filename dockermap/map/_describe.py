"""How items and actions are called in messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class _Item(Protocol):
    @property
    def config_type(self) -> object: ...

    @property
    def map_name(self) -> str: ...

    @property
    def config_name(self) -> str: ...

    @property
    def instance_name(self) -> str | None: ...


class _Deed(Protocol):
    @property
    def client_name(self) -> str: ...

    @property
    def config_id(self) -> _Item: ...

    @property
    def action_type(self) -> object: ...


def _word(value: object) -> str:
    return str(getattr(value, 'value', value))


def name_on_map(config_id: _Item) -> str:
    """The name of an item on its map, such as ``web.blue``."""
    return '.'.join(filter(None, (config_id.config_name, config_id.instance_name)))


def item_name(config_id: _Item) -> str:
    """The name of an item for people, such as ``shop.web.blue``.

    Of a volume that ``shop.web`` attaches as ``data``, it is ``shop.web.data``; of an image its own, as ``nginx:1.27``.
    An engine may know the item by another name: that is ``name`` of what a plan and ``status`` say of it.
    """
    if _word(config_id.config_type) == 'image':
        tag = config_id.instance_name
        separator = '@' if tag and ':' in tag else ':'
        return f'{config_id.config_name}{separator}{tag}' if tag else config_id.config_name
    return '.'.join(filter(None, (config_id.map_name, name_on_map(config_id))))


def describe_item(config_id: _Item) -> str:
    """An item in a sentence for people, such as ``container shop.web.blue`` or ``volume data of shop.web``."""
    kind = _word(config_id.config_type)
    if kind == 'volume' and config_id.instance_name and config_id.config_name:
        return f'{kind} {config_id.instance_name} of {config_id.map_name}.{config_id.config_name}'
    return f'{kind} {item_name(config_id)}'


def describe_action(action_type: object) -> str:
    """An action for readers, such as ``create``."""
    words = _word(action_type).replace('_', ' ')
    return 'wait for' if words == 'wait' else words


def describe_deed(action_type: object, config_id: _Item) -> str:
    """An action on an item, such as ``create container shop.web``; actions that name the kind of item do so once."""
    action = describe_action(action_type).removesuffix(f' {_word(config_id.config_type)}')
    return f'{action} {describe_item(config_id)}'


def describe_completed(completed: Iterable[_Deed]) -> str:
    """What had been done before an error, such as ``create container shop.web on client main``; '' for nothing."""
    return ', '.join(
        f'{describe_deed(entry.action_type, entry.config_id)} on client {entry.client_name}' for entry in completed
    )
