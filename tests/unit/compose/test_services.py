"""What settings of services become."""

from __future__ import annotations

import pytest

from dockermap.exceptions import InputError
from dockermap.map._dump import map_document


def settings(config, compose_options=None):
    """The settings of a configuration in short forms, without what each one has."""
    from dockermap.api import ContainerMap

    found = map_document(ContainerMap('x', {'containers': {'app': config}}, check_integrity=False))['containers']['app']
    return {name: value for name, value in found.items() if name not in ('image', 'networks')}


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ('command: serve --all', {'create_options': {'command': 'serve --all'}}),
        ('command: [serve, 1, true]', {'create_options': {'command': ['serve', '1', 'true']}}),
        ('entrypoint: []', {'create_options': {'entrypoint': []}}),
        # As under Compose, numbers are those that YAML reads.
        ('environment: {A: 1, B: yes, C: true, D: 1.10, E: 0755, F: "0755", G: 2.0}',
         {'create_options': {'environment': {
             'A': '1', 'B': 'yes', 'C': 'true', 'D': '1.1', 'E': '493', 'F': '0755', 'G': '2',
         }}}),
        ('environment: [A=1, B=, "C=x=y"]', {'create_options': {'environment': {'A': '1', 'B': '', 'C': 'x=y'}}}),
        ('labels: [a, b=1]', {'create_options': {'labels': {'a': '', 'b': '1'}}}),
        ('user: "1000:1000"', {'create_options': {'user': '1000:1000'}}),
        ('container_name: front', {'name': 'front'}),
        ('restart: on-failure:3', {'host_config': {'restart_policy': 'on-failure:3'}}),
        ('restart: no', {'host_config': {'restart_policy': 'no'}}),
        ('mem_limit: 1.5g', {'host_config': {'mem_limit': '1536m'}}),
        ('shm_size: 64000', {'host_config': {'shm_size': 64000}}),
        ('memswap_limit: -1', {'host_config': {'memswap_limit': -1}}),
        ('cpus: "0.5"', {'host_config': {'nano_cpus': 500_000_000}}),
        ('cpu_quota: 50ms', {'host_config': {'cpu_quota': 50_000}}),
        ('stop_grace_period: 1m30s', {'stop_timeout': 90}),
        ('stop_grace_period: 1500ms', {'stop_timeout': 2}),
        ('stop_signal: SIGINT', {'stop_signal': 'SIGINT'}),
        ('healthcheck: {disable: true}', {'healthcheck': 'NONE'}),
        ('healthcheck: {test: NONE}', {'healthcheck': 'NONE'}),
        ('healthcheck: {test: [CMD, true], interval: 1m30s, retries: "3"}',
         {'healthcheck': {'test': ['CMD', 'true'], 'interval': '90s', 'retries': 3}}),
        ('healthcheck: {test: curl -f x || exit 1}', {'healthcheck': {'test': 'curl -f x || exit 1'}}),
        ('ports: ["8080:80"]', {'exposes': {80: 8080}}),
        ('ports: [8080:80]', {'exposes': {80: 8080}}),
        ('ports: ["127.0.0.1:8080:80/udp"]', {'exposes': {'80/udp': [8080, 'local']}}),
        ('ports: ["192.0.2.1::80"]', {'exposes': {80: [0, '192.0.2.1']}}),
        ('ports: ["[::1]:80:80"]', {'exposes': {80: [80, 'local', True]}}),
        ('ports: ["0.0.0.0:80:80"]', {'exposes': {80: 80}}),
        ('ports: [80]', {'exposes': {80: 0}}),
        ('ports: ["3000-3001:80-81"]', {'exposes': {80: 3000, 81: 3001}}),
        ('ports: ["80:80", "81:80"]', {'exposes': [{80: 80}, {80: 81}]}),
        ('ports: [{target: 80, published: "8080", protocol: tcp, mode: host}]', {'exposes': {80: 8080}}),
        ('expose: ["80", 81-82, 53/udp, 84/tcp]', {'exposes': [80, 81, 82, '53/udp', 84]}),
        ('expose: ["80"]\nports: ["80:80"]', {'exposes': {80: 80}}),
        ('volumes: [/cache]', {'shares': ['/cache']}),
        ('volumes: ["/a:/b", "/c:/d:ro"]', {'binds': {'/b': '/a', '/d': ['/c', 'ro']}}),
        ('volumes: ["/a:/b:z,ro"]', {'host_config': {'binds': ['/a:/b:ro,z']}}),
        ('volumes: ["/a:/b:rshared"]', {'host_config': {'binds': ['/a:/b:rw,rshared']}}),
        ('volumes: ["/a:/b:cached"]', {'binds': {'/b': '/a'}}),
        ('volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 01777}}]',
         {'host_config': {
             'mounts': [{'type': 'tmpfs', 'target': '/t', 'tmpfs_options': {'size_bytes': '1m', 'mode': 1023}}],
         }}),
        ('volumes: [{type: image, source: site, target: /www, image: {subpath: html}}]',
         {'host_config': {'mounts': [
             {'type': 'image', 'source': 'site', 'target': '/www', 'image': {'subpath': 'html'}},
         ]}}),
        ('annotations: {a.b: 1}', {'host_config': {'annotations': {'a.b': '1'}}}),
        ('healthcheck: {test: x, start_interval: 2s}', {'healthcheck': {'test': 'x', 'start_interval': '2s'}}),
        ('tmpfs: /run', {'host_config': {'tmpfs': {'/run': ''}}}),
        ('network_mode: host', {'network_mode': 'host'}),
        ('network_mode: "container:x"', {'network_mode': 'container:x'}),
        ('network_mode: some-net', {'host_config': {'network_mode': 'some-net'}}),
        ('extra_hosts: {a: 192.0.2.1, b: [192.0.2.2]}',
         {'host_config': {'extra_hosts': ['a:192.0.2.1', 'b:192.0.2.2']}}),
        ('extra_hosts: ["a=[::1]"]', {'host_config': {'extra_hosts': ['a:::1']}}),
        ('ulimits: {nofile: 10, core: {soft: 1, hard: 2}}',
         {'host_config': {
             'ulimits': [{'name': 'nofile', 'soft': 10, 'hard': 10}, {'name': 'core', 'soft': 1, 'hard': 2}],
         }}),
        ('logging: {driver: syslog}', {'host_config': {'log_config': {'driver': 'syslog'}}}),
        ('devices: [{source: /dev/a, target: /dev/b, permissions: r}]',
         {'host_config': {'devices': ['/dev/a:/dev/b:r']}}),
        ('gpus: all', {'host_config': {'device_requests': [{'count': -1, 'capabilities': [['gpu']]}]}}),
        ('deploy: {resources: {limits: {cpus: 0.5, memory: 50M}, reservations: {memory: 20M}}}',
         {'host_config': {'nano_cpus': 500_000_000, 'mem_limit': '50m', 'mem_reservation': '20m'}}),
        ('deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}',
         {'host_config': {'restart_policy': 'on-failure:3'}}),
        ('restart: always\ndeploy: {restart_policy: {condition: none}}', {'host_config': {'restart_policy': 'no'}}),
        ('deploy: {restart_policy: {condition: none}}\nrestart: always', {'host_config': {'restart_policy': 'no'}}),
        ('deploy: {replicas: 2}', {'instances': ['1', '2']}),
        ('deploy: {mode: replicated}', {}),
        ('deploy: {mode: replicated-job}', {'job': True}),
        ('deploy: {endpoint_mode: dnsrr}', {'endpoint_mode': 'dnsrr'}),
        ('deploy: {placement: {constraints: [node.role == worker, "node.labels.disk!=ssd "]}}',
         {'nodes': ['node.role==worker', 'node.labels.disk!=ssd']}),
        ('scale: 1', {}),
        ('dns: 192.0.2.1\ndns_search: x', {'host_config': {'dns': ['192.0.2.1'], 'dns_search': ['x']}}),
        ('cgroup: private\nuts: host\ncpuset: 0,1',
         {'host_config': {'cgroupns': 'private', 'uts_mode': 'host', 'cpuset_cpus': '0,1'}}),
        ('init: true\nread_only: true\ntty: true',
         {'host_config': {'init': True, 'read_only': True}, 'create_options': {'tty': True}}),
        ('group_add: [1000, audio]', {'host_config': {'group_add': ['1000', 'audio']}}),
        ('pids_limit: "100"', {'host_config': {'pids_limit': 100}}),
        ('pull_policy: missing', {}),
    ],
)  # fmt: skip
def test_a_setting(config, given, expected):
    assert settings(config(given)) == expected


