from __future__ import annotations

import hashlib
import os
from pathlib import Path

from .errors import VerificationFailed
from .records import ExportJob


def digest_file(path: str | os.PathLike[str]) -> tuple[str, int]:
    """SHA-256 and bytes."""
    sha256 = hashlib.sha256()
    size = 0
    with Path(path).open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            sha256.update(chunk)
            size += len(chunk)
    return sha256.hexdigest(), size


class PartFile:
    """The file of an export while it arrives, as `PATH.part`."""

    def __init__(self, path: Path, job: ExportJob) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._job = job
        self._hash = hashlib.sha256()
        self.bytes = 0
        if self._part.exists() and self._part.stat().st_size <= job.progress.bytes:
            with self._part.open("rb") as file:
                for chunk in iter(lambda: file.read(1 << 20), b""):
                    self._count(chunk)
        descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        self._file.truncate(self.bytes)
        self._file.seek(self.bytes)

    @property
    def is_complete(self) -> bool:
        return self.bytes >= self._job.progress.bytes

    def start_over(self) -> None:
        self._file.seek(0)
        self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._count(chunk)

    def finish(self) -> Path:
        """Names the file what it is to be named. Raises VerificationFailed, and removes it, when it is another."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        digest = self._hash.hexdigest()
        if digest != self._job.sha256:
            self._part.unlink()
            raise VerificationFailed(
                f"What arrived of export {self._job.id} has {self.bytes} bytes and SHA-256 {digest}; the export has "
                f"{self._job.progress.bytes} and {self._job.sha256}"
            )
        self._part.replace(self._path)
        return self._path

    def _count(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.bytes += len(chunk)
