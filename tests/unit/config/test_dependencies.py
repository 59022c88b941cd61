"""``depends_on`` and ``job``: forms of input, inheritance, relations, clients, and conditions that can never hold."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.exceptions import InputError
from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.exceptions import MapIntegrityError
from dockermap.map.input import Dependency, DependencyList, ItemType, MapConfigId


def container(name: str, instance: str | None = None) -> MapConfigId:
    return MapConfigId(ItemType.CONTAINER, 'shop', name, instance)


def shop(**containers: Any) -> ContainerMap:
    return ContainerMap('shop', {'containers': containers})


def awaited(container_map: ContainerMap, name: str) -> dict[str, str]:
    """Conditions of a container, by the names of those that it waits for."""
    conditions = dict(container_map.condition_items()).get(container(name), {})
    return {'.'.join(filter(None, target[2:])): found.condition for target, found in conditions.items()}


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('db', [('db', None)]),
        (['db', 'app.blue'], [('db', None), ('app.blue', None)]),
        ({'db': None}, [('db', None)]),
        ({'db': 'started'}, [('db', 'started')]),
        ({'db': 'healthy', 'job': 'completed'}, [('db', 'healthy'), ('job', 'completed')]),
        ({'db': {'condition': 'healthy'}}, [('db', 'healthy')]),
        ({'db': {'condition': 'service_started'}}, [('db', 'started')]),
        ({'db': {'condition': 'service_healthy'}}, [('db', 'healthy')]),
        ({'db': {'condition': 'service_completed_successfully'}}, [('db', 'completed')]),
        ({'db': 'service_healthy'}, [('db', 'healthy')]),
        ({'db': {}}, [('db', None)]),
        ([('db', 'healthy'), {'job': 'completed'}], [('db', 'healthy'), ('job', 'completed')]),
        ([{'container': 'db', 'condition': 'healthy'}], [('db', 'healthy')]),
        ([Dependency('db', 'healthy')], [('db', 'healthy')]),
        ({'container': 'healthy'}, [('container', 'healthy')]),
        (None, []),
    ],
)
def test_forms_of_dependencies(value: Any, expected: list[tuple[str, str | None]]) -> None:
    found = DependencyList(value)
    assert found == expected
    assert all(type(dependency) is Dependency for dependency in found)


@pytest.mark.parametrize(
    'value',
    [
        '',
        7,
        'db:healthy',
        {'db': 'ready'},
        {'db': {'conditions': 'healthy'}},
        {'db': {'condition': 'up'}},
        [['db', 'a', 'b']],
    ],
)
def test_other_values_are_no_dependencies(value: Any) -> None:
    with pytest.raises(InputError):
        DependencyList(value)


def test_an_unknown_condition_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"web.depends_on.*'started', 'healthy' or 'completed'"):
        shop(db={}, web={'depends_on': {'db': 'ready'}})


def test_dependencies_are_written_as_they_are_read() -> None:
    config = ContainerConfiguration({'depends_on': {'db': 'service_healthy', 'app.blue': None}, 'job': True})
    plain = config.as_dict()
    assert plain['depends_on'] == [
        {'container': 'db', 'condition': 'healthy'},
        {'container': 'app.blue', 'condition': None},
    ]
    assert plain['job'] is True
    assert ContainerConfiguration(plain) == config


@pytest.mark.parametrize(
    ('inherited', 'own', 'expected'),
    [
        ('db', 'cache', [('db', None), ('cache', None)]),
        ('db', {'db': 'healthy'}, [('db', 'healthy')]),
        ({'db': 'healthy'}, 'db', [('db', 'healthy')]),
        ({'db': 'healthy'}, {'db': 'started'}, [('db', 'started')]),
        (['db', 'cache'], {'db': 'healthy', 'mail': None}, [('db', 'healthy'), ('cache', None), ('mail', None)]),
    ],
)
def test_dependencies_are_merged_with_those_inherited(inherited: Any, own: Any, expected: Any) -> None:
    container_map = shop(
        db={},
        cache={},
        mail={},
        base={'abstract': True, 'depends_on': inherited},
        web={'extends': 'base', 'depends_on': own},
    )
    assert container_map.get_extended_map().containers.web.depends_on == expected


def test_dependencies_order_like_links() -> None:
    container_map = shop(web={'depends_on': ['app.blue', 'db']}, app={'instances': ['blue', 'green']}, db={})
    needed = dict(container_map.dependency_items())[container('web')]
    assert needed[:2] == [container('app', 'blue'), container('db')]


def test_a_name_means_all_instances() -> None:
    container_map = shop(web={'depends_on': {'app': 'healthy'}}, app={'instances': ['blue', 'green']})
    assert awaited(container_map, 'web') == {'app.blue': 'healthy', 'app.green': 'healthy'}


def test_without_a_condition_jobs_are_completed_whatever_they_are_needed_for() -> None:
    users = {
        'one': {'networks': 'back', 'links': 'job'},
        'two': {'depends_on': 'job'},
        'three': {'uses': 'data'},
        'four': {'networks': {'back': {'links': 'job'}}},
    }
    containers = {'job': {'job': True, 'attaches': {'data': '/data'}}, **users}
    container_map = ContainerMap('shop', {'containers': containers, 'networks': {'back': None}})
    for name in users:
        assert awaited(container_map, name) == {'job': 'completed'}, name


def test_a_condition_of_its_own_counts_for_a_job() -> None:
    assert awaited(shop(job={'job': True}, web={'links': 'job', 'depends_on': {'job': 'started'}}), 'web') == {
        'job': 'started'
    }


def test_what_is_only_linked_has_no_condition() -> None:
    assert awaited(shop(db={}, web={'links': 'db'}), 'web') == {}


def test_a_dependency_brings_no_item_to_a_client() -> None:
    container_map = shop(web={'clients': ['one', 'two'], 'depends_on': 'db'}, db={'image': 'db'})
    container_map.clients = ['three']
    assert container_map.get_client_names(container('db')) == ['three']


def test_a_dependency_on_another_host_is_no_problem() -> None:
    shop(web={'clients': ['one'], 'depends_on': 'db'}, db={'clients': ['two']}).check_integrity()


def test_a_link_to_another_host_still_is() -> None:
    content = {'web': {'clients': ['one'], 'depends_on': 'db', 'links': 'db'}, 'db': {'clients': ['two']}}
    with pytest.raises(MapIntegrityError, match="No relation but 'depends_on' crosses hosts"):
        shop(**content)


@pytest.mark.parametrize(
    ('content', 'problem'),
    [
        (
            {'web': {'depends_on': 'dbb'}, 'db': {}},
            "shop.web.depends_on: No container of the map: dbb; did you mean 'db'?",
        ),
        (
            {'web': {'depends_on': 'app.red'}, 'app': {'instances': ['blue']}},
            'shop.web.depends_on: No container of the map: app.red',
        ),
        ({'web': {'depends_on': 'db'}, 'db': {'links': 'web'}}, 'need each other in a circle: web -> db -> web'),
        ({'web': {'depends_on': 'web'}}, 'need each other in a circle: web -> web'),
        (
            {'web': {'depends_on': {'db': 'healthy'}}, 'db': {'healthcheck': None}},
            "shop.web.depends_on: 'db' will never be healthy, as its health check is switched off.",
        ),
        (
            {'web': {'depends_on': {'db': 'healthy'}}, 'db': {'create_options': {'healthcheck': {'test': ['NONE']}}}},
            "shop.web.depends_on: 'db' will never be healthy",
        ),
        (
            {'web': {'depends_on': {'db': 'healthy'}}, 'db': {'job': True}},
            "shop.web.depends_on: 'db' is a job. Jobs are completed, and not healthy.",
        ),
        (
            {'web': {'depends_on': {'db': 'completed'}}, 'db': {'host_config': {'restart_policy': 'always'}}},
            "shop.web.depends_on: 'db' will never be completed, as it is no job, and is started again whenever it "
            'ends.',
        ),
        (
            {'web': {'links': ['job', 'db']}, 'job': {'job': True}, 'db': {}},
            "shop.web.links: 'job' has ended when this one is started",
        ),
        (
            {'web': {'network_mode': 'job'}, 'job': {'job': True}},
            "shop.web.network_mode: 'job' has ended when this one is started",
        ),
        (
            {'db': {'job': True, 'host_config': {'restart_policy': {'Name': 'unless-stopped'}}}},
            "shop.db.host_config.restart_policy: A job ends, so its restart policy can only be 'no' or 'on-failure'.",
        ),
        (
            {'db': {'job': True, 'create_options': {'auto_remove': True}}},
            'shop.db.create_options.auto_remove: A job must not be removed automatically',
        ),
    ],
)
def test_what_can_never_hold_is_a_problem_of_the_map(content: dict[str, Any], problem: str) -> None:
    with pytest.raises(MapIntegrityError) as error:
        shop(**content)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    'content',
    [
        {'web': {'depends_on': {'db': 'completed'}}, 'db': {'host_config': {'restart_policy': 'on-failure:3'}}},
        {'web': {'depends_on': {'db': 'completed'}}, 'db': {}},
        {'web': {'network_mode': 'db', 'depends_on': {'db': 'started'}}, 'db': {'job': True}},
        {'web': {'depends_on': {'db': 'healthy'}}, 'db': {}},
        {'web': {'depends_on': {'db': 'healthy'}}, 'db': {'healthcheck': [['check'], '1s']}},
        {'db': {'job': True, 'host_config': {'restart_policy': 'on-failure', 'auto_remove': False}}},
        {'db': {'job': True, 'host_config': {'restart_policy': 'no'}}},
        {'db': {'job': True, 'host_config': lambda: {'auto_remove': True}}},
    ],
)
def test_what_may_hold_is_none(content: dict[str, Any]) -> None:
    shop(**content).check_integrity()


def test_graphs_show_dependencies_with_their_conditions() -> None:
    container_map = shop(db={}, cache={}, web={'depends_on': {'db': 'healthy', 'cache': None}})
    assert 'container_web -->|"depends_on healthy"| container_db' in container_map.to_mermaid()
    assert 'container_web -->|"depends_on"| container_cache' in container_map.to_mermaid()
    assert 'container_web -> container_db [label="depends_on healthy"];' in container_map.to_dot()
