"""A plan as plain data, reading it again, and comparing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, TypedDict, TypeVar

from ...exceptions import InputError, located
from ..action.causes import Cause
from ..input import ItemType, MapConfigId
from ..policy.label import LABEL
from ._subject import subject
from .items import Change, FoundItem, Kept, PlanContent, PlannedItem
from .operation import Condition, Operation, Result, Undo

T = TypeVar('T')
R = TypeVar('R', bound='RowData')

IdData = list[str | None]
"""Kind, map, configuration, and instance or nothing."""

VERSION = 1
_PLAIN = (str, int, float, bool)


class CauseData(TypedDict):
    """A cause as plain data."""

    kind: str
    text: str
    item: IdData | None


class OperationData(TypedDict):
    """An operation as plain data."""

    number: int
    client: str
    item: IdData
    call: str
    subject: str
    arguments: str
    causes: list[CauseData]
    needs: list[int]
    tolerates: list[str]
    condition: list[int | str] | None
    undo: list[OperationData]
    conditional: bool


class RowData(TypedDict):
    """What all that is said of an item begins with."""

    client: str
    item: IdData
    name: str


class ItemData(RowData):
    """An item that something is done about, as plain data."""

    change: str
    causes: list[CauseData]
    operations: list[int]
    conditional: bool


class FoundData(RowData):
    """An item that was looked at, as plain data."""

    digest: str


class KeptData(RowData):
    """A difference that stays, as plain data."""

    text: str
    reason: str


class PlanData(TypedDict):
    """A plan as plain data, which is what a saved plan consists of."""

    version: int
    action: str
    requested: list[IdData]
    options: dict[str, object]
    salt: str
    operations: list[OperationData]
    items: list[ItemData]
    unchanged: list[FoundData]
    kept: list[KeptData]
    notices: list[str]
    found: list[FoundData]


class DigestedArguments(Mapping[str, Any]):
    """Arguments of an operation that was read from data: nothing is known of them but a digest and the subject."""

    def __init__(self, digest: str, subject: str) -> None:
        self.digest = digest
        self.subject = subject

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def arguments_digest(arguments: Mapping[str, object], salt: str, number: int) -> str:
    """SHA-256 of the salt and the canonical JSON of arguments, as hexadecimal digits.

    :param number: Of the operation; answers to others are known by how far they are before it.
    """
    if isinstance(arguments, DigestedArguments):
        return arguments.digest
    canonical = json.dumps(_canonical(arguments, number), sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(f'{salt}:{canonical}'.encode()).hexdigest()


def plan_data(plan: PlanContent, salt: str | None = None) -> PlanData:
    """A plan as plain data.

    :param salt: For the digests, if not that of the plan.
    """
    used = plan.salt if salt is None else salt
    return {
        'version': VERSION,
        'action': plan.action_name,
        'requested': [_id_data(config_id) for config_id in plan.config_ids],
        'options': deepcopy(dict(plan.options)),
        'salt': used,
        'operations': [_operation_data(operation, used) for operation in plan.operations],
        'items': [
            {
                'client': item.client_name,
                'item': _id_data(item.config_id),
                'name': item.name,
                'change': item.change.name.lower(),
                'causes': _causes_data(item.causes),
                'operations': list(item.operations),
                'conditional': item.conditional,
            }
            for item in plan.items
        ],
        'unchanged': [_found_data(found) for found in plan.unchanged],
        'kept': [
            {
                'client': kept.client_name,
                'item': _id_data(kept.config_id),
                'name': kept.name,
                'text': kept.text,
                'reason': kept.reason,
            }
            for kept in plan.kept
        ],
        'notices': list(plan.notices),
        'found': [_found_data(found) for found in plan.found],
    }


def read_plan(data: object, plan_class: Callable[..., T]) -> T:
    """A plan from plain data.

    :raises ValueError: Something is missing or of the wrong kind; the text says where.
    """
    version = _value(data, 'version', int)
    if version != VERSION:
        raise InputError(f'Expected version {VERSION} of a plan, found {version!r}.', 'version')
    options = deepcopy(_value(data, 'options', dict))
    operations = tuple(_listed(data, 'operations', _read_operation))
    items = tuple(_listed(data, 'items', _read_item))
    _check_numbers(operations, items)
    return plan_class(
        _value(data, 'action', str),
        tuple(_listed(data, 'requested', _read_id)),
        options,
        operations,
        items,
        tuple(_listed(data, 'unchanged', _read_found)),
        tuple(_listed(data, 'kept', _read_kept)),
        tuple(_listed(data, 'notices', _read_text)),
        tuple(_listed(data, 'found', _read_found)),
        _value(data, 'salt', str),
    )


def data_differences(former: PlanData, now: PlanData) -> list[str]:
    """What differs between two plans, as texts; nothing if they are the same."""
    differences = ['the items asked for differ'] if former['requested'] != now['requested'] else []
    differences.extend(['options differ'] if former['options'] != now['options'] else [])
    found, found_now = _by_item(former['found']), _by_item(now['found'])
    items, items_now = _by_item(former['items']), _by_item(now['items'])
    for key in dict.fromkeys((*found, *found_now, *items, *items_now)):
        name = _described(key, (items, items_now, found, found_now))
        if found.get(key) != found_now.get(key):
            differences.append(f'{name} is not as it was found then')
        elif _steps(former, items.get(key)) != _steps(now, items_now.get(key)):
            then, today = _wording(items.get(key)), _wording(items_now.get(key))
            differences.append(
                f'{name}: {then}, but with other arguments' if then == today else f'{name}: {then} then, {today} now'
            )
    differences.extend(
        f'what stays differs: {kept["name"]}: {kept["text"]}'
        for kept in (*former['kept'], *now['kept'])
        if (kept in former['kept']) != (kept in now['kept'])
    )
    if not differences and former['operations'] != now['operations']:
        differences.append('the order of operations differs')
    return differences


def _steps(plan: PlanData, item: ItemData | None) -> object:
    if item is None:
        return None
    first = item['operations'][0] if item['operations'] else 0
    operations = [(number - first, plan['operations'][number]) for number in item['operations']]
    return item['change'], [
        (place, step['call'], step['arguments'], step['tolerates'], step['conditional']) for place, step in operations
    ]


def _wording(item: ItemData | None) -> str:
    if item is None:
        return 'nothing to do'
    causes = '; '.join(cause['text'] for cause in item['causes'])
    return f'{item["change"]} ({causes})' if causes else item['change']


def _by_item(rows: Sequence[R]) -> dict[tuple[str | None, ...], R]:
    return {(row['client'], *row['item']): row for row in rows}


def _described(key: tuple[str | None, ...], tables: Sequence[Mapping[tuple[str | None, ...], RowData]]) -> str:
    row = next(table[key] for table in tables if key in table)
    return f'{row["item"][0]} {row["name"]} on client {row["client"]}'


def _canonical(value: object, number: int) -> object:
    if isinstance(value, Result):
        return {'result': value.key, 'before': number - value.operation}
    if isinstance(value, Mapping):
        return {str(key): _canonical(item, number) for key, item in value.items() if key != LABEL}
    if isinstance(value, (list, tuple)):
        return [_canonical(item, number) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return {'bytes': hashlib.sha256(value).hexdigest()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return value if value is None or isinstance(value, _PLAIN) else type(value).__name__


def _id_data(config_id: MapConfigId) -> IdData:
    return [config_id.config_type.value, config_id.map_name, config_id.config_name, config_id.instance_name]


def _causes_data(causes: Sequence[Cause]) -> list[CauseData]:
    return [
        {'kind': cause.kind, 'text': cause.text, 'item': None if cause.item is None else _id_data(cause.item)}
        for cause in causes
    ]


def _found_data(found: FoundItem) -> FoundData:
    return {'client': found.client_name, 'item': _id_data(found.config_id), 'name': found.name, 'digest': found.digest}


def _operation_data(operation: Operation, salt: str, undone: int | None = None) -> OperationData:
    condition, number = operation.condition, operation.number if undone is None else undone
    return {
        'number': operation.number,
        'client': operation.client_name,
        'item': _id_data(operation.config_id),
        'call': operation.call,
        'subject': subject(operation),
        'arguments': arguments_digest(operation.arguments, salt, number),
        'causes': _causes_data(operation.causes),
        'needs': list(operation.needs),
        'tolerates': sorted(operation.tolerates),
        'condition': None if condition is None else [condition.operation, condition.outcome],
        'undo': [_operation_data(undo, salt, number) for undo in (operation.undo.operations if operation.undo else ())],
        'conditional': operation.conditional,
    }


def _value(data: object, key: str, kind: type[T]) -> T:
    if not isinstance(data, Mapping):
        raise InputError(f'Expected a mapping, found {type(data).__name__}.')
    value = data.get(key)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f'Expected a value of type {kind.__name__}, found {type(value).__name__}.', key)
    return value


def _listed(data: object, key: str, read: Callable[[object], T]) -> Iterator[T]:
    for index, entry in enumerate(_value(data, key, list)):
        with located(key), located(index):
            yield read(entry)


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f'Expected a text, found {type(value).__name__}.')
    return value


def _read_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f'Expected a number, found {type(value).__name__}.')
    return value


def _read_id(value: object) -> MapConfigId:
    kinds = {kind.value: kind for kind in ItemType}
    if (
        not isinstance(value, list)
        or len(value) != 4
        or value[0] not in kinds
        or not all(isinstance(part, str) or (index == 2 and part is None) for index, part in enumerate(value[1:]))
    ):
        raise InputError(f'Expected kind, map, configuration, and instance or null, found {value!r}.')
    return MapConfigId(kinds[value[0]], *value[1:])


def _client_and_id(data: object) -> tuple[str, MapConfigId]:
    client_name = _value(data, 'client', str)
    with located('item'):
        return client_name, _read_id(_value(data, 'item', object))


def _read_cause(data: object) -> Cause:
    item = _value(data, 'item', object)
    return Cause(_value(data, 'kind', str), _value(data, 'text', str), None if item is None else _read_id(item))


def _read_found(data: object) -> FoundItem:
    return FoundItem(*_client_and_id(data), _value(data, 'name', str), _value(data, 'digest', str))


def _read_kept(data: object) -> Kept:
    return Kept(
        *_client_and_id(data), _value(data, 'name', str), _value(data, 'text', str), _value(data, 'reason', str)
    )


def _read_item(data: object) -> PlannedItem:
    changes = {change.name.lower(): change for change in Change}
    name = _value(data, 'change', str)
    if name not in changes:
        raise InputError(f'Expected one of {", ".join(changes)}, found {name!r}.', 'change')
    return PlannedItem(
        *_client_and_id(data),
        _value(data, 'name', str),
        changes[name],
        tuple(_listed(data, 'causes', _read_cause)),
        tuple(_listed(data, 'operations', _read_number)),
        _value(data, 'conditional', bool),
    )


def _read_condition(value: object) -> Condition | None:
    if value is None:
        return None
    operation, outcome = value if isinstance(value, list) and len(value) == 2 else (None, None)
    if not isinstance(operation, int) or isinstance(operation, bool) or not isinstance(outcome, str):
        raise InputError(f'Expected a number and an outcome, found {value!r}.', 'condition')
    return Condition(operation, outcome)


def _check_numbers(operations: Sequence[Operation], items: Iterable[PlannedItem]) -> None:
    """Numbers of operations are their places, and nothing refers to others."""
    for place, operation in enumerate(operations):
        with located('operations'), located(place):
            if operation.number != place:
                raise InputError(f'Expected {place}, its place in the list, found {operation.number}.', 'number')
            with located('needs'):
                _check_references(operation.needs, len(operations))
            with located('condition'):
                if operation.condition is not None:
                    _check_reference(operation.condition.operation, len(operations))
    for place, item in enumerate(items):
        with located('items'), located(place), located('operations'):
            _check_references(item.operations, len(operations))


def _check_references(numbers: Iterable[int], count: int) -> None:
    for place, number in enumerate(numbers):
        with located(place):
            _check_reference(number, count)


def _check_reference(number: int, count: int) -> None:
    if not 0 <= number < count:
        raise InputError(f'Expected the number of an operation, found {number}.')


def _read_operation(data: object) -> Operation:
    client_name, config_id = _client_and_id(data)
    condition = _read_condition(_value(data, 'condition', object))
    undo = tuple(_listed(data, 'undo', _read_operation))
    return Operation(
        _value(data, 'number', int),
        client_name,
        config_id,
        _value(data, 'call', str),
        DigestedArguments(_value(data, 'arguments', str), _value(data, 'subject', str)),
        tuple(_listed(data, 'causes', _read_cause)),
        tuple(_listed(data, 'needs', _read_number)),
        dict.fromkeys(_listed(data, 'tolerates', _read_text), ''),
        condition,
        Undo(undo) if undo else None,
        _value(data, 'conditional', bool),
    )
