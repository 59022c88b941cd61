"""Contexts larger than memory: measured in a process of its own, with the benchmark's packer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dockermap.build import _archive
from dockermap.build.context import DockerContext

BENCHMARK = Path(__file__).parents[3] / 'benchmarks' / 'pack_context.py'
MEMORY_LIMIT = 64


@pytest.mark.parametrize('compressed', [[], ['--compressed']])
def test_a_large_file_is_packed_in_little_memory(compressed: list[str], tmp_path: Path) -> None:
    root = tmp_path / 'tree'
    root.mkdir()
    with open(root / 'large', 'wb') as file:
        file.truncate(2 * MEMORY_LIMIT << 20)
    arguments = ['--run', 'DockerContext', str(root), str(tmp_path / 'target'), *compressed]
    environment = {**os.environ, 'TMPDIR': str(tmp_path), 'PYTHONPATH': str(BENCHMARK.parents[1])}
    command = [sys.executable, str(BENCHMARK), *arguments]
    output = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert float(output.split()[1]) <= MEMORY_LIMIT


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_tree_of_a_gibibyte_is_packed_in_little_memory() -> None:
    command = [sys.executable, str(BENCHMARK), '--size', '1024', '--repeats', '1']
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    peaks = [float(peak) for peak in re.findall(r'peak memory ([\d.]+) MiB', output)]
    assert len(peaks) == 2
    assert max(peaks) <= MEMORY_LIMIT


def test_many_files_are_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archive, '_MAX_LISTED', 5)
    for number in range(20):
        (tmp_path / f'f{number:02}').write_text('')
    with DockerContext() as source, DockerContext() as copy:
        source.add(tmp_path, 'root')
        source.finalize()
        copy.addarchive(source.name)
        for context in (source, copy):
            assert len(context.tarfile.members) <= 5
        copy.finalize()
        with copy.tarfile.open(fileobj=copy.fileobj) as archive:
            assert archive.getnames() == ['root', *(f'root/f{number:02}' for number in range(20))]
