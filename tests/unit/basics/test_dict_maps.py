from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map import DefaultDictMap, DictMap


class Rooted(DictMap):
    _root: Any = None

    @property
    def root(self) -> Any:
        return self._root

    @root.setter
    def root(self, value: Any) -> None:
        self._root = value


class DeepRooted(Rooted):
    _flag: Any = None

    @property
    def flag(self) -> Any:
        return self._flag


class RootedDefaults(DefaultDictMap):
    _root: Any = None

    @property
    def root(self) -> Any:
        return self._root

    @root.setter
    def root(self, value: Any) -> None:
        self._root = value


def test_entries_are_attributes() -> None:
    entries = DictMap(a=1)
    entries.b = 2

    assert (entries.a, entries['b'], entries.b) == (1, 2, 2)
    assert entries['a'] == 1


def test_missing_entries_raise_the_errors_of_their_kind_of_access() -> None:
    entries = DictMap()

    with pytest.raises(AttributeError, match="no entry 'x'"):
        _ = entries.x
    with pytest.raises(KeyError):
        _ = entries['x']


@pytest.mark.parametrize('name', ['keys', 'items', 'get', 'copy', 'update'])
def test_names_of_methods_are_reachable_by_key_only(name: str) -> None:
    entries = DictMap()
    setattr(entries, name, 5)

    assert entries[name] == 5
    assert callable(getattr(entries, name))


def test_a_property_is_no_entry() -> None:
    rooted = Rooted()
    rooted.root = '/r'

    assert 'root' not in rooted
    assert rooted.root == '/r'


def test_an_attribute_can_be_deleted() -> None:
    entries = DictMap(x=1, y=2)

    del entries.x

    assert dict(entries) == {'y': 2}


def test_deleting_a_missing_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        del DictMap().x


def test_iteration_gives_pairs_in_order() -> None:
    entries = DictMap(b=2, a=1)

    assert list(entries) == [('b', 2), ('a', 1)]
    assert sorted(entries) == [('a', 1), ('b', 2)]


def test_the_rest_of_a_dict_is_as_usual() -> None:
    entries = DictMap(b=2, a=1)

    assert 'b' in entries
    assert len(entries) == 2
    assert list(entries.keys()) == ['b', 'a']
    assert list(entries.values()) == [2, 1]
    assert dict(entries) == {'a': 1, 'b': 2}
    assert dict(**entries) == {'a': 1, 'b': 2}


@pytest.mark.parametrize(
    ('entries', 'is_true'),
    [
        (DictMap(), False),
        (DictMap(a=0), True),
        (Rooted(), False),
        (Rooted(root=''), False),
        (Rooted(root='/r'), True),
    ],
)
def test_truth(entries: Any, is_true: bool) -> None:
    assert bool(entries) is is_true


@pytest.mark.parametrize(
    ('entries', 'text'),
    [
        (DictMap(b=2, a=1), "<DictMap({'a': 1, 'b': 2})>"),
        (Rooted(a=1, root='/r'), "<Rooted(root='/r', {'a': 1})>"),
        (DictMap({'a': 1, 2: 3}), "<DictMap({'a': 1, 2: 3})>"),
    ],
)
def test_representation(entries: Any, text: str) -> None:
    assert repr(entries) == text


@pytest.mark.parametrize(
    ('first', 'second', 'is_equal'),
    [
        (DictMap(a=1), DictMap(a=1), True),
        (DictMap(a=1), DictMap(a=2), False),
        (DictMap(a=1), {'a': 1}, True),
        (DictMap(), 5, False),
        (DictMap(), None, False),
        (DictMap(a=[1]), DictMap(a=[1]), True),
        (Rooted(a=1), {'a': 1}, True),
        (Rooted(a=1, root='/r'), {'a': 1}, False),
        (Rooted(root='/r'), Rooted(root='/r'), True),
        (Rooted(root='/r'), Rooted(root='/s'), False),
    ],
)
def test_equality_and_its_negation(first: Any, second: Any, is_equal: bool) -> None:
    assert (first == second) is is_equal
    assert (second == first) is is_equal
    assert (first != second) is not is_equal


def test_comparison_does_not_evaluate_late_values(counting: Any) -> None:
    value = lazy(counting, 'x')

    assert DictMap(a=value) == DictMap(a=value)
    assert DictMap(a=value) != DictMap(a=lazy(counting, 'x'))
    assert counting.calls == 0


def test_dict_maps_cannot_be_hashed() -> None:
    with pytest.raises(TypeError):
        hash(DictMap())


@pytest.mark.parametrize('duplicate', [lambda value: value.copy(), copy.copy])
@pytest.mark.parametrize('source', [Rooted(a=[1], root='/r'), RootedDefaults(list, a=[1], root='/r')])
def test_a_copy_is_shallow_and_keeps_class_and_properties(duplicate: Any, source: Any) -> None:
    duplicated = duplicate(source)

    assert type(duplicated) is type(source)
    assert duplicated == source
    assert duplicated['a'] is source['a']
    duplicated['b'] = 1
    assert 'b' not in source


