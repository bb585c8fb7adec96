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

/** What an answer has beside itself. */
export type Told = { readonly airs: Exchange }

/** What the streaming helpers have: they exist before the answer does. */
export type ToldOnceConnected = { readonly airs: Exchange | undefined }

/** The wrapped client's options of a call, and what is told beside it. */
export type CallOptions = OpenAI.RequestOptions & CallContext

/** The calls of `chat.completions` that also take and tell. */
export type ChatCompletionsCalls = {
  create(
    body: ChatCompletionCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<ChatCompletion & Told>
  create(
    body: ChatCompletionCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<ChatCompletionChunk> & Told>
  create(
    body: ChatCompletionCreateParams,
    options?: CallOptions,
  ): APIPromise<(Stream<ChatCompletionChunk> | ChatCompletion) & Told>
  parse<Params extends ChatCompletionParseParams, ParsedT = ExtractParsedContentFromParams<Params>>(
    body: Params,
    options?: CallOptions,
  ): APIPromise<ParsedChatCompletion<ParsedT> & Told>
  stream<Params extends ChatCompletionStreamParams, ParsedT = ExtractParsedContentFromParams<Params>>(
    body: Params,
    options?: CallOptions,
  ): ChatCompletionStream<ParsedT> & ToldOnceConnected
}

/** The calls of `completions`. */
export type CompletionsCalls = {
  create(
    body: OpenAI.CompletionCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<OpenAI.Completion & Told>
  create(
    body: OpenAI.CompletionCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<OpenAI.Completion> & Told>
}

/** The calls of `embeddings`. */
export type EmbeddingsCalls = {
  create(
    body: OpenAI.EmbeddingCreateParams,
    options?: CallOptions,
  ): APIPromise<OpenAI.CreateEmbeddingResponse & Told>
}

/** The calls of `responses`. */
export type ResponsesCalls = {
  create(
    body: OpenAI.Responses.ResponseCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<OpenAI.Responses.Response & Told>
  create(
    body: OpenAI.Responses.ResponseCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<OpenAI.Responses.ResponseStreamEvent> & Told>
  stream(body: ResponseStreamParams, options?: CallOptions): ResponseStream & ToldOnceConnected
}
