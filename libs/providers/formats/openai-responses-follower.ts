import type { Usage } from '@airs-cp/events'
import { isObject, type JsonObject, stringOf } from '../json.ts'
import { frameJson, sseText } from '../sse.ts'
import type { StreamFollower, WireFormat } from '../wire-format.ts'
import { violation } from './openai-error.ts'
import { textEvents } from './openai-responses-frames.ts'

export function createResponsesFollower(read: Pick<WireFormat, 'usage' | 'finishReasons'>): StreamFollower {
  /** What `response.created` told, without the output. */
  let response: JsonObject | undefined
  let usage: Usage | undefined
  let finishReasons: string[] = []
  let sequence = 0
  const open = new Map<number, JsonObject>()

  return {
    push(frame) {
      const event = frameJson(frame)
      if (!event) return
      if (typeof event.sequence_number === 'number') sequence = event.sequence_number
      if (isObject(event.response)) {
        response = { ...event.response, output: [] }
        usage = read.usage(event.response) ?? usage
        finishReasons = read.finishReasons(event.response)
      } else if (typeof event.output_index === 'number' && isObject(event.item)) {
        const { id, type } = event.item
        if (event.type === 'response.output_item.added') open.set(event.output_index, { id, type })
        else open.delete(event.output_index)
      }
    },
    model: () => stringOf(response?.model),
    usage: () => usage,
    finishReasons: () => finishReasons,
    textFrame(channel, text) {
      const [output, outputIndex, ...rest] = channel.split('/').slice(1)
      const item = open.get(Number(outputIndex))
      if (output !== 'output' || !item) return undefined
      const list = rest.length === 3 ? rest[0] : undefined
      const found = Object.entries(textEvents).find(
        ([name, place]) =>
          place.field === rest.at(-1) && place.list?.name === list && suits(name, stringOf(item.type) ?? ''),
      )
      if (!found) return undefined
      const [name, place] = found
      const type = `${name}.delta`
      const event: JsonObject = {
        type,
        sequence_number: sequence,
        item_id: item.id,
        output_index: Number(outputIndex),
        ...(place.list ? { [place.list.index]: Number(rest[1]) } : {}),
        delta: text,
        ...(name === 'response.output_text' ? { logprobs: [] } : {}),
      }
      return sseText(event, type)
    },
    blockedEnding({ id, model, createdSeconds, policy }, message) {
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
      const told = { ...response, status: 'incomplete', incomplete_details }
      frames.push(event('response.incomplete', told, { airs: violation(message, policy) }))
      return frames.join('')

      function event(type: string, told: JsonObject, more: JsonObject = {}): string {
        return sseText({ type, sequence_number: sequence++, response: told, ...more }, type)
      }
    },
  }
}

/** Reasoning has `content` of its own kind; arguments of a function and of an MCP call have the same name. */
function suits(eventName: string, itemType: string): boolean {
  if (itemType === 'reasoning') return eventName.startsWith('response.reasoning')
  if (itemType === 'mcp_call') return eventName.startsWith('response.mcp')
  return !eventName.startsWith('response.reasoning') && !eventName.startsWith('response.mcp')
}
