"""Volumes, and what is mounted in containers."""

from __future__ import annotations

import io
import re
import tarfile
from typing import Any

import docker
import pytest

from tests.contract.lab import FULL_IMAGE, Lab


def mounts(lab: Lab, name: str) -> dict[str, dict[str, Any]]:
    return {mount['Destination']: mount for mount in lab.details(name)['Mounts']}


def exists(lab: Lab, volume: str) -> bool:
    return volume in [found['Name'] for found in lab.client.volumes()['Volumes']]


def test_a_volume_is_as_it_was_asked_for(lab: Lab) -> None:
    created = lab.client.create_volume(lab.name('data'), labels={'a': 'b'})

    assert {key: created[key] for key in ('Name', 'Driver', 'Labels', 'Options', 'Scope')} == {
        'Name': lab.name('data'),
        'Driver': 'local',
        'Labels': {'a': 'b'},
        'Options': None,
        'Scope': 'local',
    }
    assert created == lab.client.inspect_volume(lab.name('data'))
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', created['CreatedAt'])
    assert created['Mountpoint'].endswith(f'/volumes/{lab.name("data")}/_data')


def test_a_volume_without_options_and_labels_has_none(lab: Lab) -> None:
    created = lab.client.create_volume(lab.name('data'))

    assert (created['Labels'], created['Options']) == (None, None)


