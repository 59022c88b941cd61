"""Configurations that say what their container is called on the engine."""

from __future__ import annotations

import pytest

from dockermap.api import (
    ActionRunnerException,
    ClientConfiguration,
    ContainerMap,
    ForeignItemError,
    MapIntegrityError,
    MappingDockerClient,
)
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL, NAME_LABEL

PLAIN = {'set_hostname': False}


@pytest.fixture
def bring_up(engine):
    """Updates a map to some settings, and gives the client."""

    def update(settings, *names, action='update', **options):
        shop = ContainerMap('shop', settings)
        client = MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.41'))
        getattr(client, action)(names or '__all__', **options)
        return client

    return update


def ids(engine):
    return {container['Names'][0].lstrip('/'): container['Id'] for container in engine.client().containers(all=True)}


def test_the_container_is_called_so(engine, bring_up):
    bring_up({'web': {'name': 'front'}})
    assert engine.names() == ['front']
    assert engine.client().inspect_container('front')['Config']['Hostname'] == 'front'


def test_a_second_update_finds_nothing_to_do(bring_up):
    settings = {'web': {'name': 'front', 'links': 'db'}, 'db': {'name': 'store', 'network_mode': 'none'}}
    settings = {**settings, 'api': {'network_mode': 'web', 'uses': 'db'}, 'volumes': {}}
    settings['db'] = {**settings['db'], 'shares': '/x'}
    settings['web'] = {'name': 'front'}
    assert not bring_up(settings).plan('update', '__all__')


def test_those_that_refer_to_it_use_its_name(engine, bring_up):
    bring_up({'db': {'name': 'store', 'shares': '/x'}, 'web': {'links': 'db', 'uses': 'db'}})
    found = engine.client().inspect_container('shop.web')['HostConfig']
    assert found['VolumesFrom'] == ['store']
    assert found['Links'][0].startswith('/store:')


def test_instances_have_names_of_their_own(engine, bring_up):
    bring_up({'web': {'instances': {'a': {'name': 'one'}, 'b': {'name': 'two'}, 'c': None}}})
    assert sorted(engine.names()) == ['one', 'shop.web.c', 'two']


@pytest.mark.parametrize(
    'settings',
    [
        {'web': {'name': 'x1'}, 'api': {'name': 'x1'}},
        {'web': {'name': 'x1', 'instances': ['a', 'b']}},
        {'web': {'name': 'shop.api'}, 'api': None},
    ],
    ids=['two configurations', 'two instances', 'a name that follows'],
)
def test_two_of_one_name_are_an_integrity_error(settings):
    with pytest.raises(MapIntegrityError, match=r"^shop\.(web|api)\.name: .* is called '.*', as is "):
        ContainerMap('shop', settings)


def test_on_different_clients_a_name_can_be_used_again():
    settings = {'web': {'name': 'x1', 'clients': 'a'}, 'api': {'name': 'x1', 'clients': 'b'}}
    assert ContainerMap('shop', settings).containers.web.name == 'x1'


@pytest.mark.parametrize('name', ['a', '-ab', 'a/b', 'a..new', 'a b'])
def test_what_engines_refuse_is_an_error(name):
    with pytest.raises(ValueError, match=r'^shop\.web\.name: '):
        ContainerMap('shop', {'web': {'name': name}})


@pytest.mark.parametrize(
    ('former', 'now'),
    [({}, {'name': 'front'}), ({'name': 'front'}, {}), ({'name': 'front'}, {'name': 'entry'})],
    ids=['given', 'taken back', 'changed'],
)
def test_a_name_that_changes_renames_the_container(engine, bring_up, former, now):
    bring_up({**PLAIN, 'web': former})
    (before,) = ids(engine).values()
    client = bring_up({**PLAIN, 'web': now})
    assert ids(engine) == {now.get('name', 'shop.web'): before}
    assert not client.plan('update', '__all__')


def test_what_else_differs_re_creates_it_with_a_way_back(engine, bring_up):
    bring_up({'web': None})
    (before,) = ids(engine).values()
    engine.faults.add('start', kind='refused')
    with pytest.raises(ActionRunnerException, match='The former container front runs again'):
        bring_up({'web': {'name': 'front', 'create_options': {'command': 'x'}}})
    assert ids(engine) == {'front': before}


def test_a_container_of_the_wanted_name_that_is_not_the_maps_is_left(engine, bring_up):
    bring_up({**PLAIN, 'web': None})
    engine.add_container('front', 'web')
    with pytest.raises(ForeignItemError):
        bring_up({**PLAIN, 'web': {'name': 'front', 'create_options': {'command': 'x'}}})
    assert sorted(ids(engine)) == ['front', 'shop.web']


@pytest.mark.parametrize('labels', [{}, {MAP_LABEL: 'other', ITEM_LABEL: 'container:web'}])
def test_containers_without_the_label_of_the_item_are_not_renamed(engine, bring_up, labels):
    engine.add_container('other', 'web', labels=labels)
    bring_up({'web': {'name': 'front'}})
    assert sorted(engine.names()) == ['front', 'other']


def test_remove_finds_the_container_under_its_former_name(engine, bring_up):
    bring_up({'web': None})
    bring_up({'web': {'name': 'front'}}, action='shutdown')
    assert engine.names() == []


def test_one_that_is_no_longer_on_the_map_is_removed(engine, bring_up):
    bring_up({'web': {'name': 'front'}, 'api': None})
    assert engine.client().inspect_container('front')['Config']['Labels'][NAME_LABEL] == 'front'
    bring_up({'api': None}, remove_orphans=True)
    assert engine.names() == ['shop.api']


@pytest.mark.parametrize('further', [{}, {'create_options': {'command': 'x'}}], ids=['the same', 'changed'])
def test_a_name_can_go_from_one_container_to_another(engine, bring_up, further):
    bring_up({**PLAIN, 'web': {'name': 'front'}, 'api': {'image': 'web'}})
    before = ids(engine)
    client = bring_up({**PLAIN, 'web': further, 'api': {'image': 'web', 'name': 'front'}})
    after = ids(engine)
    assert sorted(after) == ['front', 'shop.web']
    assert after['front'] == before['shop.api']
    assert (after['shop.web'] == before['front']) is not bool(further)
    assert not client.plan('update', '__all__')


def test_a_new_container_takes_a_name_that_another_one_gives_up(engine, bring_up):
    bring_up({**PLAIN, 'web': {'name': 'front'}})
    before = ids(engine)
    client = bring_up({**PLAIN, 'web': None, 'api': {'image': 'web', 'name': 'front'}})
    after = ids(engine)
    assert after['shop.web'] == before['front']
    assert after['front'] != before['front']
    assert not client.plan('update', '__all__')
