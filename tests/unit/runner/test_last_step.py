"""What is adapted to engine and SDK right before something is created."""

from __future__ import annotations

import pytest

from dockermap.docker_api import HostConfig
from dockermap.functional import lazy
from dockermap.map.config.client import USE_HC_MERGE
from dockermap.map.policy.label import LABEL, parse_label
from dockermap.map.policy.ownership import ITEM_LABEL, MAP_LABEL, without_own_labels

NETWORKS = {'networks': {'back': None}}


@pytest.fixture
def final(make_setup):
    """Final arguments for a container ``web`` with some settings, without those labels that all items get."""

    def build(settings, **client_settings):
        setup = make_setup({'web': settings, **NETWORKS}, **client_settings)
        kwargs = setup.final_kwargs('web')
        labels = kwargs.pop('labels')
        assert parse_label(labels[LABEL]) is not None
        assert (labels[MAP_LABEL], labels[ITEM_LABEL]) == ('shop', 'container:web')
        return {**kwargs, 'labels': without_own_labels(labels)}

    return build


@pytest.mark.parametrize(
    ('exposes', 'ports'),
    [
        ([80], [80]),
        (['53/udp'], [('53', 'udp')]),
        (['80/tcp', 81], [('80', 'tcp'), 81]),
        (['80'], ['80']),
    ],
)
def test_ports_with_a_protocol_become_pairs(final, exposes, ports):
    assert final({'exposes': exposes})['ports'] == ports


def test_different_ways_to_write_a_port_are_one_port(final):
    bindings = final({'exposes': [(80, 8080), ('80/tcp', 8081), ('80', 8082), ('80/udp', 8083)]})['host_config']
    assert {port: [entry['HostPort'] for entry in entries] for port, entries in bindings['PortBindings'].items()} == {
        '80/tcp': ['8080', '8081', '8082'],
        '80/udp': ['8083'],
    }


@pytest.mark.parametrize(
    ('given', 'sent'),
    [
        (
            {'environment': {'A': 1, 'B': True, 'C': None, 'D': lazy(lambda: 1.5)}},
            {'environment': {'A': '1', 'B': 'true', 'C': None, 'D': '1.5'}},
        ),
        ({'environment': ['A=1', 'B']}, {'environment': ['A=1', 'B']}),
        ({'stop_signal': 2}, {'stop_signal': '2'}),
        ({'labels': {'a': 1, 'b': False}}, {'labels': {'a': '1', 'b': 'false'}}),
        ({'labels': ['a', 'b']}, {'labels': {'a': '', 'b': ''}}),
    ],
)
def test_numbers_and_booleans_become_texts_where_engines_want_them(final, given, sent):
    final_kwargs = final({'create_options': given})
    assert {name: final_kwargs[name] for name in sent} == sent


@pytest.mark.parametrize(
    ('given', 'key', 'sent'),
    [
        ({'sysctls': {'net.ipv4.ip_forward': True, 'x': 1}}, 'Sysctls', {'net.ipv4.ip_forward': 'true', 'x': '1'}),
        ({'storage_opt': {'size': 1}}, 'StorageOpt', {'size': '1'}),
        (
            {'log_config': {'type': 'json-file', 'config': {'max-file': 3}}},
            'LogConfig',
            {'Type': 'json-file', 'Config': {'max-file': '3'}},
        ),
    ],
)
def test_the_host_configuration_has_texts_as_well(final, given, key, sent):
    assert final({'host_config': given})['host_config'][key] == sent


