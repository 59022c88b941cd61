"""Running scripts and single commands in containers made for them."""

from __future__ import annotations

import pytest

from dockermap.docker_api import APIError
from dockermap.map.exceptions import ScriptRunException
from dockermap.testing import Process

SHORT = Process(seconds=0.5, output='done\n')


@pytest.fixture
def script(make_setup, engine, client):
    """Runs a script in a container with some settings; it ends soon unless another process is given."""
    for name in ('back', 'front'):
        engine.add_network(f'shop.{name}')

    def run(settings=None, options=None, client_settings=None, client=client, process=SHORT, **kwargs):
        engine.script(process, container='shop.web')
        setup = run.setup = make_setup(
            {'web': settings, 'networks': {'back': None, 'front': None}},
            client,
            options=options,
            **(client_settings or {}),
        )
        return setup.runner.run_script(setup.acting('container', 'web'), 'shop.web', **kwargs)

    return run


def created(script):
    call = script.setup.calls('create_container')[0]
    return call.get('command'), call.get('entrypoint'), call['volumes'], call['host_config']['Binds']


def test_a_command_needs_no_script(script):
    result = script(command_format='echo {script_path} ${x}', entrypoint='/bin/sh')
    assert created(script) == ('echo {script_path} ${x}', '/bin/sh', [], [])
    assert sorted(result) == ['client', 'exit_code', 'id', 'log']
    assert (result['client'], result['exit_code'], result['log']) == ('__default__', 0, b'done\n')


def test_without_command_the_image_has_its_own(script):
    script()
    assert created(script)[:2] == (None, None)


@pytest.mark.parametrize(
    ('command', 'sent'),
    [
        (['{script_path}', '-v'], ['/tmp/script_run/a.sh', '-v']),
        (('sh', '{script_path}'), ['sh', '/tmp/script_run/a.sh']),
        ('sh {script_path} ${x} {y}', 'sh /tmp/script_run/a.sh ${x} {y}'),
        (None, None),
    ],
)
def test_the_directory_of_a_script_is_mounted(script, command, sent):
    script(script_path='/srv/jobs/a.sh', command_format=command, entrypoint='/bin/sh')
    assert created(script) == (sent, '/bin/sh', ['/tmp/script_run'], ['/srv/jobs:/tmp/script_run:rw'])


@pytest.mark.parametrize('is_local', [True, False])
def test_a_directory_of_scripts_is_mounted_itself(script, tmp_path, is_local):
    settings = {'base_url': 'unix:///x.sock' if is_local else 'tcp://10.0.0.1:2375'}
    path = str(tmp_path) if is_local else '/srv/jobs/'
    script(script_path=path, command_format='{script_path}/a', container_script_dir='/run-it', client_settings=settings)
    mounted = path.rstrip('/')
    assert created(script) == ('/run-it/a', None, ['/run-it'], [f'{mounted}:/run-it:rw'])


def test_what_is_a_directory_on_this_machine_need_not_be_one_on_another_host(script, tmp_path):
    for base_url, bind in (('unix:///x.sock', tmp_path), ('tcp://192.0.2.1:2376', tmp_path.parent)):
        script(script_path=str(tmp_path), client_settings={'base_url': base_url})
        assert script.setup.calls('create_container')[-1]['host_config']['Binds'] == [f'{bind}:/tmp/script_run:rw']


@pytest.mark.parametrize('kwargs', [{'script_path': 'scr/s.sh'}, {'script_path': '/s.sh', 'command_format': 5}])
def test_what_cannot_be_run_is_an_error_before_anything_is_done(script, kwargs):
    with pytest.raises(ValueError, match=r'script_path|command_format'):
        script(**kwargs)
    assert script.setup.engine.changes == []


def test_a_script_that_is_not_there_is_reported(script, caplog):
    script(script_path='/nosuch/a.sh', client_settings={'base_url': 'unix:///x.sock'})
    assert 'nothing at /nosuch/a.sh' in caplog.text


def test_unknown_arguments_are_an_error(script):
    with pytest.raises(TypeError):
        script(nosuch=1)


