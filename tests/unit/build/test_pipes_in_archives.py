"""Pipes in archives that are added to a build context: in a directory they are packed, at the top they are refused."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from dockermap.build._contents import Contents


def archive(path: Path, name: str) -> str:
    member = tarfile.TarInfo(name)
    member.type = tarfile.FIFOTYPE
    with tarfile.open(path, 'w') as packed:
        packed.addfile(member, io.BytesIO())
    return str(path)


def test_a_pipe_below_a_directory_is_accepted(tmp_path):
    assert Contents().add_archive(archive(tmp_path / 'deep.tar', 'run/pipe')) == ['run']


def test_a_pipe_at_the_top_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"'pipe' in .* is a pipe"):
        Contents().add_archive(archive(tmp_path / 'top.tar', 'pipe'))
