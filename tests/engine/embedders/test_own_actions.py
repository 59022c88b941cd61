"""Own actions: what is found out, what is decided, and what is done."""

from __future__ import annotations

import pytest

from dockermap.api import ItemType, MappingDockerClient
from dockermap.map.action import Action, ActionEnum, ItemAction
from dockermap.map.action.base import AbstractActionGenerator
from dockermap.map.action.simple import ShutdownActionGenerator, StartupActionGenerator
from dockermap.map.policy import ConfigFlags
from dockermap.map.runner.base import DockerClientRunner
from dockermap.map.state import State, StateFlags
from dockermap.map.state.base import ContainerBaseState, DependencyStateGenerator, SingleStateGenerator


class OwnAction(ActionEnum):
    """What the embedder can do beside the documented actions."""

    NOTE = 'note'
    RENAME = 'rename'


class AgedState(ContainerBaseState):
    """A container whose label says that it is of another release is to be made anew."""

    def get_state(self):
        state, flags, extra_data = super().get_state()
        found = ((self.detail or {}).get('Config', {}).get('Labels') or {}).get('release')
        if state != State.ABSENT and found != self.options['release']:
            flags |= StateFlags.MISC_MISMATCH
        return state, flags, {**extra_data, 'release': found}


class AgedStateGenerator(DependencyStateGenerator):
    container_state_class = AgedState
    release = 'first'
    policy_options = ['release']


class ReplaceOldGenerator(AbstractActionGenerator):
    """Replaces containers of an old release, of dependencies only those that were asked for."""

    replace_dependencies = True
    policy_options = ['replace_dependencies']

    def get_state_actions(self, state, **kwargs):
        if state.config_id.config_type != ItemType.CONTAINER or not state.state_flags & StateFlags.MISC_MISMATCH:
            return None
        if ConfigFlags.DEPENDENT in state.config_flags and not self.replace_dependencies:
            return None
        actions = [ItemAction(state, OwnAction.NOTE, text=f'was of {state.extra_data["release"]}', **kwargs)]
        if state.base_state == State.RUNNING:
            actions.append(ItemAction(state, Action.STOP))
        return [
            *actions,
            ItemAction(state, OwnAction.RENAME, suffix='-old'),
            ItemAction(state, [Action.CREATE, Action.START]),
        ]


class NotingMixin:
    """Notes texts with a prefix that is an option."""

    note_prefix = 'note'
    policy_options = ['note_prefix']
    action_method_names = [
        (ItemType.CONTAINER, OwnAction.NOTE, 'note'),
        (ItemType.CONTAINER, OwnAction.RENAME, 'rename'),
    ]

    def note(self, action, name, text, author='nobody', **kwargs):
        return f'{self.note_prefix}: {name} {text} ({author})'

    def rename(self, action, name, suffix):
        action.client.rename(name, f'{name}{suffix}')
        self._policy.container_names[action.client_name].pop(name)


class NotingRunner(NotingMixin, DockerClientRunner):
    """Carries out own actions, and gives each container that it creates the embedder's label."""

    release = 'first'
    policy_options = ['release']

    def get_container_create_kwargs(self, action, container_name, kwargs=None):
        create_kwargs = super().get_container_create_kwargs(action, container_name, kwargs=kwargs)
        create_kwargs['labels'] = {**(create_kwargs.get('labels') or {}), 'release': self.release}
        return create_kwargs


class Embedder(MappingDockerClient):
    runner_class = NotingRunner
    generators = {
        **MappingDockerClient.generators,
        'replace_old': (AgedStateGenerator, ReplaceOldGenerator),
        'recycle': (SingleStateGenerator, ShutdownActionGenerator),
        'startup_alone': (SingleStateGenerator, StartupActionGenerator),
    }

    def replace_old(self, container, **kwargs):
        return self.run_actions('replace_old', container, **kwargs)


def shop(service, needs):
    return {'web': service(**{needs: 'db'}), 'db': service()}


