"""Plans that are put together by hand: what each form of them shows, and what makes two of them differ."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.plan import (
    Cause,
    Change,
    Condition,
    FoundItem,
    Kept,
    Operation,
    Plan,
    PlannedItem,
    PlanOutdatedError,
    Result,
    Undo,
)
from dockermap.map.plan._data import arguments_digest
from dockermap.map.plan.plan import plan_differences
from dockermap.map.policy.label import LABEL

from .conftest import SECRET

BACK = MapConfigId(ItemType.NETWORK, 'shop', 'back')
WEB = MapConfigId(ItemType.CONTAINER, 'shop', 'web')
MISSING = Cause('missing', 'is missing')


def an_operation(
    number: int = 0, call: str = 'create_container', config_id: MapConfigId = WEB, client: str = 'main', **settings: Any
) -> Operation:
    arguments = {'name': 'shop.web', **settings.pop('arguments', {})}
    return Operation(number, client, config_id, call, arguments, **settings)


def an_item(*operations: int, client: str = 'main', change: Change = Change.CREATE, **settings: Any) -> PlannedItem:
    return PlannedItem(client, WEB, 'shop.web', change, settings.pop('causes', (MISSING,)), operations, **settings)


def a_plan(*operations: Operation, **settings: Any) -> Plan:
    numbers = [operation.number for operation in operations]
    content = {
        'action_name': 'update',
        'config_ids': (WEB,),
        'options': {},
        'operations': operations,
        'items': (an_item(*numbers),) if operations else (),
        'unchanged': (),
        'kept': (),
        'notices': (),
        'found': (FoundItem('main', WEB, 'shop.web', 'as-found'),),
        'salt': 'salt',
    }
    return Plan(**{**content, **settings})


def saved(plan: Plan) -> Plan:
    return Plan.from_dict(json.loads(json.dumps(plan.to_dict())))


def test_a_plan_without_operations_is_false_and_says_so():
    plan = a_plan()
    assert not plan
    assert str(plan) == '0 unchanged. Nothing to do.'


def test_several_clients_have_a_column():
    found = (FoundItem('main', WEB, 'shop.web', ''), FoundItem('other', WEB, 'shop.web', ''))
    plan = a_plan(
        an_operation(),
        an_operation(1, client='other'),
        found=found,
        items=(an_item(0), an_item(1, client='other', change=Change.RECREATE)),
    )
    assert (
        str(plan)
        == """\
+ container  main   shop.web  is missing
± container  other  shop.web  is missing
0 unchanged. 1 to create, 1 to re-create."""
    )


def test_what_stays_and_notices_come_before_the_summary():
    plan = a_plan(
        an_operation(),
        kept=(Kept('main', BACK, 'shop.back', 'driver differs', 'it is in use'),),
        notices=('shop.old is left over',),
    )
    assert (
        str(plan)
        == """\