DB = '  db:\n    image: db\n'


@pytest.mark.parametrize(
    ('given', 'more', 'expected'),
    [
        ('depends_on: [db]', DB, {'depends_on': {'db': 'started'}}),
        ('depends_on: {db: {condition: service_healthy}}', DB, {'depends_on': {'db': 'healthy'}}),
        ('links: ["db:base"]', DB, {'links': {'db': 'base'}}),
        ('links: [db]', DB, {'depends_on': {'db': 'started'}}),
        ('network_mode: service:db', DB, {'network_mode': 'db'}),
        ('network_mode: service:db', f'{DB}    scale: 2\n', {'network_mode': 'db.1'}),
        ('ipc: service:db', DB, {'depends_on': {'db': 'started'}, 'host_config': {'ipc_mode': 'container:shop.db'}}),
        ('pid: service:db', f'{DB}    container_name: base\n',
         {'depends_on': {'db': 'started'}, 'host_config': {'pid_mode': 'container:base'}}),
        ('volumes_from: ["db:ro"]', f'{DB}    volumes: [/x]\n', {'uses': {'db': 'ro'}}),
        ('volumes_from: [db]', f'{DB}    volumes: ["data:/x"]\nvolumes: {{data: }}\n', {'uses': {'data': '/x'}}),
        ('volumes: ["data:/y:ro"]',
         f'{DB}    volumes: ["data:/x"]\nvolumes: {{data: }}\n', {'uses': {'data': ['/y', 'ro']}}),
        ('volumes: ["data:/y", "data:/z:ro"]', 'volumes: {data: }\n',
         {'attaches': {'data': '/y'}, 'host_config': {'binds': ['shop.data:/z:ro']}}),
        ('secrets: [key]', 'secrets: {key: {file: /k}}\n', {'secrets': {'key': {'file': '/k'}}}),
        ('configs: [{source: key, target: /etc/k}]',
         'configs: {key: {file: /k}}\n', {'configs': {'key': {'file': '/k', 'path': '/etc/k'}}}),
        ('configs: [key]', 'configs: {key: {file: /k}}\n', {'configs': {'key': {'file': '/k'}}}),
        ('configs: [key]', 'configs: {key: {content: "a=$$1"}}\n', {'configs': {'key': 'a=$1'}}),
        ('secrets: [key]', 'secrets: {key: {environment: TOKEN}}\n', {'secrets': {'key': {'environment': 'TOKEN'}}}),
        ('secrets: [{source: key, target: /etc/k, uid: "5", gid: "6", mode: 0440}]', 'secrets: {key: {file: /k}}\n',
         {'secrets': {'key': {'file': '/k', 'path': '/etc/k', 'user': 5, 'group': 6, 'mode': '0440'}}}),
        ('secrets: [{source: key, target: other}, {source: key, mode: "400"}]', 'secrets: {key: {file: /k}}\n',
         {'secrets': {'key': {'file': '/k', 'path': '/run/secrets/other'},
                      'key.2': {'file': '/k', 'path': '/run/secrets/key', 'mode': '0400'}}}),
        ('secrets: [key]', 'secrets: {key: {external: true}}\n', {}),
    ],
)  # fmt: skip
def test_what_leads_to_others(config, given, more, expected):
    assert settings(config(given, more)) == expected


