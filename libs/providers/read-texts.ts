import { atOnce, type Slices, wholeDigits } from '@airs-cp/events'
import {
  decodeBase64,
  decodeDataUrl,
  type EncodedText,
  embeddedTexts,
  isBase64,
  isTextType,
  mayBeText,
  parseDataUrl,
} from './body/data-url.ts'
import { entryOf, isObject, type Json, type JsonObject, maxNesting } from './json.ts'
import { fieldNames, isProtocolWord } from './protocol-words.ts'
import { writtenAt } from './raw-json.ts'
import { type ReadLogprobs, readLogprobs } from './read-logprobs.ts'
import { isSigned } from './signed-places.ts'
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
 * refers to is not read; an `echo` repeats what its request says, and what in it does not is a text; `logprobs` are log probabilities, whose
 * tokens are an echo where they spell out the text beside them, and texts where they say anything else.
 */
export type OpaquePlace = {
  /** A JSON pointer in which `*` stands for one token and `**` for any number of them. */
  path: string
  kind: string
  holds: 'sealed' | 'base64' | 'url' | 'reference' | 'echo' | 'logprobs'
  /** Only in such an object. */
  within?: (object: JsonObject) => boolean
}

/** @param object in which the last token of the path is a member; undefined for an element of a list. */
export type PlaceIndex = (path: readonly string[], object?: JsonObject) => OpaquePlace | undefined

