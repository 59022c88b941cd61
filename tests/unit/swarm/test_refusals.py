"""What cannot be on a swarm is refused by name, before anything is changed."""

from __future__ import annotations

import re

import pytest

from dockermap.docker_options import CREATE_OPTIONS, NETWORK_OPTIONS, VOLUME_OPTIONS
from dockermap.exceptions import DockerMapError, InputError, UnsupportedError
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.swarm import settings
from dockermap.map.swarm.runner import SwarmRefusalError
from dockermap.map.swarm.translate import constraint


@pytest.mark.parametrize(
    ('table', 'known'),
    [
        (settings.OPTIONS, CREATE_OPTIONS),
        (settings.NETWORK_OPTIONS, NETWORK_OPTIONS),
        (settings.VOLUME_OPTIONS, VOLUME_OPTIONS),
        (settings.PROPERTIES, ContainerConfiguration.CONFIG_PROPERTIES),
        (settings.NETWORK_PROPERTIES, NetworkConfiguration.CONFIG_PROPERTIES),
        (settings.VOLUME_PROPERTIES, VolumeConfiguration.CONFIG_PROPERTIES),
    ],
)
def test_each_setting_has_a_row_that_says_what_becomes_of_it(table, known):
    assert set(table) == set(known)
    assert [name for name, row in table.items() if row.fate is not settings.Fate.KEPT and not row.text] == []


VALUES = {
    'annotations': {'a': 'b'},
    'auto_remove': True,
    'blkio_weight': 300,
    'blkio_weight_device': [{'Path': '/dev/sda', 'Weight': 300}],
    'cgroup_parent': 'x',
    'cgroupns': 'host',
    'cpu_count': 1,
    'cpu_percent': 10,
    'cpu_period': 100000,
    'cpu_quota': 50000,
    'cpu_rt_period': 1000,
    'cpu_rt_runtime': 1000,
    'cpu_shares': 512,
    'cpuset_cpus': '0',
    'cpuset_mems': '0',
    'device_cgroup_rules': ['c 1:3 r'],
    'device_read_bps': [{'Path': '/dev/sda', 'Rate': 10}],
    'device_read_iops': [{'Path': '/dev/sda', 'Rate': 10}],
    'device_requests': [{'Count': 1}],
    'device_write_bps': [{'Path': '/dev/sda', 'Rate': 10}],
    'device_write_iops': [{'Path': '/dev/sda', 'Rate': 10}],
    'devices': ['/dev/null:/dev/null:r'],
    'domainname': 'shop.example',
    'init_path': '/init',
    'ipc_mode': 'host',
    'kernel_memory': '64m',
    'lxc_conf': {'a': 'b'},
    'mac_address': '02:00:00:00:00:01',
    'mem_swappiness': 10,
    'memswap_limit': '128m',
    'network_disabled': True,
    'oom_kill_disable': True,
    'oom_score_adj': 10,
    'pid_mode': 'host',
    'privileged': True,
    'publish_all_ports': True,
    'runtime': 'runc',
    'security_opt': ['no-new-privileges'],
    'shm_size': '64m',
    'storage_opt': {'size': '1G'},
    'userns_mode': 'host',
    'uts_mode': 'host',
    'volume_driver': 'local',
    'volumes_from': ['other'],
}
NOT_SENT = {'init_path', 'kernel_memory', 'lxc_conf', 'mac_address', 'annotations'}
"""What the SDK refuses itself, or does not send to an engine of this version."""

REFUSED = [name for name, row in settings.OPTIONS.items() if row.fate is settings.Fate.REFUSED]


def test_there_is_a_value_for_each_argument_that_is_refused():
    assert set(REFUSED) == set(VALUES)


@pytest.mark.parametrize('name', sorted(set(REFUSED) - NOT_SENT))
def test_an_argument_that_services_do_not_have_is_refused_by_its_name(swarm, make_client, name):
    place = 'host_config' if CREATE_OPTIONS[name].host else 'create_options'
    client = make_client({'web': {'image': 'web:1', place: {name: VALUES[name]}}})
    expected = 'uses' if name == 'volumes_from' else name
    with pytest.raises(SwarmRefusalError, match=re.escape(f'container shop.web: {expected!r} is refused on a swarm')):
        client.update('web')
    assert swarm.calls == []


@pytest.mark.parametrize(
    ('entries', 'text'),
    [
        ({'exec_commands': ['init']}, "'exec_commands' is refused"),
        ({'start_delay': 3}, "'start_delay' is refused"),
        ({'network_mode': 'db'}, "'network_mode' is refused"),
        ({'uses': ['db']}, "'uses' is refused"),
        ({'exposes': [[80, 8080, 'lan']]}, "'exposes' is refused on a swarm with an address"),
        ({'exposes': {80: 8080}, 'replicas': 2}, "'replicas' cannot share one port"),
        ({'links': ['db']}, "'links' is refused on a swarm: there is no network"),
        ({'networks': [['front', None, None, '10.0.0.9']]}, "'networks' is refused on a swarm with 'ipv4_address'"),
        ({'binds': {'/etc/web': '/srv/web'}}, "has volumes or host paths, so 'nodes' has to say"),
    ],
)
def test_a_property_that_cannot_be_on_a_swarm_is_refused(swarm, make_client, entries, text):
    shop = {'networks': {'front': {}}, 'web': {'image': 'web:1', **entries}, 'db': {'image': 'db:1', 'shares': ['/x']}}
    with pytest.raises(SwarmRefusalError) as error:
        make_client(shop, interfaces={'lan': '10.0.0.1'}).plan('update', 'web')
    assert text in str(error.value)


