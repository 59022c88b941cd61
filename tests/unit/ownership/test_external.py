"""Networks and volumes that a map uses, and that are somebody else's."""

from __future__ import annotations

import pytest

from dockermap.api import ItemType, MapConfigId, MissingItemError
from dockermap.exceptions import InputError

MIXED = {
    'web': {
        'image': 'web',
        'attaches': ['data', 'cache'],
        'user': 'root',
        'networks': ['back', {'front': {'aliases': ['www'], 'ipv4_address': '10.9.0.9'}}, 'same'],
    },
    'job': {'image': 'web', 'uses': ['data']},
    'volumes': {'data': {'default_path': '/data', 'external': 'of-others'}, 'cache': '/cache'},
    'networks': {'back': None, 'front': {'external': 'proxy'}, 'same': {'external': True}},
}
EXTERNAL_IDS = [
    MapConfigId(ItemType.NETWORK, 'shop', 'front'),
    MapConfigId(ItemType.NETWORK, 'shop', 'same'),
    MapConfigId(ItemType.VOLUME, 'shop', 'web', 'data'),
]


@pytest.fixture
def others(engine):
    engine.add_network('proxy', driver='bridge', ipam={'Config': [{'Subnet': '10.9.0.0/24'}]}, internal=True)
    engine.add_network('same')
    engine.add_volume('of-others', driver_opts={'type': 'tmpfs', 'device': 'tmpfs'})
    engine.changes.clear()
    return engine


def changed(engine):
    names = ('proxy', 'same', 'of-others')
    return [
        change
        for change in engine.changes
        if any(name in change for name in names) and not change.startswith(('connect', 'disconnect'))
    ]


def test_they_are_used_under_their_real_names_beside_own_ones(others, make_client):
    make_client(MIXED).startup('__all__')
    detail = others.client().inspect_container('shop.web')
    networks = detail['NetworkSettings']['Networks']
    assert sorted(networks) == ['proxy', 'same', 'shop.back']
    assert 'www' in networks['proxy']['Aliases']
    assert networks['proxy']['IPAMConfig'] == {'IPv4Address': '10.9.0.9'}
    assert {mount['Destination']: mount['Name'] for mount in detail['Mounts']} == {
        '/data': 'of-others',
        '/cache': 'shop.cache',
    }
    job = others.client().inspect_container('shop.job')
    assert [mount['Name'] for mount in job['Mounts']] == ['of-others']
    assert sorted(network['Name'] for network in others.client().networks()) == sorted(
        ['bridge', 'host', 'none', 'proxy', 'same', 'shop.back']
    )


@pytest.mark.parametrize('options', [{}, {'adopt': True}, {'force_update': EXTERNAL_IDS}])
def test_update_leaves_them_as_they_are(others, make_client, options):
    client = make_client(MIXED)
    client.startup('__all__')
    assert client.update('__all__', **options) == []
    assert client.plan('update', '__all__', **options).notices == ()
    assert changed(others) == []


@pytest.mark.parametrize('action', ['create', 'startup', 'update', 'remove', 'shutdown'])
def test_no_action_creates_or_removes_them_by_their_ids(others, make_client, action):
    assert make_client(MIXED).run_actions(action, EXTERNAL_IDS, adopt=True) == []
    assert others.changes == []


def test_they_outlive_everything_else(others, make_client):
    client = make_client(MIXED)
    client.startup('__all__')
    client.shutdown('__all__', remove_attached=True)
    assert others.names() == []
    assert [volume['Name'] for volume in others.client().volumes()['Volumes']] == ['of-others']
    assert changed(others) == []


@pytest.mark.parametrize('action', ['create', 'start', 'startup', 'update'])
def test_what_does_not_exist_is_an_error_before_the_first_change(engine, make_client, action):
    client = make_client(MIXED)
    with pytest.raises(MissingItemError, match='does not exist') as caught:
        client.run_actions(action, 'web')
    with pytest.raises(MissingItemError):
        client.plan(action, 'web')
    assert 'network shop.front (proxy on client __default__)' in str(caught.value)
    assert 'volume data of shop.web (of-others on client __default__)' in str(caught.value)
    assert engine.changes == []


def test_what_does_not_exist_hinders_nobody_from_removing_containers(others, make_client):
    client = make_client(MIXED)
    client.startup('web')
    others.client().disconnect_container_from_network('shop.web', 'same')
    others.client().remove_network('same')
    client.shutdown('web')
    assert others.names() == []


def test_owner_and_mode_of_their_data_are_left_alone(others, make_client):
    content = {
        'web': {'image': 'web', 'attaches': 'data', 'user': 'root', 'permissions': 'o='},
        'volumes': {'data': {'default_path': '/data', 'external': 'of-others', 'user': 'root'}},
    }
    client = make_client(content)
    client.startup('web')
    assert [call for call in others.changes if 'busybox' in call or 'run_cmd' in call] == []
    assert client.update('web') == []


def test_an_entry_that_becomes_external_is_another_network(others, make_client):
    content = {'web': {'image': 'web', 'networks': ['back']}, 'networks': {'back': None}}
    make_client(content).startup('web')
    make_client({**content, 'networks': {'back': {'external': 'proxy'}}}).update('web')
    detail = others.client().inspect_container('shop.web')
    assert list(detail['NetworkSettings']['Networks']) == ['proxy']


@pytest.mark.parametrize('section', ['networks', 'volumes'])
@pytest.mark.parametrize(('given', 'kept'), [(True, True), (False, False), ('name', 'name'), (None, None)])
def test_the_setting_is_true_or_false_or_a_name(make_client, section, given, kept):
    entry = {'external': given} if section == 'networks' else {'external': given, 'default_path': '/x'}
    container_map = make_client({section: {'a': entry}}).maps['shop']
    assert getattr(container_map, section)['a'].as_dict().get('external') == kept


@pytest.mark.parametrize('given', [1, [], {'name': 'x'}, ''])
def test_anything_else_is_an_error(make_client, given):
    with pytest.raises(InputError, match=r'networks\.a\.external'):
        make_client({'networks': {'a': {'external': given}}})


def test_external_volumes_are_not_listed_as_persistent(make_client):
    assert make_client(MIXED).list_persistent_containers() == ['shop.cache']
