"""Merging of dependency paths that were computed one by one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

T = TypeVar('T', bound=Hashable)


def merge_dependency_paths(item_paths: Iterable[tuple[T, list[T]]]) -> list[tuple[T, list[T]]]:
    """Items and their paths without what other entries visit already.

    An item on the path of another one gets no entry; of two paths that overlap, the later one loses what they share.
    """
    kept: list[tuple[T, list[T]]] = []
    for item, path in item_paths:
        if any(item in kept_path for _, kept_path in kept):
            continue
        rest = _without_shared(path, kept)
        kept = [entry for entry in kept if entry[0] not in path]
        kept.append((item, rest))
    return kept


def _without_shared(path: list[T], kept: list[tuple[T, list[T]]]) -> list[T]:
    """What is left of a path; entries that lie on it are dropped afterwards, so they do not take anything away."""
    rest = list(path)
    for kept_item, kept_path in kept:
        if kept_item not in path:
            shared = set(kept_path)
            rest = [element for element in rest if element not in shared]
    return rest
