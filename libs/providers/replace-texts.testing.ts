import type { TextEdit } from './edit-json.ts'
import type { Json, JsonObject } from './json.ts'
import { unescapeToken } from './text-part.ts'

/** A copy of a body with the strings at those pointers replaced. @throws where a pointer leads to no string. */
export function replaceTexts(body: JsonObject, edits: readonly TextEdit[]): JsonObject {
  const copy = JSON.parse(JSON.stringify(body)) as JsonObject
  for (const { path, text } of edits) {
    const tokens = path.split('/').slice(1).map(unescapeToken)
    const last = tokens.pop()
    const parent = tokens.reduce((value: Json | undefined, token) => (value as JsonObject)[token], copy)
    const own = Object.getOwnPropertyDescriptor(parent, last ?? '')
    if (typeof own?.value !== 'string') throw new Error(`There is no string at ${path}`)
    Object.defineProperty(parent, last!, { ...own, value: text })
  }
  return copy
}
