"""Maps and clients come from the pillar, from files, and from arguments."""

from __future__ import annotations

from typing import Any

import pytest

Minion = Any
TOOL = {'tool': {'image': 'busybox'}}


def started(ret: dict[str, Any]) -> list[str]:
    assert ret['result'] is True, ret['comment']
    return sorted(ret['changes'])


def write(minion: Minion, content: str, name: str = 'base/other/site.yaml') -> str:
    path = minion.files / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding='utf-8')
    return str(path)


def test_maps_of_the_pillar_are_read_as_they_are(minion: Minion) -> None:
    minion.state('updated', 'shop')

    environment = minion.engine.client().inspect_container('shop.app')['Config']['Env']
    assert 'PASSWORD=hunter2-xyzzy' in environment


@pytest.mark.parametrize(
    ('maps', 'expected'),
    [
        ({'site': TOOL}, 'container site.tool'),
        ([{'site': TOOL}], 'container site.tool'),
        ('salt://other/site.yaml', 'container site.tool'),
        (['salt://other/site.yaml'], 'container site.tool'),
        ({'other': 'salt://other/site.yaml'}, 'container other.tool'),
    ],
)
def test_maps_may_be_given(minion: Minion, maps: Any, expected: str) -> None:
    write(minion, 'tool: {image: busybox}')

    assert started(minion.state('updated', '__all__', maps=maps)) == [expected]


def test_a_file_may_be_one_of_the_minion_and_have_a_name_of_its_own(minion: Minion) -> None:
    path = write(minion, 'name: own\ntool: {image: busybox}', 'map.yaml')

    assert started(minion.state('updated', 'own', maps=path)) == ['container own.tool']


def test_the_pillar_may_name_files(minion: Minion) -> None:
    write(minion, 'tool: {image: busybox}')
    minion.pillar['dockermap']['maps'] = {'site': 'salt://other/site.yaml'}

    assert started(minion.state('updated', 'site')) == ['container site.tool']


def test_a_state_reads_files_of_its_own_environment(minion: Minion, monkeypatch: pytest.MonkeyPatch) -> None:
    write(minion, 'tool: {image: busybox}', 'dev/site.yaml')
    monkeypatch.setattr(minion.states, '__env__', 'dev', raising=False)

    assert started(minion.state('updated', 'site', maps='salt://site.yaml')) == ['container site.tool']


@pytest.mark.parametrize(
    ('maps', 'expected'),
    [
        ('salt://no.yaml', "salt://no.yaml: The file server does not have this file in 'base'."),
        ('maps/no.yaml', 'maps/no.yaml: Expected salt://… or an absolute path.'),
        ('/no/such/file.yaml', '/no/such/file.yaml: No such file or directory'),
        ({'site': 7}, 'maps:site: Expected the settings of a map, or the name of a file.'),
        ({}, "There are no maps: neither in the pillar at dockermap:maps, nor as 'maps'."),
    ],
)
def test_what_is_no_map_is_told(minion: Minion, maps: Any, expected: str) -> None:
    assert minion.state('updated', 'site', maps=maps)['comment'] == expected


def test_mistakes_in_a_file_are_told_with_their_line(minion: Minion) -> None:
    write(minion, 'tool:\n  image: busybox\n  linkss: app\n')

    comment = minion.state('updated', 'site', maps='salt://other/site.yaml')['comment']

    assert comment.startswith('site.tool.linkss: ')
    assert 'line 3' in comment


def test_what_nothing_knows_is_a_warning_if_the_map_need_not_be_strict(minion: Minion) -> None:
    maps = {'site': {'tool': {'image': 'busybox', 'imagee': 'x'}}}

    strict, lax = (minion.state('updated', 'site', maps=maps, strict=strict) for strict in (True, False))

    assert strict['result'] is False
    assert lax['result'] is True
    [warning] = lax['warnings']
    assert warning.startswith('site.tool.imagee: ')


@pytest.mark.parametrize('function', ['updated', 'absent'])
def test_masked_values_are_an_error_that_says_so(minion: Minion, function: str) -> None:
    handed_out = minion.functions['pillar.get']('dockermap:maps')

    failed = minion.state(function, 'shop', maps=handed_out)

    assert failed['result'] is False
    assert failed['comment'].startswith('maps:shop:')
    assert 'Found **********, which Salt puts in place of values of the pillar.' in failed['comment']
    assert minion.engine.changes == []


