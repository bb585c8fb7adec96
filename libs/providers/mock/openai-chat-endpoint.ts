import { openaiChat } from '../formats/openai-chat/format.ts'
import { isObject, type JsonObject, listOf, objectsOf, stringOf } from '../json.ts'
import { sseText } from '../sse.ts'
import { type MockEndpoint, type MockFrame, promptTokens } from './mock-endpoint.ts'
import { type MockResponse, piecesOf } from './mock-response.ts'

export const openaiChatEndpoint: MockEndpoint = {
  format: openaiChat,
  prompt(body) {
    const messages = [...objectsOf(body.messages)].map(([, message]) => message)
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    return {
      model: stringOf(body.model) ?? 'mock',
      inputTokens: promptTokens(openaiChat, body),
      text: contentText(messages[lastUser]?.content),
      toolResults: messages
        .slice(lastUser + 1)
        .filter(({ role }) => role === 'tool' || role === 'function')
        .map(({ content }) => contentText(content)),
    }
  },
  plain(reply, body) {
    const { text, tools } = reply
    const message: JsonObject = {
      role: 'assistant',
      content: text === '' && tools.length > 0 ? null : text,
      refusal: null,
      annotations: [],
      ...(tools.length > 0 ? { tool_calls: toolCalls(reply) } : {}),
    }
    return {
      id: `chatcmpl-${reply.seed}`,
      object: 'chat.completion',
      created: reply.createdSeconds,
      model: reply.model,
      choices: choiceIndexes(body).map((index) => ({
        index,
        message,
        logprobs: null,
        finish_reason: finishReason(reply),
      })),
      usage: chatUsage(reply),
      service_tier: 'default',
      system_fingerprint: 'fp_mock',
    }
  },
  *frames(reply, body) {
    const withUsage = isObject(body.stream_options) && body.stream_options.include_usage === true
    const chunk = (choices: JsonObject[], usage: JsonObject | null) =>
      sseText({
        id: `chatcmpl-${reply.seed}`,
        object: 'chat.completion.chunk',
        created: reply.createdSeconds,
        model: reply.model,
        service_tier: 'default',
        system_fingerprint: 'fp_mock',
        choices,
        ...(withUsage ? { usage } : {}),
      })
    const choice = (index: number, delta: JsonObject, finish: string | null): MockFrame => ({
      text: chunk([{ index, delta, logprobs: null, finish_reason: finish }], null),
      chunk: Object.keys(delta).length === 1,
    })
    const indexes = choiceIndexes(body)
    const opening = reply.text === '' && reply.tools.length > 0 ? null : ''
    for (const index of indexes) {
      yield choice(index, { role: 'assistant', content: opening, refusal: null }, null)
    }
    for (const delta of deltas(reply)) for (const index of indexes) yield choice(index, delta, null)
    for (const index of indexes) yield choice(index, {}, finishReason(reply))
    if (withUsage) yield { text: chunk([], chatUsage(reply)), chunk: false }
    yield { text: sseText('[DONE]'), chunk: false }
  },
}

function* deltas(reply: MockResponse): Generator<JsonObject> {
  for (const content of piecesOf(reply.text, reply.directives.chunks)) yield { content }
  for (const [index, { id, name, args }] of reply.tools.entries()) {
    yield {
      tool_calls: [{ index, id: `call_${id}`, type: 'function', function: { name, arguments: '' } }],
    }
    for (const piece of piecesOf(args, reply.directives.chunks)) {
      yield { tool_calls: [{ index, function: { arguments: piece } }] }
    }
  }
}

function toolCalls({ tools }: MockResponse): JsonObject[] {
  return tools.map(({ id, name, args }) => ({
    id: `call_${id}`,
    type: 'function',
    function: { name, arguments: args },
  }))
}

function finishReason({ finish, tools }: MockResponse): string {
  return finish ?? (tools.length > 0 ? 'tool_calls' : 'stop')
}

function chatUsage({ inputTokens, outputTokens }: MockResponse): JsonObject {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

export function choiceIndexes(body: JsonObject): number[] {
  const count = typeof body.n === 'number' ? Math.min(Math.max(Math.floor(body.n), 1), 128) : 1
  return Array.from({ length: count }, (_, index) => index)
}

/** The text of a content that is a string or a list of parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => (isObject(part) ? (stringOf(part.text) ?? '') : (stringOf(part) ?? '')))
    .join('')
}
