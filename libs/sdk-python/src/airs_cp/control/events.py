from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from .errors import ControlError
from .findings import is_complete
from .records import RecordedEvent
from .times import Time, instant_text
from .transport import Transport

PAGE_SIZE = 500
#: For the way of an exchange's last event from the gateway's journal into the event store.
COMPLETION_LIMIT_SECONDS = 30.0
_POLL_SECONDS = 0.1


def incomplete(exchange: str) -> ControlError:
    return ControlError(
        f"Exchange {exchange} is not complete in the event store after {COMPLETION_LIMIT_SECONDS:.0f} s: its response is "
        "still streaming, or AIRS-CP is behind",
        code="exchange_incomplete",
    )


def split_page(text: str) -> tuple[list[RecordedEvent], int | None]:
    """The events as the very text in which they were recorded, and where the next page begins."""
    decoder = json.JSONDecoder()
    events: list[RecordedEvent] = []
    at = len('{"events":[')
    while text[at] != "]":
        at += text[at] == ","
        event, end = decoder.raw_decode(text, at)
        events.append(RecordedEvent(text[at:end], event))
        at = end
    return events, json.loads("{" + text[at + 2 :])["next"]


class Events:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, id: str) -> RecordedEvent:
        return RecordedEvent.of(self._transport.text("GET", f"/v1/events/{quote(id, safe='')}"))

    def search(
        self,
        *,
        from_: Time | None = None,
        until: Time | None = None,
        type: str | None = None,
        session: str | None = None,
        exchange: str | None = None,
        order: str = "descending",
        limit: int | None = None,
    ) -> Iterator[RecordedEvent]:
        """Recorded events by arrival, newest first unless `order` is `ascending`; at most `limit`, or all there are.

        Args:
            from_, until: the first instant included, and the first that is not.
            type: full name, such as `airs.request-blocked.v1`.
        """
        query: dict[str, Any] = {
            "from": instant_text(from_),
            "until": instant_text(until),
            "type": type,
            "session": session,
            "exchange": exchange,
            "order": order,
        }
        left = limit
        while left is None or left > 0:
            query["limit"] = PAGE_SIZE if left is None else min(left, PAGE_SIZE)
            events, query["after"] = split_page(self._transport.text("GET", "/v1/events", query=query))
            yield from events
            if query["after"] is None:
                return
            left = None if left is None else left - len(events)

    def of_exchange(self, exchange: str) -> list[RecordedEvent]:
        """All of an exchange, in order. Waits for the one that completes it.

        Raises ControlError (`exchange_incomplete`) when it does not come."""
        deadline = time.monotonic() + COMPLETION_LIMIT_SECONDS
        while True:
            events = list(self.search(exchange=exchange, order="ascending"))
            if is_complete(events):
                return events
            if time.monotonic() > deadline:
                raise incomplete(exchange)
            time.sleep(_POLL_SECONDS)
