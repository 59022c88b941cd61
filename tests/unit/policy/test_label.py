"""The text of the label."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.docker_options import CREATE_OPTIONS
from dockermap.map.policy.label import LABEL, format_label, parse_label, salt_for
from dockermap.testing import InMemoryEngine

SALT = '0123456789abcdef' * 2


def differs(label, **arguments):
    return parse_label(label).differing(arguments, CREATE_OPTIONS)


FORMS = {
    'a label': lambda name, value: format_label({name: value}, CREATE_OPTIONS),
    'one of the second form': lambda name, value: f'2:{SALT}:{{"{name}":"{sha(f"{SALT}:{name}:", value)}"}}',
    'one of the first form': lambda name, value: f'1:{{"{name}":"{sha("", value)}"}}',
}


def sha(salt, value):
    content = json.dumps(value, sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(f'{salt}{content}'.encode()).hexdigest()[:12]


@pytest.mark.parametrize('form', FORMS)
@pytest.mark.parametrize(
    ('one', 'other', 'is_same'),
    [
        ({'a': 1, 'b': 2}, {'b': 2, 'a': 1}, True),
        ([1, 2], [2, 1], False),
        ('1', 1, False),
        ((1, 2), [1, 2], True),
        ({'A': 'x'}, {'A': 'y'}, False),
        ('ä', 'ä', True),
        (None, '', False),
    ],
)
def test_keys_are_sorted_and_lists_are_not(form, one, other, is_same):
    assert differs(FORMS[form]('environment', one), environment=other) == ([] if is_same else ['environment'])


def test_a_label_has_the_salted_digest_of_each_argument():
    expected = {name: sha(f'{SALT}:{name}:', value) for name, value in (('dns', ['1.1.1.1']), ('tty', True))}
    assert format_label({'tty': True, 'dns': ['1.1.1.1']}, CREATE_OPTIONS, SALT) == (
        f'3:{SALT}:{json.dumps(expected, separators=(",", ":"))}'
    )


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        ({'tty': True, 'dns': []}, []),
        ({'tty': False, 'dns': []}, ['tty']),
        ({'dns': []}, ['tty']),
        ({'tty': True, 'dns': [], 'cpu_shares': 2}, ['cpu_shares']),
        ({'tty': None, 'user': 'a'}, ['dns', 'tty', 'user']),
    ],
)
def test_arguments_that_differ_from_a_label_are_named(arguments, expected):
    assert differs(format_label({'tty': True, 'dns': []}, CREATE_OPTIONS), **arguments) == expected


@pytest.mark.parametrize(('form', 'expected'), [('a label', []), ('one of the second form', ['cap_add'])])
def test_labels_before_the_third_form_are_of_what_is_sent(form, expected):
    label = FORMS[form]('cap_add', ['A', 'B'])
    assert differs(label, cap_add=['A', 'B']) == []
    assert differs(label, cap_add=['B', 'CAP_A']) == expected


def test_equal_values_of_two_items_do_not_show():
    labels = [format_label({'environment': {'PIN': '1234'}}, CREATE_OPTIONS) for _ in range(2)]
    texts = [set(re.findall(r'"([0-9a-f]{12})"', label)) for label in labels]
    assert texts[0].isdisjoint(texts[1])


def test_equal_values_of_two_arguments_do_not_show():
    found = parse_label(format_label({'mem_limit': 512, 'memswap_limit': 512}, CREATE_OPTIONS)).digests
    assert found['mem_limit'] != found['memswap_limit']


@pytest.mark.parametrize(
    'text',
    [None, '', '1', '1:', '2:{}', '2:', f'2:{SALT}', f'2:{SALT}:', f'2:{SALT[1:]}:{{}}', f'3:{SALT}:[]',
     f'2:{SALT}:{{"a":1}}', f'3:{SALT.upper()}:{{}}', '3:{}', '4:{}', '1:{', '1:[]', '1:{"a":1}', '{}'],
)  # fmt: skip
def test_what_is_no_label_of_a_known_version_is_none(text):
    assert parse_label(text) is None


@pytest.mark.parametrize(
    'other', [('host', 'web', {'tty': True}), ('host2', 'db', {'tty': True}), ('host', 'db', {'tty': False})]
)
def test_each_item_has_a_salt_of_its_own(other):
    assert salt_for('host', 'db', {'tty': True}) == salt_for('host', 'db', {'tty': True}) != salt_for(*other)


def test_another_process_draws_other_salts():
    code = 'from dockermap.map.policy.label import salt_for; print(salt_for("host", "db"))'
    out = subprocess.run([sys.executable, '-c', code], check=True, capture_output=True, text=True).stdout
    assert re.fullmatch(r'[0-9a-f]{32}\n', out)
    assert out.strip() != salt_for('host', 'db')


@pytest.fixture
def shop():
    engine = InMemoryEngine('busybox')
    settings = {'image': 'busybox', 'create_options': {'environment': {'PASSWORD': '1234'}}}
    container_map = ContainerMap(
        'shop', {'a': settings, 'b': settings, 'networks': {'net': None}, 'volumes': {'data': '/d'}}
    )
    return engine, MappingDockerClient(
        container_map, clients={'__default__': ClientConfiguration(client=engine.client())}
    )


def label_of(engine, name):
    return engine.client().inspect_container(name)['Config']['Labels'][LABEL]


def test_two_containers_of_the_same_settings_have_different_digests(shop):
    engine, client = shop
    client.startup('__all__')
    assert set(label_of(engine, 'shop.a').split('"')).isdisjoint(
        re.findall(r'[0-9a-f]{12}', label_of(engine, 'shop.b'))
    )
    assert label_of(engine, 'shop.a') != label_of(engine, 'shop.b')


def test_salted_labels_are_no_reason_to_change_anything(shop):
    _, client = shop
    client.startup('__all__')
    assert client.update('__all__') == []


def test_a_changed_value_is_seen_with_a_salted_label(shop):
    _, client = shop
    client.startup('__all__')
    client.maps['shop'].containers['a'].create_options = {'environment': {'PASSWORD': '1235'}}
    assert 'a' in {output.config_id.config_name for output in client.update('__all__')}


def earlier_form(arguments, options, salt):
    digests = {name: sha('', value) for name, value in arguments.items()}
    return f'1:{json.dumps(digests)}'


@pytest.mark.parametrize(('value', 'changes'), [('1234', False), ('1235', True)])
def test_a_container_with_a_label_of_the_earlier_form_is_compared(shop, monkeypatch, value, changes):
    engine, client = shop
    with monkeypatch.context() as patch:
        patch.setattr('dockermap.map.request.finalize.format_label', earlier_form)
        client.startup('__all__')
    assert label_of(engine, 'shop.a').startswith('1:{')
    client.maps['shop'].containers['a'].create_options = {'environment': {'PASSWORD': value}}
    assert bool(client.update('a')) is changes


def test_a_saved_plan_holds_no_salt_of_a_label(shop):
    _, client = shop
    plan = client.plan('startup', '__all__')
    salts = [operation.arguments['labels'][LABEL].split(':')[1] for operation in plan.operations
             if 'labels' in operation.arguments]  # fmt: skip
    assert salts
    assert not any(salt in json.dumps(plan.to_dict()) for salt in salts)


def test_a_plan_can_be_applied_after_salts_were_drawn_again(shop, monkeypatch):
    engine, client = shop
    plan = client.plan('startup', '__all__')
    monkeypatch.setattr('dockermap.map.policy.label._KEY', b'another process')
    client.apply(plan)
    assert engine.is_running('shop.a')


@pytest.mark.parametrize('place', ['binds', 'mounts'])
def test_paths_where_something_else_is_mounted_are_no_volumes(place):
    mounted = {'binds': ['/srv/data:/data'], 'mounts': [{'Type': 'bind', 'Source': '/srv/data', 'Target': '/data'}]}
    arguments = {place: mounted[place], 'volumes': ['/data', '/logs']}
    label = format_label(arguments, CREATE_OPTIONS)
    assert differs(label, **{**arguments, 'volumes': ['/logs']}) == []
    assert differs(label, **{**arguments, 'volumes': ['/data']}) == ['volumes']
    assert differs(format_label({'volumes': ['/data']}, CREATE_OPTIONS), volumes=['/logs']) == ['volumes']
