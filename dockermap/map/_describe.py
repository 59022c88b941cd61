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


def describe_item(config_id: _Item) -> str:
    """An item for readers, such as ``container shop.web.i1`` or ``volume data of shop.web``."""
    kind = _word(config_id.config_type)
    name = '.'.join(str(part) for part in (config_id.map_name, config_id.config_name) if part)
    instance = config_id.instance_name
    if kind == 'image':
        separator = '@' if instance and ':' in instance else ':'
        return f'{kind} {config_id.config_name}' + (f'{separator}{instance}' if instance else '')
    if kind == 'volume' and instance:
        return f'{kind} {instance} of {name}'
    return f'{kind} {name}' + (f'.{instance}' if instance else '')


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
