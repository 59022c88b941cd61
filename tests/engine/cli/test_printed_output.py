"""Parsers read what the commands of this machine print."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.client.cli import (
    parse_containers_output,
    parse_images_output,
    parse_inspect_output,
    parse_networks_output,
    parse_top_output,
    parse_version_output,
    parse_volumes_output,
)

from .conftest import first_process

Run = Callable[..., str]
WAITING = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']


def test_containers_are_read_as_the_api_lists_them(
    run: Run, api: docker.APIClient, unique: str, base_image: str
) -> None:
    command = ['sh', '-c', 'echo "a || b" \\ \'c\'; trap "exit 0" TERM; while :; do sleep 0.1; done', 'd\ne', 'ä']
    host_config = api.create_host_config(port_bindings={80: ('127.0.0.1', None), '53/udp': ('127.0.0.1', None)})
    api.create_container(base_image, command, name=unique, ports=[80, (53, 'udp'), 90], host_config=host_config)
    api.start(unique)
    api.create_container(base_image, 'true', name=f'{unique}.x')
    found = {container['Id']: container for container in parse_containers_output(run('containers', all=True))}
    for wanted in api.containers(all=True, filters={'name': unique}):
        read = found[wanted['Id']]
        assert read['Names'] == wanted['Names']
        assert (read['Image'], read['Command']) == (wanted['Image'], wanted['Command'])
        assert read['Created'] == wanted['Created']
        assert read['Status'].split()[0] == wanted['Status'].split()[0] if wanted['Status'] else True
        assert ports_of(read) == ports_of(wanted)


def ports_of(container: dict[str, Any]) -> list[tuple[str, ...]]:
    return sorted(
        tuple(str(port.get(key, '')) for key in ('IP', 'PublicPort', 'PrivatePort', 'Type'))
        for port in container['Ports']
    )


def test_the_time_of_creation_does_not_depend_on_the_time_zone(
    run: Run, shell: Any, api: docker.APIClient, unique: str, base_image: str
) -> None:
    api.create_container(base_image, name=unique)
    now = time.time()
    for zone in ('UTC', 'Asia/Kolkata', 'America/Sao_Paulo', 'Europe/Berlin'):
        shell.environment['TZ'] = zone
        created = next(
            container['Created']
            for container in parse_containers_output(run('containers', all=True))
            if container['Names'] == [f'/{unique}']
        )
        assert abs(created - now) < 30


def test_linked_containers_have_all_their_names(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    api.create_container(base_image, WAITING, name=f'{unique}.a')
    api.start(f'{unique}.a')
    links = api.create_host_config(links={f'{unique}.a': 'x'})
    api.create_container(base_image, WAITING, name=f'{unique}.b', host_config=links)
    api.start(f'{unique}.b')
    names = {name for container in parse_containers_output(run('containers')) for name in container['Names']}
    assert {f'/{unique}.a', f'/{unique}.b', f'/{unique}.b/x'} <= names


def test_networks_are_read_as_the_api_lists_them(run: Run, api: docker.APIClient, unique: str) -> None:
    api.create_network(unique, internal=True)
    found = {network['Id']: network for network in parse_networks_output(run('networks'))}
    for wanted in api.networks(names=[unique, 'bridge', 'host', 'none']):
        assert found[wanted['Id']] == {key: wanted[key] for key in ('Id', 'Name', 'Driver', 'Scope')}
    assert parse_inspect_output(run('inspect_network', net_id=unique), 'network')['Internal'] is True


def test_volumes_are_read_as_the_api_lists_them(run: Run, api: docker.APIClient, unique: str) -> None:
    api.create_volume(unique, labels={'a': 'b'})
    volumes = parse_volumes_output(run('volumes'))
    assert {'Driver': 'local', 'Name': unique} in volumes['Volumes']
    assert parse_inspect_output(run('inspect_volume', name=unique), 'volume')['Labels'] == {'a': 'b'}


def test_images_are_read_as_the_api_lists_them(run: Run, api: docker.APIClient, base_image: str) -> None:
    wanted = api.inspect_image(base_image)
    for kwargs in ({}, {'digests': True}, {'all': True}):
        found = {image['Id']: image for image in parse_images_output(run('images', **kwargs))}
        assert base_image in found[wanted['Id']]['RepoTags']
    assert parse_images_output(run('images', name=base_image))[0]['RepoTags'] == [base_image]


def test_an_image_without_name_has_no_tags(run: Run, api: docker.APIClient, unique: str, base_image: str) -> None:
    container = api.create_container(base_image, name=unique)
    image_id = api.inspect_image(api.commit(container)['Id'])['Id']
    try:
        found = {image['Id']: image for image in parse_images_output(run('images', digests=True))}
        assert (found[image_id]['RepoTags'], found[image_id]['RepoDigests']) == ([], [])
    finally:
        api.remove_image(image_id)


def test_an_inspection_is_read_as_the_api_shows_it(
    run: Run, api: docker.APIClient, unique: str, base_image: str
) -> None:
    api.create_container(base_image, ['echo', 'ä "b" \\'], name=unique)
    found = parse_inspect_output(run('inspect_container', container=unique), 'container')
    wanted = api.inspect_container(unique)
    assert found['Config']['Cmd'] == wanted['Config']['Cmd']
    assert {key for key in ('Id', 'Name', 'Image', 'Path', 'Args', 'Created') if found[key] != wanted[key]} == set()


@pytest.mark.parametrize(
    ('call', 'key', 'kind'),
    [
        ('inspect_container', 'container', 'container'),
        ('inspect_image', 'image', 'image'),
        ('inspect_network', 'net_id', 'network'),
        ('inspect_volume', 'name', 'volume'),
    ],
)
def test_something_unknown_prints_an_empty_list_and_fails(
    shell: Any, command_output: Any, unique: str, call: str, key: str, kind: str
) -> None:
    out = shell(f'{command_output.get_cmd(call, **{key: unique})} 2>/dev/null || true')
    with pytest.raises(docker.errors.NotFound, match=kind.capitalize()):
        parse_inspect_output(out, kind)


def test_the_version_of_the_api_is_the_one_that_is_spoken(run: Run, api: docker.APIClient) -> None:
    found = parse_version_output(run('version'))
    assert docker.utils.version_lt('1.23', found['ApiVersion'])
    assert not docker.utils.version_lt(api.version()['ApiVersion'], found['ApiVersion'])


def test_processes_are_read_as_the_api_shows_them(
    run: Run, api: docker.APIClient, unique: str, base_image: str, eventually: Any
) -> None:
    api.create_container(base_image, WAITING, name=unique)
    api.start(unique)
    # Right after the start, it is still the engine that turns into the command.
    assert eventually(lambda: 'trap' in first_process(api.top(unique, '-o pid,ppid,args'))[2])
    found = parse_top_output(run('top', container=unique, ps_args='-o pid,ppid,args'))
    assert found['Titles'] == ['PID', 'PPID', 'COMMAND']
    assert first_process(found) == first_process(api.top(unique, ps_args='-o pid,ppid,args'))
