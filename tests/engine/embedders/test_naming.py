"""A policy that calls everything by other names."""

from __future__ import annotations

from dockermap.api import ItemType, MapConfigId, MappingDockerClient
from dockermap.map.policy.base import BasePolicy


class DashedPolicy(BasePolicy):
    """``map-type-configuration-instance``, and host names that tell the client."""

    @classmethod
    def cname(cls, map_name, container, instance=None):
        return '-'.join(filter(None, (map_name, 'c', container, instance)))

    @classmethod
    def aname(cls, map_name, attached_name, parent_name=None):
        return '-'.join(filter(None, (map_name, 'v', parent_name, attached_name)))

    @classmethod
    def nname(cls, map_name, network_name):
        return network_name if network_name == 'bridge' else f'{map_name}-n-{network_name}'

    @classmethod
    def get_hostname(cls, container_name, client_name=None):
        return f'host-{container_name.rpartition("-")[2]}'


class DashedClient(MappingDockerClient):
    policy_class = DashedPolicy


def shop(service, needs, **settings):
    return {
        'web': service(instances=['a', 'b'], networks='back', **{needs: 'db'}, **settings),
        'db': service(networks='back', attaches={'data': '/data'}, user='1000', permissions='u=rwX,go='),
        'peer': service(network_mode='db', uses='data'),
        'networks': {'back': None},
    }


def test_an_engine_knows_items_by_the_policys_names(make_client, service, existing, api, unique, output_of, needs):
    client = make_client(DashedClient, shop(service, needs))
    client.startup(['web', 'peer'])
    assert existing() == {
        '-c-web-a': 'running',
        '-c-web-b': 'running',
        '-c-db': 'running',
        '-c-peer': 'running',
        '-v-data': 'volume',
        '-n-back': 'network',
    }
    assert api.inspect_container(f'{unique}-c-web-a')['Config']['Hostname'] == 'host-a'
    assert output_of('-c-peer', 'stat -c "%u %a" /data') == '1000 700'
    assert client.update(['web', 'peer']) == []


def test_changes_are_found_under_the_policys_names(make_client, service, existing, api, unique, needs):
    make_client(DashedClient, shop(service, needs)).startup(['web', 'peer'])
    db_id = api.inspect_container(f'{unique}-c-db')['Id']
    client = make_client(DashedClient, shop(service, needs, host_config={'mem_limit': '32m'}))
    client.update(['web', 'peer'])
    assert api.inspect_container(f'{unique}-c-web-b')['HostConfig']['Memory'] == 2**25
    assert api.inspect_container(f'{unique}-c-db')['Id'] == db_id
    assert client.update(['web', 'peer']) == []


def test_everything_is_removed_by_the_policys_names(make_client, service, existing, unique, needs):
    client = make_client(DashedClient, shop(service, needs))
    client.startup(['web', 'peer'])
    client.shutdown('db', remove_attached=True)
    assert existing() == {'-n-back': 'network'}
    client.remove(MapConfigId(ItemType.NETWORK, unique, 'back'))
    assert existing() == {}


def test_persistent_items_are_listed_by_the_policys_names(make_client, service, unique, needs):
    client = make_client(DashedClient, {**shop(service, needs), 'old': service(persistent=True)})
    assert client.list_persistent_containers() == [f'{unique}-v-data', f'{unique}-c-old']
