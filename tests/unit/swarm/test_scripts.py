"""Scripts and commands run in jobs of a swarm."""

from __future__ import annotations

import pytest

from dockermap.exceptions import DockerMapError, InputError
from dockermap.map.action import ContainerUtilAction
from dockermap.map.exceptions import ActionRunnerException, ScriptActionException
from dockermap.map.swarm.runner import SwarmRefusalError
from dockermap.testing.swarm import SwarmClient

TOOL = {'image': 'web:1'}


def results(outputs):
    return [output.result for output in outputs if output.action_type == ContainerUtilAction.SCRIPT]


def calls(swarm):
    return [(call.method, call.subject) for call in swarm.calls]


def test_a_command_gives_exit_code_and_output_and_leaves_nothing(swarm, make_client):
    swarm.exit_codes['fail'], swarm.output['shop-tool'] = 3, ['one\n', 'two\n']
    shop = {'tool': {**TOOL, 'healthcheck': {'test': 'x'}, 'host_config': {'restart_policy': 'always'}}}
    client = make_client(shop)
    (result,) = results(client.run_script('tool', command_format=['fail'], entrypoint='sh -c'))
    assert (result['client'], result['exit_code'], result['log']) == ('__default__', 3, b'one\ntwo\n')
    assert calls(swarm) == [('create_service', 'shop-tool'), ('remove_service', 'shop-tool')]
    created = swarm.calls[0].arguments
    container = created['task_template']['ContainerSpec']
    assert (container['Args'], container['Command']) == (['fail'], ['sh', '-c'])
    assert created['mode'] == {'ReplicatedJob': {'MaxConcurrent': 1, 'TotalCompletions': 1}}
    assert created['task_template']['RestartPolicy'] == {'Condition': 'none'}
    assert (container['Healthcheck'], swarm.services) == ({'Test': ['NONE']}, {})


def test_what_the_container_needs_works_before(swarm, make_client):
    shop = {
        'networks': {'back': {}},
        'db': {'image': 'db:1', 'networks': ['back']},
        'tool': {**TOOL, 'networks': ['back'], 'depends_on': ['db']},
    }
    make_client(shop).run_script('tool', command_format='true')
    assert calls(swarm) == [
        ('create_network', 'shop-back'),
        ('create_service', 'shop-db'),
        ('create_service', 'shop-tool'),
        ('remove_service', 'shop-tool'),
    ]


def test_the_content_of_a_script_is_passed_on_and_goes_afterwards(swarm, make_client, tmp_path):
    (tmp_path / 'a.sh').write_text('echo')
    client = make_client({'tool': {**TOOL, 'secrets': {'token': 'x'}}})
    path = str(tmp_path / 'a.sh')
    client.run_script('tool', script_path=path, command_format='sh {script_path}', container_script_dir='/run-it')
    create = next(call for call in swarm.calls if call.method == 'create_service')
    container = create.arguments['task_template']['ContainerSpec']
    (config,) = container['Configs']
    assert (config['File']['Name'], container['Args']) == ('/run-it/a.sh', ['sh', '/run-it/a.sh'])
    assert (swarm.files, swarm.services) == ({'secrets': {}, 'configs': {}}, {})


def test_a_script_that_cannot_be_read_is_an_error_before_anything_is_done(swarm, make_client):
    with pytest.raises((InputError, ActionRunnerException), match=r'script_path: .*/nosuch/a.sh cannot be read'):
        make_client({'networks': {'n': {}}, 'tool': {**TOOL, 'networks': ['n']}}).run_script(
            'tool', script_path='/nosuch/a.sh'
        )
    assert swarm.calls == []


def test_a_directory_is_that_of_a_node_which_has_to_be_said(swarm, make_client):
    with pytest.raises((InputError, ActionRunnerException), match=r"'nodes' of container shop.tool has to say which"):
        make_client({'tool': TOOL}).run_script('tool', script_path='/srv/jobs/')
    assert swarm.calls == []
    client = make_client({'tool': {**TOOL, 'nodes': ['node2']}})
    client.run_script('tool', script_path='/srv/jobs/', command_format='{script_path}/a')
    container = swarm.calls[0].arguments['task_template']['ContainerSpec']
    assert container['Mounts'] == [{'Type': 'bind', 'Source': '/srv/jobs', 'Target': '/tmp/script_run'}]
    assert container['Args'] == ['/tmp/script_run/a']


def test_volumes_of_a_script_need_a_node_as_well(swarm, make_client):
    with pytest.raises(SwarmRefusalError, match="'nodes' has to say"):
        make_client({'tool': {**TOOL, 'binds': {'/etc/x': '/x'}}}).run_script('tool', command_format='true')
    assert swarm.calls == []


