from __future__ import annotations

import pickle
from typing import Any

import pytest

from dockermap.map import Flags, SimpleEnum


class Perm(Flags):
    R = 1
    W = 2


class MorePerm(Perm):
    X = 4


class Fruit(SimpleEnum):
    APPLE = 'apple'


def test_members_are_instances_of_the_class() -> None:
    assert [type(flag) for flag in (Perm.R, Perm.NONE, MorePerm.R)] == [Perm, Perm, MorePerm]


def test_fields_are_declared_and_inherited_names() -> None:
    assert MorePerm.fields == {'NONE': 0, 'R': 1, 'W': 2, 'X': 4}


@pytest.mark.parametrize(
    ('result', 'expected'),
    [
        (Perm.R | Perm.W, 3),
        (Perm(1) + Perm(2), 3),
        (Perm(1) + Perm(1), 1),
        (Perm(3) - Perm.R, 2),
        (Perm(2) - Perm.R, 2),
        (Perm(3) ^ Perm.R, 2),
        (0 | Perm(2), 2),
    ],
)
def test_results_of_operators_are_flags(result: Any, expected: int) -> None:
    assert (result, type(result)) == (expected, Perm)


def test_the_intersection_is_a_plain_integer() -> None:
    result = Perm(3) & Perm.R

    assert (result, type(result)) == (1, int)


@pytest.mark.parametrize(
    ('flags', 'text'),
    [
        (Perm(3), 'Perm(R, W)'),
        (Perm.NONE, 'Perm()'),
        (MorePerm(5), 'MorePerm(R, X)'),
    ],
)
def test_representation_names_the_bits(flags: Any, text: str) -> None:
    assert repr(flags) == text


@pytest.mark.parametrize(
    ('part', 'whole', 'is_in'),
    [
        (Perm.R, Perm(3), True),
        (Perm(3), Perm(1), True),
        (Perm.W, Perm(1), False),
        (Perm.NONE, Perm(3), False),
    ],
)
def test_any_common_bit_counts_as_contained(part: Any, whole: Any, is_in: bool) -> None:
    assert (part in whole) is is_in


def test_flags_compare_and_hash_as_integers() -> None:
    assert Perm(3) == 3
    assert Perm(1) < Perm(2)
    assert {Perm(3): 'x'}[3] == 'x'
    assert not Perm.NONE


def test_flags_can_be_pickled() -> None:
    assert repr(pickle.loads(pickle.dumps(Perm(3)))) == 'Perm(R, W)'


def test_an_enum_shows_class_and_member() -> None:
    assert repr(Fruit.APPLE) == 'Fruit.APPLE'
    assert Fruit('apple') is Fruit.APPLE
    with pytest.raises(ValueError, match='pear'):
        Fruit('pear')


def test_a_combined_flag_is_named_when_it_shares_a_bit() -> None:
    class Access(Flags):
        R = 1
        W = 2
        RW = 3

    assert repr(Access.R) == 'Access(R, RW)'
