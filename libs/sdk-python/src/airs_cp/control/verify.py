from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import VerificationFailed
from .records import ExportJob, VerifiedExport


def digest_file(path: str | os.PathLike[str]) -> tuple[str, int, int]:
    """SHA-256, bytes and lines."""
    sha256 = hashlib.sha256()
    size = lines = 0
    with Path(path).open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            sha256.update(chunk)
            size += len(chunk)
            lines += chunk.count(b"\n")
    return sha256.hexdigest(), size, lines


def verify_export(path: str | os.PathLike[str], exports: Iterable[ExportJob]) -> VerifiedExport:
    """Raises VerificationFailed when none of the exports has just this file."""
    digest, size, _ = digest_file(path)
    for job in exports:
        if job.sha256 == digest and job.progress.bytes == size:
            return VerifiedExport(job, digest, job.progress.rows, size)
    raise VerificationFailed(
        f"{os.fspath(path)} ({size} bytes, SHA-256 {digest}) is no file that this AIRS-CP exported: it was changed, it "
        "is not whole, or it comes from elsewhere"
    )
