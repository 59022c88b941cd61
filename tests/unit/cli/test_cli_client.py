"""A client whose commands are run by a function of ours."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docker.errors
import pytest
from docker.tls import TLSConfig

from dockermap.client.cli import CommandError, DockerCliClient, run_in_shell
from dockermap.docker_api import EngineClient, is_conflict, is_not_found, is_timeout, is_unreachable
from dockermap.functional import lazy


class Runner:
    """Remembers commands, and answers with texts in their order."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.commands: list[str] = []
        self.inputs: list[bytes | None] = []

    def __call__(self, command: str, input: bytes | None = None) -> str:
        self.commands.append(command)
        self.inputs.append(input)
        answer = self.answers.pop(0) if self.answers else ''
        if isinstance(answer, Exception):
            raise answer
        return answer


def failing(message: str) -> DockerCliClient:
    return DockerCliClient(Runner(CommandError(1, '', message)))


def test_the_client_offers_what_orchestration_calls() -> None:
    assert isinstance(DockerCliClient(), EngineClient)


@pytest.mark.parametrize(
    ('call', 'line'),
    [
        (lambda c: c.start('a'), 'start a'),
        (lambda c: c.start(container='a'), 'start a'),
        (lambda c: c.stop(container='a', timeout=3), 'stop --time="3" a'),
        (lambda c: c.restart({'Id': 'a'}), 'restart a'),
        (lambda c: c.kill('a', signal='SIGHUP'), 'kill --signal="SIGHUP" a'),
        (lambda c: c.pause('a'), 'pause a'),
        (lambda c: c.unpause('a'), 'unpause a'),
        (lambda c: c.rename('a', 'b'), 'rename a b'),
        (lambda c: c.remove_container('a'), 'rm a'),
        (lambda c: c.remove_container(container='a', v=True, force=True), 'rm --volumes=true --force=true a'),
        (lambda c: c.update_container(container='a', mem_limit=5), 'update --memory="5" a'),
        (lambda c: c.remove_network(net_id='n'), 'network rm n'),
        (lambda c: c.remove_volume(name='v'), 'volume rm v'),
        (lambda c: c.remove_volume('v', force=True), 'volume rm --force=true v'),
        (
            lambda c: c.connect_container_to_network(container='a', net_id='n', aliases=['x']),
            'network connect --alias="x" n a',
        ),
        (
            lambda c: c.disconnect_container_from_network(container='a', net_id='n', force=True),
            'network disconnect --force=true n a',
        ),
        (lambda c: c.tag('i', 'r', 't'), 'tag i r:t'),
        (lambda c: c.remove_image('i', noprune=True), 'rmi --no-prune=true i'),
        (lambda c: c.logs('a', tail=3), 'logs --tail="3" a 2>&1'),
        (lambda c: c.logs('a', stderr=False), 'logs a 2>/dev/null'),
        (lambda c: list(c.logs('a', stdout=False, stream=True)), 'logs --follow=true a 2>&1 >/dev/null'),
        (lambda c: list(c.logs('a', stream=True, follow=False)), 'logs --follow=false a 2>&1'),
        (lambda c: c.pull(repository='r', tag='t'), 'pull r:t'),
        (lambda c: c.push('r:t'), 'push r:t'),
    ],
)
def test_a_method_runs_its_command(call: Callable[[DockerCliClient], Any], line: str) -> None:
    runner = Runner()
    call(DockerCliClient(runner))
    assert runner.commands == [f'docker {line}']


