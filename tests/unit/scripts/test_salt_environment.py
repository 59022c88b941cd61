"""The environment that the extension of Salt is tested in."""

from __future__ import annotations

import subprocess
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest
import salt_environment
from system_roots import RootUnavailable

METADATA = """\
Metadata-Version: 2.1
Name: docker-map
Version: 2.0
Requires-Dist: docker>=7.1
Provides-Extra: salt
{salt}Provides-Extra: cli
Requires-Dist: rich>=13; extra == "cli"
"""
EXTRA = "Requires-Dist: salt>=3008; extra == 'salt'\n"
ENTRY_POINTS = '[salt.loader]\ndockermap = dockermap.salt\n'


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, salt: str = EXTRA) -> None:
    """Have a package be installed that is like this one."""
    folder.mkdir()
    (folder / 'METADATA').write_text(METADATA.format(salt=salt), encoding='utf-8')
    (folder / 'entry_points.txt').write_text(ENTRY_POINTS, encoding='utf-8')
    monkeypatch.setattr(salt_environment, 'package', lambda: PathDistribution(folder))


def test_it_has_what_the_extra_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / 'x.dist-info', monkeypatch)

    assert salt_environment.requirements() == ['docker>=7.1', 'salt>=3008']


def test_a_package_without_the_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / 'x.dist-info', monkeypatch, salt='')

    with pytest.raises(RootUnavailable, match='install it again'):
        salt_environment.salt_call()


def test_the_reason_is_told_where_salt_cannot_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*command: str) -> None:
        said = 'building timelib\nerror: command gcc failed: No such file or directory\n'
        raise subprocess.CalledProcessError(1, command, said)

    monkeypatch.setattr(salt_environment, 'run', fail)

    with pytest.raises(RootUnavailable, match='Salt cannot be installed: error: command gcc failed'):
        salt_environment.make_environment(tmp_path / 'environment', ['salt>=3008'])


def test_salt_finds_the_entry_point_of_this_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / 'x.dist-info', monkeypatch)

    variables = salt_environment.environment(tmp_path / 'front')

    front, checkout = variables['PYTHONPATH'].split(':')
    [info] = Path(front).glob('*.dist-info')
    assert EntryPoint('dockermap', 'dockermap.salt', 'salt.loader') in PathDistribution(info).entry_points
    assert Path(checkout, 'dockermap', 'salt').is_dir()
