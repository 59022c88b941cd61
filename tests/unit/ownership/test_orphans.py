"""What was created for a map, and is no longer on it."""

from __future__ import annotations

import pytest

from dockermap.api import ItemType, PlanOutdatedError
from dockermap.docker_api import APIError
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL

FORMER = {
    'web': {'image': 'web', 'instances': ['blue', 'green'], 'networks': ['back']},
    'old': {'image': 'web', 'attaches': 'data', 'networks': ['back', 'gone'], 'exposes': {80: 8080}},
    'networks': {'back': None, 'gone': None},
    'volumes': {'data': '/data'},
}
NOW = {
    'web': {'image': 'web', 'instances': ['blue'], 'networks': ['rear']},
    'networks': {'rear': None},
}
REMOVED = ['shop.old', 'shop.web.green', 'shop.back', 'shop.gone']
NAMED = [*REMOVED, 'shop.data']


@pytest.fixture
def client(engine, make_client):
    make_client(FORMER).startup('__all__')
    engine.changes.clear()
    return make_client(NOW)


def left(engine):
    reader = engine.client()
    return {
        *engine.names(),
        *(network['Name'] for network in reader.networks() if network['Name'].startswith('shop.')),
        *(volume['Name'] for volume in reader.volumes()['Volumes']),
    }


def without_labels(monkeypatch, reader, listed):
    """Have lists tell no labels; what they are asked with is handed on to a function first."""
    for method in ('containers', 'networks', 'volumes'):
        original = getattr(reader, method)

        def call(self, *args, original=original, **kwargs):
            listed(kwargs)
            answer = original(self, *args, **kwargs)
            rows = answer['Volumes'] if isinstance(answer, dict) else answer
            kept = [{key: value for key, value in row.items() if key != 'Labels'} for row in rows]
            return {**answer, 'Volumes': kept} if isinstance(answer, dict) else kept

        monkeypatch.setattr(reader, method, call)


def test_they_are_listed(client):
    found = client.orphans()
    assert sorted(orphan.name for orphan in found) == sorted(NAMED)
    assert client.orphans('shop') == found
    volumes = [orphan for orphan in found if orphan.config_id.config_type == ItemType.VOLUME]
    assert [(orphan.client_name, orphan.name) for orphan in volumes] == [('__default__', 'shop.data')]


def test_a_map_has_to_exist(client):
    with pytest.raises(KeyError, match='no map'):
        client.orphans('shap')


@pytest.mark.parametrize('names', ['__all__', ['web'], 'shop.__all__'])
def test_updates_of_everything_name_them(engine, client, caplog, names):
    plan = client.plan('update', names)
    told = {notice.split(' is no longer on the map; ')[0] for notice in plan.notices}
    assert told == set(NAMED)
    client.update(names)
    assert caplog.text.count('is no longer on the map; ') == len(NAMED)
    assert set(NAMED) <= left(engine)


def test_other_calls_say_nothing_of_them(engine, client, make_client):
    content = {**NOW, 'db': {'image': 'web'}}
    assert make_client(content).plan('update', 'db').notices == ()
    assert client.plan('startup', '__all__').notices == ()
    make_client(content).update('db', remove_orphans=True)
    assert set(NAMED) <= left(engine)


def test_on_request_containers_go_and_then_networks_but_no_volumes(engine, client):
    plan = client.plan('update', '__all__', remove_orphans=True)
    removed = [(item.name, cause.text) for item in plan.items for cause in item.causes if item.change.sign == '-']
    assert sorted(removed) == [(name, 'is no longer on the map') for name in sorted(REMOVED)]
    assert plan.notices == (
        'shop.data is no longer on the map; volumes hold data, so that it stays. Its removal is left to you',
    )
    client.apply(plan)
    assert left(engine) == {'shop.web.blue', 'shop.rear', 'shop.data'}
    assert client.update('__all__', remove_orphans=True) == []
    assert [orphan.name for orphan in client.orphans()] == ['shop.data']


def test_what_they_hold_can_be_taken_by_others(engine, client, make_client):
    content = {**NOW, 'new': {'image': 'web', 'exposes': {80: 8080}}}
    make_client(content).update('__all__', remove_orphans=True)
    assert engine.is_running('shop.new')
    assert 'shop.old' not in engine.names()


def test_a_plan_is_outdated_by_another_one(engine, client):
    plan = client.plan('update', '__all__', remove_orphans=True)
    engine.add_container('shop.more', 'web', labels={MAP_LABEL: 'shop', ITEM_LABEL: 'container:more'})
    with pytest.raises(PlanOutdatedError):
        client.apply(plan)


def test_a_map_without_containers_has_them_as_well(engine, client, make_client):
    empty = make_client({})
    empty.update('__all__', remove_orphans=True)
    assert left(engine) == {'shop.data'}


