"""What is checked when a map is made does not depend on what else is on it."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.exceptions import InputError
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.yaml import load_map

CONTENTS: dict[str, dict[str, Any]] = {
    'nothing': {},
    'a container': {'containers': {'app': {}}},
    'a template': {'containers': {'base': {'abstract': True}}},
    'a network': {'networks': {'back': {}}},
    'a volume': {'volumes': {'data': '/data'}},
    'a host path': {'host': {'conf': '/etc/conf'}},
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    'a property of the map': ({'repository': ['x']}, 'repository'),
    'a truth value': ({'set_hostname': 'perhaps'}, 'set_hostname'),
    'clients': ({'clients': [['x']]}, r'clients\[0\]'),
    'groups': ({'groups': {'all': 5}}, r'groups\.all'),
    'a network': ({'networks': {'front': {'driver': ['x']}}}, r'networks\.front\.driver'),
    'options of a network': ({'networks': {'front': {'driver_options': 'x'}}}, r'networks\.front\.driver_options'),
    'a volume': ({'volumes': {'spool': {'default_path': ['x']}}}, r'volumes\.spool\.default_path'),
    'a host path': ({'host': {'spool': ['x']}}, r'host\.spool'),
    'the root of host paths': ({'host_root': ['x']}, r'host\.root'),
    'a template': ({'template': {'abstract': True, 'exposes': 'x'}}, r'template\.exposes'),
}


@pytest.mark.parametrize('strict', [False, True])
@pytest.mark.parametrize('content', CONTENTS.values(), ids=list(CONTENTS))
@pytest.mark.parametrize(('wrong', 'path'), WRONG.values(), ids=list(WRONG))
def test_a_value_that_cannot_be_used_is_refused_beside_anything(
    wrong: dict[str, Any], path: str, content: dict[str, Any], strict: bool
) -> None:
    settings = {**content, **wrong}
    for section in content.keys() & wrong.keys():
        settings[section] = {**content[section], **wrong[section]}
    with pytest.raises(InputError, match=rf'^shop\.{path}: Expected '):
        ContainerMap('shop', settings, strict=strict)


@pytest.mark.parametrize('content', CONTENTS.values(), ids=list(CONTENTS))
def test_groups_of_what_is_not_there_are_refused_beside_anything(content: dict[str, Any]) -> None:
    with pytest.raises(MapIntegrityError, match=r'^shop\.groups\.all: Not on the map: nosuch'):
        ContainerMap('shop', {**content, 'groups': {'all': ['nosuch']}})


@pytest.mark.parametrize('content', CONTENTS.values(), ids=list(CONTENTS))
def test_a_template_that_extends_what_is_not_there_is_refused_beside_anything(content: dict[str, Any]) -> None:
    with pytest.raises(MapIntegrityError, match=r'^shop\.template\.extends: .*nosuch'):
        ContainerMap('shop', {**content, 'template': {'abstract': True, 'extends': 'nosuch'}})


def test_a_document_with_volumes_only_is_checked() -> None:
    with pytest.raises(InputError, match=r'^shop\.volumes\.data\.user: Expected '):
        load_map('name: shop\nvolumes: {data: {user: [a, b, c]}}')


@pytest.mark.parametrize('content', CONTENTS.values(), ids=list(CONTENTS))
def test_what_is_right_is_accepted_without_anything_else(content: dict[str, Any]) -> None:
    assert ContainerMap('shop', content, strict=True).is_clean


def test_checks_can_be_left_out_whatever_is_on_a_map() -> None:
    assert not ContainerMap('shop', {'repository': ['x']}, check_integrity=False).is_clean
