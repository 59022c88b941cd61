"""Plans as data that stays the same from version to version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..map._describe import name_on_map
from ._errors import as_flags

if TYPE_CHECKING:
    from ..map.input import MapConfigId
    from ..map.plan import Plan


def item_document(client_name: str, config_id: MapConfigId, name: str) -> dict[str, Any]:
    """What tells an item."""
    return {
        'client': client_name,
        'kind': config_id.config_type.value,
        'item': name_on_map(config_id),
        'name': name,
    }


def plan_document(plan: Plan, calls: bool = False) -> dict[str, Any]:
    """A plan as data."""
    document: dict[str, Any] = {
        'action': plan.action_name,
        'changes': [
            {
                'sign': item.change.sign,
                'change': item.change.name.lower(),
                **item_document(item.client_name, item.config_id, item.name),
                'reasons': [cause.text for cause in item.causes],
                'conditional': item.conditional,
            }
            for item in plan.items
        ],
        'kept': [
            {
                **item_document(kept.client_name, kept.config_id, kept.name),
                'text': kept.text,
                'reason': as_flags(kept.reason),
            }
            for kept in plan.kept
        ],
        'notices': [as_flags(notice) for notice in plan.notices],
        'unchanged': len(plan.unchanged),
    }
    if calls:
        from ..map.plan._subject import subject

        document['calls'] = [
            {
                'number': operation.number,
                'call': operation.call,
                'client': operation.client_name,
                'item': name_on_map(operation.config_id),
                'subject': subject(operation),
                'needs': list(operation.needs),
            }
            for operation in plan.operations
        ]
    return document
