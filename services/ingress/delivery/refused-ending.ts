import { type Decision, eventTypes } from '@airs-cp/events'
import type { Block } from '@airs-cp/policy-engine'
import type { WireFormat } from '@airs-cp/providers'
import type { Refusal } from '../admission/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { Opening } from '../recording/describe.ts'
import type { Ending } from './ending-of.ts'
import { blockedError, errorResponse } from './response.ts'

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

/** How one ends whose request was refused here, for whatever other reason. */
export function refusedEnding(
  exchange: Exchange,
  format: WireFormat,
  opening: Opening,
  { error, retryAfterSeconds }: Refusal,
): Ending {
  const { status, code, message } = error
  return {
    outcome: 'refused',
    event: {
      type: eventTypes.requestRejected,
      data: { ...opening, status, error: { code: code ?? 'error', message } },
    },
    response: errorResponse(exchange, format, error, 'refused', retryAfterSeconds),
  }
}
