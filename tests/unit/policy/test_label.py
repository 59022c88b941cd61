"""The text of the label."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.map.policy.label import LABEL, Digest, differing, digest, format_label, parse_label, salt_for
from dockermap.testing import InMemoryEngine

SALT = '0123456789abcdef' * 2
UNSALTED = f'1:{{"tty":"{hashlib.sha256(b"true").hexdigest()[:12]}"}}'


def test_a_digest_is_the_start_of_the_sha256_of_canonical_json():
    assert str(digest({'b': [1, 'x'], 'a': None})) == hashlib.sha256(b'{"a":null,"b":[1,"x"]}').hexdigest()[:12]


VALUES = [
    ({'a': 1, 'b': 2}, {'b': 2, 'a': 1}, True),
    ([1, 2], [2, 1], False),
    ('1', 1, False),
    ((1, 2), [1, 2], True),
    ({'A': 'x'}, {'A': 'y'}, False),
    ('ä', 'ä', True),
    (None, '', False),
]


@pytest.mark.parametrize(('one', 'other', 'is_same'), VALUES)
def test_keys_are_sorted_and_lists_are_not(one, other, is_same):
    assert (digest(one) == digest(other)) is is_same


@pytest.mark.parametrize(('one', 'other', 'is_same'), VALUES)
def test_a_value_is_compared_with_that_of_a_label(one, other, is_same):
    found = parse_label(format_label({'environment': one}))['environment']
    assert (found == digest(other)) is is_same
    assert (digest(other) == found) is is_same
    assert (found != digest(other)) is not is_same
    assert found.is_of(other) is is_same


@pytest.mark.parametrize(
    'label', [format_label({'tty': True, 'dns': []}, SALT), f'1:{{"dns":"{digest([])}","tty":"{digest(True)}"}}']
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
def test_arguments_that_differ_from_a_label_are_named(label, arguments, expected):
    assert differing(parse_label(label), arguments) == expected


def test_a_label_has_the_salted_digest_of_each_argument():
    expected = {
        name: hashlib.sha256(f'{SALT}:{name}:{content}'.encode()).hexdigest()[:12]
        for name, content in (('dns', '["1.1.1.1"]'), ('tty', 'true'))
    }
    assert format_label({'tty': True, 'dns': ['1.1.1.1']}, SALT) == (
        f'2:{SALT}:{json.dumps(expected, separators=(",", ":"))}'
    )


def test_a_label_can_be_read():
    assert parse_label(format_label({'tty': True})) == {'tty': digest(True)}


def test_an_argument_more_is_another_label():
    assert parse_label(format_label({'tty': True, 'dns': []})) != {'tty': digest(True)}


def test_equal_values_of_two_items_do_not_show():
    labels = [format_label({'environment': {'PIN': '1234'}}) for _ in range(2)]
    texts = [set(re.findall(r'"([0-9a-f]{12})"', label)) for label in labels]
    assert texts[0].isdisjoint(texts[1])


def test_equal_values_of_two_arguments_do_not_show():
    found = parse_label(format_label({'mem_limit': 512, 'memswap_limit': 512}))
    assert str(found['mem_limit']) != str(found['memswap_limit'])


def test_a_label_of_the_earlier_form_is_understood():
    assert parse_label(UNSALTED) == {'tty': digest(True)}
    assert parse_label(UNSALTED) != {'tty': digest(False)}


def test_labels_of_the_same_arguments_in_both_forms_agree_with_what_is_wanted():
    wanted = {'tty': digest(True)}
    assert parse_label(UNSALTED) == wanted == parse_label(format_label({'tty': True}))


@pytest.mark.parametrize(
    'text',
    [None, '', '1', '1:', '2:{}', '2:', f'2:{SALT}', f'2:{SALT}:', f'2:{SALT[1:]}:{{}}', f'2:{SALT}:[]',
     f'2:{SALT}:{{"a":1}}', f'2:{SALT.upper()}:{{}}', '3:{}', '1:{', '1:[]', '1:{"a":1}', '{}'],
)  # fmt: skip
def test_what_is_no_label_of_a_known_version_is_none(text):
    assert parse_label(text) is None


def test_a_digest_of_a_label_does_not_know_its_value():
    with pytest.raises(ValueError, match='not known'):
        Digest.found('0' * 12).content  # noqa: B018


def test_digests_of_unknown_values_are_equal_only_as_texts_with_one_salt():
    assert Digest.found('0' * 12, 'a') == Digest.found('0' * 12, 'a')
    assert Digest.found('0' * 12, 'a') != Digest.found('0' * 12, 'b')
    assert Digest.found('0' * 12, 'a') != Digest.found('1' * 12, 'a')


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


def earlier_form(arguments, salt):
    digests = {name: str(digest(value)) for name, value in arguments.items()}
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
