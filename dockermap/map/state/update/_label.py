"""Comparing what an item would be created with now to what its label says that it was created with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..._kinds import kind_of
from ...policy.label import LABEL, Label, parse_label
from ...policy.meaning import means_the_same
from ...policy.ownership import without_own_labels
from .. import Difference

if TYPE_CHECKING:
    from ..base import AbstractState

_SAID_BY: dict[str, tuple[str, ...]] = {
    'exposes': ('ports', 'port_bindings'),
    'driver_options': ('options', 'driver_opts'),
    'binds': ('binds', 'volumes'),
    'attaches': ('binds', 'volumes', 'volumes_from'),
    'uses': ('binds', 'volumes', 'volumes_from'),
    'secrets': ('mounts',),
    'configs': ('mounts',),
}
"""Arguments that say the same as a property of the configuration, where they have other names."""


def found_label(state: AbstractState) -> Label | None:
    """What an item says that it was created with; ``None`` without a label that can be read."""
    labels = _at(state.detail, kind_of(state.config_id).labels)
    return parse_label((labels or {}).get(LABEL))


def label_differences(state: AbstractState) -> list[Difference]:
    """Arguments of the creating call that are not, or were, or differ from, those in the label of an inspected item.

    What the inspection shows to be as wanted is no difference, e.g. a runtime that is named now, and is the engine's
    usual one.
    """
    label = found_label(state)
    if label is None or state.create_arguments is None:
        return []
    wanted = state.create_arguments(state.client_name, state.config_id)
    options = kind_of(state.config_id).options
    changed = [
        Difference(state.config_id, name, wanted.get(name), _found(state, name))
        for name in label.differing(wanted, options)
    ]
    return [
        difference
        for difference in changed
        if difference.wanted is None
        or not means_the_same(options.get(difference.property), difference.wanted, difference.found)
    ]


def is_comparable(state: AbstractState) -> bool:
    """Whether an inspected item has a label that can be compared."""
    return state.create_arguments is not None and found_label(state) is not None


def not_said(differences: Iterable[Difference], known: Iterable[Difference]) -> list[Difference]:
    """Differences of arguments without those that other differences say already, by the name of the property."""
    said = _said(list(known))
    return [difference for difference in differences if difference.property not in said]


def _said(known: Collection[Difference]) -> set[str]:
    names = {difference.property.partition('.')[0] for difference in known}
    said = {argument for name in names for argument in _SAID_BY.get(name, (name,))}
    return said.union(difference.property for difference in known)


def _found(state: AbstractState, name: str) -> Any:
    """The argument's value as the inspection shows it, or ``None`` where it does not."""
    option = kind_of(state.config_id).options.get(name)
    if option is None or not option.path:
        return None
    value = _at(state.detail, option.path)
    if name == 'labels' and isinstance(value, Mapping):
        return without_own_labels(value)
    return value


def _at(detail: Any, path: Iterable[str]) -> Any:
    for key in path:
        detail = detail.get(key) if isinstance(detail, Mapping) else None
    return detail
