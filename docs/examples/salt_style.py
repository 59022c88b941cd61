"""A state function as those of Salt: it says what it changes."""

from docker.errors import DockerException
from requests import RequestException

from dockermap.api import (
    ClientConfiguration,
    ContainerMap,
    MappingDockerClient,
)
from dockermap.exceptions import DockerMapError


def item_name(config_id):
    return '.'.join(
        filter(None, (config_id.config_type.value, *config_id[1:]))
    )


def differences(client, name):
    """Reasons by item, for what exists and differs."""
    return {
        item_name(state.config_id): [
            difference.describe() for difference in state.differences
        ]
        for state in client.get_states('update', name)
        if state.differences
    }


def planned(client, name):
    """Steps by item."""
    steps = {}
    for actions in client.get_actions('update', name):
        for action in actions:
            steps.setdefault(item_name(action.config_id), []).extend(
                step.value for step in action.action_types
            )
    return steps


def done(entries):
    steps = {}
    for entry in entries:
        steps.setdefault(item_name(entry.config_id), []).append(
            entry.action_type.value
        )
    return steps


class AccountingClient(MappingDockerClient):
    """Keeps the runner of the last call, which knows what was done."""

    def get_runner(self, policy, kwargs):
        self.runner = super().get_runner(policy, kwargs)
        return self.runner


def updated(name, maps, clients, test=False):
    """Container ``name`` is as its map says."""
    client = AccountingClient(maps, clients=clients)
    ret = {
        'name': name,
        'changes': {},
        'result': True,
        'comment': 'Nothing to do.',
    }
    try:
        if test:
            reasons, steps = differences(client, name), planned(client, name)
            if steps:
                ret.update(
                    result=None,
                    changes=steps,
                    comment=f'Would be updated. Reasons: {reasons}',
                )
            return ret
        client.update(name)
    except (DockerMapError, DockerException, RequestException) as error:
        # A mistake in the map, or an engine that refuses, or does not answer.
        return {
            **ret,
            'result': False,
            'changes': done(getattr(error, 'completed', ())),
            'comment': str(error),
        }
    finally:
        client.close()
    changes = done(client.runner.completed)
    return {
        **ret,
        'changes': changes,
        'comment': 'Updated.' if changes else ret['comment'],
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
