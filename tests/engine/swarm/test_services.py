"""Single services on a real swarm: what was found to go wrong on its managers does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from private_swarm import PrivateSwarm

from dockermap.api import ClientConfiguration, MappingDockerClient
from dockermap.exceptions import InputError
from dockermap.map.action import ContainerUtilAction
from dockermap.map.exceptions import ActionRunnerException
from dockermap.map.execute.events import ActionEvent

WEB: dict[str, Any] = {
    'image': 'web:1',
    'exposes': {80: 18090},
    'nodes': ['node2'],
    'stop_timeout': 1,
    'host_config': {'init': True, 'restart_policy': 'no'},
    'create_options': {'command': ['httpd', '-f', '-p', '80', '-h', '/etc']},
}
OTHER_PARTS = {'mode': 'Mode', 'update_config': 'UpdateConfig', 'endpoint_spec': 'EndpointSpec'}
Make = Callable[..., MappingDockerClient]
Eventually = Callable[[Callable[[], Any]], bool]


def is_served(swarm: PrivateSwarm, node: int, port: int) -> bool:
    try:
        with urlopen(f'http://{swarm.address(node)}:{port}/passwd', timeout=5) as answer:
            return b'root' in answer.read()
    except OSError:
        return False


def test_placement_and_port_change_together_and_the_constraint_goes(
    swarm: PrivateSwarm, make_client: Make, map_name: str, eventually: Eventually
) -> None:
    make_client({'web': WEB}).update('web')
    # A container runs a moment before its program listens.
    assert eventually(lambda: is_served(swarm, 2, 18090))
    make_client({'web': {**WEB, 'nodes': ['node3'], 'exposes': {80: 18091}}}).update('web')
    assert eventually(lambda: is_served(swarm, 3, 18091))
    assert not is_served(swarm, 2, 18090)
    make_client({'web': {**WEB, 'nodes': [], 'exposes': {80: 18091}}}).update('web')
    with swarm.api() as api:
        spec = api.inspect_service(f'{map_name}-web')['Spec']
    assert 'Constraints' not in spec['TaskTemplate']['Placement']


def test_stopped_and_started_at_once_runs(swarm: PrivateSwarm, make_client: Make, eventually: Eventually) -> None:
    client = make_client({'web': WEB})
    client.startup('web')
    client.stop('web')
    assert client.status('web')[0].state == 'exited'
    client.start('web')
    assert eventually(lambda: is_served(swarm, 2, 18090))
    client.shutdown('web')
    assert client.status('web')[0].state == 'missing'


@pytest.mark.parametrize('is_changed', [pytest.param(False, marks=pytest.mark.full), True])
def test_a_version_that_is_out_of_date_makes_no_second_service(
    swarm: PrivateSwarm, make_client: Make, map_name: str, is_changed: bool
) -> None:
    make_client({'web': WEB}).update('web')
    changed = make_client({'web': {**WEB, 'create_options': {**WEB['create_options'], 'environment': {'A': '1'}}}})
    with swarm.api() as api:

        def somebody_else(event: ActionEvent) -> None:
            if (event.call, event.kind) == ('update_service', 'started'):
                service = api.inspect_service(f'{map_name}-web')
                spec = service['Spec']
                if is_changed:
                    spec['TaskTemplate']['ContainerSpec']['Env'] = ['B=2']
                parts = {name: spec[key] for name, key in OTHER_PARTS.items()}
                version = service['Version']['Index']
                api.update_service(service['ID'], version, spec['TaskTemplate'], spec['Name'], spec['Labels'], **parts)

        if is_changed:
            with pytest.raises(ActionRunnerException, match=f'Somebody else has updated service {map_name}-web'):
                changed.update('web', listener=somebody_else)
        else:
            changed.update('web', listener=somebody_else)
        found = [row for row in api.services() if row['Spec']['Name'].startswith(map_name)]
    wanted = ['B=2'] if is_changed else ['A=1']
    assert [row['Spec']['TaskTemplate']['ContainerSpec'].get('Env') for row in found] == [wanted]


def test_no_node_that_fits_is_told_in_the_words_of_the_scheduler(make_client: Make) -> None:
    client = make_client({'web': {**WEB, 'nodes': ['disk=tape']}})
    with pytest.raises(ActionRunnerException, match='no suitable node'):
        client.update('web', wait_timeout=3)


def test_a_job_runs_to_its_end_and_a_failing_one_is_an_error(make_client: Make) -> None:
    job = {'image': 'web:1', 'job': True, 'create_options': {'command': ['true']}}
    client = make_client({'web': job})
    client.update('web')
    assert not client.plan('update', 'web').operations
    with pytest.raises(ActionRunnerException, match=r'non-zero exit \(3\)'):
        make_client({'web': {**job, 'create_options': {'command': ['sh', '-c', 'exit 3']}}}).update('web')


def test_a_new_volume_has_the_owner_and_mode_that_the_map_says(
    swarm: PrivateSwarm, make_client: Make, map_name: str
) -> None:
    web = {
        **WEB,
        'attaches': {'data': '/data'},
        'user': '7:8',
        'permissions': 'u=rwx,g=rx,o=',
        'create_options': {'command': ['sleep', '600']},
    }
    make_client({'volumes': {'data': '/data'}, 'web': {**web, 'exposes': []}}).update('web')
    with swarm.api(2) as api:
        (container,) = api.containers(filters={'label': f'com.docker.swarm.service.name={map_name}-web'})
        command = api.exec_create(container, ['stat', '-c', '%u:%g %a', '/data'])
        assert api.exec_start(command) == b'7:8 750\n'


def test_a_script_gives_exit_code_and_output_and_leaves_nothing(
    swarm: PrivateSwarm, make_client: Make, map_name: str, tmp_path: Path
) -> None:
    (tmp_path / 'a.sh').write_text('echo told; exit 3', encoding='utf-8')
    client = make_client({'tool': {'image': 'web:1'}})
    outputs = client.run_script('tool', script_path=str(tmp_path / 'a.sh'), command_format='sh {script_path}')
    (result,) = [output.result for output in outputs if output.action_type == ContainerUtilAction.SCRIPT]
    assert (result['exit_code'], result['log']) == (3, b'told\n')
    with pytest.raises(ActionRunnerException, match=r'was not run: .*no such file'):
        client.run_script('tool', command_format='/nosuch')
    with swarm.api() as api:
        assert [row for row in api.services() if row['Spec']['Name'].startswith(map_name)] == []
        assert [row for row in api.configs() if row['Spec']['Name'].startswith(map_name)] == []


def test_a_service_that_becomes_a_job_is_another_one(make_client: Make) -> None:
    job = {'image': 'web:1', 'job': True, 'create_options': {'command': ['true']}}
    make_client({'web': WEB}).update('web')
    client = make_client({'web': job})
    client.update('web')
    assert client.status('web')[0].state == 'complete'


@pytest.mark.full
def test_a_port_is_handed_on_and_exchanged_in_one_call(
    swarm: PrivateSwarm, make_client: Make, eventually: Eventually
) -> None:
    def shop(web: int, app: int) -> MappingDockerClient:
        return make_client({'web': {**WEB, 'exposes': {80: web}}, 'app': {**WEB, 'exposes': {80: app}}})

    def served() -> list[bool]:
        return [is_served(swarm, 2, port) for port in (18090, 18091, 18092)]

    shop(18090, 18091).update(['web', 'app'])
    shop(18092, 18090).update(['app', 'web'])
    assert eventually(lambda: served() == [True, False, True])
    shop(18090, 18092).update(['web', 'app'])
    client = shop(18090, 18092)
    assert eventually(lambda: served() == [True, False, True])
    assert list(client.plan('update', ['web', 'app']).operations) == []


def test_the_address_of_a_worker_is_an_error_that_names_the_managers(swarm: PrivateSwarm) -> None:
    with pytest.raises(InputError, match=f'manages no swarm; it is a worker, and its managers are {swarm.address(1)}'):
        ClientConfiguration(base_url=swarm.url(3), orchestrator='swarm').get_client()
