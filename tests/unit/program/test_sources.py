"""Where the map and the clients come from."""

from __future__ import annotations

import hashlib
import io
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from dockermap.program import Environment
from dockermap.program._parser import parse
from dockermap.program._sources import load_clients, load_map

Program = Any
ADDRESS = 'ssh://somebody@192.0.2.1'


def environment(directory: Path, **variables: str) -> Environment:
    stream = io.StringIO()
    return Environment(stream, stream, stream, {'HOME': str(directory), **variables}, directory)


def arguments(*given: str) -> Namespace:
    return parse([*given, 'check'])


def address(directory: Path, *given: str, **variables: str) -> Any:
    return load_clients(arguments(*given), environment(directory, **variables))['__default__'].base_url


def write_context(home: Path, name: str, current: bool = True) -> Path:
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = home / '.docker' / 'contexts' / 'meta' / digest / 'meta.json'
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({'Name': name, 'Metadata': {}, 'Endpoints': {'docker': {'Host': ADDRESS}}}))
    if current:
        (home / '.docker' / 'config.json').write_text(json.dumps({'auths': {}, 'currentContext': name}))
    return home / '.docker' / 'contexts' / 'tls' / digest / 'docker'


@pytest.mark.parametrize('name', ['dockermap.yaml', 'dockermap.yml'])
def test_the_map_is_found_in_a_folder_above(program: Program, name: str) -> None:
    (program.directory / 'dockermap.yaml').rename(program.directory / name)
    program.directory = program.directory / 'deep' / 'down'
    program.directory.mkdir(parents=True)

    assert program('check').out == 'The map shop is valid: 2 configurations.\n'


def test_without_a_map_the_error_says_what_to_do(make_program: Any) -> None:
    result = make_program(None)('check')

    assert result.code == 1
    assert result.err.startswith('There is no map: no dockermap.yaml here or in a folder above. Name a file with -f')


def test_the_variable_counts_more_than_the_folder_and_the_option_more_than_the_variable(program: Program) -> None:
    program.write('name: other\nweb:\n', 'other.yaml')
    program.write('name: third\nweb:\n', 'third.yaml')
    program.variables['DOCKERMAP_FILE'] = 'other.yaml'

    assert 'The map other is' in program('check').out
    assert 'The map third is' in program('check', '-f', 'third.yaml').out


def test_later_files_are_merged_over_earlier_ones(program: Program) -> None:
    program.write('web: {image: db}\nextra: {image: web}\n', 'more.yaml')

    data = program('-f', 'dockermap.yaml', '-f', 'more.yaml', '--output', 'json', 'show').data

    assert data['name'] == 'shop'
    assert data['containers']['web']['image'] == 'db'
    assert data['containers']['web']['attaches']
    assert set(data['containers']) == {'web', 'app', 'extra'}


def test_a_problem_in_the_second_file_has_its_name_and_line(program: Program) -> None:
    program.write('web:\n  image: db\n  links: nothing\n', 'more.yaml')

    result = program('-f', 'dockermap.yaml', '-f', 'more.yaml', 'check')

    assert result.code == 1
    assert 'shop.web.links' in result.err
    assert 'more.yaml, line 3' in result.err


def test_a_map_without_name_has_that_of_its_folder_or_file(make_program: Any) -> None:
    program = make_program('web: {image: web}\n')
    program.write('web: {image: web}\n', 'site.yaml')

    assert f'The map {program.directory.name} is' in program('check').out
    assert 'The map site is' in program('-f', 'site.yaml', 'check').out


def test_settings_that_nothing_knows_are_errors_unless_that_is_accepted(make_program: Any) -> None:
    program = make_program('name: shop\nweb:\n  imag: web\n')

    strict = program('check')
    lax = program('--no-strict', 'check')

    assert strict.code == 1
    assert 'dockermap.yaml, line 3' in strict.err
    assert lax.code == 0
    assert lax.err.startswith('Warning: shop.web.imag: Unknown setting')


