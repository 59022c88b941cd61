"""The label that tells what an item was made from: a digest of each argument of its creating call."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

LABEL = 'org.docker-map.created-from'
"""Name of the label on containers, networks and volumes."""

_VERSION = '1'
_DIGEST_LENGTH = 12


def digest(value: Any) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a value's canonical JSON: keys sorted, lists in order."""
    canonical = json.dumps(value, sort_keys=True, separators=(',', ':'), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGEST_LENGTH]


def format_label(arguments: Mapping[str, Any]) -> str:
    """Text of the label for arguments of a creating call."""
    digests = {name: digest(value) for name, value in arguments.items()}
    return f'{_VERSION}:{json.dumps(digests, sort_keys=True, separators=(",", ":"))}'


def parse_label(text: str | None) -> dict[str, str] | None:
    """Digests by argument; ``None`` if there is no label, or it is of another version, or not readable."""
    version, separator, content = (text or '').partition(':')
    if version != _VERSION or not separator:
        return None
    try:
        found = json.loads(content)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    return found
