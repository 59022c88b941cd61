"""Links that engines keep per container."""

from __future__ import annotations

import pytest

from dockermap.map.input import ContainerLink
from dockermap.map.policy.base import BasePolicy
from dockermap.map.state import StateFlags
from dockermap.map.state.update._links import is_newer, link_differences
from tests.unit.update.states import properties, state_of


def compared(item, links, existing, created=None):
    detail = {'HostConfig': {'Links': existing}, 'Created': '2026-01-01T00:00:05Z'}
    return link_differences(item, links, detail, BasePolicy.cname, BasePolicy.get_hostname, created or {})


@pytest.mark.parametrize(
    ('link', 'existing'),
    [
        (ContainerLink('db'), ['/m.db:/m.app/db']),
        (ContainerLink('db', 'store'), ['/m.db:/m.app/store']),
        (ContainerLink('my_db.i1'), ['/m.my_db.i1:/m.app/my-db-i1']),
        (ContainerLink('db'), ['/m.other:/m.app/x', '/m.db:/m.app/db']),
    ],
)
def test_a_link_that_exists_is_no_difference(item, link, existing):
    assert compared(item, [link], existing) == []


@pytest.mark.parametrize('existing', [None, [], ['/m.db:/m.app/other'], ['/m.other:/m.app/db']])
def test_a_missing_link_or_alias_is_a_difference(item, existing):
    (difference,) = compared(item, [ContainerLink('db')], existing)
    assert (difference.property, difference.wanted) == ('links', 'm.db:db')


@pytest.mark.parametrize(
    ('mode', 'links', 'count'),
    [
        ('m.net', ['m.db:db'], 0),
        ('m.net', ['m.db:other'], 1),
        ('m.net', None, 1),
        ('default', ['m.db:db'], 0),
    ],
)
def test_a_container_created_in_a_network_has_its_links_there(item, mode, links, count):
    networks = {'Networks': {'m.net': {'Links': links}}}
    detail = {
        'HostConfig': {'Links': None, 'NetworkMode': mode},
        'NetworkSettings': networks,
        'Created': '2026-01-01T00:00:05Z',
    }
    found = link_differences(
        item, [ContainerLink('db')], detail, BasePolicy.cname, BasePolicy.get_hostname, {'m.db': '2026-01-01T00:00:06Z'}
    )
    assert len(found) == count


def test_a_network_of_the_engine_has_no_links_in_it(item):
    detail = {
        'HostConfig': {'Links': None},
        'NetworkSettings': {'Networks': {'bridge': {'Links': ['m.db:db']}}},
        'Created': '2026-01-01T00:00:05Z',
    }
    links = [ContainerLink('db')]
    (difference,) = link_differences(item, links, detail, BasePolicy.cname, BasePolicy.get_hostname, {})
    assert (difference.wanted, difference.found) == ('m.db:db', [])


def test_a_link_to_a_container_that_was_replaced_later_is_a_difference(item):
    links, existing = [ContainerLink('db')], ['/m.db:/m.app/db']
    assert len(compared(item, links, existing, {'m.db': '2026-01-01T00:00:06Z'})) == 1
    assert compared(item, links, existing, {'m.db': '2026-01-01T00:00:04Z'}) == []


@pytest.mark.parametrize(
    ('time', 'other', 'newer'),
    [
        ('2026-01-01T00:00:05Z', '2026-01-01T00:00:04Z', True),
        ('2026-01-01T00:00:05.1Z', '2026-01-01T00:00:05Z', True),
        ('2026-01-01T00:00:05.12Z', '2026-01-01T00:00:05.119999999Z', True),
        ('2026-01-01T00:00:05Z', '2026-01-01T00:00:05Z', False),
        ('2026-01-01T00:00:05.1Z', '2026-01-01T00:00:05.10Z', False),
        (None, '2026-01-01T00:00:05Z', False),
        ('2026-01-01T00:00:05Z', None, False),
        ('yesterday', '2026-01-01T00:00:05Z', False),
    ],
)
def test_times_are_compared_with_their_fractions(time, other, newer):
    assert is_newer(time, other) is newer


class TestOnAnEngine:
    CONTENT = {'app': {'image': 'web', 'links': ['db']}, 'db': {'image': 'db'}}
    LINKED = {'Links': ['shop.db:db']}

    def test_a_link_as_configured_is_no_difference(self, engine, make_policy):
        engine.add_container('shop.db', 'db', running=True)
        engine.add_container('shop.app', 'web', running=True, host_config=self.LINKED)
        assert state_of(make_policy(self.CONTENT), 'app').state_flags == 0

    def test_a_missing_link_is_kept_with_the_state(self, engine, make_policy):
        engine.add_container('shop.db', 'db', running=True)
        engine.add_container('shop.app', 'web', running=True)
        state = state_of(make_policy(self.CONTENT), 'app')
        assert (state.state_flags, properties(state)) == (StateFlags.MISSING_LINK, ['links'])

    def test_a_container_that_was_made_before_the_one_it_links_to_has_a_stale_link(self, engine, make_policy):
        engine.add_container('shop.db', 'db', running=True)
        engine.add_container('shop.app', 'web', running=True, host_config=self.LINKED)
        engine.client().remove_container('shop.db', force=True)
        engine.add_container('shop.db', 'db', running=True)
        assert state_of(make_policy(self.CONTENT), 'app').state_flags == StateFlags.MISSING_LINK

    def test_who_shares_the_network_of_a_container_has_no_links(self, engine, make_policy):
        engine.add_container('shop.db', 'db', running=True)
        engine.add_container('shop.app', 'web', running=True, host_config={'NetworkMode': 'container:shop.db'})
        content = {**self.CONTENT, 'app': {'image': 'web', 'links': ['db'], 'network_mode': 'db'}}
        assert state_of(make_policy(content), 'app').state_flags == 0
