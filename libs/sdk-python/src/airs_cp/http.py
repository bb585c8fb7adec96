"""The HTTP library of the installed `openai`: `httpx2` from its third major, `httpx` before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from openai import Timeout

if TYPE_CHECKING:
    import httpx2 as http
else:
    # `openai` writes its own name into the class, and not into its methods.
    http = sys.modules[Timeout.__init__.__module__.partition(".")[0]]


class HttpClient:
    """The HTTP client of an `openai` that has no method of its own for sending (before 2.40), with `send` replaced."""

    def __init__(self, wrapped: Any, send: Callable[..., Any]) -> None:
        self.wrapped = wrapped
        self.send = send

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)


__all__ = ["HttpClient", "http"]
