"""What can be known to be wrong is told before anything is changed, by name."""

from __future__ import annotations

import pytest

from dockermap.api import MapIntegrityError
from dockermap.exceptions import InputError

NETWORK = {'networks': 'net'}


@pytest.mark.parametrize(
    ('settings', 'others', 'message'),
    [
        ({'create_options': {'comand': 'true'}}, {}, r"web\.create_options: .*'comand'; did you mean 'command'"),
        ({'host_config': {'mem_limt': '1m'}}, {}, r"web\.host_config: .*'mem_limt'; did you mean 'mem_limit'"),
        ({'create_options': {'host_config': {}}}, {}, r"web\.create_options: .*'host_config'"),
        ({'exposes': [(70000, 1)]}, {}, r'web\.exposes.*70000'),
        ({'exposes': ['8000-8010']}, {}, r'web\.exposes.*8000-8010'),
        ({'exposes': [(80, 0, 'nosuch')]}, {}, 'web.*nosuch'),
        ({'binds': {'relative': 'path'}}, {}, 'web.*relative'),
        ({'binds': [('/data', 'srv/data')]}, {}, 'web.*srv/data'),
        ({'attaches': {'data': 'data'}}, {}, 'data'),
        (NETWORK, {'networks': {'net': {'driver_options': {'a': ['b']}}}}, r'networks\.net\.driver_options'),
        (
            NETWORK,
            {'networks': {'net': {'create_options': {'intern': True}}}},
            r"networks\.net\.create_options: .*'intern'",
        ),
        (
            {'attaches': {'data': '/data'}},
            {'volumes': {'data': {'create_options': {'x': 1}}}},
            r"volumes\.data\.create_options: .*'x'",
        ),
        (NETWORK, {}, 'net'),
        ({'links': 'nosuch'}, {}, 'nosuch'),
        ({'clients': ['nowhere']}, {}, 'nowhere'),
    ],
)
@pytest.mark.parametrize('action', ['startup', 'update'])
def test_a_setting_of_the_last_item_cannot_work(
    make_client, service, connection, engine_items, settings, others, message, action
):
    web = service()
    web['create_options'] = {**web['create_options'], **settings.get('create_options', {})}
    web = {**service(), **settings, 'create_options': web['create_options']}
    web['links'] = ['db', *([settings['links']] if 'links' in settings else [])]
    with pytest.raises((ValueError, KeyError, MapIntegrityError, InputError), match=message):
        make_client({'web': web, 'db': service(), **others}).call(action, 'web')
    assert connection.changes == []
    assert engine_items() == []


@pytest.mark.parametrize(
    ('action', 'argument', 'message'),
    [
        ('startup', {'comand': 'x'}, "'comand'.*did you mean 'command'"),
        ('create', {'exposs': {80: 80}}, "'exposs'.*did you mean 'expose"),
        ('update', {'mem_limit': '1m'}, "'mem_limit'"),
        ('pull_images', {'timeout': 3}, "'timeout'"),
    ],
)
def test_an_argument_that_nothing_takes(make_client, service, connection, engine_items, action, argument, message):
    client = make_client({'web': service(links='db'), 'db': service()})
    with pytest.raises(TypeError, match=message):
        client.call(action, 'web', **argument)
    assert connection.changes == []


@pytest.mark.parametrize(
    ('action', 'name', 'error'),
    [
        ('startup', 'wbe', KeyError),
        ('startup', ['db', 'nosuch.db'], KeyError),
        ('strtup', 'db', KeyError),
    ],
)
def test_what_is_not_there_is_not_found(make_client, service, connection, action, name, error):
    with pytest.raises(error):
        make_client({'db': service()}).call(action, name)
    assert connection.changes == []
