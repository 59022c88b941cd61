"""Printed tables and JSON, read into the API's form."""

from __future__ import annotations

from typing import Any

import docker.errors
import pytest

from dockermap.client.cli import (
    NONE_TAG,
    parse_containers_output,
    parse_images_output,
    parse_inspect_output,
    parse_networks_output,
    parse_top_output,
    parse_version_output,
    parse_volumes_output,
)

LINE = 'ID||img||{created}||Up 2 days||{names}||{command}||{ports}'


def container(
    created: str = '2020-01-02 03:04:05 +0000 UTC', names: str = 'web', command: str = '"sleep 9"', ports: str = ''
) -> dict[str, Any]:
    found = parse_containers_output(f'{LINE.format(created=created, names=names, command=command, ports=ports)}\n')
    assert len(found) == 1
    return found[0]


def test_a_container_is_read() -> None:
    assert container(names='web,db/w', ports='80/tcp') == {
        'Id': 'ID',
        'Image': 'img',
        'Created': 1577934245.0,
        'Status': 'Up 2 days',
        'Names': ['/web', '/db/w'],
        'Command': 'sleep 9',
        'Ports': [{'PrivatePort': '80', 'Type': 'tcp'}],
    }


def test_each_line_is_a_container() -> None:
    line = LINE.format(created='2020-01-02 03:04:05 +0000 UTC', names='a', command='"x"', ports='')
    assert [found['Names'] for found in parse_containers_output(f'{line}\n{line}\n')] == [['/a'], ['/a']]


@pytest.mark.parametrize('out', ['', None, '\n'])
def test_no_containers_are_an_empty_list(out: str | None) -> None:
    assert parse_containers_output(out) == []


@pytest.mark.parametrize(
    ('created', 'seconds'),
    [
        ('2020-01-02 03:04:05 +0000 UTC', 1577934245.0),
        ('2020-01-02 03:04:05 +0100 CET', 1577930645.0),
        ('2020-07-02 03:04:05 +0200 CEST', 1593651845.0),
        ('2020-01-02 03:04:05 +0530 +0530', 1577914445.0),
        ('2020-01-02 03:04:05 -0300 -03', 1577945045.0),
    ],
)
def test_the_time_of_creation_counts_its_offset(created: str, seconds: float) -> None:
    assert container(created=created)['Created'] == seconds


def test_a_time_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match='yesterday'):
        container(created='yesterday')


@pytest.mark.parametrize(
    ('command', 'text'),
    [
        ('"sleep 9"', 'sleep 9'),
        ('"sh -c \\"a || b\\""', 'sh -c "a || b"'),
        ('"a||b||c"', 'a||b||c'),
        (r'"a\\b"', r'a\b'),
        (r'"a\nb\tc"', 'a\nb\tc'),
        (r'"\x01\u200b"', '\x01\u200b'),
        ('plain', 'plain'),
        ('"ä"', 'ä'),
    ],
)
def test_a_command_is_unquoted(command: str, text: str) -> None:
    assert container(command=command, ports='80/tcp')['Command'] == text


@pytest.mark.parametrize(
    ('ports', 'found'),
    [
        ('', []),
        ('80/tcp', [{'PrivatePort': '80', 'Type': 'tcp'}]),
        ('0.0.0.0:8000->80/tcp', [{'IP': '0.0.0.0', 'PublicPort': '8000', 'PrivatePort': '80', 'Type': 'tcp'}]),
        (':::80->80/tcp', [{'IP': '::', 'PublicPort': '80', 'PrivatePort': '80', 'Type': 'tcp'}]),
        ('[::]:80->81/udp', [{'IP': '::', 'PublicPort': '80', 'PrivatePort': '81', 'Type': 'udp'}]),
        ('[fe80::1]:80->81/udp', [{'IP': 'fe80::1', 'PublicPort': '80', 'PrivatePort': '81', 'Type': 'udp'}]),
        ('9-10/tcp', [{'PrivatePort': '9-10', 'Type': 'tcp'}]),
        ('0.0.0.0:9-10->9-10/tcp', [{'IP': '0.0.0.0', 'PublicPort': '9-10', 'PrivatePort': '9-10', 'Type': 'tcp'}]),
        ('what, 53/udp', [{'PrivatePort': '53', 'Type': 'udp'}]),
    ],
)
def test_ports_are_read_as_text(ports: str, found: list[dict[str, str]]) -> None:
    assert container(ports=ports)['Ports'] == found


NETWORKS = """\
NETWORK ID                                                         NAME      DRIVER    SCOPE
8f8b4b9d0c2f4a6c9d58b2d1a5a7b9f6c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6   bridge    bridge    local
1f8b4b9d0c2f4a6c9d58b2d1a5a7b9f6c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6   my net    null      local
"""


def test_networks_are_read() -> None:
    first, second = parse_networks_output(NETWORKS)
    assert first == {
        'Id': '8f8b4b9d0c2f4a6c9d58b2d1a5a7b9f6c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6',
        'Name': 'bridge',
        'Driver': 'bridge',
        'Scope': 'local',
    }
    assert (second['Name'], second['Driver'], second['Scope']) == ('my net', 'null', 'local')