@pytest.mark.parametrize('source', [Rooted(a=[1], root='/r'), RootedDefaults(list, a=[1], root='/r')])
@pytest.mark.parametrize('duplicate', [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_deep_copies_and_pickles_keep_everything(source: Any, duplicate: Any) -> None:
    duplicated = duplicate(source)

    assert type(duplicated) is type(source)
    assert duplicated == source
    assert duplicated.root == '/r'
    assert duplicated['a'] is not source['a']


def test_declared_properties_are_listed() -> None:
    assert DeepRooted.external_properties == ('root', 'flag')
    assert DeepRooted.internal_properties == ('_root', '_flag')
    assert DeepRooted.core_properties == ('root', 'flag', '_root', '_flag')
    assert DeepRooted.core_property_set == {'root', 'flag', '_root', '_flag'}


def test_keywords_of_the_constructor_set_properties() -> None:
    rooted = Rooted(root='/r', a=1)

    assert (rooted.root, dict(rooted)) == ('/r', {'a': 1})


def test_a_positional_dict_is_stored_literally() -> None:
    rooted = Rooted({'root': '/r'})

    assert (rooted.root, dict(rooted)) == (None, {'root': '/r'})


def test_update_from_the_same_class_takes_properties_over() -> None:
    rooted = Rooted(a=1, root='/r')
    rooted.update(DeepRooted(b=2, root='/s'))

    assert (rooted.root, dict(rooted)) == ('/s', {'a': 1, 'b': 2})


def test_update_from_a_dict_sets_properties_and_leaves_the_dict_alone() -> None:
    rooted = Rooted()
    source = {'root': '/r', 'a': 1}
    rooted.update(source)

    assert (rooted.root, dict(rooted)) == ('/r', {'a': 1})
    assert source == {'root': '/r', 'a': 1}


def test_update_takes_keywords_alone() -> None:
    rooted = Rooted()
    rooted.update(root='/r', a=1)

    assert (rooted.root, dict(rooted)) == ('/r', {'a': 1})


def test_update_takes_keywords_after_a_dict() -> None:
    entries = DictMap()
    entries.update({'a': 1, 'b': 1}, b=2)

    assert dict(entries) == {'a': 1, 'b': 2}


@pytest.mark.parametrize('other', [5, 'x', [('a', 1)]])
def test_update_refuses_anything_but_dicts(other: Any) -> None:
    with pytest.raises(TypeError):
        DictMap().update(other)


def test_a_missing_entry_is_made_by_the_factory() -> None:
    entries = DefaultDictMap(list)
    entries['a'].append(1)
    entries.b.append(2)

    assert dict(entries) == {'a': [1], 'b': [2]}


def test_get_makes_nothing() -> None:
    entries = DefaultDictMap(list)

    assert entries.get('a') is None
    assert not entries


def test_without_a_factory_missing_entries_are_errors() -> None:
    entries = DefaultDictMap()

    with pytest.raises(KeyError):
        _ = entries['a']
    with pytest.raises(AttributeError):
        _ = entries.a


def test_a_copy_keeps_the_factory() -> None:
    assert DefaultDictMap(list).copy().default_factory is list


def test_asking_for_an_attribute_makes_it() -> None:
    entries = DefaultDictMap(list)

    assert hasattr(entries, 'x')
    assert dict(entries) == {'x': []}


@pytest.mark.parametrize('name', ['__deepcopy__', '__array__'])
def test_special_names_are_never_made(name: str) -> None:
    entries = DefaultDictMap(list)

    assert not hasattr(entries, name)
    with pytest.raises(KeyError):
        _ = entries[name]
    assert dict(entries) == {}


def test_the_factory_can_be_set_as_attribute() -> None:
    entries = DefaultDictMap()
    entries.default_factory = list

    assert entries.x == []
    assert 'default_factory' not in entries


def test_a_property_without_value_is_no_entry_to_be_made() -> None:
    class Unfinished(DefaultDictMap):
        @property
        def root(self) -> Any:
            return self._root

    entries = Unfinished(list)
    with pytest.raises(AttributeError, match='no value for its property'):
        _ = entries.root
    assert dict(entries) == {}


def test_assignments_go_through_item_assignment_however_they_are_made() -> None:
    class Texts(DictMap):
        def __setitem__(self, key: Any, value: Any) -> None:
            super().__setitem__(key, str(value))

    texts = Texts({'a': 1}, b=2)
    texts.c = 3
    texts.update(d=4)
    texts.setdefault('e', 5)
    texts |= {'f': 6}

    assert dict(texts) == {'a': '1', 'b': '2', 'c': '3', 'd': '4', 'e': '5', 'f': '6'}
