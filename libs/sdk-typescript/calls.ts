import type OpenAI from 'openai'
import type { APIPromise } from 'openai'
import type { ChatCompletionStream, ChatCompletionStreamParams } from 'openai/lib/ChatCompletionStream'
import type { ExtractParsedContentFromParams } from 'openai/lib/parser'
import type { ResponseStream, ResponseStreamParams } from 'openai/lib/responses/ResponseStream'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParams,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionParseParams,
  ParsedChatCompletion,
} from 'openai/resources/chat/completions'
import type { Stream } from 'openai/streaming'
import type { CallContext } from './context.js'
import type { Exchange } from './exchange.js'

/** What is added to a response. */
export type WithExchange = { readonly airs: Exchange }

/** What the streaming helpers have: they exist before the response does. */
export type WithExchangeOnceConnected = { readonly airs: Exchange | undefined }

/** The wrapped client's options of a call, and the context sent beside it. */
export type CallOptions = OpenAI.RequestOptions & CallContext

/** The calls of `chat.completions` that also take a context and return `airs`. */
export type ChatCompletionsCalls = {
  create(
    body: ChatCompletionCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<ChatCompletion & WithExchange>
  create(
    body: ChatCompletionCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<ChatCompletionChunk> & WithExchange>
  create(
    body: ChatCompletionCreateParams,
    options?: CallOptions,
  ): APIPromise<(Stream<ChatCompletionChunk> | ChatCompletion) & WithExchange>
  parse<Params extends ChatCompletionParseParams, ParsedT = ExtractParsedContentFromParams<Params>>(
    body: Params,
    options?: CallOptions,
  ): APIPromise<ParsedChatCompletion<ParsedT> & WithExchange>
  stream<Params extends ChatCompletionStreamParams, ParsedT = ExtractParsedContentFromParams<Params>>(
    body: Params,
    options?: CallOptions,
  ): ChatCompletionStream<ParsedT> & WithExchangeOnceConnected
}

/** The calls of `completions`. */
export type CompletionsCalls = {
  create(
    body: OpenAI.CompletionCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<OpenAI.Completion & WithExchange>
  create(
    body: OpenAI.CompletionCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<OpenAI.Completion> & WithExchange>
}

/** The calls of `embeddings`. */
export type EmbeddingsCalls = {
  create(
    body: OpenAI.EmbeddingCreateParams,
    options?: CallOptions,
  ): APIPromise<OpenAI.CreateEmbeddingResponse & WithExchange>
}

/** The calls of `responses`. */
export type ResponsesCalls = {
  create(
    body: OpenAI.Responses.ResponseCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<OpenAI.Responses.Response & WithExchange>
  create(
    body: OpenAI.Responses.ResponseCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<OpenAI.Responses.ResponseStreamEvent> & WithExchange>
  stream(body: ResponseStreamParams, options?: CallOptions): ResponseStream & WithExchangeOnceConnected
}
