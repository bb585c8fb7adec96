import { decodeHeaderValue, encodeHeaderValue, type Headers } from './header-values.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

/** An argument of a tool that is said a second time, in a header. */
export type MirroredParam = { header: string; path: readonly string[] }

const annotation = 'x-mcp-header'
const prefix = 'mcp-param-'
/** Types with one spelling; the specification refuses an annotation on any other. */
const mirroredTypes: ReadonlySet<Json | undefined> = new Set(['string', 'integer', 'boolean'])

/**
 * The arguments that the definition of a tool wants in headers as well (specification 2026-07-28, Streamable HTTP). Of a definition
 * whose annotations are not valid none counts: the specification has clients leave such a tool out.
 */
export function mirroredParams({ inputSchema }: JsonObject): MirroredParam[] {
  const found: MirroredParam[] = []
  const isValid = collect(inputSchema, [], found)
  const isUnique = new Set(found.map(({ header }) => header)).size === found.length
  return isValid && isUnique ? found : []
}

function collect(schema: Json | undefined, path: readonly string[], found: MirroredParam[]): boolean {
  if (!isObject(schema) || !isObject(schema.properties)) return true
  return Object.entries(schema.properties).every(([name, property]) => {
    if (!isObject(property)) return true
    const place = [...path, name]
    const header = property[annotation]
    if (header === undefined) return collect(property, place, found)
    if (typeof header !== 'string' || !/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(header)) return false
    if (!mirroredTypes.has(property.type)) return false
    found.push({ header: prefix + header.toLowerCase(), path: place })
    return true
  })
}

/** The headers for the arguments of a call; none for one that is absent or null. */
export function paramHeaders(
  params: readonly MirroredParam[],
  args: Json | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const { header, path } of params) {
    const value = textAt(args, path)
    if (value !== undefined) headers[header] = encodeHeaderValue(value)
  }
  return headers
}

/** In which way the headers of a call contradict its arguments, or undefined. One that is missing contradicts nothing: it is written for the server. */
export function paramProblem(
  headers: Headers,
  params: readonly MirroredParam[],
  args: Json | undefined,
): string | undefined {
  for (const { header, path } of params) {
    const given = headers[header]
    if (given === undefined) continue
    const decoded = decodeHeaderValue(Array.isArray(given) ? given.join(', ') : given)
    if (decoded === undefined || decoded !== textAt(args, path))
      return `Header mismatch: header ${header} does not match argument '${path.join('.')}' of the body`
  }
  return undefined
}

/**
 * Of a client's headers for the arguments of a tool that is not known here, those that say what the arguments say: nothing that a
 * policy took out of them passes.
 */
export function agreeingParamHeaders(headers: Headers, args: Json | undefined): Record<string, string> {
  const said = new Set(scalarsOf(args))
  const agreeing: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(prefix) || typeof value !== 'string') continue
    const decoded = decodeHeaderValue(value)
    if (decoded !== undefined && said.has(decoded)) agreeing[name] = value
  }
  return agreeing
}

function* scalarsOf(value: Json | undefined): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* scalarsOf(one)
  else if (isObject(value)) for (const one of Object.values(value)) yield* scalarsOf(one)
  else {
    const text = spelled(value)
    if (text !== undefined) yield text
  }
}

function textAt(args: Json | undefined, path: readonly string[]): string | undefined {
  let value = args
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  return spelled(value)
}

function spelled(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined
}
