"""Declared properties, updating, merging and dicts of configuration objects."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.functional import lazy
from dockermap.map.config import CP, ConfigurationObject, ConfigurationProperty
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.input import ContainerLink, ContainerLinkList, NotSet, get_list
from dockermap.utils import merge_list


def positive(value: Any) -> Any:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f'Expected a positive number, found {value!r}.')
    return value


class Device(ConfigurationObject):
    """A configuration for these tests."""

    label: Any = CP()
    size: Any = CP(default=1, input_func=positive)
    marks: Any = CP(list)
    links: Any = CP(ContainerLinkList)
    extras: Any = CP(dict)
    total: Any = CP(merge_func=lambda current, value: (current or 0) + value)
    fixed: Any = CP(merge_func=False)
    codes: Any = CP(frozenset, default=frozenset)
    DOCSTRINGS = {'label': 'What is written on it.'}


class Camera(Device):
    """A subclass with a property of its own."""

    lens: Any = CP(list)


def test_a_property_declaration_has_four_fields() -> None:
    assert ConfigurationProperty._fields == ('attr_type', 'default', 'input_func', 'merge_func')
    assert CP is ConfigurationProperty


@pytest.mark.parametrize(
    ('name', 'field', 'expected'),
    [
        ('label', 'default', NotSet),
        ('marks', 'default', list),
        ('extras', 'default', dict),
        ('links', 'default', ContainerLinkList),
        ('marks', 'input_func', get_list),
        ('links', 'input_func', ContainerLinkList),
        ('marks', 'merge_func', merge_list),
        ('links', 'merge_func', merge_list),
        ('fixed', 'merge_func', False),
        ('label', 'input_func', None),
    ],
)
def test_what_follows_from_the_type_of_a_property(name: str, field: str, expected: Any) -> None:
    assert getattr(Device.CONFIG_PROPERTIES[name], field) == expected


@pytest.mark.parametrize('immutable', [bool, int, float, str, tuple, frozenset])
def test_a_property_of_an_immutable_type_has_no_default_by_itself(immutable: type) -> None:
    class Holder(ConfigurationObject):
        value: Any = CP(immutable)

    assert Holder().value is NotSet


def test_properties_are_kept_in_order_of_declaration() -> None:
    assert list(Device.CONFIG_PROPERTIES) == ['label', 'size', 'marks', 'links', 'extras', 'total', 'fixed', 'codes']


def test_a_property_is_a_plain_property_with_documentation() -> None:
    assert isinstance(vars(Device)['label'], property)
    assert Device.label.__doc__ == 'What is written on it.'


def test_properties_are_inherited_base_first() -> None:
    assert list(Camera.CONFIG_PROPERTIES) == [*Device.CONFIG_PROPERTIES, 'lens']
    assert Camera(label='x', lens='wide').as_dict()['lens'] == ['wide']


def test_a_callable_default_is_called_for_each_object() -> None:
    first, second = Device(), Device()
    first.marks.append('m')
    assert second.marks == []


def test_values_and_keywords_are_taken_over_by_the_constructor() -> None:
    device = Device({'label': 'a', 'size': 3}, size=4)
    assert (device.label, device.size) == ('a', 4)


@pytest.mark.parametrize('values', [None, {}, [], ''])
def test_falsy_values_are_ignored_by_the_constructor(values: Any) -> None:
    assert Device(values) == Device()


@pytest.mark.parametrize('values', [5, 'text', [1], object()])
def test_other_values_are_refused_by_the_constructor(values: Any) -> None:
    with pytest.raises(ValueError, match='Expected a mapping'):
        Device(values)


def test_an_assigned_value_is_stored_raw_and_makes_the_object_dirty() -> None:
    device = Device()
    device.marks = 'm'
    assert device.marks == 'm'
    assert not device.is_clean


def test_cleaning_converts_and_clears_the_marks() -> None:
    device = Device(marks='m')
    device.clean()
    assert device.marks == ['m']
    assert device.is_clean


def test_an_error_while_cleaning_names_the_property() -> None:
    with pytest.raises(InputError, match=r'^size: Expected a positive number, found -1'):
        Device(size=-1).clean()


def test_an_error_in_a_list_names_the_position() -> None:
    with pytest.raises(InputError, match=r'^links\[1\]: '):
        Device(links=['a', 5]).clean()


def test_equal_objects_have_equal_values_after_cleaning() -> None:
    assert Device(marks='m') == Device(marks=['m'])
    assert Device(marks='m') != Device(marks='n')


def test_an_object_equals_one_of_a_subclass_with_the_same_values() -> None:
    assert Device(label='x') == Camera(label='x')
    assert Device() != object()


def test_comparing_does_not_evaluate_late_values(never: Any) -> None:
    assert Device(label=never) == Device(label=never)
    assert Device(label=never) != Device(label='x')


def test_an_object_has_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(Device())


def test_repr_shows_class_settings_and_whether_it_is_dirty_but_no_value_that_may_be_secret() -> None:
    device = Device(label='x')
    assert repr(device) == "<(Modified) Device(label='...')>"
    device.clean()
    assert repr(device) == "<Device(label='...')>"


def test_repr_does_not_evaluate_late_values(never: Any) -> None:
    assert 'label=' in repr(Device(label=never))


def test_assigning_not_set_restores_the_default() -> None:
    device = Device(label='x', marks=['m'], extras={'a': 1}, size=3)
    for name in ('label', 'marks', 'extras', 'size'):
        setattr(device, name, NotSet)
    assert device == Device()
    assert (device.label, device.marks, device.extras, device.size) == (NotSet, [], {}, 1)


@pytest.mark.parametrize('name', ['marks', 'links', 'extras'])
def test_none_is_an_empty_collection(name: str) -> None:
    device = Device(**{name: None})
    device.clean()
    assert not getattr(device, name)
    assert device.copy() == device


def test_an_object_can_be_pickled_and_copied_deeply() -> None:
    device = ContainerConfiguration(links='a', create_options={'x': [1]})
    assert pickle.loads(pickle.dumps(device)) == device
    assert copy.deepcopy(device) == device


class TestUpdate:
    def test_a_dict_replaces_what_it_names(self) -> None:
        device = Device(label='a', marks=['m'])
        device.update({'marks': ['n']})
        assert (device.label, device.marks) == ('a', ['n'])

    def test_an_object_replaces_everything_also_by_unset_values(self) -> None:
        device = Device(label='a', size=3)
        device.update(Device(marks=['n']))
        assert device == Device(marks=['n'])

    def test_an_object_is_cleaned_first(self) -> None:
        device = Device()
        device.update(Device(marks='n'))
        assert device.marks == ['n']
        assert device.is_clean

    def test_without_copying_lists_are_shared(self) -> None:
        source, target = Device(marks=['m']), Device()
        target.update_from_obj(source)
        source.marks.append('n')
        assert target.marks == ['m', 'n']

    def test_with_copying_nested_dicts_are_not_shared(self) -> None:
        source, target = Device(extras={'a': {'b': [1]}}), Device()
        target.update_from_obj(source, copy=True)
        source.extras['a']['b'].append(2)
        assert target.extras == {'a': {'b': [1]}}

    @pytest.mark.parametrize('values', [None, 5, 'text', ['a']])
    def test_anything_else_is_refused(self, values: Any) -> None:
        with pytest.raises(ValueError, match='Expected a mapping'):
            Device().update(values)

    @pytest.mark.parametrize('values', [None, {}])
    def test_nothing_in_a_dict_changes_nothing(self, values: Any) -> None:
        device = Device(label='a')
        device.update_from_dict(values)
        assert device == Device(label='a')

    def test_unknown_keys_go_to_the_hook(self) -> None:
        class Open(Device):
            def update_default_from_dict(self, key: Any, value: Any) -> None:
                self._found = (key, value)

        device = Open({'other': 5})
        assert device._found == ('other', 5)

    def test_unknown_keys_give_a_warning_with_a_close_match(self) -> None:
        with pytest.warns(UnknownOptionWarning, match=r"^lable: .*did you mean 'label'\?"):
            Device().update({'lable': 'x'})

    def test_properties_of_another_class_are_skipped(self) -> None:
        device = Device()
        device.update(Camera(label='x', lens='wide'))
        assert device == Device(label='x')

    def test_the_source_keeps_its_list_class(self) -> None:
        copied = Device(links=['a']).copy()
        copied.links.append('b')
        assert copied.links == [ContainerLink('a'), ContainerLink('b')]


class TestMerge:
    @pytest.mark.parametrize(
        ('current', 'incoming', 'expected'),
        [
            ({'fixed': 1}, {'fixed': 2}, {'fixed': 1}),
            ({'label': 'a'}, {'label': NotSet}, {'label': 'a'}),
            ({'size': 5}, {'size': 1}, {'size': 1}),
            ({'marks': ['m']}, {'marks': []}, {'marks': ['m']}),
            ({}, {'marks': ['m']}, {'marks': ['m']}),
            ({'marks': ['m', 'n']}, {'marks': ['n', 'o', 'o']}, {'marks': ['m', 'n', 'o']}),
            ({'extras': {'a': 1}}, {'extras': {}}, {'extras': {'a': 1}}),
            ({}, {'extras': {'a': 1}}, {'extras': {'a': 1}}),
            ({'extras': {'a': {'x': 1}, 'b': 1}}, {'extras': {'a': {'y': 2}}}, {'extras': {'a': {'y': 2}, 'b': 1}}),
            ({'total': 2}, {'total': 3}, {'total': 5}),
            ({'total': 2}, {'total': 0}, {'total': 0}),
            ({'label': 'a'}, {'label': 'b'}, {'label': 'b'}),
            ({'label': 'a'}, {'label': None}, {'label': None}),
            ({'label': 'a'}, {'label': ''}, {'label': ''}),
            ({'codes': frozenset('a')}, {'codes': frozenset('b')}, {'codes': frozenset('b')}),
        ],
    )
    @pytest.mark.parametrize('as_object', [False, True])
    def test_rules(self, current: Any, incoming: Any, expected: Any, as_object: bool) -> None:
        device = Device(current)
        device.merge(Device(incoming) if as_object else incoming)
        assert device == Device(expected)
        assert device.is_clean

    @pytest.mark.parametrize(
        ('incoming', 'expected'),
        [
            (
                {'label': 'b', 'extras': {'b': 2}, 'marks': ['n']},
                {'label': 'a', 'extras': {'a': 1}, 'marks': ['m', 'n']},
            ),
        ],
    )
    def test_lists_only_leaves_all_else_alone(self, incoming: Any, expected: Any) -> None:
        device = Device(label='a', extras={'a': 1}, marks=['m'])
        device.merge(incoming, lists_only=True)
        assert device == Device(expected)

    def test_incoming_values_are_converted(self) -> None:
        device = Device(marks=['m'])
        device.merge({'marks': 'n'})
        assert device.marks == ['m', 'n']

    def test_an_error_names_the_property(self) -> None:
        with pytest.raises(InputError, match=r'^size: '):
            Device().merge({'size': 'large'})

    @pytest.mark.parametrize('values', [None, 5, 'text'])
    def test_anything_else_is_refused(self, values: Any) -> None:
        with pytest.raises(ValueError, match='Expected a mapping'):
            Device().merge(values)

    def test_unknown_keys_go_to_the_hook(self) -> None:
        class Open(Device):
            def merge_default_from_dict(self, key: Any, value: Any, lists_only: bool = False) -> None:
                self._found = (key, value, lists_only)

        device = Open()
        device.merge({'other': 5}, lists_only=True)
        assert device._found == ('other', 5, True)

    def test_unknown_keys_give_a_warning(self) -> None:
        with pytest.warns(UnknownOptionWarning, match='^lable: '):
            Device().merge({'lable': 'x'})

    def test_the_incoming_side_is_not_changed_or_shared(self) -> None:
        incoming = {'extras': {'a': {'b': 1}}, 'marks': ['m']}
        device = Device()
        device.merge(incoming)
        device.merge({'extras': {'c': 1}, 'marks': ['n']})
        device.extras['a']['b'] = 2
        assert incoming == {'extras': {'a': {'b': 1}}, 'marks': ['m']}

    def test_a_default_that_was_not_set_does_not_override(self) -> None:
        device = Device(size=5)
        device.merge(Device(label='x'))
        assert device.size == 5

    def test_a_callable_dict_replaces_and_is_replaced(self) -> None:
        def made() -> dict[str, int]:
            return {'a': 1}

        device = Device(extras={'b': 1})
        device.merge({'extras': made})
        assert device.extras is made
        assert device.copy().extras is made
        assert device.as_dict()['extras'] is made
        device.merge({'extras': {'c': 1}})
        assert device.extras == {'c': 1}


class TestAsDict:
    def test_empty_collections_and_unset_values_are_left_out(self) -> None:
        assert Device().as_dict() == {'size': 1, 'codes': frozenset()}

    def test_values_that_are_set_are_there_also_if_they_are_none(self) -> None:
        assert list(Device(label=None, marks='m', extras={'a': 1}).as_dict()) == [
            'label',
            'size',
            'marks',
            'extras',
            'codes',
        ]

    def test_item_tuples_become_dicts_by_field(self) -> None:
        assert Device(links='a').as_dict()['links'] == [{'container': 'a', 'alias': None}]

    def test_the_dict_shares_nothing_with_the_object(self) -> None:
        device = Device(extras={'a': {'b': [1]}})
        device.as_dict()['extras']['a']['b'].append(2)
        assert device.extras == {'a': {'b': [1]}}

    def test_late_values_stay_the_same_objects(self, never: Any) -> None:
        found = Device(label=never, extras={'a': [never]}).as_dict()
        assert found['label'] is never
        assert found['extras']['a'][0] is never

    def test_the_dict_makes_an_equal_object(self) -> None:
        device = Device(label=lazy(str), marks='m', links=[('a', 'b')], extras={'a': ('x', 1)})
        assert Device(device.as_dict()) == device


class TestItems:
    def test_a_property_is_also_read_as_an_item(self) -> None:
        device = Device(label='x', marks=['m'])
        assert (device['label'], device['size']) == ('x', 1)
        assert device['marks'] is device.marks

    def test_a_property_is_also_assigned_as_an_item(self) -> None:
        device = Device()
        device['links'] = 'a'
        device.clean()
        assert device.links == [ContainerLink('a')]

    def test_reading_an_unknown_item_names_a_close_match(self) -> None:
        with pytest.raises(KeyError, match=r"'labl'.*'label'"):
            Device()['labl']

    def test_assigning_an_unknown_item_gives_a_warning_like_any_other_input(self) -> None:
        device = Device()
        with pytest.warns(UnknownOptionWarning, match='^labl: '):
            device['labl'] = 5
        assert device == Device()

    def test_an_object_is_not_iterated(self) -> None:
        with pytest.raises(TypeError, match='not iterable'):
            list(Device())

    def test_a_former_name_reads_the_property(self) -> None:
        assert ContainerConfiguration(host_config={'privileged': True})['start_options'] == {'privileged': True}


@pytest.mark.parametrize('name', ['labl', 'nosuch'])
def test_assigning_an_unknown_attribute_gives_a_warning_and_has_no_effect(name: str) -> None:
    device = Device()
    with pytest.warns(UnknownOptionWarning, match=f'^{name}: '):
        setattr(device, name, 5)
    assert getattr(device, name) == 5
    assert device == Device()
