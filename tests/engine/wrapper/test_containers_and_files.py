"""Removing, stopping, logs, and saving of large data."""

from __future__ import annotations

import logging
import tarfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

WAIT = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']
LARGE = 96 << 20
MEMORY = 16 << 20


@pytest.fixture
def container(api: docker.APIClient, unique: str, base_image: str) -> Callable[..., str]:
    """Makes containers that are removed at the end."""

    def create(command: list[str], suffix: str = '', start: bool = True, **options: Any) -> str:
        name = f'{unique}{suffix}'
        api.create_container(base_image, command, name=name, **options)
        if start:
            api.start(name)
        return name

    return create


def finished(api: docker.APIClient, name: str) -> str:
    api.wait(name, timeout=100)
    return name


def exists(api: docker.APIClient, name: str) -> bool:
    try:
        return bool(api.inspect_container(name))
    except docker.errors.NotFound:
        return False


# Removing and stopping


def test_a_container_is_removed(wrapper: Any, api: Any, container: Any) -> None:
    name = container(WAIT)
    with pytest.raises(docker.errors.APIError):
        wrapper.remove_container(name)
    assert wrapper.remove_container(name, raise_on_error=False) is None
    assert exists(api, name)
    assert [level for level, _ in wrapper.logged] == [logging.ERROR] * 2
    wrapper.remove_container(name, force=True)
    assert not exists(api, name)


def test_a_container_that_is_not_there_is_no_error_unless_asked_for(wrapper: Any, unique: str) -> None:
    wrapper.remove_container(unique)
    with pytest.raises(docker.errors.NotFound):
        wrapper.remove_container(unique, raise_not_found=True)


def test_removing_an_image_tells_what_went(wrapper: Any, api: Any, image_name: str, base_image: str) -> None:
    api.tag(base_image, image_name, '1')
    assert {'Untagged': f'{image_name}:1'} in wrapper.remove_image(f'{image_name}:1')
    assert wrapper.remove_image(f'{image_name}:1') is None
    with pytest.raises(docker.errors.NotFound):
        wrapper.remove_image(f'{image_name}:1', raise_not_found=True)


def test_a_container_is_stopped_once_or_twice(wrapper: Any, api: Any, container: Any, unique: str) -> None:
    name = container(WAIT)
    for _ in range(2):
        wrapper.stop(name, timeout=5)
    assert api.inspect_container(name)['State']['Status'] == 'exited'
    with pytest.raises(docker.errors.NotFound):
        wrapper.stop(f'{unique}-missing')
    wrapper.stop(f'{unique}-missing', raise_on_error=False)


# Logs


@pytest.mark.parametrize('tty', [True, False])
def test_logs_are_pushed_line_by_line(wrapper: Any, api: Any, container: Any, tty: bool) -> None:
    script = 'printf "first\\n\\n"; printf "\\303\\244 \\377 100%%\\nno line feed"'
    name = finished(api, container(['sh', '-c', script], tty=tty))
    wrapper.push_container_logs(name)
    expected = ['first', '', 'ä � 100%', 'no line feed']
    assert wrapper.logged == [(logging.INFO, f'[{name}] {line}') for line in expected]


def test_errors_are_among_the_logs(wrapper: Any, api: Any, container: Any) -> None:
    name = finished(api, container(['sh', '-c', 'echo output; echo error >&2']))
    wrapper.push_container_logs(name)
    assert {text for _, text in wrapper.logged} == {f'[{name}] output', f'[{name}] error'}


def test_logs_of_a_running_container_end_with_what_is_there(wrapper: Any, container: Any) -> None:
    name = container(['sh', '-c', 'echo here; trap "exit 0" TERM; while :; do sleep 0.1; done'])
    deadline = time.monotonic() + 10
    while not wrapper.logged and time.monotonic() < deadline:
        wrapper.push_container_logs(name)
    assert wrapper.logged == [(logging.INFO, f'[{name}] here')]


