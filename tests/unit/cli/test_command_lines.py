"""Calls of the API as command lines: layout, generic flags, and each composite argument."""

from __future__ import annotations

from typing import Any

import pytest

from dockermap.client.cli import CONTAINER_FORMAT_ARG, KWARG_MAP, VERSION_FORMAT_ARG, DockerCommandLineOutput
from dockermap.functional import lazy

OUTPUT = DockerCommandLineOutput()


PODMAN = DockerCommandLineOutput(default_bin='/usr/bin/podman')
SECOND_ENDPOINT = {
    'Aliases': ['a', 'b'],
    'IPAMConfig': {'IPv4Address': '10.0.0.5'},
    'MacAddress': '02:42:0a:00:00:05',
    'GwPriority': 7,
}


def command(call: str, *args: Any, **kwargs: Any) -> str | None:
    return OUTPUT.get_cmd(call, *args, **kwargs)


def created(**kwargs: Any) -> str:
    """What stands between ``docker create`` and the image."""
    line = command('create_container', image='web', **kwargs)
    assert line is not None
    assert line.startswith('docker create ')
    assert line.endswith(' web')
    return line[len('docker create ') : -len(' web')]


@pytest.mark.parametrize(
    ('call', 'kwargs', 'line'),
    [
        ('create_container', {'image': 'web'}, 'docker create web'),
        ('create_container', {'image': 'web', 'command': 'run -v'}, 'docker create web run -v'),
        ('exec_create', {'container': 'c', 'cmd': 'ls'}, 'docker exec --detach c ls'),
        ('exec_create', {'container': 'c', 'cmd': 'ls', 'detach': False}, 'docker exec c ls'),
        ('inspect_container', {'container': 'c'}, 'docker inspect --type="container" c'),
        ('inspect_image', {'image': 'i'}, 'docker image inspect i'),
        ('remove_container', {'container': 'c'}, 'docker rm c'),
        ('remove_image', {'image': 'i'}, 'docker rmi i'),
        ('create_network', {'name': 'n'}, 'docker network create n'),
        ('networks', {}, f'docker network ls --no-trunc {VERSION_FORMAT_ARG}'),
        ('inspect_network', {'net_id': 'n'}, 'docker network inspect n'),
        ('remove_network', {'net_id': 'n'}, 'docker network rm n'),
        ('connect_container_to_network', {'container': 'c', 'net_id': 'n'}, 'docker network connect n c'),
        ('disconnect_container_from_network', {'container': 'c', 'net_id': 'n'}, 'docker network disconnect n c'),
        ('create_volume', {'name': 'v'}, 'docker volume create v'),
        ('volumes', {}, f'docker volume ls {VERSION_FORMAT_ARG}'),
        ('inspect_volume', {'name': 'v'}, 'docker volume inspect v'),
        ('remove_volume', {'name': 'v'}, 'docker volume rm v'),
        ('update_container', {'container': 'c', 'mem_limit': '64m'}, 'docker update --memory="64m" c'),
        ('containers', {}, f'docker ps --no-trunc {CONTAINER_FORMAT_ARG}'),
        ('images', {}, f'docker images --no-trunc {VERSION_FORMAT_ARG}'),
        ('version', {}, f'docker version {VERSION_FORMAT_ARG}'),
        ('start', {'container': 'c'}, 'docker start c'),
        ('pause', {'container': 'c'}, 'docker pause c'),
        ('unpause', {'container': 'c'}, 'docker unpause c'),
        ('info', {}, 'docker info'),
        ('stop', {'container': None}, 'docker stop'),
        ('wait', {'container': 'c'}, 'docker wait c'),
        ('wait', {'container': 'c', 'timeout': 5}, 'timeout -s INT 5 docker wait c'),
        ('wait', {'container': 'c', 'timeout': 0}, 'docker wait c'),
        (
            'create_volume',
            {'name': 'v', 'driver': 'local', 'any_thing': 'x'},
            'docker volume create --driver="local" --any-thing="x" v',
        ),
    ],
)
def test_a_call_has_its_subcommand_and_layout(call: str, kwargs: dict[str, Any], line: str) -> None:
    assert command(call, **kwargs) == line


