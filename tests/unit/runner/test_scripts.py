"""Running scripts and single commands in containers made for them."""
from __future__ import annotations

import pytest
from requests.exceptions import ConnectionError as BrokenConnection
from urllib3.exceptions import ReadTimeoutError

from dockermap.map.exceptions import ScriptRunException

TIMEOUT = BrokenConnection(ReadTimeoutError(None, '', 'Read timed out.'))


@pytest.fixture
def script(make_setup):
    """Runs a script in a container with some settings."""
    def run(settings=None, options=None, failures=None, client_settings=None, **kwargs):
        setup = make_setup({'web': settings, 'networks': {'back': None, 'front': None}}, options=options,
                           **(client_settings or {}))
        for name in ('back', 'front'):
            setup.engine.add_network(f'shop.{name}')
        setup.engine.failures.update(failures or {})
        run.setup = setup
        return setup.runner.run_script(setup.acting('container', 'web'), 'shop.web', **kwargs)

    return run


def created(script):
    call = script.setup.calls('create_container')[0]
    return call.get('command'), call.get('entrypoint'), call['volumes'], call['host_config']['Binds']


def test_a_command_needs_no_script(script):
    result = script(command_format='echo {script_path} ${x}', entrypoint='/bin/sh')
    assert created(script) == ('echo {script_path} ${x}', '/bin/sh', [], [])
    assert sorted(result) == ['client', 'exit_code', 'id', 'log']
    assert (result['client'], result['exit_code'], result['log']) == ('__default__', 0, b'')


def test_without_command_the_image_has_its_own(script):
    script()
    assert created(script)[:2] == (None, None)


@pytest.mark.parametrize(('command', 'sent'), [
    (['{script_path}', '-v'], ['/tmp/script_run/a.sh', '-v']),
    (('sh', '{script_path}'), ['sh', '/tmp/script_run/a.sh']),
    ('sh {script_path} ${x} {y}', 'sh /tmp/script_run/a.sh ${x} {y}'),
    (None, None),
])
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
    assert script.setup.engine.changes == [
        'create_container shop.web', 'connect_container_to_network shop.front shop.web', 'start shop.web',
        'wait shop.web', 'remove_container shop.web']


@pytest.mark.parametrize('place', ['host_config', 'create_options'])
def test_a_script_is_run_once_and_its_container_stays_until_it_was_asked(script, place):
    script({place: {'restart_policy': {'Name': 'always', 'MaximumRetryCount': 5}, 'auto_remove': True}})
    assert not {'RestartPolicy', 'AutoRemove'} & script.setup.calls('create_container')[0]['host_config'].keys()


def test_the_container_can_be_kept(script):
    script(options={'remove_created_after': False})
    assert script.setup.calls('remove_container') == []


@pytest.mark.parametrize(('settings', 'client_settings', 'kwargs', 'seconds'), [
    ({'stop_timeout': 2}, {'timeout': 3}, {'wait_timeout': 1}, {'timeout': 1}),
    ({'stop_timeout': 2}, {'timeout': 3}, {}, {'timeout': 2}),
    ({}, {'timeout': 3, 'wait_timeout': 4}, {}, {'timeout': 3}),
    ({}, {'wait_timeout': 4}, {}, {'timeout': 4}),
    ({}, {}, {}, {}),
])
def test_the_first_timeout_that_is_set_counts(script, settings, client_settings, kwargs, seconds):
    script(settings, client_settings=client_settings, **kwargs)
    assert script.setup.calls('wait') == [{'container': 'shop.web', **seconds}]


def test_after_a_timeout_the_container_is_left_as_it_is(script):
    result = script(failures={'wait': TIMEOUT})
    assert sorted(result) == ['client', 'error', 'id']
    assert script.setup.engine.is_running('shop.web')


@pytest.mark.parametrize(('call', 'stops'), [('start', False), ('wait', True), ('logs', False)])
def test_after_a_failure_the_container_is_removed(script, make_engine_error, call, stops):
    with pytest.raises(Exception, match='broken'):
        script(failures={call: make_engine_error(500, 'broken')})
    assert bool(script.setup.calls('stop')) is stops
    assert script.setup.calls('remove_container') == [{'container': 'shop.web'}]


def test_a_failing_removal_does_not_hide_the_failure(script, make_engine_error, caplog):
    failures = {'start': make_engine_error(500, 'broken'), 'remove_container': make_engine_error(500, 'second')}
    with pytest.raises(Exception, match='broken'):
        script(failures=failures)
    assert 'second' in caplog.text


def test_a_client_that_makes_no_container_cannot_run_a_script(script, engine_double):
    engine_double.create_container = lambda **kwargs: None
    with pytest.raises(ScriptRunException, match=r'shop\.web'):
        script()


def test_the_exit_code_is_no_failure(script, engine_double):
    original = engine_double.start

    def start(name):
        original(name)
        engine_double.container_details[next(iter(engine_double.container_details))]['State']['ExitCode'] = 3

    engine_double.start = start
    assert script(tail=5, timestamps=True)['exit_code'] == 3
    assert script.setup.calls('logs') == [{'container': 'shop.web', 'timestamps': True, 'tail': 5}]


def test_without_host_configuration_the_script_is_mounted_at_the_start(script):
    script(script_path='/srv/a.sh', client_settings={'features': {'host_config': False}})
    assert script.setup.calls('start')[0]['binds'] == ['/srv:/tmp/script_run:rw']
