"""What loading a map takes grows as the map does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from dockermap.map.config.main import ContainerMap


def settings(size: int) -> dict[str, Any]:
    return {
        'host': {'config': '/etc/shop'},
        'volumes': {'config': '/config', **{f'data{number}': '/data' for number in range(size)}},
        'networks': {'front': {}},
        'containers': {
            'template': {'abstract': True, 'user': 'shop'},
            **{f'c{number}': container(number) for number in range(size)},
        },
    }


def container(number: int) -> dict[str, Any]:
    return {
        'extends': ['template'],
        'links': [f'c{number - 1}'] if number else [],
        'attaches': [f'data{number}'],
        'binds': ['config'],
        'exposes': [(80, 8000 + number)],
        'networks': ['front'],
        'host_config': {'memory': '1g'},
    }


def calls_of(function: Callable[[], Any]) -> int:
    """How many calls of Python functions something takes; other than its time, that is the same on each run."""
    count = 0

    def counted(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        count += event == 'call'

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    'load',
    [
        lambda values: ContainerMap('shop', values),
        lambda values: ContainerMap('shop', values, check_integrity=False).get_extended_map(),
    ],
    ids=['load', 'extend'],
)
def test_twice_the_configurations_take_twice_the_calls(load: Callable[[dict[str, Any]], Any]) -> None:
    once, twice = (calls_of(lambda size=size: load(settings(size))) for size in (100, 200))

    assert twice < 2.1 * once
