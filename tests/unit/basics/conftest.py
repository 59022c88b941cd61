from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dockermap import functional


class CountingFunction:
    """A function that returns its argument and knows how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, value: Any = None) -> Any:
        self.calls += 1
        return value


@pytest.fixture
def counting() -> CountingFunction:
    return CountingFunction()


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
