from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from openai import OpenAI
from openai._models import FinalRequestOptions
from typing_extensions import Unpack

from .exchange import Exchange, mark
from .client_options import OpenAIOptions
from .context import context_headers, use_headers
from .control.control import Control
from .direct import OnGatewayError, direct_request, is_connection_failure
from .endpoint import gateway_base_url
from .hooks import Hooks
from .http import HttpClient, http
from .resources.chat import AIRSChat
from .resources.completions import AIRSLegacyCompletions
from .resources.embeddings import AIRSEmbeddings
from .resources.responses import AIRSResponses
from .session_id import new_session_id
from .settings import Settings, make_settings


class AIRSClient(Hooks, OpenAI):
    """`openai.OpenAI`, through the AIRS-CP gateway.

    Everything of the wrapped client works. Calls that reach a model also take `session_id`, `tags`, `agent` and
    `sources`; their responses have `airs`: the exchange's id and the policy's decision.
    """

    def __init__(
        self,
        *,
        provider: str = "openai",
        airs_endpoint: str | None = None,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
        on_gateway_error: OnGatewayError = "raise",
        provider_base_url: str | None = None,
        provider_api_key: str | None = None,
        airs_url: str | None = None,
        airs_token: str | None = None,
        _airs_settings: Settings | None = None,
        **options: Unpack[OpenAIOptions],
    ) -> None:
        """
        Args:
            provider: `openai` leaves the choice to the gateway (its `AIRS_PROVIDER` and routes). Any other name asks
                for the provider that the gateway knows by it, such as `anthropic`.
            airs_endpoint: where the gateway is; default `AIRS_ENDPOINT`, else http://localhost:8080.
            session_id, tags, agent, sources: for every call that does not say otherwise.
            on_gateway_error: what happens when no connection to the gateway can be made: `raise`, or `direct`: the call
                goes to the provider, which is warned of once and counted in `airs.direct_calls`.
            provider_base_url: where `direct` goes; known for `openai`, `anthropic` and `ollama`.
            provider_api_key: what `direct` authenticates with where `api_key` is a key of the gateway.
            airs_url, airs_token: the control APIs, behind `airs`; default `AIRS_URL` and `AIRS_TOKEN`, else as `airs`
                (the command) finds them.
            options: the wrapped client's own.
        """
        self._airs = _airs_settings or make_settings(
            provider=provider,
            on_gateway_error=on_gateway_error,
            provider_base_url=provider_base_url,
            provider_api_key=provider_api_key,
            api_key=options.get("api_key"),
            defaults=context_headers(session_id, tags, agent, sources),
            airs_url=airs_url,
            airs_token=airs_token,
        )
        if options.get("base_url") is None:
            options["base_url"] = gateway_base_url(airs_endpoint)
        super().__init__(**options)
        if not hasattr(super(), "_send_request"):
            self._client = HttpClient(self._client, self._send_request)  # type: ignore[assignment]

    if not TYPE_CHECKING:

        def copy(self, *, _extra_kwargs: Mapping[str, Any] = {}, **options: Any) -> AIRSClient:
            if isinstance(self._client, HttpClient) and options.get("http_client") is None:
                options["http_client"] = self._client.wrapped
            return super().copy(_extra_kwargs={"_airs_settings": self._airs, **_extra_kwargs}, **options)

        with_options = copy

    @contextmanager
    def session(
        self,
        session_id: str | None = None,
        *,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> Iterator[str]:
        """Every call inside belongs to the session; without an id it is a new one. Also of copies of this client, and
        in each thread and task for itself."""
        session = session_id if session_id is not None else new_session_id()
        with use_headers(self._airs, context_headers(session, tags, agent, sources)):
            yield session

    @contextmanager
    def context(
        self,
        *,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> Iterator[None]:
        """As `session`, where the session stays what it is."""
        with use_headers(self._airs, context_headers(None, tags, agent, sources)):
            yield

    @functools.cached_property
    def airs(self) -> Control:
        """The control APIs: exports, events, sessions, verification."""
        return Control(self._airs)

    @functools.cached_property
    def chat(self) -> AIRSChat:
        return AIRSChat(self)

    @functools.cached_property
    def completions(self) -> AIRSLegacyCompletions:
        return AIRSLegacyCompletions(self)

    @functools.cached_property
    def embeddings(self) -> AIRSEmbeddings:
        return AIRSEmbeddings(self)

    @functools.cached_property
    def responses(self) -> AIRSResponses:
        return AIRSResponses(self)

    def _send_request(self, request: http.Request, *, stream: bool, **kwargs: Any) -> http.Response:
        is_direct = False
        try:
            response = self._pass_on(request, stream=stream, **kwargs)
        except Exception as error:
            direct = self._direct(request) if is_connection_failure(error) else None
            if direct is None:
                raise
            response = self._pass_on(direct, stream=stream, **kwargs)
            is_direct = True
        response.extensions["airs"] = Exchange(response.headers, lambda: self.airs, is_direct=is_direct)
        return response

    def _pass_on(self, request: http.Request, *, stream: bool, **kwargs: Any) -> http.Response:
        client: Any = self._client
        if isinstance(client, HttpClient):
            response: http.Response = client.wrapped.send(request, stream=stream, **kwargs)
            return response
        return super()._send_request(request, stream=stream, **kwargs)

    def _direct(self, request: http.Request) -> http.Request | None:
        settings = self._airs
        if settings.on_gateway_error != "direct" or settings.provider_base_url is None:
            return None
        direct = direct_request(
            request,
            gateway=self.base_url,
            provider=settings.provider_base_url,
            api_key=settings.provider_api_key,
        )
        if direct is not None:
            settings.direct.add(str(self.base_url), str(settings.provider_base_url))
        return direct

    def _process_response(
        self, *, options: FinalRequestOptions, response: http.Response, **kwargs: Any
    ) -> Any:
        result = super()._process_response(options=options, response=response, **kwargs)
        return mark(result, response.extensions["airs"], options)
