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
from typing import Any

LABEL = 'org.docker-map.created-from'
"""Name of the label on containers, networks and volumes."""

_VERSION = '2'
_UNSALTED_VERSION = '1'
_DIGEST_LENGTH = 12
_SALT = re.compile(r'[0-9a-f]{32}')
_KEY = secrets.token_bytes(32)
_canonical = json.JSONEncoder(sort_keys=True, separators=(',', ':'), default=str).encode


class Digest(str):
    """The first 12 hexadecimal digits of the SHA-256 of a salt and a value's canonical JSON.

    Equal to each digest of the same value, whichever salt that was made with, so that nobody has to know the salts.
    """

    __slots__ = ('_content', '_salt')
    _content: str | None
    _salt: str

    @classmethod
    def of(cls, content: str, salt: str = '') -> Digest:
        """The digest of canonical JSON."""
        return cls.found(_digits(content, salt), salt, content)

    @classmethod
    def found(cls, text: str, salt: str = '', content: str | None = None) -> Digest:
        """A digest as it is in a label, of a value that is not known."""
        digest = cls(text)
        digest._content, digest._salt = content, salt
        return digest

    @property
    def content(self) -> str:
        """Canonical JSON of the value.

        :raises ValueError: It is not known.
        """
        if self._content is None:
            raise ValueError('The value of a digest in a label is not known.')
        return self._content

    def is_of(self, value: Any) -> bool:
        """Whether this is the digest of a value."""
        return _digits(_canonical(value), self._salt) == str(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Digest) or self._salt == other._salt:
            return str.__eq__(self, other) is True
        if self._content is not None:
            return _digits(self._content, other._salt) == str(other)
        return other._content is not None and _digits(other._content, self._salt) == str(self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __str__(self) -> str:
        return str.__str__(self)

    # Those that are equal have different texts.
    __hash__ = None  # type: ignore[assignment]


def digest(value: Any) -> Digest:
    """The digest of a value, without a salt: of its JSON with keys sorted and lists in order."""
    return Digest.of(_canonical(value))


def differing(label: Mapping[str, Digest], arguments: Mapping[str, Any]) -> list[str]:
    """Names of the arguments that differ from those in a label, or that only one of the two has; sorted."""
    changed = (name for name in label.keys() & arguments.keys() if not label[name].is_of(arguments[name]))
    return sorted({*(label.keys() ^ arguments.keys()), *changed})


def salt_for(*what: object) -> str:
    """A random salt for an item that is made from something: another one for all else, and in each process.

    The same for the same, so that looking twice at what is to be done gives the same twice.
    """
    content = _canonical(what)
    return hmac.new(_KEY, content.encode(), hashlib.sha256).hexdigest()[:32]


def format_label(arguments: Mapping[str, Any], salt: str | None = None) -> str:
    """Text of the label for arguments of a creating call.

    :param salt: 32 hexadecimal digits, random for each item; drawn by default.
    """
    salt = secrets.token_hex(16) if salt is None else salt
    # The name is part of each salt, so that not even two arguments of an item can be seen to have the same value.
    digests = {name: _digits(_canonical(value), _salt_of(salt, name)) for name, value in arguments.items()}
    return f'{_VERSION}:{salt}:{_canonical(digests)}'


def parse_label(text: str | None) -> dict[str, Digest] | None:
    """Digests by argument; ``None`` if there is no label, or it is of another version, or not readable."""
    version, _, content = (text or '').partition(':')
    salt = ''
    if version == _VERSION:
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
    return {name: Digest.found(value, salt and _salt_of(salt, name)) for name, value in found.items()}


def _digits(content: str, salt: str) -> str:
    return hashlib.sha256(f'{salt}{content}'.encode()).hexdigest()[:_DIGEST_LENGTH]


def _salt_of(salt: str, name: str) -> str:
    return f'{salt}:{name}:'
