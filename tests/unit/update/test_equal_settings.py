"""Different ways to say the same re-create nothing; a change does."""

from __future__ import annotations

import hashlib
import json

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.docker_options import CREATE_OPTIONS, NETWORK_OPTIONS
from dockermap.map.policy.label import LABEL
from dockermap.map.policy.meaning import means_the_same
from dockermap.testing import InMemoryEngine


@pytest.fixture
def engine():
    return InMemoryEngine('busybox:latest')


@pytest.fixture
def changes(engine):
    def changes(content, **kwargs):
        """What an update does to the engine for a container with these settings."""
        container_map = ContainerMap('shop', {'web': {'image': 'busybox', **content}})
        client = MappingDockerClient(container_map, ClientConfiguration(client=engine.client()))
        operations = client.plan('update', 'web', **kwargs).operations
        client.update('web', **kwargs)
        return [operation.call for operation in operations]

    return changes


HEX = '0a:0b:0c:0d:0e:0f'
SAME = [
    ('binds', ['/h/x:/c/', '/i:/d:ro,z'], ['/i//:/d/:z,ro', '/h/x/:/c:rw'], ['/h/x:/c:ro', '/i:/d:ro,z']),
    ('cap_add', ['NET_ADMIN', 'SYS_TIME'], ['CAP_SYS_TIME', 'net_admin'], ['NET_ADMIN']),
    ('cap_drop', ['KILL', 'CHOWN'], ['chown', 'cap_kill'], ['KILL', 'CHOWN', 'MKNOD']),
    ('cgroup_parent', '/x/', '//x', '/y'),
    ('device_cgroup_rules', ['c 1:1 r', 'c 1:2 r'], ['c 1:2 r', 'c 1:1 r'], ['c 1:1 r', 'c 1:2 rw']),
    ('device_read_bps', [{'Path': '/dev/a', 'Rate': 1}, {'Path': '/dev/b', 'Rate': 2}],
     [{'Path': '/dev//b', 'Rate': 2}, {'Path': '/dev/a', 'Rate': 1}], [{'Path': '/dev/a', 'Rate': 1}]),
    ('devices', ['/dev/a:/dev/b:rw', '/dev/c'], ['/dev/c:/dev/c:mrw', '/dev//a:/dev/b:wr'],
     ['/dev/a:/dev/b:r', '/dev/c']),
    ('dns', ['fd00::1', '1.1.1.1'], ['FD00:0:0::1', '1.1.1.1'], ['1.1.1.1', 'fd00::1']),
    ('dns_opt', ['rotate', 'ndots:1'], ['ndots:1', 'rotate'], ['rotate', 'ndots:2']),
    ('extra_hosts', ['b:1.1.1.1', 'a:2.2.2.2'], {'a': '2.2.2.2', 'b': '1.1.1.1'}, ['b:1.1.1.2', 'a:2.2.2.2']),
    ('group_add', ['b', '7'], [7, 'b'], ['b']),
    ('mac_address', HEX, HEX.upper().replace(':', '-'), HEX.replace('f', 'e')),
    ('mounts', [{'Target': '/a', 'Type': 'tmpfs'}, {'Target': '/b', 'Type': 'volume', 'ReadOnly': False}],
     [{'Target': '/b/', 'Type': 'volume'}, {'Target': '//a', 'Type': 'tmpfs'}],
     [{'Target': '/a', 'Type': 'tmpfs'}, {'Target': '/b', 'Type': 'volume', 'ReadOnly': True}]),
    ('security_opt', ['no-new-privileges', 'label=disable'], ['label:disable', 'no-new-privileges:true'],
     ['no-new-privileges=false', 'label=disable']),
    ('stop_signal', 'SIGINT', 2, 'SIGTERM'),
    ('tmpfs', {'/a/': 'size=1m,mode=755'}, {'/a': 'mode=755,size=1m,rw'}, {'/a': 'size=1m,mode=755,ro'}),
    ('ulimits', [{'Name': 'nofile', 'Soft': 1, 'Hard': 2}, {'Name': 'core', 'Soft': 0, 'Hard': 0}],
     [{'Name': 'core', 'Soft': 0, 'Hard': 0}, {'Name': 'nofile', 'Soft': 1, 'Hard': 2}],
     [{'Name': 'nofile', 'Soft': 1, 'Hard': 3}, {'Name': 'core', 'Soft': 0, 'Hard': 0}]),
    ('volumes', ['/a', '/b/'], ['/b', '//a'], ['/a', '/c']),
    ('volumes_from', ['one:rw', 'two'], ['one', 'two:rw'], ['one:ro', 'two']),
    ('working_dir', '/x/', '//x', '/x/y'),
    ('port_bindings', {80: [('fd00:0::1', 81), 82]}, {'80/tcp': [82, ('fd00::1', 81)]}, {80: [('fd00::1', 82), 82]}),
]  # fmt: skip