@pytest.mark.parametrize(
    ('call', 'kwargs', 'line'),
    [
        (
            'create_container',
            {'image': 'web:1', 'name': 'w "x"', 'tty': True, 'command': ['run', '-v']},
            'docker create --name="w \\"x\\"" --tty=true web:1 run -v',
        ),
        (
            'create_container',
            {'image': 'web', 'volumes': ['/a', '/b'], 'binds': ['/srv:/a:ro']},
            'docker create --volume="/srv:/a:ro" --volume="/b" web',
        ),
        (
            'create_container',
            {'image': 'web', 'ports': [80, (53, 'udp')], 'port_bindings': {80: [('10.0.0.1', 8000)], '53/udp': [5353]}},
            'docker create --expose=80 --publish=10.0.0.1:8000:80 --expose=53/udp --publish=5353:53/udp web',
        ),
        (
            'create_container',
            {'image': 'web', 'restart_policy': {'Name': 'on-failure', 'MaximumRetryCount': 2}},
            'docker create --restart=on-failure:2 web',
        ),
        ('exec_create', {'container': 'c', 'cmd': 'ls -l', 'user': 'app'}, 'docker exec --detach --user="app" c ls -l'),
        ('create_volume', {'name': 'v', 'driver': 'local'}, 'docker volume create --driver="local" v'),
        ('containers', {'all': True}, f'docker ps --no-trunc {CONTAINER_FORMAT_ARG} --all=true'),
        ('exec_start', {'exec_id': 'e'}, None),
    ],
)
def test_plain_values_come_out_in_the_documented_form(call: str, kwargs: dict[str, Any], line: str | None) -> None:
    assert command(call, **kwargs) == line


def test_format_arguments_are_fixed() -> None:
    assert CONTAINER_FORMAT_ARG == (
        '--format="{{.ID}}||{{.Image}}||{{.CreatedAt}}||{{.Status}}||{{.Names}}||{{.Command}}||{{.Ports}}"'
    )
    assert VERSION_FORMAT_ARG == '--format="{{json .}}"'


@pytest.mark.parametrize(
    ('settings', 'start'),
    [
        ({}, 'docker '),
        ({'cmd_prefix': 'sudo'}, 'sudo docker '),
        ({'default_bin': '/opt/docker'}, '/opt/docker '),
        ({'cmd_args': ['-H tcp://h:1', '--tls']}, 'docker -H tcp://h:1 --tls '),
        ({'cmd_prefix': 'sudo -E', 'default_bin': 'd', 'cmd_args': ['-D']}, 'sudo -E d -D '),
    ],
)
def test_the_base_command_is_taken_literally(settings: dict[str, Any], start: str) -> None:
    assert DockerCommandLineOutput(**settings).get_cmd('start', 'c') == f'{start}start c'


def test_a_subclass_can_map_calls_to_other_commands() -> None:
    class Podman(DockerCommandLineOutput):
        cmd_map = {**DockerCommandLineOutput.cmd_map, 'prune_volumes': 'volume prune'}

    assert Podman(default_bin='podman').get_cmd('prune_volumes', force=True) == 'podman volume prune --force=true'


@pytest.mark.parametrize(('call', 'proposed'), [('get_archive', ''), ('create_contaner', "'create_container'")])
def test_a_call_without_command_is_refused(call: str, proposed: str) -> None:
    with pytest.raises(ValueError, match=call) as error:
        command(call)
    assert proposed in str(error.value)


@pytest.mark.parametrize(
    ('call', 'args', 'line'),
    [
        ('create_container', ('web',), 'docker create web'),
        ('create_container', ('web', 'run -v'), 'docker create web run -v'),
        ('exec_create', ('c', 'ls -l'), 'docker exec --detach c ls -l'),
        ('exec_create', ('c', ['echo', 'a b']), "docker exec --detach c echo 'a b'"),
        ('remove_network', ('n',), 'docker network rm n'),
        ('create_network', ('n',), 'docker network create n'),
        ('connect_container_to_network', ('c', 'n'), 'docker network connect n c'),
        ('disconnect_container_from_network', ('c', 'n'), 'docker network disconnect n c'),
        ('create_volume', ('v',), 'docker volume create v'),
        ('remove_volume', ('v',), 'docker volume rm v'),
        ('inspect_volume', ('v',), 'docker volume inspect v'),
        ('start', ('c',), 'docker start c'),
        ('login', ('reg:5000',), 'docker login reg:5000'),
        ('tag', ('i', 'r:1'), 'docker tag i r:1'),
        ('tag', ('i', 'r', '1'), 'docker tag i r:1'),
        ('pull', ('r:1',), 'docker pull r:1'),
        ('pull', ('r', '1'), 'docker pull r:1'),
        ('rename', ('c', 'd'), 'docker rename c d'),
        ('top', ('c', '-o pid'), 'docker top c -o pid'),
        ('build', ('- <', 'context.tgz'), 'docker build - < context.tgz'),
    ],
)
def test_positional_arguments_are_taken_in_the_order_of_the_api(call: str, args: tuple[Any, ...], line: str) -> None:
    assert command(call, *args) == line


