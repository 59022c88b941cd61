"""From actions on items to operations: which calls each action takes, and how these are undone."""

from .expansion import Expansion
from .steps import Step
from .table import new_expansion

__all__ = ['Expansion', 'Step', 'new_expansion']
