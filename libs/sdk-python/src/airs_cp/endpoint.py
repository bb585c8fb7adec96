from __future__ import annotations

import os

from .http import http

DEFAULT_ENDPOINT = "http://localhost:8080"

#: Where the OpenAI interface of a provider is, for calls that go there directly.
PROVIDER_BASE_URLS = {
    "openai": "https://api.openai.com/v1/",
    "anthropic": "https://api.anthropic.com/v1/",
    "ollama": "http://localhost:11434/v1/",
}


def gateway_base_url(endpoint: str | None) -> str:
    """The OpenAI base URL of the gateway: of `endpoint`, else of `AIRS_ENDPOINT`, else of this machine."""
    text = endpoint or os.environ.get("AIRS_ENDPOINT") or DEFAULT_ENDPOINT
    address = text.strip().rstrip("/")
    url = http.URL(address)
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{text!r} is not an address: give one such as {DEFAULT_ENDPOINT}")
    return address if address.endswith("/v1") else f"{address}/v1"