def test_networks_that_strangers_use_stay(engine, client):
    engine.add_container('stranger', 'web', running=True)
    engine.client().connect_container_to_network('stranger', 'shop.gone')
    plan = client.plan('update', '__all__', remove_orphans=True)
    assert 'shop.gone is no longer on the map; it stays, as it is in use by stranger' in plan.notices
    client.update('__all__', remove_orphans=True)
    assert 'shop.gone' in left(engine)
    assert 'shop.back' not in left(engine)


@pytest.mark.parametrize(
    ('name', 'labels'),
    [
        ('shop.other', {}),
        ('shop.other', {MAP_LABEL: 'another', ITEM_LABEL: 'container:other'}),
        ('shop.other', {MAP_LABEL: 'shop', ITEM_LABEL: 'volume:data', 'org.docker-map.purpose': 'preparation'}),
        ('shop.other', {MAP_LABEL: 'shop', ITEM_LABEL: 'container:other', 'org.docker-map.purpose': 'script'}),
        ('shop.other..new', {MAP_LABEL: 'shop', ITEM_LABEL: 'container:other'}),
        ('shop.other..former', {MAP_LABEL: 'shop', ITEM_LABEL: 'container:other'}),
        ('shop.other', {MAP_LABEL: 'shop'}),
        ('shop.other', {MAP_LABEL: 'shop', ITEM_LABEL: 'planet:mars'}),
    ],
    ids=['by hand', 'other map', 'helper', 'script', 'successor', 'predecessor', 'no item', 'later version'],
)
def test_none_of_these_is_one(engine, make_client, name, labels):
    engine.add_container(name, 'web', labels=labels)
    client = make_client(NOW)
    assert client.orphans() == []
    client.update('__all__', remove_orphans=True)
    assert name in engine.names()


def test_one_that_bears_the_label_of_an_item_is_that_item(engine, make_client):
    engine.add_container('backup', 'web', labels={MAP_LABEL: 'shop', ITEM_LABEL: 'container:web.blue'})
    client = make_client(NOW)
    assert client.orphans() == []
    client.update('__all__', remove_orphans=True)
    assert engine.names() == ['shop.web.blue']


def test_one_under_another_name_is_named_but_not_removed(engine, make_client):
    engine.add_container('renamed', 'web', labels={MAP_LABEL: 'shop', ITEM_LABEL: 'container:other'})
    client = make_client(NOW)
    assert [orphan.name for orphan in client.orphans()] == ['renamed']
    client.update('__all__', remove_orphans=True)
    assert 'renamed' in engine.names()


def test_an_item_that_became_external_leaves_its_network(engine, client, make_client):
    engine.add_network('known')
    content = {**NOW, 'networks': {'rear': None, 'back': {'external': 'known'}}}
    assert 'shop.back' in [orphan.name for orphan in make_client(content).orphans()]


def test_they_are_asked_for_where_lists_have_no_labels(engine, client, monkeypatch):
    without_labels(monkeypatch, type(engine.client()), lambda arguments: None)
    assert sorted(orphan.name for orphan in client.orphans()) == sorted(NAMED)


def test_a_client_that_does_not_heed_filters_tells_nothing_of_other_maps(engine, client, monkeypatch):
    engine.add_container('another.web', 'web', labels={MAP_LABEL: 'another', ITEM_LABEL: 'container:other'})
    without_labels(monkeypatch, type(engine.client()), lambda arguments: arguments.pop('filters', None))
    assert sorted(orphan.name for orphan in client.orphans()) == sorted(NAMED)
    client.update('__all__', remove_orphans=True)
    assert 'another.web' in engine.names()


def test_old_engines_have_no_labels_so_there_are_none(client, make_client):
    old = make_client(NOW, version='1.22')
    assert old.orphans() == []
    assert not any('no longer on the map' in notice for notice in old.plan('update', '__all__').notices)


def test_a_client_that_cannot_filter_its_lists_has_none_to_tell(engine, client, monkeypatch):
    def refuse_filters(arguments):
        if 'filters' in arguments:
            raise TypeError("unexpected keyword argument 'filters'")

    without_labels(monkeypatch, type(engine.client()), refuse_filters)
    assert client.orphans() == []


@pytest.mark.parametrize('status', [404, 500])
def test_what_goes_while_it_is_looked_at_is_none(engine, client, monkeypatch, status):
    without_labels(monkeypatch, type(engine.client()), lambda arguments: None)
    engine.faults.add('inspect_container', kind='refused', status=status, text='No such container')
    if status == 404:
        assert len(client.orphans()) == len(NAMED) - 1
    else:
        with pytest.raises(APIError, match='No such container'):
            client.orphans()
