"""The one door of the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dockermap.api

EXPORTED = [
    'DockerContext',
    'DockerFile',
    'DockerClientWrapper',
    'PartialResultsError',
    'DockerStatusError',
    'MappingDockerClient',
    'ClientConfiguration',
    'USE_HC_MERGE',
    'ContainerConfiguration',
    'HostVolumeConfiguration',
    'ContainerMap',
    'NetworkConfiguration',
    'VolumeConfiguration',
    'ActionRunnerException',
    'ForeignItemError',
    'MapIntegrityError',
    'MissingItemError',
    'ScriptActionException',
    'ScriptRunException',
    'ContainerLink',
    'ExecPolicy',
    'ExecCommand',
    'ItemType',
    'MapConfigId',
    'NetworkEndpoint',
    'PortBinding',
    'SharedVolume',
    'HealthCheck',
    'ActionEvent',
    'Operation',
    'Plan',
    'PlanOutdatedError',
    'describe_item',
    'item_name',
]


def test_the_list_of_names_is_complete_and_sorted() -> None:
    assert dockermap.api.__all__ == sorted(EXPORTED)


@pytest.mark.parametrize('name', EXPORTED)
def test_each_name_can_be_imported(name: str) -> None:
    assert getattr(dockermap.api, name) is not None
    assert name in dir(dockermap.api)


@pytest.mark.parametrize('name', ['HostVolume', 'UsedVolume', 'InputConfigId', 'NotSet'])
def test_other_names_are_not_exported(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(dockermap.api, name)


@pytest.mark.parametrize('name', ['ContainerMap', 'ClientConfiguration', 'MapConfigId', 'ActionRunnerException'])
def test_describing_needs_no_sdk(name: str) -> None:
    code = f'import sys; from dockermap.api import {name}; sys.exit("docker" in sys.modules)'
    subprocess.run([sys.executable, '-c', code], check=True, timeout=60, cwd=Path(dockermap.__file__).parents[1])
