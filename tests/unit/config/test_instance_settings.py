"""Instances with settings of their own: how they are given, and that everything goes by the instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, MappingDockerClient
from dockermap.exceptions import InputError, UnknownOptionWarning
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.yaml import load_map, load_map_file

DB = {
    'image': 'db',
    'exposes': {5432: 5432},
    'create_options': {'environment': {'A': 'all'}, 'tty': True},
    'instances': {
        'primary': None,
        'replica': {
            'exposes': {5432: 5433},
            'links': {'db.primary': 'first'},
            'create_options': {'environment': {'A': 'own'}},
        },
    },
}


def container(name: str, instance: str | None = None) -> MapConfigId:
    return MapConfigId(ItemType.CONTAINER, 'shop', name, instance)


def needed(container_map: ContainerMap) -> dict[str, list[str]]:
    """Containers, networks and volumes that each container needs."""
    return {
        '.'.join(filter(None, item[2:])): [
            '.'.join(filter(None, other[2:])) for other in found if other.config_type is not ItemType.IMAGE
        ]
        for item, found in container_map.dependency_items()
    }


@pytest.fixture
def client(docker_client: Any) -> Any:
    def make(settings: dict[str, Any], **clients: Any) -> MappingDockerClient:
        host = ClientConfiguration(client=docker_client, version='1.41')
        return MappingDockerClient(ContainerMap('shop', settings), host)

    return make


class TestInput:
    def test_a_mapping_gives_names_and_settings(self) -> None:
        config = ContainerConfiguration(DB)
        config.clean()
        assert config.instances == ['primary', 'replica']
        assert sorted(config.instance_settings['replica']) == ['create_options', 'exposes', 'links']
        assert 'primary' not in config.instance_settings

    def test_assigning_is_the_same_as_loading(self) -> None:
        config = ContainerConfiguration({'image': 'db'})
        config.instances = {'a': {'stop_timeout': 5}, 'b': None}
        assert config == ContainerConfiguration({'image': 'db', 'instances': {'a': {'stop_timeout': 5}, 'b': None}})

    def test_both_forms_give_equal_objects(self) -> None:
        listed = {
            **DB,
            'instances': list(DB['instances']),
            'instance_settings': {'replica': DB['instances']['replica']},
        }
        assert ContainerConfiguration(listed) == ContainerConfiguration(DB)
        assert ContainerConfiguration({'instances': ['a']}).instances == ['a']

    def test_settings_survive_a_round_trip_and_copies(self) -> None:
        config = ContainerConfiguration(DB)
        plain = config.as_dict()
        assert plain['instance_settings']['replica']['links'] == [{'container': 'db.primary', 'alias': 'first'}]
        assert ContainerConfiguration(plain) == config
        duplicate = config.copy()
        duplicate.instance_settings['replica']['exposes'].clear()
        assert config.instance_settings['replica']['exposes']

    def test_merging_combines_the_settings_of_an_instance(self) -> None:
        config = ContainerConfiguration({'instances': {'a': {'exposes': {80: 1}, 'stop_timeout': 5}}})
        config.merge({'instances': {'a': {'exposes': {443: 2}}, 'b': {'user': 'u'}}})
        assert config.instances == ['a', 'b']
        assert [port.host_port for port in config.of_instance('a').exposes] == [1, 2]
        assert config.of_instance('a').stop_timeout == 5
        assert config.of_instance('b').user == 'u'

    def test_both_places_at_once_are_an_error(self) -> None:
        with pytest.raises(InputError, match="either in 'instances' or in 'instance_settings'"):
            ContainerMap('shop', {'web': {'instances': {'a': {}}, 'instance_settings': {'a': {'user': 'u'}}}})

    @pytest.mark.parametrize('name', ['abstract', 'extends', 'instances', 'instance_settings'])
    def test_what_is_for_all_instances_is_refused(self, name: str) -> None:
        with pytest.raises(InputError, match=rf'^shop\.web\.instances\.a\.{name}: .*cannot differ by instance'):
            ContainerMap('shop', {'web': {'instances': {'a': {name: None}}}})

    def test_unknown_and_wrong_settings_are_named_with_their_path(self) -> None:
        with pytest.warns(UnknownOptionWarning, match=r"^shop\.web\.instances\.a\.imagee: .*'image'"):
            ContainerMap('shop', {'web': {'instances': {'a': {'imagee': 'x'}}}})
        with pytest.raises(InputError, match=r'^shop\.web\.instances\.a\.imagee: '):
            ContainerMap('shop', {'web': {'instances': {'a': {'imagee': 'x'}}}}, strict=True)
        with pytest.raises(InputError, match=r'^shop\.web\.instance_settings\.a\.exposes\.80: '):
            ContainerMap('shop', {'web': {'instances': {'a': {'exposes': {80: -1}}}}})

    def test_settings_of_an_instance_that_is_not_there_are_an_error(self) -> None:
        with pytest.raises(MapIntegrityError, match=r"^shop\.web\.instance_settings: .*: bleu; did you mean 'blue'"):
            ContainerMap('shop', {'web': {'instances': ['blue'], 'instance_settings': {'bleu': {'user': 'u'}}}})

    def test_they_are_inherited(self) -> None:
        shop = ContainerMap('shop', {
            'base': {'abstract': True, 'instances': {'a': {'user': 'u', 'exposes': {80: 1}}}},
            'web': {'extends': 'base', 'stop_timeout': 5, 'instances': {'a': {'user': 'v'}, 'b': None}},
        }).get_extended_map()  # fmt: skip
        own = shop.get_instance('web', 'a')
        assert own is not None
        assert (own.user, own.stop_timeout, own.exposes[0].host_port) == ('v', 5, 1)
        assert shop.get_instance('web', 'b') is shop.containers.web

    def test_names_in_yaml_are_the_text_that_was_written(self) -> None:
        found = load_map('{name: shop, web: {instances: {01: {create_options: {labels: {n: 0755}}}, no: }}}')
        assert found.containers.web.instances == ['01', 'no']
        assert str(found.containers.web.instance_settings['01']['create_options']['labels']['n']) == '0755'

    def test_environment_files_add_up_and_are_below_the_folder_of_a_file(self, tmp_path: Path) -> None:
        (tmp_path / 'all.env').write_text('A=all\nB=all\n')
        (tmp_path / 'own.env').write_text('B=own\n')
        path = tmp_path / 'shop.yaml'
        path.write_text('{name: shop, web: {env_file: all.env, instances: {a: {env_file: own.env}, b: }}}')
        shop = load_map_file(path).get_extended_map()
        environments = [shop.get_instance('web', name).create_options['environment']() for name in ('a', 'b')]
        assert environments == [{'A': 'all', 'B': 'own'}, {'A': 'all', 'B': 'all'}]


class TestRelations:
    def test_each_instance_needs_what_it_says(self) -> None:
        shop = ContainerMap('shop', {
            'db': DB,
            'web': {'networks': 'front', 'instances': {'a': {'links': 'db.replica', 'networks': 'back'}, 'b': None}},
            'networks': {'front': None, 'back': None},
        })  # fmt: skip
        assert needed(shop) == {
            'db.primary': [],
            'db.replica': ['db.primary'],
            'web.a': ['front', 'back', 'db.replica'],
            'web.b': ['front'],
        }

    def test_instances_that_need_each_other_in_a_circle_are_an_error(self) -> None:
        with pytest.raises(MapIntegrityError, match=r'circle: db\.(a -> db\.b -> db\.a|b -> db\.a -> db\.b)'):
            ContainerMap('shop', {'db': {'instances': {'a': {'links': 'db.b'}, 'b': {'links': 'db.a'}}}})

    def test_what_an_instance_refers_to_has_to_be_on_the_map(self) -> None:
        with pytest.raises(MapIntegrityError) as error:
            ContainerMap('shop', {
                'web': {'uses': 'nosuch', 'instances': {'a': {'links': 'nosuch', 'image': None}, 'b': {'user': 'u'}}},
            })  # fmt: skip
        assert str(error.value).splitlines() == [
            'shop.web.uses: Neither attached by a container, nor the name of a container with volumes: nosuch.',
            'shop.web.instance_settings.a.links: No container of the map: nosuch.',
        ]

    def test_volumes_can_be_attached_and_used_by_single_instances(self) -> None:
        shop = ContainerMap('shop', {
            'app': {'instances': {'a': {'attaches': {'data': '/data'}}, 'b': {'uses': 'data'}}},
            'web': {'uses': 'data'},
        })  # fmt: skip
        assert needed(shop) == {'app.a': ['app.data'], 'app.b': ['app.a'], 'web': ['app.a']}

    def test_a_volume_that_all_instances_attach_is_one(self) -> None:
        by_instance = {name: {'attaches': {'data': '/data'}} for name in ('a', 'b')}
        shop = ContainerMap('shop', {'app': {'instances': by_instance}})
        assert shop.get_extended_map().get_persistent_items()[0][0][1].name == 'data'
        assert len(shop.get_persistent_items()[0]) == 1

    def test_clients_can_differ(self) -> None:
        shop = ContainerMap('shop', {
            'clients': ['one', 'two'],
            'web': {'instances': {'a': {'clients': 'one', 'links': 'app'}, 'b': {'clients': 'two'}}},
            'app': None,
        })  # fmt: skip
        found = [
            shop.get_client_names(item) for item in (container('web', 'a'), container('web', 'b'), container('app'))
        ]
        assert found == [['one'], ['two'], ['one']]

    def test_ports_of_two_instances_are_told(self) -> None:
        with pytest.warns(UserWarning, match=r'web\.b wants port 80/tcp, as web\.a does'):
            ContainerMap('shop', {'web': {'instances': {'a': {'exposes': {80: 80}}, 'b': {'exposes': {80: 80}}}}})
        with pytest.warns(UserWarning, match='wants port') as told:
            ContainerMap(
                'shop', {'web': {'exposes': {80: 80}, 'instances': {'a': {'exposes': {80: 81}}, 'b': {}, 'c': {}}}}
            )
        assert [found.category for found in told].count(UserWarning) == 1

    def test_the_graph_says_which_instance_a_relation_is_for(self) -> None:
        text = ContainerMap(
            'shop', {'db': DB, 'web': {'links': ['db.primary', 'db.replica'], 'instances': {'a': {}, 'b': {}}}}
        ).to_mermaid()
        assert 'container_db -->|"links primary as first for replica"| container_db' in text
        assert 'container_web -->|"links primary, replica"| container_db' in text


class TestOnAnEngine:
    def test_each_container_is_made_from_its_own_settings(self, client: Any, docker_client: Any) -> None:
        client({'db': DB}).update('db')
        found = {name: docker_client.inspect_container(f'shop.db.{name}') for name in ('primary', 'replica')}
        ports = {
            name: detail['HostConfig']['PortBindings']['5432/tcp'][0]['HostPort'] for name, detail in found.items()
        }
        assert ports == {'primary': '5432', 'replica': '5433'}
        assert 'A=own' in found['replica']['Config']['Env']
        assert 'A=all' in found['primary']['Config']['Env']
        assert all(detail['Config']['Tty'] for detail in found.values())
        assert found['replica']['HostConfig']['Links'] == ['/shop.db.primary:/shop.db.replica/first']

    def test_a_second_update_finds_nothing_to_do_and_a_change_is_that_of_one_instance(self, client: Any) -> None:
        first = client({'db': DB})
        first.update('db')
        assert not first.plan('update', 'db')
        changed = {'primary': None, 'replica': {**DB['instances']['replica'], 'exposes': {5432: 5434}}}
        plan = client({'db': {**DB, 'instances': changed}}).plan('update', 'db')
        assert [item.name for item in plan.items] == ['shop.db.replica']

    def test_instances_start_in_the_order_of_their_relations(self, client: Any) -> None:
        instances = {'replica': {'links': 'db.primary'}, 'primary': None}
        plan = client({'db': {'image': 'db', 'instances': instances}}).plan('startup', 'db')
        started = [operation.config_id.instance_name for operation in plan.operations if operation.call == 'start']
        assert started == ['primary', 'replica']

    def test_a_user_of_a_re_created_instance_follows_and_others_stay(self, client: Any) -> None:
        def settings(stage: str) -> dict[str, Any]:
            own = {'create_options': {'environment': {'STAGE': stage}}}
            return {
                'api': {'instances': {'a': own, 'b': None}},
                'web': {'instances': {'x': {'links': 'api.a'}, 'y': {'links': 'api.b'}}},
            }

        client(settings('one')).update('__all__')
        plan = client(settings('two')).plan('update', '__all__')
        assert [item.name for item in plan.items] == ['shop.api.a', 'shop.web.x']

    def test_the_path_of_a_volume_is_that_of_the_configuration_or_else_of_the_first_instance_with_one(
        self, client: Any
    ) -> None:
        policy = client({
            'api': {
                'attaches': ['data', 'log'],
                'instances': {'a': {'attaches': {'data': '/a'}}, 'b': {'attaches': {'own': '/own', 'log': '/b'}}},
            },
            'volumes': {'data': '/data'},
        }).get_policy()  # fmt: skip
        assert policy.default_volume_paths['shop'] == {'data': '/data', 'own': '/own', 'log': '/b'}

    def test_a_persistent_instance_is_kept(self, client: Any) -> None:
        found = client({'web': {'instances': {'a': {'persistent': True}, 'b': None}}})
        assert found.list_persistent_containers() == ['shop.web.a']
