from __future__ import annotations

import builtins
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .errors import ControlError, ExportFailed, VerificationFailed
from .export_file import PartFile, digest_file
from .manifest import Manifest, write_manifest
from .records import ExportJob, Progress
from .times import Time, time_text
from .transport import Transport

UNFINISHED = ("queued", "running")
#: How long AIRS-CP may be unavailable while an export is waited for.
PATIENCE_SECONDS = 30.0
FIRST_POLL_SECONDS = 0.05
SLOWEST_POLL_SECONDS = 0.5
#: As many exports as the API lists at once.
_EXPORTS_LOOKED_AT = 1_000

OnProgress = Callable[[Progress], object]


class Export:
    """An export that was asked for."""

    def __init__(self, exports: Exports, job: ExportJob) -> None:
        self._exports = exports
        self.job = job

    @property
    def id(self) -> str:
        return self.job.id

    def wait(self, progress: OnProgress | None = None) -> Export:
        """Returns this export when its file is there. `progress` is called with every change that is seen.

        Tolerates that AIRS-CP is unavailable for half a minute. Raises ExportFailed when it ended in another way."""
        reached_at = time.monotonic()
        delay = FIRST_POLL_SECONDS
        reported: Progress | None = None
        while True:
            try:
                self.job = self._exports.get(self.id).job
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
            time.sleep(delay)
            delay = min(delay * 1.5, SLOWEST_POLL_SECONDS)

    def manifest(self) -> Manifest:
        """What it claims of itself, once it is completed."""
        return self._exports.manifest(self.id)

    def download(self, path: str | os.PathLike[str]) -> Path:
        """Writes the file to `path`, which appears only when its SHA-256 is the one that AIRS-CP reported, and its
        manifest to `PATH.manifest.json`; waits first where the export is not completed. What an earlier attempt has left in
        `PATH.part` is gone on with."""
        self.wait()
        return self._exports.download(self.job, path)


class Exports:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        kind: str = "events",
        *,
        format: str = "jsonl",
        from_: Time | None = None,
        to: Time | None = None,
        idempotency_key: str | None = None,
        **more: Any,
    ) -> Export:
        """Asks for an export.

        Args:
            from_, to: a day (`to` includes the whole of it) or an instant, in UTC unless it says otherwise.
            idempotency_key: asking twice with the same key asks once.
            more: further fields of the API's request, as it names them: `compression`, `includeLineage`, `filters`.
        """
        body = {"kind": kind, "format": format, "from": time_text(from_), "to": time_text(to), **more}
        raw = self._transport.json(
            "POST",
            "/v1/exports",
            body={name: value for name, value in body.items() if value is not None},
            headers={"Idempotency-Key": idempotency_key or str(uuid.uuid4())},
        )
        return Export(self, ExportJob.of(raw))

    def get(self, id: str) -> Export:
        return Export(self, ExportJob.of(self._transport.json("GET", f"/v1/exports/{quote(id, safe='')}")))

    def list(self, limit: int | None = None) -> builtins.list[Export]:
        """Newest first."""
        page = self._transport.json("GET", "/v1/exports", query={"limit": limit})
        return [Export(self, ExportJob.of(raw)) for raw in page["exports"]]

    def manifest(self, id: str) -> Manifest:
        """What a completed export claims of itself."""
        return Manifest.of(self._transport.json("GET", f"/v1/exports/{quote(id, safe='')}/manifest"))

    def identify(self, file: str | os.PathLike[str]) -> Export:
        """Identifies which of the exports that AIRS-CP still has equals a file, to the byte. Needs no manifest.

        Raises VerificationFailed when it is none."""
        digest, size = digest_file(file)
        for export in self.list(_EXPORTS_LOOKED_AT):
            if export.job.sha256 == digest and export.job.progress.bytes == size:
                return export
        raise VerificationFailed(
            f"{os.fspath(file)} ({size} bytes, SHA-256 {digest}) is none of the exports that this AIRS-CP has: it was "
            "changed, it is not whole, it comes from elsewhere, or its export was deleted"
        )

    def download(self, job: ExportJob, path: str | os.PathLike[str]) -> Path:
        manifest = self.manifest(job.id)
        part = PartFile(Path(path), job)
        while not part.is_complete:
            before = part.bytes
            try:
                self._append(part, job)
            except ControlError as error:
                if not is_passing(error) or part.bytes == before:
                    raise
        file = part.finish()
        write_manifest(file, manifest)
        return file

    def _append(self, part: PartFile, job: ExportJob) -> None:
        headers = {"range": f"bytes={part.bytes}-"} if part.bytes else {}
        with self._transport.open("GET", f"/v1/exports/{job.id}/download", headers=headers) as response:
            if response.status_code != 206:
                part.start_over()
            for chunk in response.iter_raw():
                part.write(chunk)


def is_finished(job: ExportJob) -> bool:
    """Raises ExportFailed when it never will be."""
    if job.state == "completed":
        return True
    if job.state not in UNFINISHED:
        raise ExportFailed(f"Export {job.id} is {job.state}" + (f": {job.error}" if job.error else ""))
    return False


def is_passing(error: ControlError) -> bool:
    """Whether the service is unavailable, perhaps for a moment only."""
    return error.code == "unreachable" or error.status in (502, 503, 504)
