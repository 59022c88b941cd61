"""Schema files are what the declarations say."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockermap.map.config.client import ClientConfiguration
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.schema import _generated, clients_schema, map_schema, schema_text

MAP_VALIDATOR = jsonschema.Draft202012Validator(map_schema())
TRUTH_VALUES = ('abstract', 'persistent', 'job', 'internal', 'set_hostname', 'use_attached_parent_name')
TEXTS = ('a', '/p', './p', 'b:c', 'ro', '80', '80/udp', '0', '65536', '-c', 'initial', '5s', 'CMD', 'none', 'yes', '')
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 70000), st.sampled_from((1.5, 80.0)), st.sampled_from(TEXTS)
)
KEYS = st.sampled_from(('a', 'name', 'path', 'cmd', 'user', 'test', 'links', 'aliases', 'exposed_port', '80', ''))
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


@pytest.mark.parametrize('name', ['map', 'clients'])
def test_the_file_is_what_the_declarations_give(name: str) -> None:
    assert schema_text(name) == _generated()[f'{name}.json'], 'run: python -m dockermap.schema'


@pytest.mark.parametrize('make', [map_schema, clients_schema], ids=['map', 'clients'])
def test_a_schema_is_valid_itself(make: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(make())))


def test_an_unknown_schema_is_a_key_error_that_lists_those_that_exist() -> None:
    with pytest.raises(KeyError, match='map, clients'):
        schema_text('volume')


@pytest.mark.parametrize(
    ('config_class', 'place'),
    [
        (ContainerConfiguration, 'container'),
        (NetworkConfiguration, 'network'),
    ],
)
def test_every_property_is_described(config_class: Any, place: str) -> None:
    properties = map_schema()['$defs'][place]['properties']

    assert set(config_class.CONFIG_PROPERTIES) <= set(properties)
    assert all(schema['description'] for schema in properties.values())


def test_every_setting_of_a_client_is_described() -> None:
    properties = clients_schema()['additionalProperties']['anyOf'][1]['properties']

    assert set(ClientConfiguration.external_properties) - {'client'} <= set(properties)


def accepted_by_loader(document: dict[str, Any]) -> bool:
    try:
        ContainerMap('m', document, check_integrity=False, strict=True).clean()
    except ValueError:
        return False
    return True


def documents(section: str | None, config_class: Any) -> Any:
    """Maps with one setting of one entry, of any value."""
    names = st.sampled_from([name for name in config_class.CONFIG_PROPERTIES if name not in TRUTH_VALUES])
    settings_ = st.builds(lambda name, value: {name: value}, names, JSON)
    if section is None:
        return settings_
    return settings_.map(lambda entry: {section: {'entry': entry}})


@settings(max_examples=200, deadline=None)
@given(
    document=st.one_of(
        documents(None, ContainerMap),
        documents('containers', ContainerConfiguration),
        documents('networks', NetworkConfiguration),
        documents('volumes', VolumeConfiguration),
        JSON.map(lambda value: {'host': value}),
        JSON.map(lambda value: {'host_root': value}),
        JSON.map(lambda value: {'containers': value}),
        JSON.map(lambda value: {'volumes': value}),
        JSON.map(lambda value: {'networks': value}),
        JSON.map(lambda value: {'web': value}),
    )
)
def test_any_value_of_a_setting_is_accepted_by_both_or_neither(document: dict[str, Any]) -> None:
    assert MAP_VALIDATOR.is_valid(document) == accepted_by_loader(document)