@pytest.mark.parametrize(
    ('call', 'out', 'result'),
    [
        (lambda c: c.create_container('i', name='a'), 'abc\n', {'Id': 'abc', 'Warnings': None}),
        (lambda c: c.create_network(name='n'), 'abc\n', {'Id': 'abc', 'Warning': ''}),
        (lambda c: c.create_volume(name='v'), 'v\n', {'Name': 'v'}),
        (lambda c: c.wait('a'), '3\n', {'StatusCode': 3, 'Error': None}),
        (lambda c: c.logs('a'), 'x\udcff', b'x\xff'),
        (
            lambda c: c.volumes(),
            'DRIVER NAME\nlocal v\n',
            {'Volumes': [{'Driver': 'local', 'Name': 'v'}], 'Warnings': None},
        ),
        (lambda c: c.inspect_network('n'), '[{"Id": "x"}]', {'Id': 'x'}),
        (lambda c: c.images(quiet=True), 'REPOSITORY TAG DIGEST IMAGE\na b <none> sha256:c\n', ['sha256:c']),
        (lambda c: c.top('a', ps_args='-o pid'), 'PID\n1\n', {'Titles': ['PID'], 'Processes': [['1']]}),
        (lambda c: c.api_version, '{"Client": {"ApiVersion": "1.41"}}', '1.41'),
        (lambda c: c.pull('r', tag='t'), '', True),
    ],
)
def test_an_answer_has_the_form_of_the_api(call: Callable[[DockerCliClient], Any], out: str, result: Any) -> None:
    assert call(DockerCliClient(Runner(out))) == result


def test_a_missing_image_is_not_pulled_by_creating_a_container() -> None:
    runner = Runner('abc\n')
    DockerCliClient(runner).create_container('i')
    assert runner.commands == ['docker create --pull="never" i']


def test_a_command_given_as_text_is_not_interpreted_by_a_shell() -> None:
    runner = Runner('abc\n')
    DockerCliClient(runner).create_container('i', 'sh -c "echo $HOME"')
    assert runner.commands == ['docker create --pull="never" i sh -c \'echo $HOME\'']


def test_the_version_is_asked_for_once() -> None:
    runner = Runner('{"Client": {"ApiVersion": "1.41"}}')
    client = DockerCliClient(runner)
    assert client.api_version == client.api_version
    assert len(runner.commands) == 1


@pytest.mark.parametrize(
    ('settings', 'start'),
    [
        ({}, 'docker'),
        ({'cmd_prefix': 'sudo', 'default_bin': '/d'}, 'sudo /d'),
        ({'base_url': 'unix:///run/x.sock'}, 'docker -H unix:///run/x.sock'),
        ({'base_url': 'unix://run/x.sock'}, 'docker -H unix:///run/x.sock'),
        ({'base_url': 'http+unix://%2Frun%2Fx.sock'}, 'docker -H unix:///run/x.sock'),
        ({'base_url': 'tcp://h:1'}, 'docker -H tcp://h:1'),
        ({'base_url': 'https://h:1'}, 'docker -H tcp://h:1'),
        ({'base_url': 'h:1'}, 'docker -H tcp://h:1'),
        ({'base_url': 'ssh://u@h'}, 'docker -H ssh://u@h'),
        ({'base_url': 'unix:///a b'}, "docker -H 'unix:///a b'"),
        ({'tls': True}, 'docker --tls'),
        ({'tls': False}, 'docker'),
    ],
)
def test_the_engine_is_part_of_the_command(settings: dict[str, Any], start: str) -> None:
    runner = Runner()
    DockerCliClient(runner, **settings).start('a')
    assert runner.commands == [f'{start} start a']


@pytest.mark.parametrize(('verify', 'mode'), [(True, '--tlsverify'), (False, '--tls')])
def test_certificates_are_part_of_the_command(tmp_path: Any, verify: bool, mode: str) -> None:
    files = [tmp_path / name for name in ('ca.pem', 'cert.pem', 'key.pem')]
    for file in files:
        file.touch()
    ca, cert, key = map(str, files)
    runner = Runner()
    DockerCliClient(runner, tls=TLSConfig(client_cert=(cert, key), ca_cert=ca, verify=verify)).start('a')
    assert runner.commands == [f'docker {mode} --tlscacert={ca} --tlscert={cert} --tlskey={key} start a']


