"""How clients refer to items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .documents import text
from .errors import missing_argument

__all__ = ['Answer', 'Reference', 'identified']

Reference = str | Mapping[str, object] | None
"""Name or id of an item, or a dictionary with its id."""

Answer = dict[str, Any]
"""What an engine answers, as the SDK returns it."""


def identified(reference: Reference) -> str:
    """Name or id of an item, also out of a dictionary that the SDK returned.

    :raises docker.errors.NullResource: It is empty.
    """
    if isinstance(reference, Mapping):
        reference = text(reference.get('Id', reference.get('ID')))
    if not reference:
        raise missing_argument()
    return reference
