"""Whether calls came in an order in which a map can be brought up and taken down, read off the map's settings alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tests.laws.cases import Settings, container_names, volume_names

TAKING_DOWN = ('stop', 'remove', 'shutdown')


class Step(NamedTuple):
    """One call that changes something: the method, the item's name on the engine, and another item that it is about."""

    method: str
    item: str
    other: str = ''


class Wants(NamedTuple):
    """What containers of a map need, by their names on the engine."""

    containers: dict[str, set[str]]
    networks: dict[str, set[str]]
    volumes: dict[str, set[str]]
    images: dict[str, str]


def wants(settings: Settings, prefix: str) -> Wants:
    """What each container of a map needs."""
    containers, volumes = container_names(settings, prefix), volume_names(settings, prefix)
    found = Wants({}, {}, {}, {})
    for name, config_name in containers.items():
        config = settings['containers'][config_name]
        used = _used_volumes(config, settings, prefix)
        own = {volume for volume, owner in volumes.items() if owner == config_name}
        owners = {volumes[volume] for volume in used} - {config_name}
        referred = {f'{prefix}.{reference}' for reference in _referred(config)}
        found.containers[name] = {
            other for other, other_config in containers.items() if other_config in owners or other in referred
        }
        found.networks[name] = {f'{prefix}.{network}' for network in config.get('networks', ())}
        found.volumes[name] = own | used
        found.images[name] = config['image']
    return found


def _referred(config: Settings) -> Iterator[str]:
    """Names of containers that a configuration refers to."""
    yield from config.get('links') or ()
    if config.get('network_mode'):
        yield config['network_mode']
    for endpoint in config.get('networks', {}).values():
        yield from endpoint.get('links') or ()
    yield from config.get('uses') or ()
    yield from config.get('depends_on') or ()


def _used_volumes(config: Settings, settings: Settings, prefix: str) -> set[str]:
    known = volume_names(settings, prefix)
    return {f'{prefix}.{name}' for name in config.get('uses') or () if f'{prefix}.{name}' in known}


class Rule(NamedTuple):
    """One of two steps has to come first, and why."""

    first: int
    second: int
    text: str


def misplaced(steps: Sequence[Step], settings: Settings, prefix: str, action: str) -> list[str]:
    """What comes too early or too late; nothing is as it should be."""
    return [rule.text for rule in rules(steps, settings, prefix, action) if rule.first > rule.second]


def unassured(
    steps: Sequence[Step], needs: Sequence[Iterable[int]], settings: Settings, prefix: str, action: str
) -> list[str]:
    """What could come too early or too late, if steps were carried out as soon as those that they need are done."""
    before: list[set[int]] = []
    for number, needed in enumerate(needs):
        known = [other for other in needed if other < number]
        before.append({*known}.union(*(before[other] for other in known)))
    return [
        f'nothing assures: {rule.text}'
        for rule in rules(steps, settings, prefix, action)
        if rule.first not in before[rule.second]
    ]


HELPER = '..owner'
"""What names of containers have that set the owner of a volume."""


def rules(steps: Sequence[Step], settings: Settings, prefix: str, action: str) -> Iterator[Rule]:
    """All that has to be true of the order of steps."""
    found = _Places(steps)
    yield from _same_item(found, creates_last=action != 'script')
    known = wants(settings, prefix)
    for name, others in known.containers.items():
        for other in sorted(others):
            if action in TAKING_DOWN:
                for methods in (('stop', 'kill'), ('remove_container',)):
                    yield from found.rules(methods, name, methods, other)
            else:
                for methods in (('create_container',), ('start',)):
                    yield from found.rules(methods, other, methods, name)
    for name, networks in known.networks.items():
        for network in sorted(networks):
            yield from found.rules(('create_network',), network, ('create_container',), name)
            if action in TAKING_DOWN:
                yield from found.rules(('stop', 'kill', 'remove_container'), name, ('remove_network',), network)
    for name, volumes in known.volumes.items():
        for volume in sorted(volumes):
            yield from found.rules(('create_volume',), volume, ('create_container',), name)
            yield from found.rules(('remove_container',), name, ('remove_volume',), volume)
    for name, image in known.images.items():
        yield from found.rules(('pull',), image, ('create_container',), name)


def _same_item(found: _Places, creates_last: bool) -> Iterator[Rule]:
    """An item goes before the one of the same name comes, and is there before anything else is done with it."""
    for name in found.names:
        # Helpers come, and go again.
        comes_and_goes = not creates_last or HELPER in name
        for kind in ('network', 'volume', *(() if comes_and_goes else ('container',))):
            yield from found.rules((f'remove_{kind}',), name, (f'create_{kind}',), name)
        yield from found.rules(('create_container',), name, ('start', 'exec_create'), name)
        yield from found.rules(('create_network',), name, ('connect_container_to_network',), name)


class _Places:
    """Where methods were called for items."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._places: dict[tuple[str, str], list[int]] = {}
        for number, step in enumerate(steps):
            self._places.setdefault((step.method, step.item), []).append(number)
        self.names = sorted({step.item for step in steps if step.item})

    def rules(self, methods: Iterable[str], item: str, later_methods: Iterable[str], later_item: str) -> Iterator[Rule]:
        """The former calls come before the latter."""
        later = [(method, place) for method in later_methods for place in self._places.get((method, later_item), ())]
        for method in methods:
            for place in self._places.get((method, item), ()):
                for later_method, later_place in later:
                    yield Rule(place, later_place, f'{method} {item} before {later_method} {later_item}')
