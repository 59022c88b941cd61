"""Schema of map files."""

from __future__ import annotations

from typing import Any

from ..map.config._instances import FOR_ALL_INSTANCES
from ..map.config.container import ContainerConfiguration
from ..map.config.main import ContainerMap
from ..map.config.network import NetworkConfiguration
from ..map.config.volume import VolumeConfiguration
from ..map.input._schema import json_schema
from ..map.input._values import HOST_PATH, PATH_TEXT
from ._shared import with_definitions
from ._values import NAME_SCHEMA, NOTHING, described, named, object_schema, property_schemas

_DRAFT = 'https://json-schema.org/draft/2020-12/schema'
_ROOT = {'anyOf': [{'enum': [None, False, 0, '', [], {}]}, json_schema(PATH_TEXT)]}


def map_schema() -> dict[str, Any]:
    """Schema of what :func:`dockermap.map.yaml.load_map` accepts with ``strict=True``."""
    sections = {
        'containers': described(named(_reference('container')), 'Container configurations by name.'),
        'networks': described(named(_reference('network')), 'Networks by name.'),
        'volumes': described(named(_reference('volume')), 'Volumes by alias.'),
        'host': described(_host_schema(), 'Host paths by alias, and the root of relative ones.'),
        'host_root': described(_ROOT, 'Prefix of relative host paths.'),
    }
    name = {'name': described(NAME_SCHEMA, 'Name of the map.')}
    properties = {**name, **property_schemas(ContainerMap), **sections}
    return with_definitions(
        {
            '$schema': _DRAFT,
            'title': 'Container map',
            'description': 'What should run on Docker hosts. Keys that are no settings are container configurations.',
            **object_schema(properties, _reference('container')),
            'patternProperties': {'^x-': described({}, 'Values for anchors of the document; ignored.')},
            'propertyNames': NAME_SCHEMA,
            '$defs': {
                'container': _or_nothing(_container_schema()),
                'instance': _instance_schema(),
                'network': _or_nothing(_network_schema()),
                'volume': {'anyOf': [NOTHING, json_schema(PATH_TEXT), _volume_schema()]},
            },
        }
    )


def _reference(name: str) -> dict[str, Any]:
    return {'$ref': f'#/$defs/{name}'}


def _or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, 'type': ['object', 'null']}


def _container_schema() -> dict[str, Any]:
    properties = property_schemas(ContainerConfiguration)
    former = {
        name: {**properties[current], 'description': f"Former name of '{current}'.", 'deprecated': True}
        for name, current in ContainerConfiguration._former_names.items()
    }
    by_instance = named(_reference('instance'))
    properties['instances'] = {**properties['instances'], 'anyOf': [*properties['instances']['anyOf'], by_instance]}
    return object_schema({**properties, **former})


def _instance_schema() -> dict[str, Any]:
    return {**_reference('container'), 'properties': dict.fromkeys(FOR_ALL_INSTANCES, False)}


def _network_schema() -> dict[str, Any]:
    return object_schema(property_schemas(NetworkConfiguration))


def _volume_schema() -> dict[str, Any]:
    return object_schema(property_schemas(VolumeConfiguration))


def _host_schema() -> dict[str, Any]:
    root = described(_ROOT, 'Prefix of relative host paths.')
    return {**named(json_schema(HOST_PATH)), 'properties': {'root': root}}
