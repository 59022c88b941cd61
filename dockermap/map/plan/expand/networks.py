"""Operations for networks, and for taking part in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ....docker_api import is_not_found
from ...action import Action, ItemAction, NetworkUtilAction
from ...input import ItemType
from ...policy.utils import networks_of
from ...request import ActionConfig, action_config, with_config
from ...request.arguments import creation_arguments, with_call_arguments
from ...request.builders import endpoints_at_creation, shares_network
from ...state.joining import missing_endpoints
from ..operation import Condition, Operation, Result, Undo
from .resets import Member, NetworkReset
from .steps import Reader, answer

if TYPE_CHECKING:
    from .expansion import Expansion

_SHORT_ID = 12
_ADDRESSES = ('ipv4_address', 'ipv6_address', 'link_local_ips')
_HAS_LEFT = {'not_found': '', 'disconnected': ''}
_HAS_IT = {'not_found': '', 'conflict': '', 'connected': ''}


def prepare_resets(plan: Expansion, actions: Sequence[ItemAction]) -> None:
    """Find out what is in the networks that are about to be re-created."""
    for item in actions:
        if item.config_id.config_type != ItemType.NETWORK or not {Action.REMOVE, Action.CREATE} <= {*item.action_types}:
            continue
        action = action_config(plan.policy, item.client_name, item.config_id)
        name = plan.policy.item_name(item.config_id)
        # What cannot be created must be known before the old network is gone.
        plan.builder.create_kwargs(action, name)
        known = plan.policy.network_names[action.client_name]
        detail = plan.observed.get(action.client_name, ItemType.NETWORK, name)
        if not detail:
            detail = action.client.inspect_network(known.address(name))
        later = any(NetworkUtilAction.RECONNECT_ALL in other.action_types for other in actions)
        plan.resets[item.client_name, item.config_id] = NetworkReset(
            detail, list(_members(plan, action, name, detail)), not later
        )


def _members(plan: Expansion, action: ActionConfig, name: str, detail: Mapping[str, Any]) -> Iterator[Member]:
    for container_id in _member_ids(plan, action, name, detail):
        try:
            container = action.client.inspect_container(container_id)
        except Exception as error:
            if is_not_found(error):
                continue
            raise
        endpoint = networks_of(container).get(name)
        if endpoint is not None:
            yield Member(container_id, container['Name'].removeprefix('/'), _connect_settings(container_id, endpoint))


def _member_ids(plan: Expansion, action: ActionConfig, name: str, detail: Mapping[str, Any]) -> list[str]:
    ids = dict.fromkeys(detail.get('Containers') or {})
    for container_id, networks in plan.policy.container_names[action.client_name].networks.items():
        if name in networks and networks[name].get('NetworkID') in ('', None, detail['Id']):
            ids[container_id] = None
    return list(ids)


def _connect_settings(container_id: str, endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for connecting a container as its endpoint says; what the engine chose by itself is left to it."""
    ipam = endpoint.get('IPAMConfig') or {}
    settings = {
        'ipv4_address': ipam.get('IPv4Address'),
        'ipv6_address': ipam.get('IPv6Address'),
        'link_local_ips': ipam.get('LinkLocalIPs'),
        'aliases': [alias for alias in endpoint.get('Aliases') or () if alias != container_id[:_SHORT_ID]],
        'links': [tuple(link.split(':', 1)) for link in endpoint.get('Links') or ()],
        'driver_opt': endpoint.get('DriverOpts'),
    }
    return {key: value for key, value in settings.items() if value}


