"""What the control APIs return."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from .manifest import Gap, Manifest


@dataclass(frozen=True)
class RecordedEvent:
    json: str
    """Exactly as recorded: one CloudEvents document."""
    event: dict[str, Any]

    @classmethod
    def of(cls, text: str) -> RecordedEvent:
        return cls(text, json.loads(text))

    @property
    def id(self) -> str:
        return str(self.event["id"])

    @property
    def type(self) -> str:
        return str(self.event["type"])

    @property
    def exchange(self) -> str | None:
        return self.event.get("exchange")

    @property
    def session(self) -> str | None:
        return self.event.get("session")

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.event.get("data") or {}
        return found


@dataclass(frozen=True)
class Finding:
    """What a detector saw, and where. Never the text itself."""

    direction: str
    """`request` or `response`."""
    detector: str
    type: str
    path: str
    """JSON pointer to the string in the request or the response."""
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Session:
    id: str
    raw: dict[str, Any]
    """As the API returns it; of one that was asked for by its id with its first exchanges in order."""

    @property
    def exchanges(self) -> Any:
        return self.raw.get("exchanges")

    @property
    def exchange_count(self) -> Any:
        """How many exchanges it has, of one that was asked for by its id."""
        return self.raw.get("exchangeCount")


@dataclass(frozen=True)
class Progress:
    """How far an export is."""

    state: str
    rows: int
    bytes: int
    percent: int


@dataclass(frozen=True)
class ExportJob:
    id: str
    kind: str
    format: str
    progress: Progress
    sha256: str | None
    error: str | None
    raw: dict[str, Any]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> ExportJob:
        progress = Progress(
            state=str(raw["state"]), rows=int(raw["rows"]), bytes=int(raw["bytes"]), percent=int(raw["percent"])
        )
        return cls(
            id=str(raw["id"]),
            kind=str(raw["kind"]),
            format=str(raw["format"]),
            progress=progress,
            sha256=raw.get("sha256"),
            error=raw.get("error"),
            raw=raw,
        )

    @property
    def state(self) -> str:
        return self.progress.state


@dataclass(frozen=True)
class VerifiedExport:
    """A file that matches its manifest, to the byte."""

    manifest: Manifest
    sha256: str
    rows: int
    bytes: int
    gaps: tuple[Gap, ...]
    """Events that are missing according to the journals' sequence numbers, as the manifest declares them."""
    checked: Literal["rows", "file"]
    """`rows`: each of them was read, too. `file`: size and digest only, because this Python cannot decompress it (zstd
    needs 3.14); the rest is taken from the manifest."""
