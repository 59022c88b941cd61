"""What others have created, and what is no longer on a map, on an engine."""

from __future__ import annotations

import io
import tarfile

import pytest

from dockermap.api import ForeignItemError, MissingItemError
from dockermap.client.cli import DockerCliClient
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL


def labels(detail):
    found = detail['Config']['Labels'] if 'Config' in detail else detail['Labels']
    return (found or {}).get(MAP_LABEL), (found or {}).get(ITEM_LABEL)


def read(api, container, path):
    """What a file has: some engines lose output of commands that end at once."""
    chunks, _ = api.get_archive(container, path)
    with tarfile.open(fileobj=io.BytesIO(b''.join(chunks))) as archive:
        return archive.extractfile(archive.next()).read().decode().strip()


def mounted(api, container, path):
    mounts = api.inspect_container(container)['Mounts']
    return next(mount['Name'] for mount in mounts if mount['Destination'] == path)


@pytest.fixture
def stack(service):
    return {
        'db': service(attaches={'data': '/data'}, networks=['back'], user='1000', permissions='u=rwX,go='),
        'web': service(networks=['back'], uses='data'),
        'networks': {'back': None},
    }


@pytest.fixture
def former_stack(api, unique, service, stack):
    """The same as docker-map 1.x has left it, or a person: names as on the map, and no labels."""
    image, command = service()['image'][1:], service()['create_options']['command']
    api.create_network(f'{unique}.back')
    api.create_volume(f'{unique}.data')
    for name, address in (('db', 'db'), ('web', 'web')):
        api.create_container(
            image,
            command,
            name=f'{unique}.{name}',
            volumes=['/data', '/spool'],
            host_config=api.create_host_config(binds=[f'{unique}.data:/data']),
            networking_config=api.create_networking_config({f'{unique}.back': api.create_endpoint_config([address])}),
        )
        api.start(f'{unique}.{name}')
    for path in ('/data/rows', '/spool/jobs'):
        written = api.exec_create(f'{unique}.db', ['sh', '-c', f'echo precious > {path}'])['Id']
        api.exec_start(written)
    return {**stack, 'db': {**stack['db'], 'shares': '/spool'}}


def test_a_stack_of_1x_is_refused_then_taken_over_then_updated_and_keeps_its_data(
    make_client, former_stack, api, unique
):
    client = make_client(former_stack)
    before = {name: api.inspect_container(f'{unique}.{name}')['Id'] for name in ('db', 'web')}
    network = api.inspect_network(f'{unique}.back')['Id']
    spool = mounted(api, f'{unique}.db', '/spool')
    with pytest.raises(ForeignItemError) as caught:
        client.update('__all__')
    assert f'container {unique}.db' in str(caught.value)
    assert {name: api.inspect_container(f'{unique}.{name}')['Id'] for name in before} == before

    client.update('__all__', adopt=True)
    taken = {name: api.inspect_container(f'{unique}.{name}') for name in before}
    assert all(taken[name]['Id'] != before[name] and taken[name]['State']['Running'] for name in before)
    assert [labels(taken[name]) for name in ('db', 'web')] == [(unique, 'container:db'), (unique, 'container:web')]
    assert read(api, f'{unique}.web', '/data/rows') == read(api, f'{unique}.db', '/spool/jobs') == 'precious'
    assert mounted(api, f'{unique}.db', '/spool') == spool
    assert set(api.inspect_network(f'{unique}.back')['Containers']) == {detail['Id'] for detail in taken.values()}

    assert client.update('__all__', adopt=True) == []
    assert client.update('__all__') == []

    changed = {
        **former_stack['db'],
        'create_options': {**former_stack['db']['create_options'], 'environment': {'A': '1'}},
    }
    make_client({**former_stack, 'db': changed}).update('__all__')
    assert 'A=1' in api.inspect_container(f'{unique}.db')['Config']['Env']
    assert read(api, f'{unique}.db', '/data/rows') == read(api, f'{unique}.db', '/spool/jobs') == 'precious'
    assert mounted(api, f'{unique}.db', '/spool') == spool
    assert api.inspect_network(f'{unique}.back')['Id'] == network
    # Neither network nor volume can get labels later.
    assert labels(api.inspect_network(f'{unique}.back')) == labels(api.inspect_volume(f'{unique}.data')) == (None, None)


def test_what_is_created_says_whose_it_is(make_client, stack, api, unique):
    make_client(stack).startup('__all__')
    assert labels(api.inspect_container(f'{unique}.web')) == (unique, 'container:web')
    assert labels(api.inspect_network(f'{unique}.back')) == (unique, 'network:back')
    assert labels(api.inspect_volume(f'{unique}.data')) == (unique, 'volume:data')


@pytest.mark.parametrize('kind', ['api', 'command'])
def test_what_is_no_longer_on_the_map_goes_on_request(make_client, service, stack, api, unique, kind, engine_url):
    make_client(stack).startup('__all__')
    smaller = make_client({'web': service(networks=['rear']), 'networks': {'rear': None}})
    if kind == 'command':
        smaller.clients['__default__'] = type(smaller.clients['__default__']).from_client(
            DockerCliClient(base_url=engine_url)
        )
        smaller.refresh_names()
    assert [orphan.name.partition('.')[2] for orphan in smaller.orphans()] == ['db', 'back', 'data']
    plan = smaller.plan('update', '__all__')
    assert sum('is no longer on the map' in notice for notice in plan.notices) == 3
    smaller.update('__all__', remove_orphans=True)
    assert [orphan.name.partition('.')[2] for orphan in smaller.orphans()] == ['data']
    assert smaller.update('__all__', remove_orphans=True) == []
    assert api.inspect_container(f'{unique}.web')['State']['Running']
    smaller.shutdown('__all__', remove_networks=True)
    assert [network['Name'] for network in api.networks(names=[unique])] == []


def test_networks_of_others_are_used_beside_own_ones_and_left_as_they_are(make_client, service, api, unique):
    content = {
        'web': service(networks=['back', {'front': {'aliases': ['www'], 'ipv4_address': '10.217.3.9'}}]),
        'networks': {'back': None, 'front': {'external': f'{unique}-proxy'}},
    }
    client = make_client(content)
    with pytest.raises(MissingItemError):
        client.startup('web')
    assert api.networks(names=[unique]) == []
    pool = {'Driver': 'default', 'Config': [{'Subnet': '10.217.3.0/24'}]}
    network_id = api.create_network(f'{unique}-proxy', ipam=pool)['Id']
    client.startup('web')
    networks = api.inspect_container(f'{unique}.web')['NetworkSettings']['Networks']
    assert set(networks) == {f'{unique}.back', f'{unique}-proxy'}
    assert 'www' in networks[f'{unique}-proxy']['Aliases']
    assert networks[f'{unique}-proxy']['IPAddress'] == '10.217.3.9'
    assert client.update('web') == []

    api.create_network(f'{unique}-monitoring')
    api.connect_container_to_network(f'{unique}.web', f'{unique}-monitoring')
    assert client.update('web') == []
    assert any(f'{unique}-monitoring' in notice for notice in client.plan('update', 'web').notices)
    client.update('web', purge_networks=True)
    client.shutdown('web', remove_networks=True)
    assert api.inspect_network(f'{unique}-proxy')['Id'] == network_id
    assert [network['Name'] for network in api.networks(names=[f'{unique}.back'])] == []
