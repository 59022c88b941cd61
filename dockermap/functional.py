"""Late values: stored in a configuration now, evaluated where they are used."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Any

__all__ = [
    'AbstractLazyObject',
    'LazyOnceObject',
    'SimpleLazyObject',
    'expand_type_name',
    'lazy',
    'lazy_once',
    'lazy_type',
    'register_type',
    'resolve_deep',
    'resolve_value',
    'type_registry',
    'uses_type_registry',
]

PLAIN_TYPES: frozenset[type] = frozenset({str, int, float, bool, type(None), list, tuple, dict})

type_registry: dict[str, Callable[[Any], Any]] = {}
"""Functions that resolve registered values, by expanded type name."""


class AbstractLazyObject(ABC):
    """A function call that is made when its value is needed.

    Calling, comparing, iterating, ``in`` and ``str`` evaluate it; ``repr`` and ``bool`` do not.
    """

    def __init__(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        self._func = func
        self._args = args
        self._kwargs = kwargs

    @property
    def func(self) -> Callable[..., Any]:
        """The function to call."""
        return self._func

    @property
    def args(self) -> tuple[Any, ...]:
        """Positional arguments of the call."""
        return self._args

    @property
    def kwargs(self) -> dict[str, Any]:
        """Keyword arguments of the call."""
        return self._kwargs

    @property
    def value(self) -> Any:
        """The evaluated value."""
        return self.get()

    @abstractmethod
    def get(self) -> Any:
        """Evaluate the value."""

    def __call__(self) -> Any:
        return self.get()

    def __str__(self) -> str:
        return str(self.get())

    def __repr__(self) -> str:
        arguments = [repr(arg) for arg in self._args]
        arguments.extend(f'{key}={value!r}' for key, value in self._kwargs.items())
        name = getattr(self._func, '__qualname__', None) or repr(self._func)
        return f'<{type(self).__name__}({", ".join([name, *arguments])})>'

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return bool(self.get() == (other.get() if isinstance(other, AbstractLazyObject) else other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __contains__(self, item: Any) -> bool:
        return item in self.get()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.get())


class SimpleLazyObject(AbstractLazyObject):
    """A late value that calls its function on each evaluation."""

    def get(self) -> Any:
        """Evaluate the value."""
        return self._func(*self._args, **self._kwargs)


class LazyOnceObject(AbstractLazyObject):
    """A late value that calls its function once and remembers the result; an exception is not remembered.

    Where several threads ask at the same time, one calls the function, and the others wait for it.
    """

    def __init__(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(func, *args, **kwargs)
        self._evaluated = False
        self._value: Any = None
        self._lock = RLock()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != '_lock'}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=RLock())

    @property
    def evaluated(self) -> bool:
        """Whether the function has been called with success."""
        return self._evaluated

    def get(self) -> Any:
        """Evaluate the value on first use, later return what was found then."""
        if not self._evaluated:
            with self._lock:
                # Another thread may have been faster.
                if not self._evaluated:
                    self._value = self._func(*self._args, **self._kwargs)
                    self._evaluated = True
        return self._value


lazy_type = AbstractLazyObject
lazy = SimpleLazyObject
lazy_once = LazyOnceObject


def expand_type_name(type_: type) -> str:
    """Full name of a type, such as ``builtins.str``."""
    return f'{type_.__module__}.{type_.__name__}'


def register_type(resolve_type: type, resolve_func: Callable[[Any], Any]) -> None:
    """Have values of exactly this type resolved by a function, wherever late values may stand.

    Raises ``ValueError`` if the first argument is no type or the second cannot be called.
    """
    if not isinstance(resolve_type, type):
        raise ValueError(f'Expected a type to register, found {resolve_type!r}.')
    if not callable(resolve_func):
        raise ValueError(f'Expected a function that resolves {expand_type_name(resolve_type)}, found {resolve_func!r}.')
    type_registry[expand_type_name(resolve_type)] = resolve_func


def uses_type_registry(value: Any) -> bool:
    """Whether the exact type of a value has been registered."""
    return bool(type_registry) and expand_type_name(type(value)) in type_registry


def is_late(value: Any) -> bool:
    """Whether a value is to be kept as it is until it is used: it is a late one, or its type has been registered."""
    # Most values are plain, and instances of abstract classes are expensive to tell.
    if type(value) in PLAIN_TYPES and not type_registry:
        return False
    return isinstance(value, AbstractLazyObject) or uses_type_registry(value)


def resolve_value(value: Any, types: Mapping[str, Callable[[Any], Any]] = type_registry) -> Any:
    """The value that a late or registered value stands for, one step only; other values as they are."""
    if not types and type(value) in PLAIN_TYPES:
        return value
    if value is None:
        return None
    if isinstance(value, AbstractLazyObject):
        return value.get()
    if types:
        resolve_func = types.get(expand_type_name(type(value)))
        if resolve_func:
            return resolve_func(value)
    return value


def resolve_deep(values: Any, max_depth: int = 5, types: Mapping[str, Callable[[Any], Any]] | None = None) -> Any:
    """Resolve late values inside lists, tuples and dicts down to a depth; the root has depth 0.

    Opened lists and tuples become lists, opened dicts become dicts. ``types`` adds to the registered types for this
    call.
    """
    all_types = {**type_registry, **types} if types else type_registry

    def resolved(value: Any, depth: int) -> Any:
        found = resolve_value(value, all_types)
        if depth >= max_depth or type(found) is str:
            return found
        if isinstance(found, (list, tuple)):
            return [resolved(member, depth + 1) for member in found]
        if isinstance(found, dict):
            return {resolve_value(key, all_types): resolved(member, depth + 1) for key, member in found.items()}
        return found

    return resolved(values, 0)
