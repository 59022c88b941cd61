"""A plan as people read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ._subject import subject
from .items import PlanContent, PlannedItem
from .operation import Operation

_IF_PULLED = 'if the image is another one'


def plan_text(plan: PlanContent, calls: bool) -> str:
    """Lines for items, for what stays and for notices, and a summary."""
    lines: list[tuple[str, ...]] = []
    below: dict[int, list[str]] = {}
    for item in plan.items:
        below[len(lines)] = [_call_line(plan.operations[number]) for number in item.operations] if calls else []
        lines.append((item.change.sign, item.config_id.config_type.value, item.client_name, item.name, _reasons(item)))
    for kept in plan.kept:
        lines.append(
            ('!', kept.config_id.config_type.value, kept.client_name, kept.name, f'{kept.text}; kept: {kept.reason}')
        )
    several = len({found.client_name for found in plan.found}) > 1
    texts = list(_columns(lines, several))
    shown = [text for index, line in enumerate(texts) for text in (line, *below.get(index, ()))]
    return '\n'.join([*shown, *(f'i {notice}' for notice in plan.notices), _summary(plan)])


def _columns(lines: Sequence[tuple[str, ...]], several: bool) -> Iterator[str]:
    kinds = max((len(line[1]) for line in lines), default=0)
    clients = max((len(line[2]) for line in lines), default=0)
    names = max((len(line[3]) for line in lines), default=0)
    for sign, kind, client_name, name, text in lines:
        client = f'{client_name:{clients}}  ' if several else ''
        yield f'{sign} {kind:{kinds}}  {client}{name:{names}}  {text}'.rstrip()


def _reasons(item: PlannedItem) -> str:
    text = '; '.join(cause.text for cause in item.causes)
    if not text and item.change.name == 'CHANGE':
        text = 'follows from other items'
    return f'{text} ({_IF_PULLED})' if item.conditional else text


def _call_line(operation: Operation) -> str:
    condition = operation.condition
    when = f' (if {condition.operation} ends so: {condition.outcome})' if condition is not None else ''
    return f'    {operation.number:3} {operation.call} {subject(operation)}'.rstrip() + when


def _summary(plan: PlanContent) -> str:
    counts = Counter(item.change for item in plan.items)
    changes = (
        ', '.join(f'{counts[change]} {change.words}' for change in type(plan.items[0].change) if counts[change])
        if plan.items
        else ''
    )
    return f'{len(plan.unchanged)} unchanged. {changes or "Nothing to do"}.'