/** Places by their last token, which is what most strings are ruled out by; those that end in `*` are tried for each. */
export function indexPlaces(places: readonly OpaquePlace[]): PlaceIndex {
  const byLast = new Map<string, { tokens: string[]; place: OpaquePlace }[]>()
  for (const place of places) {
    const tokens = place.path.split('/').slice(1)
    const last = tokens.at(-1)!
    byLast.set(last, [...(byLast.get(last) ?? []), { tokens, place }])
  }
  const anywhere = byLast.get('*') ?? []
  return (path, object) => {
    const isHere = ({ tokens, place }: { tokens: string[]; place: OpaquePlace }) =>
      matches(tokens, 0, path, 0) && (place.within === undefined || (object && place.within(object)))
    return (byLast.get(path.at(-1) ?? '')?.find(isHere) ?? anywhere.find(isHere))?.place
  }
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

type Context = {
  role: TextRole
  kind: TextKind
  isSigned: boolean
  hasNumbers: boolean
  /** Clients and models write what stands there, whatever its fields are called. */
  isOwn: boolean
  /** It repeats the request. */
  isEcho?: true
  /** The log probabilities in which it stands. */
  logprobs?: ReadLogprobs
}

const start: Context = {
  ...{ role: 'unknown', kind: 'unknown' },
  ...{ isSigned: false, hasNumbers: false, isOwn: false },
}

/** Whether a request says a text beside its conversation. */
export type RequestSays = (text: string) => boolean

/** So many members, such as messages, are visited in a millisecond or two. */
const membersAtOnce = 256
/** Enters members one after the other, and leaves each once it is visited; what is large is left to be done in slices. */
function each(
  members: number,
  enter: (index: number) => Slices<void> | undefined,
  leave: (index: number) => void,
): Slices<void> | undefined {
  for (let index = 0; index < members; index++) {
    const within = enter(index)
    if (within || index === membersAtOnce) return restOf(members, enter, leave, index, within)
    leave(index)
  }
  return undefined
}

function* restOf(
  members: number,
  enter: (index: number) => Slices<void> | undefined,
  leave: (index: number) => void,
  first: number,
  begun: Slices<void> | undefined,
): Slices<void> {
  if (begun) yield* begun
  leave(first)
  for (let index = first + 1; index < members; index++) {
    if (index % membersAtOnce === 0) yield
    const within = enter(index)
    if (within) yield* within
    leave(index)
  }
}

/** Numbers below have too few digits to name anybody. */
const leastNumber = 100_000
/** The same where the API has a number, which is a count or a time of ours unless it has twelve digits. */
const leastInPlace = 1e11

/**
 * Every string and every name of a member of a body, whatever stands where: those at places that a format knows with their role and
 * kind, all others as `unknown`; numbers as their digits, but for small ones. Left out are words of the API itself at the fields for them, and
 * what is named in `unscanned`.
 * @param known what the format finds; its places need not be all.
 * @param written the JSON text, in which numbers that JavaScript cannot hold are looked up.
 * @param requestSays of a response, what it may repeat; where it is not known, all that stands where it is repeated is taken for that.
 */
export function readTexts(
  body: unknown,
  known: readonly TextPart[],
  placeAt: PlaceIndex,
  written?: string,
  requestSays?: RequestSays,
): ReadTexts {
  const byPath = atOnce(byPathInSlices(known))
  const { read, rest } = beginReading(body, known, byPath, placeAt, written, requestSays)
  if (rest) atOnce(rest)
  return read
}

/** The same in slices. */
export function* textsInSlices(
  body: unknown,
  known: readonly TextPart[],
  placeAt: PlaceIndex,
  written?: string,
  requestSays?: RequestSays,
): Slices<ReadTexts> {
  const byPath = yield* byPathInSlices(known)
  const { read, rest } = beginReading(body, known, byPath, placeAt, written, requestSays)
  if (rest) yield* rest
  return read
}

/** So many parts are put by their paths, each of which is put together and hashed for it, in a millisecond or two. */
const partsAtOnce = 1_024

function* byPathInSlices(known: readonly TextPart[]): Slices<ReadonlyMap<string, TextPart>> {
  const byPath = new Map<string, TextPart>()
  for (const [index, part] of known.entries()) {
    if (index % partsAtOnce === partsAtOnce - 1) yield
    byPath.set(part.path, part)
  }
  return byPath
}

/** What a body says; of one with large lists or objects, once `rest` is done. */
function beginReading(
  body: unknown,
  known: readonly TextPart[],
  byPath: ReadonlyMap<string, TextPart>,
  placeAt: PlaceIndex,
  written: string | undefined,
  requestSays: RequestSays | undefined,
): { read: ReadTexts; rest: Slices<void> | undefined } {
  const texts: TextPart[] = known.filter(({ fixed }) => fixed === 'encoded')
  const unscanned: Unscanned[] = []
  const tokens: string[] = []
  const names = new Map<string, TextPart>()
  const decodedTokens = known.filter(({ fixed }) => fixed === 'encoded').map(({ path }) => path)

  /** @returns what is left to be done of a large list or object. */
  function visit(
    value: Json | undefined,
    path: string,
    context: Context,
    parent?: JsonObject,
  ): Slices<void> | undefined {
    if (typeof value === 'string') takeString(value, path, context, parent)
    else if (typeof value === 'number') takeNumber(value, path, context)
    else if (typeof value === 'object' && value !== null) {
      if (tokens.length > maxNesting)
        throw new Error(`The body nests deeper than ${maxNesting} at ${path.slice(0, 100)}`)
      const place = placeAt(tokens)
      const isEcho = place?.holds === 'echo'
      const logprobs =
        place?.holds === 'logprobs' && !context.logprobs
          ? readLogprobs(value, parent, tokens.length)
          : undefined
      if (isEcho || logprobs?.isEcho) {
        const isEmpty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
        if (!isEmpty) unscanned.push({ path, kind: 'echo', reason: 'it repeats a text that is read' })
      }
      if (isEcho && !requestSays) return undefined
      const within = isEcho ? { ...context, isEcho } : logprobs ? { ...context, logprobs } : context
      return Array.isArray(value) ? visitList(value, path, within) : visitObject(value, path, within)
    }
    return undefined
  }

  function visitList(list: readonly Json[], path: string, context: Context): Slices<void> | undefined {
    const field = tokens.at(-1)
    let before: string | undefined
    let from = 0
    return each(
      list.length,
      (index) => {
        const element = list[index]
        if (typeof element === 'number' && Math.abs(element) < leastNumber) return undefined
        from = texts.length
        tokens.push(String(index))
        return visit(element, `${path}/${index}`, context)
      },
      (index) => {
        const element = list[index]
        if (typeof element === 'number' && Math.abs(element) < leastNumber) return
        tokens.pop()
        const at = `${path}/${index}`
        const text = isObject(element) && typeof element.text === 'string' ? `${at}/text` : at
        if (text === at && (typeof element !== 'string' || field !== 'content')) return
        const part = texts.slice(from).find((one) => one.path === text)
        if (!part) return
        if (before !== undefined) part.continues = before
        before = text
      },
    )
  }

  function visitObject(object: JsonObject, path: string, outer: Context): Slices<void> | undefined {
    const context = contextOf(object, tokens, outer)
    const keys = Object.keys(object)
    return each(
      keys.length,
      (index) => {
        const key = keys[index]!
        const value = object[key]
        tokens.push(key)
        const isOwn = !fieldNames.has(key)
        if (isOwn && !(context.isEcho && requestSays?.(key))) takeName(key, `${path}#${index}`, context)
        if (value === null || typeof value === 'boolean') return undefined
        const isFree = !context.hasNumbers && (isOwn || freeFields.has(key))
        let within = isFree ? { ...context, hasNumbers: true } : context
        if (ownFields.has(key) && !Array.isArray(value) && !context.isOwn) within = { ...within, isOwn: true }
        const at = `${path}/${escapeToken(key)}`
        if (Array.isArray(value) && !context.hasNumbers && tokenFields.has(key) && holdsTokens(value))
          takeTokens(at)
        return visit(value, at, within, object)
      },
      () => void tokens.pop(),
    )
  }

  /** Token ids that stand for a text, which nothing has decoded. */
  function takeTokens(path: string): void {
    if (decodedTokens.some((known) => known === path || known.startsWith(`${path}/`))) return
    unscanned.push({ path, kind: 'tokens', reason: 'token ids are not decoded here' })
  }

  function takeName(name: string, path: string, { role, isSigned }: Context): void {
    const said = `${isSigned ? 'signed ' : ''}${role} ${name}`
    const seen = names.get(said)
    if (seen) {
      seen.also ??= []
      seen.also.push(path)
    } else if (name !== '') {
      const part: TextPart = { path, text: name, role, kind: 'unknown', ...(isSigned && { fixed: 'signed' }) }
      names.set(said, part)
      texts.push(part)
    }
  }

  function takeString(text: string, path: string, context: Context, parent?: JsonObject): void {
    if (text === '' || (context.isEcho && requestSays?.(text))) return
    const at = placeAt(tokens, parent)
    const place = at?.holds === 'logprobs' ? undefined : at
    const part = byPath.get(path)
    if (context.logprobs && !part && !place) {
      const token = context.logprobs.textAt(tokens, path, text, context.role)
      if (token && !takeDataUrl(token)) texts.push(token)
      return
    }
    const found: TextPart = part ?? { path, text, role: context.role, kind: context.kind }
    if (context.isSigned) found.fixed = 'signed'
    if ((place && takeOpaque(place, found, context, parent)) || takeDataUrl(found)) return
    if (part || !isProtocolWord(tokens.at(-1) ?? '', text)) texts.push(found)
  }

  /** @returns whether there is nothing else to read. */
  function takeOpaque(
    { kind, holds }: OpaquePlace,
    part: TextPart,
    context: Context,
    parent?: JsonObject,
  ): boolean {
    const { path, text } = part
    const skip = (reason: string) => void unscanned.push({ path, kind, reason })
    if (holds === 'echo') {
      if (requestSays && !requestSays(text)) return false
      skip('it repeats a text that is read')
      return true
    }
    if (holds === 'sealed') {
      if (!isSealed(part.text, kind, tokens, context, parent)) return false
      skip('only its provider can read it')
      return true
    }
    if (holds === 'base64' && (parent?.type === 'text' || context.isOwn)) return false
    const url = parseDataUrl(text)
    if (!url && holds !== 'base64') {
      skip('what it refers to is not read')
      return false
    }
    const mediaType = url?.mediaType ?? mediaTypeOf(parent)
    if (!url && !isBase64(text)) return false
    if (!isTextType(mediaType) && (url || mediaType !== '' || !mayBeText(text))) {
      skipBinary(path, kind, mediaType)
      return true
    }
    const decoded = url ? decodeDataUrl(url) : decodeBase64(text, charsetOf(parent))
    if (!decoded) {
      if (mediaType === '') skipBinary(path, kind, '')
      else skip('it cannot be decoded')
      return mediaType === ''
    }
    takeDecoded(part, decoded, url?.head)
    return true
  }

  function skipBinary(path: string, kind: string, mediaType: string): void {
    const binary = /^(?:image|audio|video)(?=\/)/.exec(mediaType)?.[0] ?? kind
    const labelled = mediaType === '' ? '' : ` (${mediaType.slice(0, 100)})`
    unscanned.push({ path, kind: binary, reason: `binary data${labelled} is not read` })
  }

  /** @param head of a URL, which says something too; so does what is written, where no change can be written in its place. */
  function takeDecoded(part: TextPart, { text, encode }: EncodedText, head = ''): void {
    const fixed = { fixed: 'encoded' } as const
    texts.push({ ...part, text, kind: 'document', ...(encode ? { encode } : fixed) })
    const beside = encode ? head : part.text
    if (beside !== '') texts.push({ ...part, path: `${part.path}#written`, text: beside, ...fixed })
  }

  /**
   * Texts in `data:` URLs at places for any text: one that is all of a string is read in its stand, others beside it.
   * @returns whether there is nothing else to read.
   */
  function takeDataUrl(part: TextPart): boolean {
    if (part.isPiece) return false
    if (!part.fixed) {
      const url = parseDataUrl(part.text)
      const decoded = url && isTextType(url.mediaType) ? decodeDataUrl(url) : undefined
      if (decoded) {
        takeDecoded(part, decoded, url?.head)
        return true
      }
    }
    for (const [index, text] of embeddedTexts(part.text).entries())
      texts.push({ ...part, path: `${part.path}#data${index}`, text, kind: 'document', fixed: 'encoded' })
    return false
  }

  function takeNumber(
    value: number,
    path: string,
    { role, kind, hasNumbers, isSigned, isEcho }: Context,
  ): void {
    const size = Math.abs(value)
    if (size < leastNumber || (size < leastInPlace && !hasNumbers && isInPlace())) return
    const isExact = Number.isSafeInteger(value) || written === undefined
    const literal = isExact ? String(value) : (writtenAt(written, tokens) ?? String(value))
    const text = wholeDigits(literal) ?? literal
    if (isEcho && requestSays?.(text)) return
    texts.push({ path, text, role, kind, ...(isSigned && { fixed: 'signed' }) })
  }

  /** Whether the API has a number there, or a list of them. */
  function isInPlace(): boolean {
    const field = tokens.findLast((token) => !isIndex.test(token)) ?? ''
    return numberFields.has(field) || tokenFields.has(field)
  }

  return { rest: visit(body as Json, '', start), read: { texts, unscanned } }
}

/** Fields in which clients and models have JSON of their own. */
const freeFields: ReadonlySet<string> = new Set(
  'input arguments metadata action variables input_examples enum default const examples'.split(' '),
)

/** Of those, fields with an object that is nobody's but theirs. */
const ownFields: ReadonlySet<string> = new Set('input arguments metadata variables'.split(' '))

/** Fields in which servers take or return texts as lists of token ids. */
const tokenFields: ReadonlySet<string> = new Set(
  'prompt input suffix tokens token_ids prompt_token_ids input_ids output_token_ids prompt_tokens_ids'.split(
    ' ',
  ),
)

/** Of `fieldNames`, those in which the API, or JSON Schema, has a number. */
const numberFields: ReadonlySet<string> = new Set(
  `
  exclusiveMaximum exclusiveMinimum maxItems maximum maxLength minimum minItems minLength multipleOf
  budget_tokens content_index created dimensions encrypted_index frequency_penalty index logprobs max_completion_tokens
  max_output_tokens max_tokens max_tool_calls n output_index presence_penalty repetition_penalty seed sequence_number speed
  summary_index temperature timestamp top_k top_logprobs top_p ttl
  cached_tokens cache_creation_input_tokens cache_read_input_tokens completion_tokens ephemeral_1h_input_tokens
  ephemeral_5m_input_tokens input_tokens output_tokens prompt_tokens reasoning_tokens total_tokens accepted_prediction_tokens
  audio_tokens rejected_prediction_tokens
  `
    .trim()
    .split(/\s+/),
)

const isIndex = /^\d+$/

function holdsTokens(value: Json | undefined): boolean {
  return (
    Array.isArray(value) &&
    value.some((element) => Number.isInteger(element) || (Array.isArray(element) && holdsTokens(element)))
  )
}

function contextOf(object: JsonObject, tokens: readonly string[], outer: Context): Context {
  const role = entryOf(roles, object.role)
  const own = role ?? outer.role
  const signed = outer.isSigned || (own !== 'user' && own !== 'system' && isSigned(object, tokens))
  if (role === undefined && signed === outer.isSigned) return outer
  return { ...outer, isSigned: signed, role: own }
}

/** What providers encrypt is one long word, and no number. */
const sealedForm = /^(?![\d.-]*$)[\w+/=.:~-]*$/

/** Whether what stands there can be a signature, or what its provider has encrypted; no client writes any of it. */
function isSealed(
  text: string,
  kind: string,
  tokens: readonly string[],
  { role, isSigned, isOwn }: Context,
  parent: JsonObject | undefined,
): boolean {
  if (role === 'user' || role === 'system' || isOwn || !sealedForm.test(text)) return false
  if (kind === 'signature') return isSigned || parent?.type === 'signature_delta'
  return tokens.at(-1) !== 'data' || /redacted|encrypted/.test(String(parent?.type))
}

function mediaTypeOf(parent: JsonObject | undefined): string {
  const named = parent?.media_type ?? parent?.mime_type ?? parent?.mimeType
  if (typeof named === 'string') return named
  const { filename } = parent ?? {}
  return typeof filename === 'string' && textFiles.test(filename) ? 'text/plain' : ''
}

const textFiles =
  /\.(?:txt|text|md|markdown|rst|csv|tsv|json|jsonl|ndjson|xml|svg|ya?ml|html?|css|log|ini|cfg|conf|env|properties|toml|sql|py|js|mjs|ts|tsx|jsx|sh|bash|ps1|go|rs|java|kt|c|h|cc|cpp|hpp|cs|rb|php|swift|r|tex|eml|vtt|srt)$/i

function charsetOf(parent: JsonObject | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(mediaTypeOf(parent))?.[1]
}
