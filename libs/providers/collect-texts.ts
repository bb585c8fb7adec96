import { isObject, type JsonObject, listOf, maxNesting } from './json.ts'
import { pointer, type TextKind, type TextPart, type TextRole } from './text-part.ts'

export type TextContext = { role: TextRole; kind: TextKind; tool?: string | undefined }

/** Gathers the strings of one body, each with its place. Throws where the body nests too deep to be read through. */
export type TextCollector = {
  parts: TextPart[]
  /** Takes `value` where it is a string. */
  text(value: unknown, path: string, context: TextContext): void
  /** Takes every string within `value`, for content whose shape is not known or is free. */
  every(value: unknown, path: string, context: TextContext): void
  /** Takes the prose of a tool definition or JSON schema: titles and descriptions at any depth. */
  schema(value: unknown, path: string, context: TextContext): void
}

export function createTextCollector(): TextCollector {
  const parts: TextPart[] = []

  function text(value: unknown, path: string, { role, kind, tool }: TextContext): void {
    if (typeof value !== 'string' || value === '') return
    parts.push(
      tool === undefined ? { path, text: value, role, kind } : { path, text: value, role, kind, tool },
    )
  }

  function every(value: unknown, path: string, context: TextContext, depth = 0): void {
    if (typeof value === 'string') {
      text(value, path, context)
    } else if (typeof value === 'object' && value !== null) {
      if (depth > maxNesting)
        throw new Error(`The body nests deeper than ${maxNesting} at ${path.slice(0, 100)}`)
      if (Array.isArray(value)) everyOf(value, path, context, depth)
      else
        for (const [key, child] of Object.entries(value)) every(child, pointer(path, key), context, depth + 1)
    }
  }

  /** A list may have a million numbers, of which nothing is taken. */
  function everyOf(list: readonly unknown[], path: string, context: TextContext, depth: number): void {
    for (let index = 0; index < list.length; index++) {
      const child = list[index]
      if (typeof child !== 'number') every(child, `${path}/${index}`, context, depth + 1)
    }
  }

  function schema(value: unknown, path: string, context: TextContext, depth = 0): void {
    if (typeof value !== 'object' || value === null) return
    if (depth > maxNesting)
      throw new Error(`The body nests deeper than ${maxNesting} at ${path.slice(0, 100)}`)
    for (const [key, child] of Object.entries(value)) {
      if (typeof child === 'string') {
        if (key === 'description' || key === 'title') text(child, pointer(path, key), context)
      } else schema(child, pointer(path, key), context, depth + 1)
    }
  }

  return { parts, text, every: (v, p, c) => every(v, p, c), schema: (v, p, c) => schema(v, p, c) }
}

/**
 * Takes content that is a string, a part, a list of strings or a list of parts (`{type, text}`, `{type, image_url}`, …). Every string of a part is
 * taken, whatever its kind: what policy cannot name it must see all the same, addresses of images included, since a query
 * string carries data out as well as words do.
 */
export function collectContent(
  collector: TextCollector,
  content: unknown,
  path: string,
  context: TextContext,
): void {
  if (typeof content === 'string') collector.text(content, path, context)
  if (isObject(content)) collectPart(collector, content, path, context)
  const list = listOf(content)
  for (let index = 0; index < list.length; index++) {
    const part = list[index]
    const at = `${path}/${index}`
    if (typeof part === 'string') collector.text(part, at, context)
    else if (isObject(part)) collectPart(collector, part, at, context)
  }
}

function collectPart(collector: TextCollector, part: JsonObject, path: string, context: TextContext): void {
  for (const [field, value] of Object.entries(part)) {
    if (field === 'text' || field === 'refusal') collector.text(value, pointer(path, field), context)
    else if (field !== 'type' && field !== 'logprobs') collector.every(value, pointer(path, field), context)
  }
}
