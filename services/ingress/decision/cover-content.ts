import { isUtf8 } from 'node:buffer'
import { atOnce, type ContentLevel, type Decision, type Slices } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  contentRecordingOf,
  type EvaluationContext,
  enforces,
  evaluateByLength,
  inTurns,
  type MaskedValues,
  maskTexts,
  maskValues,
  mayCover,
  mostAtOnce,
  noTools,
  policiesFor,
  type Subject,
} from '@airs-cp/policy-engine'
import type { Cover, Covered, Exchange, Understood } from '../exchange.ts'
import { createMaskedPlaces, hideNames, type MaskedPlaces } from './cover-words.ts'
import { editRequest, type ReadRequest } from './read-request.ts'
import { framesOf, readPlain, readStream } from './read-response.ts'
import { isInRequestLine, maskedPath } from './request-line.ts'
import { rewriteTexts, textsOfResponse } from './response-texts.ts'
import { textsOfFrames } from './texts-of-frames.ts'

/** Nothing of an exchange is recorded but lengths and digests. */
export const nothingRecorded: Cover = {
  query: '',
  request: () => null,
  forwarded: () => null,
  keeps: 'nothing',
  response: () => null,
  words: hideNames,
}

/** Everything is recorded as it is. */
export const allRecorded: Cover = {
  query: undefined,
  request: () => undefined,
  forwarded: () => undefined,
  keeps: 'at-once',
  response: () => undefined,
}

/** Of a request by somebody without a key; what a stranger sends may not fill the disk. */
const mostOfStrangers = 256 * 1024

/** Of a larger request only length and digest are recorded. */
const strangersRecorded: Cover = {
  ...allRecorded,
  request: (body) => (body.length > mostOfStrangers ? null : undefined),
}

/**
 * Of a request that no policy has judged, because it was refused before: where policies that are in force would mask what they find,
 * nobody knows what they would have found.
 * @param isStranger whether the sender has no client key, though there are some.
 */
export function coverOfUnjudged(
  level: ContentLevel,
  set: CompiledPolicySet | undefined,
  isStranger: boolean,
): Cover {
  const isJudged =
    set !== undefined &&
    (set.mode === 'enforce' || set.mode === 'stop') &&
    set.policies.some(
      ({ document: { mode, direction } }) => mode === 'enforce' && direction.includes('request'),
    )
  if (level === 'digests' || (level === 'redacted' && isJudged)) return nothingRecorded
  return isStranger ? strangersRecorded : allRecorded
}

export type CoverInput = {
  level: ContentLevel
  set: CompiledPolicySet
  subject: Subject
  context: EvaluationContext
  digestKey: string
  exchange: Pick<Exchange, 'path' | 'query'>
  understood: Understood
  read: ReadRequest
  body: Buffer
  /** On the request. */
  decision: Decision
}

/**
 * What is recorded of an exchange whose request was judged. What was found in the request is masked wherever the exchange says it
 * again. What cannot be masked is left out.
 */
