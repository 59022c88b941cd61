"""Arguments of a call, on each kind of client that it is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..utils import close_match
from .config.client import SWARM
from .input import MapConfigId
from .swarm.settings import CALL_OPTIONS, has_effect

if TYPE_CHECKING:
    from .plan.decide import DecisionPass
    from .policy.base import BasePolicy


def check_arguments(
    action_name: str,
    arguments: Collection[str],
    options: Collection[str],
    decided: DecisionPass,
    config_ids: Iterable[MapConfigId],
) -> None:
    """Refuse arguments that nothing takes.

    :param options: Names of options, of which one may be meant.
    :raises TypeError: On one of the kinds of clients that the items are on, an argument has no effect.
    """
    if not arguments:
        return
    for part, client_name in decided.parts_for(config_ids):
        known = part.decisions.arguments
        for name in arguments if known is not None else ():
            if known is not None and name not in known:
                is_swarm = getattr(decided.policy.clients.get(client_name), 'backend', None) == SWARM
                place = f' on client {client_name!r}, which is a swarm' if is_swarm else ''
                match = close_match(name, {*known, *options})
                raise TypeError(f"'{action_name}' takes no argument '{name}'{place}{match}")


def ineffective_options(
    options: Mapping[str, object], policy: BasePolicy, path: Callable[[], Iterable[MapConfigId]]
) -> Iterator[str]:
    """What to tell about options that are given, and do nothing on a swarm.

    :param path: Gives the items that the call is about.
    """
    without = [name for name, value in options.items() if not has_effect(name, value)]
    swarms = [name for name, client in policy.clients.items() if getattr(client, 'backend', None) == SWARM]
    if not without or not swarms:
        return
    concerned = {client_name for item in path() for client_name in policy.get_client_names(item)}
    for client_name in swarms:
        for name in without if client_name in concerned else ():
            yield f'{name} has no effect on client {client_name}, which is a swarm: {CALL_OPTIONS[name].text}'
