from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..exchange import mark_stream
from ..context import context_headers, use_headers

Method = Callable[..., Any]

_marking_classes: dict[type[Any], type[Any]] = {}


def accepting_context(method: Method) -> Method:
    """The method with `session_id`, `tags`, `agent` and `sources` beside its own parameters: a context of this one call."""

    @functools.wraps(method)
    def call(
        self: Any,
        *args: Any,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
        **params: Any,
    ) -> Any:
        headers = context_headers(session_id, tags, agent, sources)
        if not headers:
            return method(self, *args, **params)
        with use_headers(self._client._airs, headers):
            return method(self, *args, **params)

    return call


def async_accepting_context(method: Method) -> Method:
    """See `accepting_context`."""

    @functools.wraps(method)
    async def call(
        self: Any,
        *args: Any,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
        **params: Any,
    ) -> Any:
        with use_headers(self._client._airs, context_headers(session_id, tags, agent, sources)):
            return await method(self, *args, **params)

    return call


def stream_accepting_context(method: Method) -> Method:
    """The same of the helper that returns a context manager over a stream, which makes the call when it is entered. The
    stream gets `airs`."""

    @functools.wraps(method)
    def call(
        self: Any,
        *args: Any,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
        **params: Any,
    ) -> Any:
        headers = context_headers(session_id, tags, agent, sources)
        if headers:
            params["extra_headers"] = {**headers, **(params.get("extra_headers") or {})}
        manager = method(self, *args, **params)
        manager.__class__ = _marking(type(manager))
        return manager

    return call


def _marking(manager: type[Any]) -> type[Any]:
    """A manager's class that is the same but for the mark."""
    if manager not in _marking_classes:
        _marking_classes[manager] = _make_marking(manager)
    return _marking_classes[manager]


def _make_marking(manager: Any) -> type[Any]:
    def enter(self: Any) -> Any:
        return mark_stream(manager.__enter__(self))

    async def async_enter(self: Any) -> Any:
        return mark_stream(await manager.__aenter__(self))

    is_async = hasattr(manager, "__aenter__")
    methods = {"__aenter__": async_enter} if is_async else {"__enter__": enter}
    return type(manager.__name__, (manager,), {"__module__": manager.__module__, **methods})