def test_what_others_wait_for_to_be_completed_is_a_job(compose):
    shop, _, _ = compose(
        'services:\n  app: {image: a, depends_on: {init: {condition: service_completed_successfully}}}\n'
        '  init: {image: i}\n'
    )
    assert shop.containers.init.job is True
    assert not shop.containers.app.job


def test_relative_paths_are_beside_the_file(compose, tmp_path):
    shop, _, _ = compose('services:\n  app: {build: ./src, volumes: ["./conf:/etc", "../up:/up", "~/x:/x"]}\n')
    config = shop.containers.app
    assert config.build == {'context': f'{tmp_path}/shop/src'}
    paths = [bind.host_path for bind in config.binds]
    assert paths[:2] == [f'{tmp_path}/shop/conf', f'{tmp_path}/up']
    assert not paths[2].startswith('~')
    assert config.image == 'shop-app'


def test_without_networks_services_are_found_in_one_of_their_own(compose):
    shop, _, _ = compose('services:\n  app: {image: a}\n')
    (endpoint,) = shop.containers.app.networks
    assert (endpoint.network_name, endpoint.aliases) == ('default', ['app'])


def test_networks_are_joined_by_priority_with_aliases_and_addresses(compose):
    text = (
        'services:\n  app:\n    image: a\n    networks:\n      b:\n      a: {priority: 5, aliases: [x], '
        'ipv4_address: 10.0.0.5, link_local_ips: [169.254.0.1]}\nnetworks: {a: , b: }\n'
    )
    first, second = compose(text)[0].containers.app.networks
    assert (first.network_name, first.aliases, first.ipv4_address) == ('a', ['app', 'x'], '10.0.0.5')
    assert second.network_name == 'b'


