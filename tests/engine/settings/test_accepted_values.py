"""Values that are written otherwise arrive as they are meant; wrong ones change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.api import ActionRunnerException
from dockermap.functional import lazy
from dockermap.map.policy.options import CREATE_OPTIONS

FOREVER = "trap 'exit 0' TERM HUP INT; sleep 1000 & wait"

ARRIVES: list[tuple[str, Any, Any]] = [
    ('restart_policy', 'on-failure:3', {'Name': 'on-failure', 'MaximumRetryCount': 3}),
    ('log_config', {'driver': 'json-file', 'options': {'max-size': '1m', 'max-file': 3}},
     {'Type': 'json-file', 'Config': {'max-size': '1m', 'max-file': '3'}}),
    ('cap_drop', 'CHOWN', ['CHOWN']),
    ('dns', '192.0.2.1', ['192.0.2.1']),
    ('dns_search', 'a.test', ['a.test']),
    ('extra_hosts', ['db=192.0.2.1'], ['db:192.0.2.1']),
    ('binds', {'/tmp': {'bind': '/x', 'ro': True}}, ['/tmp:/x:ro']),
    ('tmpfs', '/t:size=1m', {'/t': 'size=1m'}),
    ('ulimits', {'nofile': 100}, [{'Name': 'nofile', 'Soft': 100, 'Hard': 100}]),
    ('group_add', 100, ['100']),
    ('hostname', 83, '83'),
    ('tty', 'yes', True),
    ('working_dir', '/tmp', '/tmp'),
    ('environment', 'A=1', ['A=1']),
    ('stop_signal', 'int', 'int'),
    ('cpuset_cpus', 0, '0'),
]  # fmt: skip
"""Argument, value, and what an inspection shows; where it is a list, among others."""

WRONG: list[tuple[str, Any]] = [
    ('restart_policy', {'Name': 'always', 'MaximumRetryCount': 3}), ('cap_drop', [1]), ('environment', {'A': [1, 2]}),
    ('log_config', {'type': 'json-file', 'option': {'max-size': '1m'}}), ('command', 'sh -c "date'),
    ('binds', ['/tmp:/x:rx']), ('mac_address', 'zz'), ('stop_signal', 'SIGFOO'), ('tmpfs', ['t']),
    ('port_bindings', {80: ('lan', 8080)}), ('healthcheck', {'test': 'true', 'interval': 'soon'}),
    ('oom_score_adj', 2000),
]  # fmt: skip


def content(bench: Any, name: str | None = None, value: Any = None) -> dict[str, Any]:
    options: dict[str, Any] = {'entrypoint': ['/bin/sh', '-c', FOREVER]}
    return {'app': {'image': bench.image, 'create_options': options, 'host_config': {name: value} if name else {}}}


def in_plain_words(name: str, found: Any) -> Any:
    """What an inspection shows, without what Podman adds to each value."""
    if name == 'binds':
        return [bind.partition(',')[0] for bind in found]
    if name == 'tmpfs':
        return {path: options.partition(',')[0] for path, options in found.items()}
    if name == 'ulimits':
        limits = [{**limit, 'Name': limit['Name'].removeprefix('RLIMIT_').lower()} for limit in found]
        return [limit for limit in limits if limit['Name'] != 'nproc']
    if name == 'stop_signal':
        return {'2': 'int'}.get(found, found)
    return found


@pytest.mark.parametrize(('name', 'value', 'expected'), ARRIVES)
def test_other_ways_to_write_a_value_arrive_as_they_are_meant(bench: Any, name: str, value: Any, expected: Any) -> None:
    bench.update(content(bench, name, value))

    path = CREATE_OPTIONS[name].path
    assert path is not None
    found = bench.inspect()[path[0]][path[1]]
    assert (set(found) >= set(expected)) if name == 'environment' else in_plain_words(name, found) == expected
    assert bench.update(content(bench, name, value)) == []


@pytest.mark.parametrize('is_late', [False, True], ids=['written', 'late'])
@pytest.mark.parametrize(('name', 'value'), WRONG)
def test_a_wrong_value_leaves_the_container_as_it_is(bench: Any, name: str, value: Any, is_late: bool) -> None:
    bench.update(content(bench))
    before = bench.inspect()

    with pytest.raises(ValueError, match=rf'\.app\.host_config\.{name}'):
        bench.update(content(bench, name, lazy(lambda: value) if is_late else value))

    after = bench.inspect()
    assert (after['Id'], after['State']['StartedAt']) == (before['Id'], before['State']['StartedAt'])


@pytest.mark.parametrize(('name', 'value'), WRONG)
def test_one_in_a_call_makes_no_container(bench: Any, name: str, value: Any) -> None:
    with pytest.raises((ValueError, ActionRunnerException), match=name):
        bench.mapping_client(content(bench)).create('app', **{name: value})

    assert bench.api.changes == []


def test_an_address_in_place_of_an_interface_is_where_a_port_is_published(bench: Any) -> None:
    wanted = content(bench)
    wanted['app']['exposes'] = [(80, bench.port(), '127.0.0.1')]
    bench.update(wanted)

    assert [entry['HostIp'] for entry in bench.inspect()['NetworkSettings']['Ports']['80/tcp']] == ['127.0.0.1']
    assert bench.update(wanted) == []


@pytest.mark.parametrize('mode', ['host', 'none', 'bridge', 'container'])
@pytest.mark.parametrize('others', [{}, {'uts_mode': 'host'}, {'pid_mode': 'host'}, {'ipc_mode': 'host'}], ids=str)
def test_namespaces_of_others_go_with_what_follows_from_the_configuration(
    bench: Any, mode: str, others: dict[str, Any], needs: str
) -> None:
    other = content(bench)['app']
    wanted = content(bench)
    app = {**wanted['app'], 'host_config': others, needs: ['other'], 'exposes': [(80, bench.port())], 'user': '0:0'}
    app['network_mode'] = 'other' if mode == 'container' else mode
    maps = {'other': other, 'app': app, 'default_domain': 'a.test'}

    client = bench.mapping_client(maps)
    client.create('app')

    # A namespace of its own is 'private' for Podman.
    assert bench.inspect()['HostConfig'].get('UTSMode', '').replace('private', '') == others.get('uts_mode', '')
    assert bench.inspect()['Config']['User'] == '0:0'


def test_a_weight_that_the_host_does_not_support_is_no_difference(bench: Any) -> None:
    bench.update(content(bench, 'blkio_weight', 300))
    if bench.inspect()['HostConfig']['BlkioWeight']:
        pytest.skip('this host supports weights')

    assert bench.update(content(bench, 'blkio_weight', 300)) == []
