import { anthropicErrorFrames } from '../formats/anthropic-messages/error.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { frameJson, readFrame, type SseFrame, sseText } from '../sse.ts'
import { stopReasonOf, usageOfMessages } from './chat-to-messages-parts.ts'
import { reasoningOf } from './chat-to-messages-response.ts'
import { messagesErrorOfChat } from './errors.ts'
import type { StreamTranslator } from './translator.ts'
import { MalformedAnswerError } from './untranslatable-error.ts'

/** What the block that is open takes: thinking, text, a refusal's text, or the arguments of one call. */
type Open = { kind: 'thinking' | 'text' | 'refusal' } | { kind: 'call'; call: number; id: unknown }

/**
 * OpenAI chat chunks as an Anthropic stream: one block is open at a time, and opening the next closes it. The end is told
 * only at `[DONE]`, because usage comes after the finish reason.
 */
export function createChatToMessagesStream(): StreamTranslator {
  let started = false
  let ended = false
  let blocks = 0
  let open: Open | undefined
  let finishReason: string | undefined
  let refused = false
  let lastUsage: JsonObject = {}
  const seenCalls = new Set<number>()

  function* begin(content_block: JsonObject, next: Open): Generator<SseFrame> {
    yield* close()
    open = next
    yield frameOf({ type: 'content_block_start', index: blocks, content_block })
  }

  function* close(): Generator<SseFrame> {
    if (!open) return
    open = undefined
    yield frameOf({ type: 'content_block_stop', index: blocks++ })
  }

  const delta = (piece: JsonObject) => frameOf({ type: 'content_block_delta', index: blocks, delta: piece })

  function* text(kind: 'text' | 'refusal', piece: string): Generator<SseFrame> {
    if (piece === '') return
    if (open?.kind !== kind) yield* begin({ type: 'text', text: '' }, { kind })
    yield delta({ type: 'text_delta', text: piece })
  }

  function* thinking(piece: string): Generator<SseFrame> {
    if (piece === '') return
    if (open?.kind !== 'thinking')
      yield* begin({ type: 'thinking', thinking: '', signature: '' }, { kind: 'thinking' })
    yield delta({ type: 'thinking_delta', thinking: piece })
  }

  function* call(index: number, piece: JsonObject): Generator<SseFrame> {
    const called = isObject(piece.function) ? piece.function : {}
    // Some servers give every call the index 0, and tell them apart by their ids alone.
    const another = typeof piece.id === 'string' && open?.kind === 'call' && open.id !== piece.id
    if (open?.kind !== 'call' || open.call !== index || another) {
      if (seenCalls.has(index) && !another) {
        throw new MalformedAnswerError(`The provider went back to tool call ${index} after another had begun`)
      }
      seenCalls.add(index)
      const block = { type: 'tool_use', id: piece.id, name: called.name, input: {} }
      yield* begin(block, { kind: 'call', call: index, id: piece.id })
    }
    if (typeof called.arguments !== 'string' || called.arguments === '') return
    yield delta({ type: 'input_json_delta', partial_json: called.arguments })
  }

  function start({ id, model }: JsonObject): SseFrame {
    started = true
    const head = { id, type: 'message', role: 'assistant', model, content: [] }
    const usage = { input_tokens: 0, output_tokens: 0 }
    return frameOf({
      type: 'message_start',
      message: { ...head, stop_reason: null, stop_sequence: null, usage },
    })
  }

  function* chunk(data: JsonObject): Generator<SseFrame> {
    if (!started) yield start(data)
    if (isObject(data.usage)) lastUsage = data
    const choice = [...objectsOf(data.choices)].find(
      ([, { index }]) => index === undefined || index === 0,
    )?.[1]
    if (!choice) return
    if (isObject(choice.delta)) {
      yield* thinking(reasoningOf(choice.delta))
      yield* text('text', stringOf(choice.delta.content) ?? '')
      const refusal = stringOf(choice.delta.refusal) ?? ''
      refused ||= refusal !== ''
      yield* text('refusal', refusal)
      for (const [position, piece] of objectsOf(choice.delta.tool_calls)) {
        yield* call(typeof piece.index === 'number' ? piece.index : position, piece)
      }
    }
    finishReason = stringOf(choice.finish_reason) ?? finishReason
  }

  function* end(): Generator<SseFrame> {
    ended = true
    yield* close()
    const stop_reason = refused ? 'refusal' : stopReasonOf(finishReason)
    const usage = usageOfMessages(lastUsage)
    yield frameOf({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage })
    yield frameOf({ type: 'message_stop' })
  }

  return {
    push(frame) {
      if (ended) return []
      if (frame.data === '[DONE]') return started ? [...end()] : []
      const data = frameJson(frame)
      if (!data && frame.data === '') return [frame]
      if (!data) throw new MalformedAnswerError('A frame of its stream is not JSON')
      if (data.error) return [readFrame(Buffer.from(anthropicErrorFrames(messagesErrorOfChat(data))))]
      return [...chunk(data)]
    },
  }
}

function frameOf(event: JsonObject): SseFrame {
  return readFrame(Buffer.from(sseText(event, stringOf(event.type))))
}
