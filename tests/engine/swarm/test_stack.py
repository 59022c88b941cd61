"""What is written for docker stack deploy is accepted by it, and runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from private_swarm import PrivateSwarm

from dockermap.api import ContainerMap
from dockermap.compose import compose_text, dump_stack

pytestmark = pytest.mark.skipif(not shutil.which('docker'), reason='needs the docker command')

WEB: dict[str, Any] = {
    'image': 'web:1',
    'networks': [['front', ['site']]],
    'exposes': {80: 18097},
    'nodes': ['node.role==worker'],
    'stop_timeout': 1,
    'shares': ['/cache'],
    'healthcheck': {'test': 'true', 'interval': '1s'},
    'host_config': {
        'init': True,
        'mem_limit': '64m',
        'nano_cpus': 500_000_000,
        'tmpfs': {'/tmp': 'size=1m'},
        'ulimits': {'nofile': 512},
        'extra_hosts': {'db': '192.0.2.1'},
        'log_config': {'driver': 'json-file', 'options': {'max-size': '1m'}},
        'cap_drop': ['NET_RAW'],
        'restart_policy': 'on-failure:3',
    },
    'create_options': {'command': ['httpd', '-f', '-p', '80'], 'environment': {'A': 'b'}, 'labels': {'c': 'd'}},
}


def test_a_stack_of_what_a_map_says_comes_up(swarm: PrivateSwarm, tmp_path: Path) -> None:
    shop = ContainerMap('stack', {'repository': swarm.registry, 'networks': {'front': {}}, 'web': WEB})
    path = tmp_path / 'stack.yaml'
    path.write_text(compose_text(*dump_stack(shop)), encoding='utf-8')
    environment = {**os.environ, 'DOCKER_HOST': swarm.url(1)}
    command = ['docker', 'stack', 'deploy', '--compose-file', str(path), 'own']
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    try:
        assert result.returncode == 0, result.stderr
        with swarm.api() as api:
            deadline = time.monotonic() + 60
            # On a busy machine, a first one may have failed.
            wanted = {'service': 'own_stack-web', 'desired-state': 'running'}
            while [task['Status']['State'] for task in api.tasks(filters=wanted)] != ['running']:
                assert time.monotonic() < deadline
                time.sleep(0.25)
    finally:
        subprocess.run(['docker', 'stack', 'rm', 'own'], env=environment, capture_output=True, check=False)