def test_positional_arguments_stay_verbatim() -> None:
    assert command('start', '$(cat names)', timeout=None) == 'docker start $(cat names)'


@pytest.mark.parametrize(
    ('call', 'missing'),
    [
        ('create_container', 'image'),
        ('exec_create', 'container'),
        ('create_network', 'name'),
        ('create_volume', 'name'),
        ('remove_volume', 'name'),
        ('remove_network', 'net_id'),
        ('connect_container_to_network', 'container'),
        ('disconnect_container_from_network', 'container'),
    ],
)
def test_a_missing_argument_is_named(call: str, missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        command(call)


def test_an_exec_without_command_is_refused() -> None:
    with pytest.raises(KeyError, match='cmd'):
        command('exec_create', container='c')


@pytest.mark.parametrize(
    ('value', 'flags'),
    [
        (None, ''),
        (True, '--any-flag=true '),
        (False, '--any-flag=false '),
        (['a', 'b c'], '--any-flag="a" --any-flag="b c" '),
        (('a', 1), '--any-flag="a" --any-flag="1" '),
        ({'b', 'a'}, '--any-flag="a" --any-flag="b" '),
        ({'k': 'v', 'l': 1}, '--any-flag=k:v --any-flag=l:1 '),
        (5, '--any-flag="5" '),
        ('a "b"', '--any-flag="a \\"b\\"" '),
        ('', '--any-flag="" '),
        (lazy(lambda: 'late'), '--any-flag="late" '),
        ([lazy(lambda: 'late')], '--any-flag="late" '),
    ],
)
def test_a_value_has_its_generic_form(value: Any, flags: str) -> None:
    assert command('start', container='c', any_flag=value) == f'docker start {flags}c'


@pytest.mark.parametrize(
    ('keyword', 'flag'),
    [
        ('timeout', 'time'),
        ('extra_hosts', 'add-host'),
        ('nocache', 'no-cache'),
        ('volumes', 'volume'),
        ('options', 'opt'),
        ('ipv4_address', 'ip'),
        ('ipv6_address', 'ip6'),
        ('links', 'link'),
        ('aliases', 'alias'),
        ('mem_limit', 'memory'),
        ('mem_reservation', 'memory-reservation'),
        ('memswap_limit', 'memory-swap'),
        ('any_other', 'any-other'),
    ],
)
def test_a_keyword_has_its_flag(keyword: str, flag: str) -> None:
    assert KWARG_MAP.get(keyword, keyword.replace('_', '-')) == flag
    assert command('start', container='c', **{keyword: 'x'}) == f'docker start --{flag}="x" c'


def test_a_keyword_that_is_no_flag_is_refused() -> None:
    with pytest.raises(ValueError, match='keyword'):
        command('start', container='c', **{'a; id': 'x'})


@pytest.mark.parametrize(
    ('environment', 'flags'),
    [
        (['A=1', 'B=x y'], '--env="A=1" --env="B=x y"'),
        (('A=1',), '--env="A=1"'),
        ({'A': 1, 'B': True}, '--env="A=1" --env="B=true"'),
        ({'A': None}, '--env="A"'),
        ({'A': ''}, '--env="A="'),
        ('A=1', '--env="A=1"'),
        ({'A': '`id` $HOME "q" \\'}, '--env="A=\\`id\\` \\$HOME \\"q\\" \\\\"'),
    ],
)
def test_the_environment_is_written(environment: Any, flags: str) -> None:
    assert created(environment=environment) == flags


@pytest.mark.parametrize(
    ('kwargs', 'flags'),
    [
        ({'network_disabled': True, 'network_mode': 'host'}, '--net=none'),
        ({'network_disabled': False, 'network_mode': 'host'}, '--net=host'),
        ({'network_mode': 'container:x', 'networking_config': {'EndpointsConfig': {'n': {}}}}, '--net=container:x'),
        ({'networking_config': {'EndpointsConfig': {'n': None, 'other': {}}}}, '--net=n --net=other'),
        (
            {
                'networking_config': {
                    'EndpointsConfig': {
                        'n': {
                            'Aliases': ['a', 'b'],
                            'Links': ['x:y'],
                            'IPAMConfig': {
                                'IPv4Address': '10.0.0.5',
                                'IPv6Address': '2001:db8::5',
                                'LinkLocalIPs': ['169.254.1.1'],
                            },
                        }
                    }
                }
            },
            '--net=n --network-alias=a --network-alias=b --link=x:y --ip=10.0.0.5 --ip6=2001:db8::5 '
            '--link-local-ip=169.254.1.1',
        ),
        (
            {
                'networking_config': {
                    'EndpointsConfig': {'n': {'DriverOpts': {'a.b': 'c'}, 'MacAddress': '02:42:0a:00:00:05'}}
                }
            },
            '--net=name=n,driver-opt=a.b=c --mac-address=02:42:0a:00:00:05',
        ),
        (
            {'network_mode': 'n', 'networking_config': {'EndpointsConfig': {'n': {'Aliases': ['a']}}}},
            '--net=n --network-alias=a',
        ),
        (
            {'networking_config': {'EndpointsConfig': {'n': {'GwPriority': -1}, 'other': SECOND_ENDPOINT}}},
            '--net=name=n,gw-priority=-1 '
            '--net=name=other,alias=a,alias=b,ip=10.0.0.5,mac-address=02:42:0a:00:00:05,gw-priority=7',
        ),
        ({'networking_config': {}}, ''),
    ],
)
def test_networks_are_written(kwargs: dict[str, Any], flags: str) -> None:
    assert created(name='x', **kwargs).removeprefix('--name="x"').strip() == flags


def test_links_in_a_second_network_are_refused() -> None:
    with pytest.raises(ValueError, match=r'no option for links in a second network \(other\)'):
        created(name='x', networking_config={'EndpointsConfig': {'n': {}, 'other': {'Links': ['a:b']}}})


@pytest.mark.parametrize(
    ('endpoints', 'flags'),
    [
        ({'n': {'MacAddress': '02:42:0a:00:00:05'}}, '--net=n --mac-address=02:42:0a:00:00:05'),
        (
            {'n': {}, 'other': {key: value for key, value in SECOND_ENDPOINT.items() if key != 'GwPriority'}},
            '--net=n --net=other:alias=a,alias=b,ip=10.0.0.5,mac=02:42:0a:00:00:05',
        ),
    ],
)
def test_podman_takes_settings_of_several_networks_in_its_own_way(endpoints: dict[str, Any], flags: str) -> None:
    line = PODMAN.get_cmd('create_container', image='i', networking_config={'EndpointsConfig': endpoints})

    assert line is not None
    assert flags in line


def test_podman_connects_with_a_mac_address_but_has_no_priorities() -> None:
    address = '02:42:0a:00:00:05'
    line = PODMAN.get_cmd('connect_container_to_network', container='c', net_id='n', mac_address=address)

    assert line == f'/usr/bin/podman network connect --mac-address="{address}" n c'
    with pytest.raises(ValueError, match='podman has no option for gw-priority'):
        PODMAN.get_cmd(
            'create_container',
            image='i',
            networking_config={'EndpointsConfig': {'n': {}, 'other': {'GwPriority': 7}}},
        )


@pytest.mark.parametrize(
    ('kwargs', 'flags'),
    [
        ({'volumes': ['/a', '/b']}, '--volume="/a" --volume="/b"'),
        ({'volumes': '/a'}, '--volume="/a"'),
        ({'volumes': {'/a': {}}}, '--volume="/a"'),
        ({'volumes': ['/a', '/b'], 'binds': ['/y:/b', '/x:/a:ro']}, '--volume="/x:/a:ro" --volume="/y:/b"'),
        ({'volumes': ['/a'], 'binds': ['/x:/c:ro', '/y:/d']}, '--volume="/a" --volume="/x:/c:ro" --volume="/y:/d"'),
        ({'volumes': ['/a/'], 'binds': ['/x:/a']}, '--volume="/x:/a"'),
        ({'binds': ['v:/a:rw']}, '--volume="v:/a:rw"'),
        ({'binds': {'/x': {'bind': '/a', 'mode': 'ro'}}}, '--volume="/x:/a:ro"'),
        ({'binds': {'/x': {'bind': '/a', 'ro': True}}}, '--volume="/x:/a:ro"'),
        ({'binds': {'/x': {'bind': '/a', 'ro': False, 'propagation': 'shared'}}}, '--volume="/x:/a:rw,shared"'),
        ({'binds': {'/x': '/a'}}, '--volume="/x:/a:rw"'),
    ],
)
def test_each_bind_is_one_volume(kwargs: dict[str, Any], flags: str) -> None:
    assert created(**kwargs) == flags


@pytest.mark.parametrize(
    ('ports', 'bindings', 'flags'),
    [
        ([80, '81/udp', (82, 'sctp')], None, '--expose=80 --expose=81/udp --expose=82/sctp'),
        ([80], {80: [8000]}, '--expose=80 --publish=8000:80'),
        ([80], {'80': [8000]}, '--expose=80 --publish=8000:80'),
        ([80], {'80/tcp': [8000]}, '--expose=80 --publish=8000:80/tcp'),
        ([80], {80: [], '80/tcp': [8000]}, '--expose=80 --publish=8000:80/tcp'),
        ([(53, 'udp')], {(53, 'udp'): 5353}, '--expose=53/udp --publish=5353:53/udp'),
        ([53], {'53/udp': 5353}, '--expose=53 --publish=5353:53/udp'),
        (None, {80: 18071}, '--publish=18071:80'),
        (None, {80: '18071'}, '--publish=18071:80'),
        (None, {80: ('127.0.0.1', 18071)}, '--publish=127.0.0.1:18071:80'),
        (None, {80: ('127.0.0.1',)}, '--publish=127.0.0.1::80'),
        (None, {80: (18071,)}, '--publish=18071:80'),
        (None, {80: None}, '--publish=80'),
        (None, {80: 0}, '--publish=0:80'),
        (None, {80: [('::1', 5)]}, "--publish='[::1]:5:80'"),
        (None, {80: [('[::1]', 5)]}, "--publish='[::1]:5:80'"),
        (
            None,
            {'80/tcp': [{'HostIp': '10.0.0.1', 'HostPort': '5'}, {'HostIp': '', 'HostPort': '6'}]},
            '--publish=10.0.0.1:5:80/tcp --publish=6:80/tcp',
        ),
        (80, {81: [1], 80: [2]}, '--expose=80 --publish=2:80 --publish=1:81'),
    ],
)
def test_each_binding_is_published(ports: Any, bindings: Any, flags: str) -> None:
    assert created(ports=ports, port_bindings=bindings) == flags


@pytest.mark.parametrize(
    ('links', 'flags'),
    [
        ([('db', 'd')], '--link=db:d'),
        ([('db', None)], '--link=db'),
        ({'db': 'd'}, '--link=db:d'),
        (['db:d'], '--link=db:d'),
    ],
)
def test_links_are_written(links: Any, flags: str) -> None:
    assert created(links=links) == flags


@pytest.mark.parametrize(
    ('policy', 'flags'),
    [
        ({'Name': 'always'}, '--restart=always'),
        ({'Name': 'always', 'MaximumRetryCount': 0}, '--restart=always'),
        ({'Name': 'on-failure', 'MaximumRetryCount': None}, '--restart=on-failure'),
        ({'Name': 'on-failure', 'MaximumRetryCount': 0}, '--restart=on-failure:0'),
        ('unless-stopped', '--restart=unless-stopped'),
    ],
)
def test_the_restart_policy_has_a_count_only_for_failures(policy: Any, flags: str) -> None:
    assert created(restart_policy=policy) == flags


def test_an_empty_restart_policy_is_not_written() -> None:
    assert created(name='x', restart_policy={'Name': ''}) == '--name="x"'


@pytest.mark.parametrize(
    ('check', 'flags'),
    [
        ({'test': ['CMD', 'true']}, '--health-cmd="true"'),
        ({'test': ['CMD', 'test', '-f', 'a b']}, '--health-cmd="test -f \'a b\'"'),
        ({'test': ['CMD-SHELL', 'exit', '$X']}, '--health-cmd="exit \\$X"'),
        ({'test': 'wget x'}, '--health-cmd="wget x"'),
        ({'test': ['NONE']}, '--no-healthcheck'),
        (
            {'test': ['CMD', 'x'], 'interval': 5_000_000_000, 'timeout': 1000, 'retries': 3, 'start_period': 7},
            '--health-cmd="x" --health-interval=5000000000ns --health-timeout=1000ns --health-retries=3 '
            '--health-start-period=7ns',
        ),
        ({'test': ['CMD', 'x'], 'interval': '5s', 'retries': 0}, '--health-cmd="x" --health-interval=5s'),
        ({'Test': ['CMD', 'x'], 'StartPeriod': 7}, '--health-cmd="x" --health-start-period=7ns'),
        ({'interval': 5}, '--health-interval=5ns'),
        ({'StartInterval': 2}, '--health-start-interval=2ns'),
    ],
)
def test_the_health_check_is_written(check: dict[str, Any], flags: str) -> None:
    assert created(healthcheck=check) == flags


@pytest.mark.parametrize('check', [{}, {'test': ['CMD'], 'interval': 5}, {'test': ['OTHER', 'x']}])
def test_a_health_check_without_command_is_not_written(check: dict[str, Any]) -> None:
    assert created(name='x', healthcheck=check) == '--name="x"'


@pytest.mark.parametrize(
    ('entrypoint', 'command_words', 'line'),
    [
        ('/run', None, 'docker create --entrypoint="/run" web'),
        ('/run -a "b c"', ['d'], 'docker create --entrypoint="/run" web -a \'b c\' d'),
        (['/run', 'a b'], 'c | d', 'docker create --entrypoint="/run" web \'a b\' c | d'),
        ([], None, 'docker create web'),
        ('', None, 'docker create --entrypoint="" web'),
        ([''], ['x'], 'docker create --entrypoint="" web x'),
    ],
)
def test_the_entry_point_is_one_word_and_its_arguments_precede_the_command(
    entrypoint: Any, command_words: Any, line: str
) -> None:
    assert command('create_container', image='web', entrypoint=entrypoint, command=command_words) == line


def test_an_entry_point_with_an_open_quote_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match='entrypoint'):
        created(entrypoint="it's")


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        (['a b', '$HOME', '*', ''], "'a b' '$HOME' '*' ''"),
        (('a', 1), 'a 1'),
        ('echo $HOME', 'echo $HOME'),
    ],
)
def test_a_command_is_a_list_of_arguments_or_shell_syntax(value: Any, text: str) -> None:
    assert command('create_container', image='web', command=value) == f'docker create web {text}'


