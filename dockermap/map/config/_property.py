"""Declarations of properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from ...exceptions import InputError
from ...utils import merge_list
from ..input import NamedTupleList, NotSet, get_list
from ..input._shapes import shown
from ._values import copied, plain, plain_options

_IMMUTABLE_TYPES = (bool, int, float, str, tuple, frozenset)


class ConfigurationProperty(NamedTuple):
    """Declaration of a property.

    ``attr_type`` is its type where it is a collection; ``default`` a value, or a function that makes one for each
    object; ``input_func`` converts what was assigned; ``merge_func(current, incoming)`` combines two values, in place
    if they are lists or dicts. With ``merge_func=False``, merging leaves the property alone.
    """

    attr_type: type | None = None
    default: Any = NotSet
    input_func: Callable[[Any], Any] | None = None
    merge_func: Callable[[Any, Any], Any] | Literal[False] | None = None

    @property
    def is_list(self) -> bool:
        """Whether values are lists."""
        return self.attr_type is not None and issubclass(self.attr_type, list)

    @property
    def is_dict(self) -> bool:
        """Whether values are dicts."""
        return self.attr_type is not None and issubclass(self.attr_type, dict)

    @property
    def is_collection(self) -> bool:
        """Whether values are lists or dicts."""
        return self.is_list or self.is_dict

    def new_default(self) -> Any:
        """The value of a property that has not been set."""
        return self.default() if callable(self.default) else self.default

    def converted(self, value: Any) -> Any:
        """The value that is stored for an assigned one; nothing is an empty list or dict."""
        if value is NotSet or (value is None and self.is_collection):
            return self.new_default()
        return value if self.input_func is None else self.input_func(value)

    def as_plain(self, value: Any) -> Any:
        """The value as it goes into a dict of all settings."""
        return plain_options(value) if self.is_dict else plain(value)


CP = ConfigurationProperty


def _option_dict(value: Any) -> Any:
    if callable(value):
        return value
    if not isinstance(value, dict):
        raise InputError(f'Expected a mapping, found {shown(value)}.')
    return copied(value)


def completed(declared: ConfigurationProperty) -> ConfigurationProperty:
    """The declaration with what follows from its type."""
    if declared.attr_type is None:
        return declared
    changes: dict[str, Any] = {}
    if declared.default is NotSet and declared.attr_type not in _IMMUTABLE_TYPES:
        changes['default'] = declared.attr_type
    if declared.input_func is None:
        if declared.is_list:
            is_converting = issubclass(declared.attr_type, NamedTupleList)
            changes['input_func'] = declared.attr_type if is_converting else get_list
        elif declared.is_dict:
            changes['input_func'] = _option_dict
    if declared.merge_func is None and declared.is_list:
        changes['merge_func'] = merge_list
    return declared._replace(**changes)
