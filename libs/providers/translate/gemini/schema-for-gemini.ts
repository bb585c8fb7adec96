import { isObject, type Json, type JsonObject } from '../../json.ts'
import { rawJson, type WritableJson } from '../../raw-json.ts'

/**
 * The keywords that Gemini documents for `parametersJsonSchema` and `responseJsonSchema`
 * (https://ai.google.dev/api/generate-content); it refuses a request with some of the others.
 */
const taken: ReadonlySet<string> = new Set([
  ...['$id', '$defs', '$ref', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'default'],
  ...[
    'items',
    'prefixItems',
    'minItems',
    'maxItems',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'pattern',
  ],
  ...['anyOf', 'oneOf', 'properties', 'additionalProperties', 'required', 'propertyOrdering', 'nullable'],
])

/** Keywords that say nothing about the values themselves; that they are left out is not worth a word. */
const silent: ReadonlySet<string> = new Set(['$schema', '$comment', 'examples', 'deprecated', 'readOnly'])

/**
 * A JSON schema as Gemini takes it: the client's bytes where it holds only documented keywords. Of the others `const` and
 * `allOf` are expressed by keywords that are known, exclusive bounds become inclusive ones, and the rest is left out.
 * @param path of the schema in the request; `ignored` takes the places of keywords that are left out.
 */
export function schemaForGemini(
  schema: JsonObject,
  raw: string,
  path: string,
  ignored: string[],
): WritableJson {
  const changed = { isChanged: false, ignored }
  const rewritten = rewrite(schema, path, changed)
  return changed.isChanged ? rewritten : rawJson(raw)
}

type Changes = { isChanged: boolean; ignored: string[] }

function rewrite(schema: JsonObject, path: string, changes: Changes): JsonObject {
  const rewritten: JsonObject = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined) continue
    const at = `${path}.${keyword}`
    if (taken.has(keyword)) rewritten[keyword] = rewriteValue(keyword, value, at, changes)
    else changes.isChanged = true
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || taken.has(keyword) || silent.has(keyword)) continue
    if (!express(rewritten, keyword, value, `${path}.${keyword}`, changes))
      changes.ignored.push(`${path}.${keyword}`)
  }
  return rewritten
}

function rewriteValue(keyword: string, value: Json, path: string, changes: Changes): Json {
  if (keyword === '$ref' && typeof value === 'string' && value.startsWith('#/definitions/')) {
    changes.isChanged = true
    return value.replace('#/definitions/', '#/$defs/')
  }
  if (keyword === 'properties' || keyword === '$defs') return rewriteEach(value, path, changes)
  if (keyword === 'items' && Array.isArray(value))
    return value.map((one, at) => subschema(one, `${path}[${at}]`, changes))
  if (keyword === 'items' || keyword === 'additionalProperties') return subschema(value, path, changes)
  if (keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'prefixItems')
    return Array.isArray(value) ? value.map((one, at) => subschema(one, `${path}[${at}]`, changes)) : value
  return value
}

function rewriteEach(value: Json, path: string, changes: Changes): Json {
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    subschema(one ?? true, `${path}.${name}`, changes),
  ])
  return Object.fromEntries(entries) as JsonObject
}

function subschema(value: Json, path: string, changes: Changes): Json {
  return isObject(value) ? rewrite(value, path, changes) : value
}

/** Puts a keyword that Gemini does not know into words that it does; false where there are none. */
function express(into: JsonObject, keyword: string, value: Json, path: string, changes: Changes): boolean {
  if (keyword === 'const') {
    into.enum ??= [value]
    return true
  }
  if (keyword === 'definitions' && isObject(value)) {
    const known = isObject(into.$defs) ? into.$defs : {}
    into.$defs = { ...(rewriteEach(value, path, changes) as JsonObject), ...known }
    return true
  }
  if (keyword === 'allOf' && Array.isArray(value)) {
    for (const [at, one] of value.entries())
      if (isObject(one)) merge(into, rewrite(one, `${path}[${at}]`, changes), `${path}[${at}]`, changes)
    return true
  }
  const bound = { exclusiveMinimum: 'minimum', exclusiveMaximum: 'maximum' }[keyword]
  if (bound !== undefined && typeof value === 'number') {
    into[bound] ??= value
    return true
  }
  return false
}

/** What one of several schemas that hold together adds to the others. */
function merge(into: JsonObject, added: JsonObject, path: string, { ignored }: Changes): void {
  for (const [keyword, value] of Object.entries(added)) {
    const known = into[keyword]
    if (known === undefined) into[keyword] = value
    else if ((keyword === 'properties' || keyword === '$defs') && isObject(known) && isObject(value))
      into[keyword] = { ...known, ...value }
    else if (keyword === 'required' && Array.isArray(known) && Array.isArray(value))
      into[keyword] = [...new Set([...known, ...value])]
    else if (JSON.stringify(known) !== JSON.stringify(value)) ignored.push(`${path}.${keyword}`)
  }
}
