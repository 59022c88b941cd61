"""What holds for all maps, whatever is in them."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockermap.map.config.container import ContainerConfiguration
from dockermap.map.config.main import ContainerMap
from dockermap.map.config.network import NetworkConfiguration
from dockermap.map.config.volume import VolumeConfiguration
from dockermap.map.exceptions import MapIntegrityError

pytestmark = pytest.mark.filterwarnings('ignore::UserWarning')

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SETTINGS = (
    *ContainerConfiguration.CONFIG_PROPERTIES,
    *ContainerMap.CONFIG_PROPERTIES,
    *NetworkConfiguration.CONFIG_PROPERTIES,
    *VolumeConfiguration.CONFIG_PROPERTIES,
    'containers',
    'networks',
    'volumes',
    'host',
    'host_root',
    'root',
    'start_options',
    'name',
    'container',
    'alias',
    'path',
    'readonly',
    'exposed_port',
    'network_name',
    'cmd',
    'test',
    'config_type',
    'config_name',
    'map_name',
)
NAMES = st.sampled_from(
    ['a', 'b', 'c', 'a.i', 'b.j', 'v', '/v', './w', 'i', 'ro', 'container:x', '80/tcp', '', '.', '5s']
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70000),
    st.floats(),
    NAMES,
    st.text(max_size=4),
    st.binary(max_size=2),
)
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(
            st.one_of(st.sampled_from(SETTINGS), NAMES, SCALARS.filter(lambda key: key == key)), inner, max_size=5
        ),
    ),
    max_leaves=25,
)


def names_of(*names: str) -> Any:
    return st.lists(st.sampled_from(names), unique=True, max_size=3)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        'command': st.one_of(st.none(), st.integers(), st.lists(NAMES)),
        'environment': st.one_of(st.none(), st.dictionaries(NAMES.filter(bool), NAMES)),
        'labels': st.one_of(st.none(), st.dictionaries(NAMES.filter(bool), st.one_of(NAMES, st.booleans()))),
    },
)
OPTIONAL_TEXT = st.one_of(st.none(), st.sampled_from(['x', 'y', '']))
CONTAINERS = st.fixed_dictionaries(
    {},
    optional={
        'abstract': st.booleans(),
        'image': st.sampled_from([None, 'cart', '/cart:7', 'hub.acme.test:5000/team/cart']),
        'instances': names_of('i', 'j', 'k'),
        'clients': names_of('c1', 'c2'),
        'shares': names_of('/s1', '/s2'),
        'binds': st.one_of(
            names_of('v', 'w'), st.dictionaries(st.sampled_from(['v', '/x', '/y']), st.sampled_from(['ro', '/z']))
        ),
        'attaches': st.one_of(
            names_of('v', 'w'), st.dictionaries(st.sampled_from(['v', 'w']), st.sampled_from(['/v', None]))
        ),
        'uses': names_of('v', 'w', 'a'),
        'links': st.one_of(names_of('a', 'b.i'), st.dictionaries(st.sampled_from(['a', 'b']), OPTIONAL_TEXT)),
        'exposes': st.one_of(
            st.lists(st.integers(1, 65535), max_size=3),
            st.dictionaries(
                st.integers(1, 9),
                st.one_of(st.none(), st.integers(0, 99), st.tuples(st.integers(1, 9), st.just('lan'))),
            ),
        ),
        'user': st.one_of(OPTIONAL_TEXT, st.integers(0, 9), st.tuples(st.just('u'), st.just('g'))),
        'permissions': st.sampled_from([None, 'u=rwX']),
        'stop_timeout': st.one_of(st.none(), st.integers(0, 99)),
        'stop_signal': st.sampled_from([None, 'SIGINT', 2]),
        'start_delay': st.sampled_from([None, 1, 0.5]),
        'network_mode': st.sampled_from([None, 'host', 'disabled', 'a', 'b.i', ('a', None), '/x', 'container:y']),
        'networks': st.one_of(
            names_of('n', 'bridge'),
            st.dictionaries(
                st.sampled_from(['n', 'o']),
                st.sampled_from([None, 'web', ['w1', 'w2'], {'links': 'a', 'aliases': ['x']}]),
            ),
        ),
        'exec_commands': st.lists(
            st.sampled_from(['run', ('run', 'u'), (['run', 'x'], None, 'initial'), {'cmd': ['a', 'b']}])
        ),
        'healthcheck': st.sampled_from([None, 'probe', [['probe', '-q'], '5s'], {'test': 'x', 'retries': 3}, 'NONE']),
        'persistent': st.sampled_from([True, False, 'yes']),
        'create_options': OPTIONS,
        'host_config': OPTIONS,
    },
)
MAPS = st.fixed_dictionaries(
    {'containers': st.dictionaries(st.sampled_from(['a', 'b', 'd']), st.one_of(st.none(), CONTAINERS), max_size=3)},
    optional={
        'repository': OPTIONAL_TEXT,
        'clients': names_of('c1', 'c2'),
        'default_tag': OPTIONAL_TEXT,
        'set_hostname': st.booleans(),
        'use_attached_parent_name': st.booleans(),
        'groups': st.dictionaries(st.sampled_from(['g', 'h']), st.one_of(st.just('a'), names_of('a', 'b.i'))),
        'host': st.dictionaries(
            st.sampled_from(['v', 'w']),
            st.one_of(st.just('/h'), st.dictionaries(names_of('i').map(str), st.just('x'), min_size=1)),
        ),
        'host_root': st.just('/srv'),
        'volumes': st.dictionaries(
            st.sampled_from(['v', 'w']),
            st.one_of(
                st.none(),
                st.just('/v'),
                st.fixed_dictionaries(
                    {'default_path': st.just('/w')}, optional={'driver': OPTIONAL_TEXT, 'user': st.integers(0, 5)}
                ),
            ),
        ),
        'networks': st.dictionaries(
            st.sampled_from(['n', 'o']),
            st.one_of(
                st.none(),
                st.fixed_dictionaries(
                    {},
                    optional={
                        'driver': st.sampled_from(['bridge', 'overlay']),
                        'internal': st.booleans(),
                        'driver_options': st.dictionaries(NAMES.filter(bool), st.one_of(SCALARS, NAMES), max_size=2),
                    },
                ),
            ),
        ),
    },
)


def unchecked(settings_of_map: Any) -> ContainerMap:
    return ContainerMap('store', settings_of_map, check_integrity=False)


def config(values: Any) -> ContainerConfiguration:
    found = ContainerConfiguration(values)
    found.clean()
    return found


def merged(*values: Any) -> ContainerConfiguration:
    found = config({})
    for value in values:
        found.merge(config(value))
    return found


@LAWS
@given(MAPS)
def test_a_map_made_from_the_dict_of_a_map_is_equal(values: Any) -> None:
    container_map = unchecked(values)
    assert unchecked(container_map.as_dict()) == container_map


@LAWS
@given(MAPS)
def test_the_dict_of_a_map_survives_json(values: Any) -> None:
    container_map = unchecked(values)
    for name, _ in container_map.containers.items():
        container_map.containers[name].create_options = container_map.containers[name].host_config = {}
    for name, _ in container_map.networks.items():
        container_map.networks[name].driver_options = {}
    assert unchecked(json.loads(json.dumps(container_map.as_dict()))) == container_map


@LAWS
@given(MAPS)
def test_a_copy_of_a_map_is_equal(values: Any) -> None:
    container_map = unchecked(values)
    assert container_map.copy() == container_map


@LAWS
@given(MAPS)
def test_extending_a_map_twice_changes_nothing(values: Any) -> None:
    extended = unchecked(values).get_extended_map()
    assert extended.get_extended_map() == extended


@LAWS
@given(CONTAINERS)
def test_merging_a_configuration_into_itself_changes_nothing(values: Any) -> None:
    assert merged(values, values) == merged(values)


@LAWS
@given(CONTAINERS)
def test_merging_nothing_changes_nothing(values: Any) -> None:
    found = config(values)
    found.merge({})
    found.merge(ContainerConfiguration())
    assert found == config(values)


@LAWS
@given(CONTAINERS, CONTAINERS, CONTAINERS)
def test_merging_is_associative_where_nothing_is_a_list(first: Any, second: Any, third: Any) -> None:
    lists = [name for name, declared in ContainerConfiguration.CONFIG_PROPERTIES.items() if declared.is_list]
    values = [{key: value for key, value in each.items() if key not in lists} for each in (first, second, third)]
    right = merged(*values[1:])
    left = merged(values[0])
    left.merge(right)
    assert left == merged(*values)


@LAWS
@given(CONTAINERS, CONTAINERS)
def test_a_merge_keeps_what_the_incoming_side_sets(first: Any, second: Any) -> None:
    result, incoming = merged(first, second), config(second)
    for name in ('image', 'user', 'stop_timeout', 'network_mode', 'healthcheck', 'persistent'):
        if name in second and not (name == 'network_mode' and second[name] is None):
            assert getattr(result, name) == getattr(incoming, name)


@LAWS
@given(CONTAINERS, CONTAINERS)
def test_a_merge_by_first_item_has_each_first_item_of_both_sides(first: Any, second: Any) -> None:
    result = merged(first, second)
    for name in ('binds', 'attaches', 'uses', 'networks', 'exposes'):
        found = {str(item[0]) for item in getattr(result, name)}
        both = [str(item[0]) for side in (first, second) for item in getattr(config(side), name)]
        assert found == set(both)


@LAWS
@given(CONTAINERS, CONTAINERS)
def test_extending_is_merging_the_parent_and_then_the_child(parent: Any, child: Any) -> None:
    parent, child = {**parent, 'abstract': True}, {**child, 'abstract': False}
    extended = unchecked({'containers': {'parent': parent, 'child': {**child, 'extends': 'parent'}}}).get_extended_map()
    assert extended.containers['child'] == merged(parent, child)


def gives_a_map_or_an_error_with_a_path(values: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        try:
            container_map = ContainerMap('store', values)
        except (ValueError, MapIntegrityError) as error:
            problem = str(error)
        else:
            problem = ''
            assert ContainerMap('store', container_map.as_dict()) == container_map
    assert not problem or problem.startswith('store')


def same(first: ContainerMap, second: ContainerMap) -> bool:
    """Whether two maps are equal, and have the same set explicitly."""
    return first == second and first.as_dict(unset=False) == second.as_dict(unset=False)


@LAWS
@given(MAPS)
def test_the_dict_of_what_is_set_gives_the_same_map(values: Any) -> None:
    found = unchecked(values)
    assert same(unchecked(found.as_dict(unset=False)), found)
    assert same(found.copy(), found)


@LAWS
@given(MAPS, MAPS)
def test_merging_the_dict_of_what_is_set_is_merging_the_map(first: Any, second: Any) -> None:
    by_dict, by_map = unchecked(first), unchecked(first)
    incoming = unchecked(second)
    by_dict.merge(incoming.as_dict(unset=False))
    by_map.merge(incoming)
    assert same(by_dict, by_map)


@LAWS
@given(MAPS, MAPS)
def test_defaults_apply_to_the_dict_of_what_is_set_as_to_the_map(values: Any, defaults: Any) -> None:
    found = unchecked(values)
    again = unchecked(found.as_dict(unset=False))
    try:
        expected = found.get_extended_map(defaults)
    except (ValueError, KeyError):
        return
    assert again.get_extended_map(defaults) == expected


@settings(LAWS, max_examples=100)
@given(GARBAGE)
def test_garbage_gives_a_map_or_an_error_with_a_path(values: Any) -> None:
    gives_a_map_or_an_error_with_a_path(values)


@settings(LAWS, max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(['a', 'b', 'volumes', 'networks', 'host', 'groups', 'clients']),
        st.one_of(GARBAGE, st.dictionaries(st.sampled_from([*SETTINGS, 'g']), GARBAGE, max_size=4)),
        max_size=4,
    )
)
def test_garbage_in_known_places_gives_a_map_or_an_error_with_a_path(values: Any) -> None:
    gives_a_map_or_an_error_with_a_path(values)
