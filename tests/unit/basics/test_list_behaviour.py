from __future__ import annotations

import copy
import pickle
from collections import namedtuple
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockermap.functional import lazy
from dockermap.map.input import (
    AttachedVolumeList,
    ContainerLink,
    ContainerLinkList,
    ExecCommandList,
    InputConfigIdList,
    NamedTupleList,
    NetworkEndpointList,
    NotSet,
    PortBindingList,
    SharedHostVolumesList,
    UsedVolumeList,
    bool_if_set,
    get_healthcheck,
    get_list,
    get_network_mode,
)

LISTS = [
    SharedHostVolumesList,
    UsedVolumeList,
    AttachedVolumeList,
    ContainerLinkList,
    PortBindingList,
    NetworkEndpointList,
    ExecCommandList,
    InputConfigIdList,
]
A, B = ContainerLink('a'), ContainerLink('b')


def test_the_base_class_is_abstract() -> None:
    with pytest.raises(TypeError, match='abstract'):
        NamedTupleList()


@pytest.mark.parametrize('list_type', LISTS)
@pytest.mark.parametrize('value', [None, NotSet, (), [], {}, set()])
def test_nothing_gives_an_empty_list(list_type: Any, value: Any) -> None:
    assert list_type(value) == []


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (ContainerLinkList('a'), [A]),
        (A, [A]),
        ('a', [A]),
        ({'a': None, 'b': None}, [A, B]),
        (['a', 'b'], [A, B]),
        (('a', 'b'), [A, B]),
        ({'a'}, [A]),
        (iter(['a', 'b']), [A, B]),
        (frozenset(['b']), [B]),
    ],
)
def test_whole_values(value: Any, expected: Any) -> None:
    assert ContainerLinkList(value) == expected


@pytest.mark.parametrize('list_type', LISTS)
@pytest.mark.parametrize('value', [5, 1.5, True, b'a', object()])
def test_other_whole_values_are_refused(list_type: Any, value: Any) -> None:
    if list_type is PortBindingList and value == 5:
        value = 0
    with pytest.raises(ValueError, match='Expected'):
        list_type(value)


@pytest.mark.parametrize('list_type', LISTS)
@pytest.mark.parametrize('element', [NotSet, b'a', object()])
def test_unset_values_and_bytes_are_no_elements(list_type: Any, element: Any) -> None:
    with pytest.raises(ValueError, match=r'^\[0\]: Expected'):
        list_type([element])


@pytest.mark.parametrize('list_type', [SharedHostVolumesList, UsedVolumeList, AttachedVolumeList, ContainerLinkList])
def test_a_late_value_as_a_whole_is_refused_unevaluated(list_type: Any, counting: Any) -> None:
    with pytest.raises(ValueError, match='Expected'):
        list_type(lazy(counting, 'abc'))
    assert counting.calls == 0


def test_a_registered_tuple_is_not_taken_apart(registered_type: Any) -> None:
    Place = registered_type(namedtuple('Place', ('a', 'b')))

    assert ExecCommandList([Place('x', 'y')])[0].cmd == Place('x', 'y')
    for value in (Place('x', 'y'), [Place('x', 'y')]):
        with pytest.raises(ValueError, match='Expected'):
            ContainerLinkList(value)


def test_a_registered_text_is_still_a_text(registered_type: Any) -> None:
    registered_type(str)

    assert ContainerLinkList('a') == [A]
    with pytest.raises(ValueError, match='command line'):
        ContainerLinkList('a:b')


@pytest.mark.parametrize(
    'change',
    [
        lambda links: links.append('b'),
        lambda links: links.insert(1, 'b'),
        lambda links: links.extend(['b']),
        lambda links: links.extend('b'),
        lambda links: links.extend({'b': None}),
        lambda links: links.__iadd__(['b']),
        lambda links: links.__setitem__(slice(1, 1), ['b']),
    ],
)
def test_each_way_in_converts(change: Any) -> None:
    links = ContainerLinkList('a')
    change(links)

    assert links == [A, B]
    assert [type(link) for link in links] == [ContainerLink] * 2


