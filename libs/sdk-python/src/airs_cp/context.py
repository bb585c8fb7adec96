"""Context of a call, sent beside the call itself, and the headers that carry it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .settings import Settings

Headers = Mapping[str, str]

_NOTHING: Headers = {}
_MAX_ITEMS = 32
_MAX_CHARACTERS = 256

#: By what a client and its copies have in common, so that one client's session is not another's.
_current: ContextVar[Mapping[Settings, Headers]] = ContextVar("airs_context", default={})


def context_headers(
    session_id: str | None = None,
    tags: Sequence[str] | None = None,
    agent: str | None = None,
    sources: Sequence[str] | None = None,
) -> Headers:
    """Raises ValueError for what a header cannot carry, or what the gateway would cut off."""
    if session_id is None and tags is None and agent is None and sources is None:
        return _NOTHING
    return _headers(session_id, _frozen("tags", tags), agent, _frozen("sources", sources))


@functools.lru_cache(maxsize=1024)
def _headers(
    session_id: str | None, tags: tuple[str, ...] | None, agent: str | None, sources: tuple[str, ...] | None
) -> Headers:
    """Cached: an app sends the same context again and again."""
    headers: dict[str, str] = {}
    if session_id is not None:
        headers["X-Session-ID"] = _text("session_id", session_id)
    if agent is not None:
        headers["X-AIRS-Agent"] = _text("agent", agent)
    if tags is not None:
        headers["X-AIRS-Tags"] = _list("tags", tags)
    if sources is not None:
        headers["X-AIRS-Sources"] = _list("sources", sources)
    return headers


def current_headers(settings: Settings) -> Headers:
    return _current.get().get(settings, settings.headers)


@contextlib.contextmanager
def use_headers(settings: Settings, headers: Headers) -> Iterator[None]:
    """Only what `headers` names is other than it is outside."""
    token = _current.set({**_current.get(), settings: {**current_headers(settings), **headers}})
    try:
        yield
    finally:
        _current.reset(token)


def _text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if not value.isascii() or not value.isprintable() or value != value.strip() or value == "":
        raise ValueError(
            f"{name} {value!r} cannot be sent: it must be printable ASCII, not empty, without spaces around it"
        )
    if len(value) > _MAX_CHARACTERS:
        raise ValueError(f"{name} has {len(value)} characters; the gateway keeps {_MAX_CHARACTERS}")
    return value


def _frozen(name: str, values: Sequence[str] | None) -> tuple[str, ...] | None:
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of strings, not a string: [{values!r}]")
    return None if values is None else tuple(values)


def _list(name: str, values: tuple[str, ...]) -> str:
    if len(values) > _MAX_ITEMS:
        raise ValueError(f"{name} has {len(values)} entries; the gateway keeps {_MAX_ITEMS}")
    for value in values:
        if "," in _text(name, value):
            raise ValueError(f"{name} {value!r} has a comma in it, which separates entries")
    return ",".join(values)
