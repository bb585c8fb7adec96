import { openaiCompletions } from '../formats/openai-completions/format.ts'
import { isObject, type JsonObject, stringOf } from '../json.ts'
import { sseText } from '../sse.ts'
import { type MockAnswer, piecesOf } from './mock-answer.ts'
import { type MockEndpoint, promptTokens } from './mock-endpoint.ts'
import { choiceIndexes, contentText } from './openai-chat-endpoint.ts'

export const openaiCompletionsEndpoint: MockEndpoint = {
  format: openaiCompletions,
  prompt: (body) => ({
    model: stringOf(body.model) ?? 'mock',
    inputTokens: promptTokens(openaiCompletions, body),
    text: contentText(body.prompt),
    toolResults: [],
  }),
  plain: (answer, body) => ({
    ...head(answer),
    choices: choiceIndexes(body).map((index) => choice(index, answer.text, answer.finish ?? 'stop')),
    usage: usage(answer),
  }),
  *frames(answer, body) {
    const withUsage = isObject(body.stream_options) && body.stream_options.include_usage === true
    const chunk = (choices: JsonObject[], counted: JsonObject | null) =>
      sseText({ ...head(answer), choices, ...(withUsage ? { usage: counted } : {}) })
    const indexes = choiceIndexes(body)
    for (const piece of piecesOf(answer.text, answer.directives.chunks)) {
      for (const index of indexes) yield { text: chunk([choice(index, piece, null)], null), chunk: true }
    }
    for (const index of indexes) {
      yield { text: chunk([choice(index, '', answer.finish ?? 'stop')], null), chunk: false }
    }
    if (withUsage) yield { text: chunk([], usage(answer)), chunk: false }
    yield { text: sseText('[DONE]'), chunk: false }
  },
}

function head(answer: MockAnswer): JsonObject {
  return {
    id: `cmpl-${answer.seed}`,
    object: 'text_completion',
    created: answer.createdSeconds,
    model: answer.model,
  }
}

function choice(index: number, text: string, finish: string | null): JsonObject {
  return { text, index, logprobs: null, finish_reason: finish }
}

function usage({ inputTokens, outputTokens }: MockAnswer): JsonObject {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
}
