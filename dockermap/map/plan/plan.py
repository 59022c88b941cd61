"""What a call will do, as a value: to be shown, saved, read again, and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...exceptions import DockerMapError
from ._data import data_differences, plan_data, read_plan
from ._text import plan_text
from .items import Change, FoundItem, Kept, PlanContent, PlannedItem

__all__ = ['Change', 'FoundItem', 'Kept', 'Plan', 'PlanOutdatedError', 'PlannedItem', 'plan_differences']

_NAMED = 5


class Plan(PlanContent):
    """What a call will do. Immutable; true if there is anything to do.

    :param action_name: The action.
    :param config_ids: The items that were asked for.
    :param options: Options of the call; arguments for creating items are no part of a plan.
    :param operations: Single calls, in an order that respects what each needs.
    :param items: The items that something is done about.
    :param unchanged: Items looked at that need nothing.
    :param kept: Differences that stay, each with the reason.
    :param notices: What else there is to know.
    :param found: What was found, of all items that were looked at.
    :param salt: Random text that digests of arguments are made with.
    """

    def __bool__(self) -> bool:
        return bool(self.operations)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f'<Plan {self.action_name}: {len(self.operations)} operations on {len(self.items)} items>'

    def text(self, calls: bool = False) -> str:
        """What people read: a line for each item, then what stays, then a summary.

        :param calls: Show the single calls below each item.
        """
        return plan_text(self, calls)

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain data, which :meth:`from_dict` reads. Of arguments, only digests are in it."""
        return dict(plan_data(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """A plan from plain data.

        :raises ValueError: It is not what :meth:`to_dict` of this version returns; the text says where.
        """
        read: Plan = read_plan(data, cls)
        return read


class PlanOutdatedError(DockerMapError):
    """The maps, or what was found, are not what they were when the plan was made. Nothing was changed.

    ``differences`` has one text for each.
    """

    def __init__(self, differences: Sequence[str]) -> None:
        # The only argument, as copying and pickling give it back.
        super().__init__(tuple(differences))
        self.differences = tuple(differences)

    def __str__(self) -> str:
        named = '; '.join(self.differences[:_NAMED])
        more = len(self.differences) - _NAMED
        return f'The plan is outdated: {named}{f"; and {more} more" if more > 0 else ""}. Make a new one.'


def plan_differences(former: Plan, now: Plan) -> list[str]:
    """What differs between two plans of the same call, digests being made with the salt of the former."""
    return data_differences(plan_data(former), plan_data(now, former.salt))
