import { type Json, maxNesting } from '../json.ts'

/** JSON with sorted keys and no spaces. What nests deeper than any real body is left out. */
export function canonicalJson(value: Json | undefined, depth = 0): string {
  if (value === undefined) return 'null'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (depth > maxNesting) return 'null'
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element, depth + 1)).join(',')}]`
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key], depth + 1)}`)
  return `{${members.join(',')}}`
}

/** Arguments of a call as its text reports them or as JSON already: clients write the same JSON with other spaces. */
export function canonicalArguments(value: Json | undefined): string {
  if (typeof value !== 'string') return canonicalJson(value)
  try {
    return canonicalJson(JSON.parse(value) as Json)
  } catch {
    return value
  }
}
