import type { TextEdit } from './edit-json.ts'
import type { Json, JsonObject } from './json.ts'
import { unescapeToken } from './text-part.ts'

/**
 * A body with the strings at those pointers replaced; what no edit touches is shared with the original.
 * @throws when a pointer does not lead to a string: the edit was made for another body.
 */
export function replaceTexts(body: JsonObject, edits: readonly TextEdit[]): JsonObject {
  let result: Json = body
  const copies = new Set<Json>()
  for (const edit of edits) {
    const tokens = edit.path.split('/').slice(1).map(unescapeToken)
    result = replaceAt(result, tokens, edit, copies)
  }
  return result as JsonObject
}

function replaceAt(value: Json | undefined, tokens: string[], edit: TextEdit, copies: Set<Json>): Json {
  const [token, ...rest] = tokens
  if (token === undefined) {
    if (typeof value !== 'string') throw new Error(`There is no string at ${edit.path}`)
    return edit.text
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) {
    throw new Error(`There is no string at ${edit.path}`)
  }
  const copy = (copies.has(value) ? value : Array.isArray(value) ? value.slice() : { ...value }) as JsonObject
  copies.add(copy)
  const replaced = replaceAt((value as JsonObject)[token], rest, edit, copies)
  // Assignment would set the prototype where a body has a field named __proto__.
  Object.defineProperty(copy, token, {
    value: replaced,
    writable: true,
    enumerable: true,
    configurable: true,
  })
  return copy
}