def test_all_that_share_a_volume_are_named_where_nodes_are_missing(make_client):
    shop = {
        'volumes': {'data': '/data'},
        'db': {'image': 'db:1', 'attaches': ['data']},
        'web': {'image': 'web:1', 'uses': ['data']},
    }
    with pytest.raises(SwarmRefusalError) as error:
        make_client(shop).plan('update', 'web')
    assert 'container shop.web has volumes or host paths (together with container shop.db)' in str(error.value)
    assert len(error.value.refusals) == 2


def test_what_shares_a_volume_is_placed_by_all_that_is_said_about_nodes(swarm, make_client):
    shop = {
        'volumes': {'data': '/data'},
        'db': {'image': 'db:1', 'attaches': ['data'], 'nodes': ['disk=ssd']},
        'web': {'image': 'web:1', 'uses': ['data']},
    }
    make_client(shop).update('web')
    assert {task['NodeID'] for name in ('shop-db', 'shop-web') for task in swarm.running(name)} == {'node2'}


def test_two_services_cannot_have_one_alias_in_a_network(make_client):
    shop = {
        'networks': {'front': {}},
        'a': {'image': 'web:1', 'networks': [['front', ['web']]]},
        'b': {'image': 'web:1', 'networks': [['front', ['web']]]},
    }
    with pytest.raises(SwarmRefusalError, match='shop-a is called web in shop-front, too'):
        make_client(shop).plan('update', ['a', 'b'])


def test_a_link_is_an_alias_of_the_other_service(swarm, make_client):
    shop = {
        'networks': {'back': {}},
        'db': {'image': 'db:1', 'networks': ['back']},
        'web': {'image': 'web:1', 'networks': ['back'], 'links': [['db', 'database']]},
    }
    make_client(shop).update('web')
    (network,) = swarm.named('shop-db')['Spec']['TaskTemplate']['Networks']
    assert network['Aliases'] == ['database']


def test_an_image_that_no_registry_has_is_refused_before_anything_is_changed(swarm, make_client):
    with pytest.raises(DockerMapError, match='Image own:1 cannot be used on a swarm of 3 nodes: no registry has it'):
        make_client({'networks': {'n': {}}, 'web': {'image': 'own:1', 'networks': ['n']}}).update('web')
    assert swarm.calls == []


def test_signals_are_refused(swarm, make_client):
    client = make_client({'web': {'image': 'web:1'}})
    with pytest.raises(UnsupportedError, match='sends no signals'):
        client.signal('web')


def test_a_name_that_is_no_host_name_is_refused(make_client):
    with pytest.raises((SwarmRefusalError, InputError), match='at most 63 characters'):
        make_client({'w' * 70: {'image': 'web:1'}}).plan('update', 'w' * 70)


def test_a_name_that_two_items_would_get_is_refused(make_client):
    shop = {'a_b': {'image': 'web:1'}, 'a-b': {'image': 'web:1'}}
    with pytest.raises((SwarmRefusalError, InputError), match='shop-a-b'):
        make_client(shop).plan('update', ['a_b', 'a-b'])


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('node1', 'node.hostname==node1'),
        ('disk=ssd', 'node.labels.disk==ssd'),
        ('disk != ssd', 'node.labels.disk!=ssd'),
        ('node.role==manager', 'node.role==manager'),
    ],
)
def test_nodes_become_constraints(text, expected):
    assert constraint(text) == expected


@pytest.mark.parametrize(
    ('nodes', 'is_refused'),
    [
        (['node.role==worker'], True),
        (['node2'], False),
        (['disk=ssd'], False),
        (['node.role!=manager', 'disk=ssd'], False),
    ],
)
def test_a_volume_is_on_the_disk_of_one_node(swarm, make_client, nodes, is_refused):
    client = make_client({'web': {'image': 'web:1', 'attaches': {'data': '/data'}, 'nodes': nodes}})
    if is_refused:
        with pytest.raises(
            SwarmRefusalError, match=r'several nodes \(node2, node3\), and volume shop.data is on the disk'
        ):
            client.update('web')
    else:
        client.update('web')
    assert bool(swarm.services) != is_refused


def test_a_volume_that_is_elsewhere_may_be_used_on_several_nodes(swarm, make_client):
    options = {'type': 'nfs', 'o': 'addr=192.0.2.1', 'device': ':/data'}
    volume = {'default_path': '/data', 'driver_options': options}
    web = {'image': 'web:1', 'attaches': ['data'], 'nodes': ['node.role==worker']}
    make_client({'volumes': {'data': volume}, 'web': web}).update('web')
    (mount,) = swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Mounts']
    assert mount['VolumeOptions']['DriverConfig'] == {'Name': 'local', 'Options': options}
