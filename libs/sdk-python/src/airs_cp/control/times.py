from __future__ import annotations

from datetime import date, datetime, timezone

Time = str | date | datetime
"""A day, or an instant; without a zone it is UTC. Text goes to the API as it is."""


def time_text(time: Time | None) -> str | None:
    if time is None or isinstance(time, str):
        return time
    if isinstance(time, datetime):
        return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).isoformat()
    return time.isoformat()


def instant_text(time: Time | None) -> str | None:
    """Of a day its beginning."""
    text = time_text(time)
    return f"{text}T00:00:00Z" if text is not None and len(text) == 10 else text