@pytest.mark.parametrize(
    'message',
    [
        'Error: No such container: x',
        'Error response from daemon: No such container: x',
        'Error: No such volume: x',
        'Error: No such network: x',
        'Error response from daemon: network x not found',
        'Error: No such image: x',
        'Error response from daemon: get x: no such volume',
    ],
)
def test_something_missing_is_not_found(message: str) -> None:
    with pytest.raises(docker.errors.NotFound, match='x') as error:
        failing(message).inspect_container('x')
    assert is_not_found(error.value)
    assert not is_conflict(error.value)


def test_a_missing_image_is_told_apart() -> None:
    with pytest.raises(docker.errors.ImageNotFound):
        failing('Error: No such image: x').create_container('x')


@pytest.mark.parametrize(
    'message',
    [
        'Error response from daemon: Conflict. The container name "/x" is already in use by container "y".',
        'Error response from daemon: network with name x already exists',
        'Error response from daemon: remove x: volume is in use - [y]',
        'Error response from daemon: Container x is not running',
    ],
)
def test_something_in_the_way_is_a_conflict(message: str) -> None:
    with pytest.raises(docker.errors.APIError) as error:
        failing(message).remove_volume('x')
    assert is_conflict(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ('message', 'status'),
    [
        ('Error response from daemon: OCI runtime exec failed: "x": executable file not found in $PATH', 400),
        ('unknown flag: --x', 400),
        ('Error response from daemon: unauthorized: authentication required', 401),
        ('Error response from daemon: error while removing network: network x has active endpoints', 403),
        ('Error response from daemon: something else', 500),
        ('/bin/sh: 1: docker: not found\nnot the daemon', 500),
        ('sudo: docker: command not found\nnot the daemon', 500),
        ("timeout: failed to run command 'docker': No such file or directory\nnot the daemon", 500),
    ],
)
def test_another_error_has_a_status(message: str, status: int) -> None:
    with pytest.raises(docker.errors.APIError, match=r'daemon|flag') as error:
        failing(message).start('x')
    assert error.value.status_code == status


@pytest.mark.parametrize(
    'message',
    [
        'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
        'error during connect: Get "https://h:1/v1.24/info": EOF',
        'Got permission denied while trying to connect to the Docker daemon socket at unix:///x: Get ...',
    ],
)
def test_an_engine_that_does_not_answer_is_unreachable(message: str) -> None:
    with pytest.raises(docker.errors.APIError, match='connect') as error:
        failing(message).containers()
    assert is_unreachable(error.value)


@pytest.mark.parametrize('error_class', [RuntimeError, ValueError])
def test_any_error_of_the_function_that_runs_commands_is_understood(error_class: type[Exception]) -> None:
    error = error_class('Error: No such container: x')
    with pytest.raises(docker.errors.NotFound) as found:
        DockerCliClient(Runner(error)).inspect_container('x')
    assert found.value.__cause__ is error


def test_waiting_too_long_is_a_timeout() -> None:
    runner = Runner('')
    with pytest.raises(Exception, match='5 seconds') as error:
        DockerCliClient(runner).wait('a', timeout=5)
    assert is_timeout(error.value)
    assert runner.commands == ['timeout -s INT 5 docker wait a || [ $? -eq 124 ]']


def test_a_login_passes_the_password_as_input() -> None:
    runner = Runner('Login Succeeded')
    assert DockerCliClient(runner).login('u', 'p w', registry='r', email='e', reauth=True) is True
    assert runner.commands == ['docker login --username="u" --password-stdin r']
    assert runner.inputs == [b'p w']


def test_a_login_with_bad_credentials_is_false() -> None:
    message = 'Error response from daemon: login attempt to http://r/v2/ failed with status: 401 Unauthorized'
    assert failing(message).login('u', 'p', registry='r') is False


def test_a_login_that_fails_otherwise_is_an_error() -> None:
    with pytest.raises(docker.errors.APIError):
        failing('Error response from daemon: Get "http://r/v2/": dial tcp: connection refused').login('u', 'p', 'r')


