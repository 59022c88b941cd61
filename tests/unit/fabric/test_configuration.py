"""Configurations of clients on hosts of Fabric, as far as no host is needed."""

from __future__ import annotations

import pytest

SECRET = 'hunter2-is-secret'


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        ({}, 'host: Expected the name of a host'),
        ({'host': 'a', 'mode': 'http'}, "mode: Expected 'api' or 'command', found 'http'"),
        ({'host': 'a', 'sudo': True}, "sudo: Only commands are run with sudo: it needs mode='command'"),
    ],
)
def test_wrong_settings_are_refused(settings, expected):
    from dockermap.fabric import FabricConfiguration

    with pytest.raises(ValueError, match=expected):
        FabricConfiguration(settings).get_client()


def test_logins_come_from_the_configuration_of_fabric():
    from fabric import Config

    from dockermap.fabric import FabricConfiguration

    login, given = {'username': 'me', 'password': SECRET}, {'other.test': {'username': 'you'}}
    config = Config(overrides={'dockermap': {'registries': {'registry.test': login}}})
    configuration = FabricConfiguration(host='a', config=config, auth_configs=given)
    assert configuration.auth_configs == {'registry.test': login, **given}
    assert SECRET not in repr(configuration)


def test_a_copy_has_a_connection_of_its_own():
    from dockermap.fabric import FabricConfiguration

    configuration = FabricConfiguration(host='me@a:2222')
    copy = configuration.copy()
    assert copy.base_url == configuration.base_url == 'ssh://me@a:2222'
    assert copy.get_connection() is not configuration.get_connection()


def test_the_user_and_the_port_can_be_settings():
    from dockermap.fabric import FabricConfiguration

    assert FabricConfiguration(host='a', user='you', port=2200).base_url == 'ssh://you@a:2200'