def test_options_are_shown(lab: Lab) -> None:
    options = {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'}

    assert lab.client.create_volume(lab.name('data'), 'local', options)['Options'] == options


def test_creating_a_volume_again_changes_nothing(lab: Lab) -> None:
    first = lab.client.create_volume(lab.name('data'))

    assert lab.client.create_volume(lab.name('data'), labels={'a': 'b'}, driver_opts={'type': 'tmpfs'}) == first


def test_a_volume_without_name_gets_a_long_one(lab: Lab) -> None:
    created = lab.client.create_volume()
    lab.client.remove_volume(created['Name'])

    assert re.fullmatch('[0-9a-f]{64}', created['Name'])


def test_a_missing_volume_is_not_found(lab: Lab) -> None:
    for call in (lab.client.inspect_volume, lab.client.remove_volume):
        assert lab.refused(call, lab.name('nothing')) == (404, 'get nothing: no such volume')


@pytest.mark.parametrize(
    ('arguments', 'refused'),
    [
        ({'driver': 'nope'}, (404, 'create data: error looking up volume plugin nope: plugin "nope" not found')),
        ({'driver': 'local', 'driver_opts': {'foo': 'x'}}, (400, 'create data: invalid option: "foo"')),
    ],
)
def test_what_no_volume_can_have_is_refused(lab: Lab, arguments: dict[str, Any], refused: tuple[int, str]) -> None:
    assert lab.refused(lab.client.create_volume, lab.name('data'), **arguments) == refused


def test_names_with_other_characters_are_refused(lab: Lab) -> None:
    assert lab.refused(lab.client.create_volume, '!x') == (
        400,
        'create !x: "!x" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" '
        'are allowed. If you intended to pass a host directory, use absolute path',
    )


def test_options_and_labels_are_dictionaries(lab: Lab) -> None:
    with pytest.raises(TypeError, match='driver_opts must be a dictionary'):
        lab.client.create_volume(lab.name('data'), driver_opts=[('a', 'b')])
    with pytest.raises(TypeError, match='labels must be a dictionary'):
        lab.client.create_volume(lab.name('data'), labels=['a'])


def test_a_volume_in_use_is_not_removed(lab: Lab) -> None:
    lab.create('web', host={'binds': [f'{lab.name("data")}:/srv']})

    assert lab.refused(lab.client.remove_volume, lab.name('data')) == (409, 'remove data: volume is in use - [<id>]')
    lab.client.remove_container(lab.name('web'), v=True)
    assert exists(lab, lab.name('data'))
    lab.client.remove_volume(lab.name('data'))
    assert not exists(lab, lab.name('data'))


def test_volumes_are_filtered(lab: Lab) -> None:
    lab.client.create_volume(lab.name('data'), labels={'a': 'b'})
    lab.create('web', host={'binds': [f'{lab.name("data-2")}:/srv']})

    def names(**filters: Any) -> set[str]:
        found = lab.client.volumes(filters=filters)['Volumes'] or ()
        return {
            volume['Name'].removeprefix(f'{lab.prefix}-') for volume in found if volume['Name'].startswith(lab.prefix)
        }

    assert names(name=lab.name('data')) == {'data', 'data-2'}
    assert names(label='a=b') == names(label='a') == {'data'}
    assert names(label='a=c') == set()
    assert names(dangling=True) == {'data'}
    assert names(dangling=False) == {'data-2'}
    assert names(driver='local') == {'data', 'data-2'}


def test_a_missing_volume_is_created_with_the_container(lab: Lab) -> None:
    lab.create('web', host={'binds': [f'{lab.name("data")}:/srv:ro']})
    found = mounts(lab, 'web')['/srv']

    assert exists(lab, lab.name('data'))
    assert {key: found[key] for key in ('Type', 'Name', 'Driver', 'Mode', 'RW', 'Propagation')} == {
        'Type': 'volume',
        'Name': lab.name('data'),
        'Driver': 'local',
        'Mode': 'ro',
        'RW': False,
        'Propagation': '',
    }
    assert found['Source'] == lab.client.inspect_volume(lab.name('data'))['Mountpoint']


def test_a_volume_without_mode_is_shared(lab: Lab) -> None:
    lab.create('web', host={'binds': [f'{lab.name("data")}:/srv']})

    assert (mounts(lab, 'web')['/srv']['Mode'], mounts(lab, 'web')['/srv']['RW']) == ('z', True)


def test_paths_of_the_host_are_bound(lab: Lab) -> None:
    if hasattr(lab, 'engine'):
        lab.engine.mounts.host.write('/usr', lab.engine.mounts.host['/'])
    lab.create('web', host={'binds': ['/usr:/srv:ro', '/usr:/other']})
    found = mounts(lab, 'web')

    assert lab.host('web')['Binds'] == ['/usr:/srv:ro', '/usr:/other']
    assert [
        (found[path]['Type'], found[path]['Source'], found[path]['Mode'], found[path]['RW'], 'Name' in found[path])
        for path in ('/srv', '/other')
    ] == [('bind', '/usr', 'ro', False, False), ('bind', '/usr', '', True, False)]


def test_anonymous_volumes_have_long_names(lab: Lab) -> None:
    lab.create('web', volumes=['/srv'])
    found = mounts(lab, 'web')['/srv']

    assert re.fullmatch('[0-9a-f]{64}', found['Name'])
    assert (found['Type'], found['Mode'], found['RW'], found['Driver']) == ('volume', '', True, 'local')


@pytest.mark.parametrize('with_volumes', [True, False])
def test_anonymous_volumes_are_removed_on_request(lab: Lab, with_volumes: bool) -> None:
    lab.create('web', volumes=['/srv'])
    volume = mounts(lab, 'web')['/srv']['Name']

    lab.client.remove_container(lab.name('web'), v=with_volumes)

    assert exists(lab, volume) is not with_volumes
    if not with_volumes:
        lab.client.remove_volume(volume)


def test_volumes_of_the_image_are_mounted(lab: Lab) -> None:
    lab.create('web', None, image=FULL_IMAGE)

    assert mounts(lab, 'web').keys() == {'/data', '/empty'}
    lab.client.remove_container(lab.name('web'), v=True)


def test_a_bind_takes_the_place_of_an_anonymous_volume(lab: Lab) -> None:
    lab.create(
        'web',
        None,
        image=FULL_IMAGE,
        volumes=['/srv'],
        host={'binds': [f'{lab.name("data")}:/data', f'{lab.name("srv")}:/srv']},
    )

    assert mounts(lab, 'web').keys() == {'/data', '/empty', '/srv'}
    assert mounts(lab, 'web')['/data']['Name'] == lab.name('data')
    assert mounts(lab, 'web')['/srv']['Name'] == lab.name('srv')
    lab.client.remove_container(lab.name('web'), v=True)


def test_volumes_of_another_container(lab: Lab) -> None:
    lab.create('data', volumes=['/anonymous'], host={'binds': [f'{lab.name("data")}:/srv']})
    lab.create('web', host={'volumes_from': [lab.name('data')]})
    lab.create('reader', host={'volumes_from': [f'{lab.name("data")}:ro']})

    assert {path: mount['Name'] for path, mount in mounts(lab, 'web').items()} == {
        path: mount['Name'] for path, mount in mounts(lab, 'data').items()
    }
    assert mounts(lab, 'web')['/srv']['RW'] is True
    assert mounts(lab, 'reader')['/srv']['RW'] is False
    assert lab.host('web')['VolumesFrom'] == [lab.name('data')]


def test_an_anonymous_volume_stays_while_another_container_has_it(lab: Lab) -> None:
    lab.create('data', volumes=['/anonymous'])
    lab.create('web', host={'volumes_from': [lab.name('data')]})
    volume = mounts(lab, 'web')['/anonymous']['Name']

    lab.client.remove_container(lab.name('data'), v=True)
    assert exists(lab, volume)
    lab.client.remove_container(lab.name('web'), v=True)
    found = exists(lab, volume)
    if found:
        lab.client.remove_volume(volume)

    assert not found


def test_volumes_of_nobody_are_refused(lab: Lab) -> None:
    assert lab.refused(lab.create, 'web', host={'volumes_from': [lab.name('nobody')]}) == (
        400,
        'No such container: nobody',
    )


@pytest.mark.parametrize(
    ('binds', 'refused'),
    [
        (
            ['rel/x:/srv'],
            (
                400,
                'create rel/x: "rel/x" includes invalid characters for a local volume name, only '
                '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use '
                'absolute path',
            ),
        ),
        (
            ['/tmp:rel'],
            (
                500,
                'invalid volume specification: \'/tmp:rel\': invalid mount config for type "bind": invalid '
                "mount path: 'rel' mount path must be absolute",
            ),
        ),
        (['/tmp:/srv', '/usr:/srv'], (400, 'Duplicate mount point: /srv')),
        (['/tmp:/srv:zz'], (500, 'invalid mode: zz')),
    ],
)
def test_impossible_binds_are_refused(lab: Lab, binds: list[str], refused: tuple[int, str]) -> None:
    assert lab.refused(lab.create, 'web', host={'binds': binds}) == refused
    assert not lab.exists('web')


def test_a_new_volume_gets_the_files_of_the_image_with_owner_and_mode(lab: Lab) -> None:
    lab.create('web', None, image=FULL_IMAGE, host={'binds': [f'{lab.name("data")}:/data']})

    assert lab.owner_and_mode(lab.name('data')) == (1, 1, '750')
    assert lab.owner_and_mode(lab.name('data'), '/index.html') == (1, 1, '640')


def test_an_empty_directory_of_the_image_gives_owner_and_mode(lab: Lab) -> None:
    lab.client.create_volume(lab.name('srv'))
    lab.create('web', None, image=FULL_IMAGE, host={'binds': [f'{lab.name("srv")}:/srv']})

    assert lab.owner_and_mode(lab.name('srv')) == (65534, 65534, '700')


def test_a_new_volume_belongs_to_root_elsewhere(lab: Lab) -> None:
    lab.create('web', host={'binds': [f'{lab.name("data")}:/nowhere']})

    assert lab.owner_and_mode(lab.name('data')) == (0, 0, '755')


def test_a_volume_with_files_keeps_them(lab: Lab) -> None:
    lab.create('web', None, image=FULL_IMAGE, host={'binds': [f'{lab.name("data")}:/data']})
    lab.create('other', None, image=FULL_IMAGE, host={'binds': [f'{lab.name("data")}:/srv']})

    assert lab.owner_and_mode(lab.name('data')) == (1, 1, '750')


@pytest.mark.parametrize(
    ('command', 'expected'),
    [
        (
            ['/bin/sh', '-c', 'chown -R 1000:1001 /volume-tmp && chmod -R 700 /volume-tmp'],
            [(1000, 1001, '700'), (1000, 1001, '700')],
        ),
        (
            ['sh', '-c', 'chown nobody /volume-tmp; chmod -R u=rwX,g=rX,o= /volume-tmp'],
            [(65534, 1, '750'), (1, 1, '640')],
        ),
        ('chown -R daemon:nogroup /volume-tmp', [(1, 65534, '750'), (1, 65534, '640')]),
        ('chmod -R g+w /volume-tmp', [(1, 1, '770'), (1, 1, '660')]),
        ('chmod 1777 /volume-tmp', [(1, 1, '1777'), (1, 1, '640')]),
    ],
)
def test_commands_change_owner_and_mode_of_a_volume(
    lab: Lab, command: Any, expected: list[tuple[int, int, str]]
) -> None:
    lab.create('web', None, image=FULL_IMAGE, host={'binds': [f'{lab.name("data")}:/data']})

    lab.finished('helper', command, user='root', host={'binds': [f'{lab.name("data")}:/volume-tmp']})

    assert lab.state('helper')['ExitCode'] == 0
    assert [lab.owner_and_mode(lab.name('data'), path) for path in ('/', '/index.html')] == expected


def test_an_unknown_owner_fails(lab: Lab) -> None:
    lab.finished(
        'helper', 'chown -R somebody:somebody /volume-tmp', host={'binds': [f'{lab.name("data")}:/volume-tmp']}
    )

    assert lab.state('helper')['ExitCode'] == 1
    assert b'unknown user' in lab.client.logs(lab.name('helper'))
    assert lab.owner_and_mode(lab.name('data')) == (0, 0, '755')


def test_a_failing_command_ends_a_chain(lab: Lab) -> None:
    lab.finished(
        'helper',
        ['sh', '-c', 'chown somebody /volume-tmp && chmod 700 /volume-tmp'],
        host={'binds': [f'{lab.name("data")}:/volume-tmp']},
    )

    assert lab.state('helper')['ExitCode'] == 1
    assert lab.owner_and_mode(lab.name('data')) == (0, 0, '755')


def test_described_mounts_are_shown(lab: Lab) -> None:
    mount = docker.types.Mount('/srv', lab.name('data'), labels={'a': 'b'}, read_only=True)
    lab.create('web', host={'mounts': [mount]})
    found = mounts(lab, 'web')['/srv']

    assert (found['Type'], found['Name'], found['Mode'], found['RW']) == ('volume', lab.name('data'), 'z', False)
    assert lab.client.inspect_volume(lab.name('data'))['Labels'] == {'a': 'b'}
    assert lab.host('web')['Mounts'][0]['Target'] == '/srv'


def packed(**files: str) -> bytes:
    """An archive with a directory ``below``, which has the files."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode='w') as archive:
        directory = tarfile.TarInfo('below')
        directory.type, directory.mode = tarfile.DIRTYPE, 0o700
        archive.addfile(directory)
        for name, content in files.items():
            entry = tarfile.TarInfo(f'below/{name}')
            entry.size, entry.uid, entry.gid, entry.mode = len(content), 5, 6, 0o400
            archive.addfile(entry, io.BytesIO(content.encode()))
    return written.getvalue()


def test_an_archive_is_unpacked_in_what_a_created_container_mounts(lab: Lab) -> None:
    container = lab.create('web', host={'binds': [f'{lab.name("data")}:/files']})
    for content in ('a', 'b'):
        assert lab.client.put_archive(container, '/files', packed(key=content))

    assert lab.owner_and_mode(lab.name('data'), '/below') == (0, 0, '700')
    assert lab.owner_and_mode(lab.name('data'), '/below/key') == (5, 6, '400')


def test_an_archive_needs_a_directory(lab: Lab) -> None:
    container = lab.create('web', host={'binds': [f'{lab.name("data")}:/files']})
    assert lab.refused(lab.client.put_archive, container, '/files/nowhere', packed(key='a'))[0] == 404


def test_files_are_removed_but_for_some(lab: Lab) -> None:
    binds = {'binds': [f'{lab.name("data")}:/files']}
    lab.client.put_archive(lab.create('web', host=binds), '/files', packed(first='a', second='b'))
    command = 'cd /files/below && for file in *; do case "$file" in second) ;; *) rm -f "$file";; esac; done'
    lab.finished('some', ['/bin/sh', '-c', command], host=binds)
    assert lab.state('some')['ExitCode'] == 0
    assert lab.owner_and_mode(lab.name('data'), '/below/second') == (5, 6, '400')
    lab.finished('again', ['sh', '-c', 'chmod 600 /files/below/first'], host=binds)
    assert lab.state('again')['ExitCode'] == 1
    lab.finished('all', ['/bin/sh', '-c', 'rm -rf /files/below'], host=binds)
    assert lab.state('all')['ExitCode'] == 0
    lab.finished('last', ['sh', '-c', 'chmod 600 /files/below/second'], host=binds)
    assert lab.state('last')['ExitCode'] == 1


def test_a_container_with_a_mount_that_is_not_on_the_host_is_neither_created_nor_started(lab: Lab) -> None:
    folder = f'/run/{lab.name("folder")}'
    mounted = [docker.types.Mount('/key', f'{folder}/below/key', type='bind', read_only=True)]
    refused = 400, 'invalid mount config for type "bind": bind source path does not exist: /run/folder/below/key'
    assert lab.refused(lab.create, 'web', host={'mounts': mounted}) == refused
    helper = lab.create('helper', host={'binds': [f'{folder}:/files']})
    lab.client.put_archive(helper, '/files', packed(key='a'))
    container = lab.run('web', host={'mounts': mounted})
    assert not mounts(lab, 'web')['/key']['RW']
    lab.client.stop(container, timeout=0)
    lab.finished('remover', ['/bin/sh', '-c', f'rm -rf /host/{lab.name("folder")}'], host={'binds': ['/run:/host']})
    assert lab.refused(lab.client.start, container) == refused
