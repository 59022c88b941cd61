"""Containers that the configuration is made of: dicts with attributes, bit flags, enums."""

from __future__ import annotations

import copyreg
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from .._compare import same_value

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['AttributeMixin', 'DefaultDictMap', 'DictMap', 'Flags', 'SimpleEnum']


def _is_special(name: Any) -> bool:
    return isinstance(name, str) and name.startswith('__') and name.endswith('__')


class AttributeMixin(dict[Any, Any]):
    """Part of a dict whose entries are also attributes, beside properties that its class declares.

    A declared property is a ``property`` that keeps its value in an attribute of its name with an underscore in front;
    a class attribute of that name is its default. Iterating gives ``(key, value)`` pairs.
    """

    external_properties: ClassVar[tuple[str, ...]] = ()
    internal_properties: ClassVar[tuple[str, ...]] = ()
    core_properties: ClassVar[tuple[str, ...]] = ()
    core_property_set: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Looked up in the dicts of the classes, as reading an attribute may make a descriptor import something.
        attributes = {name: value for base in reversed(cls.__mro__) for name, value in vars(base).items()}
        external = tuple(name for name, value in attributes.items() if isinstance(value, property))
        cls.external_properties = external
        cls.internal_properties = tuple(f'_{name}' for name in external)
        cls.core_properties = cls.external_properties + cls.internal_properties
        cls.core_property_set = frozenset(cls.core_properties)

    def _fill(self, *args: Any, **kwargs: Any) -> None:
        """Store what the constructor was given: positional entries literally, keywords as entries or properties."""
        for key, value in dict(*args).items():
            self[key] = value
        self.update(**kwargs)

    def __getattr__(self, name: str) -> Any:
        if name in self.core_property_set:
            raise AttributeError(f'{type(self).__name__} has no value for its property {name!r}.')
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f'{type(self).__name__} has no entry {name!r}.') from None

    def __setattr__(self, name: str, value: Any) -> None:
        declared = getattr(type(self), name, None)
        if name in self.core_property_set or hasattr(type(declared), '__set__'):
            object.__setattr__(self, name, value)
        else:
            self[name] = value

    def __delattr__(self, name: str) -> None:
        if name in self.core_property_set:
            object.__delattr__(self, name)
        elif name in self:
            del self[name]
        else:
            raise AttributeError(f'{type(self).__name__} has no entry {name!r}.')

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items())

    def __bool__(self) -> bool:
        return len(self) > 0 or any(map(self._stored, self.internal_properties))

    def __repr__(self) -> str:
        try:
            entries = dict(sorted(self.items(), key=lambda item: item[0]))
        except TypeError:
            entries = dict(self.items())
        parts = [f'{name}={self._stored(f"_{name}")!r}' for name in self.external_properties]
        return f'<{type(self).__name__}({", ".join([*parts, repr(entries)])})>'

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, dict):
            return NotImplemented
        own, others = dict(self.items()), dict(other.items())
        other_values = other._set_properties() if isinstance(other, AttributeMixin) else {}
        return same_value(own, others) and same_value(self._set_properties(), other_values)

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = None

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc]
        self.update(other)
        return self

    def __copy__(self) -> Self:
        return self.copy()

    def _stored(self, internal_name: str) -> Any:
        return vars(self).get(internal_name, getattr(type(self), internal_name, None))

    def _set_properties(self) -> dict[str, Any]:
        """Values of the declared properties that are not at their defaults."""
        values = {}
        for name in self.internal_properties:
            value, default = self._stored(name), getattr(type(self), name, None)
            if value is not default and (value or default):
                values[name] = value
        return values

    def _new_copy(self) -> Self:
        return type(self).__new__(type(self))

    def copy(self) -> Self:
        """A shallow copy of the same class, with the values of its properties."""
        new = self._new_copy()
        vars(new).update(vars(self))
        for key, value in self.items():
            dict.__setitem__(new, key, value)
        return new

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The entry of a key, after storing a default where there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other: Any = None, /, **kwargs: Any) -> None:
        """Take over entries; values for declared properties go there.

        An instance of the same class hands over all values of its properties. Raises ``TypeError`` for anything but a
        dict.
        """
        if other is not None and not isinstance(other, dict):
            raise TypeError(f'Expected a dict or {type(self).__name__}, found {type(other).__name__}.')
        if isinstance(other, type(self)):
            for key, value in other.items():
                self[key] = value
            for name in self.internal_properties:
                object.__setattr__(self, name, other._stored(name))
        elif other:
            self._update_from_dict(other)
        self._update_from_dict(kwargs)

    def _update_from_dict(self, values: dict[Any, Any]) -> None:
        for key, value in values.items():
            if key in self.external_properties:
                setattr(self, key, value)
            else:
                self[key] = value


class DictMap(AttributeMixin):
    """A dict whose entries are also attributes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._fill(*args, **kwargs)


class DefaultDictMap(AttributeMixin, defaultdict[Any, Any]):
    """A :class:`DictMap` that creates missing entries with a factory, except those named like ``__this__``."""

    def __init__(self, default_factory: Callable[[], Any] | None = None, *args: Any, **kwargs: Any) -> None:
        defaultdict.__init__(self, default_factory)
        self._fill(*args, **kwargs)

    def __missing__(self, key: Any) -> Any:
        if _is_special(key):
            raise KeyError(key)
        return super().__missing__(key)

    def _new_copy(self) -> Self:
        new = super()._new_copy()
        new.default_factory = self.default_factory
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.default_factory, dict(vars(self)))
        return copyreg.__newobj__, (type(self),), state, None, iter(self.items())  # type: ignore[attr-defined]

    def __setstate__(self, state: tuple[Any, dict[str, Any]]) -> None:
        self.default_factory = state[0]
        vars(self).update(state[1])


class Flags(int):
    """An integer with named bits, declared as class attributes of a subclass."""

    fields: ClassVar[dict[str, int]] = {'NONE': 0}
    NONE: ClassVar[int] = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = {
            name: int(value) for name, value in vars(cls).items() if isinstance(value, int) and not name.startswith('_')
        }
        cls.fields = {**cls.fields, **declared}
        for name, value in cls.fields.items():
            setattr(cls, name, cls(value))

    def __repr__(self) -> str:
        names = (name for name, value in self.fields.items() if int(self) & value)
        return f'{type(self).__name__}({", ".join(names)})'

    def __or__(self, other: int) -> Self:
        return type(self)(int(self) | int(other))

    def __sub__(self, other: int) -> Self:
        return type(self)(int(self) & ~int(other))

    def __xor__(self, other: int) -> Self:
        return type(self)(int(self) ^ int(other))

    __add__ = __radd__ = __ror__ = __or__
    __rxor__ = __xor__

    def __contains__(self, item: int) -> bool:
        return int(self) & int(item) != 0


Flags.NONE = Flags(0)


class SimpleEnum(Enum):
    """An enum whose members are shown as ``ClassName.MEMBER``."""

    # Members are singletons; the hash of the base is that of the name, which takes a call in Python each time.
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f'{type(self).__name__}.{self.name}'
