"""Several files, ``include`` and ``extends``; and files that cannot be used."""

from __future__ import annotations

import time

import pytest
import yaml

from dockermap.api import ContainerMap
from dockermap.compose import load
from dockermap.exceptions import DockerMapError, InputError


@pytest.fixture
def files(tmp_path):
    """Writes files below a folder, and gives their paths."""

    def write(**texts):
        paths = []
        for name, text in texts.items():
            path = tmp_path / f'{name.replace("__", "/")}.yaml'
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            paths.append(path)
        return paths

    return write


def merged(files, first, second, section='app'):
    paths = files(one=f'services: {{app: {{image: a, {first}}}}}', two=f'services: {{app: {{{second}}}}}')
    shop, _, _ = load(*paths, environ={})
    return shop.containers.app


@pytest.mark.parametrize(
    ('first', 'second', 'name', 'expected'),
    [
        ('command: [a, b]', 'command: c', 'command', 'c'),
        ('command: [a, b]', 'command: [c]', 'command', ['c']),
        ('environment: [A=1, B=1]', 'environment: {B: 2}', 'environment', {'A': '1', 'B': '2'}),
        ('environment: {A: 1, B: 1}', 'environment: {B: !reset null}', 'environment', {'A': '1'}),
        ('environment: {A: 1}', 'environment: !override {B: 2}', 'environment', {'B': '2'}),
        ('labels: {a: 1}', 'labels: [b=2]', 'labels', {'a': '1', 'b': '2'}),
    ],
)
def test_arguments_of_two_files(files, first, second, name, expected):
    assert merged(files, first, second).create_options[name] == expected


def test_ports_are_joined_and_volumes_replaced_by_their_target(files):
    found = merged(
        files, 'ports: ["80:80"], volumes: ["/a:/x", "/b:/y"]', 'ports: ["80:80", "81:81"], volumes: ["/c:/x"]'
    )
    assert [port.host_port for port in found.exposes] == [80, 81]
    assert {bind.path: bind.host_path for bind in found.binds} == {'/x': '/c', '/y': '/b'}


def test_lists_can_be_replaced_and_settings_taken_back(files):
    found = merged(files, 'ports: ["80:80"], restart: always', 'ports: !override ["81:81"], restart: !reset null')
    assert [port.host_port for port in found.exposes] == [81]
    assert 'restart_policy' not in found.host_config


def test_tests_of_health_are_replaced_and_the_rest_is_merged(files):
    found = merged(files, 'healthcheck: {test: [CMD, a], retries: 3}', 'healthcheck: {test: [CMD, b]}').healthcheck
    assert (found.test, found.retries) == (['CMD', 'b'], 3)


def test_another_log_driver_has_other_options(files):
    found = merged(
        files, 'logging: {driver: json-file, options: {max-size: 1m}}', 'logging: {driver: syslog, options: {tag: x}}'
    )
    assert found.host_config['log_config'] == {'driver': 'syslog', 'options': {'tag': 'x'}}


def test_a_service_of_another_file_is_extended_with_paths_beside_that_file(files, tmp_path):
    path, _ = files(
        compose='services: {app: {extends: {file: other/base.yaml, service: base}, environment: {B: 2}}}',
        other__base='services: {base: {image: a, environment: {A: 1, B: 1}, volumes: ["./x:/x"]}}',
    )
    config = load(path, environ={})[0].containers.app
    assert config.create_options['environment'] == {'A': '1', 'B': '2'}
    assert config.binds[0].host_path == f'{tmp_path}/other/x'


def test_included_files_have_their_own_folder_and_variables(files, tmp_path):
    (tmp_path / 'part').mkdir()
    (tmp_path / 'part' / '.env').write_text('TAG=2\n')
    path, _ = files(
        compose='include: [part/compose.yaml]\nservices: {app: {image: a}}',
        part__compose='services: {db: {image: "b:${TAG}", volumes: ["./x:/x"]}}',
    )
    config = load(path, environ={})[0].containers.db
    assert config.image == 'b:2'
    assert config.binds[0].host_path == f'{tmp_path}/part/x'


