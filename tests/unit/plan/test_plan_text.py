"""What people read before anything is done."""

from __future__ import annotations

import pytest

from dockermap.map.exceptions import ActionRunnerException
from dockermap.map.input import ItemType, MapConfigId
from dockermap.map.runner.base import DockerClientRunner

FIRST = """\
+ network    shop.back  is missing
+ volume     shop.data  is missing
+ container  shop.db    is missing
+ container  shop.web   is missing
1 unchanged. 4 to create."""

CALLS = """\
+ network    shop.back  is missing
      0 create_network shop.back
+ volume     shop.data  is missing
      1 create_volume shop.data
+ container  shop.db    is missing
      2 create_container shop.db
      3 create_container shop.db..owner.shop.data
      4 start shop.db..owner.shop.data
      5 wait shop.db..owner.shop.data
      6 remove_container shop.db..owner.shop.data
      7 start shop.db
+ container  shop.web   is missing
      8 create_container shop.web
      9 start shop.web
1 unchanged. 4 to create."""


def test_an_empty_engine_gets_everything(client_for, shop):
    assert str(client_for(shop, read_only=True).plan('update', '__all__')) == FIRST


def test_the_single_calls_are_shown_on_request(client_for, shop):
    assert client_for(shop, read_only=True).plan('update', '__all__').text(calls=True) == CALLS


def test_nothing_is_left_after_the_call(client_for, shop):
    client_for(shop).update('__all__')
    plan = client_for(shop, read_only=True).plan('update', '__all__')
    assert not plan
    assert str(plan) == '5 unchanged. Nothing to do.'


def test_changes_are_told_with_their_reason_and_what_follows(client_for, shop):
    client_for(shop).update('__all__')
    shop['db']['create_options'] = {'environment': {'PASSWORD': 'another'}}
    assert (
        str(client_for(shop, read_only=True).plan('update', '__all__'))
        == """\
± container  shop.db  environment.PASSWORD differs
4 unchanged. 1 to re-create."""
    )


def test_a_limit_is_changed_in_place(client_for, shop):
    client_for(shop).update('__all__')
    shop['db']['host_config'] = {'mem_limit': '1g', 'memswap_limit': '2g'}
    assert (
        str(client_for(shop, read_only=True).plan('update', 'db'))
        == """\
~ container  shop.db  memory: 512m → 1g; memory and swap: 1g → 2g
3 unchanged. 1 to change."""
    )


def test_what_stays_is_told_with_the_reason(client_for, shop, engine):
    client_for(shop).update('__all__')
    shop['volumes'] = {'data': {'default_path': '/data', 'driver': 'other'}}
    plan = client_for(shop, read_only=True).plan('update', 'db')
    assert [(kept.name, kept.text) for kept in plan.kept] == [('shop.data', 'driver: local → other')]
    assert '! volume  shop.data  driver: local → other; kept: volumes hold data.' in str(plan)


@pytest.mark.parametrize(
    ('action', 'line', 'summary'),
    [
        ('shutdown', '- container  shop.web  is asked for', '2 to remove'),
        ('stop', '< container  shop.web  is asked for', '2 to stop'),
        ('restart', '↻ container  shop.db   is asked for', '2 to restart'),
        ('signal', '* container  shop.db   is asked for', '2 others'),
        ('pull_images', '↓ image  app:latest  ', '1 to pull'),
    ],
)
def test_each_action_has_its_sign(client_for, shop, action, line, summary):
    client_for(shop).update('__all__')
    text = str(client_for(shop, read_only=True).plan(action, '__all__'))
    assert line in text
    assert summary in text


def test_stopped_containers_are_started(client_for, shop, engine):
    client = client_for(shop)
    client.update('__all__')
    client.stop('web')
    text = str(client_for(shop, read_only=True).plan('startup', 'web'))
    assert '> container  shop.web  does not run' in text


def test_what_mounts_a_volume_that_is_missing_depends_on_no_image(client_for, shop, engine):
    client = client_for(shop)
    client.startup('__all__')
    client.stop('db')
    engine.client().remove_container('shop.db')
    client_for({**shop, 'db': {**shop['db'], 'attaches': {}}}).startup('db')
    engine.client().remove_volume('shop.data')
    text = str(client_for(shop, read_only=True).plan('startup', 'db'))
    assert '± container  shop.db    mounts a volume that is created again\n' in text


def test_a_reset_of_a_volume_removes_and_brings_back_its_containers(client_for, shop):
    client_for(shop).update('__all__')
    volume = MapConfigId(ItemType.VOLUME, 'shop', 'db', 'data')
    plan = client_for(shop, read_only=True).plan('update', ['db', volume], force_update=[volume])
    changes = {item.name: item.change.name for item in plan.items}
    assert changes == {'shop.data': 'RECREATE', 'shop.db': 'RECREATE'}
    calls = [operation.call for operation in plan.operations]
    assert calls.index('remove_container') < calls.index('remove_volume') < calls.index('create_volume')


def test_images_are_pulled_first_and_make_conditions(client_for, shop, engine):
    client_for(shop).update('__all__')
    engine.registry('docker.io').publish('app:latest')
    plan = client_for(shop, read_only=True).plan('update', '__all__', pull_before_update=True)
    assert plan.operations[0].call == 'pull'
    assert [item.name for item in plan.items if item.conditional] == ['shop.db', 'shop.web']
    assert 'if the image is another one' in str(plan)


def test_planning_changes_nothing(client_for, shop, engine):
    for action in ('create', 'startup', 'update', 'script', 'pull_images'):
        client_for(shop, read_only=True).plan(action, 'web')
    assert engine.changes == []


def test_what_stays_is_no_reason_for_what_is_changed(client_for, shop):
    shop['db']['persistent'] = True
    client_for(shop).update('__all__')
    shop['db']['host_config'] = {'mem_limit': '1g', 'memswap_limit': '2g'}
    shop['db']['create_options'] = {'environment': {'PASSWORD': 'another'}}
    text = str(client_for(shop, read_only=True).plan('update', 'db'))
    assert '~ container  shop.db  memory: 512m → 1g; memory and swap: 1g → 2g\n' in text
    assert '! container  shop.db  environment.PASSWORD differs; kept: the container is persistent.' in text


def test_arguments_that_cannot_be_built_are_known_before_images_are_pulled(client_for, shop, engine):
    client_for(shop).update('__all__')
    engine.registry('docker.io').publish('app:latest')
    engine.calls.clear()

    class Failing(DockerClientRunner):
        def get_container_create_kwargs(self, action, name, kwargs=None):
            if name == 'shop.late':
                raise ValueError('no such option')
            return super().get_container_create_kwargs(action, name, kwargs=kwargs)

    shop['late'] = {'image': 'app'}
    client = client_for(shop)
    client.runner_class = Failing
    with pytest.raises(ActionRunnerException, match='no such option'):
        client.update('__all__', pull_before_update=True)
    assert engine.changes == []
