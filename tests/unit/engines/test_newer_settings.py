"""Settings that only newer engines have: they arrive there, and are refused by name elsewhere."""

from __future__ import annotations

import json
from types import SimpleNamespace

import docker
import pytest
import requests

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.client.cli import DockerCliClient
from dockermap.docker_api import connect_to_network, create_container, create_network
from dockermap.exceptions import InputError
from dockermap.map.policy.options import CREATE_OPTIONS, option_values

SIX = {'Config': [{'Subnet': 'fd00:77::/64'}]}


def of_web(**settings):
    return {'web': {'image': 'box:1', **settings}}


def host(**arguments):
    return of_web(host_config=arguments)


def mounted(**mount):
    return host(mounts=[{'target': '/d', **mount}])


def in_networks(*entries):
    return {**of_web(networks=list(entries)), 'networks': {'back': {}, 'front': {}}}


CHECK = {'test': ['true'], 'start_period': '20s', 'start_interval': '2s'}
CASES = {
    'annotations': ('1.43', host(annotations={'a.b': 1}), 'host_config.annotations'),
    'start interval': ('1.44', of_web(healthcheck=CHECK), 'healthcheck.start_interval'),
    'start interval as argument': (
        '1.44',
        of_web(create_options={'healthcheck': {'Test': ['CMD', 'true'], 'StartInterval': 2_000_000_000}}),
        'create_options.healthcheck',
    ),
    'created path': (
        '1.42',
        mounted(type='bind', source='/srv', bind={'create_host_path': True}),
        'host_config.mounts[0]',
    ),
    'part of a volume': (
        '1.45',
        mounted(type='volume', source='data', volume={'subpath': 'part'}),
        'host_config.mounts[0]',
    ),
    'image': ('1.48', mounted(type='image', source='box:1'), 'host_config.mounts[0]'),
    'gateway': ('1.48', in_networks('back', ('front', {'gw_priority': 7})), 'networks[1].gw_priority'),
}


@pytest.mark.parametrize(('since', 'content', 'place'), CASES.values(), ids=CASES)
def test_what_an_engine_does_not_have_is_refused_before_the_first_change(any_engine, client_for, since, content, place):
    client = client_for(any_engine, content)
    if any_engine.flavour.is_podman and 'health' in place:
        # It speaks this version, but leaves the setting out.
        with pytest.raises(ValueError, match='is Podman, which has no interval of checks during the start') as error:
            client.update('web')
        assert str(error.value).startswith(f'shop.web.{place}: ')
        assert any_engine.changes == []
        return
    if any_engine.flavour.speaks(since):
        client.plan('update', 'web')
        return
    with pytest.raises(ValueError, match=f'needs version {since} of the API') as error:
        client.update('web')
    assert str(error.value).startswith(f'shop.web.{place}: ')
    assert any_engine.changes == []


def test_a_network_without_ipv4_is_refused_where_it_would_get_addresses(engine_like, client_for):
    engine = engine_like('26.1')
    content = {**of_web(networks='six'), 'networks': {'six': {'create_options': {'enable_ipv4': False}}}}
    with pytest.raises(ValueError, match=r'^shop\.networks\.six\.create_options\.enable_ipv4: .*1\.48'):
        client_for(engine, content).update('web')
    assert engine.changes == []


@pytest.mark.parametrize('name', ['28.5', '29'])
def test_a_network_can_be_without_ipv4(engine_like, client_for, name):
    engine = engine_like(name)
    options = {'enable_ipv4': False, 'enable_ipv6': True, 'ipam': SIX}
    content = {**of_web(networks='six'), 'networks': {'six': {'create_options': options}}}
    client_for(engine, content).update('web')
    endpoint = engine.container('shop.web').endpoints['shop.six']
    assert (endpoint.ip_address, endpoint.ipv6_address[:8]) == ('', 'fd00:77:')
    assert client_for(engine, content).update('web') == []


@pytest.mark.parametrize('name', ['26.1', '28.5', '29'])
def test_the_interval_of_checks_during_the_start_arrives_and_is_compared(engine_like, client_for, name):
    engine = engine_like(name)
    client_for(engine, of_web(healthcheck=CHECK)).update('web')
    assert engine.container('shop.web').config['Healthcheck']['StartInterval'] == 2_000_000_000
    assert client_for(engine, of_web(healthcheck=CHECK)).update('web') == []
    plan = client_for(engine, of_web(healthcheck={**CHECK, 'start_interval': '3s'})).plan('update', 'web')
    assert 'health check differs' in str(plan)


@pytest.mark.parametrize('name', ['28.5', '29'])
def test_the_priority_of_a_gateway_arrives_and_is_changed_in_place(engine_like, client_for, name):
    engine = engine_like(name)

    def priorities():
        return [endpoint.gateway_priority for endpoint in engine.container('shop.web').endpoints.values()]

    client_for(engine, in_networks('back', ('front', {'gw_priority': 7}))).update('web')
    former = engine.container('shop.web').id
    assert priorities() == [0, 7]
    assert client_for(engine, in_networks('back', ('front', {'gw_priority': 7}))).update('web') == []
    client_for(engine, in_networks('back', ('front', {'gw_priority': 9}))).update('web')
    assert (priorities(), engine.container('shop.web').id) == ([0, 9], former)


