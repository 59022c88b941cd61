"""What all parts of the client share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inspection import version_details
from ..references import Answer

if TYPE_CHECKING:
    from ..model import EngineModel

__all__ = ['BaseClient']


class BaseClient:
    """An engine, and how a client speaks to it."""

    def __init__(
        self,
        engine: EngineModel,
        api_version: str,
        read_only: bool,
        timeout: float,
        base_url: str,
    ) -> None:
        self.engine = engine
        # Who waits for something on this engine waits by its time.
        self.clock = engine.clock
        self.api_version = self._version = api_version
        self.read_only = read_only
        self.timeout = timeout
        self.base_url = base_url
        self.told_version = version_details(engine.flavour)
        self._logins: dict[str, Answer] = {}