@pytest.mark.parametrize('place', ['create_options', 'host_config'])
@pytest.mark.parametrize(('name', 'one', 'same', 'other'), SAME, ids=[f'{row[0]}-{row[1]!r:.20}' for row in SAME])
def test_the_same_in_other_words_is_no_difference_and_a_change_is(engine, changes, place, name, one, same, other):
    for volumes_from in ('one', 'two'):
        engine.add_container(volumes_from)
    assert changes({place: {name: one}})
    assert changes({place: {name: same}}) == []
    assert changes({place: {name: other}})


@pytest.mark.parametrize(
    ('name', 'one', 'other'),
    [
        ('command', ['a', 'b'], ['b', 'a']),
        ('entrypoint', ['a', 'b'], ['b', 'a']),
        ('dns', ['1.1.1.1', '2.2.2.2'], ['2.2.2.2', '1.1.1.1']),
        ('dns_search', ['a.net', 'b.net'], ['b.net', 'a.net']),
        ('extra_hosts', ['a:1.1.1.1', 'a:2.2.2.2'], ['a:2.2.2.2', 'a:1.1.1.1']),
        # Where two of them mount the same path, the later one wins.
        ('volumes_from', ['one', 'two'], ['two', 'one']),
    ],
)
def test_the_order_counts_where_it_means_something(engine, changes, name, one, other):
    for volumes_from in ('one', 'two'):
        engine.add_container(volumes_from)
    assert changes({'create_options': {name: one}})
    assert 'create_container' in changes({'create_options': {name: other}})


OF_PROPERTY = {'binds': [('/c', '/h'), ('/d', '/i', True)]}
OF_ARGUMENT = {'host_config': {'binds': ['/i//:/d/:ro', '//h:/c']}}


@pytest.mark.parametrize(('one', 'other'), [(OF_PROPERTY, OF_ARGUMENT), (OF_ARGUMENT, OF_PROPERTY)])
def test_a_bind_may_move_between_the_property_and_the_argument(changes, one, other):
    assert changes(one)
    assert changes(other) == []


@pytest.mark.parametrize(
    'binds', [[('/d', '/i', 'ro'), ('/c', '/h')], [('/c/', '/h'), ('/d', '//i/', True)]], ids=['order', 'slashes']
)
def test_binds_of_the_property_may_be_written_otherwise(changes, binds):
    assert changes(OF_PROPERTY)
    assert changes({'binds': binds}) == []


@pytest.mark.parametrize('binds', [[('/c', '/h'), ('/d', '/i')], [('/c', '/h')], [('/c', '/h2'), ('/d', '/i', True)]])
def test_a_bind_that_changes_is_seen(changes, binds):
    assert changes(OF_PROPERTY)
    assert 'create_container' in changes({'binds': binds})


def test_a_path_that_is_shared_now_is_seen_beside_binds(changes):
    assert changes(OF_PROPERTY)
    assert 'create_container' in changes({**OF_PROPERTY, 'shares': ['/e']})


def test_naming_what_the_engine_has_done_anyway_is_no_difference(engine, changes):
    assert changes({})
    found = engine.client().inspect_container('shop.web')['HostConfig']['Runtime']
    assert changes({'host_config': {'runtime': found}}) == []
    assert 'create_container' in changes({'host_config': {'runtime': 'other'}})


