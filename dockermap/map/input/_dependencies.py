"""What a container waits for before it is started."""

from __future__ import annotations

from ._lists import NamedTupleList, one_of
from ._shapes import Built, Choice, Entry, Items, Record, Text
from ._tuples import Dependency
from ._values import NOTHING

STARTED, HEALTHY, COMPLETED = 'started', 'healthy', 'completed'
CONDITIONS = (STARTED, HEALTHY, COMPLETED)
_OF_COMPOSE = {
    'service_started': STARTED,
    'service_healthy': HEALTHY,
    'service_completed_successfully': COMPLETED,
}

_EXPECTED = "a condition ('started', 'healthy' or 'completed')"
_WORD = Choice((*((word, word) for word in CONDITIONS), *_OF_COMPOSE.items()), _EXPECTED)
_CONDITION = one_of(
    _EXPECTED,
    NOTHING,
    _WORD,
    Built(
        Record((('condition', one_of(_EXPECTED, NOTHING, _WORD)),), (), dict, "the field 'condition'"),
        lambda fields: fields.get('condition'),
    ),
)
_TARGET = Text('a container configuration, perhaps with an instance', r'[^:]+', written=True)
_ENTRY = Entry(_TARGET, _CONDITION, Dependency, 'a container and a condition')


class DependencyList(NamedTupleList):
    """Containers that have to be started, healthy or completed before, perhaps with conditions."""

    element_type = Dependency
    element = one_of(
        'a container, perhaps with a condition',
        Built(_TARGET, Dependency),
        Built(Items((_TARGET, _CONDITION), 1, 'container and condition'), Dependency, spread=True),
        Entry(_TARGET, _CONDITION, Dependency, 'a container and a condition', except_key='container'),
        Record(
            (('container', _TARGET), ('condition', _CONDITION)),
            ('container',),
            Dependency,
            "the fields 'container' and 'condition'",
        ),
    )
    entry = _ENTRY