def test_annotations_arrive_and_are_compared(engine_like, client_for):
    engine = engine_like('28.5')
    client_for(engine, host(annotations={'a.b': 1})).update('web')
    assert engine.container('shop.web').host_config['Annotations'] == {'a.b': '1'}
    assert client_for(engine, host(annotations={'a.b': '1'})).update('web') == []
    assert client_for(engine, host(annotations={'a.b': '2'})).update('web') != []


@pytest.mark.parametrize(
    ('given', 'sent'),
    [
        (
            {'type': 'bind', 'source': '/s', 'target': '/d', 'read_only': True, 'bind': {'propagation': 'shared'}},
            {
                'Type': 'bind',
                'Source': '/s',
                'Target': '/d',
                'ReadOnly': True,
                'BindOptions': {'Propagation': 'shared'},
            },
        ),
        (
            {'type': 'volume', 'source': 'data', 'target': '/d', 'volume': {'nocopy': True, 'subpath': 'a/b'}},
            {'Type': 'volume', 'Source': 'data', 'Target': '/d', 'VolumeOptions': {'NoCopy': True, 'Subpath': 'a/b'}},
        ),
        (
            {'type': 'tmpfs', 'target': '/d', 'tmpfs': {'size': '1m', 'mode': 0o700}},
            {'Type': 'tmpfs', 'Target': '/d', 'TmpfsOptions': {'SizeBytes': 1024**2, 'Mode': 0o700}},
        ),
        (
            {'type': 'image', 'source': 'box:1', 'target': '/d', 'image': {'subpath': 'etc'}},
            {'Type': 'image', 'Source': 'box:1', 'Target': '/d', 'ImageOptions': {'Subpath': 'etc'}},
        ),
    ],
)
def test_mounts_can_be_written_as_in_compose_files(given, sent):
    assert option_values({'mounts': [given]}, CREATE_OPTIONS) == {'mounts': [sent]}


class Sdk(docker.APIClient):
    """The SDK's client, which keeps what it would send."""

    def __init__(self) -> None:
        super().__init__(version='1.48')
        self.sent: list[dict[str, object]] = []

    def _post_json(self, url, data, **kwargs):
        self.sent.append(data)
        return SimpleNamespace(status_code=201, raise_for_status=lambda: None, json=lambda: {'Id': 'i'})

    def _result(self, response, json=False, binary=False):
        return response.json()


def test_what_the_sdk_has_no_argument_for_is_put_into_the_request():
    client = Sdk()
    connect_to_network(client, {'container': 'c', 'net_id': 'n', 'gw_priority': 3, 'aliases': ['a']})
    create_network(client, {'name': 'n', 'driver': 'bridge', 'enable_ipv4': False, 'labels': {'a': 'b'}})
    create_container(client, {'image': 'i', 'name': 'c', 'environment': {'A': '1'}, 'healthcheck': CHECK_OF_SDK})
    assert client.sent[0] == {'Container': 'c', 'EndpointConfig': {'Aliases': ['a'], 'GwPriority': 3}}
    assert client.sent[1] == {'Name': 'n', 'Driver': 'bridge', 'EnableIPv4': False, 'Labels': {'a': 'b'}}
    assert client.sent[2]['Healthcheck']['StartInterval'] == 5
    assert client.sent[2]['Env'] == ['A=1']


CHECK_OF_SDK = {'test': ['CMD', 'true'], 'start_interval': 5}


class Command(DockerCliClient):
    """A client of a command of some version."""

    def __init__(self, version):
        super().__init__(run=self.answer)
        self._answered = version
        self.commands = []

    def answer(self, command):
        self.commands.append(command)
        return json.dumps({'Client': {'Version': self._answered, 'ApiVersion': '1.45'}})


@pytest.mark.parametrize('name', ['device_read_bps', 'device_read_iops', 'device_write_bps', 'device_write_iops'])
@pytest.mark.parametrize(
    ('version', 'loses'),
    [
        ('24.0.7', False),
        ('25.0.3', True),
        ('25.0.7', False),
        ('26.1.5+dfsg1', True),
        ('26.1.6', False),
        ('27.1.1', True),
        ('27.1.2-rc.1', False),
        ('28.5.2', False),
        ('5.8.6', False),
    ],
)
def test_limits_that_a_command_would_leave_out_are_refused(version, loses, name):
    command = Command(version)
    limits = host(**{name: [{'Path': '/dev/sda', 'Rate': 1024}]})
    client = MappingDockerClient(ContainerMap('shop', limits), ClientConfiguration(client=command))
    if not loses:
        assert not command.loses_device_rates
        return
    with pytest.raises(InputError, match=rf'^shop\.web\.host_config\.{name}: .*leaves out limits of devices'):
        client.update('web')
    assert all(line.startswith('docker version') for line in command.commands)


def test_an_engine_that_is_not_reached_is_not_taken_for_one_that_leaves_out_limits():
    def run(command):
        raise OSError('No such host')

    limits = host(device_read_bps=[{'Path': '/dev/sda', 'Rate': 1024}])
    configuration = ClientConfiguration(client=DockerCliClient(run=run), version='1.45')
    client = MappingDockerClient(ContainerMap('shop', limits), configuration)
    with pytest.raises(requests.ConnectionError, match='No such host'):
        client.update('web')