@pytest.mark.parametrize('out', ['', None])
def test_no_networks_are_an_empty_list(out: str | None) -> None:
    assert parse_networks_output(out) == []


VOLUMES = 'DRIVER    VOLUME NAME\nlocal     a\nlocal     b_c\n'
FOUND_VOLUMES = [{'Driver': 'local', 'Name': 'a'}, {'Driver': 'local', 'Name': 'b_c'}]


def test_volumes_are_a_list() -> None:
    volumes = parse_volumes_output(VOLUMES)
    assert volumes == FOUND_VOLUMES
    assert volumes[1]['Name'] == 'b_c'
    assert volumes[:1] == FOUND_VOLUMES[:1]


def test_volumes_can_be_read_like_the_answer_of_the_api() -> None:
    volumes = parse_volumes_output(VOLUMES)
    assert volumes['Volumes'] == FOUND_VOLUMES
    assert volumes.get('Volumes') == FOUND_VOLUMES
    assert volumes.get('Warnings') is None


def test_an_answer_with_volumes_has_nothing_else() -> None:
    with pytest.raises(KeyError, match='Warnings'):
        parse_volumes_output(VOLUMES)['Warnings']


@pytest.mark.parametrize('out', ['', None, 'DRIVER    VOLUME NAME\n'])
def test_no_volumes_are_an_empty_list(out: str | None) -> None:
    assert parse_volumes_output(out) == []


def test_the_first_inspected_item_counts() -> None:
    assert parse_inspect_output('[{"Id": "a"}, {"Id": "b"}]', 'container') == {'Id': 'a'}


@pytest.mark.parametrize('out', ['[]', '[]\n', '', None])
def test_nothing_inspected_is_not_found(out: str | None) -> None:
    with pytest.raises(docker.errors.NotFound, match='Volume'):
        parse_inspect_output(out, 'volume')


IMAGES = f"""\
REPOSITORY      TAG       IMAGE ID         CREATED        SIZE
reg:5000/web    1         sha256:bb        2 days ago     5MB
web             latest    sha256:bb        2 days ago     5MB
base            {NONE_TAG}    sha256:aa        3 weeks ago    1.2kB
{NONE_TAG}          {NONE_TAG}    sha256:cc        3 weeks ago    1.2kB
"""


def test_images_are_read_by_id() -> None:
    assert parse_images_output(IMAGES) == [
        {'Id': image_id, 'RepoTags': tags, 'ParentId': '', 'Created': 0, 'VirtualSize': 0, 'Size': 0}
        for image_id, tags in (('sha256:aa', []), ('sha256:bb', ['reg:5000/web:1', 'web:latest']), ('sha256:cc', []))
    ]


def test_digests_are_read_where_they_are_printed() -> None:
    digest = f'sha256:{"0" * 64}'
    out = (
        f'REPOSITORY   TAG   DIGEST   IMAGE ID   CREATED   SIZE\n'
        f'web   1   {NONE_TAG}   sha256:a   now   1B\nweb   2   {digest}   sha256:b   now   1B\n'
        f'web   3   {digest}   sha256:b   now   1B\nweb   {NONE_TAG}   {digest}   sha256:c   now   1B\n'
    )
    assert [(image['RepoTags'], image['RepoDigests']) for image in parse_images_output(out)] == [
        (['web:1'], []),
        (['web:2', 'web:3'], [f'web@{digest}']),
        ([], [f'web@{digest}']),
    ]


@pytest.mark.parametrize('out', ['', None, IMAGES.splitlines()[0]])
def test_no_images_are_an_empty_list(out: str | None) -> None:
    assert parse_images_output(out) == []


def test_the_version_is_that_of_the_client() -> None:
    out = '{"Client": {"ApiVersion": "1.41"}, "Server": {"ApiVersion": "1.40"}}'
    assert parse_version_output(out) == {'ApiVersion': '1.41'}


@pytest.mark.parametrize('out', ['', None, '{}', '{"Client": null}', '{"Server": {}}'])
def test_a_version_without_client_is_empty(out: str | None) -> None:
    assert parse_version_output(out) == {}


def test_processes_are_read() -> None:
    out = 'PID   USER   COMMAND\n1     root   sh -c  sleep 9\n7     app    x\n'
    assert parse_top_output(out) == {
        'Titles': ['PID', 'USER', 'COMMAND'],
        'Processes': [['1', 'root', 'sh -c  sleep 9'], ['7', 'app', 'x']],
    }


def test_processes_with_another_last_column_are_read() -> None:
    assert parse_top_output('COMMAND  PID\nsleep    5\n')['Processes'] == [['sleep', '5']]


@pytest.mark.parametrize('out', ['', None])
def test_no_processes_are_empty(out: str | None) -> None:
    assert parse_top_output(out) == {'Titles': [], 'Processes': []}
