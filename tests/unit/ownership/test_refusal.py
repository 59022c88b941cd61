"""What was not created for a map is used by it, but not changed."""

from __future__ import annotations

import pytest

from dockermap.api import ForeignItemError, ItemType, MapConfigId
from dockermap.docker_api import APIError
from dockermap.docker_options import CREATE_OPTIONS
from dockermap.map.policy.label import LABEL, format_label
from dockermap.map.policy.ownership import MAP_LABEL

WEB = {'web': {'image': 'web'}}
BEHIND = {
    'web': {'image': 'web', 'attaches': 'data', 'networks': ['back']},
    'volumes': {'data': '/data'},
    'networks': {'back': None},
}
CHANGING = [
    ('start', {}, 'created'),
    ('startup', {}, 'created'),
    ('update', {}, 'created'),
    ('update', {'force_update': 'web'}, 'running'),
    ('restart', {}, 'running'),
    ('stop', {}, 'running'),
    ('signal', {}, 'running'),
    ('remove', {}, 'exited'),
    ('shutdown', {}, 'running'),
]
DATA = MapConfigId(ItemType.VOLUME, 'shop', 'web', 'data')


def add_web(engine, status='running', **settings):
    engine.add_container('shop.web', 'web', running=status != 'created', **settings)
    if status == 'exited':
        engine.end('shop.web')
    engine.changes.clear()


@pytest.mark.parametrize(('action', 'options', 'status'), CHANGING)
def test_no_action_changes_a_container_of_others(engine, make_client, action, options, status):
    add_web(engine, status)
    before = engine.client().inspect_container('shop.web')
    client = make_client(WEB)
    with pytest.raises(ForeignItemError, match=r'container shop\.web'):
        client.plan(action, 'web', **options)
    with pytest.raises(ForeignItemError, match=r'container shop\.web'):
        client.run_actions(action, 'web', **options)
    assert engine.changes == []
    assert engine.client().inspect_container('shop.web') == before


@pytest.mark.parametrize(('action', 'options', 'status'), CHANGING)
@pytest.mark.parametrize('owner', ['on request', 'map', 'development version'])
def test_each_action_changes_what_is_its_maps(engine, make_client, action, options, status, owner):
    labels = {'map': {MAP_LABEL: 'shop'}, 'development version': {LABEL: format_label({}, CREATE_OPTIONS)}}.get(
        owner, {}
    )
    add_web(engine, status, labels=labels)
    make_client(WEB).run_actions(action, 'web', adopt=owner == 'on request', **options)
    assert engine.changes != []


@pytest.mark.parametrize('action', ['create', 'startup', 'update'])
def test_a_container_of_others_that_needs_no_change_is_no_error(engine, make_client, action):
    add_web(engine)
    client = make_client(WEB)
    plan = client.plan(action, 'web')
    assert plan.notices == ("shop.web has no labels of the map 'shop'; it is used as it is",)
    assert client.run_actions(action, 'web') == []
    assert engine.changes == []


def test_nothing_is_done_before_the_refusal(engine, make_client):
    """What comes before it on the path is not changed either."""
    engine.add_container('shop.web', 'web')
    engine.changes.clear()
    client = make_client({'web': {'image': 'web', 'links': 'db'}, 'db': {'image': 'busybox'}})
    with pytest.raises(ForeignItemError):
        client.startup('web')
    assert engine.names() == ['shop.web']
    assert engine.changes == []


def test_states_and_actions_are_told_as_before(engine, make_client):
    add_web(engine, 'exited')
    client = make_client(WEB)
    assert [state.base_state.value for state in client.get_states('startup', 'web')][-1] == 'present'
    assert [action.action_types[0].value for actions in client.get_actions('startup', 'web') for action in actions] == [
        'start',
        'exec_all_commands',
    ]


@pytest.mark.parametrize(
    ('labels', 'text'),
    [
        ({}, "has no labels of the map 'shop'"),
        ({'a': 'b'}, "has no labels of the map 'shop'"),
        ({MAP_LABEL: 'other'}, "has the labels of the map 'other', not those of the map 'shop'"),
        (
            {'com.docker.compose.project': 'p', 'com.docker.compose.service': 's'},
            "has the labels of Compose, 'p/s', not those",
        ),
        ({'com.docker.swarm.service.name': 's'}, "has the labels of Swarm, 's', not those"),
        (
            {'io.kubernetes.pod.namespace': 'n', 'io.kubernetes.pod.name': 'p'},
            "has the labels of Kubernetes, 'n/p', not those",
        ),
    ],
)
def test_the_refusal_says_what_was_found_and_what_to_do(engine, make_client, labels, text):
    add_web(engine, labels=labels)
    with pytest.raises(ForeignItemError) as caught:
        make_client(WEB).stop('web')
    message = str(caught.value)
    for part in (
        'container shop.web',
        'created 2026-01-01',
        'from image web',
        text,
        'another name',
        'external',
        'adopt=True',
    ):
        assert part in message
    (item,) = caught.value.items
    assert (item.client_name, item.name, item.image) == ('__default__', 'shop.web', 'web')


def test_all_that_would_be_changed_is_told(engine, make_client):
    for name in ('web', 'db'):
        engine.add_container(f'shop.{name}', 'web', running=True)
    with pytest.raises(ForeignItemError) as caught:
        make_client({**WEB, 'db': {'image': 'web'}}).shutdown('__all__')
    assert sorted(item.name for item in caught.value.items) == ['shop.db', 'shop.web']


