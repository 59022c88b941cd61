"""Carrying operations out. This is the only code that changes an engine; it decides nothing."""

from .events import ActionEvent
from .executor import Executor

__all__ = ['ActionEvent', 'Executor']
