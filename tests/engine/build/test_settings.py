"""Settings of Dockerfiles, as the image shows them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest

SECOND = 10**9
HealthCheckLike = namedtuple('HealthCheckLike', 'test interval timeout retries start_period', defaults=(None,) * 4)

HOSTILE = (
    'a b',
    ' a ',
    "it's",
    'say "x"',
    '$HOME',
    '${HOME}',
    '$(touch /hit)',
    '`touch /hit`',
    'a;touch /hit',
    'a&&b',
    'a|b',
    '*',
    '?',
    '[a]',
    'a\\b',
    'a\\',
    '#a',
    '--flag',
    '-f',
    'ünï',
    '{a}',
    '%s',
    '!a',
    '~',
    '<<EOF',
    'a\tb',
    '\\$x',
    '"',
    "'",
    '\\"',
    'a=b',
)


@pytest.mark.parametrize(
    ('setting', 'value', 'key', 'found'),
    [
        ('volumes', '/a b', 'Volumes', {'/a b': {}}),
        ('volumes', ['/a', '/b'], 'Volumes', {'/a': {}, '/b': {}}),
        ('volumes', [], 'Volumes', None),
        ('command_user', 'daemon', 'User', 'daemon'),
        ('command_user', 1000, 'User', '1000'),
        ('command_workdir', '/srv', 'WorkingDir', '/srv'),
        ('command_workdir', '/a b', 'WorkingDir', '/a b'),
        ('shell', ['/bin/sh', '-ec'], 'Shell', ['/bin/sh', '-ec']),
        ('shell', '["/bin/sh", "-ec"]', 'Shell', ['/bin/sh', '-ec']),
        ('entrypoint', '/bin/run -a "b c"', 'Entrypoint', ['/bin/run', '-a', 'b c']),
        ('entrypoint', ['/bin/run', '$HOME'], 'Entrypoint', ['/bin/run', '$HOME']),
        ('entrypoint', [], 'Entrypoint', None),
        ('command', 'echo "a  b" $HOME', 'Cmd', ['echo', 'a  b', '$HOME']),
        ('command', ('echo', 1), 'Cmd', ['echo', '1']),
        ('expose', 80, 'ExposedPorts', {'80/tcp': {}}),
        ('expose', [80, '53/udp'], 'ExposedPorts', {'80/tcp': {}, '53/udp': {}}),
        ('expose', [], 'ExposedPorts', None),
        ('labels', {'a': 'x "y" $z', 'b': 5}, 'Labels', {'a': 'x "y" $z', 'b': '5'}),
        ('labels', [('a', 'x')], 'Labels', {'a': 'x'}),
        ('labels', 'a=b c=d', 'Labels', {'a': 'b', 'c': 'd'}),
        (
            'labels',
            {'a': 'one\ntwo', 'b': 'one\n# two', 'c': 'one\\\ntwo'},
            'Labels',
            {'a': 'onetwo', 'b': 'one# two', 'c': 'one\\two'},
        ),
        ('stopsignal', 'SIGINT', 'StopSignal', 'SIGINT'),
        ('stopsignal', 9, 'StopSignal', '9'),
        ('healthcheck', 'NONE', 'Healthcheck', {'Test': ['NONE']}),
        (
            'healthcheck',
            '--interval=5s CMD true',
            'Healthcheck',
            {'Test': ['CMD-SHELL', 'true'], 'Interval': 5 * SECOND},
        ),
        ('healthcheck', ['probe', '-q x'], 'Healthcheck', {'Test': ['CMD', 'probe', '-q x']}),
        (
            'healthcheck',
            HealthCheckLike(['CMD', 'probe'], 5 * SECOND, 1500 * 10**6, 3, 2 * SECOND),
            'Healthcheck',
            {
                'Test': ['CMD', 'probe'],
                'Interval': 5 * SECOND,
                'Timeout': 1500 * 10**6,
                'Retries': 3,
                'StartPeriod': 2 * SECOND,
            },
        ),
        (
            'healthcheck',
            {'test': 'a || b', 'interval': '1m'},
            'Healthcheck',
            {'Test': ['CMD-SHELL', 'a || b'], 'Interval': 60 * SECOND},
        ),
    ],
)
def test_a_setting_arrives_in_the_image(setting: str, value: Any, key: str, found: Any, builder) -> None:
    image = builder.build(builder.dockerfile(**{setting: value}))
    assert image['Config'].get(key) == found


@pytest.mark.parametrize(
    ('command', 'found'),
    [
        ('echo "a  b" $HOME', 'echo "a  b" $HOME'),
        (['echo', 'a  b', '$HOME'], "echo 'a  b' '$HOME'"),
    ],
)
def test_a_command_for_a_shell_arrives_in_the_image(command: Any, found: str, builder) -> None:
    image = builder.build(builder.dockerfile(command=command, command_shell=True))
    assert image['Config']['Cmd'] == ['/bin/sh', '-c', found]


def test_the_settings_of_one_file_do_not_disturb_each_other(builder) -> None:
    config = builder.build(
        builder.dockerfile(
            volumes=['/v', '/w'],
            cmd_user='daemon',
            cmd_workdir='/srv',
            shell=['/bin/ash', '-ec'],
            entrypoint='/bin/run -a',
            command='c d',
            expose=[80, '90/udp'],
            labels={'k': 'v'},
            stopsignal='SIGINT',
            healthcheck=['true'],
            maintainer='Jo "$x"',
        )
    )['Config']
    expected = {
        'Volumes': {'/v': {}, '/w': {}},
        'User': 'daemon',
        'WorkingDir': '/srv',
        'Shell': ['/bin/ash', '-ec'],
        'Entrypoint': ['/bin/run', '-a'],
        'Cmd': ['c', 'd'],
        'ExposedPorts': {'80/tcp': {}, '90/udp': {}},
        'StopSignal': 'SIGINT',
        'Healthcheck': {'Test': ['CMD', 'true']},
        'Labels': {'maintainer': 'Jo "$x"', 'k': 'v'},
    }
    assert {key: config[key] for key in expected} == expected


def test_hostile_values_arrive_unchanged(builder) -> None:
    paths = [f'/v/{value}' for value in HOSTILE]
    labels = {f'l{value}': value for value in HOSTILE if '=' not in value}
    dockerfile = builder.dockerfile(
        volumes=paths,
        labels=labels,
        command=list(HOSTILE),
        entrypoint=HOSTILE,
        healthcheck=list(HOSTILE),
        shell=list(HOSTILE),
    )
    config = builder.build(dockerfile)['Config']
    assert list(config['Volumes']) == sorted(paths)
    assert config['Labels'] == labels
    assert config['Cmd'] == config['Entrypoint'] == config['Shell'] == list(HOSTILE)
    assert config['Healthcheck'] == {'Test': ['CMD', *HOSTILE]}


@pytest.mark.parametrize('value', HOSTILE)
def test_a_hostile_value_arrives_unchanged_in_single_settings(value: str, builder) -> None:
    config = builder.build(builder.dockerfile(command_user=value, command_workdir=f'/w/{value}', maintainer=value))[
        'Config'
    ]
    assert config['User'] == value
    assert config['WorkingDir'] == f'/w/{value}'
    assert config['Labels']['maintainer'] == value


def test_hostile_arguments_arrive_unchanged_through_a_shell(builder) -> None:
    builder.build(builder.dockerfile(command=['printf', '[%s]', *HOSTILE], command_shell=True))
    assert builder.output() == ''.join(f'[{value}]' for value in HOSTILE)
