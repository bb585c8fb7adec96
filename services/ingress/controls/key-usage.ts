import type { ClientKey, KeyLimits, KeyUse } from '@airs-cp/events'
import type { Spending } from './spending.ts'

type Limited = Pick<ClientKey, 'keyId' | 'limits'>
type Bucket = { requests: number; tokens: number; filledAtMs: number; limits: KeyLimits }

/**
 * What keys use, for models and MCP servers alike. Limits per minute are token buckets that refill steadily; what other
 * ingresses report is taken out of them too, so that a bucket may be below zero until it is refilled. Over any time, all
 * ingresses together admit what the limit allows, and what the others admitted since their last report.
 */
export type KeyUsage = {
  /** What is left of its limits per minute; nothing of a limit that it does not have. */
  left(key: Limited): { requests: number; tokens: number }
  /** In the period of its budget. */
  spentUsdMicros(key: Limited): number
  /** Counts what was used here. Tokens and cost are known when an exchange ends. */
  use(key: Limited, used: Partial<KeyUse>): void
  /** Counts what was used at another ingress. */
  add(key: Limited, used: KeyUse): void
  /** What was used here since the last call, by key. */
  take(): Record<string, KeyUse>
}

export function createKeyUsage(
  spending: Pick<Spending, 'of' | 'charge'>,
  elapsedMs: () => number = () => performance.now(),
): KeyUsage {
  const buckets = new Map<string, Bucket>()
  let taken = new Map<string, KeyUse>()

  function bucketOf({ keyId, limits }: Limited): Bucket {
    const nowMs = elapsedMs()
    const before = buckets.get(keyId) ?? { requests: 0, tokens: 0, filledAtMs: nowMs, limits: {} }
    const minutes = (nowMs - before.filledAtMs) / 60_000
    const { requestsPerMinute, tokensPerMinute } = limits
    const bucket = {
      requests: refill(before.requests, minutes, requestsPerMinute, before.limits.requestsPerMinute),
      tokens: refill(before.tokens, minutes, tokensPerMinute, before.limits.tokensPerMinute),
      filledAtMs: nowMs,
      limits,
    }
    buckets.set(keyId, bucket)
    return bucket
  }

  function count(key: Limited, { requests, tokens, usdMicros }: KeyUse): void {
    const bucket = bucketOf(key)
    bucket.requests -= requests
    bucket.tokens -= tokens
    if (usdMicros > 0) spending.charge(key, usdMicros)
  }

  return {
    left: bucketOf,
    spentUsdMicros: spending.of,
    add: count,
    use(key, { requests = 0, tokens = 0, usdMicros = 0 }) {
      count(key, { requests, tokens, usdMicros })
      const before = taken.get(key.keyId) ?? { requests: 0, tokens: 0, usdMicros: 0 }
      taken.set(key.keyId, {
        requests: before.requests + requests,
        tokens: before.tokens + tokens,
        usdMicros: before.usdMicros + usdMicros,
      })
    },
    take() {
      if (taken.size === 0) return {}
      const used = Object.fromEntries(taken)
      taken = new Map()
      return used
    },
  }
}

/** A limit that was raised or set allows the difference at once. */
function refill(left: number, minutes: number, perMinute: number | undefined, former = 0): number {
  return perMinute === undefined
    ? 0
    : Math.min(perMinute, left + minutes * perMinute + Math.max(0, perMinute - former))
}
