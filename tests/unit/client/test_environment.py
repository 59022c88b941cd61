"""Clients without an address follow the environment, in the same way for both kinds of clients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from dockermap.client.cli import DockerCliClient
from dockermap.docker_api import address_from_environment, tls_from_environment
from dockermap.map.config.client import ClientConfiguration

VARIABLES = ('DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_CONFIG')


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    for name in ('ca', 'cert', 'key'):
        (tmp_path / f'{name}.pem').touch()
    return tmp_path


def files(tls: Any) -> tuple[Any, Any, Any]:
    return tls.ca_cert, tls.cert, tls.verify


@pytest.mark.parametrize(
    ('variables', 'address'),
    [
        ({}, None),
        ({'DOCKER_HOST': ''}, None),
        ({'DOCKER_HOST': ' tcp://h:1 '}, 'tcp://h:1'),
        ({'DOCKER_HOST': 'unix:///run/x.sock'}, 'unix:///run/x.sock'),
        ({'DOCKER_HOST': 'ssh://me@h'}, 'ssh://me@h'),
        ({'DOCKER_HOST': 'tcp://h'}, 'tcp://h:2375'),
        ({'DOCKER_HOST': 'tcp://h/'}, 'tcp://h:2375'),
        ({'DOCKER_HOST': 'tcp://[::1]:5'}, 'tcp://[::1]:5'),
        ({'DOCKER_HOST': 'tcp://[::1]'}, 'tcp://[::1]:2375'),
        ({'DOCKER_HOST': 'tcp://h', 'DOCKER_TLS_VERIFY': '1'}, 'tcp://h:2376'),
        ({'DOCKER_HOST': 'h:1'}, 'h:1'),
    ],
)
def test_the_address_is_read_as_the_docker_command_reads_it(variables: dict[str, str], address: str | None) -> None:
    assert address_from_environment(variables) == address


@pytest.mark.parametrize(('value', 'is_used'), [('1', True), ('0', True), ('yes', True), ('', False), (None, False)])
def test_any_value_asks_for_verified_tls(certificates: Path, value: str | None, is_used: bool) -> None:
    variables = {'DOCKER_CERT_PATH': str(certificates)} | ({} if value is None else {'DOCKER_TLS_VERIFY': value})
    tls = tls_from_environment(variables)
    assert (tls is not None) is is_used
    assert tls is None or files(tls) == (
        f'{certificates}/ca.pem',
        (f'{certificates}/cert.pem', f'{certificates}/key.pem'),
        True,
    )


def test_certificates_are_those_of_the_docker_command_by_default(certificates: Path) -> None:
    tls = tls_from_environment({'DOCKER_TLS_VERIFY': '1', 'DOCKER_CONFIG': str(certificates)})
    assert files(tls)[0] == f'{certificates}/ca.pem'


def test_a_certificate_of_the_client_is_not_needed(certificates: Path) -> None:
    (certificates / 'key.pem').unlink()
    tls = tls_from_environment({'DOCKER_TLS_VERIFY': '1', 'DOCKER_CERT_PATH': str(certificates)})
    assert files(tls) == (f'{certificates}/ca.pem', None, True)


def test_a_missing_certificate_of_the_authority_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'DOCKER_CERT_PATH: There is no file .*/ca\.pem'):
        tls_from_environment({'DOCKER_TLS_VERIFY': '1', 'DOCKER_CERT_PATH': str(tmp_path)})


def test_both_clients_follow_the_environment(environment: pytest.MonkeyPatch, certificates: Path) -> None:
    environment.setenv('DOCKER_HOST', 'tcp://h:2376')
    environment.setenv('DOCKER_TLS_VERIFY', '1')
    environment.setenv('DOCKER_CERT_PATH', str(certificates))
    settings = ClientConfiguration().get_init_kwargs()
    command = DockerCliClient(cmd_prefix='sudo')
    assert settings['base_url'] == command.base_url == 'tcp://h:2376'
    assert files(settings['tls']) == files(command.tls)
    assert command.get_cmd('start', container='a') == (
        f'sudo docker -H tcp://h:2376 --tlsverify --tlscacert={certificates}/ca.pem '
        f'--tlscert={certificates}/cert.pem --tlskey={certificates}/key.pem start a'
    )


def test_the_sdk_client_uses_the_address_and_the_certificates(
    environment: pytest.MonkeyPatch,
    certificates: Path,
) -> None:
    environment.setenv('DOCKER_HOST', 'tcp://h:2376')
    environment.setenv('DOCKER_TLS_VERIFY', '1')
    environment.setenv('DOCKER_CERT_PATH', str(certificates))
    with ClientConfiguration(version='1.41') as configuration:
        client = configuration.get_client()
        assert isinstance(client, APIClient)
        assert client.base_url == 'https://h:2376'
        assert client.verify == f'{certificates}/ca.pem'


def test_the_address_is_followed_again_after_closing(environment: pytest.MonkeyPatch) -> None:
    environment.setenv('DOCKER_HOST', 'tcp://h:1')
    configuration = ClientConfiguration(version='1.41')
    configuration.get_client()
    configuration.close()
    environment.setenv('DOCKER_HOST', 'tcp://h:2')
    assert configuration.get_client().base_url == 'http://h:2'
    configuration.close()


@pytest.mark.parametrize(
    'configuration',
    [
        ClientConfiguration('unix:///x.sock'),
        ClientConfiguration(client=object()),
        ClientConfiguration('tcp://h:1', tls=True),
    ],
    ids=['address', 'client', 'tls'],
)
def test_what_is_configured_counts(environment: pytest.MonkeyPatch, configuration: ClientConfiguration) -> None:
    expected = configuration.base_url, configuration.get_init_kwargs()
    environment.setenv('DOCKER_HOST', 'tcp://h:2376')
    environment.setenv('DOCKER_TLS_VERIFY', '1')
    assert (configuration.base_url, configuration.get_init_kwargs()) == expected


def test_tls_that_is_configured_counts_also_without_an_address(environment: pytest.MonkeyPatch) -> None:
    environment.setenv('DOCKER_HOST', 'tcp://h:2376')
    environment.setenv('DOCKER_TLS_VERIFY', '1')
    assert ClientConfiguration(tls=False).get_init_kwargs()['tls'] is False


def test_an_address_of_a_command_counts(environment: pytest.MonkeyPatch) -> None:
    environment.setenv('DOCKER_HOST', 'tcp://h:1')
    assert DockerCliClient(base_url='unix:///x.sock').base_url == 'unix:///x.sock'


def test_commands_that_run_elsewhere_follow_the_environment_there(environment: pytest.MonkeyPatch) -> None:
    environment.setenv('DOCKER_HOST', 'tcp://h:1')
    assert DockerCliClient(run=lambda *_: '').get_cmd('start', container='a') == 'docker start a'


def test_the_environment_is_no_setting(environment: pytest.MonkeyPatch) -> None:
    before = ClientConfiguration()
    environment.setenv('DOCKER_HOST', 'tcp://h:1')
    assert ClientConfiguration() == before
    assert 'h:1' not in repr(ClientConfiguration())
