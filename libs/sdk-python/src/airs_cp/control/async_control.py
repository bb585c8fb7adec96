"""The control APIs for `AsyncAIRSClient`. What waits for a service or a disk does so in a worker thread."""

from __future__ import annotations

import builtins
import functools
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from ..settings import Settings
from .control import Control
from .errors import ControlError
from .events import COMPLETION_LIMIT_SECONDS, Events, incomplete
from .exports import (
    FIRST_POLL_SECONDS,
    PATIENCE_SECONDS,
    SLOWEST_POLL_SECONDS,
    Export,
    Exports,
    OnProgress,
    is_finished,
    is_passing,
)
from .findings import is_complete
from .manifest import Manifest
from .mcp import Mcp
from .records import ExportJob, Progress, RecordedEvent, Session, VerifiedExport
from .sessions import Sessions

T = TypeVar("T")
_END = object()


async def _in_thread(call: Callable[[], T]) -> T:
    return await anyio.to_thread.run_sync(call, abandon_on_cancel=True)


async def _iterate(make: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    items = make()
    while (item := await _in_thread(lambda: next(items, _END))) is not _END:
        yield item  # type: ignore[misc]


class AsyncEvents:
    def __init__(self, events: Events) -> None:
        self._events = events

    async def get(self, id: str) -> RecordedEvent:
        return await _in_thread(lambda: self._events.get(id))

    def search(self, **query: Any) -> AsyncIterator[RecordedEvent]:
        """See `Events.search`."""
        return _iterate(lambda: self._events.search(**query))

    async def of_exchange(self, exchange: str) -> list[RecordedEvent]:
        """See `Events.of_exchange`."""
        deadline = time.monotonic() + COMPLETION_LIMIT_SECONDS
        while True:
            events = [event async for event in self.search(exchange=exchange, order="ascending")]
            if is_complete(events):
                return events
            if time.monotonic() > deadline:
                raise incomplete(exchange)
            await anyio.sleep(0.1)


class AsyncSessions:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def get(self, id: str, **options: Any) -> Session:
        """See `Sessions.get`."""
        return await _in_thread(lambda: self._sessions.get(id, **options))

    def list(self, **query: Any) -> AsyncIterator[Session]:
        """See `Sessions.list`."""
        return _iterate(lambda: self._sessions.list(**query))


class AsyncMcp:
    def __init__(self, mcp: Mcp) -> None:
        self._mcp = mcp

    async def servers(self) -> list[dict[str, Any]]:
        """See `Mcp.servers`."""
        return await _in_thread(self._mcp.servers)

    async def tools(self, server: str) -> list[dict[str, Any]]:
        """See `Mcp.tools`."""
        return await _in_thread(lambda: self._mcp.tools(server))

    async def approve(self, server: str, tool: str, **options: Any) -> dict[str, Any]:
        """See `Mcp.approve`."""
        return await _in_thread(lambda: self._mcp.approve(server, tool, **options))

    async def refuse(self, server: str, tool: str, **options: Any) -> dict[str, Any]:
        """See `Mcp.refuse`."""
        return await _in_thread(lambda: self._mcp.refuse(server, tool, **options))

    def calls(self, server: str, *, limit: int | None = None) -> AsyncIterator[dict[str, Any]]:
        """See `Mcp.calls`."""
        return _iterate(lambda: self._mcp.calls(server, limit=limit))


class AsyncExport:
    """An export that was asked for."""

    def __init__(self, exports: AsyncExports, job: ExportJob) -> None:
        self._exports = exports
        self.job = job

    @property
    def id(self) -> str:
        return self.job.id

    async def wait(self, progress: OnProgress | None = None) -> AsyncExport:
        """See `Export.wait`."""
        reached_at = time.monotonic()
        delay = FIRST_POLL_SECONDS
        reported: Progress | None = None
        while True:
            try:
                self.job = (await self._exports.get(self.id)).job
                reached_at = time.monotonic()
            except ControlError as error:
                if not is_passing(error) or time.monotonic() - reached_at > PATIENCE_SECONDS:
                    raise
            else:
                if progress and self.job.progress != reported:
                    progress(self.job.progress)
                reported = self.job.progress
                if is_finished(self.job):
                    return self
            await anyio.sleep(delay)
            delay = min(delay * 1.5, SLOWEST_POLL_SECONDS)

    async def manifest(self) -> Manifest:
        """See `Export.manifest`."""
        return await self._exports.manifest(self.id)

    async def download(self, path: str | os.PathLike[str]) -> Path:
        """See `Export.download`."""
        await self.wait()
        return await self._exports.download(self.job, path)


class AsyncExports:
    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    async def create(self, kind: str = "events", **options: Any) -> AsyncExport:
        """See `Exports.create`."""
        return self._wrap(await _in_thread(lambda: self._exports.create(kind, **options)))

    async def get(self, id: str) -> AsyncExport:
        return self._wrap(await _in_thread(lambda: self._exports.get(id)))

    async def list(self, limit: int | None = None) -> builtins.list[AsyncExport]:
        """Newest first."""
        return [self._wrap(export) for export in await _in_thread(lambda: self._exports.list(limit))]

    async def manifest(self, id: str) -> Manifest:
        """See `Exports.manifest`."""
        return await _in_thread(lambda: self._exports.manifest(id))

    async def identify(self, file: str | os.PathLike[str]) -> AsyncExport:
        """See `Exports.identify`."""
        return self._wrap(await _in_thread(lambda: self._exports.identify(file)))

    async def download(self, job: ExportJob, path: str | os.PathLike[str]) -> Path:
        return await _in_thread(lambda: self._exports.download(job, path))

    def _wrap(self, export: Export) -> AsyncExport:
        return AsyncExport(self, export.job)


class AsyncControl:
    """The control APIs, and what the client itself counts."""

    def __init__(self, settings: Settings) -> None:
        self._control = Control(settings)

    @property
    def direct_calls(self) -> int:
        """Requests that went to the provider because the gateway could not be reached."""
        return self._control.direct_calls

    @functools.cached_property
    def exports(self) -> AsyncExports:
        return AsyncExports(self._control.exports)

    @functools.cached_property
    def events(self) -> AsyncEvents:
        return AsyncEvents(self._control.events)

    @functools.cached_property
    def sessions(self) -> AsyncSessions:
        return AsyncSessions(self._control.sessions)

    @functools.cached_property
    def mcp(self) -> AsyncMcp:
        return AsyncMcp(self._control.mcp)

    async def verify(
        self, file: str | os.PathLike[str], *, manifest: str | os.PathLike[str] | None = None
    ) -> VerifiedExport:
        """See `Control.verify`."""
        return await _in_thread(lambda: self._control.verify(file, manifest=manifest))

    def close(self) -> None:
        self._control.close()
