"""What an answer tells of the exchange that it belongs to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from openai import APIResponse, AsyncAPIResponse, AsyncStream, NotGiven, OpenAIError, Stream
from openai._legacy_response import LegacyAPIResponse
from openai._models import FinalRequestOptions
from pydantic import BaseModel

from .control.findings import findings_of
from .control.records import Finding, RecordedEvent

if TYPE_CHECKING:
    from .control.async_control import AsyncControl
    from .control.control import Control


class _Told:
    """Of the answer's headers. Without an exchange id the answer did not come through the gateway."""

    is_direct: bool
    """Whether the gateway could not be reached, and the provider was asked directly."""

    def __init__(self, headers: Mapping[str, str], *, is_direct: bool) -> None:
        self._headers = headers
        self.is_direct = is_direct

    @property
    def exchange_id(self) -> str | None:
        return self._headers.get("x-airs-exchange-id")

    @property
    def session_id(self) -> str | None:
        return self._headers.get("x-session-id")

    @property
    def decision(self) -> str | None:
        """`allow`, `redact`, …: what policy had decided when the answer began. What it decided on a stream that goes on
        stands in the events."""
        return self._headers.get("x-airs-decision")

    def _recorded(self) -> str:
        if self.exchange_id is None:
            raise OpenAIError("This answer did not come through the AIRS-CP gateway: nothing is recorded of it")
        return self.exchange_id

    def __getstate__(self) -> dict[str, Any]:
        """An answer can be pickled; the client that it came from stays behind."""
        told = ("x-airs-exchange-id", "x-session-id", "x-airs-decision")
        headers = {name: self._headers[name] for name in told if name in self._headers}
        return {**self.__dict__, "_headers": headers, "_control": _left_behind}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(exchange_id={self.exchange_id!r}, decision={self.decision!r})"


class Exchange(_Told):
    """The exchange of an answer of `AIRSClient`."""

    def __init__(self, headers: Mapping[str, str], control: Callable[[], Control], *, is_direct: bool) -> None:
        super().__init__(headers, is_direct=is_direct)
        self._control = control

    def events(self) -> list[RecordedEvent]:
        """The exchange's events, from the control API. Waits for the one that completes it."""
        return self._control().events.of_exchange(self._recorded())

    @functools.cached_property
    def findings(self) -> list[Finding]:
        """What detectors found in the request and the answer. Asks the control API, when first read."""
        return findings_of(self.events())


class AsyncExchange(_Told):
    """The exchange of an answer of `AsyncAIRSClient`."""

    def __init__(
        self, headers: Mapping[str, str], control: Callable[[], AsyncControl], *, is_direct: bool
    ) -> None:
        super().__init__(headers, is_direct=is_direct)
        self._control = control

    async def events(self) -> list[RecordedEvent]:
        """The exchange's events, from the control API. Waits for the one that completes it."""
        return await self._control().events.of_exchange(self._recorded())

    async def findings(self) -> list[Finding]:
        """What detectors found in the request and the answer. Asks the control API."""
        return findings_of(await self.events())


def _left_behind() -> Any:
    raise OpenAIError("This answer comes from a pickle: ask its exchange's events of a client, client.airs.events")


def airs_of(answer: object) -> Any:
    """The exchange of anything that came through the client: an answer, a stream, a raw response, an error."""
    if isinstance(found := getattr(answer, "airs", None), _Told):
        return found
    for name in ("http_response", "response", "_response"):
        extensions = getattr(getattr(answer, name, None), "extensions", {})
        if "airs" in extensions:
            return extensions["airs"]
    raise TypeError(f"A {type(answer).__name__} is nothing that came through an AIRSClient")


_RAW = (LegacyAPIResponse, APIResponse, AsyncAPIResponse)


def mark(answer: Any, exchange: _Told, options: FinalRequestOptions) -> Any:
    """Sets `airs`; of a raw response also on what it is parsed into, whenever and as what that is."""
    if isinstance(answer, _RAW):
        parser = options.post_parser
        first = None if isinstance(parser, NotGiven) else parser
        options.post_parser = lambda parsed: _set(first(parsed) if first else parsed, exchange)
    return _set(answer, exchange)


def _set(answer: Any, exchange: _Told) -> Any:
    """On a model beside its fields, so that it is in no dump of it."""
    if isinstance(answer, (BaseModel, Stream, AsyncStream, *_RAW)):
        object.__setattr__(answer, "airs", exchange)
    return answer


def mark_stream(stream: Any) -> Any:
    """Of the helpers that wrap a stream."""
    stream.airs = airs_of(stream)
    return stream
