from __future__ import annotations

from collections.abc import Iterable

from .records import Finding, RecordedEvent


def findings_of(events: Iterable[RecordedEvent]) -> list[Finding]:
    """Findings of the request first, then of the response."""
    return [
        Finding(
            direction="request" if event.type.startswith("airs.request-") else "response",
            detector=found["detector"],
            type=found["type"],
            path=found["path"],
            start=found["start"],
            end=found["end"],
            confidence=found["confidence"],
        )
        for event in events
        for found in event.data.get("decision", {}).get("findings", [])
    ]


def is_complete(events: Iterable[RecordedEvent]) -> bool:
    """Whether what became of an exchange is among its events."""
    return any(
        event.type.startswith("airs.response-")
        or event.type.startswith(("airs.request-blocked.", "airs.request-rejected.", "airs.exchange-abandoned."))
        for event in events
    )
