"""Networks, and the connections of containers to them."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.functional import lazy
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.input import ContainerLink, ItemType, MapConfigId, NetworkEndpoint
from dockermap.map.policy.base import BasePolicy
from dockermap.map.state import State, StateFlags
from dockermap.map.state.update import UpdateStateGenerator
from dockermap.map.state.update.network import NetworkEndpointRegistry, network_differences
from tests.unit.update.states import container_id, properties, state_of, states_of

NET = MapConfigId(ItemType.NETWORK, 'm', 'net')
SHOP_NET = MapConfigId(ItemType.NETWORK, 'shop', 'net')
ID = 'c' * 64
BRIDGE = {'Id': 'bridge-id', 'Name': 'bridge', 'Containers': {}}
DISCONNECTED, LEFT = StateFlags.NETWORK_DISCONNECTED, StateFlags.NETWORK_LEFT
MISMATCH, MISC = StateFlags.NETWORK_MISMATCH, StateFlags.MISC_MISMATCH


def network_config(**values):
    return NetworkConfiguration(values)


@pytest.mark.parametrize(
    ('wanted', 'found'),
    [
        ({}, {'Driver': 'bridge', 'Internal': False, 'Options': {}}),
        ({}, {'Driver': 'bridge', 'Options': None}),
        ({'driver': lazy(lambda: 'overlay')}, {'Driver': 'overlay', 'Internal': False}),
        ({'internal': True}, {'Driver': 'bridge', 'Internal': True}),
        (
            {'driver_options': {'mtu': 1400, 'icc': False}},
            {'Driver': 'bridge', 'Options': {'mtu': '1400', 'icc': 'false', 'x': 'y'}},
        ),
        (
            {'create_options': {'driver': 'overlay', 'internal': True, 'options': {'a': 1}}},
            {'Driver': 'overlay', 'Internal': True, 'Options': {'a': '1'}},
        ),
        ({'driver_options': lambda: {'a': lazy(lambda: 1)}}, {'Driver': 'bridge', 'Options': {'a': '1'}}),
    ],
)
def test_a_network_as_configured_has_no_differences(wanted, found):
    assert network_differences(NET, network_config(**wanted), found) == []


@pytest.mark.parametrize(
    ('wanted', 'found', 'name'),
    [
        ({'driver': 'overlay'}, {'Driver': 'bridge'}, 'driver'),
        ({'internal': True}, {'Driver': 'bridge', 'Internal': False}, 'internal'),
        ({}, {'Driver': 'bridge', 'Internal': True}, 'internal'),
        ({'driver_options': {'mtu': 1400}}, {'Driver': 'bridge', 'Options': None}, 'driver_options.mtu'),
        ({'driver_options': {'mtu': 1400}}, {'Driver': 'bridge', 'Options': {'mtu': '1500'}}, 'driver_options.mtu'),
    ],
)
def test_each_difference_of_a_network_is_named(wanted, found, name):
    assert [difference.property for difference in network_differences(NET, network_config(**wanted), found)] == [name]


def registry(*networks: dict[str, Any], containers=None):
    made = NetworkEndpointRegistry(
        BasePolicy.nname,
        BasePolicy.cname,
        BasePolicy.get_hostname,
        {'m.app': ID, **(containers or {})},
        {'bridge': BRIDGE},
    )
    for network in networks:
        made.register_network(network)
    return made


def known(name, endpoint='e1', network_id=None):
    containers = {ID: {'EndpointID': endpoint}} if endpoint else None
    return {'Name': name, 'Id': network_id or f'{name}-id', 'Containers': containers}


def detail(networks, running=True, mode='default', **config):
    return {
        'Id': ID,
        'Name': '/m.app',
        'State': {'Running': running},
        'Config': config,
        'HostConfig': {} if mode is None else {'NetworkMode': mode},
        'NetworkSettings': {'Networks': networks},
    }


def endpoint(name, endpoint_id='e1', **values):
    empty = {'Aliases': None, 'Links': None, 'IPAMConfig': None}
    return {'NetworkID': f'{name}-id', 'EndpointID': endpoint_id, **empty, **values}


def checked(item, config, found, *networks, containers=None):
    configuration = ContainerConfiguration(config)
    configuration.clean()
    return registry(*networks, containers=containers).check_container_config(item, configuration, found)


def test_a_connected_container_needs_nothing(item):
    assert checked(item, {'networks': ['net']}, detail({'m.net': endpoint('m.net')}), known('m.net')) == (0, {})


@pytest.mark.parametrize('config', [{}, {'network_mode': 'bridge'}, {'networks': ['bridge']}])
def test_without_networks_the_default_one_is_expected(item, config):
    found = detail({'bridge': endpoint('bridge')})
    assert checked(item, config, found, known('bridge', network_id='bridge-id')) == (0, {})


@pytest.mark.parametrize('config', [{}, {'network_mode': 'bridge'}, {'networks': ['bridge']}])
@pytest.mark.parametrize('running', [True, False])
@pytest.mark.parametrize('aliases', [['www'], [ID[:12]], ['m.app', 'another'], []])
def test_names_that_an_engine_lists_on_a_network_of_its_own_are_no_difference(item, config, running, aliases):
    found = detail({'bridge': endpoint('bridge', Aliases=aliases)}, running=running)
    assert checked(item, config, found, known('bridge', network_id='bridge-id')) == (0, {})


@pytest.mark.parametrize('mode', ['host', 'none'])
def test_names_that_an_engine_lists_without_a_network_are_no_difference(item, mode):
    found = detail({mode: endpoint(mode, Aliases=['www'])}, mode=mode)
    assert checked(item, {'network_mode': mode}, found, known(mode)) == (0, {})


def test_an_alias_that_is_asked_for_on_a_network_of_the_engine_is_no_difference(item):
    found = detail({'bridge': endpoint('bridge')})
    config = {'networks': [('bridge', {'aliases': ['www']})]}
    assert checked(item, config, found, known('bridge', network_id='bridge-id')) == (0, {})


def test_an_address_on_a_network_of_the_engine_is_still_compared(item):
    found = detail({'bridge': endpoint('bridge', IPAMConfig={'IPv4Address': '172.17.0.9'})})
    assert checked(item, {}, found, known('bridge', network_id='bridge-id')) != (0, {})


def test_an_alias_on_another_network_is_still_a_difference(item):
    found = detail({'m.bridge2': endpoint('m.bridge2', Aliases=['www'])})
    assert checked(item, {'networks': ['bridge2']}, found, known('m.bridge2')) != (0, {})


def test_a_running_container_without_the_network_is_to_be_connected(item):
    found = detail({})
    assert checked(item, {'networks': ['net']}, found, known('m.net', None)) == (
        DISCONNECTED,
        {'disconnected': [NetworkEndpoint('net')]},
    )


def test_a_running_container_that_the_network_does_not_know_is_to_be_connected(item):
    found = detail({'m.net': endpoint('m.net')})
    assert checked(item, {'networks': ['net']}, found, known('m.net', None))[0] == DISCONNECTED


def test_a_stopped_container_is_to_be_connected_with_its_endpoint(item):
    found = detail({}, running=False)
    assert checked(item, {'networks': [('net', ['www'])]}, found, known('m.net', None)) == (
        DISCONNECTED,
        {'disconnected': [NetworkEndpoint('net', ['www'])]},
    )


def test_networks_do_not_know_stopped_containers(item):
    found = detail({'m.net': endpoint('m.net', '')}, running=False)
    assert checked(item, {'networks': ['net']}, found, known('m.net', None)) == (0, {})


@pytest.mark.parametrize('running', [True, False])
def test_a_container_that_remembers_an_earlier_network_of_the_name_is_to_be_connected(item, running):
    found = detail({'m.net': endpoint('m.net', NetworkID='earlier')}, running=running)
    assert checked(item, {'networks': ['net']}, found, known('m.net'))[0] == DISCONNECTED


def test_other_networks_are_to_be_left(item):
    found = detail({'m.net': endpoint('m.net'), 'm.b': endpoint('m.b'), 'm.a': endpoint('m.a')})
    assert checked(item, {'networks': ['net']}, found, known('m.net')) == (LEFT, {'left': {'m.a', 'm.b'}})


def test_a_network_that_cannot_be_left_needs_a_new_container(item):
    found = detail({'m.net': endpoint('m.net', ''), 'm.old': endpoint('m.old', '', NetworkID='earlier')}, running=False)
    assert checked(item, {'networks': ['net']}, found, known('m.net'), known('m.old')) == (MISC, {})


@pytest.mark.parametrize(
    ('config', 'values'),
    [
        (('net', {'aliases': ['a', 'b']}), {'Aliases': ['a', 'b', ID[:12]]}),
        (('net', {'aliases': [lazy(lambda: 'a')]}), {'Aliases': ['a', 'm.app']}),
        (('net', {}), {'Aliases': [ID[:12]]}),
        (('net', {'links': ['db', ('api', 'x')]}), {'Links': ['m.api:x', 'm.db:db']}),
        (('net', {'ipv4_address': '10.0.0.9'}), {'IPAMConfig': {'IPv4Address': '10.0.0.9'}}),
        (('net', {'ipv6_address': 'fd00:0:0::9'}), {'IPAMConfig': {'IPv6Address': 'fd00::9'}}),
        (
            ('net', {'link_local_ips': ['169.254.8.8', 'fe80:0::1']}),
            {'IPAMConfig': {'LinkLocalIPs': ['fe80::1', '169.254.8.8']}},
        ),
        (('net', {}), {'IPAMConfig': {}}),
    ],
)
@pytest.mark.parametrize('running', [True, False])
def test_an_endpoint_as_configured_needs_nothing(item, config, values, running):
    found = detail({'m.net': endpoint('m.net', **values)}, running=running)
    assert checked(item, {'networks': [config]}, found, known('m.net')) == (0, {})


@pytest.mark.parametrize(
    ('config', 'values'),
    [
        ({'aliases': ['a']}, {}),
        ({'aliases': ['a', 'b']}, {'Aliases': ['a']}),
        ({}, {'Aliases': ['a', ID[:12]]}),
        ({'links': ['db']}, {}),
        ({'links': ['db']}, {'Links': ['m.db:other']}),
        ({}, {'Links': ['m.db:db']}),
        ({'ipv4_address': '10.0.0.9'}, {}),
        ({'ipv4_address': '10.0.0.9'}, {'IPAMConfig': {'IPv4Address': '10.0.0.8'}}),
        ({}, {'IPAMConfig': {'IPv4Address': '10.0.0.8'}}),
        ({'ipv6_address': 'fd00::9'}, {'IPAMConfig': {'IPv6Address': 'fd00::8'}}),
        ({'link_local_ips': ['169.254.8.8']}, {}),
        ({}, {'IPAMConfig': {'LinkLocalIPs': ['169.254.8.8']}}),
    ],
)
@pytest.mark.parametrize('running', [True, False])
def test_a_changed_endpoint_is_to_be_reconnected(item, config, values, running):
    found = detail({'m.net': endpoint('m.net', **values)}, running=running)
    flags, extra = checked(item, {'networks': [('net', config)]}, found, known('m.net'))
    name, wanted = extra['reconnect'][0]
    assert (flags, name, wanted.network_name) == (MISMATCH, 'm.net', 'net')


def test_an_endpoint_that_the_network_knows_otherwise_is_to_be_reconnected(item):
    found = detail({'m.net': endpoint('m.net', 'e2')})
    assert checked(item, {'networks': ['net']}, found, known('m.net', 'e1'))[0] == MISMATCH


def test_links_without_alias_go_by_the_host_name(item):
    found = detail({'m.net': endpoint('m.net', Links=['m.my_db:my-db'])})
    config = {'networks': [NetworkEndpoint('net', links=[ContainerLink('my_db')])]}
    assert checked(item, config, found, known('m.net')) == (0, {})


def test_links_of_the_container_belong_to_the_first_network(item):
    config = {'networks': [('net', {'links': [('api', 'x')]}), 'other'], 'links': ['db']}
    found = detail({'m.net': endpoint('m.net', Links=['m.api:x', 'm.db:db']), 'm.other': endpoint('m.other')})
    assert checked(item, config, found, known('m.net'), known('m.other')) == (0, {})
    missing = detail({'m.net': endpoint('m.net', Links=['m.api:x']), 'm.other': endpoint('m.other')})
    flags, extra = checked(item, config, missing, known('m.net'), known('m.other'))
    assert (flags, extra['reconnect'][0][1].links) == (MISMATCH, [ContainerLink('api', 'x'), ContainerLink('db')])


def test_a_link_of_container_and_network_is_made_once(item):
    config = {'networks': [('net', {'links': ['db']})], 'links': ['db']}
    flags, extra = checked(item, config, detail({'m.net': endpoint('m.net')}), known('m.net'))
    assert (flags, extra['reconnect'][0][1].links) == (MISMATCH, [ContainerLink('db')])


def test_links_of_the_container_belong_to_no_network_of_the_engine(item):
    found = detail({'bridge': endpoint('bridge')})
    config = {'networks': ['bridge'], 'links': ['db']}
    assert checked(item, config, found, known('bridge', network_id='bridge-id')) == (0, {})


@pytest.mark.parametrize(
    ('config', 'mode', 'networks'),
    [
        ({'network_mode': 'host'}, 'host', {'host': {}}),
        ({'network_mode': 'host'}, None, {'host': {}}),
        ({'network_mode': 'none'}, 'none', {'none': {}}),
        ({'network_mode': 'none'}, None, {}),
        ({'network_mode': 'db'}, 'container:m.db', {}),
        ({'network_mode': 'db'}, 'container:id-of-db', {}),
        ({'network_mode': 'db.i1'}, 'container:id-of-i1', {}),
        ({'network_mode': 'container:foreign'}, 'container:id-of-foreign', {}),
        ({'network_mode': '/foreign'}, 'container:id-of-foreign', {}),
        ({'network_mode': 'container:id-of-'}, 'container:id-of-other', {}),
        ({'host_config': {'network_mode': 'host'}}, 'host', {'host': {}}),
        ({'host_config': {'network_mode': 'mine'}}, 'mine', {'mine': endpoint('mine')}),
        ({'network_mode': 'host', 'host_config': {'network_mode': 'none'}}, 'none', {}),
    ],
)
def test_a_network_mode_as_configured_needs_nothing(item, config, mode, networks):
    containers = {'m.db': 'id-of-db', 'm.db.i1': 'id-of-i1', 'foreign': 'id-of-foreign'}
    found = detail(networks, mode=mode)
    assert checked(item, config, found, known('mine'), containers=containers) == (0, {})


@pytest.mark.parametrize(
    ('config', 'mode', 'networks'),
    [
        ({}, 'host', {'host': {}}),
        ({}, 'none', {'none': {}}),
        ({}, 'container:id-of-db', {}),
        ({'networks': ['net']}, 'host', {'host': {}}),
        ({'network_mode': 'host'}, 'default', {'bridge': endpoint('bridge')}),
        ({'network_mode': 'none'}, 'default', {'bridge': endpoint('bridge')}),
        ({'network_mode': 'none'}, 'host', {'host': {}}),
        ({'network_mode': 'host'}, 'none', {'none': {}}),
        ({'network_mode': 'db'}, 'default', {}),
        ({'network_mode': 'db'}, 'container:earlier-id', {}),
        ({'network_mode': 'container:foreign'}, 'container:earlier-id', {}),
        ({'network_mode': 'other'}, 'container:id-of-db', {}),
        ({'host_config': {'network_mode': 'host'}}, 'default', {'bridge': endpoint('bridge')}),
    ],
)
def test_another_kind_of_network_mode_or_another_stack_needs_a_new_container(item, config, mode, networks):
    containers = {'m.db': 'id-of-db', 'foreign': 'id-of-foreign'}
    assert checked(item, config, detail(networks, mode=mode), containers=containers) == (MISC, {})


def test_a_disabled_network_is_as_good_as_none(item):
    assert checked(item, {'network_mode': 'none'}, detail(None, mode=None, NetworkDisabled=True)) == (0, {})


GIVEN = {'EndpointsConfig': {'mine': {'Aliases': ['a'], 'Links': ['x:y'], 'IPAMConfig': {'IPv4Address': '10.0.0.9'}}}}


@pytest.mark.parametrize('networks', [[], ['first']])
def test_networks_that_are_passed_on_as_an_argument_take_the_place_of_the_first(item, networks):
    values = {'Aliases': ['a'], 'Links': ['x:y'], 'IPAMConfig': {'IPv4Address': '10.0.0.9'}}
    found = detail({'mine': endpoint('mine', **values)})
    config = {'create_options': {'networking_config': GIVEN}, 'networks': networks}
    assert checked(item, config, found, known('mine')) == (0, {})


@pytest.mark.parametrize('networks', [{}, {'mine': endpoint('mine')}, {'mine': endpoint('mine', Aliases=['a'])}])
def test_networks_that_are_passed_on_as_an_argument_are_joined_at_creation_only(item, networks):
    config = {'create_options': {'networking_config': GIVEN}}
    assert checked(item, config, detail(networks), known('mine')) == (MISC, {})


def test_an_inspection_without_networks_is_one_of_a_container_without_connections(item):
    found = {'Id': ID, 'State': {'Running': False}, 'HostConfig': {}, 'NetworkSettings': {}, 'Config': {}}
    assert checked(item, {'networks': ['net']}, found, known('m.net', None))[0] == DISCONNECTED


class TestOnAnEngine:
    CONTENT = {'app': {'image': 'web', 'networks': ['net']}, 'networks': {'net': {}}}

    def test_a_missing_network_is_absent(self, make_policy):
        assert states_of(make_policy(self.CONTENT), 'app')['network', 'net'][3:] == (State.ABSENT, 0, {})

    def test_changes_of_a_network_are_kept_with_its_state(self, engine, make_policy):
        engine.add_network('shop.net')
        content = {**self.CONTENT, 'networks': {'net': {'internal': True}}}
        state = states_of(make_policy(content), 'app')['network', 'net']
        assert (state.base_state, state.state_flags) == (State.PRESENT, MISC)
        assert properties(state) == ['internal']

    def test_an_unchanged_network_has_its_containers_as_data(self, engine, make_policy):
        network = engine.add_network('shop.net')
        foreign = engine.add_container('foreign', running=True, host_config={'NetworkMode': 'shop.net'})
        state = states_of(make_policy(self.CONTENT), 'app')['network', 'net']
        assert state[3:5] == (State.PRESENT, 0)
        assert state.extra_data['id'] == network.id
        assert {key: found['Name'] for key, found in state.extra_data['containers'].items()} == {foreign.id: 'foreign'}

    def test_a_network_that_was_made_anew_meanwhile_is_looked_at_again(self, engine, make_policy):
        engine.add_network('shop.net')
        policy = make_policy(self.CONTENT)
        states = UpdateStateGenerator(policy, {}).get_states([SHOP_NET, container_id('app')])
        assert next(states).config_id == SHOP_NET
        engine.client().remove_network('shop.net')
        policy.network_names['__default__']['shop.net'] = engine.add_network('shop.net').id
        engine.add_container('shop.app', 'web', running=True, host_config={'NetworkMode': 'shop.net'})
        found = {state.config_id.config_type: state for state in states}
        assert found[ItemType.CONTAINER].state_flags == 0


WITHOUT_NETWORKS = {'networks': False}


def test_without_networks_on_the_client_only_the_mode_is_compared(engine, make_policy):
    engine.add_container('shop.app', 'web', running=True)
    policy = make_policy({'app': {'image': 'web', 'network_mode': 'host'}}, WITHOUT_NETWORKS)
    assert state_of(policy, 'app').state_flags == MISC
    assert 'inspect_network' not in {call.method for call in engine.calls}


@pytest.mark.parametrize(
    ('config', 'created'),
    [
        ({}, {}),
        ({'network_mode': 'host'}, {'host_config': {'NetworkMode': 'host'}}),
        ({'network_mode': 'none'}, {'network_disabled': True}),
        ({'network_mode': 'none'}, {'host_config': {'NetworkMode': 'none'}, 'network_disabled': True}),
    ],
)
def test_without_networks_on_the_client_the_same_mode_is_no_difference(engine, make_policy, config, created):
    engine.add_container('shop.app', 'web', running=True, **created)
    policy = make_policy({'app': {'image': 'web', **config}}, WITHOUT_NETWORKS)
    assert state_of(policy, 'app').state_flags == 0


def test_engines_without_networks_refer_to_containers_by_name(engine, make_policy):
    engine.add_container('shop.db', 'db', running=True)
    shared = {'NetworkMode': 'container:shop.db'}
    engine.add_container('shop.app', 'web', running=True, host_config=shared)
    engine.report('inspect_container', {'HostConfig': shared}, name='shop.app')
    policy = make_policy({'app': {'image': 'web', 'network_mode': 'db'}, 'db': {'image': 'db'}}, WITHOUT_NETWORKS)
    assert state_of(policy, 'app').state_flags == 0


def test_engines_of_today_refer_to_containers_by_id_also_for_clients_without_networks(engine, make_policy):
    engine.add_container('shop.db', 'db', running=True)
    engine.add_container('shop.app', 'web', running=True, host_config={'NetworkMode': 'container:shop.db'})
    policy = make_policy({'app': {'image': 'web', 'network_mode': 'db'}, 'db': {'image': 'db'}}, WITHOUT_NETWORKS)
    assert state_of(policy, 'app').state_flags == 0


def test_another_container_is_a_difference_for_clients_without_networks(engine, make_policy):
    engine.add_container('shop.db', 'db', running=True)
    engine.add_container('shop.other', 'db', running=True)
    engine.add_container('shop.app', 'web', running=True, host_config={'NetworkMode': 'container:shop.other'})
    policy = make_policy({'app': {'image': 'web', 'network_mode': 'db'}, 'db': {'image': 'db'}}, WITHOUT_NETWORKS)
    assert state_of(policy, 'app').state_flags != 0


@pytest.mark.parametrize(('disabled', 'foreign'), [(False, ['theirs']), (True, None)])
def test_a_container_with_networking_disabled_is_in_no_network_that_it_lists(engine, make_policy, disabled, foreign):
    engine.add_network('theirs')
    engine.add_container('shop.app', 'web', network_disabled=disabled)
    engine.client().connect_container_to_network('shop.app', 'theirs')
    policy = make_policy({'app': {'image': 'web', 'network_mode': 'none' if disabled else None}})
    assert state_of(policy, 'app').extra_data.get('foreign_networks') == foreign
