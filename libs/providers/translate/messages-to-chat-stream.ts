import { openaiErrorFrames } from '../formats/openai/error.ts'
import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import { frameJson, readFrame, type SseFrame, sseText } from '../sse.ts'
import { mintedCallId } from './call-ids.ts'
import { chatErrorOfMessages } from './errors.ts'
import { identityOf } from './identity.ts'
import { finishReasonOf, usageOfChat } from './messages-to-chat-parts.ts'
import { refusalOf } from './messages-to-chat-response.ts'
import type { ResponseOptions, StreamTranslator } from './translator.ts'
import { MalformedResponseError } from './untranslatable-error.ts'

/** An Anthropic stream as OpenAI chat chunks. A `ping` becomes a comment, so that it still keeps the connection alive. */
export function createMessagesToChatStream(options: ResponseOptions): StreamTranslator {
  let head: JsonObject | undefined
  let usage: JsonObject = {}
  let isFinished = false
  let ended = false
  /** Place of a block's call among the calls, by the block's place among the blocks. */
  const calls = new Map<Json | undefined, { index: number; pieces: number; input: Json | undefined }>()

  const chunk = (choices: Json[], counted: JsonObject | null) =>
    frameOf({ ...head, choices, ...(options.includeUsage ? { usage: counted } : {}) })
  const choice = (delta: JsonObject, finish_reason: string | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }], null)

  function start(message: JsonObject): SseFrame[] {
    const { id, model } = identityOf(message, 'chatcmpl-', options)
    head = { id, object: 'chat.completion.chunk', created: options.createdSeconds, model }
    if (isObject(message.usage)) usage = message.usage
    return [choice({ role: 'assistant', content: null, refusal: null })]
  }

  function startBlock({ index, content_block: block }: JsonObject): SseFrame[] {
    if (!isObject(block)) return []
    if (block.type === 'text') return [choice({ content: stringOf(block.text) ?? '' })]
    if (block.type === 'thinking' && block.thinking) return [choice({ reasoning_content: block.thinking })]
    if (block.type !== 'tool_use') return []
    const call = { index: calls.size, pieces: 0, input: block.input }
    calls.set(index, call)
    const named = { name: options.toolNames.get(String(block.name)) ?? block.name, arguments: '' }
    const id = stringOf(block.id) || mintedCallId(String(head?.id), options.createdSeconds, call.index)
    return [choice({ tool_calls: [{ index: call.index, id, type: 'function', function: named }] })]
  }

  function delta({ index, delta: piece }: JsonObject): SseFrame[] {
    if (!isObject(piece)) return []
    if (piece.type === 'text_delta') return [choice({ content: piece.text })]
    if (piece.type === 'thinking_delta') return [choice({ reasoning_content: piece.thinking })]
    const call = calls.get(index)
    if (piece.type !== 'input_json_delta' || !call || piece.partial_json === '') return []
    call.pieces++
    return [choice({ tool_calls: [{ index: call.index, function: { arguments: piece.partial_json } }] })]
  }

  /** A call without arguments streams none, and still has `{}` for them; some servers give all of them at its start. */
  function stopBlock({ index }: JsonObject): SseFrame[] {
    const call = calls.get(index)
    if (!call || call.pieces > 0) return []
    const whole = JSON.stringify(isObject(call.input) ? call.input : {})
    return [choice({ tool_calls: [{ index: call.index, function: { arguments: whole } }] })]
  }

  function finish(event: JsonObject): SseFrame[] {
    if (isObject(event.usage)) {
      const reported = Object.entries(event.usage).filter(([, value]) => value !== null)
      usage = { ...usage, ...Object.fromEntries(reported) }
    }
    if (isFinished || !isObject(event.delta) || typeof event.delta.stop_reason !== 'string') return []
    const refusal = refusalOf(event.delta)
    isFinished = true
    const finishReason = finishReasonOf(event.delta.stop_reason, calls.size > 0)
    return [choice(refusal === null ? {} : { refusal }, finishReason)]
  }

  function end(): SseFrame[] {
    ended = true
    const done = readFrame(Buffer.from(sseText('[DONE]')))
    return options.includeUsage ? [chunk([], usageOfChat(usage)), done] : [done]
  }

  return {
    push(frame) {
      const event = frameJson(frame)
      if (!event && frame.data !== '' && !ended)
        throw new MalformedResponseError('A frame of its stream is not JSON')
      if (event?.type === 'message_start' && isObject(event.message)) return start(event.message)
      if (event?.type === 'error')
        return [readFrame(Buffer.from(openaiErrorFrames(chatErrorOfMessages(event))))]
      if (event?.type === 'ping') return [readFrame(Buffer.from(': ping\n\n'))]
      if (!event || !head || ended) return []
      if (event.type === 'content_block_start') return startBlock(event)
      if (event.type === 'content_block_delta') return delta(event)
      if (event.type === 'content_block_stop') return stopBlock(event)
      if (event.type === 'message_delta') return finish(event)
      return event.type === 'message_stop' ? end() : []
    },
    end: () => (isFinished && !ended ? end() : []),
  }
}

function frameOf(data: JsonObject): SseFrame {
  return readFrame(Buffer.from(sseText(data)))
}
