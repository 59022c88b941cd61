"""Which engine the ``docker`` command would speak to, by its contexts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..exceptions import InputError

DEFAULT = 'default'


class Context(NamedTuple):
    """Where an engine is, and the folder with the certificates for it, if there are any."""

    name: str
    address: str
    certificates: Path | None
    skips_verification: bool


def current_context(variables: Mapping[str, str]) -> Context | None:
    """The context that is in use; ``None`` for the default one, which is the engine of this machine.

    :raises ValueError: The context that is named does not exist, or cannot be read.
    """
    folder = Path(variables.get('DOCKER_CONFIG') or Path(variables.get('HOME', '~')).expanduser() / '.docker')
    name = variables.get('DOCKER_CONTEXT') or _read(folder / 'config.json').get('currentContext')
    if not isinstance(name, str) or name in ('', DEFAULT):
        return None
    digest = hashlib.sha256(name.encode()).hexdigest()
    description = folder / 'contexts' / 'meta' / digest / 'meta.json'
    endpoint = _mapping(_mapping(_read(description).get('Endpoints')).get('docker'))
    address = endpoint.get('Host')
    if not isinstance(address, str) or not address:
        raise InputError(f"There is no docker context '{name}' with an engine in {description}.")
    certificates = folder / 'contexts' / 'tls' / digest / 'docker'
    return Context(name, address, certificates if certificates.is_dir() else None, bool(endpoint.get('SkipTLSVerify')))


def _read(path: Path) -> Mapping[str, object]:
    try:
        return _mapping(json.loads(path.read_text(encoding='utf-8')))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InputError(f'{path}: This is no JSON: {error}') from error


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
