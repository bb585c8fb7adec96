"""The wrapped clients' own options."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from openai import NotGiven, Timeout
from typing_extensions import TypedDict

from .http import http

if TYPE_CHECKING:
    from openai.auth import WorkloadIdentity


class _Options(TypedDict, total=False):
    admin_api_key: str | None
    workload_identity: WorkloadIdentity | None
    organization: str | None
    project: str | None
    webhook_secret: str | None
    base_url: str | http.URL | None
    websocket_base_url: str | http.URL | None
    timeout: float | Timeout | None | NotGiven
    max_retries: int
    default_headers: Mapping[str, str] | None
    default_query: Mapping[str, object] | None


class OpenAIOptions(_Options, total=False):
    api_key: str | Callable[[], str] | None
    http_client: http.Client | None


class AsyncOpenAIOptions(_Options, total=False):
    api_key: str | Callable[[], Awaitable[str]] | None
    http_client: http.AsyncClient | None
