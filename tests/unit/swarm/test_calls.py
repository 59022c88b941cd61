"""What the calls of the front end do on a swarm."""

from __future__ import annotations

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.exceptions import InputError
from dockermap.map.exceptions import ActionRunnerException, ForeignItemError
from dockermap.testing import InMemoryEngine

WEB = {'image': 'web:1'}


def methods(swarm):
    return [call.method for call in swarm.calls]


def replicas(swarm, name='shop-web'):
    return swarm.named(name)['Spec']['Mode']['Replicated']['Replicas']


def test_create_makes_a_service_without_containers_that_start_starts(swarm, make_client):
    client = make_client({'web': {**WEB, 'replicas': 2}})
    client.create('web')
    assert (replicas(swarm), swarm.running('shop-web')) == (0, [])
    client.start('web')
    assert len(swarm.running('shop-web')) == 2


def test_startup_makes_and_starts_and_changes_nothing_that_is_there(swarm, make_client):
    make_client({'web': WEB}).startup('web')
    swarm.calls.clear()
    make_client({'web': {'image': 'web:2'}}).startup('web')
    assert (methods(swarm), len(swarm.running('shop-web'))) == ([], 1)


def test_restart_replaces_the_containers(swarm, make_client):
    client = make_client({'web': WEB})
    client.update('web')
    former = [task['ID'] for task in swarm.running('shop-web')]
    client.restart('web')
    assert [task['ID'] for task in swarm.running('shop-web')] not in ([], former)


def test_remove_leaves_what_runs_and_shutdown_does_not(swarm, make_client):
    client = make_client({'web': WEB})
    client.update('web')
    client.remove('web')
    assert len(swarm.services) == 1
    client.shutdown('web')
    assert (swarm.services, swarm.tasks) == ({}, [])


def test_more_replicas_are_one_request_and_replace_nothing(swarm, make_client):
    make_client({'web': WEB}).update('web')
    former = {task['ID'] for task in swarm.running('shop-web')}
    swarm.calls.clear()
    make_client({'web': {**WEB, 'replicas': 3}}).update('web')
    now = {task['ID'] for task in swarm.running('shop-web')}
    assert (methods(swarm), len(now), former < now) == (['update_service'], 3, True)


def test_instances_are_services_of_their_own(swarm, make_client):
    make_client({'web': {**WEB, 'instances': ['blue', 'green']}}).update('web')
    assert {service['Spec']['Name'] for service in swarm.services.values()} == {'shop-web-blue', 'shop-web-green'}


def test_a_secret_that_changed_is_a_new_one_and_the_former_one_goes(swarm, make_client):
    make_client({'web': {**WEB, 'secrets': {'token': 'a'}}}).update('web')
    (former,) = swarm.files['secrets']
    make_client({'web': {**WEB, 'secrets': {'token': 'b'}}}).update('web')
    ((name, row),) = swarm.files['secrets'].items()
    (entry,) = swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Secrets']
    assert (name != former, row['data'], entry['SecretID']) == (True, b'b', row['ID'])
    assert entry['File'] == {'Name': 'token', 'UID': '0', 'GID': '0', 'Mode': 0o444}


def test_the_content_of_a_secret_is_neither_in_the_plan_nor_in_its_data(make_client):
    plan = make_client({'web': {**WEB, 'secrets': {'token': 'hidden-value'}}}).plan('update', 'web')
    assert 'hidden-value' not in plan.text(calls=True) + str(plan.to_dict()) + repr(plan)


def test_a_config_of_a_file_is_mounted_at_its_path(swarm, make_client, tmp_path):
    (tmp_path / 'site').write_text('content')
    settings = {'file': str(tmp_path / 'site'), 'path': '/etc/site', 'mode': '0400', 'user': 5}
    make_client({'web': {**WEB, 'configs': {'site': settings}}}).update('web')
    (entry,) = swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Configs']
    assert entry['File'] == {'Name': '/etc/site', 'UID': '5', 'GID': '0', 'Mode': 0o400}
    assert [row['data'] for row in swarm.files['configs'].values()] == [b'content']


def test_a_job_runs_once_and_is_not_repeated(swarm, make_client):
    client = make_client({'web': {**WEB, 'job': True}})
    client.update('web')
    assert [task['Status']['State'] for task in swarm.tasks] == ['complete']
    swarm.calls.clear()
    client.update('web')
    assert methods(swarm) == []


def test_a_job_that_fails_is_an_error_with_its_exit_code(swarm, make_client):
    swarm.broken.add('fail')
    client = make_client({'web': {**WEB, 'job': True, 'create_options': {'command': ['fail']}}})
    with pytest.raises(ActionRunnerException, match=r'non-zero exit \(1\)'):
        client.update('web')


def test_a_job_that_runs_ends_when_it_is_removed(swarm, make_client):
    swarm.endless.add('sleep')
    client = make_client({'web': {**WEB, 'job': True, 'create_options': {'command': ['sleep']}}})
    with pytest.raises(ActionRunnerException, match='not as it should be'):
        client.update('web', wait_timeout=0.01)
    assert len(swarm.running('shop-web')) == 1
    client.shutdown('web')
    swarm.tick()
    assert (swarm.services, swarm.tasks) == ({}, [])


