"""A function that brings something into a state, and says what it changes.

Tools call it to find out what would change (``test=True``), then to have it
changed, then again and again.
"""

from docker.errors import DockerException
from requests import RequestException

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
    describe_item,
)
from dockermap.exceptions import DockerMapError


def changes_of(plan):
    """What happens to each item."""
    return {
        describe_item(item.config_id): item.change.name.lower()
        for item in plan.items
    }


def reasons_of(plan):
    return '; '.join(
        f'{describe_item(item.config_id)}: {cause.text}'
        for item in plan.items
        for cause in item.causes
    )


def updated(name, maps, clients, test=False):
    """Container ``name`` is as its map says."""
    changes, result = {}, None if test else True
    try:
        with MappingDockerClient(maps, clients=clients) as client:
            plan = client.plan('update', name)
            changes, comment = changes_of(plan), reasons_of(plan)
            if not test:
                client.apply(plan)
    except (DockerMapError, DockerException, RequestException) as error:
        # A mistake in the map, or an engine that refuses, or does not answer.
        done = getattr(error, 'completed', ())
        items = {describe_item(entry.config_id) for entry in done}
        changes = {key: changes[key] for key in changes if key in items}
        result, comment = False, str(error)
    return {
        'name': name,
        'changes': changes,
        'result': result if changes or result is False else True,
        'comment': comment or 'Nothing to do.',
    }


MAPS = {
    'tour': ContainerMap(
        'tour',
        {
            'web': {
                'image': 'busybox',
                'stop_timeout': 1,
                'create_options': {'command': 'sleep 1000'},
            },
        },
    )
}
CLIENTS = {'__default__': ClientConfiguration('unix:///var/run/docker.sock')}

tested = updated('tour.web', MAPS, CLIENTS, test=True)
applied = updated('tour.web', MAPS, CLIENTS)
repeated = updated('tour.web', MAPS, CLIENTS)

NO_CLIENTS = {
    '__default__': ClientConfiguration('unix:///nowhere/docker.sock')
}
lost = [updated('tour.web', MAPS, NO_CLIENTS, test) for test in (True, False)]
