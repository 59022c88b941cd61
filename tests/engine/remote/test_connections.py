"""What goes through a connection of Fabric arrives as it is, also beside odd shells and with few sessions."""

from __future__ import annotations

import io
import tarfile
import threading

import pytest
from docker.errors import NotFound

from dockermap.api import ClientConfiguration
from dockermap.client.cli import CommandError, DockerCliClient
from dockermap.docker_api import output_frames
from dockermap.fabric import ConnectionRun, command_client, connection_client
from dockermap.fabric._sessions import MOST_SESSIONS

MEGABYTE = 1 << 20


def context_of(size: int, image: str) -> bytes:
    """A build context whose image holds some incompressible bytes."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode='w') as archive:
        for name, content in (
            ('Dockerfile', f'FROM {image}\nCOPY data /data\n'.encode()),
            ('data', bytes(range(256)) * (size // 256)),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def test_input_and_output_are_bytes(host, connect):
    run, data = ConnectionRun(connect(host)), bytes(range(256)) * 8192
    assert run('cat', data).encode('utf-8', 'surrogateescape') == data
    assert run('wc -c', data).strip() == str(len(data))


def test_standard_error_and_exit_code_are_told_apart(host, connect):
    with pytest.raises(CommandError) as failure:
        ConnectionRun(connect(host))('echo out; echo "no \'such\' $thing" >&2; exit 7')
    assert (failure.value.exit_code, failure.value.stdout, str(failure.value)) == (7, 'out\n', "no 'such'")


def test_a_command_that_does_not_read_its_input_ends(host, connect):
    assert ConnectionRun(connect(host))('echo done', b'x' * (8 * MEGABYTE)) == 'done\n'


def test_a_large_context_is_built(host, connect, mode, base_image, unique, api):
    connection = connect(host)
    client = connection_client(connection) if mode == 'api' else command_client(connection)
    context, tag = context_of(10 * MEGABYTE, base_image), f'{unique}:1'
    try:
        assert client.build(tag=tag, fileobj=io.BytesIO(context), custom_context=True, rm=True)
        added = api.inspect_image(tag)['Size'] - api.inspect_image(base_image)['Size']
        # Podman counts its own notes about the image, too.
        assert 10 * MEGABYTE <= added < 10 * MEGABYTE + 4096
    finally:
        api.remove_image(tag, force=True)


def test_output_that_is_no_utf8_comes_back(host, connect, mode, base_image, unique, api):
    connection = connect(host)
    client = connection_client(connection) if mode == 'api' else command_client(connection)
    api.start(api.create_container(base_image, ['sleep', '100'], name=f'{unique}.a')['Id'])
    created = client.exec_create(f'{unique}.a', ['sh', '-c', r'printf "caf\351\n"'])
    assert client.exec_start(created['Id']) == b'caf\xe9\n'


def test_a_stream_in_both_directions(host, connect, base_image, unique, api):
    client = connection_client(connect(host))
    client.start(client.create_container(base_image, ['sleep', '100'], name=f'{unique}.a')['Id'])
    created = client.exec_create(f'{unique}.a', ['sh', '-c', 'cat; echo bye'], stdin=True)
    stream = client.exec_start(created['Id'], socket=True)
    stream.sendall(b'hello ')
    stream.shutdown(1)
    # Two writes may come in one frame.
    assert b''.join(data for is_error, data in output_frames(stream) if not is_error) == b'hello bye\n'


def test_what_the_login_file_prints_is_passed_over(start_host, engine_url, connect, mode, tmp_path):
    noise = tmp_path / 'noise'
    noise.write_text('#!/bin/sh\nsleep 0.3\necho "Welcome! {}"\necho "3 updates are due" >&2\n'
                     'exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n')  # fmt: skip
    noise.chmod(0o755)
    noisy = start_host(engine_url, f'noisy-{mode}', ForceCommand=noise)
    connection = connect(noisy)
    client = connection_client(connection) if mode == 'api' else command_client(connection)
    assert client.version()['ApiVersion']
    assert isinstance(client.containers(all=True), list)


@pytest.mark.parametrize('most', [3, *(pytest.param(most, marks=pytest.mark.full) for most in (1, 10))])
def test_a_server_may_accept_few_sessions(start_host, engine_url, connect, most):
    connection = connect(start_host(engine_url, f'few-{most}', MaxSessions=most))
    client, run = connection_client(connection), ConnectionRun(connection)
    answers: list[object] = []

    def ask() -> None:
        answers.append([client.version()['ApiVersion'], run('echo yes').strip()])

    # More at a time than it would accept.
    threads = [threading.Thread(target=ask) for _ in range(most + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[client.api_version, 'yes']] * (most + 3)


def test_a_closed_connection_is_opened_again(host, connect):
    connection = connect(host)
    client = connection_client(connection)
    client.close()
    assert connection.is_connected
    connection.close()
    assert client.version()['ApiVersion'] == client.api_version


def test_clients_of_the_sdk_have_few_sessions_too(host, monkeypatch, tmp_path):
    (tmp_path / '.ssh').mkdir(mode=0o700)
    (tmp_path / '.ssh' / 'config').write_text(f'Host 127.0.0.1\nIdentityFile {host.key}\n')
    (tmp_path / '.ssh' / 'known_hosts').write_text(host.known_hosts)
    monkeypatch.setenv('HOME', str(tmp_path))
    answers: list[object] = []
    with ClientConfiguration(f'ssh://root@127.0.0.1:{host.port}') as configuration:
        client = configuration.get_client()
        calls = (client.version, client.info, client.images, client.containers, client.networks, client.volumes)
        threads = [threading.Thread(target=lambda call=call: answers.append(call())) for call in calls * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 24


def test_a_log_is_followed_while_its_container_runs(host, connect, mode, base_image, unique):
    connection = connect(host)
    client = connection_client(connection) if mode == 'api' else command_client(connection)
    created = client.create_container(base_image, ['sh', '-c', 'echo one; exec sleep 60'], name=f'{unique}.a')
    client.start(created['Id'])
    # More often than there are sessions.
    for _ in range(MOST_SESSIONS + 1):
        pieces = client.logs(created['Id'], stream=True)
        assert next(pieces) == b'one\n'
        pieces.close()
    assert client.inspect_container(created['Id'])['State']['Running']


def test_the_method_of_a_connection_will_do_for_text(host, connect, base_image, unique, api):
    client = DockerCliClient(connect(host).run)
    created = client.create_container(
        base_image, ['sh', '-c', 'echo "$A"'], name=f'{unique}.a', environment={'A': "it's a 'secret'"}
    )
    client.start(created['Id'])
    assert client.wait(created['Id'], timeout=60)['StatusCode'] == 0
    assert client.logs(created['Id']) == b"it's a 'secret'\n"
    with pytest.raises(NotFound, match=r'(?i)no such container'):
        client.inspect_container('no-such-container')