@pytest.mark.parametrize(
    ('change', 'place', 'value'),
    [
        ('web.image=nginx:1.10', ('containers', 'web', 'image'), 'nginx:1.10'),
        ('containers.web.image=db', ('containers', 'web', 'image'), 'db'),
        ('app.create_options.user=7', ('containers', 'app', 'create_options', 'user'), '...'),
        ('app.host_config.mem_limit=1g', ('containers', 'app', 'host_config', 'mem_limit'), '1g'),
        ('networks.back.internal=yes', ('networks', 'back', 'internal'), True),
        ('default_tag=test', ('default_tag',), 'test'),
        ('groups.all=[web]', ('groups', 'all'), ['web']),
    ],
)
def test_set_changes_a_value(program: Program, change: str, place: tuple[str, ...], value: object) -> None:
    found = program('--set', change, '--output', 'json', 'show').data
    for name in place:
        found = found[name]

    assert found == value or value == '...'


@pytest.mark.parametrize(
    ('change', 'text'),
    [
        ('wbe.image=x', "There is no entry 'wbe' in 'containers'; did you mean 'web'?"),
        ('web=x', 'web: Expected the name of a setting behind this'),
        ('web.imag=x', "'imag' is no setting; did you mean 'image'?"),
        ('web.image.x=y', "web.image.x: Expected a mapping, to set 'x' in it, found 'web'"),
        ('web.links=nothing', 'shop.web.links'),
    ],
)
def test_what_set_cannot_change_is_an_error(program: Program, change: str, text: str) -> None:
    result = program('--set', change, 'check')

    assert result.code == 1
    assert text in result.err


def test_clients_are_those_of_the_file_beside_the_map_or_of_the_option(program: Program) -> None:
    program.write('one: {base_url: tcp://192.0.2.1}\n', 'dockermap-clients.yaml')
    program.write('two: {base_url: tcp://192.0.2.2}\n', 'others.yaml')
    around = environment(program.directory)

    assert list(load_clients(arguments(), around)) == ['one']
    assert list(load_clients(arguments('--clients', 'others.yaml'), around)) == ['two']


def test_the_engine_is_that_of_the_context_in_use(tmp_path: Path) -> None:
    write_context(tmp_path, 'remote')

    assert address(tmp_path) == ADDRESS


def test_a_variable_names_the_context(tmp_path: Path) -> None:
    write_context(tmp_path, 'remote', current=False)

    assert address(tmp_path) is None
    assert address(tmp_path, DOCKER_CONTEXT='remote') == ADDRESS
    assert address(tmp_path, DOCKER_CONTEXT='default') is None


def test_the_variable_with_the_address_counts_more_than_contexts(tmp_path: Path, monkeypatch: Any) -> None:
    write_context(tmp_path, 'remote')
    monkeypatch.setenv('DOCKER_HOST', 'tcp://192.0.2.9:2375')

    assert address(tmp_path, DOCKER_HOST='tcp://192.0.2.9:2375') == 'tcp://192.0.2.9:2375'


def test_certificates_of_a_context_are_used(tmp_path: Path) -> None:
    folder = write_context(tmp_path, 'remote')
    folder.mkdir(parents=True)
    for name in ('ca', 'cert', 'key'):
        (folder / f'{name}.pem').write_text('')

    tls = load_clients(arguments(), environment(tmp_path))['__default__']['tls']

    assert (tls.ca_cert, tls.cert) == (str(folder / 'ca.pem'), (str(folder / 'cert.pem'), str(folder / 'key.pem')))


def test_a_context_that_does_not_exist_is_an_error(program: Program) -> None:
    program.variables['DOCKER_CONTEXT'] = 'gone'

    result = program('ps')

    assert result.code == 1
    assert "There is no docker context 'gone'" in result.err


def test_loading_needs_no_client(program: Program) -> None:
    assert load_map(arguments(), environment(program.directory)).name == 'shop'
