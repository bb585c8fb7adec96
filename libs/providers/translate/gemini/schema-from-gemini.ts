import { memberOf } from '../../formats/gemini/parts.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'

const keywords = [
  ...['title', 'description', 'format', 'pattern', 'default', 'required', 'enum', 'minimum', 'maximum'],
  ...['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'],
] as const

/** Counts are strings there, as protocol buffers write 64-bit numbers in JSON. */
const counts: ReadonlySet<string> = new Set([
  ...['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'],
])

/** Gemini's own schema (`parameters`, `responseSchema`: a part of OpenAPI 3.0, with types in capitals) as JSON schema. */
export function schemaFromGemini(schema: Json | undefined): JsonObject {
  if (!isObject(schema)) return {}
  const written: JsonObject = {}
  const type = memberOf(schema, 'type')
  const isNullable = memberOf(schema, 'nullable') === true
  if (typeof type === 'string' && type !== 'TYPE_UNSPECIFIED') {
    const name = type.toLowerCase()
    written.type = isNullable ? [name, 'null'] : name
  }
  for (const keyword of keywords) {
    const value = memberOf(schema, keyword)
    if (value === undefined || value === null) continue
    written[keyword] = counts.has(keyword) && typeof value === 'string' ? Number(value) : value
  }
  // OpenAPI marks a list of names so; JSON schema has no such format.
  if (written.format === 'enum') delete written.format
  const items = memberOf(schema, 'items')
  if (isObject(items)) written.items = schemaFromGemini(items)
  const properties = memberOf(schema, 'properties')
  if (isObject(properties)) {
    const entries = Object.entries(properties).map(([name, one]) => [name, schemaFromGemini(one)])
    written.properties = Object.fromEntries(entries) as JsonObject
  }
  const anyOf = memberOf(schema, 'anyOf')
  if (Array.isArray(anyOf)) written.anyOf = anyOf.map((one) => schemaFromGemini(one))
  if (isNullable && Array.isArray(written.enum) && !written.enum.includes(null))
    written.enum = [...written.enum, null]
  if (isNullable && Array.isArray(written.anyOf)) written.anyOf = [...written.anyOf, { type: 'null' }]
  return written
}