def test_another_image_behind_a_name_is_only_looked_up_on_request(swarm, make_client):
    client = make_client({'web': WEB})
    client.update('web')
    swarm.images['web:1'] = 'sha256:new'
    client.update('web')
    image = swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Image']
    client.update('web', pull_before_update=True)
    now = swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Image']
    assert (image != 'web:1@sha256:new', now) == (True, 'web:1@sha256:new')
    swarm.calls.clear()
    client.update('web', pull_before_update=True)
    assert methods(swarm) == []


def test_what_somebody_changed_on_the_swarm_is_put_right(swarm, make_client):
    client = make_client({'web': WEB})
    client.update('web')
    swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']['Env'] = ['DEBUG=1']
    assert 'environment.DEBUG' in str(client.plan('update', 'web'))
    client.update('web')
    assert 'Env' not in swarm.named('shop-web')['Spec']['TaskTemplate']['ContainerSpec']


def test_a_service_of_somebody_else_is_not_changed(swarm, make_client):
    make_client({'web': WEB}).update('web')
    swarm.named('shop-web')['Spec']['Labels'] = {}
    with pytest.raises(ForeignItemError, match='container shop-web'):
        make_client({'web': {'image': 'web:2'}}).update('web')


def test_what_is_no_longer_on_the_map_is_named_and_removed_on_request(swarm, make_client):
    make_client({'web': WEB, 'db': {'image': 'db:1'}}).update('__all__')
    client = make_client({'web': WEB})
    assert 'shop-db' in str(client.plan('update', '__all__'))
    assert [orphan.name for orphan in client.orphans()] == ['shop-db']
    client.update('__all__', remove_orphans=True)
    assert [service['Spec']['Name'] for service in swarm.services.values()] == ['shop-web']


def test_the_status_tells_of_each_task(swarm, make_client):
    client = make_client({'web': {**WEB, 'replicas': 2}, 'db': {'image': 'db:1'}})
    client.update('web')
    db, web = sorted(client.status(['web', 'db']), key=lambda status: status.name)
    assert (web.name, web.state, web.up_to_date, db.state) == ('shop-web', 'running', True, 'missing')
    assert [(task.node, task.state) for task in web.tasks] == [('node1', 'running')] * 2
    changed = make_client({'web': {'image': 'web:2', 'replicas': 2}}).status('web')
    assert [status.up_to_date for status in changed] == [False]


def test_one_call_covers_an_engine_and_a_swarm(swarm):
    engine = InMemoryEngine('data:1')
    clients = {
        'host': ClientConfiguration(client=engine.client()),
        'swarm': ClientConfiguration(client=swarm.client(), orchestrator='swarm'),
    }
    shop = ContainerMap(
        'shop',
        {
            'data': {'image': 'data:1', 'clients': ['host']},
            'web': {**WEB, 'clients': ['swarm'], 'depends_on': ['data']},
        },
    )
    client = MappingDockerClient(shop, clients=clients)
    client.update('web')
    assert len(swarm.running('shop-web')) == 1
    assert [row['Names'] for row in engine.client().containers()] == [['/shop.data']]
    assert not client.plan('update', 'web').operations


@pytest.mark.parametrize('first', ['host', 'swarm'])
def test_a_condition_is_waited_for_whichever_of_the_two_has_the_container(swarm, first):
    engine = InMemoryEngine('web:1')
    clients = {
        'host': ClientConfiguration(client=engine.client()),
        'swarm': ClientConfiguration(client=swarm.client(), orchestrator='swarm'),
    }
    second = next(name for name in clients if name != first)
    shop = ContainerMap(
        'shop',
        {
            'db': {'image': 'web:1', 'clients': [first], 'job': True, 'create_options': {'command': ['true']}},
            'web': {**WEB, 'clients': [second], 'depends_on': {'db': 'completed'}},
        },
    )
    client = MappingDockerClient(shop, clients=clients)
    calls = [(operation.client_name, operation.call) for operation in client.plan('update', 'web').operations]
    begin = {'swarm': 'create_service', 'host': 'start'}[second]
    assert calls.index((first, 'wait')) < calls.index((second, begin))
    client.update('web', wait=True)
    assert swarm.tasks[-1]['Status']['State'] == ('complete' if first == 'swarm' else 'running')


def test_what_cannot_be_on_the_swarm_leaves_the_engine_alone_as_well(swarm):
    engine = InMemoryEngine('data:1')
    clients = {
        'host': ClientConfiguration(client=engine.client()),
        'swarm': ClientConfiguration(client=swarm.client(), orchestrator='swarm'),
    }
    entries = {'data': {'image': 'data:1', 'clients': ['host']}, 'web': {**WEB, 'clients': ['swarm']}}
    entries['web']['host_config'] = {'privileged': True}
    with pytest.raises(InputError.__base__, match="'privileged' is refused on a swarm"):
        MappingDockerClient(ContainerMap('shop', entries), clients=clients).update(['data', 'web'])
    assert engine.client().containers(all=True) == []


