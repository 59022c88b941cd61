"""Maps and client files that the schema accepts are those that load without complaint, and the other way round."""

from __future__ import annotations

import json
import textwrap
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.yaml import load_clients, load_file, load_map
from dockermap.schema import schema_text

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema_text(name)))


def cases(name: str) -> Any:
    found = load_file(HERE / f'{name}.yaml')
    return pytest.mark.parametrize('document', found.values(), ids=list(found))


def loads(document: Any) -> bool:
    """Whether the loader accepts a map, be it without name."""
    name = None if isinstance(document, dict) and 'name' in document else 'm'
    try:
        load_map(yaml.safe_dump(document), name=name, strict=True)
    except (ValueError, MapIntegrityError):
        return False
    return True


def loads_clients(document: Any) -> bool:
    try:
        load_clients(yaml.safe_dump(document))
    except ValueError:
        return False
    return True


@cases('valid_maps')
@pytest.mark.filterwarnings('ignore:.*former name:DeprecationWarning')
def test_a_valid_map_is_accepted_by_schema_and_loader(document: Any) -> None:
    assert (validator('map').is_valid(document), loads(document)) == (True, True)


@cases('invalid_maps')
def test_an_invalid_map_is_accepted_by_neither(document: Any) -> None:
    assert (validator('map').is_valid(document), loads(document)) == (False, False)


@cases('documented_exceptions')
def test_only_documented_exceptions_are_accepted_by_one_of_them(document: Any) -> None:
    accepted = validator('map').is_valid(document['map']), loads(document['map'])

    assert accepted == (document['accepted_by'] == 'schema', document['accepted_by'] == 'loader')


@cases('valid_clients')
def test_a_valid_client_file_is_accepted_by_schema_and_loader(document: Any) -> None:
    assert (validator('clients').is_valid(document), loads_clients(document)) == (True, True)


@cases('invalid_clients')
def test_an_invalid_client_file_is_accepted_by_neither(document: Any) -> None:
    assert (validator('clients').is_valid(document), loads_clients(document)) == (False, False)


def map_files() -> list[Path]:
    return sorted(
        path
        for folder in ('examples', 'docs/examples')
        for path in (ROOT / folder).rglob('*.yaml')
        if 'clients' not in path.name
    )


def client_files() -> list[Path]:
    return sorted(path for folder in ('examples', 'docs/examples') for path in (ROOT / folder).rglob('*clients*.yaml'))


@pytest.mark.parametrize('path', map_files(), ids=lambda path: path.name)
def test_the_maps_of_the_examples_are_valid(path: Path) -> None:
    with warnings.catch_warnings():
        # Paths of the reader's environment.
        warnings.filterwarnings('ignore', message='.*environment has no variable.*')
        document = load_file(path)

    assert [error.message for error in validator('map').iter_errors(document)] == []


def test_the_map_of_the_readme_is_valid() -> None:
    text = (ROOT / 'README.rst').read_text(encoding='utf-8')
    shown = text.partition('.. code-block:: yaml\n')[2].partition('\nFrom a terminal')[0]

    assert [error.message for error in validator('map').iter_errors(yaml.safe_load(textwrap.dedent(shown)))] == []


@pytest.mark.parametrize('path', client_files(), ids=lambda path: path.name)
def test_the_client_files_of_the_examples_are_valid(path: Path) -> None:
    assert [error.message for error in validator('clients').iter_errors(load_file(path))] == []
