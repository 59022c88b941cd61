from __future__ import annotations

import pytest

from dockermap.map.policy import ABCPolicyUtilMeta, ConfigFlags, PolicyUtil
from dockermap.map.policy.base import BasePolicy


class Mixin:
    policy_options = ['mixed']
    mixed = 'm'


class Base(PolicyUtil):
    policy_options = ['size']
    size = 1


class Derived(Base, Mixin):
    policy_options = ['colour']
    colour = 'red'


@pytest.fixture
def make_policy():
    return lambda **defaults: BasePolicy({}, {}, None, defaults)


def test_options_of_all_base_classes_come_before_own_ones():
    assert Derived.policy_options == ['size', 'mixed', 'colour']


def test_a_class_without_own_options_inherits_them():
    assert type('Further', (Derived,), {}).policy_options == ['size', 'mixed', 'colour']


def test_classes_with_abstract_methods_join_options_too():
    assert ABCPolicyUtilMeta('Abstract', (Derived,), {'policy_options': ['x']}).policy_options[-1] == 'x'


@pytest.mark.parametrize(
    ('kwargs', 'defaults', 'size'),
    [
        ({}, {}, 1),
        ({}, {'size': 2}, 2),
        ({'size': 3}, {'size': 2}, 3),
        ({'size': None}, {'size': 2}, None),
    ],
)
def test_an_argument_counts_before_the_policy_and_that_before_the_class(make_policy, kwargs, defaults, size):
    assert Base(make_policy(**defaults), kwargs).get_options() == {'size': size}


def test_options_are_taken_out_of_the_arguments(make_policy):
    kwargs = {'size': 3, 'other': 4}
    Base(make_policy(), kwargs)
    assert kwargs == {'other': 4}


def test_items_are_visited_as_requested_by_default():
    assert ConfigFlags.DEPENDENT not in ConfigFlags(ConfigFlags.NONE)
    assert int(ConfigFlags.DEPENDENT) == 1
