"""Ports with a protocol and of version 6, network modes, names in networks."""

from __future__ import annotations

import pytest


@pytest.fixture
def service(service):
    """Settings of a container in the default network."""

    def settings(**kwargs):
        return {**service(**kwargs), 'network_mode': kwargs.get('network_mode')}

    return settings


@pytest.mark.parametrize(
    'make_ports',
    [
        lambda port: [('53/udp', port)],
        lambda port: [('53/udp', port), (53, port)],
        lambda port: [('80/tcp', port)],
        lambda port: [(80, port, 'six', True)],
        lambda port: [(80, port, 'four')],
        lambda port: [(80, 0)],
    ],
    ids=['udp', 'both', 'tcp', 'version 6', 'interface', 'any'],
)
def test_a_published_port_is_no_reason_to_make_a_container_anew(
    make_client, service, inspect, nothing_to_do, free_port, make_ports
):
    content = {'app': service(exposes=make_ports(free_port))}
    interfaces = {'interfaces': {'four': '127.0.0.1'}, 'interfaces_ipv6': {'six': '::1'}}
    make_client(content, **interfaces).startup('app')
    first = inspect()
    ports = first['NetworkSettings']['Ports']
    assert set(ports) == {
        f'{str(port).partition("/")[0]}/{str(port).partition("/")[2] or "tcp"}' for port, *_ in make_ports(free_port)
    }
    assert all(ports.values())
    nothing_to_do(content, **interfaces)
    assert inspect()['Id'] == first['Id']


@pytest.mark.parametrize('mode', ['container:{}.other', '/{}.other'])
def test_a_container_of_another_map_can_lend_its_network(make_client, service, inspect, nothing_to_do, unique, mode):
    content = {'app': service(network_mode=mode.format(unique)), 'other': service()}
    make_client(content).startup(['other'])
    make_client(content).startup('app')
    assert inspect()['HostConfig']['NetworkMode'] == f'container:{inspect("other")["Id"]}'
    nothing_to_do(content)


def test_who_lends_its_network_can_be_made_anew_on_request(make_client, service, inspect, nothing_to_do, api, unique):
    content = {'app': service(network_mode='other'), 'other': service()}
    make_client(content).startup('app')
    first = inspect('other')['Id']
    make_client(content).update('app', force_update='other')
    second = inspect('other')['Id']
    assert second != first
    assert inspect()['HostConfig']['NetworkMode'] == f'container:{second}'
    api.restart(f'{unique}.app', timeout=0)
    assert inspect()['State']['Running']
    nothing_to_do(content)


def test_an_empty_network_mode_is_the_default_one(make_client, service, inspect):
    make_client({'app': service(network_mode=None)}).startup('app')
    assert list(inspect()['NetworkSettings']['Networks']) in (['bridge'], ['podman'])


def test_a_changed_mode_leaves_no_stale_endpoint(make_client, service, inspect, api, unique):
    for mode in ('none', None, 'none', None):
        make_client({'app': service(network_mode=mode)}).update('app')
    api.remove_container(f'{unique}.app', force=True)
    make_client({'app': service()}).startup('app')
    assert inspect()['State']['Running']


def test_containers_in_a_network_are_found_by_name_host_name_and_alias(make_client, service, output_of, unique):
    serve = ['sh', '-c', 'mkdir /page; echo found > /page/index.html; exec httpd -f -p 8000 -h /page']
    page = service(networks={'net': ['db']}, create_options={'command': serve})
    content = {'app': service(networks='net'), 'src': page, 'networks': {'net': None}}
    make_client(content).startup(['src', 'app'])
    for name in (f'{unique}.src', f'{unique}-src', 'db'):
        fetch = f'until wget -q -O - http://{name}:8000/ 2>/dev/null; do sleep 0.1; done'
        assert output_of('app', f'timeout 20 sh -c "{fetch}"') == 'found', name


def test_more_networks_are_no_obstacle_for_a_stopped_container(make_client, service, inspect, nothing_to_do):
    networks = {'networks': {'one': None, 'two': None}}
    make_client({'app': service(networks='one'), **networks}).startup('app')
    make_client({'app': service(networks='one'), **networks}).stop('app')
    content = {'app': service(networks=['one', 'two']), **networks}
    make_client(content).update('app')
    assert [name.rpartition('.')[2] for name in sorted(inspect()['NetworkSettings']['Networks'])] == ['one', 'two']
    assert inspect()['State']['Running']
    nothing_to_do(content)
