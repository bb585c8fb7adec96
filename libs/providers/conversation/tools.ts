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

export type Tools = { offered: { path: string; name: string }[]; calls: CalledTool[] }

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
    return { path: pointer(path, index), name: name ?? stringOf(tool.type) ?? '' }
  })
}

export function calledTool(path: string, name: Json | undefined, args: Json | undefined): CalledTool {
  const text = typeof args === 'string' ? args : args === undefined ? '' : JSON.stringify(args)
  return { path, name: stringOf(name) ?? '', text }
}
