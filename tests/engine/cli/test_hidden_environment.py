"""Environment variables reach containers unchanged, and no list of processes shows their values meanwhile."""

from __future__ import annotations

import shlex
from pathlib import Path

import docker
import pytest

from dockermap.client.cli import DockerCliClient

from .conftest import Shell

SECRET = 'hunter2-xyzzy'
VALUES = [
    SECRET,
    f' {SECRET} ',
    f'a=b=$HOME `id` "{SECRET}" \\',
    f'# {SECRET}',
    f'größe {SECRET}',
    SECRET + 'x' * 59_000,
]


@pytest.fixture
def process_list(tmp_path: Path) -> Path:
    """What is written by the command below."""
    return tmp_path / 'processes'


@pytest.fixture
def client(shell: Shell, docker_bin: str, engine_url: str, tmp_path: Path, process_list: Path) -> DockerCliClient:
    """A client of which each command lists all processes, before docker runs in its place."""
    program = tmp_path / 'docker-and-list'
    program.write_text(
        f'#!/bin/sh\ncat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " >> {shlex.quote(str(process_list))}\n'
        f'exec {shlex.quote(docker_bin)} "$@"\n'
    )
    program.chmod(0o755)
    return DockerCliClient(shell, default_bin=str(program), base_url=engine_url)


@pytest.mark.parametrize('value', VALUES, ids=range(len(VALUES)))
def test_a_container_gets_its_environment(
    client: DockerCliClient, api: docker.APIClient, unique: str, base_image: str, value: str, process_list: Path
) -> None:
    client.create_container(base_image, ['true'], name=unique, environment={'A': value, 'EMPTY': '', 'B': 'b'})
    found = api.inspect_container(unique)['Config']['Env']
    assert {f'A={value}', 'EMPTY=', 'B=b'} <= set(found)
    assert f'--name={unique}' in process_list.read_text()
    assert SECRET not in process_list.read_text()


def test_a_value_of_several_lines_arrives_nevertheless(
    client: DockerCliClient, api: docker.APIClient, unique: str, base_image: str
) -> None:
    client.create_container(base_image, ['true'], name=unique, environment={'KEY': 'one\ntwo\n', 'A': 'b'})
    assert {'KEY=one\ntwo\n', 'A=b'} <= set(api.inspect_container(unique)['Config']['Env'])


def test_a_command_in_a_container_gets_its_environment(
    client: DockerCliClient, api: docker.APIClient, unique: str, base_image: str, process_list: Path
) -> None:
    api.create_container(base_image, ['sleep', '60'], name=unique)
    api.start(unique)
    command = client.exec_create(unique, ['sh', '-c', 'echo "$A" | tr a-z A-Z'], environment={'A': SECRET})
    assert client.exec_start(command) == f'{SECRET.upper()}\n'.encode()
    assert f'exec --env-file=/dev/stdin {unique}' in process_list.read_text()
    assert SECRET not in process_list.read_text()