def test_long_logs_are_not_loaded_at_once(
    wrapper: Any, api: Any, container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = 40_000
    command = ['sh', '-c', f'i=0; l=$(printf "%0500d" 0); while [ $i -lt {lines} ]; do echo $l; i=$((i+1)); done']
    name = finished(api, container(command))
    seen = 0

    def count(*args: Any) -> None:
        nonlocal seen
        seen += 1

    monkeypatch.setattr(wrapper, 'push_log', count)
    with memory_limit(4 << 20):
        wrapper.push_container_logs(name)
    assert seen == lines


# Large data


class memory_limit:
    """Fails if Python takes more memory meanwhile."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *exc_info: object) -> None:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if exc_info[0] is None:
            assert peak < self._limit


@pytest.fixture
def large_file(api: docker.APIClient, container: Any) -> str:
    """A container with a file in ``/data``."""
    script = f'mkdir /data && head -c {LARGE} /dev/zero > /data/large && echo x > /data/y'
    return finished(api, container(['sh', '-c', script]))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / 'saved.tar'
    yield path
    path.unlink(missing_ok=True)


def test_a_large_file_is_copied_without_loading_it(wrapper: Any, large_file: str, archive: Path) -> None:
    with memory_limit(MEMORY):
        wrapper.copy_resource(large_file, '/data/large', archive)
    with tarfile.open(archive) as tar:
        assert [(info.name, info.size) for info in tar.getmembers()] == [('large', LARGE)]
    numbers = [(progress.current, progress.total) for _, _, progress in wrapper.progress]
    assert numbers[0][1] == LARGE
    assert numbers == sorted(numbers)
    assert {(status, item) for status, item, _ in wrapper.progress} == {('Copying', f'{large_file}:/data/large')}
    assert numbers[-1][0] == archive.stat().st_size


def test_a_directory_is_copied_with_what_is_in_it(wrapper: Any, large_file: str, archive: Path) -> None:
    wrapper.copy_resource(large_file, '/data', archive)
    with tarfile.open(archive) as tar:
        assert {info.name for info in tar.getmembers()} == {'data', 'data/large', 'data/y'}
    assert {progress.total for _, _, progress in wrapper.progress} == {None}


def test_a_large_image_is_saved_without_loading_it(
    wrapper: Any, api: Any, large_file: str, archive: Path, image_name: str
) -> None:
    api.commit(large_file, image_name, '1')
    with memory_limit(MEMORY):
        wrapper.save_image(f'{image_name}:1', archive)
    with tarfile.open(archive) as tar:
        assert 'manifest.json' in tar.getnames()
        assert sum(info.size for info in tar.getmembers()) > LARGE
    last = wrapper.progress[-1][2]
    assert last.current == archive.stat().st_size
    assert last.total >= LARGE


def test_a_saved_image_can_be_loaded(wrapper: Any, api: Any, archive: Path, image_name: str, base_image: str) -> None:
    api.tag(base_image, image_name, '1')
    wrapper.save_image(f'{image_name}:1', str(archive))
    api.remove_image(f'{image_name}:1')
    with archive.open('rb') as data:
        list(api.load_image(data))
    assert api.inspect_image(f'{image_name}:1')['Id'] == api.inspect_image(base_image)['Id']


@pytest.mark.parametrize(
    'call',
    [
        lambda client, path: client.copy_resource('no-such-container', '/x', path),
        lambda client, path: client.save_image('127.0.0.1:1/dockermap/no-such-image', path),
    ],
)
def test_what_is_not_there_leaves_no_file(wrapper: Any, archive: Path, call: Any) -> None:
    with pytest.raises(docker.errors.APIError):
        call(wrapper, archive)
    assert list(archive.parent.iterdir()) == []


def test_connections_are_given_back(wrapper: Any, api: Any, container: Any, tmp_path: Path) -> None:
    name = finished(api, container(['sh', '-c', 'i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done']))
    for _ in range(15):
        with pytest.raises(OSError, match='missing'):
            wrapper.copy_resource(name, '/bin', tmp_path / 'missing' / 'x.tar')
        wrapper.copy_resource(name, '/etc', tmp_path / 'x.tar')
        wrapper.push_container_logs(name)
    assert len(wrapper.logged) == 15 * 2000
