"""What is written in a document arrives on an engine, and a change of it is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dockermap.exceptions import DockerMapError
from dockermap.map.client import MappingDockerClient
from dockermap.map.config.client import ClientConfiguration
from dockermap.map.yaml import load_map, load_map_file
from dockermap.testing import InMemoryEngine


@pytest.fixture
def engine() -> InMemoryEngine:
    return InMemoryEngine('web:latest', 'web:24.10', 'busybox:latest')


def client_for(engine: InMemoryEngine, container_map: Any) -> MappingDockerClient:
    return MappingDockerClient(container_map, ClientConfiguration(client=engine.client(), version='1.41'))


def inspected(engine: InMemoryEngine) -> Any:
    return engine.client().inspect_container('shop.web')


TEXTS = """
name: shop
default_tag: 24.10
web:
  user: 0100
  create_options:
    hostname: 0123
    environment: {MODE: 0755, VERSION: 24.10, DEBUG: on, PHONE: +31201234567, SIZE: 1_000, DAY: 2026-01-31, HEX: 0x1F}
    labels: {mode: 0755, 010: yes}
    command: [chmod, 0755, /x]
  host_config:
    sysctls: {net.core.somaxconn: 0x80}
    log_config: {type: json-file, config: {max-file: 03}}
"""


def test_texts_arrive_as_they_were_written(engine: InMemoryEngine) -> None:
    client_for(engine, load_map(TEXTS)).create('web')
    config, host = inspected(engine)['Config'], inspected(engine)['HostConfig']
    assert {*config['Env']} >= {
        'MODE=0755',
        'VERSION=24.10',
        'DEBUG=on',
        'PHONE=+31201234567',
        'SIZE=1_000',
        'DAY=2026-01-31',
        'HEX=0x1F',
    }
    assert (config['Labels']['mode'], config['Labels']['010']) == ('0755', 'yes')
    assert (config['Hostname'], config['User'], config['Image']) == ('0123', '0100', 'web:24.10')
    assert config['Cmd'] == ['chmod', '0755', '/x']
    assert host['Sysctls'] == {'net.core.somaxconn': '0x80'}
    assert host['LogConfig']['Config'] == {'max-file': '03'}


def test_the_same_texts_in_quotes_are_no_change(engine: InMemoryEngine) -> None:
    client_for(engine, load_map(TEXTS)).create('web')
    quoted = TEXTS.replace('MODE: 0755', 'MODE: "0755"').replace('DEBUG: on', "DEBUG: 'on'").replace('03', '"03"')
    assert quoted != TEXTS
    before = inspected(engine)['Id']
    client_for(engine, load_map(quoted)).update('web')
    assert inspected(engine)['Id'] == before


def test_another_text_of_the_same_number_is_a_change(engine: InMemoryEngine) -> None:
    client_for(engine, load_map(TEXTS)).create('web')
    before = inspected(engine)['Id']
    client_for(engine, load_map(TEXTS.replace('0755', '0x755'))).update('web', replace='remove-first')
    assert inspected(engine)['Id'] != before


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    (tmp_path / 'web.env').write_text('A=1\nB=1\n')
    (tmp_path / 'shop.yaml').write_text(
        'name: shop\nweb: {env_file: web.env, create_options: {environment: {B: 02}}}\n'
    )
    return tmp_path / 'shop.yaml'


def test_variables_of_files_arrive(engine: InMemoryEngine, map_file: Path) -> None:
    client_for(engine, load_map_file(map_file)).create('web')
    assert {*inspected(engine)['Config']['Env']} >= {'A=1', 'B=02'}


@pytest.mark.parametrize(('content', 'is_change'), [('A=1\nB=9\n', False), ('A=2\n', True), ('A=1\nC=\n', True)])
def test_an_update_sees_what_a_change_of_a_file_means(
    engine: InMemoryEngine, map_file: Path, content: str, is_change: bool
) -> None:
    client = client_for(engine, load_map_file(map_file))
    client.update('web')
    before = inspected(engine)['Id']
    (map_file.parent / 'web.env').write_text(content)
    client.update('web')
    assert (inspected(engine)['Id'] != before) is is_change


@pytest.mark.parametrize('content', ['A B=1\n', b'A=\xff', None])
def test_a_file_that_cannot_be_read_is_an_error_before_anything_is_changed(
    engine: InMemoryEngine, map_file: Path, content: Any
) -> None:
    path = map_file.parent / 'web.env'
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DockerMapError, match=r'web\.env'):
        client_for(engine, load_map_file(map_file)).update('web')
    assert engine.changes == []
