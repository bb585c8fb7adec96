import { isObject, type Json, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { frameJson, type SseFrame } from '../sse.ts'
import { pointer } from '../text-part.ts'
import type { FormatId } from '../wire-format.ts'

/** A tool that a model called. */
export type CalledTool = {
  /** JSON pointer to its arguments. */
  path: string
  /** Empty where the call names none. */
  name: string
  /** The arguments as they were written; as JSON where they were written as such. */
  text: string
}

export type Tools = { offered: { path: string; name: string }[]; calls: CalledTool[] }

/** The tools that a request offers to the model, and those that were called in its history. Tolerates any JSON. */
export function askedTools(format: FormatId, body: unknown): Tools {
  if (!isObject(body)) return { offered: [], calls: [] }
  switch (format) {
    case 'openai.chat':
      return {
        offered: [...offeredIn(body.tools, '/tools'), ...offeredIn(body.functions, '/functions')],
        calls: [...objectsOf(body.messages)].flatMap(([index, message]) =>
          chatCalls(message, pointer('/messages', index)),
        ),
      }
    case 'openai.responses':
    case 'openai.input-tokens':
      return { offered: offeredIn(body.tools, '/tools'), calls: itemCalls(body.input, '/input') }
    case 'anthropic.messages':
    case 'anthropic.count-tokens':
      return {
        offered: offeredIn(body.tools, '/tools'),
        calls: [...objectsOf(body.messages)].flatMap(([index, { content }]) =>
          blockCalls(content, pointer('/messages', index, 'content')),
        ),
      }
    default:
      return { offered: [], calls: [] }
  }
}

/** The tools that an answer calls, plain or assembled. */
export function answeredTools(format: FormatId, body: unknown): Tools {
  if (!isObject(body)) return { offered: [], calls: [] }
  const calls = () => {
    if (isResponses(format)) return itemCalls(body.output, '/output')
    if (format === 'anthropic.messages') return blockCalls(body.content, '/content')
    if (format !== 'openai.chat') return []
    return [...objectsOf(body.choices)].flatMap(([index, { message }]) =>
      isObject(message) ? chatCalls(message, pointer('/choices', index, 'message')) : [],
    )
  }
  return { offered: [], calls: calls() }
}

/** A call that a frame of a streamed answer tells of. */
export type ToldCall = {
  /** Of its arguments (see `FrameText`). */
  channel: string
  name: string
  /** The arguments as JSON, where they are told as such and not as a string. */
  text?: string
}

/** The calls that a frame of a streamed answer begins or, in the Responses API, completes. */
export function toldCalls(format: FormatId, frame: SseFrame): ToldCall[] {
  if (format === 'anthropic.messages') return frame.data.includes('tool_use') ? blockCall(frame) : []
  if (isResponses(format)) return frame.data.includes('_call"') ? itemCallsOf(frame) : []
  if (format !== 'openai.chat' || !/"(?:tool_calls|function_call)"/.test(frame.data)) return []
  return [...objectsOf(frameJson(frame)?.choices)].flatMap(([position, { index, delta }]) =>
    isObject(delta)
      ? chatCalls(delta, pointer('/choices', typeof index === 'number' ? index : position, 'message'))
          .filter(({ name }) => name !== '')
          .map(({ path, name }) => ({ channel: path, name }))
      : [],
  )
}

/** The arguments follow in deltas as JSON, unless they stand there already. */
function blockCall(frame: SseFrame): ToldCall[] {
  const event = frameJson(frame)
  const block = event?.content_block
  if (typeof event?.index !== 'number' || !isObject(block) || !isCall(block)) return []
  const { name, input } = block
  const call = { channel: pointer('/content', event.index, 'input'), name: stringOf(name) ?? '' }
  const isTold = isObject(input) && Object.keys(input).length > 0
  return [isTold ? { ...call, text: JSON.stringify(input) } : call]
}

/** An item is told when it begins, when it is done, and once more with the whole answer. */
function itemCallsOf(frame: SseFrame): ToldCall[] {
  const event = frameJson(frame)
  const items: Iterable<[number, JsonObject]> = isObject(event?.item)
    ? [[Number(event.output_index ?? 0), event.item]]
    : isObject(event?.response)
      ? objectsOf(event.response.output)
      : []
  return [...items].flatMap(([index, item]) => {
    const call = itemCall(item)
    if (!call) return []
    const told = item[call.field]
    const channel = pointer('/output', index, call.field)
    const isWhole = event?.type !== 'response.output_item.added' && typeof told === 'object' && told !== null
    return [isWhole ? { channel, name: call.name, text: JSON.stringify(told) } : { channel, name: call.name }]
  })
}

function isResponses(format: FormatId): boolean {
  return format === 'openai.responses' || format === 'openai.stored-responses'
}

/** Names stand in the definition or in its `function` or `custom`; a tool of the provider's own has its type for a name. */
function offeredIn(tools: unknown, path: string): Tools['offered'] {
  return [...objectsOf(tools)].map(([index, tool]) => {
    const inner = [tool, tool.function, tool.custom].find((it) => isObject(it) && typeof it.name === 'string')
    const name = isObject(inner) ? stringOf(inner.name) : undefined
    return { path: pointer(path, index), name: name ?? stringOf(tool.type) ?? '' }
  })
}

/** Calls of a message or of a delta, where each stands at its `index`. */
function chatCalls(message: JsonObject, path: string): CalledTool[] {
  const calls = [...objectsOf(message.tool_calls)].flatMap(([position, call]) => {
    const index = typeof call.index === 'number' ? call.index : position
    const kind = isObject(call.custom) ? 'custom' : 'function'
    const called = call[kind]
    if (!isObject(called)) return []
    const field = kind === 'custom' ? 'input' : 'arguments'
    return [calledTool(pointer(path, 'tool_calls', index, kind, field), called.name, called[field])]
  })
  const { function_call: old } = message
  if (isObject(old))
    calls.push(calledTool(pointer(path, 'function_call', 'arguments'), old.name, old.arguments))
  return calls
}

function blockCalls(content: unknown, path: string): CalledTool[] {
  return [...objectsOf(content)].flatMap(([index, block]) =>
    isCall(block) ? [calledTool(pointer(path, index, 'input'), block.name, block.input)] : [],
  )
}

function isCall({ type }: JsonObject): boolean {
  return typeof type === 'string' && type.endsWith('tool_use')
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

function calledTool(path: string, name: Json | undefined, told: Json | undefined): CalledTool {
  const text = typeof told === 'string' ? told : told === undefined ? '' : JSON.stringify(told)
  return { path, name: stringOf(name) ?? '', text }
}
