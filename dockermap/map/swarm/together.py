"""What follows from several services of a map being on one swarm: aliases, names, and places of data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...utils import split_instance
from .._describe import describe_item
from ..input import ItemType, MapConfigId
from ..policy.swarm_names import check_swarm_name
from .service import NETWORK_MODES, Refusal, Service, networks_of
from .settings import TASK

if TYPE_CHECKING:
    from ..policy.base import BasePolicy


class Links:
    """Links of the containers of a map, as aliases of those that they lead to."""

    def __init__(self, policy: BasePolicy, services: Mapping[MapConfigId, Service]) -> None:
        self._policy = policy
        self._services = services

    def add(self) -> None:
        """Add the aliases, and note what is refused."""
        for item, service in self._services.items():
            config = self._policy.container_maps[item.map_name].get_instance(item.config_name, item.instance_name)
            for link in config.links if config is not None else ():
                self._add(service, link)
        self._refuse_shared_aliases()

    def _add(self, service: Service, link: Any) -> None:
        target = self._services.get(
            MapConfigId(ItemType.CONTAINER, service.item.map_name, *split_instance(link.container))
        )
        alias = link.alias or self._policy.get_hostname(link.container)
        if target is None:
            service.refuse('links', f'is refused on a swarm: {link.container} is not on it')
            return
        own = {network['Target'] for network in _networks(service)}
        shared = [network for network in _networks(target) if network['Target'] in own - set(NETWORK_MODES)]
        if not shared:
            service.refuse('links', f'is refused on a swarm: there is no network that {link.container} is in as well')
        for network in shared:
            aliases = network.setdefault('Aliases', [])
            if alias not in aliases and alias != target.name:
                aliases.append(alias)

    def _refuse_shared_aliases(self) -> None:
        known: dict[tuple[str, str], Service] = {}
        for service in self._services.values():
            for network in _networks(service):
                for alias in (service.name, *network.get('Aliases', ())):
                    other = known.setdefault((network['Target'], alias), service)
                    if other is not service:
                        service.refuse(
                            'networks',
                            f'is refused on a swarm: {other.name} is called {alias} in {network["Target"]}, too, '
                            'and either of them would answer',
                        )


def _networks(service: Service) -> list[dict[str, Any]]:
    return networks_of(service.spec)


def refuse_names(services: Iterable[Service]) -> None:
    """Note where names are no host names, or two services would have the same."""
    known: dict[str, Service] = {}
    for service in services:
        other = known.setdefault(service.name, service)
        if other is not service:
            service.refuse('name', f'is refused on a swarm: {describe_item(other.item)} is called {service.name}, too')
        try:
            check_swarm_name(service.name)
        except ValueError as error:
            service.refuse('name', f'is refused: {error}')


def place_together(services: Iterable[Service]) -> None:
    """Have services that share a volume or host path placed by all that any of them says about nodes."""
    groups: list[tuple[set[str], list[Service]]] = []
    for service in services:
        if not service.data:
            continue
        data, members = set(service.data), [service]
        for group in [group for group in groups if group[0] & data]:
            groups.remove(group)
            data |= group[0]
            members = [*group[1], *members]
        groups.append((data, members))
    for _, members in groups:
        wanted = sorted({text for member in members for text in _constraints(member)})
        for member in members:
            if wanted:
                member.put((*TASK, 'Placement', 'Constraints'), wanted)
                continue
            others = ' and '.join(sorted(describe_item(other.item) for other in members if other is not member))
            together = f' (together with {others})' if others else ''
            member.refusals.append(
                Refusal(
                    describe_item(member.item),
                    f"has volumes or host paths{together}, so 'nodes' has to say where its data is",
                )
            )


def _constraints(service: Service) -> list[str]:
    found: list[str] = service.spec['TaskTemplate'].get('Placement', {}).get('Constraints') or []
    return found


def fitting_nodes(nodes: Iterable[Mapping[str, Any]], constraints: Iterable[str]) -> list[str]:
    """Names of the nodes that constraints allow, as far as they are about names, roles and labels of nodes.

    :param nodes: As a manager lists them.
    """
    wanted = list(constraints)
    return [node['Description']['Hostname'] for node in nodes if all(_fits(node, text) for text in wanted)]


def _fits(node: Mapping[str, Any], text: str) -> bool:
    operator = '!=' if '!=' in text else '=='
    key, _, value = text.partition(operator)
    found = _attribute(node, key)
    if found is ...:
        return True
    return (str(found or '').casefold() == value.casefold()) == (operator == '==')


def _attribute(node: Mapping[str, Any], key: str) -> Any:
    spec = node.get('Spec') or {}
    if key.startswith('node.labels.'):
        return (spec.get('Labels') or {}).get(key.removeprefix('node.labels.'))
    known = {'node.hostname': node['Description']['Hostname'], 'node.id': node['ID'], 'node.role': spec.get('Role')}
    return known.get(key, ...)


def refuse_spread_data(services: Iterable[Service], nodes: Iterable[Mapping[str, Any]]) -> Iterator[Refusal]:
    """What has volumes on the disks of nodes, and may be placed on several of them."""
    listed = list(nodes)
    for service in services:
        mounts = service.spec['TaskTemplate']['ContainerSpec'].get('Mounts') or ()
        local = [
            mount['Source']
            for mount in mounts
            if mount['Type'] == 'volume' and 'Source' in mount and 'DriverConfig' not in mount.get('VolumeOptions', {})
        ]
        found = fitting_nodes(listed, _constraints(service))
        if local and _constraints(service) and len(found) > 1:
            yield Refusal(
                f"{describe_item(service.item)}: 'nodes'",
                f'leads to several nodes ({", ".join(found)}), and volume {local[0]} is on the disk of one; name that',
            )
