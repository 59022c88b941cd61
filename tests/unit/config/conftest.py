from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dockermap import functional
from dockermap.map.config.main import ContainerMap


@pytest.fixture
def registered_type() -> Iterator[Callable[..., type]]:
    """A function that registers a type for one test."""
    before = dict(functional.type_registry)

    def register(type_: type, func: Callable[[Any], Any] = str) -> type:
        functional.register_type(type_, func)
        return type_

    yield register
    functional.type_registry.clear()
    functional.type_registry.update(before)


@pytest.fixture
def never() -> functional.SimpleLazyObject:
    """A late value that must not be evaluated."""

    def fail() -> None:
        raise AssertionError('The late value was evaluated.')

    return functional.lazy(fail)


@pytest.fixture
def store() -> Callable[..., ContainerMap]:
    """Makes a map called store, without checks of its integrity."""
    return lambda initial=None, **kwargs: ContainerMap('store', initial, check_integrity=False, **kwargs)


@pytest.fixture
def caught() -> Iterator[list[str]]:
    """Texts of the warnings given in a test."""
    texts: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter('always')
        # What other tests have left open is collected at any moment.
        warnings.simplefilter('ignore', ResourceWarning)
        warnings.showwarning = lambda message, *args, **kwargs: texts.append(f'{type(message).__name__}: {message}')
        yield texts