def test_all_networks_are_joined_before_the_start(script):
    script({'networks': ['back', 'front']}, command_format='x')
    assert script.setup.steps == [
        'create_container',
        'connect_container_to_network',
        'start',
        'wait',
        'remove_container',
    ]
    assert [call['net_id'] for call in script.setup.calls('connect_container_to_network')] == ['shop.front']


@pytest.mark.parametrize('place', ['host_config', 'create_options'])
def test_a_script_is_run_once_and_its_container_stays_until_it_was_asked(script, place):
    script({place: {'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 5}, 'auto_remove': True}})
    assert not {'RestartPolicy', 'AutoRemove'} & script.setup.calls('create_container')[0]['host_config'].keys()


def test_the_container_can_be_kept(script):
    script(options={'remove_created_after': False})
    assert script.setup.calls('remove_container') == []


@pytest.mark.parametrize(
    ('settings', 'client_settings', 'kwargs', 'seconds'),
    [
        ({'stop_timeout': 2}, {'timeout': 3}, {'wait_timeout': 1}, {'timeout': 1}),
        ({'stop_timeout': 2}, {'timeout': 3}, {}, {'timeout': 2}),
        ({}, {'timeout': 3, 'wait_timeout': 4}, {}, {'timeout': 3}),
        ({}, {'wait_timeout': 4}, {}, {'timeout': 4}),
        # No limit: asked again every five seconds.
        ({}, {}, {}, {'timeout': 5}),
    ],
)
def test_the_first_timeout_that_is_set_counts(script, settings, client_settings, kwargs, seconds):
    script(settings, client_settings=client_settings, **kwargs)
    assert script.setup.calls('wait') == [{'container': 'shop.web', **seconds}]


def test_after_a_timeout_the_container_is_left_as_it_is(script, engine):
    result = script(process=Process(), wait_timeout=1)
    assert sorted(result) == ['client', 'error', 'id']
    assert engine.is_running('shop.web')


@pytest.mark.parametrize(('call', 'stops'), [('start', False), ('wait', True), ('logs', False)])
def test_after_a_failure_the_container_is_removed(script, engine, call, stops):
    engine.faults.add(call, kind='refused', text='broken')
    with pytest.raises(APIError, match='broken'):
        script()
    assert bool(script.setup.calls('stop')) is stops
    assert script.setup.calls('remove_container') == [{'container': 'shop.web'}]
    assert engine.names() == []


def test_a_failing_removal_does_not_hide_the_failure(script, engine, caplog):
    engine.faults.add('start', kind='refused', text='broken')
    engine.faults.add('remove_container', kind='refused', text='second')
    with pytest.raises(APIError, match='broken'):
        script()
    assert 'second' in caplog.text


def test_a_client_that_makes_no_container_cannot_run_a_script(script, client):
    client.create_container = lambda **kwargs: None
    with pytest.raises(ScriptRunException, match=r'shop\.web'):
        script()


def test_the_exit_code_is_no_failure(script):
    assert script(process=Process(seconds=0.5, exit_code=3), tail=5, timestamps=True)['exit_code'] == 3
    assert script.setup.calls('logs') == [{'container': 'shop.web', 'timestamps': True, 'tail': 5}]


def test_without_host_configuration_the_script_is_mounted_at_the_start(script, old_client):
    script(script_path='/srv/a.sh', client=old_client, client_settings={'features': {'host_config': False}})
    assert script.setup.calls('start')[0]['binds'] == ['/srv:/tmp/script_run:rw']


@pytest.mark.parametrize(
    ('command_format', 'command'),
    [
        ('sh {script_path} -v', "sh '/tmp/script_run/a b.sh' -v"),
        ('{script_path}', "'/tmp/script_run/a b.sh'"),
        ('sh "{script_path}"', 'sh "/tmp/script_run/a b.sh"'),
        (['sh', '{script_path}'], ['sh', '/tmp/script_run/a b.sh']),
    ],
)
def test_the_path_of_a_script_is_one_word_of_a_command(script, command_format, command):
    script(script_path='/srv/a b.sh', command_format=command_format)
    assert created(script)[0] == command
