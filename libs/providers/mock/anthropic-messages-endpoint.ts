import { anthropicMessages } from '../formats/anthropic-messages/format.ts'
import { isObject, type JsonObject, listOf, objectsOf, parseObject, stringOf } from '../json.ts'
import { rawJson, type WritableJson } from '../raw-json.ts'
import { sseText } from '../sse.ts'
import { type MockEndpoint, type MockFrame, promptTokens } from './mock-endpoint.ts'
import { type MockResponse, piecesOf } from './mock-response.ts'
import { contentText } from './openai-chat-endpoint.ts'

export const anthropicMessagesEndpoint: MockEndpoint = {
  format: anthropicMessages,
  prompt(body) {
    const messages = [...objectsOf(body.messages)].map(([, message]) => message)
    const asked = messages.findLast(
      ({ role, content }) => role === 'user' && toolResults(content).length === 0,
    )
    return {
      model: stringOf(body.model) ?? 'mock',
      inputTokens: promptTokens(anthropicMessages, body),
      text: contentText(asked?.content),
      toolResults: toolResults(messages.at(-1)?.content),
    }
  },
  plain(reply) {
    const content: WritableJson[] = reply.text === '' && reply.tools.length > 0 ? [] : [textBlock(reply.text)]
    for (const { id, name, args } of reply.tools) {
      content.push({
        type: 'tool_use',
        id: `toolu_${id}`,
        name,
        input: rawJson(parseObject(args) ? args : '{}'),
      })
    }
    return {
      ...head(reply),
      content,
      stop_reason: stopReason(reply),
      usage: usage(reply, reply.outputTokens),
    }
  },
  *frames(reply) {
    const message = { ...head(reply), content: [], stop_reason: null, usage: usage(reply, 1) }
    yield frame({ type: 'message_start', message })
    let index = 0
    if (reply.text !== '' || reply.tools.length === 0) {
      yield frame({ type: 'content_block_start', index, content_block: textBlock('') })
      yield frame({ type: 'ping' })
      for (const text of piecesOf(reply.text, reply.directives.chunks)) {
        const delta = { type: 'text_delta', text }
        yield { ...frame({ type: 'content_block_delta', index, delta }), chunk: true }
      }
      yield frame({ type: 'content_block_stop', index: index++ })
    }
    for (const { id, name, args } of reply.tools) {
      const content_block = { type: 'tool_use', id: `toolu_${id}`, name, input: {} }
      yield frame({ type: 'content_block_start', index, content_block })
      for (const partial_json of ['', ...piecesOf(args, reply.directives.chunks)]) {
        const delta = { type: 'input_json_delta', partial_json }
        yield { ...frame({ type: 'content_block_delta', index, delta }), chunk: partial_json !== '' }
      }
      yield frame({ type: 'content_block_stop', index: index++ })
    }
    const delta = { stop_reason: stopReason(reply), stop_sequence: null }
    yield frame({ type: 'message_delta', delta, usage: { output_tokens: reply.outputTokens } })
    yield frame({ type: 'message_stop' })
  },
}

function frame(event: JsonObject): MockFrame {
  return { text: sseText(event, stringOf(event.type)), chunk: false }
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text }
}

function head(reply: MockResponse): JsonObject {
  const id = `msg_${reply.seed}`
  return { id, type: 'message', role: 'assistant', model: reply.model, stop_sequence: null }
}

function stopReason({ finish, tools }: MockResponse): string {
  return finish ?? (tools.length > 0 ? 'tool_use' : 'end_turn')
}

function usage({ inputTokens }: MockResponse, outputTokens: number): JsonObject {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

function toolResults(content: unknown): string[] {
  return listOf(content).flatMap((block) =>
    isObject(block) && block.type === 'tool_result' ? [contentText(block.content)] : [],
  )
}
