"""What an export claims of itself."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import VerificationFailed

FORMAT = "airs-export/1"


@dataclass(frozen=True)
class Place:
    """Where a row stands in the order of an export."""

    time: str
    id: str


@dataclass(frozen=True)
class Gap:
    """Sequences of a journal that an export has not, both ends included."""

    journal: str
    from_: int
    to: int


@dataclass(frozen=True)
class JournalCoverage:
    journal: str
    first: int
    last: int
    events: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Manifest:
    export_id: str
    kind: str
    format: str
    compression: str
    from_: str | None
    until: str | None
    """First instant that is not included."""
    rows: int
    counts: Mapping[str, int]
    """Rows by type of event, action of decision, or state of session."""
    first: Place | None
    last: Place | None
    journals: tuple[JournalCoverage, ...] | None
    """Of an unfiltered export of events; None for others, which say nothing of gaps."""
    content_bytes: int
    content_sha256: str
    """Of the rows, before compression."""
    file_bytes: int
    file_sha256: str
    raw: Mapping[str, Any]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Manifest:
        """Raises KeyError, TypeError or ValueError for what is no manifest."""
        if raw["manifest"] != FORMAT:
            raise ValueError(f'"manifest" is {raw["manifest"]!r}, and not "{FORMAT}", which is all that this version knows')
        (file,) = raw["files"]
        journals = raw["journals"]
        return cls(
            export_id=str(raw["made"]["exportId"]),
            kind=_one_of(raw, "kind", "events", "sessions", "decisions"),
            format=_one_of(raw, "format", "jsonl", "csv"),
            compression=_one_of(raw, "compression", "none", "gzip", "zstd"),
            from_=raw["from"],
            until=raw["until"],
            rows=int(raw["rows"]),
            counts={str(label): int(count) for label, count in raw["counts"].items()},
            first=_place(raw["first"]),
            last=_place(raw["last"]),
            journals=None if journals is None else tuple(_coverage(one) for one in journals),
            content_bytes=int(raw["content"]["bytes"]),
            content_sha256=str(raw["content"]["sha256"]),
            file_bytes=int(file["bytes"]),
            file_sha256=str(file["sha256"]),
            raw=raw,
        )


def manifest_path(file: str | os.PathLike[str]) -> Path:
    """Where the manifest of an export's file stands."""
    return Path(f"{os.fspath(file)}.manifest.json")


def write_manifest(file: Path, manifest: Manifest) -> None:
    """Readable for its owner alone."""
    descriptor = os.open(manifest_path(file), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(json.dumps(manifest.raw, indent=2, ensure_ascii=False) + "\n")


def read_manifest(path: Path) -> Manifest:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise VerificationFailed(
            f"There is no manifest {path}: download(), and the command `airs export --output`, put it beside the file; "
            "name another with manifest="
        ) from error
    try:
        return Manifest.of(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else error
        raise VerificationFailed(f"{path} is no manifest of an export: {reason}") from error


def _one_of(raw: Mapping[str, Any], name: str, *known: str) -> str:
    if raw[name] not in known:
        raise ValueError(f'"{name}" is {raw[name]!r}, which is none of {", ".join(known)}')
    return str(raw[name])


def _place(raw: Any) -> Place | None:
    return None if raw is None else Place(time=str(raw["time"]), id=str(raw["id"]))


def _coverage(raw: Any) -> JournalCoverage:
    journal = str(raw["journal"])
    gaps = tuple(Gap(journal, int(gap["from"]), int(gap["to"])) for gap in raw["gaps"])
    return JournalCoverage(journal, int(raw["first"]), int(raw["last"]), int(raw["events"]), gaps)