@pytest.mark.parametrize('method', ['pull', 'push'])
def test_a_failed_transfer_raises_or_is_false(method: str) -> None:
    message = 'Error response from daemon: manifest for r:t not found'
    with pytest.raises(docker.errors.NotFound):
        getattr(failing(message), method)('r', tag='t')
    assert getattr(failing(message), method)('r', tag='t', raise_on_error=False) is False


def test_a_build_passes_its_context_as_input_and_adds_tags() -> None:
    runner = Runner('sha256:abc\n', '{"Client": {"ApiVersion": "1.41"}}')
    client = DockerCliClient(runner)
    assert client.build('r:1', add_latest_tag=True, fileobj=io.BytesIO(b'tar'), custom_context=True) == 'sha256:abc'
    assert runner.commands[0] == 'docker build --tag="r:1" --quiet=true -'
    assert runner.inputs[0] == b'tar'
    assert runner.commands[-1] == 'docker tag sha256:abc r:latest'


def test_a_failed_build_raises_or_is_none() -> None:
    with pytest.raises(docker.errors.APIError, match='returned a non-zero code'):
        failing("The command 'x' returned a non-zero code: 1").build('r', path='.')
    assert failing("The command 'x' returned a non-zero code: 1").build('r', path='.', raise_on_error=False) is None


TIME = '2020-01-02T03:04:05Z\n'
CREATED = '{"Action": "exec_create: sh -c x", "Actor": {"Attributes": {"execID": "e1"}}}\n'
DIED = '{"Action": "exec_die", "Actor": {"Attributes": {"execID": "e1", "exitCode": "3"}}}\n'


def test_a_command_in_a_container_is_started_and_watched_by_events() -> None:
    runner = Runner(TIME, '', TIME, CREATED)
    client = DockerCliClient(runner)
    created = client.exec_create(container='a', cmd='sh -c x', user='u')
    assert runner.commands == []
    client.exec_start(exec_id=created['Id'], detach=True)
    assert runner.commands[1] == 'docker exec --detach --user="u" a sh -c x'
    runner.answers = ['[{"ExecIDs": ["e1"]}]', TIME, CREATED]
    assert client.exec_inspect(created['Id'])['Running'] is True
    runner.answers = ['[{"ExecIDs": null}]', TIME, CREATED + DIED]
    found = client.exec_inspect(created['Id'])
    assert (found['Running'], found['ExitCode']) == (False, 3)


def test_a_command_whose_events_are_lost_has_ended_with_an_unknown_code() -> None:
    runner = Runner(TIME, '', TIME, '', '[{"ExecIDs": null}]', TIME, '')
    client = DockerCliClient(runner)
    created = client.exec_create('a', ['x'])
    client.exec_start(created, detach=True)
    found = client.exec_inspect(created['Id'])
    assert (found['Running'], found['ExitCode']) == (False, None)


def test_a_command_that_succeeded_is_known_to_even_if_its_events_are_lost() -> None:
    runner = Runner(TIME, 'out\nexit code: 0\n', TIME, '', '[{"ExecIDs": ["e1"]}]', TIME, '')
    client = DockerCliClient(runner)
    created = client.exec_create('a', ['x'])
    assert client.exec_start(created) == b'out\n'
    found = client.exec_inspect(created['Id'])
    assert (found['Running'], found['ExitCode']) == (False, 0)


def test_an_unknown_command_is_not_found() -> None:
    with pytest.raises(docker.errors.NotFound, match='nope'):
        DockerCliClient(Runner()).exec_inspect('nope')


def test_commands_run_in_a_shell_by_default() -> None:
    assert run_in_shell('cat; echo ä', b'input ') == 'input ä\n'


def test_a_failed_command_tells_its_error_output() -> None:
    with pytest.raises(CommandError, match='oops') as error:
        run_in_shell('echo out; echo oops >&2; exit 3')
    assert (error.value.exit_code, error.value.stdout, error.value.stderr) == (3, 'out\n', 'oops\n')


