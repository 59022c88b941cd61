"""What docker and podman print as JSON is read into what the API answers."""

from __future__ import annotations

import json

import pytest

from dockermap.client.cli import DockerCliClient
from dockermap.client.cli._parsers import (
    parse_images_output,
    parse_networks_output,
    parse_version_output,
    parse_volumes_output,
)

ID = 'a' * 64


def lines(*rows):
    return '\n'.join(map(json.dumps, rows)) + '\n'


@pytest.mark.parametrize(
    'row',
    [
        {'ID': ID, 'Name': 'with  blanks', 'Driver': 'bridge', 'Scope': 'local', 'Labels': ''},
        {'id': ID, 'name': 'with  blanks', 'driver': 'bridge', 'scope': 'local', 'subnets': []},
    ],
    ids=['docker', 'podman'],
)
def test_networks(row):
    assert parse_networks_output(lines(row)) == [
        {'Id': ID, 'Name': 'with  blanks', 'Driver': 'bridge', 'Scope': 'local'}
    ]


def test_volumes():
    found = parse_volumes_output(lines({'Driver': 'local', 'Name': 'v1', 'Size': 'N/A'}, {'Driver': 'd', 'Name': 'v2'}))
    assert found['Volumes'] == [{'Driver': 'local', 'Name': 'v1'}, {'Driver': 'd', 'Name': 'v2'}]


@pytest.mark.parametrize('prefix', ['sha256:', ''], ids=['docker', 'podman'])
def test_images(prefix):
    names = {'docker': ('ID', 'Repository', 'Tag', 'Digest'), 'podman': ('Id', 'repository', 'tag', 'Digest')}
    keys = names['docker' if prefix else 'podman']
    rows = [('box', '1', '<none>'), ('box', '2', 'sha256:00'), ('<none>', '<none>', '<none>')]
    found = parse_images_output(lines(*(dict(zip(keys, (prefix + ID, *row), strict=True)) for row in rows)))
    assert [(image['Id'], image['RepoTags'], image['RepoDigests']) for image in found] == [
        (f'sha256:{ID}', ['box:1', 'box:2'], ['box@sha256:00'])
    ]


def test_versions():
    docker = {'Client': {'Version': '29.7.2', 'ApiVersion': '1.55'}, 'Server': None}
    podman = {'Client': {'Version': '5.8.6', 'APIVersion': '5.8.6'}}
    assert parse_version_output(json.dumps(docker))['ApiVersion'] == '1.55'
    found = parse_version_output(json.dumps(podman))
    assert (found['ApiVersion'], found['Components']) == ('1.44', [{'Name': 'Podman Engine', 'Version': '5.8.6'}])


@pytest.mark.parametrize(('api_version', 'shows_all'), [('1.51', False), ('1.52', True), ('1.55', True)])
def test_images_without_a_name_are_asked_for_where_they_are_hidden(api_version, shows_all):
    asked = []

    def run(command, input=None):
        asked.append(command)
        return json.dumps({'Client': {'ApiVersion': api_version}}) if ' version' in command else ''

    client = DockerCliClient(run)
    assert client.api_version == api_version
    client.images()
    assert ('--all=true' in asked[-1]) is shows_all