+ container  shop.web   is missing
! network    shop.back  driver differs; kept: it is in use
i shop.old is left over
0 unchanged. 1 to create."""
    )


def test_all_causes_are_told_and_what_they_depend_on():
    causes = (Cause('difference', 'memory: 512m → 1g'), Cause('difference', 'user differs'))
    plan = a_plan(an_operation(), items=(an_item(0, causes=causes, change=Change.RECREATE, conditional=True),))
    assert str(plan).splitlines()[0] == (
        '± container  shop.web  memory: 512m → 1g; user differs (if the image is another one)'
    )


@pytest.mark.parametrize('change', Change)
def test_each_change_has_a_sign_and_is_counted(change):
    text = str(a_plan(an_operation(), items=(an_item(0, change=change),)))
    assert text == f'{change.sign} container  shop.web  is missing\n0 unchanged. 1 {change.words}.'


def test_signs_are_distinct():
    assert len({change.sign for change in Change}) == len(Change)


def test_calls_show_names_and_conditions_only():
    plan = a_plan(
        an_operation(0, 'stop', arguments={'container': 'shop.web', 'name': None, 'timeout': 5}),
        an_operation(1, 'kill', arguments={'container': 'shop.web', 'name': None}, condition=Condition(0, 'timeout')),
        an_operation(2, 'pull', arguments={'repository': 'app', 'tag': '1'}),
        an_operation(3, 'start', arguments={'container': Result(2, 'Id'), 'name': None}),
    )
    assert plan.text(calls=True).splitlines()[1:-1] == [
        '      0 stop shop.web',
        '      1 kill shop.web (if 0 ends so: timeout)',
        '      2 pull app:1',
        '      3 start [of 2]',
    ]


def test_a_plan_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_plan().salt = 'other'


def test_arguments_are_in_no_form_of_any_operation():
    hidden = {
        'environment': {'PASSWORD': SECRET},
        'cmd': ['login', SECRET],
        'auth_config': {'password': SECRET},
        'data': SECRET,
        SECRET: SECRET,
    }
    undo = Undo((an_operation(9, 'remove_container', arguments=hidden),))
    plan = a_plan(
        *(
            an_operation(number, call, arguments=hidden, undo=undo)
            for number, call in enumerate(
                ('create_container', 'exec_create', 'pull', 'wait', 'put_archive', 'own_method')
            )
        )
    )
    forms = [
        form
        for each in (plan, saved(plan))
        for form in (str(each), each.text(calls=True), repr(each), repr(each.operations), json.dumps(each.to_dict()))
    ]
    other = a_plan(an_operation(arguments=hidden))
    forms.extend(plan_differences(a_plan(an_operation()), other))
    assert not any(SECRET in form for form in forms)


def test_digests_are_those_of_the_salt():
    arguments = {'name': 'shop.web', 'environment': {'A': 'b'}}
    assert arguments_digest(arguments, 'one', 0) == arguments_digest(dict(arguments), 'one', 0)
    assert arguments_digest(arguments, 'one', 0) != arguments_digest(arguments, 'two', 0)


def test_order_of_names_is_no_part_of_a_digest():
    assert arguments_digest({'a': 1, 'b': 2}, '', 0) == arguments_digest({'b': 2, 'a': 1}, '', 0)
    assert arguments_digest({'a': [1, 2]}, '', 0) != arguments_digest({'a': [2, 1]}, '', 0)


def test_the_label_of_creation_is_no_part_of_a_digest():
    one, other = ({'labels': {LABEL: text, 'a': 'b'}} for text in ('1:{}', '1:{"x":"y"}'))
    assert arguments_digest(one, '', 0) == arguments_digest(other, '', 0)
    assert arguments_digest(one, '', 0) != arguments_digest({'labels': {LABEL: '1:{}', 'a': 'c'}}, '', 0)


def test_plans_with_other_salts_are_compared_with_that_of_the_former():
    former, now = (a_plan(an_operation(arguments={'user': 'a'}), salt=salt) for salt in ('one', 'two'))
    assert plan_differences(saved(former), now) == []


@pytest.mark.parametrize(
    ('settings', 'text'),
    [
        (
            {'operations': (an_operation(arguments={'user': 'b'}),)},
            'container shop.web on client main: create (is missing), but with other arguments',
        ),
        (
            {'found': (FoundItem('main', WEB, 'shop.web', 'other'),)},
            'container shop.web on client main is not as it was found then',
        ),
        (
            {'items': (), 'operations': ()},
            'container shop.web on client main: create (is missing) then, nothing to do now',
        ),
        (
            {'items': (an_item(0, change=Change.RECREATE, causes=(Cause('difference', 'user differs'),)),)},
            'container shop.web on client main: create (is missing) then, recreate (user differs) now',
        ),
        ({'options': {'update_persistent': True}}, 'options differ'),
        ({'config_ids': (BACK,)}, 'the items asked for differ'),
        (
            {'kept': (Kept('main', BACK, 'shop.back', 'driver differs', 'it is in use'),)},
            'what stays differs: shop.back: driver differs',
        ),
    ],
)
def test_differences_say_what_differs(settings, text):
    former = a_plan(an_operation())
    assert plan_differences(saved(former), a_plan(an_operation(), **({'items': former.items} | settings))) == [text]


@pytest.mark.parametrize(
    'settings',
    [
        {'condition': Condition(0)},
        {'tolerates': {'404': ''}},
        {'needs': (3,)},
        {'conditional': True},
        {'undo': Undo((an_operation(1, 'remove_container'),))},
        {'causes': (MISSING,)},
    ],
)
def test_no_part_of_an_operation_differs_unnoticed(settings):
    assert plan_differences(a_plan(an_operation()), a_plan(an_operation(**settings)))


def test_bytes_are_part_of_a_digest():
    assert arguments_digest({'data': b'one'}, '', 0) != arguments_digest({'data': b'two'}, '', 0)


def test_saved_data_and_plans_share_no_values():
    plan = a_plan(options={'force_update': []})
    data = plan.to_dict()
    read = Plan.from_dict(data)
    data['options']['force_update'].append('web')
    assert (plan.options, read.options) == ({'force_update': []}, {'force_update': []})


@pytest.mark.parametrize(
    ('path', 'value', 'text'),
    [
        (('operations', 0, 'number'), 5, r'operations\[0\]\.number: Expected 0, its place in the list, found 5'),
        (
            ('operations', 1, 'needs'),
            [0, 2],
            r'operations\[1\]\.needs\[1\]: Expected the number of an operation, found 2',
        ),
        (('operations', 1, 'condition'), [2, 'done'], r'operations\[1\]\.condition: .*number of an operation, found 2'),
        (
            ('operations', 1, 'condition'),
            ['x', 'done'],
            r'operations\[1\]\.condition: Expected a number and an outcome',
        ),
        (('operations', 1, 'condition'), [0, 5], r'operations\[1\]\.condition: Expected a number and an outcome'),
        (
            ('items', 0, 'operations'),
            [-1],
            r'items\[0\]\.operations\[0\]: Expected the number of an operation, found -1',
        ),
        (('items', 0, 'operations'), [7], r'items\[0\]\.operations\[0\]: Expected the number of an operation, found 7'),
    ],
)
def test_numbers_that_refer_to_nothing_are_bad_data(path, value, text):
    with pytest.raises(ValueError, match=text):
        Plan.from_dict(changed_data(path, value))


@pytest.mark.parametrize(
    'value',
    [
        None,
        'container',
        [],
        ['container', 'shop', 'web'],
        ['container', 'shop', 'web', None, 'more'],
        ['planet', 'shop', 'web', None],
        ['container', None, 'web', None],
        ['container', 'shop', 'web', 5],
    ],
)
def test_what_is_no_id_of_an_item_is_bad_data(value):
    with pytest.raises(ValueError, match='Expected kind, map, configuration, and instance or null'):
        Plan.from_dict(changed_data(('operations', 0, 'item'), value))


def changed_data(path, value):
    """Data of a plan with another value at a place."""
    data = a_plan(an_operation(), an_operation(1, 'start')).to_dict()
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


@pytest.mark.parametrize('differences', [(), ('one',), ('one', 'two')])
@pytest.mark.parametrize('copied', [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_of_outdated_plans_can_be_copied(differences, copied):
    error = PlanOutdatedError(differences)
    again = copied(error)
    assert (again.differences, str(again)) == (differences, str(error))


def test_errors_of_outdated_plans_name_the_first_differences():
    assert str(PlanOutdatedError([str(number) for number in range(7)])) == (
        'The plan is outdated: 0; 1; 2; 3; 4; and 2 more. Make a new one.'
    )


TEXTS = st.text(st.characters(exclude_categories=('Cs', 'Cc')), max_size=8)
IDS = st.builds(MapConfigId, st.sampled_from(list(ItemType)), TEXTS, TEXTS, st.none() | TEXTS)
CAUSES = st.builds(Cause, TEXTS, TEXTS, st.none() | IDS)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def operations(draw: st.DrawFn, number: int) -> Operation:
    undo = tuple(
        an_operation(at, arguments=draw(st.dictionaries(TEXTS, PLAIN, max_size=2)))
        for at in range(draw(st.integers(0, 2)))
    )
    return Operation(
        number,
        draw(TEXTS),
        draw(IDS),
        draw(TEXTS),
        draw(st.dictionaries(TEXTS, PLAIN, max_size=3)),
        tuple(draw(st.lists(CAUSES, max_size=2))),
        tuple(draw(st.sets(st.integers(0, number)))),
        dict.fromkeys(draw(st.lists(TEXTS, max_size=2)), 'told'),
        draw(st.none() | st.builds(Condition, st.integers(0, number), TEXTS)),
        Undo(undo) if undo else None,
        draw(st.booleans()),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    steps = tuple(draw(operations(number)) for number in range(draw(st.integers(0, 4))))
    numbers = st.lists(st.sampled_from(range(len(steps))), max_size=3, unique=True) if steps else st.just([])
    items = st.builds(
        PlannedItem,
        TEXTS,
        IDS,
        TEXTS,
        st.sampled_from(Change),
        st.lists(CAUSES, max_size=2).map(tuple),
        numbers.map(tuple),
        st.booleans(),
    )
    found = st.lists(st.builds(FoundItem, TEXTS, IDS, TEXTS, TEXTS), max_size=3).map(tuple)
    return Plan(
        draw(TEXTS),
        tuple(draw(st.lists(IDS, max_size=2))),
        draw(st.dictionaries(TEXTS, PLAIN, max_size=2)),
        steps,
        tuple(draw(st.lists(items, max_size=3))),
        draw(found),
        tuple(draw(st.lists(st.builds(Kept, TEXTS, IDS, TEXTS, TEXTS, TEXTS), max_size=2))),
        tuple(draw(st.lists(TEXTS, max_size=2))),
        draw(found),
        draw(TEXTS),
    )


@given(plans())
def test_any_plan_is_read_as_it_was_saved(plan):
    again = saved(plan)
    assert again.to_dict() == plan.to_dict()
    assert (bool(again), again.text(), again.text(calls=True)) == (bool(plan), plan.text(), plan.text(calls=True))
    assert plan_differences(again, plan) == []