def test_a_mac_address_is_that_of_the_network_where_there_are_several(compose):
    text = (
        'services:\n  app: {image: a, networks: {b: {mac_address: "02:00:00:00:00:01"}, c: {gw_priority: 5}}}\n'
        '  one: {image: a, networks: {b: {mac_address: "02:00:00:00:00:02"}}}\nnetworks: {b: , c: }\n'
    )
    shop, _, _ = compose(text)
    first, second = shop.containers.app.networks
    assert (first.mac_address, second.gw_priority) == ('02:00:00:00:00:01', 5)
    assert shop.containers.one.create_options['mac_address'] == '02:00:00:00:00:02'


def test_networks_and_volumes(compose):
    text = """
services: {app: {image: a}}
networks:
  a: {driver: bridge, internal: true, attachable: true, labels: [x=1], driver_opts: {mtu: 1400},
      ipam: {driver: default, config: [{subnet: 10.1.0.0/16, gateway: 10.1.0.1, aux_addresses: {r: 10.1.0.2}}]}}
  b: {external: true, name: other}
  c: {external: true}
volumes:
  d: {driver: local, driver_opts: {type: tmpfs}, labels: {y: 2}}
  e: {external: {name: old}}
"""
    shop, _, _ = compose(text)
    pool = {'subnet': '10.1.0.0/16', 'gateway': '10.1.0.1', 'aux_addresses': {'r': '10.1.0.2'}}
    assert shop.networks.a.as_dict(unset=False) == {
        'driver': 'bridge',
        'driver_options': {'mtu': '1400'},
        'internal': True,
        'create_options': {'attachable': True, 'labels': {'x': '1'}, 'ipam': {'driver': 'default', 'config': [pool]}},
    }
    assert (shop.networks.b.external, shop.networks.c.external, shop.volumes.e.external) == ('other', True, 'old')
    assert shop.volumes.d.driver_options == {'type': 'tmpfs'}
    assert shop.volumes.d.create_options == {'labels': {'y': '2'}}


def test_addresses_of_ports_are_interfaces_of_the_client(compose):
    _, client, _ = compose('services:\n  app: {image: a, ports: ["127.0.0.1:1:1", "192.0.2.9:2:2", "[::1]:3:3"]}\n')
    assert client.interfaces == {'local': '127.0.0.1', '192.0.2.9': '192.0.2.9'}
    assert client.interfaces_ipv6 == {'local': '::1'}


