"""Maps as Compose files, and what Compose has no word for."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap
from dockermap.compose import dump, load
from dockermap.functional import lazy


def service(settings, **further):
    document, notes = dump(ContainerMap('shop', {'containers': {'web': settings}, 'set_hostname': False, **further}))
    found = document['services']['web']
    return {name: value for name, value in found.items() if name not in ('image', 'network_mode')}, notes


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ({'create_options': {'command': 'echo $A'}}, {'command': 'echo $$A'}),
        ({'create_options': {'mem_limit': '1g'}}, {'mem_limit': '1g'}),
        ({'host_config': {'nano_cpus': 1_500_000_000}}, {'cpus': '1.5'}),
        ({'host_config': {'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 3}}},
         {'restart': 'on-failure:3'}),
        ({'host_config': {'restart_policy': {'Name': 'always'}}}, {'restart': 'always'}),
        ({'host_config': {'log_config': {'Type': 'syslog', 'Config': {'tag': 'x'}}}},
         {'logging': {'driver': 'syslog', 'options': {'tag': 'x'}}}),
        ({'host_config': {'ulimits': [{'Name': 'nofile', 'Soft': 1, 'Hard': 2}]}},
         {'ulimits': {'nofile': {'soft': 1, 'hard': 2}}}),
        ({'host_config': {'tmpfs': {'/t': 'size=1m', '/u': ''}}}, {'tmpfs': ['/t:size=1m', '/u']}),
        ({'user': ('web', 'www')}, {'user': 'web:www'}),
        ({'stop_timeout': 5, 'stop_signal': 'SIGINT'}, {'stop_grace_period': '5s', 'stop_signal': 'SIGINT'}),
        ({'exposes': {80: 8080, '53/udp': 53, 90: None}}, {'ports': ['8080:80', '53:53/udp'], 'expose': ['90']}),
        ({'exposes': {80: [8080, 'local']}}, {'ports': ['127.0.0.1:8080:80']}),
        ({'exposes': [(80, 8080, 'local', True)]}, {'ports': ['[::1]:8080:80']}),
        ({'binds': {'/x': ['/y', 'ro']}, 'shares': '/z'}, {'volumes': ['/z', '/y:/x:ro']}),
        ({'attaches': {'data': '/data'}}, {'volumes': ['data:/data']}),
        ({'healthcheck': 'NONE'}, {'healthcheck': {'disable': True}}),
        ({'healthcheck': {'test': 'x', 'interval': '5s'}}, {'healthcheck': {'test': 'x', 'interval': '5s'}}),
        ({'env_file': '/a.env'}, {'env_file': [{'path': '/a.env', 'format': 'raw'}]}),
        ({'build': {'context': '/src', 'args': {'A': 1}}}, {'build': {'context': '/src', 'args': {'A': 1}}}),
        ({'instances': ['1', '2']}, {'scale': 2}),
        ({'nodes': ['node1', 'disk=ssd', 'node.role==worker']},
         {'deploy': {'placement': {'constraints': [
             'node.hostname==node1', 'node.labels.disk==ssd', 'node.role==worker',
         ]}}}),
        ({'network_mode': 'host'}, {}),
        ({'name': 'front'}, {'container_name': 'front'}),
    ],
)  # fmt: skip
def test_a_setting(given, expected):
    assert service(given) == (expected, [])


@pytest.mark.parametrize(
    ('given', 'path'),
    [
        ({'clients': 'a'}, 'web.clients'),
        ({'persistent': True}, 'web.persistent'),
        ({'permissions': 'u=rwX'}, 'web.permissions'),
        ({'start_delay': 1}, 'web.start_delay'),
        ({'rollout': 'one-by-one'}, 'web.rollout'),
        ({'job': True}, 'web.job'),
        ({'instances': ['blue', 'green']}, 'web.instances'),
        ({'instances': {'1': {'stop_timeout': 1}, '2': None}}, 'web.instance_settings'),
        ({'exposes': {80: [80, 'lan']}}, 'web.exposes'),
        ({'create_options': lazy(dict)}, 'web.create_options'),
        ({'host_config': {'auto_remove': True}}, 'web.host_config.auto_remove'),
        ({'exec_commands': 'date'}, 'web.exec_commands'),
        ({'build': {'context': '/x', 'ignore': ['*.pyc']}}, 'web.build.ignore'),
    ],
)
def test_what_compose_has_no_word_for_is_a_note(given, path):
    _, notes = service(given)
    assert [note.path for note in notes] == [path]


def test_interfaces_have_the_addresses_of_the_client():
    shop = ContainerMap('shop', {'web': {'exposes': {80: [80, 'lan']}}})
    document, notes = dump(shop, ClientConfiguration(interfaces={'lan': '192.0.2.1'}))
    assert document['services']['web']['ports'] == ['192.0.2.1:80:80']
    assert not notes


def test_relations_and_what_is_inherited():
    shop = ContainerMap(
        'shop',
        {
            'base': {'abstract': True, 'stop_timeout': 1},
            'db': {'extends': 'base', 'attaches': {'data': '/db'}, 'shares': '/x'},
            'web': {'links': {'db': 'base'}, 'uses': [{'data': ['/d', 'ro']}, 'db'], 'depends_on': {'db': 'healthy'}},
        },
        check_integrity=False,
    )
    found = dump(shop)[0]
    assert found['services']['db']['stop_grace_period'] == '1s'
    assert 'base' not in found['services']
    web = found['services']['web']
    assert web['links'] == ['db:base']
    assert web['volumes'] == ['data:/d:ro']
    assert web['volumes_from'] == ['db']
    assert web['depends_on'] == {'db': {'condition': 'service_healthy'}}


def test_host_names_and_images_that_follow_from_the_map_are_written():
    shop = ContainerMap('shop', {'web': None, 'repository': 'registry.test', 'default_domain': 'example.test'})
    assert dump(shop)[0]['services']['web'] == {
        'image': 'registry.test/web:latest',
        'hostname': 'shop-web',
        'domainname': 'example.test',
        'network_mode': 'bridge',
    }


def test_networks_and_volumes():
    ipam = {'Config': [{'Subnet': '10.0.0.0/24', 'IPRange': '10.0.0.0/25'}]}
    found = dump(
        ContainerMap(
            'shop',
            {
                'web': {'networks': {'back': ['www']}, 'attaches': 'data'},
                'networks': {
                    'back': {'internal': True, 'driver_options': {'a': 'b'}, 'create_options': {'ipam': ipam}},
                    'out': {'external': 'other'},
                },
                'volumes': {'data': {'default_path': '/d', 'driver': 'x', 'create_options': {'labels': {'a': 'b'}}}},
            },
        )
    )[0]
    assert found['networks'] == {
        'back': {
            'driver_opts': {'a': 'b'},
            'internal': True,
            'ipam': {'config': [{'subnet': '10.0.0.0/24', 'ip_range': '10.0.0.0/25'}]},
        },
        'out': {'external': True, 'name': 'other'},
    }
    assert found['volumes'] == {'data': {'driver': 'x', 'labels': {'a': 'b'}}}
    assert found['services']['web']['networks'] == {'back': {'aliases': ['www']}}


def test_a_job_that_nothing_waits_for_is_one_again():
    found, notes = service({'job': True})
    assert (found, [note.path for note in notes]) == ({'deploy': {'mode': 'replicated-job'}}, ['web.job'])


def test_groups_are_profiles_where_there_is_a_default_group():
    settings = {'web': None, 'tool': None, 'groups': {'main': ['web'], 'tools': ['tool']}}
    with_default = dump(ContainerMap('shop', {**settings, 'default_group': 'main'}))
    assert with_default[0]['services']['tool']['profiles'] == ['tools']
    assert 'profiles' not in with_default[0]['services']['web']
    assert not with_default[1]
    assert [note.path for note in dump(ContainerMap('shop', settings))[1]] == ['groups.main', 'groups.tools']


FILES = {
    'secrets': {
        'key': {'file': '/etc/shop/key', 'path': '/etc/key', 'user': 5, 'group': 6, 'mode': '0400'},
        'token': {'environment': 'TOKEN'},
    },
    'configs': {'site.conf': 'a=$1', 'http.conf': {'file': '/etc/shop/http.conf', 'path': '/etc/http.conf'}},
}


def test_files_are_declared_and_named():
    document, notes = dump(ContainerMap('shop', {'web': {'image': 'web', **FILES}}))
    assert not notes
    assert document['secrets'] == {'key': {'file': '/etc/shop/key'}, 'token': {'environment': 'TOKEN'}}
    assert document['configs'] == {'site.conf': {'content': 'a=$$1'}, 'http.conf': {'file': '/etc/shop/http.conf'}}
    assert document['services']['web']['secrets'] == [
        {'source': 'key', 'target': '/etc/key', 'uid': '5', 'gid': '6', 'mode': '0400'},
        'token',
    ]
    assert document['services']['web']['configs'] == [
        'site.conf',
        {'source': 'http.conf', 'target': '/etc/http.conf'},
    ]


def test_files_are_read_as_the_same_again():
    shop = ContainerMap('shop', {'web': {'image': 'web', **FILES}, 'api': {'image': 'api', **FILES}})
    again = load(dump(shop)[0], environ={})[0]
    for name in ('web', 'api'):
        assert {section: again.containers[name][section] for section in FILES} == FILES


def test_different_contents_of_one_name_are_declared_twice():
    web, api = ({'image': 'box', 'configs': {'site.conf': content}} for content in ('a=1', 'a=2'))
    document = dump(ContainerMap('shop', {'web': web, 'api': api}))[0]
    assert document['configs'] == {'site.conf': {'content': 'a=1'}, 'api-site.conf': {'content': 'a=2'}}
    assert document['services']['api']['configs'] == [{'source': 'api-site.conf', 'target': '/site.conf'}]


@pytest.mark.parametrize(
    ('section', 'given'),
    [('secrets', 'hunter2'), ('secrets', {'text': 'hunter2'}), ('secrets', lazy(lambda: 'hunter2')),
     ('configs', lazy(lambda: 'hunter2')), ('configs', {'text': lazy(lambda: 'hunter2')})],
)  # fmt: skip
def test_what_is_secret_or_late_is_a_note_and_not_written(section, given):
    document, notes = dump(ContainerMap('shop', {'web': {'image': 'web', section: {'key': given}}}))
    assert [note.path for note in notes] == [f'web.{section}.key']
    assert section not in document
    assert 'hunter2' not in f'{document}{list(map(str, notes))}'


def test_the_default_of_a_variable_is_a_note():
    document, notes = dump(ContainerMap('shop', {'web': {'image': 'web', 'secrets': {'key': {'environment': 'K:-x'}}}}))
    assert document['secrets'] == {'key': {'environment': 'K'}}
    assert [note.path for note in notes] == ['web.secrets.key']