@pytest.mark.parametrize(
    ('settings', 'key', 'value'),
    [
        ({'create_options': {'mem_limit': '1m'}}, 'Memory', 2**20),
        ({'create_options': {'cpu_shares': lazy(lambda: 5)}}, 'CpuShares', 5),
        ({'create_options': {'mem_limit': '1m'}, 'host_config': {'mem_limit': '2m'}}, 'Memory', 2**21),
        ({'create_options': {'network_mode': 'host'}}, 'NetworkMode', 'host'),
        ({'create_options': {'network_mode': 'host'}, 'network_mode': 'bridge'}, 'NetworkMode', 'bridge'),
        ({'create_options': {'binds': ['/a:/b:rw']}, 'binds': [('/c', '/d')]}, 'Binds', ['/a:/b:rw', '/d:/c:rw']),
    ],
)
def test_arguments_of_the_host_configuration_may_stand_among_the_others(final, settings, key, value):
    final_kwargs = final(settings)
    assert final_kwargs['host_config'][key] == value
    assert not set(settings['create_options']) & set(final_kwargs)


def test_arguments_of_the_container_may_stand_in_the_host_configuration(final):
    final_kwargs = final(
        {'host_config': {'hostname': 'h', 'environment': {'A': 1}}, 'create_options': {'environment': {'B': 2}}}
    )
    assert (final_kwargs['hostname'], final_kwargs['environment']) == ('h', {'A': '1', 'B': '2'})


@pytest.mark.parametrize(
    'settings',
    [
        {'network_mode': 'container:x'},
        {'host_config': {'network_mode': 'container:x'}},
        {'create_options': {'network_mode': 'container:x'}},
    ],
)
def test_in_the_network_of_another_container_nothing_is_said_about_the_own(final, settings):
    final_kwargs = final({**settings, 'exposes': [(80, 80)], 'networks': 'back'})
    assert final_kwargs['ports'] == []
    assert not {'networking_config', 'hostname', 'domainname'} & set(final_kwargs)
    assert final_kwargs['host_config'] == HostConfig(
        version='1.41', links=[], binds=[], volumes_from=[], port_bindings={}, network_mode='container:x'
    )


@pytest.mark.parametrize('settings', [{'network_mode': 'host'}, {'host_config': {'network_mode': 'host'}}])
def test_in_the_network_of_the_host_others_are_not_joined(final, settings):
    assert 'networking_config' not in final({**settings, 'networks': ['back']})


def test_ports_are_left_to_the_host_in_its_own_network(final):
    final_kwargs = final({'network_mode': 'host', 'exposes': [(80, 80)]})
    assert final_kwargs['host_config']['PortBindings'] == {}


def test_a_client_that_takes_everything_together_gets_it_together(final):
    final_kwargs = final({'create_options': {'mem_limit': '1m'}}, features={'host_config': USE_HC_MERGE})
    assert final_kwargs['mem_limit'] == '1m'


def test_networks_and_volumes_have_texts_as_options(make_setup):
    setup = make_setup({'web': {'attaches': 'data'}, 'networks': {'back': None}, 'volumes': {'data': '/data'}})
    network = setup.runner.finalize_create_kwargs(
        setup.action('network', 'back'), 'shop.back', {'name': 'shop.back', 'options': {'mtu': 1400, 'on': True}}
    )
    volume = setup.runner.finalize_create_kwargs(
        setup.action('volume', 'web', 'data'), 'shop.data', {'name': 'shop.data', 'driver_opts': {'size': 1}}
    )
    assert (network['options'], volume['driver_opts']) == ({'mtu': '1400', 'on': 'true'}, {'size': '1'})


def test_a_temporary_container_runs_its_commands_in_a_shell(make_setup):
    setup = make_setup({'web': {'attaches': 'data', 'user': 'u', 'permissions': 'o='}, 'volumes': {'data': '/data'}})
    action = setup.action('volume', 'web', 'data')
    built = setup.runner.get_attached_preparation_create_kwargs(action, 'shop.data', 'data')
    final_kwargs = setup.runner.finalize_create_kwargs(action, 'shop.data', built)
    assert final_kwargs['command'] == ['/bin/sh', '-c', 'chown -R u:u /volume-tmp && chmod -R o= /volume-tmp']
    assert LABEL not in final_kwargs['labels']