def test_a_range_of_host_ports_gives_each_instance_one(compose):
    shop, _, _ = compose('services:\n  app: {image: a, scale: 2, ports: ["8000-8005:80"]}\n')
    found = [shop.get_instance('app', name).exposes[0].host_port for name in ('1', '2')]
    assert found == [8000, 8001]


@pytest.mark.parametrize(
    ('profiles', 'environ', 'default'),
    [
        ((), {}, ['app']),
        (['debug'], {}, ['app', 'tool']),
        ((), {'COMPOSE_PROFILES': 'other,debug'}, ['app', 'tool']),
        (['*'], {}, ['app', 'tool', 'more']),
    ],
)
def test_profiles_are_groups_and_the_default_group_has_the_others(compose, profiles, environ, default):
    text = (
        'services:\n  app: {image: a}\n  tool: {image: t, profiles: [debug]}\n'
        '  more: {image: m, profiles: [late, debug2]}\n'
    )
    shop, _, _ = compose(text, profiles=profiles, environ=environ)
    assert shop.groups['debug'] == ['tool']
    assert shop.groups['late'] == ['more']
    everything = shop.groups[shop.default_group] if shop.default_group else [name for name, _ in shop]
    assert everything == default


@pytest.mark.parametrize(
    ('text', 'environ', 'name'),
    [
        ('name: mine\n', {'COMPOSE_PROJECT_NAME': 'env'}, 'mine'),
        ('', {'COMPOSE_PROJECT_NAME': 'env'}, 'env'),
        ('', {}, 'shop'),
        ('name: "x-${STAGE}"\n', {'STAGE': 'test'}, 'x-test'),
    ],
)
def test_the_name_of_the_map(compose, text, environ, name):
    assert compose(f'{text}services: {{app: {{image: a}}}}\n', environ=environ)[0].name == name


def test_volumes_belong_to_services_so_that_nothing_needs_itself(compose):
    text = """
services:
  a: {image: a, volumes: ["xx:/x", "yy:/y:ro"]}
  b: {image: b, volumes: ["xx:/x:ro", "yy:/y"], depends_on: [c]}
  c: {image: c, volumes: ["xx:/x:ro"]}
volumes: {xx: , yy: }
"""
    shop, _, notes = compose(text)
    owners = {volume.name: name for name, config in shop for volume in config.attaches}
    assert owners.keys() == {'xx', 'yy'}
    assert owners['xx'] == 'a'
    # One of them has to be able to write what it only reads.
    assert [note.what for note in notes] == ['yy']


