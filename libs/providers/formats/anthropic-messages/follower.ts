import type { Usage } from '@airs-cp/events'
import { isObject, type Json, type JsonObject, stringOf } from '../../json.ts'
import { frameJson, sseText } from '../../sse.ts'
import type { StreamFollower } from '../../wire-format.ts'
import { readAnthropicUsage } from './usage.ts'

const deltaOf: Record<string, (text: string) => JsonObject> = {
  text: (text) => ({ type: 'text_delta', text }),
  thinking: (thinking) => ({ type: 'thinking_delta', thinking }),
  input: (partial_json) => ({ type: 'input_json_delta', partial_json }),
}

const knownKinds: ReadonlySet<Json> = new Set([
  'text_delta',
  'thinking_delta',
  'input_json_delta',
  'signature_delta',
  'citations_delta',
])

export function createAnthropicFollower(): StreamFollower {
  let model: string | undefined
  let started = false
  let usage: JsonObject = {}
  let stopReason: string | undefined
  let stopped = false
  const open = new Set<number>()
  /** Of deltas of kinds to come, by the string that they bring text for. */
  const otherKinds = new Map<string, Json>()

  return {
    push(frame) {
      const event = frameJson(frame)
      if (event?.type === 'message_start' && isObject(event.message)) {
        started = true
        model = stringOf(event.message.model)
        if (isObject(event.message.usage)) usage = event.message.usage
      } else if (event?.type === 'content_block_start') open.add(Number(event.index))
      else if (event?.type === 'content_block_stop') open.delete(Number(event.index))
      else if (event?.type === 'content_block_delta' && isObject(event.delta)) {
        const { type, ...fields } = event.delta
        if (type === undefined || knownKinds.has(type)) return
        for (const field of Object.keys(fields)) otherKinds.set(`/content/${event.index}/${field}`, type)
      } else if (event?.type === 'message_stop' || event?.type === 'error') stopped = true
      else if (event?.type === 'message_delta') {
        if (isObject(event.delta)) stopReason = stringOf(event.delta.stop_reason) ?? stopReason
        if (isObject(event.usage)) {
          const told = Object.entries(event.usage).filter(([, value]) => value !== null)
          usage = { ...usage, ...Object.fromEntries(told) }
        }
      }
    },
    model: () => model,
    usage: (): Usage | undefined => readAnthropicUsage(usage),
    isComplete: () => stopped || stopReason !== undefined,
    finishReasons: () => (stopReason === undefined ? [] : [stopReason]),
    textFrame(channel, text) {
      const [content, index, field] = channel.split('/').slice(1)
      const type = otherKinds.get(channel)
      const delta = type === undefined ? deltaOf[field ?? '']?.(text) : { type, [field ?? '']: text }
      if (content !== 'content' || !delta || !open.has(Number(index))) return undefined
      return sseText({ type: 'content_block_delta', index: Number(index), delta }, 'content_block_delta')
    },
    blockedEnding({ id, model: asked }, message) {
      const frames: string[] = []
      if (!started) {
        const opening = {
          id,
          type: 'message',
          role: 'assistant',
          model: asked,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        }
        frames.push(sseText({ type: 'message_start', message: opening }, 'message_start'))
      }
      for (const index of open) {
        frames.push(sseText({ type: 'content_block_stop', index }, 'content_block_stop'))
      }
      const stop_details = { type: 'refusal', category: null, explanation: message }
      const delta = { stop_reason: 'refusal', stop_sequence: null, stop_details }
      const told = { output_tokens: typeof usage.output_tokens === 'number' ? usage.output_tokens : 0 }
      frames.push(sseText({ type: 'message_delta', delta, usage: told }, 'message_delta'))
      frames.push(sseText({ type: 'message_stop' }, 'message_stop'))
      return frames.join('')
    },
  }
}
