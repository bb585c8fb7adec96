import type { RecordedBody } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  createStreamGuard,
  enforces,
  heldBy,
  type StreamGuard,
  wholeJudges,
} from '@airs-cp/policy-engine'
import type { WireFormat } from '@airs-cp/providers'
import type { Change, FrameGuard, Judged, ProviderResponse, Relayed } from '../exchange.ts'
import type { RequestDecision } from './decide-on-request.ts'
import { type DecidedResponse, decideOnResponse } from './decide-on-response.ts'
import { createFrameGuard } from './guard-frames.ts'
import { restoreResponse } from './restore-response.ts'

/** Judges the response to one request: a stream on its way where that can be done, anything else when it is complete. */
export type ResponseJudge = {
  /** Of a stream; undefined where it may pass as it is. What it returns is undefined where the stream can be judged only as a whole. */
  createGuard: (() => FrameGuard | undefined) | undefined
  /** Whatever the response is, it can be judged or restored only when all of it is here. */
  needsWhole: boolean
  /** @param relayed complete, and in the client's format. A promise where it is long, so that others go on meanwhile. */
  judge(received: ProviderResponse, relayed: Relayed): Judged | Promise<Judged>
}

export function createResponseJudge(
  set: CompiledPolicySet,
  format: WireFormat,
  { subject, context, evaluation: { restorations } }: RequestDecision,
  digestKey: string,
): ResponseJudge {
  const isEnforced = enforces(set, 'response', subject)
  const isHeld = isEnforced || restorations.size > 0
  const isGuarded = isHeld && format.streamsText
  let guard: StreamGuard | undefined
  return {
    createGuard: isGuarded ? createGuard : undefined,
    needsWhole: isHeld && !isGuarded,
    judge(received, relayed) {
      const isRestoredOnly = !isEnforced && isGuarded && !received.request.translator
      const recorded: RecordedBody = isRestoredOnly ? received.body : (received.delivered ?? received.body)
      const response = { set, subject, context, format, relayed, recorded, guard, digestKey }
      const decided = decideOnResponse(response)
      return decided instanceof Promise
        ? decided.then((one) => judgedOf(received, relayed, one))
        : judgedOf(received, relayed, decided)
    },
  }

  function createGuard(): FrameGuard | undefined {
    if (isEnforced) guard ??= createStreamGuard(set, subject, digestKey, context)
    return isEnforced && !guard
      ? undefined
      : createFrameGuard(format, guard, restorations, context.requestSays)
  }

  function judgedOf(received: ProviderResponse, relayed: Relayed, decided: DecidedResponse): Judged {
    const { evaluation, blockedMessage } = decided
    if (isEnforced && !guard && relayed.stream && relayed.whole) {
      const judges = wholeJudges(set, subject, context)
      if (judges.length > 0) evaluation.decision.scanned.held = heldBy(judges, () => [{ what: 'response' }])
    }
    if (blockedMessage !== undefined)
      return { decision: evaluation.decision, blockedMessage, rewritten: undefined, changes: [] }
    const restored =
      restorations.size > 0 && relayed.whole
        ? restoreResponse(format, relayed, decided.rewritten ?? relayed.whole, restorations)
        : undefined
    const isRestored = restored !== undefined || relayed.guard?.hasRestored() === true
    return {
      decision: evaluation.decision,
      blockedMessage: undefined,
      rewritten: restored ?? decided.rewritten,
      headers: decided.headers,
      changes: changesOf(received, relayed, decided, isRestored),
    }
  }
}

/** In which respects the client gets what the provider did not send. */
function changesOf(
  { request }: ProviderResponse,
  { guard }: Relayed,
  { rewritten, evaluation }: DecidedResponse,
  isRestored: boolean,
): Change[] {
  const isRedacted = rewritten !== undefined || evaluation.decision.action === 'redact'
  return [
    ...(request.translator ? (['translated'] as const) : []),
    ...(isRedacted ? (['redacted'] as const) : []),
    ...(isRestored ? (['restored'] as const) : []),
    ...(guard?.hasChanged() && !isRedacted && !isRestored ? (['reframed'] as const) : []),
  ]
}