def test_what_orchestrates_is_a_swarm_or_nothing():
    with pytest.raises(InputError, match="orchestrator: Expected 'swarm'"):
        ClientConfiguration(orchestrator='nomad')


def test_owner_and_mode_of_a_new_volume_are_set_by_a_job_on_its_node(swarm, make_client):
    swarm.images['busybox:latest'] = 'sha256:box'
    shop = {'volumes': {'data': '/data'}, 'web': {**WEB, 'attaches': ['data'], 'user': '7:8', 'nodes': ['node2']}}
    client = make_client(shop)
    client.update('web')
    assert [(call.method, call.subject) for call in swarm.calls] == [
        ('create_service', 'shop-web-prepare'),
        ('remove_service', 'shop-web-prepare'),
        ('create_service', 'shop-web'),
    ]
    template = swarm.calls[0].arguments['task_template']
    assert template['Placement'] == {'Constraints': ['node.hostname==node2']}
    assert 'chown -R 7:8 /volume-tmp' in template['ContainerSpec']['Command'][-1]
    (mount,) = template['ContainerSpec']['Mounts']
    assert (mount['Source'], mount['Target']) == ('shop.data', '/volume-tmp')
    swarm.calls.clear()
    client.update('web')
    assert methods(swarm) == []


def test_another_owner_of_a_volume_is_a_difference(swarm, make_client):
    swarm.images['busybox:latest'] = 'sha256:box'
    web = {**WEB, 'attaches': ['data'], 'nodes': ['node2']}
    make_client({'volumes': {'data': {'default_path': '/data', 'user': 'app'}}, 'web': web}).update('web')
    swarm.calls.clear()
    client = make_client({'volumes': {'data': {'default_path': '/data', 'user': 'other'}}, 'web': web})
    assert 'owner and mode of volume data' in str(client.plan('update', 'web'))
    client.update('web')
    assert methods(swarm) == ['create_service', 'remove_service', 'update_service']
    assert swarm.calls[0].arguments['task_template']['ContainerSpec']['Command'][-1] == (
        'chown -R other:other /volume-tmp'
    )


def test_what_is_not_as_on_an_engine_is_said_of_a_new_service(make_client):
    shop = {'web': {**WEB, 'shares': ['/cache'], 'depends_on': ['db']}, 'db': {'image': 'db:1'}}
    notices = make_client(shop).plan('update', 'web').notices
    assert [text for text in notices if text.startswith('shop-web')] == [
        'shop-web has a new, empty volume at its shared paths in each container',
        'shop-web comes after what it depends on in this call; a swarm starts containers again in any order',
    ]


def test_what_depends_on_a_service_waits_for_it(make_client):
    plan = make_client({'web': {**WEB, 'depends_on': ['db']}, 'db': {'image': 'db:1'}}).plan('update', 'web')
    assert [operation.call for operation in plan.operations] == ['create_service', 'wait_for_service'] * 2
    assert 1 in plan.operations[2].needs


@pytest.mark.parametrize(
    ('settings', 'order'),
    [
        ({}, 'start-first'),
        ({'exposes': {80: 8080}}, 'stop-first'),
        ({'exposes': {80: 8080}, 'publish': 'ingress'}, 'start-first'),
        ({'binds': {'/srv': '/srv'}, 'nodes': ['node1']}, 'stop-first'),
        ({'binds': [['/srv', '/srv', 'ro']], 'nodes': ['node1']}, 'start-first'),
        ({'attaches': {'data': '/data'}, 'nodes': ['node1']}, 'stop-first'),
        ({'shares': ['/cache']}, 'start-first'),
    ],
)
def test_a_new_container_is_only_started_first_where_it_takes_nothing_from_the_former_one(
    swarm, make_client, settings, order
):
    make_client({'web': {**WEB, **settings}}).update('web')
    assert swarm.named('shop-web')['Spec']['UpdateConfig']['Order'] == order


def test_a_forced_update_replaces_what_is_as_it_should_be(swarm, make_client):
    client = make_client({'web': WEB})
    client.update('web')
    former = [task['ID'] for task in swarm.running('shop-web')]
    client.update('web', force_update='web')
    assert [task['ID'] for task in swarm.running('shop-web')] not in ([], former)


def test_a_service_of_somebody_else_is_taken_over_on_request(swarm, make_client):
    client = make_client({'web': WEB})
    client.update('web')
    labels = dict(swarm.named('shop-web')['Spec']['Labels'])
    former = [task['ID'] for task in swarm.running('shop-web')]
    swarm.named('shop-web')['Spec']['Labels'] = {}
    client.update('web', adopt=True)
    assert swarm.named('shop-web')['Spec']['Labels'].keys() == labels.keys()
    assert [task['ID'] for task in swarm.running('shop-web')] == former


@pytest.mark.parametrize('action', ['stop', 'restart', 'create', 'start'])
def test_arguments_for_single_containers_are_refused(make_client, action):
    client = make_client({'web': WEB})
    with pytest.raises(TypeError, match="takes no argument 'timeout'"):
        client.run_actions(action, 'web', timeout=3)
