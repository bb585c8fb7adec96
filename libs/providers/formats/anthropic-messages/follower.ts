import type { Usage } from '@airs-cp/events'
import { isObject, type JsonObject, stringOf } from '../../json.ts'
import { frameJson, sseText } from '../../sse.ts'
import type { StreamFollower } from '../../wire-format.ts'
import { readAnthropicUsage } from './usage.ts'

export function createAnthropicFollower(): StreamFollower {
  let model: string | undefined
  let started = false
  let usage: JsonObject = {}
  let stopReason: string | undefined
  let stopped = false
  const open = new Set<number>()

  return {
    push(frame) {
      const event = frameJson(frame)
      if (event?.type === 'message_start' && isObject(event.message)) {
        started = true
        model = stringOf(event.message.model)
        if (isObject(event.message.usage)) usage = event.message.usage
      } else if (event?.type === 'content_block_start') open.add(Number(event.index))
      else if (event?.type === 'content_block_stop') open.delete(Number(event.index))
      else if (event?.type === 'message_stop' || event?.type === 'error') stopped = true
      else if (event?.type === 'message_delta') {
        if (isObject(event.delta)) stopReason = stringOf(event.delta.stop_reason) ?? stopReason
        if (isObject(event.usage)) {
          const reported = Object.entries(event.usage).filter(([, value]) => value !== null)
          usage = { ...usage, ...Object.fromEntries(reported) }
        }
      }
    },
    model: () => model,
    usage: (): Usage | undefined => readAnthropicUsage(usage),
    isComplete: () => stopped || stopReason !== undefined,
    finishReasons: () => (stopReason === undefined ? [] : [stopReason]),
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
      const reported = { output_tokens: typeof usage.output_tokens === 'number' ? usage.output_tokens : 0 }
      frames.push(sseText({ type: 'message_delta', delta, usage: reported }, 'message_delta'))
      frames.push(sseText({ type: 'message_stop' }, 'message_stop'))
      return frames.join('')
    },
  }
}
