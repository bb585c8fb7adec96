from __future__ import annotations

from collections.abc import Sequence

from openai import OpenAIError


class ControlError(OpenAIError):
    """A control API responded with an error, or could not be reached (`status` is None then)."""

    def __init__(self, message: str, *, code: str, status: int | None = None, details: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.details = details


class ExportFailed(OpenAIError):
    """An export ended without a file."""


class VerificationFailed(OpenAIError):
    """A file is not what AIRS-CP exported. `problems` has a sentence for each thing that is not as it should be."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems) or (message,)
