"""What only Podman does not have, and which of its versions can be used."""

from __future__ import annotations

import pytest

from dockermap.api import ActionRunnerException, ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.docker_api import APIError, is_conflict, podman_version
from dockermap.exceptions import UnsupportedError

LINKED = {
    'default network': ({'web': {'image': 'box:1', 'links': 'db'}, 'db': {'image': 'box:1'}}, 'shop.web.links'),
    'own network': (
        {
            'web': {'image': 'box:1', 'networks': [('back', {'links': 'db'})]},
            'db': {'image': 'box:1', 'networks': 'back'},
            'networks': {'back': {}},
        },
        'shop.web.networks[0].links',
    ),
}


@pytest.mark.parametrize(('content', 'place'), LINKED.values(), ids=LINKED)
def test_links_are_refused_before_the_first_change(engine_like, client_for, content, place):
    engine = engine_like('podman')
    with pytest.raises(ValueError, match=r"is Podman, which has no links.*'depends_on'") as error:
        client_for(engine, content).update('web')
    assert str(error.value).startswith(f'{place}: ')
    assert engine.changes == []


def test_a_client_that_does_not_keep_what_it_was_told_is_asked(engine_like, client_for):
    engine = engine_like('podman')
    front_end = client_for(engine, LINKED['default network'][0])
    front_end.clients['__default__'].get_client().told_version = None
    with pytest.raises(ValueError, match='is Podman, which has no links'):
        front_end.startup('web')
    assert [call.method for call in engine.calls] == ['version']


@pytest.mark.parametrize('action', ['create', 'startup', 'update'])
def test_a_container_that_another_run_creates_meanwhile_is_found(engine_like, client_for, action):
    engine = engine_like('podman')
    content = {'web': {'image': 'box:1'}}
    client = client_for(engine, content)
    docker_client = client.clients['__default__'].get_client()
    create_container = docker_client.create_container

    def after_another_run(*args, **kwargs):
        docker_client.create_container = create_container
        client_for(engine, content).create('web')
        return create_container(*args, **kwargs)

    docker_client.create_container = after_another_run
    client.call(action, 'web')
    assert engine.is_running('shop.web') == (action != 'create')
    assert client_for(engine, content).call(action, 'web') == []


@pytest.mark.parametrize(
    ('request_of', 'cause'),
    [
        (lambda client: client.create_container('box:1', name='one'), 'that name is already in use'),
        (lambda client: client.rename('two', 'one'), 'UNIQUE constraint failed: ContainerConfig.Name'),
        (lambda client: client.exec_create('one', 'true'), 'container state improper'),
        (lambda client: client.top('one'), 'top can only be used on running containers'),
        (lambda client: client.pause('one'), 'container state improper'),
        (lambda client: client.remove_network('net'), 'network is being used'),
    ],
    ids=['create', 'rename', 'exec', 'top', 'pause', 'network'],
)
def test_conflicts_have_another_status(engine_like, request_of, cause):
    client = engine_like('podman').client()
    for name in ('one', 'two', 'three'):
        client.create_container('box:1', name=name)
    client.create_network('net')
    client.connect_container_to_network('three', 'net')
    client.start('three')
    with pytest.raises(APIError, match=f'{cause}"') as error:
        request_of(client)
    assert error.value.status_code == 500
    assert is_conflict(error.value)


@pytest.mark.parametrize('name', ['20.10', '26.1', '28.5', '29'])
@pytest.mark.parametrize(('content', 'place'), LINKED.values(), ids=LINKED)
def test_engines_of_docker_have_links(engine_like, client_for, name, content, place):
    engine = engine_like(name)
    client_for(engine, content).update('web')
    assert engine.is_running('shop.web')


REFUSED = {
    'no network': ({'create_options': {'network_disabled': True}}, "create_options.network_disabled.*'none'"),
    'links as argument': ({'host_config': {'links': {'db': 'db'}}}, 'host_config.links.*no links'),
    'link-local': ({'networks': [('back', {'link_local_ips': ['169.254.8.8']})]}, r'networks\[0\].link_local_ips'),
}


@pytest.mark.parametrize(('settings', 'text'), REFUSED.values(), ids=REFUSED)
def test_what_podman_ignores_or_refuses_late_is_refused_before_the_first_change(
    engine_like, client_for, settings, text
):
    engine = engine_like('podman')
    with pytest.raises(ValueError, match=rf'shop\.web\.{text}'):
        client_for(engine, {'web': {'image': 'box:1', **settings}, 'networks': {'back': {}}}).update('web')
    assert engine.changes == []


def test_no_network_can_be_said_twice(engine_like, client_for):
    engine = engine_like('podman')
    content = {'web': {'image': 'box:1', 'network_mode': 'none', 'create_options': {'network_disabled': True}}}
    client_for(engine, content).update('web')
    assert engine.is_running('shop.web')


