import { type Decision, eventTypes, roundedMs } from '@airs-cp/events'
import type { Block } from '@airs-cp/policy-engine'
import type { WireFormat } from '@airs-cp/providers'
import type { Refusal } from '../admission/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { Opening } from '../recording/describe.ts'
import type { Ending } from './ending-of.ts'
import { blockedError, errorResponse, type Head, type RestOfResponse } from './response.ts'

/** How an exchange ends whose request policy has blocked. */
export function blockedRequestEnding({
  exchange,
  format,
  opening,
  provider,
  decision,
  blockedBy,
}: {
  exchange: Exchange
  format: WireFormat
  opening: Opening
  provider: string
  decision: Decision
  blockedBy: Block
}): Ending {
  const error = blockedError(blockedBy)
  const data = { ...opening, provider, decision, status: error.status }
  return {
    outcome: 'request-blocked',
    event: { type: eventTypes.requestBlocked, data },
    response: errorResponse(exchange, format, error, blockedBy.action, blockedBy.retryAfterSeconds),
  }
}

export type RefusedEnd = {
  exchange: Exchange
  format: WireFormat
  head: Head
  refusal: Refusal
}

/** How one ends whose request was refused here, for whatever other reason; or that failed here once it was recorded. */
export async function refusedEnding(end: RefusedEnd & { opening: () => Promise<Opening> }): Promise<Ending> {
  const { exchange, head, refusal } = end
  const { status, code, message } = refusal.error
  const error = { code: code ?? 'error', message }
  const response = refusedResponse(end)
  if (exchange.sentTo === undefined) {
    const data = { ...(await end.opening()), status, error }
    return { outcome: 'refused', event: { type: eventTypes.requestRejected, data }, response }
  }
  const data = {
    ...{ provider: exchange.sentTo, keyId: exchange.key?.id, stream: false, attempts: [] },
    ...{ status: head.isSent ? head.status : status, error },
    timing: { durationMs: roundedMs(performance.now() - exchange.startedAtMs) },
  }
  return { outcome: 'failed', event: { type: eventTypes.responseFailed, data }, response }
}

/** An error, where no head of a response has gone out before. */
export function refusedResponse({ exchange, format, head, refusal }: RefusedEnd): RestOfResponse {
  if (head.isSent) return 'cut'
  return errorResponse(exchange, format, refusal.error, 'refused', refusal.retryAfterSeconds)
}
