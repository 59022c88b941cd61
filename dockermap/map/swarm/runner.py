"""The runner for swarms: the calls of each action, and what carries them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from ...exceptions import DockerMapError
from ..execute.executor import Executor
from ..input import ItemType, MapConfigId
from ..plan.expand import Expansion
from ..request import Kwargs, action_config
from ..request.payload import sent_arguments
from ..runner._steps import StepRunner
from .execute import SwarmCalls
from .files import unused_files
from .service import Refusal
from .state import resolved_image
from .table import EXPANDERS
from .together import refuse_spread_data
from .translate import Translator

if TYPE_CHECKING:
    from ...docker_api import ManagerClient
    from ..execute.events import Listener
    from ..plan.operation import Operation
    from ..policy.base import BasePolicy
    from ..state.observed import Observed


class SwarmRefusalError(DockerMapError, ValueError):
    """Something on a map cannot be on a swarm; nothing was changed.

    ``refusals`` has each setting with the reason.
    """

    def __init__(self, client_name: str, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        listed = ''.join(f'\n- {refusal}' for refusal in dict.fromkeys(map(str, self.refusals)))
        super().__init__(f'This cannot be on client {client_name!r}, which is a swarm:{listed}')


class SwarmRunner(StepRunner):
    """Carries out actions on swarms."""

    policy_options = ['rollout', 'remove_created_after']
    rollout: str | None = None
    remove_created_after: bool = True

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        self._translators: dict[str, Translator] = {}
        self._images: dict[tuple[str, str], str] = {}
        self._unused: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        super().__init__(policy, kwargs)

    def new_executor(self, listener: Listener | None = None) -> Executor:
        return Executor(self._policy, listener, calls=SwarmCalls)

    def new_expansion(self, owner: Any, observed: Observed, operations: list[Operation] | None) -> Expansion:
        return Expansion(
            self._policy,
            owner,
            observed,
            EXPANDERS,
            lambda plan, actions: None,
            lambda plan, actions: None,
            lambda *key: None,
            operations,
        )

    def translator(self, client_name: str) -> Translator:
        """What makes services of the maps on a client."""
        if client_name not in self._translators:
            self._translators[client_name] = Translator(self._policy, self, client_name)
        return self._translators[client_name]

    def get_create_arguments(self, client_name: str, config_id: MapConfigId, kwargs: Kwargs = None) -> dict[str, Any]:
        """What an item is created from: the specification of a service, or the arguments for a network."""
        if config_id.config_type is ItemType.NETWORK:
            arguments, _ = self.translator(client_name).network(config_id)
            return sent_arguments(action_config(self._policy, client_name, config_id), arguments)
        return self.translator(client_name).service(config_id).spec

    def image_on(self, client_name: str, image: str) -> str:
        """An image with the digest that its registry tells.

        :raises ValueError: It has none, and there are several nodes.
        """
        key = client_name, image
        if key not in self._images:
            client: ManagerClient = self._policy.clients[client_name].get_client()
            self._images[key] = resolved_image(client, image, len(client.nodes()))
        return self._images[key]

    def unused_files(self, client_name: str, section: str) -> list[Mapping[str, Any]]:
        """Secrets or configs that no service has, as the swarm is found; they are listed once for the call."""
        key = client_name, section
        if key not in self._unused:
            known: Any = self._policy.container_names[client_name]
            client: ManagerClient = self._policy.clients[client_name].get_client()
            self._unused[key] = unused_files(client, section, known.services.values())
        return self._unused[key]

    def check_items(self, config_ids: Iterable[MapConfigId], client_names: Iterable[str]) -> None:
        """Refuse what cannot be on a swarm.

        :raises SwarmRefusalError: There is something like that.
        """
        items = list(config_ids)
        for client_name in client_names:
            translator = self.translator(client_name)
            found = translator.refusals(items)
            with_data = [service for service in translator.chosen(items) if service.data]
            if with_data and not found:
                client: ManagerClient = self._policy.clients[client_name].get_client()
                found = list(refuse_spread_data(with_data, client.nodes()))
            if found:
                raise SwarmRefusalError(client_name, found)
