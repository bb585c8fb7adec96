import { openaiCompletions } from '../formats/openai-completions/format.ts'
import { isObject, type JsonObject, stringOf } from '../json.ts'
import { sseText } from '../sse.ts'
import { type MockEndpoint, promptTokens } from './mock-endpoint.ts'
import { type MockResponse, piecesOf } from './mock-response.ts'
import { choiceIndexes, contentText } from './openai-chat-endpoint.ts'

export const openaiCompletionsEndpoint: MockEndpoint = {
  format: openaiCompletions,
  prompt: (body) => ({
    model: stringOf(body.model) ?? 'mock',
    inputTokens: promptTokens(openaiCompletions, body),
    text: contentText(body.prompt),
    toolResults: [],
  }),
  plain: (reply, body) => ({
    ...head(reply),
    choices: choiceIndexes(body).map((index) => choice(index, reply.text, reply.finish ?? 'stop')),
    usage: usage(reply),
  }),
  *frames(reply, body) {
    const withUsage = isObject(body.stream_options) && body.stream_options.include_usage === true
    const chunk = (choices: JsonObject[], counted: JsonObject | null) =>
      sseText({ ...head(reply), choices, ...(withUsage ? { usage: counted } : {}) })
    const indexes = choiceIndexes(body)
    for (const piece of piecesOf(reply.text, reply.directives.chunks)) {
      for (const index of indexes) yield { text: chunk([choice(index, piece, null)], null), chunk: true }
    }
    for (const index of indexes) {
      yield { text: chunk([choice(index, '', reply.finish ?? 'stop')], null), chunk: false }
    }
    if (withUsage) yield { text: chunk([], usage(reply)), chunk: false }
    yield { text: sseText('[DONE]'), chunk: false }
  },
}

function head(reply: MockResponse): JsonObject {
  return {
    id: `cmpl-${reply.seed}`,
    object: 'text_completion',
    created: reply.createdSeconds,
    model: reply.model,
  }
}

function choice(index: number, text: string, finish: string | null): JsonObject {
  return { text, index, logprobs: null, finish_reason: finish }
}

function usage({ inputTokens, outputTokens }: MockResponse): JsonObject {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
}
