"""Comparing what exists with what should be."""

from .main import UpdateStateGenerator

__all__ = ['UpdateStateGenerator']
