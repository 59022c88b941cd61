"""What an image is built from: forms, relative paths, and what an error about a missing image says."""

from __future__ import annotations

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.exceptions import InputError
from dockermap.map.yaml import load_map_file


def build(value):
    return ContainerMap('shop', {'web': {'build': value}}, strict=True).containers.web.build


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('./app', {'context': './app'}),
        (None, {}),
        ({'context': 'app', 'args': {'A': 1, 'B': None}}, {'context': 'app', 'args': {'A': 1, 'B': None}}),
        ({'context': '.', 'ignore': '*.pyc'}, {'context': '.', 'ignore': ['*.pyc']}),
        (
            {'context': '.', 'target': 'x', 'labels': {'a': True}},
            {'context': '.', 'target': 'x', 'labels': {'a': True}},
        ),
    ],
)
def test_forms(value, expected):
    assert build(value) == expected


@pytest.mark.parametrize('value', [1, [], {'contxt': '.'}, {'context': '.', 'args': ['A']}])
def test_what_is_none_is_an_error(value):
    with pytest.raises(InputError, match=r'^shop\.web\.build'):
        build(value)


def test_settings_are_merged_one_by_one():
    shop = ContainerMap('shop', {'web': {'build': {'context': 'a', 'target': 'x'}}})
    shop.merge({'web': {'build': 'b'}})
    assert shop.containers.web.build == {'context': 'b', 'target': 'x'}


@pytest.mark.parametrize(
    ('text', 'context'),
    [
        ('build: .', '{folder}'),
        ('build: {context: ./app}', '{folder}/app'),
        ('build: /srv/app', '/srv/app'),
        ('build: https://example.com/app.git', 'https://example.com/app.git'),
        ('instances: {a: {build: app}}', None),
    ],
)
def test_in_a_file_relative_contexts_are_below_its_folder(tmp_path, text, context):
    (tmp_path / 'map.yaml').write_text(f'name: shop\nweb: {{{text}}}\n')
    found = load_map_file(tmp_path / 'map.yaml', strict=True).containers.web
    if context is None:
        assert found.instance_settings['a']['build'] == {'context': f'{tmp_path}/app'}
    else:
        assert found.build['context'] == context.format(folder=tmp_path)


def test_an_image_that_is_missing_and_has_a_build_says_so(engine):
    shop = ContainerMap('shop', {'app': {'image': 'shop/app', 'build': '.'}})
    client = MappingDockerClient(shop, ClientConfiguration(client=engine.client(), version='1.41'))
    engine.faults.add('pull', kind='refused', status=404, text='no such image')
    with pytest.raises(ActionRunnerException, match=r"built from what 'build' of shop\.app says"):
        client.update('app')
    assert engine.names() == []
