"""What a call will do, decided as a whole before anything is done."""

from ..action.causes import Cause
from .items import Change, FoundItem, Kept, PlannedItem
from .operation import Condition, Operation, Result, Undo
from .plan import Plan, PlanOutdatedError

__all__ = [
    'Cause',
    'Change',
    'Condition',
    'FoundItem',
    'Kept',
    'Operation',
    'Plan',
    'PlanOutdatedError',
    'PlannedItem',
    'Result',
    'Undo',
]
