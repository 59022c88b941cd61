"""Errors of input that go to others than those who wrote the map leave out values that may be secret."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ContainerMap
from dockermap.exceptions import InputError
from dockermap.map.disclosure import readable_message

SECRET = 'hunter2-xyzzy'
SECRETS: list[dict[str, Any]] = [
    {'create_options': {'environment': [{'PASSWORD': SECRET}]}},
    {'create_options': {'environment': {'image': [SECRET]}}},
    {'create_options': [{'environment': {'PASSWORD': SECRET}}]},
    {'create_options': {'command': f"serve '{SECRET}"}},
    {'create_options': {'labels': {'token': [SECRET]}}},
    {'exec_commands': [{'cmd': {SECRET: 1}}]},
    {'build': {'context': '.', 'args': [[SECRET]]}},
    {'host_config': {'log_config': {'type': 'x', 'config': SECRET}}},
]


def message(settings: dict[str, Any]) -> str:
    with pytest.raises(InputError) as found:
        ContainerMap('shop', {'web': settings}, strict=True)
    return readable_message(found.value.path, found.value.message)


@pytest.mark.parametrize('settings', SECRETS, ids=str)
def test_what_may_be_secret_is_left_out(settings: dict[str, Any]) -> None:
    assert SECRET not in message(settings)


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({'stop_timeout': 'x'}, "found 'x'."),
        ({'exposes': {'a': 'b'}}, "found 'a'."),
    ],
    ids=str,
)
def test_what_is_harmless_is_told(settings: dict[str, Any], expected: str) -> None:
    assert message(settings).endswith(expected)


def test_the_line_stays() -> None:
    said = "Expected a mapping, found 'hunter2-xyzzy' (shop.yaml, line 3)."

    assert readable_message('web.create_options.environment', said) == (
        'Expected a mapping, found something else (shop.yaml, line 3).'
    )
