"""``fab`` with the fabfile of the guide, on hosts behind a real SSH server."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.remote.conftest import Processes

EXAMPLE = Path(__file__).parents[3] / 'docs' / 'examples' / 'fabric'
Fab = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path, unique: str, base_image: str) -> Path:
    """The files of the guide, with a map of another name, and an image that is there."""
    for path in EXAMPLE.iterdir():
        shutil.copy(path, tmp_path)
    content = (tmp_path / 'shop.yaml').read_text()
    (tmp_path / 'shop.yaml').write_text(content.replace('busybox', base_image).replace('name: shop', f'name: {unique}'))
    return tmp_path


@pytest.fixture
def fab(folder: Path, host: Any) -> Fab:
    """Runs ``fab`` in the folder."""

    def run(hosts: str, *arguments: str, **configuration: Any) -> subprocess.CompletedProcess[str]:
        settings = {'connect_kwargs': {'look_for_keys': False, 'allow_agent': False}, **configuration}
        (folder / 'fabric.yaml').write_text(yaml.safe_dump(settings))
        command = [str(Path(sys.executable).with_name('fab')), '-i', str(host.key), *(['-H', hosts] if hosts else [])]
        return subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=100
        )

    return run


def address(host: Any) -> str:
    return f'root@127.0.0.1:{host.port}'


def test_each_host_has_its_turn_also_after_one_that_is_down(fab: Fab, host: Any, unique: str) -> None:
    found = fab(f'root@127.0.0.1:1,{address(host)}', 'docker.plan')
    assert (found.returncode, 'Traceback' in found.stderr) == (1, False)
    assert 'ssh://root@127.0.0.1:1: ' in found.stderr
    assert found.stdout.splitlines()[-2:] == [f'+ container  {unique}.web  is missing', '1 unchanged. 1 to create.']


def test_ten_lines_are_enough(fab: Fab, host: Any, mode: str, unique: str, api: Any, folder: Path) -> None:
    assert len((folder / 'fabfile.py').read_text().splitlines()) <= 10
    looking = ['docker.plan', 'docker.ps', '--output=json', '--names=web']
    running = ['docker.run', '--names=web', "--command=sh -c 'echo done; exit 7'"]
    done = fab(address(host), 'docker.update', '--yes', *looking, *running, dockermap={'mode': mode})
    assert (done.returncode, done.stderr) == (7, '')
    assert 'Nothing to do.' in done.stdout
    item = json.JSONDecoder().raw_decode(done.stdout, done.stdout.index('{'))[0]['items'][0]
    assert (item['name'], item['state'], item['client']) == (f'{unique}.web', 'running', '127.0.0.1')
    assert done.stdout.splitlines()[-1] == 'done'
    assert api.inspect_container(f'{unique}.web')['State']['Running']


@pytest.fixture
def closed_image(auth_registry: Any, unique: str, api: Any, base_image: str) -> Any:
    """An image that only those get who have a login."""
    import docker

    repository = f'{auth_registry.address}/team/{unique}'
    login = {'username': auth_registry.username, 'password': auth_registry.password}
    api.tag(base_image, repository, '1')
    assert 'error' not in api.push(repository, '1', auth_config=login)
    api.remove_image(f'{repository}:1')
    yield f'{repository}:1'
    with contextlib.suppress(docker.errors.ImageNotFound):
        api.remove_image(f'{repository}:1')


def test_an_image_comes_from_a_registry_whose_login_is_in_the_configuration(
    fab: Fab, host: Any, mode: str, folder: Path, unique: str, api: Any, auth_registry: Any, closed_image: str
) -> None:
    content = yaml.safe_load((folder / 'shop.yaml').read_text())
    content['web']['image'] = closed_image
    (folder / 'shop.yaml').write_text(yaml.safe_dump(content))
    login = {'username': auth_registry.username, 'password': auth_registry.password}
    settings = {'mode': mode, 'registries': {auth_registry.address: login}}
    with Processes() as processes:
        found = fab(address(host), 'docker.pull', '--yes', '--verbose', '--debug', dockermap=settings)
    assert (found.returncode, 'Traceback' in found.stderr) == (0, False), found
    assert closed_image in api.inspect_image(closed_image)['RepoTags']
    assert any('docker.pull' in line for line in processes.lines)
    shown = [found.stdout, found.stderr, *processes.lines]
    assert not [text for text in shown if auth_registry.password in text]
    refused = fab(address(host), 'docker.pull', '--yes', dockermap={'mode': mode, 'registries': {
        auth_registry.address: {**login, 'password': 'wrong-and-secret'}}})  # fmt: skip
    assert refused.returncode == 1
    assert 'wrong-and-secret' not in refused.stdout + refused.stderr
