"""Ctrl-C in a program of its own that replaces containers of a real engine."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import docker
import pytest

from dockermap.api import MappingDockerClient

STOP_TIMEOUT = 2
DEAF = ['sh', '-c', "trap '' TERM; while :; do sleep 0.1; done"]
PROGRAM = """
import json, sys
import docker
from dockermap.api import ContainerMap, MappingDockerClient

url, name, content, options = sys.argv[1:]
client = docker.APIClient(base_url=url, version='auto', timeout=60)
front = MappingDockerClient(ContainerMap(name, json.loads(content)), client, option_defaults=json.loads(options))
try:
    front.update('__all__', start_grace=4, listener=lambda event: print(event.kind, event.call, flush=True))
except KeyboardInterrupt:
    print('INTERRUPTED', flush=True)
"""


def content(image: str, stage: str) -> dict[str, Any]:
    """A container, and one that uses its network stack and so is replaced with it; they do not end when asked to."""
    options = {'command': DEAF, 'environment': {'STAGE': stage}}
    common: dict[str, Any] = {'image': f'/{image}', 'stop_timeout': STOP_TIMEOUT, 'create_options': options}
    policy = {'restart_policy': {'Name': 'unless-stopped'}}
    return {'main': {**common, 'host_config': policy, 'shares': '/spool'}, 'proxy': {**common, 'network_mode': 'main'}}


@pytest.mark.parametrize(
    ('event', 'number', 'end'),
    [
        pytest.param('started stop', 1, 'a', id='first-stop', marks=pytest.mark.full),
        pytest.param('started stop', 2, 'a', id='second-stop', marks=pytest.mark.full),
        pytest.param('started start', 1, 'a', id='first-start', marks=pytest.mark.full),
        pytest.param('waiting wait', 2, 'b', id='all-started'),
    ],
)
def test_all_new_ones_or_all_former_ones_run_within_seconds(
    make_client: Callable[..., MappingDockerClient],
    api: docker.APIClient,
    engine_url: str,
    unique: str,
    base_image: str,
    option_defaults: dict[str, Any],
    event: str,
    number: int,
    end: str,
) -> None:
    make_client(content(base_image, 'a')).startup('__all__')
    volume = api.inspect_container(f'{unique}.main')['Mounts'][0]['Name']
    wanted = json.dumps(content(base_image, 'b'))
    program = subprocess.Popen(
        [sys.executable, '-c', PROGRAM, engine_url, unique, wanted, json.dumps(option_defaults)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    for _ in range(number):
        while (line := program.stdout.readline().strip()) != event:
            assert line, 'the program has ended'
    time.sleep(0.5)
    begin = time.monotonic()
    program.send_signal(signal.SIGINT)
    rest, _ = program.communicate(timeout=60)

    assert time.monotonic() - begin < 10 + 2 * STOP_TIMEOUT + 2
    assert 'INTERRUPTED' in rest.splitlines()
    _check(api, unique, end, volume)
    time.sleep(STOP_TIMEOUT)
    # Nor does a stop that was begun end a container later.
    _check(api, unique, end, volume)
    make_client(content(base_image, 'b')).update('__all__')
    _check(api, unique, 'b', volume)


def _check(api: docker.APIClient, unique: str, stage: str, volume: str) -> None:
    rows = api.containers(all=True, filters={'name': f'^/{unique}\\.'})
    assert sorted(row['Names'][0] for row in rows) == [f'/{unique}.main', f'/{unique}.proxy']
    details = [api.inspect_container(f'{unique}.{name}') for name in ('main', 'proxy')]
    assert [detail['State']['Running'] for detail in details] == [True, True]
    assert all(f'STAGE={stage}' in detail['Config']['Env'] for detail in details)
    assert details[0]['HostConfig']['RestartPolicy']['Name'] == 'unless-stopped'
    assert details[0]['Mounts'][0]['Name'] == volume