def test_what_has_a_label_of_an_earlier_form_is_compared_with_what_is_found(engine, changes):
    digests = {'cap_add': '0' * 12, 'hostname': hashlib.sha256(b'"shop-web"').hexdigest()[:12]}
    label = f'1:{json.dumps(digests)}'
    engine.add_container('shop.web', running=True, host_config={'CapAdd': ['KILL', 'CHOWN']}, labels={LABEL: label})
    assert changes({'create_options': {'cap_add': ['chown', 'CAP_KILL']}}) == []
    assert 'create_container' in changes({'create_options': {'cap_add': ['chown']}})


def test_the_status_goes_by_the_meaning(engine):
    def front_end(*capabilities):
        content = {'web': {'image': 'busybox', 'host_config': {'cap_add': list(capabilities)}}}
        return MappingDockerClient(ContainerMap('shop', content), ClientConfiguration(client=engine.client()))

    front_end('KILL', 'CHOWN').startup('web')
    assert [front_end(*found).status('web')[0].up_to_date for found in (('chown', 'CAP_KILL'), ('KILL',))] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ('options', 'name', 'one', 'other', 'is_same'),
    [
        (CREATE_OPTIONS, 'stop_signal', 'RTMIN+2', 'sigrtmin+2', True),
        (CREATE_OPTIONS, 'stop_signal', 'RTMAX-1', '63', True),
        (CREATE_OPTIONS, 'stop_signal', 'IOT', 'SIGABRT', True),
        (CREATE_OPTIONS, 'stop_signal', 'RTMIN+2', 'RTMIN+1', False),
        (CREATE_OPTIONS, 'stop_signal', 'what', 'ever', False),
        (CREATE_OPTIONS, 'binds', ['C:\\a:/b'], ['c:\\a:/b'], False),
        (CREATE_OPTIONS, 'binds', ['v:/b'], ['/v:/b'], False),
        (CREATE_OPTIONS, 'mounts', [{'Source': '/a/', 'Target': '/b'}], [{'Source': '/a', 'Target': '/b/'}], True),
        (CREATE_OPTIONS, 'mounts', [{'Target': '/b', 'Size': 0}], [{'Target': '/b'}], False),
        (CREATE_OPTIONS, 'device_requests', [{'DeviceIDs': ['1', '0'], 'Capabilities': [['b', 'a']]}],
         [{'Capabilities': [['a', 'b']], 'DeviceIDs': ['0', '1']}], True),
        (CREATE_OPTIONS, 'device_requests', [{'Capabilities': [['a'], ['b']]}],
         [{'Capabilities': [['a', 'b']]}], False),
        (CREATE_OPTIONS, 'security_opt', ['label:type:a'], ['label=type:a'], True),
        (CREATE_OPTIONS, 'security_opt', ['label:type:a'], ['label=type=a'], False),
        (CREATE_OPTIONS, 'user', 'a', 'A', False),
        (CREATE_OPTIONS, 'hostname', None, '', False),
        (NETWORK_OPTIONS, 'ipam',
         {'Driver': 'default', 'Config': [{'Subnet': 'FD00:0::/64', 'Gateway': None}, {'Subnet': '10.0.0.0/8'}]},
         {'Config': [{'Subnet': '10.0.0.0/8'}, {'Subnet': 'fd00::/64'}], 'Driver': 'default'}, True),
        (NETWORK_OPTIONS, 'ipam', {'Config': [{'Subnet': '10.0.0.0/8'}]}, {'Config': [{'Subnet': '10.0.0.0/9'}]},
         False),
    ],
)  # fmt: skip
def test_what_an_option_means_is_compared(options, name, one, other, is_same):
    assert means_the_same(options[name], one, other) is is_same


@pytest.mark.parametrize('option', CREATE_OPTIONS.values(), ids=lambda option: option.name)
@pytest.mark.parametrize(
    'value', [None, '', 'x', 7, True, [], ['x'], [None, 1], {}, {'x': None}, [{'x': [1]}]], ids=repr
)
def test_whatever_an_inspection_shows_can_be_compared(option, value):
    assert means_the_same(option, value, value)
