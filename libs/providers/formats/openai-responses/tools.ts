import {
  type CalledTool,
  calledTool,
  callerNames,
  knownBy,
  noTools,
  type OfferedTool,
  offeredIn,
  type ReportedCall,
  type Tools,
  withChosen,
} from '../../conversation/tools.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { frameJson, mayHave, type SseFrame } from '../../sse.ts'
import { pointer } from '../../text-part.ts'

export function responsesRequestTools(body: unknown): Tools {
  return isObject(body)
    ? {
        offered: withChosen(
          [...offeredIn(body.tools, '/tools'), ...offeredByItems(body.input, '/input')],
          body.tool_choice,
          '/tool_choice',
        ),
        calls: itemCalls(body.input, '/input'),
      }
    : noTools
}

/** Items of a history that offer tools: those that were searched for, that a client adds, or that a server lists. */
function offeredByItems(items: unknown, path: string): OfferedTool[] {
  return [...objectsOf(items)].flatMap(([index, { tools, server_label }]) => {
    const server = typeof server_label === 'string' ? [`mcp:${server_label}`, 'mcp'] : []
    return offeredIn(tools, pointer(path, index, 'tools')).map((tool) => knownBy(tool, server))
  })
}

export function responsesResponseTools(body: unknown): Tools {
  return isObject(body) ? { offered: [], calls: itemCalls(body.output, '/output') } : noTools
}

/** The calls that a frame begins or completes: an item is reported when it begins, when it is done, and with the whole response. */
export function responsesReportedCalls(frame: SseFrame): ReportedCall[] {
  if (!mayHave(frame.data, '_call') && !mayHave(frame.data, approval)) return []
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
    const { name, also } = call
    return [
      { channel, name, ...(also.length > 0 && { also }), ...(isWhole && { text: JSON.stringify(args) }) },
    ]
  })
}

function itemCalls(items: unknown, path: string): CalledTool[] {
  return [...objectsOf(items)].flatMap(([index, item]) => {
    const call = itemCall(item)
    if (!call) return []
    return [calledTool(pointer(path, index, call.field), call.name, item[call.field], call.also)]
  })
}

/** Fields in which items of the Responses API have what a tool is called with. */
const argumentFields = ['arguments', 'input', 'action', 'actions', 'operation', 'code', 'queries'] as const

/** A call that waits until the client lets the provider make it. */
const approval = 'mcp_approval_request'

function itemCall(item: JsonObject): { name: string; also: string[]; field: string } | undefined {
  const type = stringOf(item.type) ?? ''
  if (!type.endsWith('_call') && type !== approval) return undefined
  const field = argumentFields.find((name) => item[name] !== undefined) ?? 'arguments'
  const name = stringOf(item.name) ?? type.replace(/_call$/, '')
  return { name, also: callerNames(item), field }
}
