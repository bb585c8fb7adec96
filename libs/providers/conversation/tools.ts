import { isObject, type Json, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { pointer } from '../text-part.ts'

/** A tool that a model called. */
export type CalledTool = {
  /** JSON pointer to its arguments. */
  path: string
  /** Empty where the call names none. */
  name: string
  /** Other names by which rules may know it: its namespace, and the server that it is on. */
  also?: string[]
  /** The arguments as they were written; as JSON where they were written as such. */
  text: string
}

/** A tool that a model may call. */
export type OfferedTool = {
  path: string
  name: string
  /** Other names by which rules may know it: its type, its namespace, and the server that it is on. */
  also?: string[]
}

export type Tools = { offered: OfferedTool[]; calls: CalledTool[] }

export const noTools: Tools = { offered: [], calls: [] }

/** A call that a frame of a streamed response reports. */
export type ReportedCall = {
  /** Of its arguments (see `FrameText`). */
  channel: string
  name: string
  also?: string[]
  /** The arguments as JSON, where they are sent as such and not as a string. */
  text?: string
}

/**
 * Names stand in the definition or in its `function` or `custom`; a tool of the provider's own has its type for a name. Tools of a
 * namespace are known by its name too.
 */
export function offeredIn(tools: unknown, path: string): Tools['offered'] {
  return [...objectsOf(tools)].flatMap(([index, tool]) => offeredBy(tool, pointer(path, index)))
}

function offeredBy(tool: JsonObject, path: string): OfferedTool[] {
  const inner = [tool, tool.function, tool.custom].find((it) => isObject(it) && typeof it.name === 'string')
  const name = isObject(inner) ? stringOf(inner.name) : undefined
  if (Array.isArray(tool.tools) && tool.tools.length > 0)
    return offeredIn(tool.tools, `${path}/tools`).map((one) => knownBy(one, spaceNames(name, one.name)))
  const type = stringOf(tool.type)
  const known = [name, serverName(tool), type !== undefined && plainTypes.has(type) ? undefined : type]
  return [offered(path, [...new Set(known.filter((it) => it !== undefined))])]
}

/** Types of tools that have a name of their own. */
const plainTypes: ReadonlySet<string> = new Set(['function', 'custom', 'tool'])

function serverName(tool: JsonObject): string | undefined {
  const server = stringOf(tool.server_label) ?? stringOf(tool.mcp_server_name)
  return server === undefined ? undefined : `mcp:${server}`
}

/** What rules may call a tool of a namespace besides its name. */
function spaceNames(space: string | undefined, name: string): string[] {
  return space === undefined ? [] : [`${space}.${name}`, space]
}

export function knownBy<Tool extends { also?: string[] }>(tool: Tool, names: readonly string[]): Tool {
  const also = [...(tool.also ?? []), ...names]
  return also.length > 0 ? { ...tool, also } : tool
}

/** Tools, with those that a `tool_choice` names besides: it may be one of the provider's own that nothing else offers. */
export function withChosen(tools: OfferedTool[], choice: unknown, path: string): OfferedTool[] {
  const known = new Set(tools.flatMap(({ name, also = [] }) => [name, ...also]))
  return [...tools, ...chosenIn(choice, path).filter(({ name }) => !known.has(name))]
}

function chosenIn(choice: unknown, path: string): OfferedTool[] {
  if (!isObject(choice)) return []
  const allowed = isObject(choice.allowed_tools) ? choice.allowed_tools : choice
  const at = allowed === choice ? path : `${path}/allowed_tools`
  if (Array.isArray(allowed.tools)) return offeredIn(allowed.tools, `${at}/tools`)
  return words.has(stringOf(choice.type) ?? '') ? [] : offeredBy(choice, path)
}

/** Choices that name no tool. */
const words: ReadonlySet<string> = new Set(['auto', 'any', 'none', 'required', 'allowed_tools'])

/** Servers whose tools the provider calls by itself. */
export function serversIn(servers: unknown, path: string): OfferedTool[] {
  return [...objectsOf(servers)].map(([index, server]) =>
    offered(pointer(path, index), [`mcp:${stringOf(server.name) ?? ''}`, 'mcp']),
  )
}

export function offered(path: string, [name = '', ...also]: string[]): OfferedTool {
  return also.length > 0 ? { path, name, also } : { path, name }
}

export function calledTool(
  path: string,
  name: Json | undefined,
  args: Json | undefined,
  also: readonly string[] = [],
): CalledTool {
  const text = typeof args === 'string' ? args : args === undefined ? '' : JSON.stringify(args)
  return knownBy<CalledTool>({ path, name: stringOf(name) ?? '', text }, also)
}

/** What rules may call a called tool besides its name: the server that it is on, or its namespace. */
export function callerNames(call: JsonObject): string[] {
  const server = serverName(call)
  const names = spaceNames(stringOf(call.namespace), stringOf(call.name) ?? '')
  return server === undefined ? names : [server, 'mcp', ...names]
}
