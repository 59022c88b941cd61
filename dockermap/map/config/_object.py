"""Objects with declared properties: assigned values are converted, updated and merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ..._compare import same_value
from ...exceptions import InputError, UnknownNameError, located
from ...utils import close_match
from ..disclosure import redacted_values
from ..input import NotSet
from ..input._shapes import shown
from ._notices import report_former_name, report_unknown
from ._property import ConfigurationProperty, completed
from ._values import copied

if TYPE_CHECKING:
    from typing_extensions import Self


def _accessor(name: str, doc: str | None) -> property:
    def getter(self: ConfigurationObject) -> Any:
        return self._values[name]

    def setter(self: ConfigurationObject, value: Any) -> None:
        self._assign(name, value)

    return property(getter, setter, doc=doc)


class ConfigurationObject:
    """Base of everything that is configured.

    Subclasses declare properties as class attributes of type :class:`ConfigurationProperty`. What is assigned is stored
    as it is and converted by :meth:`clean`. A property counts as set from the moment something was assigned or loaded,
    also if that equals the default; assigning ``NotSet`` makes it unset. ``config['name']`` is the same as
    ``config.name``.

    :raises ValueError: The values are neither a dict nor an object of this class.
    """

    CONFIG_PROPERTIES: ClassVar[dict[str, ConfigurationProperty]] = {}
    DOCSTRINGS: ClassVar[dict[str, str]] = {}
    _kind: ClassVar[str] = 'configuration'
    _former_names: ClassVar[dict[str, str]] = {}
    _collections: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}
    _new_defaults: ClassVar[list[tuple[str, Callable[[], Any]]]] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        properties: dict[str, ConfigurationProperty] = {}
        for base in reversed(cls.__mro__[1:]):
            properties.update(vars(base).get('CONFIG_PROPERTIES', {}))
        for name, declared in list(vars(cls).items()):
            if isinstance(declared, ConfigurationProperty):
                properties[name] = completed(declared)
                setattr(cls, name, _accessor(name, cls.DOCSTRINGS.get(name)))
        cls.CONFIG_PROPERTIES = properties
        cls._collections = frozenset(name for name, declared in properties.items() if declared.is_collection)
        cls._defaults = {name: declared.default for name, declared in properties.items()}
        cls._new_defaults = [(name, default) for name, default in cls._defaults.items() if callable(default)]

    def __init__(self, values: Any = None, **kwargs: Any) -> None:
        self._values = self._defaults.copy()
        for name, new_default in self._new_defaults:
            self._values[name] = new_default()
        self._dirty: set[str] = set()
        self._explicit: set[str] = set()
        if values:
            self.update(values, copy_instance=True)
        if kwargs:
            self.update_from_dict(kwargs)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith('_') and not hasattr(type(self), name) and name not in vars(self):
            report_unknown(name, self.CONFIG_PROPERTIES, self._kind)
        object.__setattr__(self, name, value)

    def __getitem__(self, name: str) -> Any:
        name = self._former_names.get(name, name)
        if name not in self.CONFIG_PROPERTIES:
            match = close_match(name, self.CONFIG_PROPERTIES) or '.'
            raise UnknownNameError(f'{name!r} is no setting of a {self._kind}{match}')
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.update_from_dict({name: value})

    # Otherwise Python would try to iterate over items 0, 1, and so on.
    __iter__: ClassVar[Any] = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        self.clean()
        other.clean()
        return all(same_value(self._values[name], other._values[name]) for name in self.CONFIG_PROPERTIES)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        given = {name: self._values[name] for name in self.CONFIG_PROPERTIES if self._is_set(name)}
        values = ', '.join(f'{name}={value!r}' for name, value in redacted_values(given).items())
        return f'<{self._state_text()}{type(self).__name__}({values})>'

    def _state_text(self) -> str:
        return '' if self.is_clean else '(Modified) '

    def _assign(self, name: str, value: Any) -> None:
        if value is NotSet:
            self._values[name] = self.CONFIG_PROPERTIES[name].new_default()
            self._dirty.discard(name)
            self._explicit.discard(name)
        else:
            self._values[name] = value
            self._dirty.add(name)
            self._explicit.add(name)

    def _is_set(self, name: str) -> bool:
        """Whether a property was assigned, or its list or dict filled in place."""
        return name in self._explicit or (name in self._collections and bool(self._values[name]))

    @property
    def is_clean(self) -> bool:
        """Whether all assigned values have been converted."""
        return not self._dirty

    def clean(self) -> None:
        """Convert assigned values; raises ``ValueError`` with the name of the property where one cannot be used."""
        for name in [name for name in self.CONFIG_PROPERTIES if name in self._dirty]:
            with located(name):
                value = self.CONFIG_PROPERTIES[name].converted(self._values[name])
            if value is NotSet:
                self._assign(name, NotSet)
            else:
                self._values[name] = value
                self._dirty.discard(name)

    def as_dict(self, *, unset: bool = True) -> dict[str, Any]:
        """All settings as plain dicts and lists in declared order; given to the constructor, an equal object.

        :param unset: Include defaults of what is not set, which count as set in what is made from the result. Without,
            the result stands for this object also where it is merged, or has other defaults.
        """
        self.clean()
        settings = {}
        for name, declared in self.CONFIG_PROPERTIES.items():
            value = self._values[name]
            if (value if declared.is_collection else value is not NotSet) if unset else self._is_set(name):
                settings[name] = declared.as_plain(value)
        return settings

    def copy(self) -> Self:
        """An equal object that shares no lists and dicts."""
        return type(self)(self)

    def update(self, values: Any, copy_instance: bool = False) -> None:
        """Replace settings by those of a dict or an object of the same class; ``ValueError`` for anything else."""
        if isinstance(values, type(self)):
            self.update_from_obj(values, copy=copy_instance)
        else:
            self.update_from_dict(self._checked_input(values))

    def update_from_dict(self, dct: Any) -> None:
        """Assign the settings of a dict; keys that are none go to :meth:`update_default_from_dict`."""
        for key, value in self._items_of(dct):
            if key in self.CONFIG_PROPERTIES:
                self._assign(key, value)
            else:
                self.update_default_from_dict(key, value)

    def update_from_obj(self, obj: ConfigurationObject, copy: bool = False) -> None:
        """Take over all values of an object, also unset ones; with ``copy``, lists and dicts are not shared."""
        obj.clean()
        for name in self.CONFIG_PROPERTIES:
            if name in obj.CONFIG_PROPERTIES:
                self._take_over(name, obj, copy)

    def update_default_from_dict(self, key: Any, value: Any) -> None:
        """Handle a key that is no setting: give an ``UnknownOptionWarning``."""
        report_unknown(key, self.CONFIG_PROPERTIES, self._kind)

    def merge(self, values: Any, lists_only: bool = False) -> None:
        """Combine settings with those of a dict or an object of the same class; ``ValueError`` for anything else."""
        if isinstance(values, type(self)):
            self.merge_from_obj(values, lists_only=lists_only)
        else:
            self.merge_from_dict(self._checked_input(values), lists_only=lists_only)

    def merge_from_dict(self, dct: Any, lists_only: bool = False) -> None:
        """Combine settings with those of a dict; keys that are none go to :meth:`merge_default_from_dict`."""
        if not dct:
            return
        self.clean()
        for key, value in self._items_of(dct):
            if key not in self.CONFIG_PROPERTIES:
                self.merge_default_from_dict(key, value, lists_only=lists_only)
            elif value is not NotSet:
                with located(key):
                    converted = self.CONFIG_PROPERTIES[key].converted(value)
                self._merge_value(key, converted, lists_only)

    def merge_from_obj(self, obj: ConfigurationObject, lists_only: bool = False) -> None:
        """Combine settings with what is set in an object."""
        self.clean()
        obj.clean()
        for name in self.CONFIG_PROPERTIES:
            if name in obj.CONFIG_PROPERTIES and obj._is_set(name):
                self._merge_value(name, obj._values[name], lists_only)

    def merge_default_from_dict(self, key: Any, value: Any, lists_only: bool = False) -> None:
        """Handle a key that is no setting: give an ``UnknownOptionWarning``."""
        report_unknown(key, self.CONFIG_PROPERTIES, self._kind)

    def _checked_input(self, values: Any) -> dict[Any, Any]:
        if not isinstance(values, dict):
            raise self._wrong_input(values)
        return values

    def _wrong_input(self, values: Any) -> InputError:
        return InputError(f'Expected a mapping with the settings of a {self._kind}, found {shown(values)}.')

    def _items_of(self, dct: Any) -> list[tuple[Any, Any]]:
        """Settings of a dict, with names of former versions replaced."""
        if not dct:
            return []
        items = []
        if not isinstance(dct, dict):
            raise self._wrong_input(dct)
        for key, value in dct.items():
            if isinstance(key, str) and key in self._former_names:
                report_former_name(key, self._former_names[key])
                key = self._former_names[key]
            items.append((key, value))
        return items

    def _take_over(self, name: str, obj: ConfigurationObject, copy: bool) -> None:
        value = obj._values[name]
        self._values[name] = copied(value) if copy else value
        self._dirty.discard(name)
        if obj._is_set(name):
            self._explicit.add(name)
        else:
            self._explicit.discard(name)

    def _merge_value(self, name: str, value: Any, lists_only: bool) -> None:
        declared = self.CONFIG_PROPERTIES[name]
        if declared.merge_func is False or value is NotSet or (lists_only and not declared.is_list):
            return
        if declared.is_collection and not value:
            return
        self._values[name] = self._combined(declared, self._values[name], value)
        self._explicit.add(name)

    def _combined(self, declared: ConfigurationProperty, current: Any, value: Any) -> Any:
        if declared.is_collection and (not current or callable(value) or callable(current)):
            return copied(value)
        if declared.merge_func and value:
            result = declared.merge_func(current, copied(value))
            return current if declared.is_collection else result
        if declared.is_dict:
            current.update(copied(value))
            return current
        return copied(value)
