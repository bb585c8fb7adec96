import { JournalUnavailableError } from '@airs-cp/journal'
import type { WireError } from '@airs-cp/providers'
import { EventTooLargeError } from '../recording/write-event.ts'
import { NotReplicatedError } from '../shipping/not-replicated-error.ts'
import { BodyError } from './body-error.ts'

/** A request that is refused here, before a provider hears of it. */
export class Refusal extends Error {
  readonly error: WireError
  /** For `Retry-After`. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    status: number,
    code: string,
    message: string,
    param: string | null = null,
    retryAfterSeconds?: number,
  ) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
    this.error = {
      status,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      code,
      message,
      param,
    }
  }
}

/** Of what cannot be recorded, for whatever reason. */
export function unrecorded(cause: unknown): Refusal {
  const refusal = new Refusal(
    503,
    'audit_unavailable',
    'This exchange cannot be recorded, and what cannot be recorded is not let through; try again later',
  )
  refusal.cause = cause
  return refusal
}

/** Puts any error into words for the client; one that nobody foresaw says no more than that. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const isUnrecorded =
    error instanceof JournalUnavailableError ||
    error instanceof NotReplicatedError ||
    error instanceof EventTooLargeError
  if (isUnrecorded) return unrecorded(error)
  if (error instanceof BodyError) {
    if (error.reason === 'too-large') return new Refusal(413, 'body_too_large', error.message)
    if (error.reason === 'no-room') return new Refusal(503, 'overloaded', error.message, null, 1)
    return new Refusal(499, 'client_closed_request', error.message)
  }
  return new Refusal(500, 'internal_error', 'The ingress failed on this request; its log has the cause')
}
