"""What container configurations say for a swarm, and what engines make of it."""

import json
from importlib import resources

import pytest

from dockermap.api import ContainerMap, MappingDockerClient
from dockermap.exceptions import InputError
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.yaml import load_map, load_map_file


def configuration(**settings):
    config = ContainerConfiguration(settings)
    config.clean()
    return config


def test_settings_of_a_swarm_are_kept_as_plain_data():
    config = configuration(replicas=3, nodes='disk=ssd', publish='ingress', secrets={'token': 'x'})
    expected = {'replicas': 3, 'nodes': ['disk=ssd'], 'publish': 'ingress', 'secrets': {'token': 'x'}}
    assert config.as_dict(unset=False) == expected


@pytest.mark.parametrize('section', ['secrets', 'configs'])
@pytest.mark.parametrize('nothing', [None, {}])
def test_nothing_is_no_files_for_map_and_schema(section, nothing):
    jsonschema = pytest.importorskip('jsonschema')
    schema = json.loads((resources.files('dockermap.schema') / 'map.json').read_text(encoding='utf-8'))
    document = {'containers': {'web': {section: nothing}}}
    jsonschema.validate(document, schema)
    assert getattr(ContainerMap('shop', document).get_existing('web'), section) == {}


@pytest.mark.parametrize(
    ('settings', 'text'),
    [
        ({'replicas': 0}, 'a number of containers'),
        ({'replicas': 'many'}, 'a number of containers'),
        ({'endpoint_mode': 'direct'}, "'vip' or 'dnsrr'"),
        ({'publish': 'everywhere'}, "'host' or 'ingress'"),
        ({'secrets': {'token': 4}}, 'secrets.token'),
        ({'configs': {'site': {'text': 'x', 'mode': 'rw'}}}, 'configs.site'),
        ({'configs': {'site': {'text': 'x', 'owner': 1}}}, 'configs.site'),
    ],
)
def test_a_setting_that_is_none_is_refused_with_its_place(settings, text):
    with pytest.raises(InputError) as error:
        configuration(**settings)
    assert text in str(error.value)


def test_files_of_a_parent_are_inherited_by_their_names():
    shop = load_map(
        """
        base: {abstract: true, secrets: {token: a, key: b}, nodes: [node1]}
        web: {image: box, extends: base, secrets: {token: c}, nodes: [disk=ssd], replicas: 2}
        """,
        'shop',
    )
    web = shop.get_extended(shop.get_existing('web'))
    assert (web.secrets, web.nodes, web.replicas) == ({'token': 'c', 'key': 'b'}, ['node1', 'disk=ssd'], 2)


def test_files_are_below_the_folder_of_the_map_file(tmp_path):
    path = tmp_path / 'shop.yaml'
    path.write_text('web: {image: box, configs: {site: {file: conf/site}, other: text}}')
    configs = load_map_file(str(path), 'shop').get_existing('web').configs
    assert configs == {'site': {'file': str(tmp_path / 'conf/site')}, 'other': 'text'}


def test_a_map_for_a_swarm_comes_up_on_an_engine_with_one_container_for_each_instance(engine, docker_client):
    engine.add_image('box')
    shop = ContainerMap('shop', {'web': {'image': 'box', 'replicas': 3, 'nodes': ['disk=ssd'], 'publish': 'ingress'}})
    MappingDockerClient(shop, docker_client).update('web')
    assert [row['Names'] for row in docker_client.containers()] == [['/shop.web']]
