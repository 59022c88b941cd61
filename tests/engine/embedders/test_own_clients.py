"""Clients that are not the SDK's, and configurations that make them."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from dockermap.api import USE_HC_MERGE, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.docker_api import EngineClient

REQUESTS = [
    'containers',
    'images',
    'networks',
    'volumes',
    'inspect_container',
    'inspect_network',
    'inspect_volume',
    'top',
    'create_container',
    'create_network',
    'create_volume',
    'start',
    'stop',
    'restart',
    'kill',
    'wait',
    'logs',
    'update_container',
    'remove_container',
    'remove_network',
    'remove_volume',
    'connect_container_to_network',
    'disconnect_container_from_network',
    'exec_create',
    'exec_start',
    'pull',
    'login',
]
RETURN_NOTHING = {
    'create_volume',
    'start',
    'wait',
    'remove_container',
    'remove_network',
    'remove_volume',
    'exec_create',
    'stop',
    'restart',
    'kill',
    'connect_container_to_network',
    'disconnect_container_from_network',
    'update_container',
}


def forwarding(name: str) -> Any:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.calls.append(name)
        result = getattr(self._engine, name)(*args, **kwargs)
        if name == 'exec_create':
            self._engine.exec_start(result['Id'], detach=True)
        return None if name in RETURN_NOTHING else result

    return call


class LaconicClient:
    """Has the documented methods and nothing else; what need not return anything, does not."""

    api_version = '1.41'

    def __init__(self, base_url: str) -> None:
        self.calls: list[str] = []
        self._engine = docker.APIClient(base_url=base_url, version=self.api_version, timeout=60)

    def close(self) -> None:
        self._engine.close()


for name in REQUESTS:
    setattr(LaconicClient, name, forwarding(name))


class HostClient(LaconicClient):
    """Can run commands on the engine's host, which is this machine."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.commands: list[str] = []

    def run_cmd(self, command: str) -> str:
        self.commands.append(command)
        return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def laconic(engine_url: str) -> Iterator[LaconicClient]:
    with contextlib.closing(LaconicClient(engine_url)) as client:
        yield client


@pytest.fixture
def shop(service: Any, needs: str) -> dict[str, Any]:
    return {
        'web': service(
            networks=['front', 'back'],
            **{needs: 'db'},
            shares='/shared',
            exec_commands=[('touch /first', None, 'initial'), ('touch /each',)],
        ),
        'db': service(networks='back', attaches={'data': '/data'}, user='1000', permissions='u=rwX,go='),
        'networks': {'front': None, 'back': None},
    }


RUNNING = {'web': 'running', 'db': 'running', 'front': 'network', 'back': 'network', 'data': 'volume'}


def test_the_double_is_what_the_protocol_says(laconic):
    assert isinstance(laconic, EngineClient)
    assert not isinstance(laconic, docker.APIClient)


def test_a_client_that_is_not_the_sdks_does_everything(make_client, shop, laconic, existing, output_of, api, unique):
    client = make_client(MappingDockerClient, shop, laconic)
    client.startup('web')
    assert existing() == RUNNING
    assert output_of('.db', 'stat -c "%u %a" /data') == '1000 700'
    assert client.update('web') == []
    client.restart('web')
    client.signal('web', signal='USR1')
    shop['web']['host_config'] = {'mem_limit': '32m', 'cap_add': ['NET_ADMIN']}
    make_client(MappingDockerClient, shop, laconic).update('web')
    host_config = api.inspect_container(f'{unique}.web')['HostConfig']
    assert (host_config['CapAdd'], host_config['Memory']) == (['NET_ADMIN'], 2**25)
    created = laconic.calls.count('create_container')
    make_client(MappingDockerClient, shop, laconic).update('web')
    assert laconic.calls.count('create_container') == created
    client.shutdown('db', remove_attached=True)
    assert existing() == {'front': 'network', 'back': 'network'}


def test_a_client_without_return_values_runs_scripts(make_client, shop, laconic, existing):
    (output,) = [
        output
        for output in make_client(MappingDockerClient, shop, laconic).run_script(
            'web', command_format=['sh', '-c', 'echo out; exit 3']
        )
        if isinstance(output.result, dict) and 'exit_code' in output.result
    ]
    assert (output.result['exit_code'], output.result['log']) == (3, b'out\n')
    assert 'web' not in existing()


