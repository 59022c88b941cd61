"""Attached volumes in both forms: owner, mode, options, removal, and what happens when they are lost."""

from __future__ import annotations

import pytest

from dockermap.api import ActionRunnerException

NAMED, STAND_IN = {}, {'volumes': False}
FORMS = pytest.mark.parametrize('features', [NAMED, STAND_IN], ids=['named', 'stand-in'])
VOLUMES = {'volumes': {'data': '/data'}}


@FORMS
def test_a_volume_gets_owner_and_mode_also_if_it_is_created_and_started_in_two_steps(
    make_client, service, output_of, features
):
    content = {'app': service(attaches='data', user='1234', permissions='u=rwX,g=,o='), **VOLUMES}
    client = make_client(content, features=features)
    client.create('app')
    client.start('app')
    assert output_of('app', 'stat -c "%u:%g %a" /data; touch /data/x && echo written') == '1234:1234 700\nwritten'


def test_a_volume_is_made_with_driver_options_and_labels(make_client, service, api, unique, output_of):
    options = {'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'}
    data = {'default_path': '/data', 'driver_options': options, 'create_options': {'labels': {'a': 'b'}}}
    make_client({'app': service(attaches='data'), 'volumes': {'data': data}}).startup('app')
    assert output_of('app', 'df -k /data | tail -1').split()[:2] == ['tmpfs', '1024']
    volume = api.inspect_volume(f'{unique}.data')
    # Podman adds what it has made of the options.
    assert {name: volume['Options'].get(name) for name in options} == options
    assert volume['Labels']['a'] == 'b'


@FORMS
@pytest.mark.parametrize('as_default', [False, True], ids=['argument', 'default'])
@pytest.mark.parametrize(('action', 'before'), [('remove', 'create'), ('shutdown', 'startup')])
def test_attached_volumes_are_removed_where_that_is_asked_for(
    make_client, service, existing_volumes, features, as_default, action, before
):
    content = {'app': service(attaches='data'), **VOLUMES}
    client = make_client(content, features=features, options={'remove_attached': True} if as_default else None)
    client.call(before, 'app')
    assert existing_volumes() == {'app', 'data'}
    client.call(action, 'app', **({} if as_default else {'remove_attached': True}))
    assert existing_volumes() == set()


@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_volume_that_was_removed_by_hand_is_made_and_prepared_again_by_the_same_client(
    make_client, service, api, unique, output_of, action
):
    client = make_client({'app': service(attaches='data', user='1234', permissions='u=rwX,g=,o='), **VOLUMES})
    client.startup('app')
    api.remove_container(f'{unique}.app', force=True)
    api.remove_volume(f'{unique}.data')
    client.call(action, 'app')
    assert output_of('app', 'stat -c "%u %a" /data') == '1234 700'


def test_the_image_of_stand_ins_is_pulled_if_it_is_missing(
    make_client, service, api, base_image, open_registry, unique, inspect
):
    image = f'{open_registry}/{unique}/base:1'
    api.tag(base_image, *image.rsplit(':', 1))
    try:
        api.push(image)
        api.remove_image(image)
        client = make_client(
            {'app': service(attaches='data'), **VOLUMES}, features=STAND_IN, options={'base_image': image}
        )
        client.create('app')
        assert inspect('data')['Config']['Image'] == image
        client.remove('app', remove_attached=True)
    finally:
        api.remove_image(image, force=True)


@pytest.mark.parametrize('access', [[], ['ro']], ids=['rw', 'ro'])
@FORMS
def test_a_container_that_uses_volumes_of_another_one_is_made_once(
    make_client, service, inspect, nothing_to_do, features, access
):
    content = {'app': service(uses=[('src', *access)]), 'src': service(shares=['/shared'], attaches='data'), **VOLUMES}
    make_client(content, features=features).update('app')
    first = inspect()['Id']
    nothing_to_do(content, features=features)
    assert inspect()['Id'] == first


@pytest.mark.parametrize(
    'settings',
    [
        {'attaches': [('data', '/data')]},
        {
            'attaches': [('data', '/data')],
            'volumes': {'data': {'driver_options': {'type': 'tmpfs', 'device': 'tmpfs'}}},
        },
        {'attaches': {'data': '/data'}, 'user': '1', 'permissions': 'u=rwX'},
    ],
    ids=['path', 'options', 'owner'],
)
def test_an_update_leaves_volumes_that_are_in_use_alone(make_client, service, inspect, nothing_to_do, settings):
    settings = dict(settings)
    content = {'volumes': settings.pop('volumes', {'data': {}}), 'app': service(**settings)}
    make_client(content).update('app')
    first = inspect()['Id']
    nothing_to_do(content)
    assert inspect()['Id'] == first


def test_a_host_path_without_root_is_refused_instead_of_becoming_a_volume(make_client, service, api):
    def volumes():
        return {volume['Name'] for volume in api.volumes()['Volumes'] or ()}

    before = volumes()
    with pytest.raises(ValueError, match='direct'):
        make_client({'app': service(binds={'/direct': 'direct'})}).startup('app')
    with pytest.raises((ValueError, ActionRunnerException), match='absolute'):
        make_client({'app': service()}).run_script('app', script_path='scripts/run.sh', command_format='{script_path}')
    assert volumes() - before == set()


def test_an_attached_volume_cannot_be_made_read_only_by_a_pair(make_client, service):
    with pytest.raises(ValueError, match=r'app\.attaches'):
        make_client({'app': service(attaches={'data': ('/q', 'ro')}), 'volumes': {'data': {}}})
