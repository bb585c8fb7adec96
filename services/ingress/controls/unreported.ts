import type { KeyUse } from '@airs-cp/events'
import type { Passed } from '@airs-cp/policy-engine'

const minuteMs = 60_000
const mostWindows = 10_000

/**
 * What was used here and is not reported to other ingresses yet, because NATS is away. Limits are rates: what is older than
 * their window is left out, or who kept to a limit all the time would be refused elsewhere for as long as NATS was away. What
 * was spent by then comes to the others by the events.
 */
export type Unreported = {
  add(keys: Record<string, KeyUse>, passed: readonly Passed[]): void
  /** Everything, once. */
  take(): { keys: Record<string, KeyUse>; passed: Passed[] }
}

/** @param nowMs of a clock that does not jump. */
export function createUnreported(nowMs: () => number): Unreported {
  const keys = new Map<string, { use: KeyUse; sinceMs: number }>()
  const windows = new Map<string, { perSeconds: number; exchanges: number; sinceMs: number }>()

  /** Undefined where all of it is too old. */
  function recent<Item extends { sinceMs: number }>(item: Item | undefined, forMs: number): Item | undefined {
    return item && nowMs() - item.sinceMs < forMs ? item : undefined
  }

  return {
    add(used, passed) {
      for (const [keyId, { requests, tokens, usdMicros }] of Object.entries(used)) {
        const { use, sinceMs } = recent(keys.get(keyId), minuteMs) ?? { use: undefined, sinceMs: nowMs() }
        const sum = {
          requests: requests + (use?.requests ?? 0),
          tokens: tokens + (use?.tokens ?? 0),
          usdMicros: usdMicros + (use?.usdMicros ?? 0),
        }
        keys.set(keyId, { use: sum, sinceMs })
      }
      for (const [name, perSeconds, exchanges] of passed) {
        if (!windows.has(name) && windows.size >= mostWindows) continue
        const before = recent(windows.get(name), perSeconds * 1_000)
        const sum = exchanges + (before?.exchanges ?? 0)
        windows.set(name, { perSeconds, exchanges: sum, sinceMs: before?.sinceMs ?? nowMs() })
      }
    },
    take() {
      const used = [...keys].filter(([, one]) => recent(one, minuteMs))
      const passed = [...windows].filter(([, one]) => recent(one, one.perSeconds * 1_000))
      keys.clear()
      windows.clear()
      return {
        keys: Object.fromEntries(used.map(([keyId, { use }]) => [keyId, use])),
        passed: passed.map(([name, { perSeconds, exchanges }]) => [name, perSeconds, exchanges]),
      }
    },
  }
}