def create(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Create a network. If somebody else created one of that name meanwhile, that is a conflict."""
    create_kwargs = plan.builder.create_kwargs(action, name, kwargs)
    if not plan.exists(action.client_name, ItemType.NETWORK, name):
        # Engines before API version 1.44 accept a second one, and then refuse to start what is to join it.
        create_kwargs.setdefault('check_duplicate', True)
    reset = plan.resets.get((action.client_name, action.config_id))
    undo = _undo_removal(plan, action, name, reset) if reset is not None and reset.removal is not None else None
    number = plan.add(action, 'create_network', create_kwargs, undo=undo)
    plan.note_created(action, name, number)
    if reset is not None and reset.reconnects_at_once:
        _reconnect(plan, action, name, reset)
    return answer(number)


def remove(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> Reader:
    """Remove a network. One that has gone is no error."""
    reset = plan.resets.get((action.client_name, action.config_id))
    undo = None
    if reset is not None:
        for member in reset.members:
            if (action.client_name, member.name, name) in plan.left or (
                action.client_name,
                member.container_id,
                name,
            ) in plan.left:
                continue
            plan.add(
                action,
                'disconnect_container_from_network',
                {'container': member.container_id, 'net_id': reset.detail['Id']},
                tolerates={'any': ''},
            )
        undo = Undo(tuple(_reconnections(plan, action, name, reset)))
    remove_kwargs = plan.builder.get_network_remove_kwargs(action, name, kwargs=kwargs)
    number = plan.add(action, 'remove_network', remove_kwargs, tolerates={'not_found': ''}, undo=undo)
    if reset is not None:
        reset.removal = number
    plan.note_removed(action, name)
    return answer(number)


def disconnect_all(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Disconnect containers from a network; those that have gone already are no error."""
    reset = plan.resets.get((action.client_name, action.config_id))
    undo = None if reset is None else Undo(tuple(_reconnections(plan, action, name, reset)))
    for container in kwargs.pop('containers'):
        plan.left.add((action.client_name, container, name))
        arguments = plan.builder.get_network_disconnect_kwargs(action, name, container, kwargs=kwargs)
        plan.add(action, 'disconnect_container_from_network', arguments, tolerates=_HAS_LEFT, undo=undo)


def reconnect_all(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Connect a network that was re-created with the containers that the former one had."""
    reset = plan.resets.pop((action.client_name, action.config_id), None)
    if reset is not None:
        _reconnect(plan, action, name, reset)


def _reconnect(plan: Expansion, action: ActionConfig, name: str, reset: NetworkReset) -> None:
    """One that cannot be connected does not keep the others out; the failure is told when all have been tried."""
    created = plan.creation(action, name)
    is_ambiguous = name in plan.policy.network_names[action.client_name].ambiguous
    network = Result(created, 'Id') if is_ambiguous and created is not None else name
    tried: list[tuple[str, int]] = []
    for member in reset.members:
        arguments = {'container': member.container_id, 'net_id': network, **member.settings}
        without_address = {key: value for key, value in arguments.items() if key not in _ADDRESSES}
        has_address = len(without_address) < len(arguments)
        text = f'Container {member.name} got another address in {name}' if has_address else ''
        number = plan.add(action, 'connect_container_to_network', arguments, tolerates={**_HAS_IT, 'failed': text})
        if has_address:
            number = plan.add(
                action,
                'connect_container_to_network',
                without_address,
                tolerates={**_HAS_IT, 'failed': ''},
                condition=Condition(number, 'failed'),
            )
        tried.append((member.name, number))
    if tried:
        plan.add(
            action,
            'check',
            {'failures': tried},
            purpose=f'Network {name} was re-created, but not all containers could be connected with it again',
        )


def _reconnections(plan: Expansion, action: ActionConfig, name: str, reset: NetworkReset) -> Iterator[Operation]:
    for member in reset.members:
        yield plan.undoing(
            action,
            'connect_container_to_network',
            {'container': member.container_id, 'net_id': name, **member.settings},
            _HAS_IT,
        )


def _undo_removal(plan: Expansion, action: ActionConfig, name: str, reset: NetworkReset) -> Undo:
    former = plan.undoing(action, 'create_network', _create_kwargs(reset.detail), ())
    reverted = frozenset(
        operation.number
        for operation in plan.operations
        if operation.config_id == action.config_id and operation.client_name == action.client_name
    )
    return Undo(
        (former, *_reconnections(plan, action, name, reset)),
        reverted,
        f'The new network {name} on client {action.client_name} could not be created; the former one is created again.',
    )


def _create_kwargs(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that create a network as an inspection shows it."""
    ipam = detail.get('IPAM') or {}
    kwargs = {
        'name': detail['Name'],
        'driver': detail['Driver'],
        'options': dict(detail.get('Options') or {}),
        'ipam': {
            'Driver': ipam.get('Driver') or 'default',
            'Options': ipam.get('Options') or {},
            'Config': [_pool(pool) for pool in ipam.get('Config') or ()],
        },
        'internal': bool(detail.get('Internal')),
        'enable_ipv6': bool(detail.get('EnableIPv6')),
        'labels': dict(detail.get('Labels') or {}),
    }
    if detail.get('Attachable'):
        kwargs['attachable'] = True
    return kwargs


def _pool(pool: Mapping[str, Any]) -> dict[str, Any]:
    """An address pool; engines show gateways of IPv6 with the length of the prefix, but do not accept that."""
    gateway = str(pool.get('Gateway') or '').partition('/')[0]
    found = {**pool, 'Gateway': gateway}
    return {key: value for key, value in found.items() if value}


def connect(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Connect a container with networks; ``skip_first`` leaves out the first endpoint, as the container has it."""
    endpoints, skip_first = list(kwargs.pop('endpoints')), kwargs.pop('skip_first', False)
    for endpoint in endpoints[1 if skip_first else 0 :]:
        network_name = plan.policy.network_name(action.config_id.map_name, endpoint.network_name)
        plan.joined.add((action.client_name, name, network_name))
        arguments = plan.builder.get_network_connect_kwargs(action, network_name, name, endpoint, kwargs=kwargs)
        plan.add(action, 'connect_container_to_network', arguments, tolerates={'connected': ''})


def join_missing(plan: Expansion, action: ActionConfig, name: str) -> None:
    """Connect a container that was never started with the networks that an interrupted call has left out."""
    client_name, config_id = action.client_name, action.config_id
    detail = plan.observed.get(client_name, ItemType.CONTAINER, name)
    endpoints = [
        endpoint
        for endpoint in missing_endpoints(plan.policy, client_name, config_id, detail)
        if (client_name, name, plan.policy.nname(config_id.map_name, endpoint.network_name)) not in plan.joined
    ]
    if endpoints:
        plan.sub_step(action, name, Action.CONNECT, {'endpoints': endpoints})


def disconnect(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Disconnect a container from networks, given by their names on the engine."""
    networks = kwargs.pop('networks')
    for network_name in sorted(networks) if isinstance(networks, (set, frozenset)) else networks:
        # Engines let a container forget a network that is gone only by force.
        is_known = network_name in plan.policy.network_names[action.client_name]
        given = {**({} if is_known else {'force': True}), **kwargs}
        plan.add(
            action,
            'disconnect_container_from_network',
            plan.builder.get_network_disconnect_kwargs(action, network_name, name, kwargs=given),
            tolerates={'disconnected': ''},
        )


def connect_all(plan: Expansion, action: ActionConfig, name: str, kwargs: dict[str, Any]) -> None:
    """Connect a new container with its networks, but for those that it joins at its creation."""
    if not action.client_config.features['networks']:
        return
    skip_first = kwargs.pop('skip_first', None)
    given = creation_arguments(kwargs)
    # Without arguments of its own, this goes by those that the container was created with.
    config = with_call_arguments(action, given)[0].config if given else plan.config(action, name)
    if shares_network(config) or config.network_mode in ('none', 'host'):
        return
    others = {key: value for key, value in kwargs.items() if key not in given}
    joining, endpoints = with_config(action, config), list(config.networks)
    if skip_first is None:
        joined = endpoints_at_creation(joining)
        skip_first = bool(joined)
        # Methods of others are given all networks, as far as only the first one was joined.
        endpoints = [endpoint for endpoint in endpoints if endpoint not in joined[1:]]
    plan.sub_step(joining, name, Action.CONNECT, {'endpoints': endpoints, 'skip_first': skip_first, **others})
