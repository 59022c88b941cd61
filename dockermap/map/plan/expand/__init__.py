"""From actions on items to operations: which calls each action takes, and how these are undone."""
from .expansion import Expansion
from .steps import Step

__all__ = ['Expansion', 'Step']
