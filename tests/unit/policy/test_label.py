"""The text of the label."""
from __future__ import annotations

import hashlib

import pytest

from dockermap.map.policy.label import digest, format_label, parse_label


def test_a_digest_is_the_start_of_the_sha256_of_canonical_json():
    assert digest({'b': [1, 'x'], 'a': None}) == hashlib.sha256(b'{"a":null,"b":[1,"x"]}').hexdigest()[:12]


@pytest.mark.parametrize(('one', 'other', 'is_same'), [
    ({'a': 1, 'b': 2}, {'b': 2, 'a': 1}, True), ([1, 2], [2, 1], False), ('1', 1, False), ((1, 2), [1, 2], True),
])
def test_keys_are_sorted_and_lists_are_not(one, other, is_same):
    assert (digest(one) == digest(other)) is is_same


def test_a_label_has_the_digest_of_each_argument():
    assert format_label({'tty': True, 'dns': ['1.1.1.1']}) == (
        f'1:{{"dns":"{digest(["1.1.1.1"])}","tty":"{digest(True)}"}}')


def test_a_label_can_be_read():
    assert parse_label(format_label({'tty': True})) == {'tty': digest(True)}


@pytest.mark.parametrize('text', [None, '', '1', '1:', '2:{}', '1:{', '1:[]', '1:{"a":1}', '{}'])
def test_what_is_no_label_of_this_version_is_none(text):
    assert parse_label(text) is None
