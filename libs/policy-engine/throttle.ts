import type { ThrottleRule } from './document.ts'
import { createRecentTable } from './recent-table.ts'

/**
 * Counts exchanges against limits, in memory of this process: with several ingresses each has its own count.
 *
 * A window slides: of the window before, so much counts as still lies within the last `perSeconds`. What is refused does not
 * count, so that a client that goes on too fast still gets its share.
 */
export type Throttle = {
  /** Counts one exchange of `who`. @returns in how many seconds the next one fits in, when this one does not. */
  take(policy: string, rule: ThrottleRule, who: string): number | undefined
  /** Windows that are kept. */
  size(): number
}

type Window = { index: number; count: number; before: number }

/** Of windows that are surely kept; those that were not used for longest are forgotten first. */
const mostWindows = 100_000

export function createThrottle(nowMs: () => number): Throttle {
  const windows = createRecentTable<Window>(mostWindows)
  return {
    take(policy, { requests, perSeconds, by }, who) {
      const at = nowMs() / 1_000 / perSeconds
      const index = Math.floor(at)
      const passed = at - index
      const name = `${policy} ${perSeconds} ${by} ${who}`
      const window = moveTo(windows.get(name), index)
      const counted = window.count + window.before * (1 - passed)
      windows.set(name, window)
      if (counted + 1 > requests) return waitSeconds(window, requests, passed, perSeconds)
      window.count++
      return undefined
    },
    size: windows.size,
  }
}

function moveTo(window: Window | undefined, index: number): Window {
  if (!window || window.index < index - 1) return { index, count: 0, before: 0 }
  return window.index === index ? window : { index, count: 0, before: window.count }
}

/** Until the weight of the window before, or of this one in the next, has fallen far enough. */
function waitSeconds(
  { count, before }: Window,
  requests: number,
  passed: number,
  perSeconds: number,
): number {
  const room = requests - 1 - count
  const until = room >= 0 && before > 0 ? 1 - room / before : 1 + (1 - (requests - 1) / count)
  return Math.max(1, Math.ceil((until - passed) * perSeconds))
}

/** For an exchange that is evaluated more than once, which counts as one. */
export function rememberTaken(throttle: Throttle): Throttle {
  const taken = new Map<string, number | undefined>()
  return {
    take(policy, rule, who) {
      const name = `${policy} ${who}`
      if (!taken.has(name)) taken.set(name, throttle.take(policy, rule, who))
      return taken.get(name)
    },
    size: throttle.size,
  }
}