export function coverOf(input: CoverInput): Cover {
  const { level, set, subject, decision, understood, read, exchange, body } = input
  const { leavesOut, masked } = contentRecordingOf(set, decision, level)
  if (leavesOut) return nothingRecorded
  const isEnforced = enforces(set, 'response', subject)
  const isHeld = mayCover(policiesFor(set, 'response', subject), isEnforced, level)
  if (masked.size === 0 && !isHeld) return allRecorded
  const { edits: all, values, isIncomplete } = maskTexts(read.texts, decision.findings, masked)
  const places = createMaskedPlaces()
  places.add(read.texts, all, values)
  // Of a body in which something cannot be masked nothing is recorded.
  const edits = isIncomplete ? all.filter(isInRequestLine) : all
  const edited = editRequest(understood, read, body, { query: exchange.query, headers: {} }, edits)
  const coverBytes = (bytes: Buffer, changed: Buffer = bytes): Covered => {
    if (isIncomplete) return null
    if (values.size === 0) return undefined
    const text = changed.toString('utf8')
    const covered = maskValues(text, values)
    if (covered === text) return changed === bytes ? undefined : changed
    if (!isUtf8(changed) || (understood.json && !isJson(covered))) return null
    return Buffer.from(covered)
  }
  const editedBody = edited.body === undefined ? undefined : Buffer.from(edited.body)
  return {
    query: edited.query === exchange.query ? undefined : edited.query,
    path: maskedPath(exchange.path, read.texts, edits),
    request: (bytes) => (masked.size === 0 ? undefined : coverBytes(bytes, editedBody)),
    forwarded: (bytes) => (masked.size === 0 ? undefined : coverBytes(bytes)),
    keeps: isHeld || values.size > 0 ? 'held' : 'at-once',
    response(response) {
      const slices = coverResponse(input, values, isIncomplete, places, response)
      return response.bytes.length > mostAtOnce ? inTurns(slices) : atOnce(slices)
    },
    words: places,
  }
}

/**
 * A stream is read once more as its guard reads it: what is masked may have come where the assembled response, in which values are
 * found and masked, has none of it.
 */
function* coverResponse(
  input: CoverInput,
  known: MaskedValues,
  isIncomplete: boolean,
  places: MaskedPlaces,
  response: Parameters<Cover['response']>[0],
): Slices<Covered> {
  const { level, set, subject, context, digestKey } = input
  const covered = yield* maskResponse(input, known, isIncomplete, places, response)
  const { judged, bytes, format, isStream } = response
  const isClean = judged && known.size === 0 && contentRecordingOf(set, judged, level).masked.size === 0
  if (covered === null || !isStream || bytes.length === 0 || isClean) return covered
  try {
    const texts = yield* textsOfFrames(format, yield* framesOf(format, covered ?? bytes), context)
    const { decision } = yield* evaluateByLength(set, 'response', subject, texts, digestKey, {
      ...context,
      tools: () => noTools,
      unscanned: () => [],
    })
    const { masked } = contentRecordingOf(set, decision, level)
    return maskTexts(texts, decision.findings, masked, known).edits.length > 0 ? null : covered
  } catch {
    return null
  }
}

/** A response is read again in the format that it has, because what was judged may be a translation of it. */
function* maskResponse(
  { level, set, subject, context, digestKey }: CoverInput,
  known: MaskedValues,
  isIncomplete: boolean,
  places: MaskedPlaces,
  { bytes, format, contentType, isStream, judged }: Parameters<Cover['response']>[0],
): Slices<Covered> {
  const said = judged && contentRecordingOf(set, judged, level)
  if (isIncomplete || said?.leavesOut) return null
  if (bytes.length === 0 || (said?.masked.size === 0 && known.size === 0)) return undefined
  try {
    const response = yield* isStream ? readStream(format, bytes) : readPlain(format, bytes, contentType)
    const { texts, unscanned } = yield* textsOfResponse(format, response, context)
    const { decision } = yield* evaluateByLength(set, 'response', subject, texts, digestKey, {
      ...context,
      tools: () => format.responseTools(response.json),
      unscanned: () => unscanned,
    })
    const { leavesOut, masked } = contentRecordingOf(set, decision, level)
    const masking = maskTexts(texts, decision.findings, masked, known)
    places.add(texts, masking.edits, masking.values)
    if (leavesOut || masking.isIncomplete) return null
    if (masking.values.size === 0) return undefined
    const rewritten =
      masking.edits.length > 0 ? rewriteTexts(format, response, texts, masking.edits, bytes) : bytes
    const text = rewritten.toString('utf8')
    const covered = maskValues(text, masking.values)
    if (covered === text) return masking.edits.length === 0 ? undefined : rewritten
    if (!isUtf8(rewritten) || (!isStream && response.json && !isJson(covered))) return null
    return Buffer.from(covered)
  } catch {
    return null
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
