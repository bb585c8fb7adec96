from __future__ import annotations

from typing import Any

from openai import PermissionDeniedError

from .http import http


class PolicyViolation(PermissionDeniedError):
    """A policy blocked the exchange: its request or its response; a stream also after it has begun."""

    policy: str | None
    """Name of the policy, if the gateway sent it."""
    reason: str
    """The policy's own message."""
    exchange_id: str | None

    def __init__(self, message: str, *, response: http.Response, body: object | None) -> None:
        super().__init__(message, response=response, body=body)
        violation: dict[str, Any] = body if isinstance(body, dict) else {}
        self.status_code = 403
        self.policy = violation.get("policy") or response.headers.get("x-airs-policy")
        self.reason = str(violation.get("message") or message)
        self.exchange_id = response.headers.get("x-airs-exchange-id")


class DirectCallWarning(UserWarning):
    """The gateway could not be reached, and calls go to the provider: nobody decides on them, nobody records them."""


def is_policy_violation(body: object) -> bool:
    return isinstance(body, dict) and body.get("type") == "policy_violation"
