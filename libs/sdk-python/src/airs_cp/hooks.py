from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from openai import APIStatusError
from openai._models import FinalRequestOptions

from .context import current_headers
from .errors import PolicyViolation, is_policy_violation
from .http import http
from .settings import Settings

if TYPE_CHECKING:
    from openai._base_client import BaseClient

    class _Client(BaseClient[Any, Any]):
        pass
else:
    _Client = object


class Hooks(_Client):
    """What the synchronous and the asynchronous client change of the wrapped one in the same way."""

    _airs: Settings

    def _build_request(self, options: FinalRequestOptions, *, retries_taken: int = 0) -> http.Request:
        """Sets the call's context on the request that the wrapped client built: passed in beforehand, each header
        would be merged, encoded and decoded several times over."""
        request = super()._build_request(options, retries_taken=retries_taken)
        given = {name.lower() for name in options.headers} if options.headers else ()
        for name, value in current_headers(self._airs).items():
            if name.lower() not in given:
                request.headers[name] = value
        return request

    def _make_status_error(self, err_msg: str, *, body: object, response: http.Response) -> APIStatusError:
        violation = body.get("error", body) if isinstance(body, dict) else body
        if response.status_code == 403 and is_policy_violation(violation):
            return PolicyViolation(err_msg, response=response, body=violation)
        return super()._make_status_error(err_msg, body=body, response=response)

    def _process_response_data(self, *, data: object, cast_to: Any, response: http.Response) -> Any:
        """A stream that has begun cannot fail with status 403 any more: its last frame reports the block."""
        violation = data.get("airs") if isinstance(data, dict) else None
        if violation is not None and is_policy_violation(violation):
            reason = str(cast("dict[str, Any]", violation).get("message"))
            raise PolicyViolation(reason, response=response, body=violation)
        return super()._process_response_data(data=data, cast_to=cast_to, response=response)
