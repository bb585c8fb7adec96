import { PermissionDeniedError } from 'openai'

/** A policy blocked the exchange: its request, or its answer, of a stream also when it has already begun. */
export class PolicyViolation extends PermissionDeniedError {
  /** Name of the policy, where the gateway told it. */
  readonly policy: string | undefined
  /** The policy's own message. */
  readonly reason: string
  readonly exchangeId: string | undefined

  constructor(told: Violation, headers: Headers) {
    super(403, told, undefined, headers)
    this.policy = told.policy
    this.reason = told.message
    this.exchangeId = headers.get('x-airs-exchange-id') ?? undefined
  }
}

/** As the gateway tells it: in the body of a 403, or in the frame that ends a stream. */
export type Violation = { type: 'policy_violation'; message: string; policy?: string }

export function isViolation(told: unknown): told is Violation {
  return typeof told === 'object' && told !== null && (told as Violation).type === 'policy_violation'
}
