"""Errors for names that nothing has print as a sentence, not as a quoted text or a tuple."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dockermap.api import ClientConfiguration, ContainerMap, MappingDockerClient
from dockermap.exceptions import DockerMapError, UnknownNameError
from dockermap.map.input import SharedVolume
from dockermap.map.policy.utils import get_shared_volume_path
from dockermap.schema import schema_text
from dockermap.testing import InMemoryEngine


def client(settings: dict[str, Any]) -> MappingDockerClient:
    host = ClientConfiguration(client=InMemoryEngine('web').client(), version='1.41')
    return MappingDockerClient(ContainerMap('shop', settings, check_integrity=False), host)


@pytest.mark.parametrize(
    ('act', 'text'),
    [
        (lambda: client({'web': None}).update('wbe'), "There is no configuration 'wbe' on map 'shop'; did"),
        (lambda: client({'web': None}).update('shp.web'), "There is no map 'shp'; did you mean 'shop'?"),
        (lambda: client({'web': None}).plan('updat', 'web'), "There is no action 'updat'; did you mean 'update'?"),
        (
            lambda: client({'web': None, 'clients': 'one'}).update('web'),
            "image web:latest on client one: There is no client 'one'. Known clients: __default__.",
        ),
        (lambda: client({'web': {'attaches': 'data'}}).update('web'), "shop.web: attached volume 'data' has no path."),
        (lambda: ContainerMap('shop', {'web': None}).containers.web['imagee'], "'imagee' is no setting of a container"),
        (lambda: schema_text('nets'), "There is no schema 'nets'. Known schemas: map, clients."),
        (
            lambda: get_shared_volume_path(ContainerMap('shop', {}), SharedVolume('data', False), None),
            "shop: volume alias 'data' has no path in 'volumes' of the map",
        ),
    ],
)  # fmt: skip
def test_an_unknown_name_is_told_in_a_sentence(act: Callable[[], Any], text: str) -> None:
    with pytest.raises(KeyError) as caught:
        act()
    assert str(caught.value).startswith(text)
    assert isinstance(caught.value, DockerMapError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_details_beside_the_message_are_no_part_of_the_text() -> None:
    error = UnknownNameError('There is no such thing.', ('a', 'b'))
    assert (str(error), error.args[1]) == ('There is no such thing.', ('a', 'b'))


def test_what_a_client_does_not_offer_is_told_in_a_sentence_too() -> None:
    host = ClientConfiguration(client=InMemoryEngine('web').client(), version='1.41', features={'networks': False})
    shop = ContainerMap('shop', {'web': {'networks': 'back'}, 'networks': {'back': None}})
    with pytest.raises(ValueError, match=r'^network shop\.back on client __default__: The API version .* networks\.$'):
        MappingDockerClient(shop, host).update('web')
