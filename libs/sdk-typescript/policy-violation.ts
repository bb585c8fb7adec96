import { PermissionDeniedError } from 'openai'

/** A policy blocked the exchange: its request or its response; a stream also after it has begun. */
export class PolicyViolation extends PermissionDeniedError {
  /** Name of the policy, if the gateway sent it. */
  readonly policy: string | undefined
  /** The policy's own message. */
  readonly reason: string
  readonly exchangeId: string | undefined

  constructor(violation: Violation, headers: Headers) {
    super(403, violation, undefined, headers)
    this.policy = violation.policy
    this.reason = violation.message
    this.exchangeId = headers.get('x-airs-exchange-id') ?? undefined
  }
}

/** As the gateway sends it: in the body of a response with status 403, or in the frame that ends a stream. */
export type Violation = { type: 'policy_violation'; message: string; policy?: string }

export function isViolation(value: unknown): value is Violation {
  return typeof value === 'object' && value !== null && (value as Violation).type === 'policy_violation'
}
