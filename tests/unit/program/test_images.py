"""Images are built from what configurations say."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockermap.build.directory import context_of_directory
from dockermap.map.config.client import ClientConfiguration
from dockermap.testing import InMemoryClient

Program = Any
MAP = """\
    name: shop
    default_tag: '3'
    web:
      image: site
      instances: [blue, green]
      build:
        context: web
        dockerfile: docker/Dockerfile
        args: {VERSION: 2, PASSWORD: geheim}
        target: production
        ignore: ['*.log', docker]
    db:
      image: db:latest
    """


class BuildingClient(InMemoryClient):
    """A client of the engine in memory whose builds are kept."""

    builds: list[tuple[list[str], str, dict[str, Any]]]

    def build_from_context(self, context: Any, tag: str, **options: Any) -> str:
        context.fileobj.seek(0)
        with tarfile.open(fileobj=context.fileobj) as archive:
            self.builds.append((sorted(member.name for member in archive if member.isfile()), tag, options))
        self.engine.add_image(tag)
        return 'sha256:1'


@pytest.fixture
def builds() -> list[Any]:
    return []


@pytest.fixture
def program(make_program: Callable[..., Any], builds: list[Any]) -> Program:
    program = make_program(MAP)

    def connect(clients: dict[str, ClientConfiguration]) -> dict[str, ClientConfiguration]:
        client = program.engine.client()
        client.__class__ = BuildingClient
        client.builds = builds
        return {name: ClientConfiguration(client=client, version='1.41') for name in clients}

    program.connect = connect
    for name in ('web/docker/Dockerfile', 'web/page.html', 'web/access.log'):
        program.write('FROM busybox\n', name)
    return program


def test_each_image_is_built_once_from_its_context_and_tagged(program: Program, builds: list[Any]) -> None:
    result = program('build')

    assert result.code == 0
    assert [(files, tag) for files, tag, _ in builds] == [(['./docker/Dockerfile', './page.html'], 'site:3')]
    assert builds[0][2] == {
        'rm': True,
        'buildargs': {'VERSION': '2', 'PASSWORD': 'geheim'},
        'target': 'production',
        'dockerfile': 'docker/Dockerfile',
    }
    assert result.out.splitlines() == [f'Building site:3 from {program.directory}/web', 'Built site:3']


def test_builds_as_data_have_image_and_id(program: Program) -> None:
    assert program('--output', 'json', 'build').documents == [
        {'type': 'built', 'client': '__default__', 'image': 'site:3', 'id': 'sha256:1'}
    ]


def test_up_builds_only_if_it_is_told_to(program: Program, builds: list[Any]) -> None:
    refused = program('up', '--yes')

    assert (refused.code, builds) == (1, [])
    assert "from 'build'" in refused.out + refused.err or 'built' in refused.out + refused.err
    program.yes('up', '--build')
    assert len(builds) == 1
    assert program.running == ['shop.db', 'shop.web.blue', 'shop.web.green']


def test_what_has_no_build_cannot_be_built(program: Program) -> None:
    result = program('build', 'db')

    assert (result.code, result.err) == (1, "None of db has the setting 'build'.\n")


def test_a_missing_dockerfile_is_named_with_its_folder(program: Program) -> None:
    (program.directory / 'web' / 'docker' / 'Dockerfile').unlink()

    result = program('build')

    assert result.code == 1
    assert result.err == f'Error: There is no docker/Dockerfile in {program.directory}/web.\n'


def test_buildx_gets_the_context_and_the_settings(program: Program) -> None:
    path = program.write(
        '#!/bin/sh\n[ "$2" = version ] && exit\n(echo "$@"; echo $VERSION $PASSWORD) > "$HOME/arguments"\n'
        'tar t | sort > "$HOME/files"\n',
        'bin/docker',
    )
    path.chmod(0o755)
    program.variables['PATH'] = f'{path.parent}:/usr/bin:/bin'

    assert program('build', '--buildx').code == 0

    assert (program.directory / 'arguments').read_text() == (
        'buildx build --load --tag site:3 --file docker/Dockerfile --target production '
        '--build-arg VERSION --build-arg PASSWORD -\n2 geheim\n'
    )
    assert './page.html' in (program.directory / 'files').read_text().split()


def test_without_the_docker_command_buildx_is_an_error_with_a_way_out(program: Program) -> None:
    program.variables['PATH'] = str(program.directory)

    result = program('build', '--buildx')

    assert (result.code, result.err) == (
        1,
        'There is no docker command on this machine, which --buildx needs. Without it, the engine builds.\n',
    )


def test_without_the_plugin_buildx_is_an_error_with_a_way_out(program: Program) -> None:
    path = program.write('#!/bin/sh\necho "unknown command: docker $1" >&2\nexit 1\n', 'bin/docker')
    path.chmod(0o755)
    program.variables['PATH'] = f'{path.parent}:/usr/bin:/bin'

    result = program('build', '--buildx')

    assert result.code == 1
    assert result.err.startswith('The docker command on this machine has no buildx')
    assert len(result.err.splitlines()) == 1


def test_values_for_builds_are_not_shown(program: Program) -> None:
    assert 'geheim' not in program('show').out


def test_a_context_leaves_out_what_is_ignored_but_never_its_dockerfile(tmp_path: Path) -> None:
    for name in ('.dockerignore', 'Dockerfile', 'a.txt', 'b.txt'):
        (tmp_path / name).write_text('*\n!a.txt\n' if name == '.dockerignore' else '')

    with context_of_directory(tmp_path) as context, tarfile.open(fileobj=context.fileobj) as archive:
        assert sorted(member.name for member in archive if member.isfile()) == ['./Dockerfile', './a.txt']
