# Made by tools/make_stubs.py from openai.resources.embeddings. Do not edit.
# mypy: disable-error-code="override"
from collections.abc import Sequence
from functools import cached_property
from typing import overload
from openai._types import Body
from openai._types import Headers
from openai._types import NotGiven
from openai._types import Omit
from openai._types import Query
from openai._types import SequenceNotStr
from openai._types import not_given
from openai._types import omit
from openai.resources.embeddings import AsyncEmbeddings
from openai.resources.embeddings import AsyncEmbeddingsWithRawResponse
from openai.resources.embeddings import AsyncEmbeddingsWithStreamingResponse
from openai.resources.embeddings import Embeddings
from openai.resources.embeddings import EmbeddingsWithRawResponse
from openai.resources.embeddings import EmbeddingsWithStreamingResponse
from openai.types.embedding_model import EmbeddingModel
from typing import Iterable
from typing import Union
from typing_extensions import Literal
import httpx2
from openai._response import AsyncResponseContextManager
from openai._response import ResponseContextManager
from ..types import AIRSAPIResponse, AIRSCreateEmbeddingResponse, AIRSLegacyAPIResponse, AsyncAIRSAPIResponse, AsyncAIRSCreateEmbeddingResponse, AsyncAIRSLegacyAPIResponse

class AIRSEmbeddings(Embeddings):
    @cached_property
    def with_raw_response(self) -> AIRSEmbeddingsWithRawResponse: ...
    @cached_property
    def with_streaming_response(self) -> AIRSEmbeddingsWithStreamingResponse: ...
    def create(
        self,
        *,
        input: Union[str, SequenceNotStr[str], Iterable[int], Iterable[Iterable[int]]],
        model: Union[str, EmbeddingModel],
        dimensions: int | Omit = omit,
        encoding_format: Literal['float', 'base64'] | Omit = omit,
        user: str | Omit = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: float | httpx2.Timeout | None | NotGiven = not_given,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> AIRSCreateEmbeddingResponse: ...

class AIRSEmbeddingsWithRawResponse(EmbeddingsWithRawResponse):
    def create(
        self,
        *,
        input: Union[str, SequenceNotStr[str], Iterable[int], Iterable[Iterable[int]]],
        model: Union[str, EmbeddingModel],
        dimensions: int | Omit = omit,
        encoding_format: Literal['float', 'base64'] | Omit = omit,
        user: str | Omit = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: float | httpx2.Timeout | None | NotGiven = not_given,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> AIRSLegacyAPIResponse[AIRSCreateEmbeddingResponse]: ...

class AIRSEmbeddingsWithStreamingResponse(EmbeddingsWithStreamingResponse):
    def create(
        self,
        *,
        input: Union[str, SequenceNotStr[str], Iterable[int], Iterable[Iterable[int]]],
        model: Union[str, EmbeddingModel],
        dimensions: int | Omit = omit,
        encoding_format: Literal['float', 'base64'] | Omit = omit,
        user: str | Omit = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: float | httpx2.Timeout | None | NotGiven = not_given,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> ResponseContextManager[AIRSAPIResponse[AIRSCreateEmbeddingResponse]]: ...

class AsyncAIRSEmbeddings(AsyncEmbeddings):
    @cached_property
    def with_raw_response(self) -> AsyncAIRSEmbeddingsWithRawResponse: ...
    @cached_property
    def with_streaming_response(self) -> AsyncAIRSEmbeddingsWithStreamingResponse: ...
    async def create(
        self,
        *,
        input: Union[str, SequenceNotStr[str], Iterable[int], Iterable[Iterable[int]]],
        model: Union[str, EmbeddingModel],
        dimensions: int | Omit = omit,
        encoding_format: Literal['float', 'base64'] | Omit = omit,
        user: str | Omit = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: float | httpx2.Timeout | None | NotGiven = not_given,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> AsyncAIRSCreateEmbeddingResponse: ...

class AsyncAIRSEmbeddingsWithRawResponse(AsyncEmbeddingsWithRawResponse):
    async def create(
        self,
        *,
        input: Union[str, SequenceNotStr[str], Iterable[int], Iterable[Iterable[int]]],
        model: Union[str, EmbeddingModel],
        dimensions: int | Omit = omit,
        encoding_format: Literal['float', 'base64'] | Omit = omit,
        user: str | Omit = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: float | httpx2.Timeout | None | NotGiven = not_given,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> AsyncAIRSLegacyAPIResponse[AsyncAIRSCreateEmbeddingResponse]: ...

class AsyncAIRSEmbeddingsWithStreamingResponse(AsyncEmbeddingsWithStreamingResponse):
    def create(
        self,
        *,
        input: Union[str, SequenceNotStr[str], Iterable[int], Iterable[Iterable[int]]],
        model: Union[str, EmbeddingModel],
        dimensions: int | Omit = omit,
        encoding_format: Literal['float', 'base64'] | Omit = omit,
        user: str | Omit = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: Body | None = None,
        timeout: float | httpx2.Timeout | None | NotGiven = not_given,
        session_id: str | None = None,
        tags: Sequence[str] | None = None,
        agent: str | None = None,
        sources: Sequence[str] | None = None,
    ) -> AsyncResponseContextManager[AsyncAIRSAPIResponse[AsyncAIRSCreateEmbeddingResponse]]: ...