def test_item_assignment_converts() -> None:
    links = ContainerLinkList(['a', 'a'])
    links[1] = {'b': None}

    assert links == [A, B]


@pytest.mark.parametrize(
    'derive',
    [
        lambda links: links.copy(),
        copy.copy,
        copy.deepcopy,
        lambda links: links[:],
        lambda links: links + ContainerLinkList(),
        lambda links: pickle.loads(pickle.dumps(links)),
        ContainerLinkList,
    ],
)
def test_derived_lists_keep_the_class(derive: Any) -> None:
    links = ContainerLinkList(['a', 'b'])
    derived = derive(links)
    derived.append('c')

    assert type(derived) is ContainerLinkList
    assert derived == [A, B, ContainerLink('c')]
    assert len(links) == 2


def test_a_subclass_may_convert_on_its_own() -> None:
    class Numbers(NamedTupleList):
        element_type = int

        def get_type_item(self, value: Any) -> int:
            if isinstance(value, tuple):
                return sum(value)
            return int(value)

    assert Numbers(['1', 2, (3, 4)]) == [1, 2, 7]
    assert Numbers({1: 2}) == [3]
    assert Numbers(5) == [5]


@pytest.mark.parametrize(
    ('list_type', 'value', 'path'),
    [
        (SharedHostVolumesList, ['a', ('b', 5)], r'\[1\]\[1\]'),
        (SharedHostVolumesList, {'a': 5}, 'a'),
        (NetworkEndpointList, ['a', {'b': {'aliases': [5]}}], r'\[1\]\.b\.aliases\[0\]'),
    ],
)
def test_errors_start_with_the_path_of_the_wrong_value(list_type: Any, value: Any, path: str) -> None:
    with pytest.raises(ValueError, match=f'^{path}: Expected'):
        list_type(value)


class Awkward:
    """A value whose representation fails."""

    def __repr__(self) -> str:
        raise RuntimeError('no text')


FIELDS = (
    'name',
    'path',
    'host_path',
    'readonly',
    'container',
    'alias',
    'exposed_port',
    'host_port',
    'interface',
    'ipv6',
    'network_name',
    'aliases',
    'links',
    'ipv4_address',
    'cmd',
    'user',
    'policy',
    'test',
    'interval',
    'retries',
    'config_name',
    'config_type',
    'map_name',
    'instance_names',
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.binary(max_size=3),
    st.sampled_from((NotSet, A, lazy(str), object(), int, 'ro', 'rw', '80', '80:80', 'a.b.c', '-c', 'initial', 'CMD')),
    st.builds(Awkward),
)
HASHABLE = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.sampled_from(FIELDS))
GARBAGE = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(HASHABLE, inner, max_size=4),
    ),
    max_leaves=12,
)
CONVERTERS = [*LISTS, get_network_mode, get_healthcheck, get_list, bool_if_set]


@pytest.mark.parametrize('convert', CONVERTERS, ids=lambda convert: convert.__name__)
@settings(max_examples=100, deadline=None)
@given(value=GARBAGE)
def test_any_garbage_is_converted_or_a_value_error(convert: Any, value: Any) -> None:
    try:
        converted = convert(value)
    except ValueError:
        return
    if isinstance(converted, NamedTupleList):
        assert all(isinstance(item, tuple) for item in converted)


@pytest.mark.parametrize('list_type', LISTS)
@settings(max_examples=100, deadline=None)
@given(value=GARBAGE)
def test_converting_again_changes_nothing(list_type: Any, value: Any) -> None:
    try:
        converted = list_type(value)
    except ValueError:
        return
    again = list_type(list(converted))

    assert len(again) == len(converted)
    assert all(new is old for new, old in zip(again, converted, strict=True) if list_type is not InputConfigIdList)