@pytest.mark.parametrize('name', ['20.10', 'podman'])
@pytest.mark.parametrize(
    ('settings', 'owner'), [({'user': '1234'}, (1234, 1234)), ({'user': '7:8'}, (7, 8)), ({'user': '0'}, (0, 0))]
)
def test_an_empty_volume_keeps_the_owner_that_it_was_given(engine_like, client_for, name, settings, owner):
    engine = engine_like(name)
    content = {
        'web': {'image': 'box:1', 'attaches': 'data', 'permissions': 'u=rwX,go=', **settings},
        'peer': {'image': 'box:1', 'uses': 'data', 'user': '99'},
        'volumes': {'data': '/data'},
    }
    client_for(engine, content, core_image='box:1').startup(['web', 'peer'])
    files = engine.volume('shop.data').files
    assert files.as_data() == {'/': (*owner, '700', None)}
    # Each preparation is done in full: one for each container.
    assert sum(change.startswith('start ') for change in engine.changes) == (4 if name == '20.10' else 6)


@pytest.mark.parametrize('action', ['restart', 'stop', 'shutdown', 'update'])
def test_what_is_paused_is_stopped_all_the_same(any_engine, client_for, action):
    content = {'web': {'image': 'box:1'}}
    client_for(any_engine, content).update('web')
    any_engine.client().pause('shop.web')
    if action == 'update':
        content['web']['create_options'] = {'environment': {'A': '1'}}
    client_for(any_engine, content).call(action, 'web')
    found = any_engine.client().containers(all=True)
    assert [row['State'] for row in found] == {'stop': ['exited'], 'shutdown': []}.get(action, ['running'])
    unpaused = any_engine.flavour.is_podman
    assert any(change.startswith('unpause') for change in any_engine.changes) == unpaused


def sharing(**environment):
    return {
        'web': {'image': 'box:1', 'network_mode': 'src'},
        'src': {'image': 'box:1', 'create_options': {'environment': environment}},
    }


def test_a_container_whose_network_is_shared_is_replaced_alone_and_goes_later(engine_like, client_for, caplog):
    engine = engine_like('podman')
    client_for(engine, sharing()).update('web')
    client_for(engine, sharing(A=1)).update('src')
    assert engine.is_running('shop.src')
    assert 'Container shop.src..former on client __default__ stays, as another one shares its network.' in caplog.text
    for _ in range(2):
        client_for(engine, sharing(A=1)).update('web')
    assert sorted(row['Names'][0] for row in engine.client().containers(all=True)) == ['/shop.src', '/shop.web']
    assert client_for(engine, sharing(A=1)).update('web') == []


@pytest.mark.parametrize('name', ['20.10', 'podman'])
def test_what_the_engine_starts_again_is_waited_for(engine_like, client_for, name):
    engine = engine_like(name)
    job = {'image': 'box:1', 'job': True, 'host_config': {'restart_policy': 'on-failure:2'}}
    loop = {'image': 'box:1', 'host_config': {'restart_policy': 'always'}}
    command = {'command': ['sh', '-c', 'sleep 0.3; exit 7']}
    content = {'job': {**job, 'create_options': command}, 'loop': {**loop, 'create_options': command}}
    with pytest.raises(ActionRunnerException, match='has failed, exit code 7'):
        client_for(engine, content).startup('job', wait=True)
    assert engine.client().inspect_container('shop.job')['RestartCount'] == 2
    with pytest.raises(ActionRunnerException, match='is started over and over again'):
        client_for(engine, content).startup('loop', wait=True, wait_timeout=4)


def test_a_network_in_use_is_re_created(engine_like, client_for):
    engine = engine_like('podman')
    content = {'web': {'image': 'box:1', 'networks': 'back'}, 'networks': {'back': {}}}
    client_for(engine, content).update('web')
    content['networks'] = {'back': {'internal': True}}
    client_for(engine, content).update('web')
    assert engine.network('shop.back').internal
    assert client_for(engine, content).update('web') == []


def podman(version):
    return {'ApiVersion': '1.41', 'Components': [{'Name': 'Podman Engine', 'Version': version}, {'Name': 'Conmon'}]}


@pytest.mark.parametrize(
    ('answer', 'version'),
    [
        (podman('5.8.6'), '5.8.6'),
        ({'Components': [{'Name': 'Engine', 'Version': '28.5.2'}]}, None),
        ({'Components': None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_podman_is_told_by_its_components(answer, version):
    assert podman_version(answer) == version


class Told:
    """A client that has asked for the version when it was made."""

    api_version = '1.41'
    told_version = podman('4.3.1')

    def __init__(self, **arguments):
        pass


def test_podman_before_5_is_refused_by_name():
    class Old(ClientConfiguration):
        client_constructor = Told

    with pytest.raises(UnsupportedError, match=r'^Podman 4\.3\.1, which answers at unix:///run/p\.sock, .* Podman 5'):
        Old('unix:///run/p.sock').get_client()


def test_podman_5_is_taken():
    class Current(ClientConfiguration):
        client_constructor = type('Current', (Told,), {'told_version': podman('5.0.0')})

    configuration = Current('unix:///run/p.sock')
    configuration.get_client()
    assert configuration.has_podman()


def test_a_client_that_is_not_made_yet_is_asked_in_time(engine_like):
    engine = engine_like('podman')

    class Lazy(ClientConfiguration):
        client_constructor = staticmethod(lambda **_: engine.client())

    client = MappingDockerClient(ContainerMap('shop', LINKED['default network'][0]), Lazy())
    with pytest.raises(ValueError, match='is Podman, which has no links'):
        client.update('web')
    assert engine.changes == []
