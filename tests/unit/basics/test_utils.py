from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy, lazy_once
from dockermap.map.input import ExecCommand
from dockermap.utils import close_match, engine_text, expand_path, expand_path_lazy, format_image_tag, merge_list


@pytest.mark.parametrize(
    ('current', 'items', 'expected'),
    [
        ([1, 2], [2, 3, 3], [1, 2, 3]),
        ([1], None, [1]),
        ([1], [], [1]),
        ([1, 1], [2], [1, 1, 2]),
        ([], (1, 2), [1, 2]),
        ([['a']], [['a'], ['b']], [['a'], ['b']]),
        ([ExecCommand(['a'])], [ExecCommand(['a']), ExecCommand(['b'])], [ExecCommand(['a']), ExecCommand(['b'])]),
        ([{'a': [1]}], [{'a': [1]}, {'a': [2]}], [{'a': [1]}, {'a': [2]}]),
    ],
)
def test_missing_items_are_appended_in_order(current: Any, items: Any, expected: Any) -> None:
    result = merge_list(current, items)  # type: ignore[func-returns-value]

    assert result is None
    assert current == expected


def test_late_values_are_merged_by_identity_without_evaluation(counting: Any) -> None:
    first, second = lazy(counting, 'x'), lazy(counting, 'x')
    merged = [first, ExecCommand(first)]
    merge_list(merged, [first, second, ExecCommand(first), ExecCommand(second)])

    assert [item is first or item is second or item[0] is first or item[0] is second for item in merged] == [True] * 4
    assert len(merged) == 4
    assert counting.calls == 0


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('$SHOP_DIR/x', '/srv/shop/x'),
        ('~/x', '/home/shop/x'),
        ('$SHOP_HOME', '/home/shop'),
        ('$SHOP_UNKNOWN/x', '$SHOP_UNKNOWN/x'),
    ],
)
def test_paths_are_expanded(monkeypatch: pytest.MonkeyPatch, value: str, expected: str) -> None:
    monkeypatch.setenv('SHOP_DIR', '/srv/shop')
    monkeypatch.setenv('SHOP_HOME', '~')
    monkeypatch.setenv('HOME', '/home/shop')
    monkeypatch.delenv('SHOP_UNKNOWN', raising=False)

    assert expand_path(value) == expected


def test_a_late_path_is_expanded_on_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    value = expand_path_lazy('$SHOP_DIR/x')
    monkeypatch.setenv('SHOP_DIR', '/one')

    assert isinstance(value, lazy_once)
    assert value.get() == '/one/x'


@pytest.mark.parametrize(
    ('image', 'expected'),
    [
        (('shop/cart', '2'), 'shop/cart:2'),
        (['shop/cart', '2', 'more'], 'shop/cart:2'),
        (('shop/cart', 'sha256:0a'), 'shop/cart@sha256:0a'),
        (('sha256:0a', None), 'sha256:0a'),
    ],
)
def test_image_names_are_joined(image: Any, expected: str) -> None:
    assert format_image_tag(image) == expected


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (True, 'true'),
        (False, 'false'),
        (80, '80'),
        (1.5, '1.5'),
        ('x', 'x'),
        (None, ''),
        (b'x', 'x'),
        (lazy(lambda: True), 'true'),
    ],
)
def test_values_as_engines_expect_them(value: Any, expected: str) -> None:
    assert engine_text(value) == expected


@pytest.mark.parametrize(
    ('name', 'known', 'expected'),
    [
        ('expose', ['exposes', 'binds'], "; did you mean 'exposes'?"),
        ('Image', ['image'], "; did you mean 'image'?"),
        ('ipv4', ['network', 'ipv4_address'], "; did you mean 'ipv4_address'?"),
        ('zzz', ['image'], ''),
        (5, ['image'], ''),
    ],
)
def test_a_close_match_ends_the_sentence(name: Any, known: Any, expected: str) -> None:
    assert close_match(name, known) == expected