def test_a_mapping_is_read_like_a_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    shop, _, _ = load({'name': 'shop', 'services': {'app': {'image': 'a', 'ports': [80]}}}, environ={})
    assert isinstance(shop, ContainerMap)


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('services:\n  a: {}', r"^services\.a: A service has an 'image'.*line 2"),
        ('services:\n  a: {image: x, ports: ["80:x"]}', r'^services\.a\.ports\[0\]: Expected a port.*line 2'),
        ('services:\n  a: {image: x, ports: ["1-3:5-6"]}', r'^services\.a\.ports\[0\]: The ranges.*line 2'),
        ('services:\n  a: {image: x, ports: ["99999:80"]}', r'^services\.a\.ports\[0\]: .*65535'),
        ('services:\n  a: {image: x, volumes: ["data:/y"]}', r"^services\.a\.volumes.*There is no volume 'data'"),
        ('services:\n  a: {image: x, volumes: ["/x:/y:zz"]}', r"^services\.a\.volumes\[0\]: There is no option 'zz'"),
        ('services:\n  a: {image: x, networks: [n]}', r"^services\.a\.networks\.n: There is no network 'n'.*line 2"),
        ('services:\n  a: {image: x, depends_on: [b]}', r"^services\.a\.depends_on\.b: There is no service 'b'"),
        (
            'services:\n  a: {image: x, depends_on: {a: {condition: x}}}',
            r'^services\.a\.depends_on\.a: Expected one of',
        ),
        ('services:\n  a: {image: x, secrets: [s]}', r"^services\.a\.secrets\[0\]: There is nothing called 's'"),
        ('services:\n  a: {image: x, stop_grace_period: soon}', r'^services\.a\.stop_grace_period: Expected a time'),
        ('services:\n  a: {image: x, mem_limit: much}', r'^services\.a\.mem_limit: Expected a size'),
        ('services:\n  a: {image: x, init: maybe}', r'^services\.a\.init: Expected true or false'),
        ('services:\n  a: {image: x, deploy: {placement: {constraints: [node1]}}}', r'Expected a constraint such as'),
        ('services:\n  a: {image: x, deploy: {mode: some}}', r'Expected replicated, global'),
        ('services:\n  a: {image: x, scale: -1}', r'Expected a number of containers'),
        ('services:\n  a: {image: x, scale: 1000000000}', r'Expected a number of containers'),
        ('services:\n  a: {image: x, restart: maybe}', r'^services\.a\.restart: Expected no, always.*line 2'),
        ('services:\n  a: {image: x, cap_add: ["1"]}', r'^services\.a\.cap_add: Expected a capability.*line 2'),
        ('services:\n  a: {image: "x y"}', r'^services\.a\.image: Expected the name of an image.*line 2'),
        (
            'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}',
            r'^services\.a: .*in a circle',
        ),
        (
            'services:\n  a: {image: x, container_name: xx}\n  b: {image: x, container_name: xx}',
            r"^services\.b\.container_name: b is called 'xx', as is a.*line 3",
        ),
        ('services:\n  a: [x]', r'^services\.a: Expected a mapping, found'),
        ('services: [a]', r'^services: Expected a mapping, found'),
        ('[]', r'Expected a Compose file'),
        ('services: {a: {image: x, extends: {service: b}}}', r"^services\.a\.extends: There is no service 'b'"),
        ('services: {a: {image: x, extends: b}, b: {extends: a}}', r'extend each other in a circle: a -> b -> a'),
        ('services: {a: {extends: {file: one.yaml, service: a}}}', r'circle'),
        ('services: {a: {extends: {file: none.yaml}}}', r'none\.yaml: No such file'),
        ('include: [one.yaml]', r'include each other in a circle'),
        ('include: [none.yaml]', r'none\.yaml: No such file'),
        ('name: Not Allowed', r'^name: Expected a name of lower-case letters'),
        ('services: {a: {image: x, networks: [n], network_mode: host}}', r"both 'networks' and 'network_mode'"),
        ('services: {a: {image: x, image: y}}', r'given again'),
        ('services: {a: !python/object:x {}}', r'could not determine a constructor'),
        ('services: {a: {image: !env X}}', r'could not determine a constructor'),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_with_its_place(files, text, said):
    with pytest.raises((DockerMapError, yaml.YAMLError), match=said) as caught:
        load(*files(one=text), environ={})
    assert isinstance(caught.value, (ValueError, yaml.YAMLError))


HOSTILE = {
    'laughs': '\n'.join(
        ['x-0: &a0 [x, x]', *(f'x-{n}: &a{n} [{", ".join([f"*a{n - 1}"] * 9)}]' for n in range(1, 12))]
    ),
    'nested': 'services: ' + '{a: ' * 3000 + '1' + '}' * 3000,
    'lists': 'services: ' + '[' * 5000 + ']' * 5000,
    'extended': 'services:\n'
    + '\n'.join(f'  s{n}: {{image: x, extends: s{n + 1}}}' for n in range(3000))
    + '\n  s3000: {image: x}',
    'itself': 'services: &s {a: *s}',
    'ports': 'services: {a: {image: x, ports: [' + ', '.join(['"1-65535"'] * 3000) + ']}}',
    'variables': 'services: {a: {image: "' + '${A:-' * 5000 + '}' * 5000 + '"}}',
    'braces': 'services: {a: {image: "' + '${' * 30000 + '"}}',
}


@pytest.mark.parametrize('name', HOSTILE)
def test_hostile_documents_end_soon(files, name):
    begun = time.process_time()
    with pytest.raises((ValueError, yaml.YAMLError)):
        load(*files(one=HOSTILE[name]), environ={})
    assert time.process_time() - begun < 20


def test_including_doubles_only_so_often(files):
    texts = {f'f{n}': f'include: [f{n + 1}.yaml, f{n + 1}.yaml]' for n in range(30)}
    paths = files(**texts, f30='services: {a: {image: x}}')
    with pytest.raises(InputError, match='files are read'):
        load(paths[0], environ={})


@pytest.mark.parametrize('device', ['/dev/zero', '/nosuch', '/'])
def test_files_that_are_none(files, device):
    with pytest.raises(InputError, match=device):
        load(*files(one=f'services: {{a: {{image: x, env_file: {device}}}}}'), environ={})
