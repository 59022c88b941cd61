"""Client configurations: settings, entries, features, and the client object."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from dockermap.client.base import DockerClientWrapper
from dockermap.client.docker_util import DockerUtilityMixin
from dockermap.exceptions import InputError
from dockermap.functional import lazy
from dockermap.map import DictMap
from dockermap.map.config.client import FEATURE_VERSIONS, USE_HC_MERGE, ClientConfiguration

FEATURES = [
    'host_config',
    'networks',
    'volumes',
    'stop_signal',
    'container_update',
    'container_update_restart_policy',
    'healthcheck',
    'stop_timeout',
]


class Client:
    """A client as far as its configuration needs it."""

    api_version: str | None = '1.22'

    def __init__(self, **kwargs: Any) -> None:
        self.kwargs = kwargs

    def inspect_container(self) -> None:
        """What makes this a low-level client."""


class Configuration(ClientConfiguration):
    """A configuration for this client."""

    client_constructor = Client


def features_of(configuration: ClientConfiguration) -> dict[str, Any]:
    configuration.client = SimpleNamespace()
    return dict(configuration.features)


def true_for(*names: str, **others: Any) -> dict[str, Any]:
    return {**{name: name in names for name in FEATURES}, **others}


class TestSettings:
    def test_positional_arguments(self) -> None:
        configuration = ClientConfiguration('unix://x', '1.30', 5)
        assert (configuration.base_url, configuration.version, configuration.timeout) == ('unix://x', '1.30', 5)
        assert dict(configuration.items()) == {}

    @pytest.mark.parametrize(
        ('name', 'default'),
        [
            ('base_url', None),
            ('version', None),
            ('timeout', None),
            ('interfaces', DictMap()),
            ('interfaces_ipv6', DictMap()),
            ('auth_configs', {}),
            ('client', None),
        ],
    )
    def test_default(self, name: str, default: Any) -> None:
        assert getattr(ClientConfiguration(), name) == default

    @pytest.mark.parametrize('name', ['interfaces', 'interfaces_ipv6'])
    def test_interfaces_are_attributes(self, name: str) -> None:
        configuration = ClientConfiguration(**{name: {'lan': '10.0.0.1'}})
        assert getattr(configuration, name).lan == '10.0.0.1'
        setattr(configuration, name, {'wan': '10.0.0.2'})
        assert getattr(configuration, name).wan == '10.0.0.2'
        assert dict(configuration.items()) == {}

    @pytest.mark.parametrize('name', ['interfaces', 'interfaces_ipv6', 'features', 'auth_configs'])
    def test_none_is_empty_and_other_types_are_refused(self, name: str) -> None:
        assert ClientConfiguration(**{name: None}) == ClientConfiguration()
        with pytest.raises(InputError, match=f'^{name}: Expected a mapping'):
            ClientConfiguration(**{name: 5})

    def test_everything_else_is_an_entry(self) -> None:
        configuration = ClientConfiguration(domainname='acme.test', wait_timeout=5, tls=True)
        assert configuration['domainname'] == configuration.domainname == configuration.get('domainname') == 'acme.test'
        configuration.fabric_host = 'web1'
        assert configuration['fabric_host'] == 'web1'

    def test_a_dict_as_only_positional_argument_is_read_like_keywords(self) -> None:
        values = {'base_url': 'unix://x', 'version': '1.22', 'interfaces': {'lan': '1.1.1.1'}, 'domainname': 'a'}
        assert ClientConfiguration(values) == ClientConfiguration(**values)

    def test_entries_and_settings_count_for_equality(self) -> None:
        assert ClientConfiguration('a', domainname='x') == ClientConfiguration('a', domainname='x')
        for other in (
            ClientConfiguration('b', domainname='x'),
            ClientConfiguration('a', domainname='y'),
            ClientConfiguration('a'),
        ):
            assert ClientConfiguration('a', domainname='x') != other

    @pytest.mark.parametrize(
        'copied', [ClientConfiguration.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))]
    )
    def test_a_copy_has_all_settings_and_shares_nothing(self, copied: Any) -> None:
        configuration = ClientConfiguration(
            'a', '1.22', interfaces={'lan': '192.0.2.1'}, features={'host_config': 'merge'}, domainname='x'
        )
        other = copied(configuration)
        assert other == configuration
        other.interfaces.lan = '192.0.2.2'
        assert configuration.interfaces.lan == '192.0.2.1'

    def test_a_copy_has_no_client(self) -> None:
        assert ClientConfiguration(client=Client()).copy().client is None

    def test_repr_creates_no_client(self) -> None:
        configuration = Configuration('unix://x', '1.22')
        assert 'unix://x' in repr(configuration)
        assert configuration.client is None

    def test_repr_shows_no_passwords(self) -> None:
        assert 'secret' not in repr(ClientConfiguration(auth_configs={'hub': {'password': 'secret'}}, token='secret'))


class TestFeatures:
    @pytest.mark.parametrize(
        ('name', 'version'),
        [
            ('host_config', (1, 15)),
            ('networks', (1, 21)),
            ('volumes', (1, 21)),
            ('stop_signal', (1, 21)),
            ('container_update', (1, 22)),
            ('container_update_restart_policy', (1, 23)),
            ('healthcheck', (1, 24)),
            ('stop_timeout', (1, 25)),
        ],
    )
    def test_first_version(self, name: str, version: tuple[int, ...]) -> None:
        assert dict(FEATURE_VERSIONS)[name] == version
        before, after = f'1.{version[1] - 1}', f'1.{version[1]}'
        assert features_of(ClientConfiguration(version=before))[name] is False
        assert features_of(ClientConfiguration(version=after))[name] is True

    @pytest.mark.parametrize(
        ('kwargs', 'expected'),
        [
            ({'version': '1.22'}, true_for('host_config', 'networks', 'volumes', 'container_update', 'stop_signal')),
            ({'version': '1.25', 'volumes': False}, true_for(*FEATURES, volumes=False)),
            ({'version': '1.25', 'features': {'host_config': USE_HC_MERGE}}, true_for(*FEATURES, host_config='merge')),
            ({}, true_for()),
            ({'version': 'auto'}, true_for()),
            ({'version': 'soon'}, true_for()),
            ({'version': '1.100'}, true_for(*FEATURES)),
            ({'version': 'auto', 'networks': True}, true_for('networks')),
        ],
    )
    def test_features_by_version(self, kwargs: Any, expected: dict[str, Any]) -> None:
        assert features_of(ClientConfiguration(**kwargs)) == expected

    @pytest.mark.parametrize(('version', 'found'), [(None, '1.41'), ('auto', '1.41'), ('1.22', '1.22')])
    def test_without_a_version_it_is_that_of_the_client(self, version: Any, found: str) -> None:
        configuration = ClientConfiguration(version=version, client=SimpleNamespace(api_version='1.41'))
        assert configuration.version == found
        assert configuration.features['healthcheck'] is (found == '1.41')

    def test_a_version_as_number_is_accepted_with_a_warning(self) -> None:
        with pytest.warns(UserWarning, match='1.21'):
            configuration = ClientConfiguration(version=1.21)
        assert features_of(configuration)['volumes'] is True

    def test_a_later_version_changes_what_was_not_set_explicitly(self) -> None:
        configuration = ClientConfiguration(version='1.15', client=Client(), networks=True)
        configuration.features['volumes'] = True
        configuration.version = '1.10'
        assert configuration.features == true_for('networks', 'volumes')

    def test_updating_merges_features(self) -> None:
        configuration = ClientConfiguration(version='1.25', client=Client(), features={'volumes': False})
        configuration.update({'features': {'host_config': USE_HC_MERGE}, 'domainname': 'x'})
        assert configuration.features == true_for(*FEATURES, volumes=False, host_config='merge')
        assert configuration.domainname == 'x'

    def test_updating_from_another_configuration(self) -> None:
        configuration = ClientConfiguration('a', '1.15', client=Client(), volumes=False)
        configuration.update(ClientConfiguration('b', '1.25', domainname='x', features={'networks': False}))
        configuration.client = Client()
        assert (configuration.base_url, configuration.domainname) == ('b', 'x')
        assert configuration.features == true_for(*FEATURES, volumes=False, networks=False)

    def test_the_dict_that_was_given_is_not_changed(self) -> None:
        given = {'volumes': False}
        ClientConfiguration(version='1.25', features=given, client=Client()).features['networks'] = False
        assert given == {'volumes': False}

    def test_a_stop_timeout_in_seconds_is_a_setting(self) -> None:
        configuration = ClientConfiguration(version='1.25', stop_timeout=5)
        assert configuration.stop_timeout == 5
        assert features_of(configuration)['stop_timeout'] is True

    def test_a_stop_timeout_that_is_true_or_false_is_a_feature(self) -> None:
        configuration = ClientConfiguration(version='1.25', stop_timeout=False)
        assert 'stop_timeout' not in configuration
        assert features_of(configuration)['stop_timeout'] is False

    def test_asking_for_features_creates_the_client(self) -> None:
        assert Configuration().features == true_for(
            'host_config', 'networks', 'volumes', 'container_update', 'stop_signal'
        )

    def test_a_given_version_tells_the_features_without_a_client(self) -> None:
        configuration = ClientConfiguration('unix:///nowhere/docker.sock', version='1.22')
        assert configuration.features['container_update'] is True
        assert configuration.features['stop_timeout'] is False
        assert configuration.client is None

    def test_features_cannot_be_replaced(self) -> None:
        with pytest.raises(AttributeError):
            ClientConfiguration().features = {}


class TestClientObject:
    @pytest.mark.parametrize(
        ('configuration', 'expected'),
        [
            (ClientConfiguration('unix://x'), {'base_url': 'unix://x', 'version': None, 'timeout': None}),
            (ClientConfiguration(tls=True, other=1), {'base_url': None, 'version': None, 'timeout': None, 'tls': True}),
        ],
    )
    def test_arguments_for_creating_it(self, configuration: ClientConfiguration, expected: Any) -> None:
        assert configuration.get_init_kwargs() == expected

    def test_a_subclass_adds_arguments(self) -> None:
        class Fabric(ClientConfiguration):
            init_kwargs = (*ClientConfiguration.init_kwargs, 'fabric_host')

        assert Fabric(fabric_host='web1').get_init_kwargs()['fabric_host'] == 'web1'

    def test_it_is_created_once_and_leads_back(self) -> None:
        configuration = Configuration('unix://x', timeout=5)
        client = configuration.get_client()
        assert client.kwargs == {'base_url': 'unix://x', 'version': None, 'timeout': 5}
        assert client.client_configuration is configuration
        assert configuration.get_client() is configuration.client is client

    def test_its_version_becomes_that_of_the_configuration(self) -> None:
        configuration = Configuration()
        configuration.get_client()
        assert configuration.version == '1.22'

    def test_a_subclass_may_handle_further_settings(self) -> None:
        class Special(Configuration):
            def update_settings(self, **kwargs: Any) -> None:
                super().update_settings(**kwargs)
                self.seen = kwargs

        configuration = Special()
        configuration.get_client()
        assert configuration.seen == {'version': '1.22'}

    def test_the_timeout_is_set_on_an_existing_client(self) -> None:
        configuration = Configuration()
        configuration.get_client()
        configuration.timeout = 7
        assert configuration.client.timeout == 7

    @pytest.mark.parametrize('name', ['base_url', 'version'])
    def test_other_settings_do_not_change_it(self, name: str) -> None:
        configuration = Configuration()
        client = configuration.get_client()
        setattr(configuration, name, '1.30')
        assert not hasattr(client, name)

    def test_the_configuration_of_a_client_is_found_again(self) -> None:
        configuration = Configuration()
        assert ClientConfiguration.from_client(configuration.get_client()) is configuration

    def test_a_foreign_client_gets_one_configuration(self) -> None:
        client = Client()
        client.base_url, client.timeout = 'unix://x', 9  # type: ignore[attr-defined]
        configuration = Configuration.from_client(client)
        assert (configuration.base_url, configuration.timeout, configuration.version) == ('unix://x', 9, '1.22')
        assert configuration.client is client
        assert Configuration.from_client(client) is configuration

    def test_a_client_that_takes_no_attributes_is_accepted(self) -> None:
        class Slotted:
            __slots__ = ()

            def inspect_container(self) -> None:
                """What makes this a low-level client."""

        assert isinstance(ClientConfiguration.from_client(Slotted()).client, Slotted)

    def test_a_high_level_client_stands_for_the_one_inside(self) -> None:
        client = Client()
        assert ClientConfiguration.from_client(SimpleNamespace(api=client)).client is client

    def test_assigning_a_client_links_it_back(self) -> None:
        configuration, client = ClientConfiguration(), Client()
        configuration.client = client
        assert client.client_configuration is configuration  # type: ignore[attr-defined]


class ClosableClient(DockerUtilityMixin):
    """A client that counts how often it is closed."""

    api_version = '1.41'

    def __init__(self, **kwargs: Any) -> None:
        self.kwargs = kwargs
        self.closed = 0

    def inspect_container(self) -> None:
        """What makes this a low-level client."""

    def close(self) -> None:
        self.closed += 1


class ClosableConfiguration(ClientConfiguration):
    client_constructor = ClosableClient


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


class TestClosing:
    def test_the_client_that_was_created_is_closed_once_and_forgotten(self) -> None:
        configuration = ClosableConfiguration('unix://x')
        client = configuration.get_client()
        configuration.close()
        configuration.close()
        assert (client.closed, configuration.client) == (1, None)
        assert getattr(client, 'client_configuration', None) is None

    def test_the_next_use_creates_another_client(self) -> None:
        configuration = ClosableConfiguration('unix://x', timeout=5)
        first = configuration.get_client()
        configuration.close()
        second = configuration.get_client()
        configuration.close()
        assert second is not first
        assert (first.closed, second.closed) == (1, 1)
        assert second.kwargs == {'base_url': 'unix://x', 'version': '1.41', 'timeout': 5}

    def test_what_was_found_out_from_the_client_is_kept(self) -> None:
        configuration = ClosableConfiguration()
        configuration.get_client()
        configuration.close()
        assert configuration.features['volumes'] is True
        assert configuration.client is None

    def test_without_a_client_nothing_is_created(self) -> None:
        configuration = ClosableConfiguration()
        configuration.close()
        assert configuration.client is None

    def test_a_client_without_close_is_forgotten(self) -> None:
        configuration = Configuration()
        client = configuration.get_client()
        configuration.close()
        assert configuration.client is None
        assert not hasattr(client, 'client_configuration')

    def test_a_client_that_fails_to_close_is_forgotten(self) -> None:
        class Failing(ClosableClient):
            def close(self) -> None:
                raise OSError('closed')

        class FailingConfiguration(ClientConfiguration):
            client_constructor = Failing

        configuration = FailingConfiguration()
        configuration.get_client()
        with pytest.raises(OSError, match='closed'):
            configuration.close()
        assert configuration.client is None

    @pytest.mark.parametrize(
        'given',
        [
            ClosableConfiguration.from_client,
            lambda client: ClosableConfiguration(client=client),
            lambda client: ClosableConfiguration.from_client(SimpleNamespace(api=client)),
        ],
    )
    def test_a_client_that_was_given_stays_open(self, given: Any) -> None:
        client = ClosableClient()
        configuration = given(client)
        with configuration:
            assert configuration.get_client() is client
        assert (client.closed, configuration.client) == (0, client)

    def test_a_client_that_was_assigned_stays_open(self) -> None:
        configuration, client = ClosableConfiguration(), ClosableClient()
        created = configuration.get_client()
        configuration.client = client
        configuration.close()
        assert (created.closed, client.closed, configuration.client) == (0, 0, client)

    def test_a_client_that_was_taken_over_by_an_update_stays_open(self) -> None:
        configuration, client = ClosableConfiguration(), ClosableClient()
        configuration.get_client()
        configuration.update(ClosableConfiguration(client=client))
        configuration.close()
        assert (client.closed, configuration.client) == (0, client)

    def test_a_copy_does_not_close_the_client(self) -> None:
        configuration = ClosableConfiguration()
        client = configuration.get_client()
        configuration.copy().close()
        assert (client.closed, configuration.client) == (0, client)

    def test_at_the_end_of_a_with_statement_the_client_is_closed(self) -> None:
        with ClosableConfiguration() as configuration:
            client = configuration.get_client()
            assert client.closed == 0
        assert (client.closed, configuration.client) == (1, None)

    def test_an_error_in_a_with_statement_closes_the_client_and_goes_on(self) -> None:
        configuration = ClosableConfiguration()
        client = configuration.get_client()
        with pytest.raises(KeyError), configuration:
            raise KeyError('x')
        assert client.closed == 1

    def test_entries_and_equality_know_nothing_of_it(self) -> None:
        configuration = ClosableConfiguration()
        configuration.get_client()
        configuration.close()
        assert dict(configuration.items()) == {}
        assert configuration == ClosableConfiguration(version='1.41')


@pytest.mark.usefixtures('without_collector')
class TestLifetime:
    @pytest.mark.parametrize(
        'configuration',
        [
            lambda: ClosableConfiguration(),
            lambda: ClientConfiguration('unix:///nowhere/docker.sock', '1.41'),
            lambda: ClosableConfiguration.from_client(ClosableClient()),
            lambda: ClientConfiguration(client=DockerClientWrapper('unix:///nowhere/docker.sock', '1.41')),
        ],
    )
    def test_nothing_keeps_a_client_without_users(self, configuration: Any) -> None:
        configuration = configuration()
        client = weakref.ref(configuration.get_client())
        assert client() is not None
        del configuration
        assert client() is None

    def test_nothing_keeps_a_client_of_any_class_that_was_closed(self) -> None:
        configuration = Configuration()
        client = weakref.ref(configuration.get_client())
        configuration.close()
        assert client() is None

    def test_a_client_that_outlives_its_configuration_still_leads_to_its_settings(self) -> None:
        configuration = ClosableConfiguration('unix://x', interfaces={'lan': '10.0.0.1'}, domainname='example.com')
        client = configuration.get_client()
        expected = configuration.copy()
        del configuration
        found = ClientConfiguration.from_client(client)
        assert found.client is client
        assert found.copy() == expected
        assert ClientConfiguration.from_client(client) is found
        found.close()
        assert client.closed == 0

    def test_a_client_of_no_configuration_leads_to_none(self) -> None:
        with pytest.raises(AttributeError, match='client_configuration'):
            ClosableClient().client_configuration  # noqa: B018
        assert not hasattr(ClosableClient(), 'client_configuration')


def test_a_configuration_needs_no_sdk_until_it_makes_a_client() -> None:
    code = (
        'import sys, copy\n'
        'from dockermap.api import ClientConfiguration, ContainerMap\n'
        'import dockermap.map.yaml\n'
        'configuration = ClientConfiguration("unix://x", "1.25", domainname="x")\n'
        'configuration.wait_timeout = 5\n'
        'repr(configuration.copy())\n'
        'ContainerMap("store", {"a": {"links": "b"}, "b": None}).get_extended_map()\n'
        'assert "docker" not in sys.modules and "requests" not in sys.modules\n'
        'ClientConfiguration.client_constructor\n'
        'assert "docker" in sys.modules\n'
    )
    subprocess.run([sys.executable, '-c', code], check=True, timeout=60)


@pytest.mark.parametrize('name', ['interfaces', 'interfaces_ipv6'])
@pytest.mark.parametrize(
    'address', ['10.0.0', '10.0.0.256', 'lan', '10.0.0.1/24', '10.0.0.1:80', '[10.0.0.1]', 10, ['10.0.0.1']]
)
def test_what_is_no_ip_address_of_an_interface_is_an_error(name: str, address: Any) -> None:
    with pytest.raises(ValueError, match=rf'^{name}\.lan: Expected an IP address'):
        ClientConfiguration(**{name: {'lan': address}})


@pytest.mark.parametrize('address', ['10.0.0.256', 'fd00:::1'])
def test_so_is_one_that_is_only_known_later(address: str) -> None:
    configuration = ClientConfiguration(interfaces={'lan': lazy(lambda: address)})
    with pytest.raises(ValueError, match=r'^interfaces\.lan: '):
        configuration.get_address('lan')


@pytest.mark.parametrize('address', ['fd00::1', '[fd00::1]'])
def test_an_address_of_ipv6_may_have_brackets(address: str) -> None:
    assert ClientConfiguration(interfaces_ipv6={'lan': address}).get_address('lan', True) == 'fd00::1'


@pytest.mark.parametrize(('interface', 'address'), [('192.0.2.1', '192.0.2.1'), ('[::1]', '::1'), ('::1', '::1')])
def test_an_address_may_take_the_place_of_an_interface(interface: str, address: str) -> None:
    configuration = ClientConfiguration()
    configuration.check_interface(interface)
    assert configuration.get_address(interface) == address
