"""Commands with sudo: the password goes over standard input, and only where it is asked for."""

from __future__ import annotations

import re

import pytest

from dockermap.fabric import ConnectionRun, FabricConfiguration, SudoError, command_client

PASSWORD = 'swordfish'


@pytest.fixture
def run(host, connect, sudo_user):
    """Makes functions that run commands with sudo, as a user with a password."""
    from fabric import Config

    def make(password: str | None) -> ConnectionRun:
        config = Config(overrides={'sudo': {'password': password}})
        return ConnectionRun(connect(host, user=sudo_user, config=config), sudo=True)

    return make


def test_commands_run_as_root_and_get_their_input(run):
    assert run(PASSWORD)('id -un; cat', b'input\n') == 'root\ninput\n'


def test_without_being_asked_the_password_is_not_handed_to_the_command(host, connect):
    # root is never asked.
    from fabric import Config

    as_root = ConnectionRun(connect(host, config=Config(overrides={'sudo': {'password': PASSWORD}})), sudo=True)
    assert as_root('cat', b'input\n') == 'input\n'


@pytest.mark.parametrize(
    ('password', 'expected'),
    [('wrong', 'does not accept the password in the configuration'), (None, 'asks for a password, and there is none')],
)
def test_a_password_that_is_not_accepted_is_told(run, password, expected):
    with pytest.raises(SudoError, match=expected) as failure:
        run(password)('id')
    assert 'wrong' not in str(failure.value)


def test_a_client_that_runs_its_commands_with_sudo(run, api, base_image, unique):
    connection = run(PASSWORD).connection
    client = command_client(connection, sudo=True)
    assert re.fullmatch(r'\d+\.\d+', client.api_version)
    created = api.create_container(base_image, 'true', name=unique)
    assert created['Id'] in [found['Id'] for found in client.containers(all=True)]
    configuration = FabricConfiguration(connection=connection, mode='command', sudo=True)
    assert configuration.get_client().api_version == client.api_version
    configuration.close()
    assert connection.is_connected