def test_what_was_built_is_not_modified(make_setup):
    setup = make_setup({'web': {'create_options': {'mem_limit': '1m', 'labels': {'a': 1}}}})
    built, again = setup.create_kwargs('web'), setup.create_kwargs('web')
    setup.runner.finalize_create_kwargs(setup.action('container', 'web'), 'shop.web', built)
    assert built == again


def test_old_engines_get_no_label(make_setup):
    setup = make_setup({'web': None}, version='1.22')
    assert 'labels' not in setup.final_kwargs('web')


@pytest.mark.parametrize('place', ['host_config', 'create_options'])
def test_what_has_the_names_of_the_host_gets_none_of_its_own(final, place):
    kwargs = final({place: {'uts_mode': 'host'}}, domainname='example.com')
    assert not {'hostname', 'domainname'} & kwargs.keys()


@pytest.mark.parametrize('options', [{'pid_mode': 'host'}, {'ipc_mode': 'host'}, {'userns_mode': 'host'}])
def test_other_namespaces_of_the_host_go_with_names(final, options):
    assert {'hostname', 'domainname'} <= final({'host_config': options}, domainname='example.com').keys()


@pytest.mark.parametrize('settings', [{'network_mode': 'host'}, {'host_config': {'network_mode': 'host'}}])
def test_what_has_the_network_of_the_host_has_no_links(make_setup, settings):
    setup = make_setup({'web': {'links': ['db'], **settings}, 'db': {}})
    assert setup.final_kwargs('web')['host_config']['Links'] == []


def test_in_a_network_of_its_own_links_are_names_and_lead_to_no_certain_container(make_setup):
    setup = make_setup({'web': {'links': {'db': 'store'}, 'networks': 'back'}, 'db': {}, 'networks': {'back': None}})
    kwargs = setup.final_kwargs('web')
    assert kwargs['networking_config']['EndpointsConfig']['shop.back']['Links'] == ['shop.db:store']
    assert kwargs['host_config']['Links'] == []


LINKING = {
    'web': {'links': [('db', 'store'), 'my_db.i1'], 'networks': ['back', 'front']},
    'db': {},
    'my_db': {'instances': ['i1']},
    'networks': {'back': None, 'front': None},
}


def first_endpoint(setup, network):
    return setup.final_kwargs('web')['networking_config']['EndpointsConfig'][network]


def test_links_have_their_aliases_in_the_first_network(make_setup):
    links = first_endpoint(make_setup(LINKING), 'shop.back')['Links']
    assert links == ['shop.db:store', 'shop.my_db.i1:my-db-i1']


def test_links_of_the_network_itself_come_before_those_of_the_container(make_setup):
    web = {'links': [('db', 'store')], 'networks': {'back': {'links': [('db', 'main'), ('db', 'store')]}}}
    endpoint = first_endpoint(make_setup({**LINKING, 'web': web}), 'shop.back')
    assert endpoint['Links'] == ['shop.db:main', 'shop.db:store']


@pytest.mark.parametrize('links', [[], [('db', 'store')]])
def test_networks_of_the_engine_know_no_aliases_of_links(make_setup, links):
    setup = make_setup({**LINKING, 'web': {'links': links, 'networks': ['bridge']}})
    assert 'Links' not in first_endpoint(setup, 'bridge')


def test_links_change_no_network_that_arguments_name(make_setup):
    given = {'EndpointsConfig': {'shop.back': None, 'other': {'Aliases': ['o']}}}
    web = {**LINKING['web'], 'create_options': {'networking_config': given}}
    endpoints = make_setup({**LINKING, 'web': web}).final_kwargs('web')['networking_config']['EndpointsConfig']
    assert endpoints['other'] == {'Aliases': ['o']}
    assert endpoints['shop.back']['Links'] == ['shop.db:store', 'shop.my_db.i1:my-db-i1']
