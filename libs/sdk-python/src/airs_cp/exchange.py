"""What a response reports about its exchange."""

from __future__ import annotations

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


class _RecordedExchange:
    """Read from the response's headers. Without an exchange id the response did not come through the gateway."""

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
        """`allow`, `redact`, …: what policy had decided when the response began. What it decided on a stream that goes on
        stands in the events."""
        return self._headers.get("x-airs-decision")

    def _recorded(self) -> str:
        if self.exchange_id is None:
            raise OpenAIError("This response did not come through the AIRS-CP gateway, so nothing was recorded")
        return self.exchange_id

    def __getstate__(self) -> dict[str, Any]:
        """A response can be pickled, but without the client that it came from."""
        kept = ("x-airs-exchange-id", "x-session-id", "x-airs-decision")
        headers = {name: self._headers[name] for name in kept if name in self._headers}
        return {**self.__dict__, "_headers": headers, "_control": _left_behind}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(exchange_id={self.exchange_id!r}, decision={self.decision!r})"


class Exchange(_RecordedExchange):
    """The exchange of a response of `AIRSClient`."""

    def __init__(self, headers: Mapping[str, str], control: Callable[[], Control], *, is_direct: bool) -> None:
        super().__init__(headers, is_direct=is_direct)
        self._control = control

    def events(self) -> list[RecordedEvent]:
        """The exchange's events, from the control API. Waits for the one that completes it."""
        return self._control().events.of_exchange(self._recorded())

    def findings(self) -> list[Finding]:
        """What detectors found in the request and the response. Asks the control API."""
        return findings_of(self.events())


class AsyncExchange(_RecordedExchange):
    """The exchange of a response of `AsyncAIRSClient`."""

    def __init__(
        self, headers: Mapping[str, str], control: Callable[[], AsyncControl], *, is_direct: bool
    ) -> None:
        super().__init__(headers, is_direct=is_direct)
        self._control = control

    async def events(self) -> list[RecordedEvent]:
        """The exchange's events, from the control API. Waits for the one that completes it."""
        return await self._control().events.of_exchange(self._recorded())

    async def findings(self) -> list[Finding]:
        """What detectors found in the request and the response. Asks the control API."""
        return findings_of(await self.events())


def _left_behind() -> Any:
    raise OpenAIError("This response was unpickled and has no client: read its events with client.airs.events")


def airs_of(result: object) -> Any:
    """The exchange of anything that came through the client: a response, a stream, a raw response, an error."""
    if isinstance(found := getattr(result, "airs", None), _RecordedExchange):
        return found
    for name in ("http_response", "response", "_response"):
        extensions = getattr(getattr(result, name, None), "extensions", {})
        if "airs" in extensions:
            return extensions["airs"]
    raise TypeError(f"A {type(result).__name__} did not come through an AIRSClient")


_RAW = (LegacyAPIResponse, APIResponse, AsyncAPIResponse)


def mark(result: Any, exchange: _RecordedExchange, options: FinalRequestOptions) -> Any:
    """Sets `airs`; of a raw response also on what it is parsed into, whenever and as what that is."""
    if isinstance(result, _RAW):
        parser = options.post_parser
        first = None if isinstance(parser, NotGiven) else parser
        options.post_parser = lambda parsed: _set(first(parsed) if first else parsed, exchange)
    return _set(result, exchange)


def _set(result: Any, exchange: _RecordedExchange) -> Any:
    """On a model beside its fields, so that it is in no dump of it."""
    if isinstance(result, (BaseModel, Stream, AsyncStream, *_RAW)):
        object.__setattr__(result, "airs", exchange)
    return result


def mark_stream(stream: Any) -> Any:
    """Of the helpers that wrap a stream."""
    stream.airs = airs_of(stream)
    return stream
