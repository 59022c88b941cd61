"""Comparing what exists with what should be."""

from ._limits import LIMITS, ineffective_changes
from .main import UpdateStateGenerator

__all__ = ['LIMITS', 'UpdateStateGenerator', 'ineffective_changes']
