from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from .errors import VerificationFailed
from .manifest import Manifest, Place, manifest_path, read_manifest
from .records import VerifiedExport
from .tally import Row, Tally, iso, milliseconds, read_row

_zstd: Any
try:
    _zstd = importlib.import_module("compression.zstd")
except ModuleNotFoundError:
    _zstd = None

_UNREADABLE = (OSError, EOFError, zlib.error, *([_zstd.ZstdError] if _zstd else []))
_MOST_PROBLEMS = 20
_CHUNK_BYTES = 1 << 20


def verify_export(file: str | os.PathLike[str], manifest_file: str | os.PathLike[str] | None = None) -> VerifiedExport:
    """Checks a file against its manifest, without asking anybody. Reads it once and keeps one row at a time.

    Raises VerificationFailed, with all its `problems`, when it differs from the manifest."""
    path = Path(file)
    manifest = read_manifest(Path(manifest_file) if manifest_file is not None else manifest_path(path))
    with path.open("rb") as raw:
        whole = _Meter(raw)
        problems: list[str] = []
        content = _decompressed(manifest, whole)
        if content is not None:
            _check_content(manifest, content, problems)
        whole.drain()
    _compare(problems, "File size", manifest.file_bytes, whole.bytes, " bytes")
    _compare(problems, "File SHA-256", manifest.file_sha256, whole.sha256)
    if problems:
        raise VerificationFailed(
            f"{path} does not match its manifest. " + ". ".join(problems[:_MOST_PROBLEMS]), problems[:_MOST_PROBLEMS]
        )
    gaps = tuple(gap for one in manifest.journals or () for gap in one.gaps)
    checked: Literal["rows", "file"] = "file" if content is None else "rows"
    return VerifiedExport(manifest, whole.sha256, manifest.rows, whole.bytes, gaps, checked)


class _Meter(io.RawIOBase):
    """A file that is measured as it is read."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._file.read(len(buffer))
        self._hash.update(chunk)
        self.bytes += len(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def drain(self) -> None:
        while self.read(_CHUNK_BYTES):
            pass

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _decompressed(manifest: Manifest, file: _Meter) -> io.BufferedIOBase | None:
    """None where this Python cannot decompress it: only the file can be checked then."""
    buffered = io.BufferedReader(file, _CHUNK_BYTES)
    if manifest.compression == "none":
        return buffered
    if manifest.compression == "gzip":
        return gzip.GzipFile(fileobj=buffered)
    return None if _zstd is None else _zstd.ZstdFile(buffered)


def _check_content(manifest: Manifest, content: io.BufferedIOBase, problems: list[str]) -> None:
    measured = _Meter(content)
    lines = io.BufferedReader(measured, _CHUNK_BYTES)
    tally = Tally()
    rows = 0
    try:
        rows = _count_records(lines) if manifest.format == "csv" else _check_lines(manifest.kind, lines, tally, problems)
    except _UNREADABLE as error:
        problems.append(f"The file cannot be read to its end: {error}")
    _compare(problems, "Row data size", manifest.content_bytes, measured.bytes, " bytes")
    _compare(problems, "Row data SHA-256", manifest.content_sha256, measured.sha256)
    _compare(problems, "Number of rows", manifest.rows, rows)
    if manifest.format == "csv":
        return
    _compare(problems, "Counts", dict(sorted(manifest.counts.items())), dict(sorted(tally.counts.items())))
    _compare(problems, "First row", _claimed(manifest.first), _found(tally.first))
    _compare(problems, "Last row", _claimed(manifest.last), _found(tally.last))
    journals, twice = tally.journals()
    problems.extend(twice)
    if manifest.journals is not None:
        _compare(problems, "Journals", manifest.raw["journals"], journals)


def _check_lines(kind: str, lines: Iterator[bytes], tally: Tally, problems: list[str]) -> int:
    number = 0
    before: Row | None = None
    for number, line in enumerate(lines, 1):
        try:
            row = read_row(kind, line)
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"Line {number} is not a row of {kind}: {error!r}")
            continue
        if before and (before.time_ms, before.id.encode()) >= (row.time_ms, row.id.encode()):
            problems.append(f"Line {number} does not come after the line before it")
        tally.add(row)
        before = row
    return number


def _count_records(lines: Iterator[bytes]) -> int:
    """Rows of RFC 4180, without the head: a line break within quotes ends none."""
    records = 0
    is_quoted = False
    for line in lines:
        is_quoted ^= line.count(b'"') % 2 == 1
        records += not is_quoted and line.endswith(b"\n")
    return max(0, records - 1)


def _claimed(place: Place | None) -> str:
    return f"{place.id} at {iso(milliseconds(place.time))}" if place else "none"


def _found(row: Row | None) -> str:
    return f"{row.id} at {iso(row.time_ms)}" if row else "none"


def _compare(problems: list[str], what: str, expected: object, found: object, unit: str = "") -> None:
    if expected != found:
        problems.append(f"{what}: expected {_shown(expected)}{unit}, found {_shown(found)}")


def _shown(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return _shortened(value)
    return _shortened(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def _shortened(text: str) -> str:
    return f"{text[:300]}…" if len(text) > 300 else text
