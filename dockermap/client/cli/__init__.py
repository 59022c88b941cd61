"""The command line of ``docker``: written for calls of the API, its output read, and a client that works by it."""

from __future__ import annotations

from ._client import DockerCliClient
from ._options import CONTAINER_FORMAT_ARG, KWARG_MAP, VERSION_FORMAT_ARG
from ._output import DockerCommandLineOutput
from ._parsers import (
    NONE_TAG,
    parse_containers_output,
    parse_images_output,
    parse_inspect_output,
    parse_networks_output,
    parse_top_output,
    parse_version_output,
    parse_volumes_output,
)
from ._run import CommandError, run_in_shell

__all__ = [
    'CONTAINER_FORMAT_ARG',
    'KWARG_MAP',
    'NONE_TAG',
    'VERSION_FORMAT_ARG',
    'CommandError',
    'DockerCliClient',
    'DockerCommandLineOutput',
    'parse_containers_output',
    'parse_images_output',
    'parse_inspect_output',
    'parse_networks_output',
    'parse_top_output',
    'parse_version_output',
    'parse_volumes_output',
    'run_in_shell',
]
