import { isObject, type Json, objectsOf, stringOf } from '../json.ts'
import { pointer } from '../text-part.ts'

/** A tool that a model called. */
export type CalledTool = {
  /** JSON pointer to its arguments. */
  path: string
  /** Empty where the call names none. */
  name: string
  /** The arguments as they were written; as JSON where they were written as such. */
  text: string
}

/** A tool that a model may call. */
export type OfferedTool = {
  path: string
  name: string
  /** Other names by which rules may know it: its type, and the server that it is on. */
  also?: string[]
}

export type Tools = { offered: OfferedTool[]; calls: CalledTool[] }

export const noTools: Tools = { offered: [], calls: [] }

/** A call that a frame of a streamed response reports. */
export type ReportedCall = {
  /** Of its arguments (see `FrameText`). */
  channel: string
  name: string
  /** The arguments as JSON, where they are sent as such and not as a string. */
  text?: string
}

/** Names stand in the definition or in its `function` or `custom`; a tool of the provider's own has its type for a name. */
export function offeredIn(tools: unknown, path: string): Tools['offered'] {
  return [...objectsOf(tools)].map(([index, tool]) => {
    const inner = [tool, tool.function, tool.custom].find((it) => isObject(it) && typeof it.name === 'string')
    const name = isObject(inner) ? stringOf(inner.name) : undefined
    const type = stringOf(tool.type)
    const server = stringOf(tool.server_label) ?? stringOf(tool.mcp_server_name)
    const hosted = server !== undefined ? `mcp:${server}` : undefined
    const names = [name, hosted, type === 'function' || type === 'custom' ? undefined : type]
    const known = [...new Set(names.filter((it) => it !== undefined))]
    return offered(pointer(path, index), known)
  })
}

/** Servers whose tools the provider calls by itself. */
export function serversIn(servers: unknown, path: string): OfferedTool[] {
  return [...objectsOf(servers)].map(([index, server]) =>
    offered(pointer(path, index), [`mcp:${stringOf(server.name) ?? ''}`, 'mcp']),
  )
}

export function offered(path: string, [name = '', ...also]: string[]): OfferedTool {
  return also.length > 0 ? { path, name, also } : { path, name }
}

export function calledTool(path: string, name: Json | undefined, args: Json | undefined): CalledTool {
  const text = typeof args === 'string' ? args : args === undefined ? '' : JSON.stringify(args)
  return { path, name: stringOf(name) ?? '', text }
}
