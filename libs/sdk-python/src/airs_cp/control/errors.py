from __future__ import annotations

from openai import OpenAIError


class ControlError(OpenAIError):
    """A control API answered with an error, or could not be asked (`status` is None then)."""

    def __init__(self, message: str, *, code: str, status: int | None = None, details: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.details = details


class ExportFailed(OpenAIError):
    """An export ended without a file."""


class VerificationFailed(OpenAIError):
    """A file is not what AIRS-CP exported."""
