"""Images pass through commands piece by piece."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docker.errors import APIError, ImageNotFound, NotFound

from dockermap.client.cli import DockerCliClient, run_in_shell


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str], DockerCliClient]:
    """Makes a client whose ``docker`` command is a script."""

    def make(script: str) -> DockerCliClient:
        program = tmp_path / 'docker'
        program.write_text(f'#!/bin/sh\n{script}\n')
        program.chmod(0o755)
        return DockerCliClient(default_bin=str(program), base_url='unix:///nowhere')

    return make


class Broken(io.BytesIO):
    """A file that can be read in part."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError('The disk is broken.')
        return data


def test_an_archive_comes_as_it_is(command):
    data = bytes(range(256)) * 1000
    (Path(command('cat "$0.data"').default_bin + '.data')).write_bytes(data)
    assert b''.join(command('cat "$0.data"').get_image('web')) == data


def test_the_first_piece_comes_before_the_command_ends(command):
    client = command('echo "$3 $4"; sleep 60')
    begin = time.monotonic()
    pieces = client.get_image('web:1')
    assert next(pieces) == b'save web:1\n'
    pieces.close()
    assert time.monotonic() - begin < 30


def test_the_first_lines_of_a_log_come_before_its_container_ends(command):
    begin = time.monotonic()
    pieces = command('echo "$3 $4 $5"; sleep 60').logs('web', stream=True, tail=1)
    assert next(pieces).startswith(b'logs --')
    pieces.close()
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize('target', [1, 2])
def test_a_container_that_is_not_there_has_no_log(command, target):
    with pytest.raises(NotFound, match='No such container: web'):
        list(command(f'echo "Error: No such container: web" >&{target}; exit 1').logs('web', stream=True))


def test_an_image_that_is_not_there_is_not_found(command):
    with pytest.raises(ImageNotFound, match='No such image: web'):
        list(command('echo "Error response from daemon: No such image: web" >&2; exit 1').get_image('web'))


def test_an_archive_is_handed_to_the_command(command):
    client = command('echo "Loaded image: $(wc -c)"')
    assert list(client.load_image(io.BytesIO(b'x' * 300_000))) == [{'stream': 'Loaded image: 300000\n'}]


def test_a_command_that_does_not_read_all_of_it_is_no_failure(command):
    assert list(command('echo done').load_image(io.BytesIO(b'x' * 3_000_000))) == [{'stream': 'done\n'}]


def test_a_file_that_cannot_be_read_to_its_end_is_an_error_and_ends_the_command(command):
    with pytest.raises(Exception, match='The disk is broken'):
        list(command('cat >/dev/null; touch "$0.end"; sleep 60').load_image(Broken(b'x' * 300_000)))
    assert not Path(f'{command("").default_bin}.end').exists()


def test_a_failure_is_an_error(command):
    with pytest.raises(APIError, match='no space left'):
        list(command('cat >/dev/null; echo "no space left" >&2; exit 1').load_image(io.BytesIO(b'x')))


def test_a_function_without_streams_will_do():
    given: list[bytes | None] = []

    def run(command: str, input: bytes | None = None) -> str:
        given.append(input)
        return 'caf\udce9'

    client = DockerCliClient(run)
    assert (b''.join(client.get_image('a')), given) == (b'caf\xe9', [None])
    assert list(client.load_image(io.BytesIO(b'archive')))
    assert given[1:] == [b'archive']


def test_an_object_may_have_streams_of_its_own():
    class Runner:
        def run(self, command: str, input: bytes | None = None) -> str:
            return run_in_shell(command, input)

        def stream_command(self, command: str, source: io.BytesIO | None = None):
            yield from itertools.repeat(b'piece', 2)

    assert list(DockerCliClient(Runner().run).get_image('a')) == [b'piece', b'piece']
