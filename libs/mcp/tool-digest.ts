import { hash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from './json.ts'

export type DefinedTool = { name: string; sha256: string; definition: JsonObject }

/** The tools of a result of `tools/list`; whatever else stands in the list is passed over. */
export function toolsOf(result: Json | undefined): DefinedTool[] {
  if (!isObject(result) || !Array.isArray(result.tools)) return []
  return result.tools.flatMap((definition) =>
    isObject(definition) && typeof definition.name === 'string'
      ? [{ name: definition.name, sha256: toolDigest(definition), definition }]
      : [],
  )
}

/**
 * SHA-256 of what a definition says: its JSON with sorted keys, so that the order of members does not count. `_meta` is left out:
 * it is for programs, may change with each response, and no model reads it.
 */
export function toolDigest({ _meta, ...definition }: JsonObject): string {
  return hash('sha256', sorted(definition))
}

function sorted(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value ?? null)
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sorted(value[key])}`)
  return `{${members.join(',')}}`
}
