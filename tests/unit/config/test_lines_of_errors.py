"""Errors of the content of a YAML document say its line beside the path."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockermap.exceptions import InputError
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.yaml import load_clients, load_map, load_map_file


@pytest.mark.parametrize(
    ('content', 'path', 'line'),
    [
        ('web:\n  image: nginx\n  stop_timeout: soon\n', 'shop.web.stop_timeout', 4),
        ('web:\n  image: nginx\n  binds:\n  - data: /data\n  - [a, b, c, d]\n', 'shop.web.binds[1]', 6),
        ('web:\n  create_options:\n    environment:\n      A: [1, 2]\n', 'shop.web.create_options.environment.A', 5),
        ('containers:\n  web:\n    create_options:\n      tty: perhaps\n', 'shop.web.create_options.tty', 5),
        ('networks:\n  back.end:\n    driver_options: 3\n', 'shop.networks.back.end.driver_options', 4),
        (
            'web:\n  instances:\n    blue:\n      user: [1]\n',
            'shop.web.instance_settings.blue.user',
            5,
        ),
        ('web: &web\n  user: 1\n  stop_timeout: a\napp:\n  <<: *web\n', 'shop.web.stop_timeout', 4),
        ('x-a: &a\n  stop_timeout: a\nweb:\n  <<: *a\n  user: 1\n', 'shop.web.stop_timeout', 3),
        ('x-a: &a\n  stop_timeout: a\nweb:\n  <<: [*a]\n  user: 1\n', 'shop.web.stop_timeout', 3),
    ],
)
def test_a_setting_that_cannot_be_used_has_its_line(content: str, path: str, line: int) -> None:
    with pytest.raises(InputError) as raised:
        load_map(f'name: shop\n{content}')
    text = str(raised.value)
    assert text.startswith(path)
    assert text.removesuffix('.').endswith(f'(line {line})')
    assert raised.value.message in text


def test_an_unknown_setting_has_its_line() -> None:
    with pytest.raises(ValueError, match=r'^shop\.web\.exposed: .* \(line 3\)$'):
        load_map('name: shop\nweb:\n  exposed: 80\n', strict=True)


def test_each_problem_of_a_map_has_its_line() -> None:
    with pytest.raises(MapIntegrityError) as raised:
        load_map('web:\n  links: [db]\n  uses: nothing\napp:\n  network_mode: web2\n  networks: [front]\n', 'shop')
    lines = {line.partition(':')[0]: line.rpartition('(')[2].rstrip('.') for line in str(raised.value).splitlines()}
    assert lines == {
        'shop.web.links': 'line 2)',
        'shop.web.uses': 'line 3)',
        'shop.app.network_mode': 'line 5)',
        'shop.app.networks': 'line 6)',
    }


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'shop.yaml'
    path.write_text('web:\n  image: nginx\n  stop_timeout: soon\n')
    with pytest.raises(InputError) as raised:
        load_map_file(path, '')
    assert f'({path}, line 3)' in str(raised.value)


def test_a_document_of_one_line_has_none() -> None:
    with pytest.raises(InputError) as raised:
        load_map('{name: shop, web: {stop_timeout: soon}}')
    assert 'line' not in str(raised.value)


def test_a_client_has_lines_as_well() -> None:
    with pytest.raises(ValueError, match=r'^a\.self: .* \(line 3\)\.$'):
        load_clients('a:\n  version: "1.41"\n  self: 1\n')


def test_a_value_that_is_no_list_has_the_line_of_its_name() -> None:
    with pytest.raises(ValueError, match=r'\(line 3\)\.?$'):
        load_map('name: shop\nweb:\n  binds: 3\n')


def test_what_is_wrong_with_the_whole_document_has_no_line() -> None:
    with pytest.raises(ValueError, match=r'^Expected a mapping'):
        load_map('- a\n- b\n')