@pytest.mark.parametrize(('options', 'has_helper'), [({}, False), ({'prepare_local': False}, True)])
def test_a_client_that_runs_commands_on_the_host_prepares_volumes_there(
    make_client, shop, engine_url, is_own_engine, existing, output_of, options, has_helper
):
    if not is_own_engine:
        pytest.skip('needs an engine on this machine, whose files this user may change')
    with contextlib.closing(HostClient(engine_url)) as client:
        make_client(MappingDockerClient, shop, client).startup('db', **options)
        assert len(client.commands) == (0 if has_helper else 2)
        assert client.calls.count('create_container') == (2 if has_helper else 1)
    assert output_of('.db', 'stat -c "%u %a" /data') == '1000 700'


class RemoteConfiguration(ClientConfiguration):
    """Knows hosts by a short name, as embedders do that reach engines by their own means."""

    init_kwargs = (*ClientConfiguration.init_kwargs, 'fabric_host', 'audit')
    client_constructor = None

    def __init__(self, *args: Any, fabric_host: str = 'nowhere', **kwargs: Any) -> None:
        self.made = 0
        super().__init__(*args, fabric_host=fabric_host, **kwargs)

    def get_client(self) -> Any:
        if self._client is None:
            self.made += 1
        return super().get_client()


def make_remote_client(sockets: dict[str, str]) -> Any:
    def construct(fabric_host: str, audit: Any = None, **kwargs: Any) -> LaconicClient:
        client = LaconicClient(sockets[fabric_host])
        client.audit = audit  # type: ignore[attr-defined]
        return client

    return construct


@pytest.fixture
def remote_class(engine_url: str) -> type[RemoteConfiguration]:
    return type(
        'BoundConfiguration',
        (RemoteConfiguration,),
        {'client_constructor': staticmethod(make_remote_client({'here': engine_url}))},
    )


def test_a_configuration_class_with_own_arguments_makes_the_client(
    remote_class, service, unique, option_defaults, existing
):
    configuration = remote_class(fabric_host='here', audit='yes', interfaces={'local': '127.0.0.1'})
    client = MappingDockerClient(
        ContainerMap(unique, {'web': service(exposes=[(80, 0, 'local')]), 'clients': ['far']}),
        clients={'far': configuration},
        option_defaults=option_defaults,
    )
    outputs = client.startup('web')
    assert existing() == {'web': 'running'}
    assert {output.client_name for output in outputs} == {'far'}
    assert client.update('web') == []
    assert (configuration.made, configuration.get_client().audit, configuration.fabric_host) == (1, 'yes', 'here')
    configuration.get_client().close()


def test_a_configuration_class_can_be_the_default(remote_class, service, unique, option_defaults, existing):
    class Fabric(MappingDockerClient):
        configuration_class = remote_class

        def __init__(self, container_maps: Any, docker_client: Any = None, clients: Any = None) -> None:
            super().__init__(
                container_maps,
                docker_client or self.configuration_class(fabric_host='here'),
                clients,
                option_defaults=option_defaults,
            )

    client = Fabric(ContainerMap(unique, {'web': service()}))
    client.startup('web')
    assert existing() == {'web': 'running'}
    client.shutdown('web')
    assert existing() == {}
    client.clients['__default__'].get_client().close()


def test_a_client_that_takes_all_arguments_in_one_gets_them_so(make_client, service, engine_url, api, unique):
    class MergingClient(LaconicClient):
        def create_container(self, **kwargs: Any) -> Any:
            host = {
                name: kwargs.pop(name)
                for name in ('cap_add', 'binds', 'mem_limit', 'network_mode', 'links', 'port_bindings', 'volumes_from')
                if name in kwargs
            }
            host.setdefault('network_mode', 'default')
            kwargs['host_config'] = self._engine.create_host_config(**host)
            return self._engine.create_container(**kwargs)

    with contextlib.closing(MergingClient(engine_url)) as client:
        configuration = ClientConfiguration(client=client, features={'host_config': USE_HC_MERGE})
        front_end = make_client(
            MappingDockerClient,
            {'web': service(host_config={'cap_add': ['NET_ADMIN'], 'mem_limit': '32m'})},
            configuration,
        )
        front_end.startup('web')
        detail = api.inspect_container(f'{unique}.web')
        assert (detail['State']['Running'], detail['HostConfig']['CapAdd']) == (True, ['NET_ADMIN'])
        assert front_end.update('web') == []
