import { isObject, type Json, type JsonObject } from './json.ts'
import { logprobsFields } from './read-logprobs.ts'

/**
 * A response, or a frame's data, without log probabilities: they spell the text out once more, token by token, so what a
 * policy took out of the text must not stay in them. What holds none is shared with the original.
 */
export function withoutLogprobs(body: JsonObject): JsonObject {
  return strip(body) as JsonObject
}

function emptied(list: Json[]): Json[] {
  return list.length === 0 ? list : []
}

function strip(value: Json): Json {
  if (Array.isArray(value)) {
    const stripped = value.map(strip)
    return stripped.some((element, index) => element !== value[index]) ? stripped : value
  }
  if (!isObject(value)) return value
  let copy: JsonObject | undefined
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined || child === null || key === '__proto__') continue
    const stripped = logprobsFields.has(key) ? (Array.isArray(child) ? emptied(child) : null) : strip(child)
    if (stripped === child) continue
    copy ??= { ...value }
    copy[key] = stripped
  }
  return copy ?? value
}
