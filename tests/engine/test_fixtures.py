"""The tests' own ground: engines and registries are there, and work."""

from __future__ import annotations

import docker
import private_engine as engines


def test_the_base_image_runs_a_shell(api: docker.APIClient, unique: str, base_image: str) -> None:
    container = api.create_container(base_image, ['sh', '-c', 'echo hello'], name=unique)
    api.start(container)
    assert api.wait(container)['StatusCode'] == 0
    assert api.logs(container) == b'hello\n'


def test_two_engines_hold_different_containers(
    api: docker.APIClient, second_engine_url: str, unique: str, base_image: str
) -> None:
    api.create_container(base_image, 'true', name=unique)
    other = docker.APIClient(base_url=second_engine_url, version='auto')
    assert [c['Names'] for c in other.containers(all=True) if f'/{unique}' in c['Names']] == []
    other.close()


def test_an_open_registry_takes_a_push(api: docker.APIClient, open_registry: str, base_image: str) -> None:
    api.tag(base_image, f'{open_registry}/base', 'pushed')
    output = list(api.push(f'{open_registry}/base', 'pushed', stream=True, decode=True))
    api.remove_image(f'{open_registry}/base:pushed')
    assert [message for message in output if 'error' in message] == []


def test_a_registry_with_passwords_refuses_strangers(
    api: docker.APIClient, auth_registry: engines.Registry, base_image: str
) -> None:
    api.tag(base_image, f'{auth_registry.address}/base', 'pushed')
    output = list(api.push(f'{auth_registry.address}/base', 'pushed', stream=True, decode=True))
    api.remove_image(f'{auth_registry.address}/base:pushed')
    assert [message for message in output if 'error' in message]
