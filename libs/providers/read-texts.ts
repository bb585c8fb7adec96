import { isUtf8 } from 'node:buffer'
import { isObject, type Json, type JsonObject, maxNesting } from './json.ts'
import { fieldNames, isProtocolWord } from './protocol-words.ts'
import { writtenAt } from './raw-json.ts'
import {
  escapeToken,
  type ReadTexts,
  type TextKind,
  type TextPart,
  type TextRole,
  type Unscanned,
} from './text-part.ts'

/**
 * A place whose string policies cannot read. `holds` says what it is: `sealed` only its provider can read; of `base64` and of a `url`
 * with data in it, text types are decoded and judged; a `reference`, as any other URL, is judged as the string that it is, and what it
 * refers to is not read; an `echo` is a list or an object that repeats what is read elsewhere.
 */
export type OpaquePlace = {
  /** A JSON pointer in which `*` stands for one token and `**` for any number of them. */
  path: string
  kind: string
  holds: 'sealed' | 'base64' | 'url' | 'reference' | 'echo'
}

export type PlaceIndex = (path: readonly string[]) => OpaquePlace | undefined

/** Places by their last token, which is what most strings are ruled out by. */
export function indexPlaces(places: readonly OpaquePlace[]): PlaceIndex {
  const byLast = new Map<string, { tokens: string[]; place: OpaquePlace }[]>()
  for (const place of places) {
    const tokens = place.path.split('/').slice(1)
    const last = tokens.at(-1)!
    byLast.set(last, [...(byLast.get(last) ?? []), { tokens, place }])
  }
  return (path) => byLast.get(path.at(-1) ?? '')?.find(({ tokens }) => matches(tokens, 0, path, 0))?.place
}

function matches(tokens: readonly string[], from: number, path: readonly string[], at: number): boolean {
  const token = tokens[from]
  if (token === undefined) return at === path.length
  if (token === '**') {
    for (let next = at; next <= path.length; next++) if (matches(tokens, from + 1, path, next)) return true
    return false
  }
  return at < path.length && (token === '*' || token === path[at]) && matches(tokens, from + 1, path, at + 1)
}

const roles: Record<string, TextRole> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
}

type Context = { role: TextRole; kind: TextKind; isSigned: boolean; hasNumbers: boolean }

const start: Context = { role: 'unknown', kind: 'unknown', isSigned: false, hasNumbers: false }

/** Numbers below have too few digits to name anybody. */
const leastNumber = 100_000

/**
 * Every string and every name of a member of a body, whatever stands where: those at places that a format knows with their role and
 * kind, all others as `unknown`; numbers of free content too. Left out are words of the API itself at the fields for them, and
 * what is named in `unscanned`.
 * @param known what the format finds; its places need not be all.
 * @param written the JSON text, in which numbers that JavaScript cannot hold are looked up.
 */