@pytest.mark.parametrize(
    ('settings', 'path'),
    [
        ('nosuch: 1', 'services.app.nosuch'),
        ('healthcheck: {test: x, nosuch: 1}', 'services.app.healthcheck.nosuch'),
        ('logging: {driver: syslog, nosuch: 1}', 'services.app.logging.nosuch'),
        ('ports: [{target: 80, nosuch: 1}]', 'services.app.ports.nosuch'),
        ('volumes: [{type: bind, source: /x, target: /y, nosuch: 1}]', 'services.app.volumes[0].nosuch'),
        ('volumes: [{type: bind, source: /x, target: /y, bind: {nosuch: 1}}]', 'services.app.volumes[0].bind.nosuch'),
        ('volumes: [{type: npipe, source: x, target: /y}]', 'services.app.volumes[0]'),
        ('deploy: {nosuch: 1}', 'services.app.deploy.nosuch'),
        ('deploy: {resources: {nosuch: 1}}', 'services.app.deploy.resources.nosuch'),
        ('deploy: {resources: {limits: {nosuch: 1}}}', 'services.app.deploy.resources.limits.nosuch'),
        ('deploy: {mode: global}', 'services.app.deploy.mode'),
        ('deploy: {labels: {a: b}}', 'services.app.deploy.labels'),
        ('deploy: {update_config: {parallelism: 2}}', 'services.app.deploy.update_config'),
        ('deploy: {rollback_config: {parallelism: 2}}', 'services.app.deploy.rollback_config'),
        ('deploy: {placement: {preferences: [{spread: node.labels.a}]}}', 'services.app.deploy.placement.preferences'),
        ('deploy: {placement: {max_replicas_per_node: 1}}', 'services.app.deploy.placement.max_replicas_per_node'),
        ('deploy: {placement: {nosuch: 1}}', 'services.app.deploy.placement.nosuch'),
        ('deploy: {resources: {reservations: {cpus: 1}}}', 'services.app.deploy.resources.reservations.cpus'),
        (
            'deploy: {restart_policy: {condition: any, max_attempts: 3}}',
            'services.app.deploy.restart_policy.max_attempts',
        ),
        ('deploy: {restart_policy: {delay: 1s}}', 'services.app.deploy.restart_policy.delay'),
        ('deploy: {restart_policy: {nosuch: 1}}', 'services.app.deploy.restart_policy.nosuch'),
        ('build: {context: ., nosuch: 1}', 'services.app.build.nosuch'),
        ('networks: {default: {nosuch: 1}}', 'services.app.networks.default.nosuch'),
        ('env_file: [{path: a.env, required: false, nosuch: 1}]', 'services.app.env_file[0].nosuch'),
        ('depends_on: {app: {nosuch: 1}}', 'services.app.depends_on.app.nosuch'),
        ('post_start: [{command: x, nosuch: 1}]', 'services.app.post_start.nosuch'),
    ],
)
def test_what_nothing_knows_is_a_note(compose, settings, path):
    if 'depends_on' in settings:
        settings = settings.replace('app', 'db')
        path = path.replace('on.app', 'on.db')
    text = f'services:\n  app:\n    image: a\n    {settings}\n  db: {{image: b}}\n'
    assert path in [note.path for note in compose(text)[2]]


@pytest.mark.parametrize(
    ('more', 'path'),
    [
        ('nosuch: 1', 'nosuch'),
        ('networks: {n: {nosuch: 1}}', 'networks.n.nosuch'),
        ('networks: {n: {ipam: {nosuch: 1}}}', 'networks.n.ipam.nosuch'),
        ('networks: {n: {ipam: {config: [{nosuch: 1}]}}}', 'networks.n.ipam.config.nosuch'),
        ('volumes: {n: {nosuch: 1}}', 'volumes.n.nosuch'),
        ('secrets: {n: {file: x, nosuch: 1}}', 'secrets.n.nosuch'),
        ('configs: {n: {file: x, nosuch: 1}}', 'configs.n.nosuch'),
    ],
)
def test_what_nothing_knows_beside_services_is_a_note(compose, more, path):
    assert [note.path for note in compose(f'services: {{app: {{image: a}}}}\n{more}\n')[2]] == [path]


def test_what_begins_with_x_is_ignored_everywhere(compose):
    text = (
        'x-a: 1\nservices: {app: {image: a, x-b: 1, healthcheck: {test: x, x-c: 1}, deploy: {x-d: 1}}}\n'
        'networks: {n: {x-e: 1}}\nvolumes: {v: {x-f: 1}}\n'
    )
    assert compose(text)[2] == []


def test_a_variable_of_a_file_is_a_note_as_it_is_not_read_later(compose):
    text = 'services: {app: {image: a, secrets: [token]}}\nsecrets: {token: {environment: TOKEN}}\n'
    assert not compose(text, environ={'TOKEN': 'hunter2'})[2]
    (note,) = compose(text, _dot_env='TOKEN=hunter2')[2]
    assert (note.path, note.hint) == ('services.app.secrets', 'Set TOKEN in the environment.')
    assert 'hunter2' not in str(note)


@pytest.mark.parametrize('mode', ['0999', '-1', '"rw"', '99999999'])
def test_modes_of_files_are_checked(compose, mode):
    with pytest.raises(InputError, match=r'services\.app\.secrets\[0\]\.mode'):
        compose(
            f'services: {{app: {{image: a, secrets: [{{source: k, mode: {mode}}}]}}}}\nsecrets: {{k: {{file: /k}}}}\n'
        )
