"""Lists that convert what is put into them to item tuples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

from ...exceptions import InputError, located
from ._shapes import OneOf, Shape, is_late, shown
from ._tuples import NotSet
from ._written import is_written

if TYPE_CHECKING:
    from typing_extensions import Self


class NamedTupleList(list[Any]):
    """A list of item tuples, which converts every element that it is given; abstract.

    Subclasses declare their ``element_type`` and override :meth:`get_type_item`, or declare the shapes of one
    ``element`` and of one ``entry`` of a dict that is given for the list as a whole.
    """

    element_type: ClassVar[Any]
    element: ClassVar[Shape]
    entry: ClassVar[Shape | None] = None

    def __init__(self, seq: Any = NotSet) -> None:
        if not hasattr(self, 'element_type'):
            raise TypeError(f'{type(self).__name__} is abstract: use a subclass that declares its element_type.')
        super().__init__(() if seq is NotSet else self._read(seq))

    def get_type_item(self, value: Any) -> Any:
        """The item tuple of one element. Raises ``ValueError`` where the element cannot be read."""
        if isinstance(value, self.element_type):
            return value
        if value is NotSet:
            raise InputError(f'Expected {self.element.expected}, found an unset value.')
        return self.element.convert(value)

    def get_entry_item(self, key: Any, value: Any) -> Any:
        """The item tuple of one entry of a dict that was given for the list as a whole."""
        return self.entry.convert({key: value}) if self.entry else self.get_type_item((key, value))

    def _is_single(self, value: Any) -> bool:
        return isinstance(value, (str, bytes, bytearray, self.element_type)) or is_late(value)

    def _read(self, value: Any) -> list[Any]:
        """Elements of a whole value."""
        if isinstance(value, type(self)):
            return list(value)
        if value is None or value is NotSet:
            return []
        if isinstance(value, dict) and not is_late(value):
            return self._read_entries(value)
        if self._is_single(value) or not isinstance(value, (list, tuple, Iterable)):
            return [self.get_type_item(value)]
        elements = []
        for index, element in enumerate(value):
            with located(index):
                elements.append(self.get_type_item(element))
        return elements

    def _read_entries(self, value: dict[Any, Any]) -> list[Any]:
        elements = []
        for key, member in value.items():
            if not isinstance(key, (str, int)) and not is_written(key):
                raise InputError(f'Expected a name or number as key, found {shown(key)}.')
            elements.append(self.get_entry_item(key, member))
        return elements

    def _alike(self, elements: Iterable[Any]) -> Self:
        """A list of the same class and settings with elements that are converted already."""
        new = type(self).__new__(type(self))
        vars(new).update(vars(self))
        list.extend(new, elements)
        return new

    def append(self, item: Any) -> None:
        """Add an element at the end."""
        super().append(self.get_type_item(item))

    def insert(self, index: SupportsIndex, item: Any) -> None:
        """Add an element before a position."""
        super().insert(index, self.get_type_item(item))

    def extend(self, iterable: Any) -> None:
        """Add a whole value, read like the argument of the constructor."""
        super().extend(self._read(iterable))

    def copy(self) -> Self:
        """A shallow copy of the same class."""
        return self._alike(self)

    __copy__ = copy

    def __add__(self, other: Any) -> Self:
        return self._alike([*self, *self._read(other)])

    def __iadd__(self, other: Any) -> Self:
        self.extend(other)
        return self

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return self._alike(found) if isinstance(index, slice) else found

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, self._read(value) if isinstance(index, slice) else self.get_type_item(value))


@dataclass(frozen=True)
class Whole(Shape):
    """A whole list of one of the list classes, in any of its forms."""

    list_type: type[NamedTupleList]
    expected: str

    def fits(self, value: Any) -> bool:
        return True

    def convert(self, value: Any) -> NamedTupleList:
        try:
            return self.list_type(value)
        except InputError:
            raise
        except ValueError as error:
            raise InputError(str(error)) from error


def one_of(expected: str, *shapes: Shape) -> OneOf:
    """Alternatives in the order in which they are tried."""
    return OneOf(shapes, expected)