@pytest.fixture
def releases(api, unique):
    def found():
        return {
            container['Names'][0].partition('.')[2]: container['Labels'].get('release')
            for container in api.containers(all=True)
            if container['Names'][0].startswith(f'/{unique}.')
        }

    return found


@pytest.fixture
def client(make_client, service, needs):
    front_end = make_client(Embedder, shop(service, needs))
    front_end.startup('web')
    return front_end


def test_an_own_runner_has_a_say_in_what_is_created(client, releases):
    assert releases() == {'web': 'first', 'db': 'first'}
    assert client.update('web') == []


def test_an_own_action_finds_decides_and_acts(client, existing, releases, unique):
    outputs = client.replace_old('web', release='second', note_prefix='log', author='me')
    notes = [output for output in outputs if output.action_type == OwnAction.NOTE]
    assert [output.result for output in notes] == [
        f'log: {unique}.db was of first (me)',
        f'log: {unique}.web was of first (me)',
    ]
    assert existing() == {'web': 'running', 'db': 'running', 'web-old': 'exited', 'db-old': 'exited'}
    assert releases() == {'web': 'second', 'db': 'second', 'web-old': 'first', 'db-old': 'first'}
    assert client.replace_old('web', release='second') == []


def test_options_are_taken_by_those_who_know_them(client, releases):
    client.replace_old('web', release='second', replace_dependencies=False)
    assert (releases()['web'], releases()['db']) == ('second', 'first')


def test_options_can_be_set_for_all_calls(make_client, service, releases, needs):
    client = make_client(Embedder, shop(service, needs), release='third')
    client.startup('web')
    assert releases() == {'web': 'third', 'db': 'third'}
    assert client.replace_old('web') == []


def test_a_change_of_the_runners_arguments_is_seen_by_update(client, releases):
    client.update('web', release='second')
    assert releases() == {'web': 'second', 'db': 'second'}
    assert client.update('web', release='second') == []


def test_documented_parts_can_be_combined_to_an_own_action(client, existing):
    client.call('recycle', 'db')
    assert existing() == {'web': 'running'}
    client.call('startup_alone', 'db')
    assert existing() == {'web': 'running', 'db': 'running'}


def test_actions_are_added_to_one_front_end_alone(make_client, service, existing, needs):
    client = make_client(MappingDockerClient, shop(service, needs))
    client.generators = dict(client.generators, recycle=(SingleStateGenerator, ShutdownActionGenerator))
    client.startup('web')
    client.call('recycle', 'web')
    assert existing() == {'db': 'running'}
    with pytest.raises(KeyError, match='recycle'):
        make_client(MappingDockerClient, shop(service, needs)).call('recycle', 'web')


def test_an_own_action_that_nobody_carries_out_is_named(make_client, service, existing):
    class Forgetful(Embedder):
        runner_class = DockerClientRunner

    client = make_client(Forgetful, {'db': service()})
    client.startup('db')
    with pytest.raises(Exception, match=r"'note' is not valid for an item of type 'container'"):
        client.replace_old('db', release='second')
    assert existing() == {'db': 'running'}


def test_states_and_actions_can_be_looked_at_beforehand(client, existing):
    arguments = {'release': 'second', 'note_prefix': 'log', 'replace_dependencies': False, 'author': 'me'}
    states = {
        state.config_id.config_name: state
        for state in client.get_states('replace_old', 'web', **arguments)
        if state.config_id.config_type == ItemType.CONTAINER
    }
    assert {name: state.extra_data['release'] for name, state in states.items()} == {'web': 'first', 'db': 'first'}
    planned = [
        [action.action_types for action in actions] for actions in client.get_actions('replace_old', 'web', **arguments)
    ]
    assert planned == [[[OwnAction.NOTE], [Action.STOP], [OwnAction.RENAME], [Action.CREATE, Action.START]]]
    assert existing() == {'web': 'running', 'db': 'running'}
