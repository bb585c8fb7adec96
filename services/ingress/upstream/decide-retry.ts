/** How an attempt went, as far as it decides what to do next. */
export type AttemptEnd =
  /** No connection could be made, so that nothing was sent. */
  | { kind: 'unsent' }
  /** It was sent on a connection that the other side closed while it was idle, or right then; no response began. */
  | { kind: 'stale' }
  /** It was sent, and no response began. */
  | { kind: 'silent' }
  | { kind: 'status'; status: number; retryAfter: string | undefined }

export type RetryState = {
  /** How often this provider was asked again. */
  tries: number
  retries: { count: number; maxWaitMs: number }
  /** Whether it was asked again on a new connection. */
  hasReconnected: boolean
  /** Whether the call has no effect but its response. */
  isRepeatable: boolean
  /** Whether its provider carries it out once however often it comes; another one does not know what that one has done. */
  isKeyed: boolean
  /** Whether there is another provider to ask. Called only where it matters, because finding out prepares its request. */
  hasNext: () => boolean
  nowMs: number
  /** 0 to 1, for jitter. */
  random: number
}

/** `deliver`: this is what the client gets. `retry`: the same provider is asked again; `reconnect`: at once, on a new
 * connection. `next`: the one after it. */
export type NextStep =
  | { do: 'deliver' }
  | { do: 'retry'; afterMs: number }
  | { do: 'reconnect' }
  | { do: 'next' }

/** Statuses with which a provider says that it has not done anything, and may if asked again. */
const notProcessed = new Set([429, 503, 529])
/** Statuses with which a provider, or what stands before it, says that it failed. */
const failing = new Set([500, 502, 504])
const firstWaitMs = 200

/**
 * What follows an attempt of which the client has received nothing. The first column that applies:
 *
 * | attempt                  | ask the same provider again                        | ask the next                  | else    |
 * |--------------------------|----------------------------------------------------|-------------------------------|---------|
 * | no connection            | retries left: after a growing wait                 | there is one                  | deliver |
 * | connection was stale     | once, on a new connection, call repeatable or      | as with no response           |         |
 * |                          | keyed: `reconnect`                                 |                               |         |
 * | no response              |                                                    | there is one, call repeatable | deliver |
 * | status 429, 503, 529     | retries left, and the wait is at most `maxWaitMs`: | there is one                  | deliver |
 * |                          | `Retry-After`, or else a growing wait              |                               |         |
 * | status 500, 502, 504     |                                                    | there is one, call repeatable | deliver |
 * | any other status         |                                                    |                               | deliver |
 */
export function decideRetry(attempt: AttemptEnd, state: RetryState): NextStep {
  const { tries, retries, isRepeatable } = state
  const hasRetries = tries < retries.count
  const nextOrDeliver = (): NextStep => ({ do: state.hasNext() ? 'next' : 'deliver' })
  if (attempt.kind === 'unsent')
    return hasRetries ? { do: 'retry', afterMs: growingWait(state) } : nextOrDeliver()
  if (attempt.kind === 'status' && notProcessed.has(attempt.status)) {
    const afterMs = waitOf(attempt.retryAfter, state)
    return hasRetries && afterMs <= retries.maxWaitMs ? { do: 'retry', afterMs } : nextOrDeliver()
  }
  const mayReconnect = (isRepeatable || state.isKeyed) && !state.hasReconnected
  if (attempt.kind === 'stale' && mayReconnect) return { do: 'reconnect' }
  const hasFailed = attempt.kind === 'silent' || attempt.kind === 'stale' || failing.has(attempt.status)
  return hasFailed && isRepeatable ? nextOrDeliver() : { do: 'deliver' }
}

/** `Retry-After` in seconds or as a date; without one, a growing wait. */
function waitOf(retryAfter: string | undefined, state: RetryState): number {
  if (retryAfter === undefined) return growingWait(state)
  const seconds = Number(retryAfter)
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(retryAfter) - state.nowMs
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : growingWait(state)
}

function growingWait({ tries, random }: RetryState): number {
  return firstWaitMs * 2 ** tries * (0.5 + random / 2)
}
