"""Configurations by name, converted when they are stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ...exceptions import InputError
from .. import DefaultDictMap
from ..input._shapes import shown
from ..input._written import name_text
from ._notices import inside
from ._object import ConfigurationObject

if TYPE_CHECKING:
    from typing_extensions import Self


def checked_name(name: Any) -> str:
    """The name of an entry; raises ``ValueError`` if it is no text or empty."""
    name = name_text(name)
    if not isinstance(name, str) or not name:
        raise InputError(f'Expected a non-empty text as name, found {shown(name)}.')
    return name


class ConfigurationMap(DefaultDictMap):
    """A :class:`DefaultDictMap` whose entries are configurations; dicts and ``None`` become such when they are stored.

    :raises ValueError: An entry is none of these, or its name is no text.
    """

    entry_class: ClassVar[type[ConfigurationObject]] = ConfigurationObject

    def __init__(self, default_factory: Callable[[], Any] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(default_factory or self.entry_class, *args, **kwargs)

    def __setitem__(self, name: Any, value: Any) -> None:
        super().__setitem__(name, self.as_entry(name, value))

    def as_entry(self, name: Any, value: Any) -> ConfigurationObject:
        """The configuration that a value stands for."""
        factory = self.default_factory or self.entry_class
        with inside(str(checked_name(name))):
            expected = factory if isinstance(factory, type) else ConfigurationObject
            if isinstance(value, ConfigurationObject) and isinstance(value, expected):
                return value
            entry: ConfigurationObject = factory()
            if value is not None:
                entry.update(value)
        return entry

    def copy(self) -> Self:
        """A copy of the same class with the same configuration objects."""
        new = super().copy()
        new.default_factory = self.default_factory
        return new
