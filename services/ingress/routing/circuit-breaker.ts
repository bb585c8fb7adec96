import type { Trouble } from '@airs-cp/runtime'
import type { CircuitBreaker } from '../exchange.ts'

/**
 * Keeps calls away from a provider that fails again and again.
 *
 * | state     | calls            | leaves it by                                                       |
 * |-----------|------------------|--------------------------------------------------------------------|
 * | closed    | all              | `threshold` failures in a row → open                               |
 * | open      | none             | `cooldownMs` later → half-open                                     |
 * | half-open | one at a time    | its success → closed; its failure → open                           |
 */
export function createCircuitBreaker({
  threshold = 5,
  cooldownMs = 10_000,
  now = Date.now,
  trouble = { failed() {}, worked() {} },
}: {
  threshold?: number
  cooldownMs?: number
  now?: () => number
  /** Hears when calls are kept away, and when they are let through again. */
  trouble?: Trouble
} = {}): CircuitBreaker {
  let failures = 0
  let openUntil = 0
  let probing = false
  return {
    allows() {
      if (failures < threshold) return true
      if (now() < openUntil || probing) return false
      probing = true
      return true
    },
    waitMs: () => (failures < threshold ? 0 : Math.max(0, openUntil - now())),
    succeeded() {
      trouble.worked()
      failures = 0
      probing = false
    },
    failed() {
      failures += 1
      probing = false
      if (failures < threshold) return
      openUntil = now() + cooldownMs
      trouble.failed(undefined)
    },
    abandoned() {
      probing = false
    },
  }
}