def test_output_of_any_encoding_is_kept() -> None:
    assert run_in_shell("printf '\\377'").encode('utf-8', 'surrogateescape') == b'\xff'


class Recorder:
    """Notes what is run, and answers like an engine of a release."""

    def __init__(self, api_version: str = '1.41') -> None:
        self.api_version = api_version
        self.run_as: list[tuple[str, bytes | None]] = []

    def run(self, command: str, input: bytes | None = None) -> str:
        if ' version' in command:
            return f'{{"Client": {{"ApiVersion": "{self.api_version}"}}, "Server": {{"ApiVersion": "1.41"}}}}'
        self.run_as.append((command, input))
        return 'an-id'


def test_the_environment_is_passed_as_input() -> None:
    recorder = Recorder()
    DockerCliClient(recorder.run).create_container('i', environment={'A': 'pa$s', 'B': True, 'C': '# x=y', 'D': None})
    ((command, given),) = recorder.run_as
    assert command == 'cat | docker create --pull="never" --env-file="/dev/stdin" --env="D" i'
    assert given == b'A=pa$s\nB=true\nC=# x=y\n'


@pytest.mark.parametrize('value', ['two\nlines', 'end\r', 'x' * 70_000, '\udcff'])
def test_a_value_that_is_no_line_of_a_file_stays_on_the_command_line(
    value: str, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    DockerCliClient(recorder.run).create_container('i', name='web', environment={'KEY': value, 'A': 'b'})
    ((command, given),) = recorder.run_as
    assert given == b'A=b\n'
    assert '--env="KEY=' in command
    assert [record.getMessage() for record in caplog.records] == [
        'Values of environment variables are on the command line of docker for web: KEY.'
    ]


@pytest.mark.parametrize('name', ['#A', 'A B'])
def test_a_name_that_a_file_cannot_have_stays_on_the_command_line(name: str) -> None:
    recorder = Recorder()
    DockerCliClient(recorder.run).create_container('i', environment={name: 'x'})
    assert recorder.run_as == [(f'docker create --pull="never" --env="{name}=x" i', None)]


def test_where_commands_get_no_input_a_warning_says_what_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    commands: list[str] = []

    def run(command: str) -> str:
        commands.append(command)
        return 'an-id'

    DockerCliClient(run).create_container('i', name='web', environment={'A': 'b', 'C': 'd'})
    assert commands == ['docker create --name="web" --pull="never" --env="A=b" --env="C=d" i']
    assert 'for web: A, C.' in caplog.text


@pytest.mark.parametrize(('api_version', 'is_input'), [('1.40', False), ('1.41', True)])
def test_commands_in_containers_get_their_environment_as_input_where_docker_can(
    api_version: str, is_input: bool
) -> None:
    recorder = Recorder(api_version)
    DockerCliClient(recorder.run).call('exec_create', container='c', cmd=['x'], environment={'A': 'b'})
    assert [given for _, given in recorder.run_as] == [b'A=b\n' if is_input else None]


def test_a_command_that_reads_its_input_keeps_it(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()
    DockerCliClient(recorder.run).call('exec_create', container='c', cmd=['x'], stdin=True, environment={'A': 'b'})
    assert [given for _, given in recorder.run_as] == [None]
    assert 'for c: A.' in caplog.text


@pytest.mark.parametrize('call', ['create_container', 'start'])
def test_a_late_value_is_evaluated_once(call: str) -> None:
    evaluated: list[str] = []

    def name() -> str:
        evaluated.append('name')
        return 'web'

    keyword = 'name' if call == 'create_container' else 'container'
    given = {'image': 'i', 'environment': {'A': 'b'}} if call == 'create_container' else {}
    DockerCliClient(Recorder().run).call(call, **{keyword: lazy(name)}, **given)
    assert evaluated == ['name']
