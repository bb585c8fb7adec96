import type { Usage } from '@airs-cp/events'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { frameJson, sseText } from '../../sse.ts'
import type { StreamFollower, WireError, WireFormat } from '../../wire-format.ts'
import { violation } from '../openai/error.ts'
import { isFinalEvent } from './frames.ts'

export function createResponsesFollower(read: Pick<WireFormat, 'usage' | 'finishReasons'>): StreamFollower {
  /** What `response.created` had, without the output. */
  let response: JsonObject | undefined
  let usage: Usage | undefined
  let finishReasons: string[] = []
  let sequence = 0
  let isComplete = false

  return {
    push(frame) {
      const event = frameJson(frame)
      if (!event) return
      if (typeof event.sequence_number === 'number') sequence = event.sequence_number + 1
      isComplete ||= isFinalEvent(frame) || event.type === 'error'
      if (isObject(event.response)) {
        response = { ...event.response, output: [] }
        usage = read.usage(event.response) ?? usage
        finishReasons = read.finishReasons(event.response)
      }
    },
    id: () => stringOf(response?.id),
    model: () => stringOf(response?.model),
    usage: () => usage,
    isComplete: () => isComplete,
    finishReasons: () => finishReasons,
    errorFrames: (error) => responsesErrorFrames(error, sequence),
    blockedEnding({ id, model, createdSeconds, policy }, message, assembled) {
      const frames: string[] = []
      if (!response) {
        response = {
          id,
          object: 'response',
          created_at: createdSeconds,
          status: 'in_progress',
          model,
          output: [],
        }
        frames.push(event('response.created', response))
      }
      const incomplete_details = { reason: 'content_filter' }
      const output = [...objectsOf(assembled?.output)].map(([, item]) => incomplete(item))
      const shown = { ...response, status: 'incomplete', incomplete_details, output }
      frames.push(event('response.incomplete', shown, { airs: violation(message, policy) }))
      return frames.join('')

      function event(type: string, shown: JsonObject, more: JsonObject = {}): string {
        return sseText({ type, sequence_number: sequence++, response: shown, ...more }, type)
      }
    },
  }
}

/** @param sequence number of the event, which follows the last one's. */
export function responsesErrorFrames({ code, message, param }: WireError, sequence = 0): string {
  return sseText({ type: 'error', code, message, param, sequence_number: sequence }, 'error')
}

function incomplete(item: JsonObject): JsonObject {
  return item.status === 'in_progress' ? { ...item, status: 'incomplete' } : item
}
