"""A value is valid for the generated schema if and only if it is converted."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockermap.map.input import (
    AttachedVolumeList,
    ContainerLinkList,
    DependencyList,
    ExecCommandList,
    NetworkEndpointList,
    PortBindingList,
    SharedHostVolumesList,
    UsedVolumeList,
    get_healthcheck,
    get_network_mode,
)
from dockermap.map.input._schema import json_schema, list_schema
from dockermap.map.input._values import HEALTHCHECK, NETWORK_MODE

LISTS = (
    SharedHostVolumesList,
    UsedVolumeList,
    AttachedVolumeList,
    ContainerLinkList,
    DependencyList,
    PortBindingList,
    NetworkEndpointList,
    ExecCommandList,
)
CONVERTERS = [(list_type, list_schema(list_type)) for list_type in LISTS] + [
    (get_network_mode, json_schema(NETWORK_MODE)),
    (get_healthcheck, json_schema(HEALTHCHECK)),
]
FIELDS = (
    'name',
    'path',
    'host_path',
    'readonly',
    'container',
    'alias',
    'exposed_port',
    'host_port',
    'interface',
    'ipv6',
    'network_name',
    'aliases',
    'links',
    'ipv4_address',
    'ipv6_address',
    'link_local_ips',
    'cmd',
    'user',
    'policy',
    'condition',
    'test',
    'interval',
    'timeout',
    'retries',
    'start_period',
)
TEXTS = (
    'a',
    '/p',
    'b:c',
    'ro',
    'rw',
    'ro\n',
    '80',
    '80/udp',
    '0',
    '65536',
    '1-2',
    '-c',
    'initial',
    'Restart',
    '5s',
    '1.5h',
    'CMD',
    'CMD-SHELL',
    'NONE',
    'none',
    'container:x',
    'container:',
    '/',
    '.a',
    'yes',
    '',
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 70000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((80.0, 0.0)),
    st.sampled_from(TEXTS),
    st.text(max_size=3),
)
KEYS = st.one_of(st.sampled_from(FIELDS), st.sampled_from(TEXTS))
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


def is_converted(convert: Any, value: Any) -> bool:
    try:
        convert(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(('convert', 'schema'), CONVERTERS, ids=lambda part: getattr(part, '__name__', ''))
@settings(max_examples=100, deadline=None)
@given(value=JSON)
@example(value={'name': 'a', 'path': None})
@example(value=[{'path': '/x'}])
@example(value=[{'a': []}])
@example(value={'a': []})
@example(value=[['a', []]])
@example(value={'a': ['b', None]})
@example(value=80.0)
def test_the_schema_accepts_exactly_what_is_converted(convert: Any, schema: Any, value: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema)

    assert validator.is_valid(value) == is_converted(convert, value)


@pytest.mark.parametrize(('convert', 'schema'), CONVERTERS, ids=lambda part: getattr(part, '__name__', ''))
def test_the_schema_is_itself_valid_json(convert: Any, schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(schema)))
