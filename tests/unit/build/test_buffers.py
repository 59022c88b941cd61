"""Buffers in memory and in temporary files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockermap.build.buffer import DockerBuffer, DockerStringBuffer, DockerTempFile, FinalizedError


@pytest.fixture(params=[DockerStringBuffer, DockerTempFile])
def buffer(request: pytest.FixtureRequest) -> Iterator[DockerBuffer]:
    with request.param('ignored', also='ignored') as result:
        yield result


def test_the_base_class_cannot_be_used_alone() -> None:
    with pytest.raises(TypeError):
        DockerBuffer()  # type: ignore[abstract]


def test_the_value_is_all_bytes_so_far(buffer: DockerBuffer) -> None:
    buffer.fileobj.write(b'some bytes')
    assert buffer.getvalue() == b'some bytes'


def test_reading_the_value_keeps_the_position(buffer: DockerBuffer) -> None:
    buffer.fileobj.write(b'some bytes')
    buffer.fileobj.seek(4)
    buffer.getvalue()
    assert buffer.fileobj.tell() == 4


def test_the_file_object_cannot_be_replaced(buffer: DockerBuffer) -> None:
    with pytest.raises(AttributeError):
        buffer.fileobj = None  # type: ignore[misc, assignment]


def test_a_new_buffer_takes_changes(buffer: DockerBuffer) -> None:
    buffer.check_not_finalized()


def test_a_finalized_buffer_takes_no_changes(buffer: DockerBuffer) -> None:
    buffer.finalize()
    with pytest.raises(FinalizedError, match=type(buffer).__name__):
        buffer.check_not_finalized()


def test_saving_stores_everything_and_keeps_the_position(buffer: DockerBuffer, tmp_path: Path) -> None:
    target = tmp_path / 'saved'
    target.write_text('an older and longer text')
    buffer.fileobj.write(b'some bytes')
    buffer.save(str(target))
    assert target.read_bytes() == b'some bytes'
    assert buffer.fileobj.tell() == 10


def test_saving_again_stores_the_same(buffer: DockerBuffer, tmp_path: Path) -> None:
    buffer.fileobj.write(b'some bytes')
    for name in ('first', 'second'):
        buffer.save(tmp_path / name)
    assert (tmp_path / 'second').read_bytes() == b'some bytes'


def test_saving_finalizes(buffer: DockerBuffer, tmp_path: Path) -> None:
    buffer.save(tmp_path / 'saved')
    with pytest.raises(FinalizedError):
        buffer.check_not_finalized()


def test_leaving_the_context_closes_and_lets_errors_pass(buffer: DockerBuffer) -> None:
    def fail_inside() -> None:
        with buffer as entered:
            assert entered is buffer
            raise KeyError

    with pytest.raises(KeyError):
        fail_inside()
    with pytest.raises(ValueError, match='closed'):
        buffer.getvalue()


def test_a_temporary_file_is_removed_when_closed() -> None:
    buffer = DockerTempFile()
    name = buffer.fileobj.name
    assert os.path.exists(name)
    buffer.close()
    assert not os.path.exists(name)