def test_masked_logins_are_an_error_too(minion: Minion) -> None:
    clients = {'__default__': {'auth_configs': {'registry.example': {'password': '**********'}}}}

    failed = minion.state('updated', 'shop', clients=clients)

    assert failed['comment'].startswith('clients:__default__:auth_configs:registry.example:password: Found ****')


def test_addresses_of_interfaces_can_be_grains(minion: Minion) -> None:
    minion.maps['shop']['web']['exposes'] = {80: [8080, 'public']}
    default = minion.pillar['dockermap']['clients']['__default__']
    default['interfaces'] = {'public': {'grain': 'ip4_interfaces:eth0:0'}}

    assert minion.state('updated', 'shop')['result'] is True

    ports = minion.engine.client().inspect_container('shop.web')['HostConfig']['PortBindings']
    assert ports['80/tcp'] == [{'HostIp': '192.0.2.7', 'HostPort': '8080'}]


def test_a_grain_that_is_not_there_is_told_with_its_place(minion: Minion) -> None:
    default = minion.pillar['dockermap']['clients']['__default__']
    default['interfaces'] = {'public': {'grain': 'ip4_interfaces:eth9:0'}}

    assert minion.state('updated', 'shop')['comment'] == (
        "dockermap:clients:__default__:interfaces:public: The minion has no grain 'ip4_interfaces:eth9:0'."
    )


def test_settings_of_clients_that_are_none_are_told(minion: Minion) -> None:
    minion.pillar['dockermap']['clients'] = {'__default__': {'interfaces': {'public': 'nowhere'}}}

    assert '__default__.interfaces.public: Expected an IP address' in minion.state('updated', 'shop')['comment']


@pytest.mark.parametrize('clients', [None, {}, {'other': {'base_url': 'tcp://127.0.0.1:1'}}])
def test_the_default_client_is_the_engine_of_the_minions_environment(
    minion: Minion, clients: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    minion.pillar['dockermap']['clients'] = clients
    monkeypatch.setenv('DOCKER_HOST', 'unix:///from-environment.sock')

    comment = minion.state('updated', 'shop')['comment']

    assert 'No Docker Engine answers at unix:///from-environment.sock' in comment


@pytest.mark.parametrize(
    ('settings', 'is_asked'),
    [
        ({}, True),
        ({'networks': {'back': None}}, True),
        ({'clients': ['other']}, False),
        ({'web': {'image': 'web', 'clients': 'other'}}, False),
        ({'web': {'image': 'web', 'clients': 'other'}, 'app': {'image': 'api'}}, True),
    ],
    ids=str,
)
def test_the_default_client_is_there_for_maps_that_may_have_something_on_it(
    minion: Minion, settings: dict[str, Any], is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('DOCKER_HOST', 'unix:///from-environment.sock')
    clients = minion.pillar['dockermap']['clients']
    clients['other'] = clients.pop('__default__')

    found = minion.state('cleaned', 'shop', maps={'shop': settings})

    assert ('from-environment.sock' in found['comment']) is is_asked
    assert found['result'] is not is_asked


def test_options_and_defaults_of_maps_are_in_the_pillar_too(minion: Minion) -> None:
    minion.engine.add_image('tools/busybox:1')
    minion.maps['shop'] = {'tool': {'image': 'busybox'}}
    minion.pillar['dockermap']['map_defaults'] = {'repository': 'tools', 'default_tag': '1'}
    minion.pillar['dockermap']['options'] = {'wait_timeout': 5}

    minion.state('updated', 'shop')

    assert minion.engine.client().inspect_container('shop.tool')['Config']['Image'] == 'tools/busybox:1'


def test_a_name_needs_no_map_where_it_is_clear(minion: Minion) -> None:
    minion.maps['site'] = dict(TOOL)

    failed = minion.state('updated', 'web')
    found = minion.state('updated', 'web', map_name='shop')

    assert "Write 'map.configuration'" in failed['comment']
    assert found['result'] is True
