"""Names for annotations: the wrapped client's types, with `airs`.

They are distinct for type checkers only. At run time each is the wrapped client's own class, and so are the objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from openai import APIResponse, AsyncAPIResponse, AsyncStream, Stream
from openai._legacy_response import LegacyAPIResponse
from openai.lib.streaming.chat import (
    AsyncChatCompletionStream,
    AsyncChatCompletionStreamManager,
    ChatCompletionStream,
    ChatCompletionStreamManager,
)
from openai.lib.streaming.responses import (
    AsyncResponseStream,
    AsyncResponseStreamManager,
    ResponseStream,
    ResponseStreamManager,
)
from openai.types import Completion, CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ParsedChatCompletion
from openai.types.responses import ParsedResponse, Response

if TYPE_CHECKING:
    from .exchange import AsyncExchange, Exchange

    T = TypeVar("T")

    class AIRSChatCompletion(ChatCompletion):
        airs: Exchange

    class AsyncAIRSChatCompletion(ChatCompletion):
        airs: AsyncExchange

    class AIRSCompletion(Completion):
        airs: Exchange

    class AsyncAIRSCompletion(Completion):
        airs: AsyncExchange

    class AIRSCreateEmbeddingResponse(CreateEmbeddingResponse):
        airs: Exchange

    class AsyncAIRSCreateEmbeddingResponse(CreateEmbeddingResponse):
        airs: AsyncExchange

    class AIRSResponse(Response):
        airs: Exchange

    class AsyncAIRSResponse(Response):
        airs: AsyncExchange

    class AIRSParsedChatCompletion(ParsedChatCompletion[T], Generic[T]):
        airs: Exchange

    class AsyncAIRSParsedChatCompletion(ParsedChatCompletion[T], Generic[T]):
        airs: AsyncExchange

    class AIRSParsedResponse(ParsedResponse[T], Generic[T]):
        airs: Exchange

    class AsyncAIRSParsedResponse(ParsedResponse[T], Generic[T]):
        airs: AsyncExchange

    class AIRSLegacyAPIResponse(LegacyAPIResponse[T], Generic[T]):
        airs: Exchange

    class AsyncAIRSLegacyAPIResponse(LegacyAPIResponse[T], Generic[T]):
        airs: AsyncExchange

    class AIRSStream(Stream[T], Generic[T]):
        airs: Exchange

    class AIRSAPIResponse(APIResponse[T], Generic[T]):
        airs: Exchange

    class AIRSChatCompletionStream(ChatCompletionStream[T], Generic[T]):
        airs: Exchange

    class AIRSResponseStream(ResponseStream[T], Generic[T]):
        airs: Exchange

    class AsyncAIRSStream(AsyncStream[T], Generic[T]):
        airs: AsyncExchange

    class AsyncAIRSAPIResponse(AsyncAPIResponse[T], Generic[T]):
        airs: AsyncExchange

    class AsyncAIRSChatCompletionStream(AsyncChatCompletionStream[T], Generic[T]):
        airs: AsyncExchange

    class AsyncAIRSResponseStream(AsyncResponseStream[T], Generic[T]):
        airs: AsyncExchange

    class AIRSChatCompletionStreamManager(ChatCompletionStreamManager[T], Generic[T]):
        def __enter__(self) -> AIRSChatCompletionStream[T]: ...

    class AsyncAIRSChatCompletionStreamManager(AsyncChatCompletionStreamManager[T], Generic[T]):
        async def __aenter__(self) -> AsyncAIRSChatCompletionStream[T]: ...

    class AIRSResponseStreamManager(ResponseStreamManager[T], Generic[T]):
        def __enter__(self) -> AIRSResponseStream[T]: ...

    class AsyncAIRSResponseStreamManager(AsyncResponseStreamManager[T], Generic[T]):
        async def __aenter__(self) -> AsyncAIRSResponseStream[T]: ...
else:
    AIRSChatCompletion = ChatCompletion
    AsyncAIRSChatCompletion = ChatCompletion
    AIRSCompletion = Completion
    AsyncAIRSCompletion = Completion
    AIRSCreateEmbeddingResponse = CreateEmbeddingResponse
    AsyncAIRSCreateEmbeddingResponse = CreateEmbeddingResponse
    AIRSResponse = Response
    AsyncAIRSResponse = Response
    AIRSParsedChatCompletion = ParsedChatCompletion
    AsyncAIRSParsedChatCompletion = ParsedChatCompletion
    AIRSParsedResponse = ParsedResponse
    AsyncAIRSParsedResponse = ParsedResponse
    AIRSLegacyAPIResponse = LegacyAPIResponse
    AsyncAIRSLegacyAPIResponse = LegacyAPIResponse
    AIRSStream = Stream
    AIRSAPIResponse = APIResponse
    AIRSChatCompletionStream = ChatCompletionStream
    AIRSResponseStream = ResponseStream
    AsyncAIRSStream = AsyncStream
    AsyncAIRSAPIResponse = AsyncAPIResponse
    AsyncAIRSChatCompletionStream = AsyncChatCompletionStream
    AsyncAIRSResponseStream = AsyncResponseStream
    AIRSChatCompletionStreamManager = ChatCompletionStreamManager
    AsyncAIRSChatCompletionStreamManager = AsyncChatCompletionStreamManager
    AIRSResponseStreamManager = ResponseStreamManager
    AsyncAIRSResponseStreamManager = AsyncResponseStreamManager
