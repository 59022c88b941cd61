"""Schema of client files."""

from __future__ import annotations

from typing import Any

from ..map.config._features import FEATURE_NAMES
from ..map.config.client import USE_HC_MERGE
from ._values import NAME_SCHEMA, NOTHING, described, named, object_schema

_DRAFT = 'https://json-schema.org/draft/2020-12/schema'
_TEXT = {'type': ['string', 'null']}
_SECONDS = {'type': ['number', 'null'], 'minimum': 0}
_ADDRESSES = {'type': ['object', 'null'], 'propertyNames': NAME_SCHEMA, 'additionalProperties': {'type': 'string'}}
_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    'base_url': (
        {'type': ['string', 'array', 'null'], 'items': {'type': 'string'}},
        'Address of the engine; of a swarm, also a list of managers.',
    ),
    'orchestrator': ({'enum': ['swarm', None]}, 'Whether this is a manager of a swarm, and stands for all of it.'),
    'version': ({**_TEXT, 'pattern': r'^(?:auto|[0-9]+(?:\.[0-9]+)*)$'}, 'Version of the API, as text in quotes.'),
    'timeout': (_SECONDS, 'Seconds to wait for an answer.'),
    'tls': ({'type': ['boolean', 'object', 'null']}, 'Whether to use TLS.'),
    'interfaces': (_ADDRESSES, 'Addresses by interface name, for published ports.'),
    'interfaces_ipv6': (_ADDRESSES, 'IPv6 addresses by interface name.'),
    'auth_configs': (named({'type': 'object'}), 'Arguments for the login by registry name.'),
    'domainname': (_TEXT, 'Domain name of containers on this host.'),
    'stop_timeout': (
        {'type': ['number', 'boolean', 'null']},
        'Seconds between stop signal and kill; a truth value is the feature of this name.',
    ),
    'files_directory': (_TEXT, 'Directory of the host for secrets and configs of containers, in memory.'),
    'max_parallel': ({'type': ['integer', 'null'], 'minimum': 1}, 'How many operations are carried out at a time.'),
    'wait_timeout': (_SECONDS, 'Seconds to wait for the end of a container.'),
}


def clients_schema() -> dict[str, Any]:
    """Schema of what :func:`dockermap.map.yaml.load_clients` is meant for; custom classes may know more settings."""
    features = {name: _feature(name) for name in FEATURE_NAMES}
    settings = {name: described(schema, text) for name, (schema, text) in _SETTINGS.items()}
    settings['features'] = {
        **described(object_schema(features), 'What the client can do, where its version does not say it.'),
        'type': ['object', 'null'],
    }
    flags = {name: schema for name, schema in features.items() if name not in settings}
    return {
        '$schema': _DRAFT,
        'title': 'Docker clients',
        'description': 'Docker hosts by client name, and what is special about each.',
        'type': 'object',
        'propertyNames': {'type': 'string'},
        'additionalProperties': {'anyOf': [NOTHING, {**object_schema({**settings, **flags}, others=True)}]},
    }


def _feature(name: str) -> dict[str, Any]:
    return {'enum': [True, False, USE_HC_MERGE]} if name == 'host_config' else {'type': 'boolean'}