@pytest.mark.parametrize(('command', 'image'), [('missing', 'web:1'), ('true', 'web:2')])
def test_a_script_that_cannot_start_is_an_error_and_leaves_nothing(swarm, make_client, monkeypatch, command, image):
    swarm.exit_codes['missing'] = 127
    original = SwarmClient.create_service

    def create_service(self, *args, **kwargs):
        swarm.images.pop('web:2', None)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(SwarmClient, 'create_service', create_service)
    client = make_client({'tool': {'image': image, 'configs': {'a': 'b'}}})
    with pytest.raises(ActionRunnerException, match=r'was not run: .*(no such file|No such image)'):
        client.run_script('tool', command_format=[command])
    assert (swarm.services, swarm.files['configs']) == ({}, {})


def test_a_script_for_which_there_is_no_node_ends_with_the_words_of_the_scheduler(swarm, make_client):
    with pytest.raises(ActionRunnerException, match=r'was not started within .* no suitable node'):
        make_client({'tool': {**TOOL, 'nodes': ['disk=tape']}}).run_script('tool', wait_timeout=0.01)
    assert swarm.services == {}


def test_a_script_that_takes_too_long_stays_until_the_next_one(swarm, make_client, caplog):
    swarm.endless.add('sleep')
    client = make_client({'tool': {**TOOL, 'configs': {'a': 'b'}}})
    (result,) = results(client.run_script('tool', command_format=['sleep'], wait_timeout=0.01))
    assert sorted(result) == ['client', 'error', 'id']
    assert 'left as it is' in caplog.text
    assert [service['Spec']['Name'] for service in swarm.services.values()] == ['shop-tool']
    (result,) = results(client.run_script('tool', command_format=['true']))
    assert (result['exit_code'], swarm.services, swarm.files['configs']) == (0, {}, {})
    assert not any(task['Status']['State'] == 'running' for task in swarm.tasks)


def test_an_interrupted_script_is_removed(swarm, make_client, monkeypatch):
    swarm.endless.add('sleep')
    original, interrupts = SwarmClient.tasks, []

    def tasks(self, filters=None):
        found = original(self, filters)
        if found and not interrupts:
            interrupts.append(found)
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(SwarmClient, 'tasks', tasks)
    with pytest.raises(KeyboardInterrupt):
        make_client({'tool': {**TOOL, 'configs': {'a': 'b'}}}).run_script('tool', command_format=['sleep'])
    assert (swarm.services, swarm.files['configs']) == ({}, {})
    assert not any(task['Status']['State'] == 'running' for task in swarm.tasks)


def test_what_a_killed_program_has_left_is_told_and_removed(swarm, make_client, monkeypatch):
    swarm.endless.add('sleep')
    client = make_client({'tool': TOOL})
    client.run_script('tool', command_format=['sleep'], wait_timeout=0.01)
    assert [(left.name, left.purpose, left.is_removable) for left in client.leftovers()] == [
        ('shop-tool', 'script', True)
    ]
    client.leftovers(remove=True)
    swarm.tick()
    assert (swarm.services, swarm.tasks) == ({}, [])


def test_the_job_can_be_kept(swarm, make_client):
    client = make_client({'tool': TOOL})
    client.run_script('tool', command_format='true', remove_created_after=False)
    assert len(swarm.services) == 1


def test_a_service_of_that_name_is_only_removed_on_request(swarm, make_client):
    client = make_client({'tool': TOOL})
    client.update('tool')
    swarm.calls.clear()
    with pytest.raises((ScriptActionException, DockerMapError), match='exists already'):
        client.run_script('tool', command_format='true')
    assert swarm.calls == []
    client.run_script('tool', command_format='true', remove_existing_before=True)
    assert [method for method, _ in calls(swarm)] == ['remove_service', 'create_service', 'remove_service']


@pytest.mark.parametrize('action', ['update', 'startup'])
@pytest.mark.parametrize('command', ['true', 'fail'])
@pytest.mark.parametrize('is_job', [False, True])
def test_a_script_that_was_left_does_not_stand_in_for_the_service(swarm, make_client, action, command, is_job):
    swarm.exit_codes['fail'] = 3
    client = make_client({'tool': {**TOOL, 'job': is_job}})
    client.run_script('tool', command_format=[command], remove_created_after=False)
    swarm.calls.clear()
    client.run_actions(action, 'tool')
    assert [method for method, _ in calls(swarm)] == ['remove_service', 'create_service']
    assert swarm.tasks[-1]['Status']['State'] == ('complete' if is_job else 'running')


def test_a_script_that_was_left_is_not_started_again(swarm, make_client):
    client = make_client({'tool': TOOL})
    client.run_script('tool', command_format='true', remove_created_after=False)
    swarm.calls.clear()
    client.start('tool')
    assert swarm.calls == []