def test_a_name_is_quoted_where_a_shell_would_change_it() -> None:
    assert command('inspect_container', container='a b') == 'docker inspect --type="container" \'a b\''


@pytest.mark.parametrize(
    ('call', 'kwargs', 'line'),
    [
        ('stop', {'container': '-t'}, 'docker stop -- -t'),
        ('rename', {'container': 'c', 'name': '-x'}, 'docker rename -- c -x'),
        ('create_container', {'image': '-i', 'command': ['-x']}, 'docker create -- -i -x'),
        ('create_container', {'image': 'i', 'command': ['-x']}, 'docker create i -x'),
        ('exec_create', {'container': 'c', 'cmd': ['-x']}, 'docker exec --detach c -x'),
    ],
)
def test_an_argument_that_looks_like_a_flag_is_preceded_by_two_dashes(call: str, kwargs: Any, line: str) -> None:
    assert command(call, **kwargs) == line


def test_composite_arguments_follow_generic_ones_in_their_order() -> None:
    assert created(
        healthcheck={'test': 'x'},
        links=[('l', 'm')],
        ports=[80],
        network_mode='n',
        environment=['A=1'],
        restart_policy='always',
        volumes=['/v'],
        name='last',
    ) == ('--name="last" --env="A=1" --net=n --volume="/v" --expose=80 --link=l:m --restart=always --health-cmd="x"')


def test_arguments_for_running_without_a_shell_are_the_same() -> None:
    assert OUTPUT.get_args('create_container', image='web', name='a "$x"', command=['a b']) == [
        'docker',
        'create',
        '--name=a "$x"',
        'web',
        'a b',
    ]


def test_shell_syntax_is_split_for_running_without_a_shell() -> None:
    output = DockerCommandLineOutput('sudo -E', cmd_args=['-H tcp://h:1'])
    assert output.get_args('exec_create', container='c', cmd="sh -c 'echo a'") == [
        'sudo',
        '-E',
        'docker',
        '-H',
        'tcp://h:1',
        'exec',
        '--detach',
        'c',
        'sh',
        '-c',
        'echo a',
    ]


def test_a_call_without_counterpart_has_no_arguments() -> None:
    assert OUTPUT.get_args('exec_start', exec_id='e') is None


def test_a_password_is_passed_apart_from_the_command_line() -> None:
    login = {'username': 'u', 'password': 'p w$', 'registry': 'r'}
    assert command('login', **login) == 'docker login --username="u" --password-stdin r'
    assert OUTPUT.get_input('login', **login) == b'p w$'


def test_other_commands_expect_no_input() -> None:
    assert OUTPUT.get_input('start', container='c') is None
