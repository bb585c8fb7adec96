from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from .events import PAGE_SIZE
from .records import Session
from .times import Time, instant_text
from .transport import Transport

MOST_EXCHANGES = 1_000
"""Of a session in one response."""


class Sessions:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, id: str, *, limit: int = 1_000) -> Session:
        """With its first exchanges in order, at most `limit`; `exchange_count` says how many it has."""
        path = f"/v1/sessions/{quote(id, safe='')}"
        found = self._transport.json("GET", path, query={"limit": min(limit, MOST_EXCHANGES)})
        after = found.pop("next")
        while after is not None and len(found["exchanges"]) < limit:
            left = min(limit - len(found["exchanges"]), MOST_EXCHANGES)
            page = self._transport.json("GET", path, query={"limit": left, "after": after})
            found["exchanges"] += page["exchanges"]
            after = page["next"]
        return Session(id, found)

    def list(
        self, *, from_: Time | None = None, until: Time | None = None, limit: int | None = None
    ) -> Iterator[Session]:
        """By last activity, newest first; at most `limit`, or all there are."""
        query: dict[str, Any] = {"from": instant_text(from_), "until": instant_text(until)}
        left = limit
        while left is None or left > 0:
            query["limit"] = PAGE_SIZE if left is None else min(left, PAGE_SIZE)
            page = self._transport.json("GET", "/v1/sessions", query=query)
            for raw in page["sessions"]:
                yield Session(str(raw["session"]), raw)
            query["after"] = page["next"]
            if page["next"] is None:
                return
            left = None if left is None else left - len(page["sessions"])
