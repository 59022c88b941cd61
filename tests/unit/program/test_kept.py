"""What is no longer on the map, what was left over, and the map itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from dockermap.map.yaml import load_map
from dockermap.schema import schema_text

Program = Any
SMALLER = 'name: shop\nweb: {image: db}\n'


def test_orphans_are_shown(program: Program) -> None:
    program.yes('up')
    assert program('orphans').out == 'Everything that was created for the map is on it.\n'

    program.write(SMALLER)

    rows = program('orphans').out.splitlines()
    assert rows[0].split() == ['KIND', 'NAME', 'CLIENT']
    assert [row.split()[1] for row in rows[1:]] == ['shop.app.green', 'shop.app.blue', 'shop.back', 'shop.static']


def test_orphans_are_removed_and_nothing_else_is_done(program: Program) -> None:
    program.yes('up')
    program.write(SMALLER)

    result = program.yes('orphans', '--remove')

    assert 'shop.static is no longer on the map; volumes hold data' in result.out
    assert program.running == ['shop.web']
    assert program.volumes == ['shop.static']
    assert program('plan').out.startswith('± container  shop.web')


def test_the_map_is_shown_without_secrets(program: Program) -> None:
    text = program('show').out

    assert 'geheim' not in text
    shown = yaml.safe_load(text)
    assert shown['containers']['app']['create_options']['environment'] == {'STAGE': '...', 'PASSWORD': '...'}
    assert shown['containers']['app']['host_config'] == {'mem_limit': '512m'}


def test_the_map_that_is_shown_with_secrets_is_the_map(program: Program) -> None:
    text = program('show', '--secrets').out

    again = load_map(text, strict=True)
    assert again.get_extended_map() == load_map((program.directory / 'dockermap.yaml').read_text()).get_extended_map()


def test_what_is_inherited_is_shown_and_abstract_configurations_are_not(make_program: Any) -> None:
    program = make_program("""\
        name: shop
        base:
          abstract: true
          image: web
          create_options: {labels: {secret: geheim}}
        web:
          extends: base
        """)

    shown = yaml.safe_load(program('show').out)

    assert shown['containers'] == {'web': {'image': 'web', 'create_options': {'labels': {'secret': '...'}}}}


@pytest.mark.parametrize('of', ['map', 'clients'])
def test_schemas_are_those_of_the_package(program: Program, of: str) -> None:
    assert json.loads(program('schema', of).out) == json.loads(schema_text(of))


def test_the_graph_has_two_languages(program: Program) -> None:
    assert program('graph').out.startswith('flowchart LR\n')
    assert program('graph', '--format', 'dot').out.startswith('digraph "shop" {\n')
