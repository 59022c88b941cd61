"""What is taken from the SDK, and telling its errors apart."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
import sys

import pytest
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from requests.exceptions import ChunkedEncodingError, ConnectTimeout, ReadTimeout
from requests.exceptions import ConnectionError as BrokenConnection
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from dockermap import docker_api


def answered(status, message='no'):
    response = requests.Response()
    response.status_code = status
    return APIError(message, response, message)


# Paramiko need not be installed.
SSHException = type('SSHException', (Exception,), {'__module__': 'paramiko.ssh_exception'})
BadHostKeyException = type('BadHostKeyException', (SSHException,), {'__module__': 'elsewhere'})


def caused(error, cause):
    error.__cause__ = cause
    return error


READ_TIMEOUT = BrokenConnection(ReadTimeoutError(None, '', 'Read timed out.'))
REFUSED = BrokenConnection(ProtocolError('Connection aborted.', ConnectionRefusedError(111)))
ERRORS = [
    (NotFound('gone'), {'is_not_found'}),
    (ImageNotFound('gone'), {'is_not_found'}),
    (answered(404), {'is_not_found'}),
    (answered(409), {'is_conflict'}),
    (answered(500, 'creating container storage: that name is already in use'), {'is_conflict'}),
    (answered(500, 'cannot remove a as it is running: container state improper'), {'is_conflict'}),
    (answered(500, 'listen tcp4 :80: bind: address already in use'), set()),
    (APIError('Error response from daemon: Conflict. The container name is already in use'), {'is_conflict'}),
    (answered(500, 'conflicting options'), set()),
    (ReadTimeout('slow'), {'is_timeout'}),
    (READ_TIMEOUT, {'is_timeout'}),
    (ConnectTimeout('no route'), {'is_unreachable'}),
    (REFUSED, {'is_unreachable'}),
    (ConnectionRefusedError(111), {'is_unreachable'}),
    (ChunkedEncodingError('dropped'), {'is_unreachable'}),
    (DockerException('Cannot connect to the Docker daemon at unix:///x'), {'is_unreachable'}),
    (caused(DockerException('Error while fetching server API version'), REFUSED), {'is_unreachable'}),
    (caused(DockerException('Error while fetching server API version'), READ_TIMEOUT), set()),
    (socket.gaierror(-2, 'Name or service not known'), {'is_unreachable'}),
    (OSError(errno.EHOSTUNREACH, 'No route to host'), {'is_unreachable'}),
    (OSError(errno.ENETUNREACH, 'Network is unreachable'), {'is_unreachable'}),
    (FileNotFoundError(errno.ENOENT, 'No such file or directory'), {'is_unreachable'}),
    (PermissionError(errno.EACCES, 'Permission denied'), {'is_unreachable'}),
    (ssl.SSLCertVerificationError(1, 'certificate verify failed'), {'is_unreachable'}),
    (BrokenPipeError(errno.EPIPE, 'Broken pipe'), {'is_unreachable'}),
    (OSError('the line is dead'), {'is_unreachable'}),
    (SSHException('Error reading SSH protocol banner'), {'is_unreachable'}),
    (BadHostKeyException('Host key for server does not match'), {'is_unreachable'}),
    (caused(RuntimeError('a tunnel'), SSHException('no')), {'is_unreachable'}),
    (FileNotFoundError(errno.ENOENT, 'No such file or directory', 'password.txt'), set()),
    (answered(502, 'Bad Gateway'), set()),
    (caused(RuntimeError('answered'), answered(500)), set()),
    (requests.exceptions.InvalidURL('no host'), set()),
    (ValueError('other'), set()),
]


@pytest.mark.parametrize(('error', 'claims'), ERRORS, ids=lambda value: repr(value)[:60])
def test_errors_are_told_apart(error, claims):
    names = ('is_not_found', 'is_conflict', 'is_timeout', 'is_unreachable')
    assert {name for name in names if getattr(docker_api, name)(error)} == claims


def test_importing_the_module_does_not_import_the_sdk():
    code = "import sys, dockermap.docker_api, dockermap.map.runner.base; assert 'docker' not in sys.modules"
    subprocess.run([sys.executable, '-c', code], check=True)


def test_every_public_name_exists():
    assert all(getattr(docker_api, name) is not None for name in docker_api.__all__)


def test_other_names_do_not_exist():
    with pytest.raises(AttributeError, match='nosuch'):
        docker_api.nosuch  # noqa: B018


def test_the_sdks_client_has_all_calls_that_are_used():
    assert issubclass(docker_api.APIClient, docker_api.EngineClient)
    assert issubclass(docker_api.APIClient, docker_api.ManagerClient)


@pytest.mark.parametrize(
    ('feature', 'version'),
    [
        ('host_config', '1.15'),
        ('networks', '1.21'),
        ('volumes', '1.21'),
        ('stop_signal', '1.21'),
        ('container_update', '1.22'),
        ('container_update_restart_policy', '1.23'),
        ('healthcheck', '1.24'),
        ('stop_timeout', '1.25'),
    ],
)
def test_a_feature_is_there_from_a_version_on(feature, version):
    assert dict(docker_api.CLIENT_FEATURES)[feature] == version
