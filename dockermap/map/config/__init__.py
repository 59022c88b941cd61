"""Configuration objects: declared properties with defaults, conversion, update and merge."""

from __future__ import annotations

from ._object import ConfigurationObject
from ._property import CP, ConfigurationProperty

__all__ = ['CP', 'ConfigurationObject', 'ConfigurationProperty']