def test_networks_and_volumes_of_others_are_used(engine, make_client):
    engine.add_network('shop.back')
    engine.add_volume('shop.data')
    client = make_client(BEHIND)
    plan = client.plan('startup', 'web')
    assert sorted(plan.notices) == [
        "shop.back has no labels of the map 'shop'; it is used as it is",
        "shop.data has no labels of the map 'shop'; it is used as it is",
    ]
    client.startup('web')
    detail = engine.client().inspect_container('shop.web')
    assert list(detail['NetworkSettings']['Networks']) == ['shop.back']
    assert [mount['Name'] for mount in detail['Mounts']] == ['shop.data']
    assert make_client(BEHIND).update('web') == []
    client.shutdown('web')
    assert engine.client().inspect_network('shop.back')
    assert engine.client().inspect_volume('shop.data')


def test_a_network_of_others_is_not_re_created(engine, make_client):
    engine.add_network('shop.back', internal=True)
    content = {'web': {'image': 'web', 'networks': ['back']}, 'networks': {'back': None}}
    engine.changes.clear()
    with pytest.raises(ForeignItemError, match=r'network shop\.back'):
        make_client(content).update('web')
    assert engine.changes == []
    make_client(content).update('web', adopt=True)
    detail = engine.client().inspect_network('shop.back')
    assert (detail['Internal'], detail['Labels'][MAP_LABEL]) == (False, 'shop')


@pytest.mark.parametrize('action', ['remove', 'shutdown'])
def test_a_volume_of_others_is_only_removed_by_its_own_id(engine, make_client, action):
    engine.add_volume('shop.data')
    client = make_client(BEHIND)
    client.create('web')
    with pytest.raises(ForeignItemError, match=r'volume shop\.data'):
        client.run_actions(action, 'web', remove_attached=True)
    assert engine.names() == ['shop.web']
    plan = client.plan(action, 'web', remove_attached=True, adopt=True)
    assert plan.notices == ('shop.data is kept: volumes of others are only removed by their own id',)
    client.run_actions(action, 'web', remove_attached=True, adopt=True)
    assert engine.names() == []
    assert engine.client().inspect_volume('shop.data')
    with pytest.raises(ForeignItemError, match=r'volume shop\.data'):
        client.remove(DATA)
    client.remove(DATA, adopt=True)
    assert engine.client().volumes()['Volumes'] == []


def test_a_volume_of_others_is_only_re_created_by_its_own_id(engine, make_client):
    engine.add_volume('shop.data')
    client = make_client(BEHIND)
    client.startup('web')
    with pytest.raises(ForeignItemError, match=r'volume shop\.data'):
        client.update('web', force_update=DATA)
    client.update('web', force_update='web', adopt=True)
    assert not engine.client().inspect_volume('shop.data')['Labels']
    client.update('web', force_update=DATA, adopt=True)
    assert engine.client().inspect_volume('shop.data')['Labels'][MAP_LABEL] == 'shop'


def test_old_engines_have_no_labels_so_names_decide(engine, make_client):
    add_web(engine)
    make_client(WEB, version='1.22').stop('web')
    assert not engine.is_running('shop.web')


def test_adopting_can_be_a_default(engine, make_client):
    add_web(engine)
    make_client(WEB, option_defaults={'adopt': True}).stop('web')
    assert not engine.is_running('shop.web')


class TestTakingOver:
    """``update`` with ``adopt=True`` re-creates containers, so that they have labels from then on."""

    def test_a_container_is_re_created_once(self, engine, make_client):
        add_web(engine)
        client = make_client(WEB)
        plan = client.plan('update', 'web', adopt=True)
        assert "± container  shop.web  is taken over: has no labels of the map 'shop'" in str(plan)
        client.apply(plan)
        assert engine.client().inspect_container('shop.web')['Config']['Labels'][MAP_LABEL] == 'shop'
        assert engine.is_running('shop.web')
        assert client.update('web', adopt=True) == []
        assert client.update('web') == []

    def test_what_depends_on_it_follows(self, engine, make_client):
        content = {'web': {'image': 'web', 'links': 'db'}, 'db': {'image': 'web'}}
        make_client(content).startup('web')
        engine.client().remove_container('shop.db', force=True)
        engine.add_container('shop.db', 'web', running=True)
        plan = make_client(content).plan('update', 'web', adopt=True)
        assert 'depends on shop.db, which is re-created' in str(plan)

    def test_a_persistent_container_stays_unless_told_otherwise(self, engine, make_client):
        add_web(engine)
        client = make_client({'web': {'image': 'web', 'persistent': True}})
        plan = client.plan('update', 'web', adopt=True)
        assert [kept.text for kept in plan.kept] == ["has no labels of the map 'shop'"]
        assert client.update('web', adopt=True) == []
        client.update('web', adopt=True, update_persistent=True)
        assert engine.client().inspect_container('shop.web')['Config']['Labels'][MAP_LABEL] == 'shop'

    def test_other_maps_lose_it(self, engine, make_client):
        make_client(WEB).startup('web')
        other = make_client({'web': {'image': 'web'}}, 'other')
        other.policy_class = type('Same', (other.policy_class,), {'cname': classmethod(lambda cls, *names: 'shop.web')})
        with pytest.raises(ForeignItemError, match="the map 'shop'"):
            other.update('web', force_update='web')
        other.update('web', adopt=True)
        assert engine.client().inspect_container('shop.web')['Config']['Labels'][MAP_LABEL] == 'other'


@pytest.mark.parametrize('status', [404, 500])
def test_what_somebody_removes_while_it_is_looked_at_belongs_to_nobody(engine, make_client, status):
    engine.add_volume('shop.data')
    client = make_client({'web': {'attaches': {'data': '/data'}}})
    engine.faults.add('inspect_volume', kind='refused', status=status, text='no such volume', repeats=True)
    if status == 404:
        client.startup('web')
        assert engine.is_running('shop.web')
    else:
        with pytest.raises(APIError, match='no such volume'):
            client.startup('web')
        assert engine.names() == []
