import { isObject, type Json, type JsonObject } from '../../json.ts'

/** Members that hold what a client or a model names, not the protocol. */
const foreign: ReadonlySet<string> = new Set([
  ...['args', 'response', 'parametersJsonSchema', 'responseJsonSchema', 'properties', 'labels'],
])

/** A request with the JSON names of its members: Google's servers take those of the protocol's definition (`function_call`) too. */
export function camelCased(object: JsonObject): JsonObject {
  const renamed: JsonObject = {}
  for (const [name, value] of Object.entries(object)) {
    const known = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    renamed[known] = value === undefined || foreign.has(known) ? value : camelCasedValue(value)
  }
  return renamed
}

function camelCasedValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(camelCasedValue)
  return isObject(value) ? camelCased(value) : value
}
