from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from openai import OpenAIError

from .direct import DirectCalls, OnGatewayError, is_gateway_key
from .endpoint import PROVIDER_BASE_URLS
from .http import http


@dataclass(eq=False)
class Settings:
    """What a client and its copies have in common."""

    on_gateway_error: OnGatewayError
    provider_base_url: http.URL | None
    provider_api_key: str | None
    headers: Mapping[str, str]
    """Of every request that no context and no call says otherwise of."""
    airs_url: str | None
    airs_token: str | None
    direct: DirectCalls = field(default_factory=DirectCalls)


def make_settings(
    *,
    provider: str,
    on_gateway_error: OnGatewayError,
    provider_base_url: str | None,
    provider_api_key: str | None,
    api_key: object,
    defaults: Mapping[str, str],
    airs_url: str | None,
    airs_token: str | None,
) -> Settings:
    if not isinstance(provider, str) or not provider.isascii() or not provider.replace("-", "").isalnum():
        raise ValueError(f"provider {provider!r} is not a provider's name, such as openai or anthropic")
    if on_gateway_error not in get_args(OnGatewayError):
        raise ValueError(f'on_gateway_error {on_gateway_error!r} is neither "raise" nor "direct"')
    address = provider_base_url or PROVIDER_BASE_URLS.get(provider)
    if on_gateway_error == "direct":
        if address is None:
            raise OpenAIError(
                f'on_gateway_error="direct" needs provider_base_url: where the OpenAI interface of {provider} is'
            )
        if provider_api_key is None and isinstance(api_key, str) and is_gateway_key(api_key):
            raise OpenAIError(
                'on_gateway_error="direct" needs provider_api_key: api_key is a key of the gateway, '
                "which means nothing to a provider"
            )
    # The gateway's own choice is what `openai`, the wrapped client's interface, stands for.
    routing = {} if provider == "openai" else {"X-AIRS-Provider": provider}
    return Settings(
        on_gateway_error=on_gateway_error,
        provider_base_url=http.URL(address.rstrip("/") + "/") if address else None,
        provider_api_key=provider_api_key,
        headers={**routing, **defaults},
        airs_url=airs_url,
        airs_token=airs_token,
    )


