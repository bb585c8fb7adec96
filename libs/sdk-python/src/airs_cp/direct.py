"""Going to the provider where the gateway cannot be reached."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from typing import Literal

from .errors import DirectCallWarning
from .http import http

OnGatewayError = Literal["raise", "direct"]

log = logging.getLogger("airs_cp")


class DirectCalls:
    """Counts the requests that went to the provider, and warns of the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self, gateway: str, provider: str) -> None:
        with self._lock:
            self.count += 1
            is_first = self.count == 1
        if not is_first:
            return
        text = (
            f"The AIRS-CP gateway at {gateway} cannot be reached: calls go directly to {provider}, "
            "undecided and unrecorded"
        )
        log.warning(text)
        warnings.warn(text, DirectCallWarning, stacklevel=2)


def is_connection_failure(error: Exception) -> bool:
    """Whether no connection could be made, so that nothing of the request has left this machine."""
    if isinstance(error, (http.ConnectError, http.ConnectTimeout)):
        return True
    legacy = sys.modules.get("httpx")
    return legacy is not None and isinstance(error, (legacy.ConnectError, legacy.ConnectTimeout))


def direct_request(
    request: http.Request, *, gateway: http.URL, provider: http.URL, api_key: str | None
) -> http.Request | None:
    """The same request for the provider, without what is meant for the gateway. None where it has to stay here: it is
    not below the gateway's address, or carries a key that only the gateway knows."""
    path = request.url.raw_path
    if request.url.netloc != gateway.netloc or not path.startswith(gateway.raw_path):
        return None
    headers = [
        (name, value)
        for name, value in request.headers.multi_items()
        if not name.lower().startswith("x-airs-") and name.lower() not in ("x-session-id", "host")
    ]
    if api_key is not None:
        headers = [pair for pair in headers if pair[0].lower() != "authorization"]
        headers.append(("authorization", f"Bearer {api_key}"))
    elif any(is_gateway_key(value) for name, value in headers if name.lower() == "authorization"):
        return None
    url = provider.copy_with(raw_path=provider.raw_path + path[len(gateway.raw_path) :])
    headers.insert(0, ("Host", url.netloc.decode("ascii")))
    return type(request)(
        request.method, str(url), headers=headers, stream=request.stream, extensions=request.extensions
    )


def is_gateway_key(credential: str) -> bool:
    """Whether `airs keys create` made this key. No provider must ever see one."""
    return credential.removeprefix("Bearer ").strip().startswith("airs-")
