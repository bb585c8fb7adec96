import { countOf, isObject, type Json, type JsonObject, listOf, stringOf } from '../../json.ts'
import { frameJson } from '../../sse.ts'
import type { StreamAssembler } from '../../wire-format.ts'
import { isFinalEvent, textEvents } from './frames.ts'

/**
 * The last event of a complete stream holds the whole response; up to then, and where that event leaves out items that came (some servers
 * send it with an empty list), the response is folded from its pieces.
 */
export function createResponsesAssembler(): StreamAssembler {
  let response: JsonObject | undefined
  let complete = false
  const items = new Map<number, JsonObject>()

  return {
    push(frame) {
      const event = frameJson(frame)
      if (!event || typeof event.type !== 'string') return
      if (isObject(event.response)) {
        response = { ...response, ...event.response }
        complete ||= isFinalEvent(frame) && listOf(event.response.output).length >= items.size
      } else if (typeof event.output_index === 'number') {
        if (isObject(event.item)) items.set(event.output_index, structuredClone(event.item))
        const item = items.get(event.output_index)
        if (item) fold(item, event, event.type)
      }
    },
    result() {
      if (!response || complete) return response
      const output = [...items.entries()]
        .toSorted(([a], [b]) => a - b)
        .map(([, item]) => structuredClone(item))
      return { ...response, output }
    },
  }
}

function fold(item: JsonObject, event: JsonObject, type: string): void {
  if (isObject(event.part)) {
    const [name, index] =
      event.summary_index === undefined ? ['content', 'content_index'] : ['summary', 'summary_index']
    const at = indexOf(event, index as string)
    if (at !== undefined) partsOf(item, name as string)[at] = structuredClone(event.part)
    return
  }
  const ending = type.slice(type.lastIndexOf('.'))
  const place = textEvents[type.slice(0, -ending.length)]
  if (!place) return
  const at = place.list ? indexOf(event, place.list.index) : undefined
  const part = place.list ? at !== undefined && partsOf(item, place.list.name)[at] : item
  if (!isObject(part)) return
  if (ending === '.delta')
    part[place.field] = (stringOf(part[place.field]) ?? '') + (stringOf(event.delta) ?? '')
  else if (ending === '.done') part[place.field] = event[place.field] ?? part[place.field]
}

function partsOf(item: JsonObject, name: string): Json[] {
  if (!Array.isArray(item[name])) item[name] = []
  return listOf(item[name])
}

/** More parts than any response has: an index beyond is junk, and a list of that length would cost its length in memory. */
const maxParts = 10_000

function indexOf(event: JsonObject, field: string): number | undefined {
  const index = countOf(event[field] ?? 0)
  return index !== undefined && index < maxParts ? index : undefined
}
