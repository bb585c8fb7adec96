from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..http import http
from .errors import ControlError
from .location import Location

_TIMEOUT = http.Timeout(60.0, connect=5.0)


class Transport:
    """Calls the control APIs."""

    def __init__(self, location: Location) -> None:
        self.url = location.url
        headers = {"authorization": f"Bearer {location.token}"} if location.token else {}
        self._client = http.Client(base_url=location.url, headers=headers, timeout=_TIMEOUT)

    def close(self) -> None:
        self._client.close()

    @contextlib.contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[http.Response]:
        """Raises ControlError for an error, and for a connection that cannot be made or that breaks."""
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        try:
            with self._client.stream(
                method, path, params=given, json=body, headers=dict(headers or {})
            ) as response:
                if not response.is_success:
                    raise self._error(response.status_code, response.read())
                yield response
        except http.TransportError as error:
            raise ControlError(f"Cannot reach {self.url}: {error}", code="unreachable") from error

    def text(self, method: str, path: str, **options: Any) -> str:
        with self.open(method, path, **options) as response:
            return response.read().decode("utf-8")

    def json(self, method: str, path: str, **options: Any) -> Any:
        text = self.text(method, path, **options)
        try:
            return json.loads(text)
        except ValueError:
            raise self._not_airs(200) from None

    def _error(self, status: int, body: bytes) -> ControlError:
        try:
            problem = json.loads(body)["error"]
            if "type" in problem:  # of the gateway, or of a provider
                return self._not_airs(status)
            return ControlError(
                str(problem["message"]), code=str(problem["code"]), status=status, details=problem.get("details")
            )
        except (ValueError, KeyError, TypeError):
            return self._not_airs(status)

    def _not_airs(self, status: int) -> ControlError:
        return ControlError(
            f"The server at {self.url} (it responded with status {status}) is not AIRS-CP's control origin: "
            "check the address (airs_url, AIRS_URL)",
            code="not_airs",
            status=status,
        )
