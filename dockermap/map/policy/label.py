"""The label that tells what an item was made from: a digest of each argument of its creating call.

Who sees the label knows which arguments were given, and can test a guess of the whole value of one of them: a short
password that is an argument by itself can be found by trying. As each item has a random salt of its own, nothing that
was computed before helps with that, and equal values do not show: not those of two items, nor those of two arguments.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...docker_options import CreateOption
from .meaning import canonical, meanings

LABEL = 'org.docker-map.created-from'
"""Name of the label on containers, networks and volumes."""

_VERSION = '3'
_SALTED_VERSION = '2'
_UNSALTED_VERSION = '1'
_DIGEST_LENGTH = 12
_SALT = re.compile(r'[0-9a-f]{32}')
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True)
class Label:
    """What an item was created with: a digest of each argument.

    A digest has the first 12 hexadecimal digits of the SHA-256 of a salt and a value's canonical JSON.

    :param digests: By argument.
    :param salt: That of the item; empty in labels of the first form.
    :param of_meanings: The digests are of what arguments mean; in earlier forms of the values as they are sent.
    """

    digests: Mapping[str, str]
    salt: str = ''
    of_meanings: bool = True

    def differing(self, arguments: Mapping[str, Any], options: Mapping[str, CreateOption]) -> list[str]:
        """Names of the arguments that differ from those of the label, or that only one of the two has; sorted."""
        values = meanings(arguments, options) if self.of_meanings else arguments
        both = self.digests.keys() & values.keys()
        changed = (name for name in both if _digest(self.salt, name, values[name]) != self.digests[name])
        return sorted({*(self.digests.keys() ^ values.keys()), *changed})


def salt_for(*what: object) -> str:
    """A random salt for an item that is made from something: another one for all else, and in each process.

    The same for the same, so that looking twice at what is to be done gives the same twice.
    """
    content = canonical(what)
    return hmac.new(_KEY, content.encode(), hashlib.sha256).hexdigest()[:32]


def format_label(arguments: Mapping[str, Any], options: Mapping[str, CreateOption], salt: str | None = None) -> str:
    """Text of the label for arguments of a creating call.

    :param salt: 32 hexadecimal digits, random for each item; drawn by default.
    """
    salt = secrets.token_hex(16) if salt is None else salt
    digests = {name: _digest(salt, name, value) for name, value in meanings(arguments, options).items()}
    return f'{_VERSION}:{salt}:{canonical(digests)}'


def parse_label(text: str | None) -> Label | None:
    """The label of a text; ``None`` if there is none, or it is of another version, or not readable."""
    version, _, content = (text or '').partition(':')
    salt = ''
    if version in (_VERSION, _SALTED_VERSION):
        salt, _, content = content.partition(':')
        if not _SALT.fullmatch(salt):
            return None
    elif version != _UNSALTED_VERSION:
        return None
    try:
        found = json.loads(content)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    return Label(found, salt, version == _VERSION)


def _digest(salt: str, name: str, value: Any) -> str:
    # The name is part of each salt, so that not even two arguments of an item can be seen to have the same value.
    salted = f'{salt}:{name}:{canonical(value)}' if salt else canonical(value)
    return hashlib.sha256(salted.encode()).hexdigest()[:_DIGEST_LENGTH]
