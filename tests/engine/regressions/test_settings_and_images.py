"""Forms of settings and image names that are easy to get wrong."""

from __future__ import annotations

import pytest

from dockermap.functional import lazy

MIB = 1024**2


@pytest.mark.parametrize(
    'settings',
    [
        {'create_options': {'mem_limit': '32m'}},
        {'start_options': {'mem_limit': '32m'}},
        {'host_config': {'mem_limit': lazy(lambda: '32m')}},
        {'host_config': lambda: {'mem_limit': '32m'}},
        {'host_config': lazy(lambda: {'mem_limit': '32m'})},
    ],
    ids=['create_options', 'start_options', 'late value', 'function', 'late dictionary'],
)
@pytest.mark.filterwarnings('ignore:.*former name:DeprecationWarning')
def test_a_limit_can_be_given_in_each_place_and_form(make_client, service, inspect, nothing_to_do, settings):
    content = {'app': service(**settings)}
    make_client(content).startup('app')
    assert inspect()['HostConfig']['Memory'] == 32 * MIB
    nothing_to_do(content)


@pytest.mark.parametrize(
    'wrap', [lambda options: lambda: options, lambda options: lazy(lambda: options)], ids=['function', 'late']
)
def test_options_for_creation_can_come_late(make_client, service, inspect, nothing_to_do, wrap):
    content = {'app': {**service(), 'create_options': wrap({**service()['create_options'], 'environment': {'A': 1}})}}
    make_client(content).update('app')
    assert 'A=1' in inspect()['Config']['Env']
    nothing_to_do(content)


def test_shared_paths_can_come_late(make_client, service, inspect, nothing_to_do):
    content = {'app': service(shares=[lazy(lambda: '/shared')])}
    make_client(content).update('app')
    assert [mount['Destination'] for mount in inspect()['Mounts']] == ['/shared']
    nothing_to_do(content)


@pytest.mark.parametrize('environment', [['A=1', 'B=x y'], {'A': 1, 'B': 'x y'}, {'A': 1.5, 'B': True}])
def test_an_environment_may_be_a_list_or_have_numbers(make_client, service, inspect, nothing_to_do, environment):
    content = {'app': service(create_options={'environment': environment})}
    make_client(content).update('app')
    assert any(line.startswith('A=1') for line in inspect()['Config']['Env'])
    nothing_to_do(content)


@pytest.mark.parametrize(
    ('settings', 'shown'),
    [
        ({'stop_timeout': 0}, {'StopTimeout': 0}),
        ({'stop_signal': 2}, {'StopSignal': '2'}),
        ({'create_options': {'entrypoint': 'env A=1'}}, {'Entrypoint': ['env', 'A=1']}),
    ],
    ids=['no time to stop', 'number of a signal', 'entry point with arguments'],
)
def test_a_setting_arrives_as_it_is_meant(make_client, service, inspect, nothing_to_do, settings, shown):
    content = {'app': service(**settings)}
    make_client(content).update('app')
    config = inspect()['Config']
    assert {name: config[name] for name in shown} == shown
    nothing_to_do(content)


def test_inherited_variables_are_kept(make_client, service, inspect):
    base = service(abstract=True, create_options={'environment': {'A': 1, 'B': 2}})
    make_client(
        {'base': base, 'app': {'extends': 'base', 'create_options': {'environment': {'A': 1, 'B': 2, 'C': 3}}}}
    ).create('app')
    assert {'A=1', 'B=2', 'C=3'} <= set(inspect()['Config']['Env'])


@pytest.fixture
def tagged(api, base_image):
    """Gives the base image another name; it is removed afterwards."""
    names = []

    def tag(name):
        # Podman takes no tag in the name.
        host, _, last = name.partition('/')
        path, _, version = last.partition(':')
        api.tag(base_image, f'{host}/{path}', version or None)
        names.append(name)
        return name

    yield tag
    for name in names:
        api.remove_image(name, force=True)


def test_an_image_name_with_a_port_needs_no_tag(make_client, service, inspect, nothing_to_do, tagged, unique):
    image = tagged(f'127.0.0.1:1/{unique}')
    content = {'app': service(image=image)}
    make_client(content).update('app')
    assert inspect()['Config']['Image'] == f'{image}:latest'
    nothing_to_do(content)
    make_client(content).shutdown('app')


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_stopped_container_starts_while_its_registry_is_away(make_client, service, inspect, tagged, unique, action):
    content = {'app': service(image=tagged(f'127.0.0.1:1/{unique}:1'))}
    make_client(content).startup('app')
    make_client(content).stop('app')
    make_client(content).call(action, 'app')
    assert inspect()['State']['Running']
    make_client(content).shutdown('app')


def test_an_image_can_be_named_by_its_id(make_client, service, inspect, nothing_to_do, api, base_image):
    image_id = api.inspect_image(base_image)['Id']
    content = {'app': service(image=image_id)}
    make_client(content).update('app')
    assert inspect()['Image'] == image_id
    nothing_to_do(content)


def test_a_default_repository_comes_before_image_names(make_client, service, inspect, nothing_to_do, tagged, unique):
    tagged(f'127.0.0.1:1/{unique}:latest')
    content = {'app': service(image=unique)}
    defaults = {'repository': '127.0.0.1:1'}
    client = make_client(content, map_defaults=defaults)
    client.startup('app')
    assert inspect()['Config']['Image'] == f'127.0.0.1:1/{unique}:latest'
    nothing_to_do(content, map_defaults=defaults)
    client.shutdown('app')


def test_a_container_made_for_what_a_call_said_is_told_apart(make_client, service, inspect, nothing_to_do, caplog):
    content = {'app': service()}
    make_client(content).startup('app', restart_policy={'Name': 'always'}, environment={'A': 1})
    assert inspect()['HostConfig']['RestartPolicy']['Name'] == 'always'
    with caplog.at_level('INFO'):
        make_client(content).update('app')
    assert 'environment' in caplog.text
    nothing_to_do(content)
