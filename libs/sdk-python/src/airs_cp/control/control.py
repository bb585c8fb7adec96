from __future__ import annotations

import functools
import os

from ..settings import Settings
from .events import Events
from .exports import Exports
from .location import find_location
from .mcp import Mcp
from .records import VerifiedExport
from .sessions import Sessions
from .transport import Transport
from .verify import verify_export


class Control:
    """The control APIs, and what the client itself counts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def direct_calls(self) -> int:
        """Requests that went to the provider because the gateway could not be reached."""
        return self._settings.direct.count

    @functools.cached_property
    def _transport(self) -> Transport:
        return Transport(find_location(self._settings.airs_url, self._settings.airs_token))

    @functools.cached_property
    def exports(self) -> Exports:
        return Exports(self._transport)

    @functools.cached_property
    def events(self) -> Events:
        return Events(self._transport)

    @functools.cached_property
    def sessions(self) -> Sessions:
        return Sessions(self._transport)

    @functools.cached_property
    def mcp(self) -> Mcp:
        return Mcp(self._transport)

    def verify(
        self, file: str | os.PathLike[str], *, manifest: str | os.PathLike[str] | None = None
    ) -> VerifiedExport:
        """Checks an exported file against its manifest (`FILE.manifest.json`), as the command `airs verify` does, without
        asking anybody: digests, every row and their order, counts, and the gaps in journals.

        Raises VerificationFailed, with all its `problems`, when it differs from the manifest."""
        return verify_export(file, manifest)

    def close(self) -> None:
        if "_transport" in self.__dict__:
            self._transport.close()
