"""Whatever a value contains, it arrives at the engine unchanged, and nothing else happens."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import docker
import pytest

Run = Callable[..., str]

CORPUS = {
    'double quotes': 'a "b" "; touch pwned; "',
    'single quotes': "it's ' ; touch pwned ; '",
    'substitution': '$(touch pwned) ${HOME} $HOME $((1+1))',
    'backticks': '`touch pwned`',
    'line feeds': 'a\ntouch pwned\nb',
    'semicolons': 'a; touch pwned & touch pwned | touch pwned > pwned',
    'a leading dash': '--help=pwned -x',
    'wildcards': '* ? [a-z]* ~ {a,b}',
    'backslashes': '\\ \\" \\$HOME \\\\ \\n \\',
    'unicode': 'ä€ \u202e 😀 \u00a0',
    'history and comments': '!! # %s %d',
    'tabs': 'a\tb\x01\x7f',
}
REFUSED = {
    'everything': ' '.join(CORPUS.values()),
    'everything, quoted': ' '.join(map(shlex.quote, CORPUS.values())),
    'like a flag': '--help=$(touch pwned)',
}


@pytest.fixture(params=CORPUS.values(), ids=list(CORPUS))
def text(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def test_values_of_a_container_arrive(
    run: Run, shell: Any, api: docker.APIClient, unique: str, base_image: str, text: str
) -> None:
    run(
        'create_container',
        image=base_image,
        name=unique,
        environment={'A': text},
        labels={'k': text},
        user=text,
        entrypoint=['/bin/echo', text],
        command=[text, 'c'],
        working_dir=f'/{text}',
        volumes=[f'/v{text}'],
        healthcheck={'test': ['CMD-SHELL', text]},
        tmpfs={f'/t{text}': ''},
        log_config={'Type': 'json-file', 'Config': {'labels': text}},
        cgroup_parent=f'/{text}',
        domainname=text,
    )
    found = api.inspect_container(unique)
    config = found['Config']
    assert f'A={text}' in config['Env']
    assert config['Labels']['k'] == text
    assert (config['Entrypoint'], config['Cmd']) == (['/bin/echo'], [text, text, 'c'])
    assert (config['User'], config['WorkingDir'], config['Domainname']) == (text, f'/{text}', text)
    assert config['Healthcheck']['Test'] == ['CMD-SHELL', text]
    assert list(config['Volumes'] or {}) == [f'/v{text}']
    assert list(found['HostConfig']['Tmpfs']) == [f'/t{text}']
    assert found['HostConfig']['LogConfig']['Config']['labels'] == text
    assert found['HostConfig']['CgroupParent'] == f'/{text}'
    assert shell.side_effects() == []


def test_values_of_a_container_arrive_by_its_host_configuration(
    run: Run, shell: Any, api: docker.APIClient, unique: str, base_image: str, text: str
) -> None:
    host_config = api.create_host_config(
        cgroup_parent=f'/{text}',
        sysctls={'net.a': text},
        extra_hosts={'h': '10.0.0.1'},
        mounts=[docker.types.Mount('/x', f'{unique}.v', labels={'k': text})],
    )
    run('create_container', image=base_image, name=unique, command=[text], host_config=host_config)
    found = api.inspect_container(unique)
    assert found['Config']['Cmd'] == [text]
    assert found['HostConfig']['CgroupParent'] == f'/{text}'
    assert found['HostConfig']['Sysctls'] == {'net.a': text}
    assert api.inspect_volume(f'{unique}.v')['Labels'] == {'k': text}
    assert shell.side_effects() == []


def test_a_command_in_a_container_gets_its_arguments(
    run: Run, shell: Any, api: docker.APIClient, unique: str, base_image: str, text: str
) -> None:
    api.create_container(base_image, ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'], name=unique)
    api.start(unique)
    output = run(
        'exec_create',
        container=unique,
        cmd=['sh', '-c', 'printf "%s<>%s" "$1" "$A"', 'x', text],
        environment={'A': text},
        detach=False,
    )
    assert output == f'{text}<>{text}'
    assert shell.side_effects() == []


def test_values_of_volumes_arrive(
    run: Run, shell: Any, api: docker.APIClient, unique: str, text: str, options_of: Any
) -> None:
    options = {'type': 'tmpfs', 'device': text, 'o': f'size=1m,x={text}'}
    run('create_volume', name=unique, labels={'k': text}, driver_opts=options)
    assert options_of(unique) == options
    assert api.inspect_volume(unique)['Labels'] == {'k': text}
    assert shell.side_effects() == []


def test_values_of_networks_arrive(
    run: Run, shell: Any, api: docker.APIClient, unique: str, base_image: str, text: str
) -> None:
    # Of names, the command strips blanks, and it cannot address one with a line feed.
    network = f'{unique} {text}'.strip().replace('\n', ' ')
    network_id = run('create_network', name=network, internal=True, labels={'k': text}, options={'a.b': text}).strip()
    found = api.inspect_network(network_id)
    assert found['Name'] == network
    assert (found['Labels'], found['Options']) == ({'k': text}, {'a.b': text})
    api.create_container(base_image, 'true', name=unique)
    run('connect_container_to_network', container=unique, net_id=network, aliases=[text], driver_opt={'k': text})
    endpoint = api.inspect_container(unique)['NetworkSettings']['Networks'][network]
    assert text in endpoint['Aliases']
    # The command strips blanks at the end of such options.
    assert endpoint['DriverOpts'] == {'k': text.strip()}
    assert shell.side_effects() == []


@pytest.mark.parametrize(
    ('call', 'keys'),
    [
        ('inspect_container', ['container']),
        ('inspect_network', ['net_id']),
        ('inspect_volume', ['name']),
        ('inspect_image', ['image']),
        ('start', ['container']),
        ('stop', ['container', 'timeout']),
        ('kill', ['container', 'signal']),
        ('logs', ['container', 'tail']),
        ('top', ['container', 'ps_args']),
        ('rename', ['container', 'name']),
        ('remove_container', ['container']),
        ('remove_network', ['net_id']),
        ('remove_image', ['image']),
        ('remove_volume', ['name']),
        ('create_volume', ['name']),
        ('create_container', ['image', 'name', 'pull']),
        ('exec_create', ['container', 'cmd']),
        ('tag', ['image', 'repository']),
        ('disconnect_container_from_network', ['container', 'net_id']),
        ('connect_container_to_network', ['container', 'net_id']),
        ('update_container', ['container', 'cpuset_cpus']),
        ('build', ['path', 'tag', 'dockerfile']),
    ],
)
@pytest.mark.parametrize('text', REFUSED.values(), ids=list(REFUSED))
def test_values_that_docker_refuses_have_no_effect(run: Run, shell: Any, call: str, keys: list[str], text: str) -> None:
    command_keys = {'cmd': [text]} if 'cmd' in keys else {}
    with pytest.raises(RuntimeError):
        run(call, **{**dict.fromkeys(keys, text), **command_keys})
    assert shell.side_effects() == []


def test_a_password_is_passed_unchanged(shell: Any, command_output: Any, text: str) -> None:
    command_output.default_bin, command_output.cmd_args = 'cat; :', []
    line = command_output.get_cmd('login', username=text, password=text, registry='r')
    assert shell(line, command_output.get_input('login', password=text)) == text
    assert shell.side_effects() == []
