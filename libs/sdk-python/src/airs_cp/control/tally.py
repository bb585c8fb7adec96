"""Counts the rows of an export, in their order."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Row:
    """What is counted of a row. `label` is what it is counted under."""

    id: str
    time_ms: int
    label: str
    journal: str | None = None
    sequence: int | None = None


def read_row(kind: str, line: bytes) -> Row:
    """Raises KeyError, TypeError or ValueError when the line is not a row of that kind."""
    raw: dict[str, Any] = json.loads(line)
    if kind == "events":
        label, journal, sequence = _text(raw, "type"), raw.get("journal"), raw.get("sequence")
        return Row(_text(raw, "id"), milliseconds(raw["time"]), label, journal, sequence)
    if kind == "sessions":
        return Row(_text(raw, "session"), milliseconds(raw["startedAt"]), "session")
    return Row(_text(raw, "event"), milliseconds(raw["time"]), _text(raw["decision"], "action"))


def milliseconds(time: str) -> int:
    """Since 1970, of a time of RFC 3339; what it has beyond milliseconds is cut off."""
    text = re.sub(r"\.(\d+)", lambda match: f".{match[1][:3]:0<3}", time).replace("Z", "+00:00")
    return (datetime.fromisoformat(text) - _EPOCH) // _MILLISECOND


def iso(time_ms: int) -> str:
    return (_EPOCH + time_ms * _MILLISECOND).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Tally:
    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    first: Row | None = None
    last: Row | None = None
    _journals: dict[str, list[list[int]]] = field(default_factory=dict)
    """Runs of sequences, both ends included, as they came."""

    def add(self, row: Row) -> None:
        self.rows += 1
        self.first = self.first or row
        self.last = row
        self.counts[row.label] = self.counts.get(row.label, 0) + 1
        if not row.journal or not row.sequence:
            return
        runs = self._journals.setdefault(row.journal, [])
        if runs and row.sequence == runs[-1][1] + 1:
            runs[-1][1] = row.sequence
        else:
            runs.append([row.sequence, row.sequence])

    def journals(self) -> tuple[list[dict[str, Any]], list[str]]:
        """What there is of each journal, as a manifest lists it, and what is there twice."""
        coverage, twice = [], []
        for journal, runs in sorted(self._journals.items()):
            gaps: list[dict[str, int]] = []
            events, first, last = 0, 0, 0
            for start, end in sorted(runs):
                first = first or start
                if start <= last:
                    twice.append(f"More than one row has place {start} of journal {journal}")
                elif events and start > last + 1:
                    gaps.append({"from": last + 1, "to": start - 1})
                events += max(0, end - max(start, last + 1) + 1)
                last = max(last, end)
            coverage.append({"journal": journal, "first": first, "last": last, "events": events, "gaps": gaps})
        return coverage, twice


def _text(raw: dict[str, Any], name: str) -> str:
    if not isinstance(raw[name], str):
        raise TypeError(f"{name} is not a text")
    return str(raw[name])
