import { atOnce, type Slices } from '@airs-cp/events'
import { editJson, type ValueEdit } from './edit-json.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { logprobsFields } from './read-logprobs.ts'
import { type PlaceIndex, type RequestSays, readTexts, textsInSlices } from './read-texts.ts'
import { pointer, type ReadTexts, type TextEdit, type TextPart } from './text-part.ts'
import { decodeTokens } from './usage/decode-tokens.ts'
import type { WireFormat } from './wire-format.ts'

type Reader = Pick<
  WireFormat,
  'requestTexts' | 'responseTexts' | 'opaqueAt' | 'opaqueInResponse' | 'tokenLists'
>

/** All that a policy sees of a request, and what it does not. @param written the JSON text of the body. */
export function readRequestTexts(format: Reader, body: JsonObject, written?: string): ReadTexts {
  const { known, unscanned } = knownOf(format, body)
  return withTokens(readTexts(body, known, withoutEchoes(format.opaqueAt), written), unscanned)
}

/** The same in slices. */
export function* requestTextsInSlices(format: Reader, body: JsonObject, written?: string): Slices<ReadTexts> {
  const { known, unscanned } = knownOf(format, body)
  yield
  return withTokens(yield* textsInSlices(body, known, withoutEchoes(format.opaqueAt), written), unscanned)
}

function knownOf(format: Reader, body: JsonObject) {
  const { decoded, unscanned } = readTokens(format, body)
  return { known: [...format.requestTexts(body), ...decoded], unscanned }
}

/** What was read, and lists of tokens that were not decoded. */
function withTokens(read: ReadTexts, unscanned: ReadTexts['unscanned']): ReadTexts {
  const named = unscanned.map(({ path }) => path)
  const others = read.unscanned.filter(
    ({ path, kind }) => kind !== 'tokens' || !named.some((one) => one === path || one.startsWith(`${path}/`)),
  )
  return { texts: read.texts, unscanned: [...unscanned, ...others] }
}

/** All that a policy sees of a plain or assembled response. */
export function readResponseTexts(format: Reader, body: JsonObject, written?: string): ReadTexts {
  return atOnce(responseTextsInSlices(format, body, written))
}

/** The same in slices. */
export function responseTextsInSlices(
  format: Reader,
  body: JsonObject,
  written?: string,
  requestSays?: RequestSays,
): Slices<ReadTexts> {
  const placeAt = format.opaqueInResponse ?? format.opaqueAt
  return textsInSlices(body, format.responseTexts(body), placeAt, written, requestSays)
}

/** A response repeats its texts; what a client calls so in a request repeats nothing. */
function withoutEchoes(placeAt: PlaceIndex): PlaceIndex {
  return (path, object) => {
    const place = placeAt(path, object)
    return place?.holds === 'echo' || place?.holds === 'logprobs' ? undefined : place
  }
}

function readTokens(
  format: Reader,
  body: JsonObject,
): { decoded: TextPart[]; unscanned: ReadTexts['unscanned'] } {
  const decoded: TextPart[] = []
  const unscanned: ReadTexts['unscanned'] = []
  for (const { path, tokens } of format.tokenLists?.(body) ?? []) {
    const text = decodeTokens(tokens, typeof body.model === 'string' ? body.model : '')
    if (text === undefined)
      unscanned.push({ path, kind: 'tokens', reason: 'the vocabulary of the model is not known' })
    else decoded.push({ path, text, role: 'user', kind: 'text', fixed: 'encoded' })
  }
  return { decoded, unscanned }
}

/**
 * A body's JSON text with texts changed; every byte outside the changes stays.
 * @param texts those that the edits were made of.
 * @throws where an edit leads nowhere.
 */
export function editTexts(written: string, texts: readonly TextPart[], edits: readonly TextEdit[]): string {
  return edits.length === 0 ? written : editJson(written, editsInJson(texts, edits))
}

/**
 * The same of a request, which may repeat responses with their log probabilities: those that spell out a text that is changed
 * are left out.
 */
export function editRequestTexts(
  written: string,
  texts: readonly TextPart[],
  edits: readonly TextEdit[],
): string {
  if (edits.length === 0) return written
  const all = editsInJson(texts, edits)
  if (!written.includes('logprobs')) return editJson(written, all)
  const emptied = logprobsBeside(JSON.parse(written) as Json, '', new Set(all.map(({ path }) => path)))
  const kept = all.filter(({ path }) => !emptied.some((list) => path.startsWith(`${list.path}/`)))
  return editJson(written, [...kept, ...emptied])
}

function editsInJson(texts: readonly TextPart[], edits: readonly TextEdit[]): TextEdit[] {
  const byPath = new Map(texts.map((text) => [text.path, text]))
  return edits.flatMap((edit) => {
    const part = byPath.get(edit.path)
    if (part?.encode) return [{ path: edit.path, text: part.encode(edit) }]
    return [edit, ...(part?.also ?? []).map((path) => ({ ...edit, path }))]
  })
}

function logprobsBeside(value: Json | undefined, path: string, changed: ReadonlySet<string>): ValueEdit[] {
  if (Array.isArray(value))
    return value.flatMap((element, index) => logprobsBeside(element, pointer(path, index), changed))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, child]) => {
    const at = pointer(path, name)
    if (!logprobsFields.has(name) || typeof child !== 'object' || child === null)
      return logprobsBeside(child, at, changed)
    const isBeside = [...changed].some((one) => one.startsWith(`${path}/`) && !one.startsWith(`${at}/`))
    return isBeside ? [{ path: at, value: Array.isArray(child) ? [] : null }] : []
  })
}
