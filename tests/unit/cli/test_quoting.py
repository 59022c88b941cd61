"""What a shell makes of a command line is what was meant, whatever the values are."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockermap.client.cli import DockerCommandLineOutput

# In place of docker: a command of the shell that prints each argument it gets, with an end that no argument contains.
PRINTING = DockerCommandLineOutput(default_bin="printf '%s\\0' docker")
OUTPUT = DockerCommandLineOutput()
TEXTS = st.text(st.characters(exclude_categories=['Cs'], exclude_characters='\0'), max_size=12) | st.sampled_from(
    [
        '$(id)',
        '`id`',
        '"; id; "',
        "' ; id ; '",
        '\\',
        '\\\\"',
        '$HOME',
        '*',
        '~',
        '-x',
        '--help',
        '\n',
        'a\nb',
        ' ',
        '!!',
        '#',
        '&',
        '> /dev/null',
        'ä€😀',
        '${IFS}',
        '$((1+1))',
        '\\$x',
        '"$x"',
        'a;b',
        '|',
        '{a,b}',
        '[a]',
        '=',
        '%s',
        '\t',
        '\r',
    ]
)
FLAGS = st.sampled_from(['name', 'user', 'any_flag', 'working_dir', 'hostname'])


def arguments_of(line: str) -> list[str]:
    result = subprocess.run(['/bin/sh', '-c', line], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return [argument.decode('utf-8') for argument in result.stdout.split(b'\0')[:-1]]


def assert_arrives(call: str, **kwargs: Any) -> None:
    line = PRINTING.get_cmd(call, **kwargs)
    assert line is not None
    assert arguments_of(line) == OUTPUT.get_args(call, **kwargs)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, flag=FLAGS, command=st.lists(TEXTS, max_size=3))
def test_any_text_arrives_as_flag_and_as_argument(text: str, flag: str, command: list[str]) -> None:
    line = PRINTING.get_cmd('create_container', image='web', command=command, **{flag: text})
    assert line is not None
    found = arguments_of(line)
    assert found[:2] == ['docker', 'create']
    assert found[2].partition('=')[2] == text
    assert found[3:] == ['web', *command]


@settings(max_examples=40, deadline=None)
@given(a=TEXTS, b=TEXTS)
def test_any_composite_value_arrives(a: str, b: str) -> None:
    assert_arrives(
        'create_container',
        image=a or 'x',
        environment={'A': a},
        labels={'k': b},
        binds=[f'{a}:/x'],
        volumes=[b],
        entrypoint=[a, b],
        links=[(a, b)],
        port_bindings={80: (a, 8000)},
        ports=[a],
        restart_policy=a,
        network_mode=b,
        healthcheck={'test': ['CMD', a, b]},
        log_config={'Type': a, 'Config': {'k': b}},
        ulimits=[{'Name': a, 'Soft': 1}],
        sysctls={'k': a},
        mounts=[{'Type': 'bind', 'Source': a, 'Target': b}],
        tmpfs={'/t': a},
        devices=[a],
    )


@pytest.mark.parametrize(
    ('call', 'names'),
    [
        ('exec_create', ('container', 'workdir')),
        ('inspect_container', ('container',)),
        ('inspect_image', ('image',)),
        ('stop', ('container', 'timeout')),
        ('wait', ('container',)),
        ('kill', ('container', 'signal')),
        ('logs', ('container', 'tail', 'since')),
        ('top', ('container', 'ps_args')),
        ('rename', ('container', 'name')),
        ('connect_container_to_network', ('container', 'net_id', 'ipv4_address')),
        ('create_network', ('name', 'driver')),
        ('disconnect_container_from_network', ('container', 'net_id')),
        ('create_volume', ('name', 'driver')),
        ('remove_volume', ('name',)),
        ('remove_network', ('net_id',)),
        ('tag', ('image', 'repository')),
        ('login', ('username', 'registry')),
        ('build', ('path', 'tag', 'dockerfile')),
        ('images', ('name',)),
        ('pull', ('repository', 'platform')),
        ('update_container', ('container', 'mem_limit')),
    ],
)
@pytest.mark.parametrize('text', ['$(touch x)', '`id`;id', 'a "b" \'c\'', '-x\n*', 'ä \\ $HOME'])
def test_a_hostile_value_arrives_in_each_argument(call: str, names: tuple[str, ...], text: str) -> None:
    line = PRINTING.get_cmd(call, **dict.fromkeys(names, text), **({'cmd': [text]} if call == 'exec_create' else {}))
    assert line is not None
    assert arguments_of(line) == OUTPUT.get_args(
        call, **dict.fromkeys(names, text), **({'cmd': [text]} if call == 'exec_create' else {})
    )
