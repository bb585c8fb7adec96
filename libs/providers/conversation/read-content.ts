import { isObject, type Json, type JsonObject, listOf } from '../json.ts'
import { canonicalJson } from './canonical-json.ts'

/** Gathers the content of one message: text runs together, however it was cut into parts. */
export type ContentReader = {
  add(part: Json | undefined): void
  /** Undefined while there is nothing. */
  content(): string | undefined
}

/** Fields of a part that say nothing of its content, and that clients leave out or change when they repeat it. */
const incidentalFields = new Set(['annotations', 'cache_control', 'citations', 'id', 'logprobs', 'status'])

export function createContentReader(): ContentReader {
  const parts: Json[] = []

  function addText(text: string): void {
    const last = parts.length - 1
    if (typeof parts[last] === 'string') parts[last] += text
    else if (text !== '') parts.push(text)
  }

  return {
    add(part) {
      const text = typeof part === 'string' ? part : isObject(part) ? textOf(part) : undefined
      if (text !== undefined) addText(text)
      else if (isObject(part)) parts.push(withoutIncidentals(part))
    },
    content() {
      if (parts.length === 0) return undefined
      return parts.length === 1 && typeof parts[0] === 'string' ? parts[0] : canonicalJson(parts)
    },
  }
}

/** Content that is a string or a list of parts. */
export function readContent(content: Json | undefined): string | undefined {
  if (typeof content === 'string') return content || undefined
  const reader = createContentReader()
  for (const part of listOf(content)) reader.add(part)
  return reader.content()
}

function textOf({ type, text, refusal }: JsonObject): string | undefined {
  if (typeof text === 'string' && (type === undefined || String(type).endsWith('text'))) return text
  return type === 'refusal' && typeof refusal === 'string' ? refusal : undefined
}

function withoutIncidentals(part: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(part).filter(([key]) => !incidentalFields.has(key)))
}