export function readTexts(
  body: unknown,
  known: readonly TextPart[],
  placeAt: PlaceIndex,
  written?: string,
): ReadTexts {
  const byPath = new Map(known.map((part) => [part.path, part]))
  const texts: TextPart[] = known.filter(({ fixed }) => fixed === 'encoded')
  const unscanned: Unscanned[] = []
  const tokens: string[] = []
  const names = new Map<string, TextPart>()

  function visit(value: Json | undefined, path: string, context: Context, parent?: JsonObject): void {
    if (typeof value === 'string') takeString(value, path, context, parent)
    else if (typeof value === 'number') takeNumber(value, path, context)
    else if (typeof value === 'object' && value !== null) {
      if (tokens.length > maxNesting)
        throw new Error(`The body nests deeper than ${maxNesting} at ${path.slice(0, 100)}`)
      const place = placeAt(tokens)
      if (place?.holds === 'echo') {
        const isEmpty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
        if (!isEmpty) unscanned.push({ path, kind: place.kind, reason: 'it repeats a text that is read' })
      } else if (Array.isArray(value)) visitList(value, path, context)
      else visitObject(value, path, context)
    }
  }

  function visitList(list: readonly Json[], path: string, context: Context): void {
    for (let index = 0; index < list.length; index++) {
      const element = list[index]
      if (typeof element === 'number' && !context.hasNumbers) continue
      tokens.push(String(index))
      visit(element, `${path}/${index}`, context)
      tokens.pop()
    }
  }

  function visitObject(object: JsonObject, path: string, outer: Context): void {
    const context = contextOf(object, outer)
    let index = 0
    for (const key of Object.keys(object)) {
      const value = object[key]
      const isOwn = !fieldNames.has(key)
      if (isOwn) takeName(key, `${path}#${index}`, context)
      index++
      if (value === null || typeof value === 'boolean') continue
      const isFree = !context.hasNumbers && (isOwn || freeFields.has(key))
      tokens.push(key)
      const within = isFree ? { ...context, hasNumbers: true } : context
      visit(value, `${path}/${escapeToken(key)}`, within, object)
      tokens.pop()
    }
  }

  function takeName(name: string, path: string, { role, isSigned }: Context): void {
    const seen = names.get(name)
    if (seen) {
      seen.also ??= []
      seen.also.push(path)
    } else if (name !== '') {
      const part: TextPart = { path, text: name, role, kind: 'unknown', ...(isSigned && { fixed: 'signed' }) }
      names.set(name, part)
      texts.push(part)
    }
  }

  function takeString(text: string, path: string, context: Context, parent?: JsonObject): void {
    if (text === '') return
    const place = placeAt(tokens)
    const part = byPath.get(path)
    const found: TextPart = part ?? { path, text, role: context.role, kind: context.kind }
    if (context.isSigned) found.fixed = 'signed'
    if (place && takeOpaque(place, found, parent)) return
    if (part || !isProtocolWord(tokens.at(-1) ?? '', text)) texts.push(found)
  }

  /** @returns whether there is nothing else to read. */
  function takeOpaque({ kind, holds }: OpaquePlace, part: TextPart, parent?: JsonObject): boolean {
    const { path, text } = part
    const skip = (reason: string) => void unscanned.push({ path, kind, reason })
    if (holds === 'echo') {
      skip('it repeats a text that is read')
      return true
    }
    if (holds === 'sealed') {
      skip('only its provider can read it')
      return true
    }
    if (holds === 'base64' && parent?.type === 'text') return false
    const url = dataUrl.exec(text)
    if (holds === 'reference' || (holds === 'url' && !url)) {
      skip('what it refers to is not read')
      return false
    }
    const mediaType = url ? url[1] || 'text/plain' : mediaTypeOf(parent)
    if (!isTextType(mediaType)) {
      const binary = /^(?:image|audio|video)(?=\/)/.exec(mediaType)?.[0] ?? kind
      unscanned.push({
        path,
        kind: binary,
        reason: `binary data${mediaType === '' ? '' : ` (${mediaType.slice(0, 100)})`} is not read`,
      })
      return true
    }
    const head = url?.[0] ?? ''
    const isBase64 = !url || url[2] !== undefined
    const decoded = decode(text.slice(head.length), isBase64)
    if (decoded === undefined) {
      skip('it cannot be decoded')
      return false
    }
    const encode = (changed: string) =>
      head + (isBase64 ? Buffer.from(changed).toString('base64') : encodeURIComponent(changed))
    texts.push({ ...part, text: decoded, kind: 'document', encode })
    return true
  }

  function takeNumber(value: number, path: string, { role, kind, hasNumbers, isSigned }: Context): void {
    if (!hasNumbers || Math.abs(value) < leastNumber) return
    const isExact = Number.isSafeInteger(value) || written === undefined
    const text = isExact ? String(value) : (writtenAt(written, tokens) ?? String(value))
    texts.push({ path, text, role, kind, ...(isSigned && { fixed: 'signed' }) })
  }

  visit(body as Json, '', start)
  return { texts, unscanned }
}

/** Fields in which clients and models have JSON of their own. */
const freeFields: ReadonlySet<string> = new Set(['input', 'arguments', 'metadata', 'action'])

const dataUrl = /^data:([\w.+-]*(?:\/[\w.+-]*)?)(?:;[\w-]+=[^;,]*)*(;base64)?,/

function contextOf(object: JsonObject, outer: Context): Context {
  const role = typeof object.role === 'string' ? roles[object.role] : undefined
  const isSigned = outer.isSigned || hasSignature(object)
  if (role === undefined && isSigned === outer.isSigned) return outer
  return { ...outer, isSigned, ...(role !== undefined && { role }) }
}

/** Fields that their provider checks against what stands beside them. */
function hasSignature(object: JsonObject): boolean {
  const { signature, thought_signature, encrypted_index, encrypted_content, type, extra_content } = object
  if (isFilled(signature) || isFilled(thought_signature) || isFilled(encrypted_index)) return true
  if (type === 'reasoning' && isFilled(encrypted_content)) return true
  return (
    isObject(extra_content) &&
    isObject(extra_content.google) &&
    isFilled(extra_content.google.thought_signature)
  )
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function mediaTypeOf(parent: JsonObject | undefined): string {
  const named = parent?.media_type ?? parent?.mime_type ?? parent?.mimeType
  if (typeof named === 'string') return named
  const { filename } = parent ?? {}
  return typeof filename === 'string' && textFiles.test(filename) ? 'text/plain' : ''
}

const textFiles = /\.(?:txt|text|md|csv|tsv|json|jsonl|xml|ya?ml|html?|log|ini|toml|sql|py|js|ts|sh)$/i

function isTextType(mediaType: string): boolean {
  return /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson|jsonl|csv|sql|toml)\b|\+(?:json|xml)$/i.test(
    mediaType,
  )
}

function decode(data: string, isBase64: boolean): string | undefined {
  if (!isBase64) {
    try {
      return decodeURIComponent(data)
    } catch {
      return undefined
    }
  }
  const bytes = Buffer.from(data, 'base64')
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}
