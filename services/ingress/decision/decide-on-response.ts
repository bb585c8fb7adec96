import type { IncomingHttpHeaders } from 'node:http'
import { atOnce, type RecordedBody, type Slices } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  type Evaluation,
  type EvaluationContext,
  enforces,
  evaluate,
  evaluateByLength,
  inTurns,
  looksAt,
  mergeDecisions,
  mostAtOnce,
  noTools,
  type StreamGuard,
  type Subject,
} from '@airs-cp/policy-engine'
import type { WireFormat } from '@airs-cp/providers'
import type { FrameGuard, Relayed } from '../exchange.ts'
import { readPlain, readStream } from './read-response.ts'
import { editHeaders, headerTexts, isHeader } from './response-headers.ts'
import { rewriteTexts, textsOfResponse } from './response-texts.ts'
import { textsBeside } from './texts-of-frames.ts'

export type DecidedResponse = {
  evaluation: Evaluation
  /** Set when the response must not reach the client. */
  blockedMessage?: string
  /** What the client gets instead of the provider's bytes. */
  rewritten?: Buffer
  /** The headers that it gets with a response that was held, where they are others. */
  headers?: IncomingHttpHeaders
}

export type ResponseToDecide = {
  set: CompiledPolicySet
  subject: Subject
  /** Of the request. */
  context: EvaluationContext
  format: WireFormat
  relayed: Relayed
  recorded: RecordedBody
  /** What judged the stream, where something did. */
  guard: StreamGuard | undefined
  digestKey: string
}

/**
 * Decides on a complete response. Where policies enforce on responses it was held whole and can still be changed;
 * elsewhere it is looked at as it was recorded, and what is too long to stand in one event is not looked at. A promise where it is
 * long: others go on meanwhile.
 */
export function decideOnResponse(response: ResponseToDecide): DecidedResponse | Promise<DecidedResponse> {
  const { relayed, recorded } = response
  const bytes = relayed.whole?.length ?? recorded.bytes
  const slices = decideInSlices(response)
  return bytes > mostAtOnce ? inTurns(slices) : atOnce(slices)
}

export function* decideInSlices(response: ResponseToDecide): Slices<DecidedResponse> {
  const { set, subject, context, format, relayed, recorded, guard, digestKey } = response
  if (relayed.guard && guard) {
    const judged = judgedOnItsWay(relayed.guard, guard)
    if (guard.late.policies.length === 0) return judged
    const { evaluation } = yield* decideInSlices({
      ...{ set: guard.late, subject, context, format, recorded, digestKey },
      relayed: { ...relayed, guard: undefined },
      guard: undefined,
    })
    const decision = mergeDecisions(judged.evaluation.decision, evaluation.decision)
    return { ...judged, evaluation: { ...judged.evaluation, decision } }
  }
  const nothing = () =>
    evaluate(set, 'response', subject, [], digestKey, {
      ...context,
      tools: () => noTools,
      unscanned: () => [],
    })
  const failure = relayed.guard?.blockedMessage()
  const isEnforced = enforces(set, 'response', subject)
  if (failure !== undefined) return unreadable(nothing(), relayed, isEnforced, new Error(failure))
  const observed = recordedWhole(recorded)
  const whole = relayed.whole ?? observed
  if (!looksAt(set, 'response', subject) || !whole) {
    const evaluation = nothing()
    if (recorded.bytes > 0)
      evaluation.decision.scanned.skipped.push({
        path: '',
        reason: unlookedReason(set, whole),
      })
    return { evaluation }
  }
  try {
    const contentType = relayed.headers['content-type']
    const response = yield* relayed.stream ? readStream(format, whole) : readPlain(format, whole, contentType)
    const { texts, unscanned } = yield* textsOfResponse(format, response, context)
    const { frames, json = {} } = response
    const beside =
      isEnforced && relayed.whole && frames
        ? yield* textsBeside(format, frames, json, context)
        : ([] as const)
    const all = [...texts, ...headerTexts(relayed.headers), ...beside]
    const evaluation = yield* evaluateByLength(set, 'response', subject, all, digestKey, {
      ...context,
      tools: () => format.responseTools(response.json),
      unscanned: () => unscanned,
    })
    if (evaluation.blockedBy) return { evaluation, blockedMessage: evaluation.blockedBy.message }
    const edits = evaluation.edits.filter((edit) => !isHeader(edit))
    const changed = evaluation.edits.filter(isHeader)
    return {
      evaluation,
      ...(changed.length > 0 && { headers: editHeaders(relayed.headers, changed) }),
      ...(edits.length > 0 && { rewritten: rewriteTexts(format, response, texts, edits, whole) }),
    }
  } catch (error) {
    return unreadable(nothing(), relayed, isEnforced, error)
  }
}

function unlookedReason(set: CompiledPolicySet, whole: Buffer | undefined): string {
  if (set.mode === 'off') return 'policies are bypassed: the mode is off'
  return whole ? 'no policy is in scope' : 'too long to be looked at without an enforcing policy'
}

function judgedOnItsWay(frames: FrameGuard, guard: StreamGuard): DecidedResponse {
  const decision = guard.decision()
  const blockedMessage = frames.blockedMessage()
  if (blockedMessage !== undefined) decision.action = guard.blockedBy()?.action ?? 'block'
  if (blockedMessage !== undefined && !guard.blockedBy())
    decision.scanned.skipped.push({ path: '', reason: blockedMessage })
  return {
    evaluation: { decision, edits: [], restorations: new Map() },
    ...(blockedMessage !== undefined && { blockedMessage }),
  }
}

/** What was recorded of a response, where that is all of it and stands in one event. */
function recordedWhole({ text, base64 }: RecordedBody): Buffer | undefined {
  if (text !== undefined) return Buffer.from(text)
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}

/** What cannot be read or changed cannot be decided on: where policies enforce it does not reach the client. */
function unreadable(
  evaluation: Evaluation,
  { whole, guard }: Relayed,
  isEnforced: boolean,
  error: unknown,
): DecidedResponse {
  const message = error instanceof Error ? error.message : String(error)
  evaluation.decision.scanned.skipped.push({
    path: '',
    reason: `the response could not be judged: ${message}`,
  })
  if (!(whole && isEnforced) && guard?.blockedMessage() === undefined) return { evaluation }
  evaluation.decision.action = 'block'
  return { evaluation, blockedMessage: 'The response could not be judged by policy and is withheld' }
}
