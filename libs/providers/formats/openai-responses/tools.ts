import {
  type CalledTool,
  calledTool,
  noTools,
  offeredIn,
  type ReportedCall,
  type Tools,
} from '../../conversation/tools.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { frameJson, mayHave, type SseFrame } from '../../sse.ts'
import { pointer } from '../../text-part.ts'

export function responsesRequestTools(body: unknown): Tools {
  return isObject(body)
    ? { offered: offeredIn(body.tools, '/tools'), calls: itemCalls(body.input, '/input') }
    : noTools
}

export function responsesResponseTools(body: unknown): Tools {
  return isObject(body) ? { offered: [], calls: itemCalls(body.output, '/output') } : noTools
}

/** The calls that a frame begins or completes: an item is reported when it begins, when it is done, and with the whole response. */
export function responsesReportedCalls(frame: SseFrame): ReportedCall[] {
  if (!mayHave(frame.data, '_call')) return []
  const event = frameJson(frame)
  const items: Iterable<[number, JsonObject]> = isObject(event?.item)
    ? [[Number(event.output_index ?? 0), event.item]]
    : isObject(event?.response)
      ? objectsOf(event.response.output)
      : []
  return [...items].flatMap(([index, item]) => {
    const call = itemCall(item)
    if (!call) return []
    const args = item[call.field]
    const channel = pointer('/output', index, call.field)
    const isWhole = event?.type !== 'response.output_item.added' && typeof args === 'object' && args !== null
    return [isWhole ? { channel, name: call.name, text: JSON.stringify(args) } : { channel, name: call.name }]
  })
}

function itemCalls(items: unknown, path: string): CalledTool[] {
  return [...objectsOf(items)].flatMap(([index, item]) => {
    const call = itemCall(item)
    return call ? [calledTool(pointer(path, index, call.field), call.name, item[call.field])] : []
  })
}

/** Fields in which items of the Responses API have what a tool is called with. */
const argumentFields = ['arguments', 'input', 'action', 'code', 'queries'] as const

function itemCall(item: JsonObject): { name: string; field: string } | undefined {
  const type = stringOf(item.type) ?? ''
  if (!type.endsWith('_call')) return undefined
  const field = argumentFields.find((name) => item[name] !== undefined) ?? 'arguments'
  return { name: stringOf(item.name) ?? type.slice(0, -'_call'.length), field }
}
