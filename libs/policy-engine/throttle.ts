import type { ThrottleRule } from './document.ts'
import { createRecentTable } from './recent-table.ts'

/**
 * Counts exchanges against limits, in memory of this process. What several ingresses count they report to each other
 * (`passed`, `add`): then over any window they let through together what the limit allows, and what the others let through
 * since they last reported.
 *
 * A window slides: of the window before, so much counts as still lies within the last `perSeconds`. What is refused does not
 * count, so that a client that goes on too fast still gets its share.
 */
export type Throttle = {
  /** Counts one exchange of `who`. @returns in how many seconds the next one fits in, when this one does not. */
  take(policy: string, rule: ThrottleRule, who: string): number | undefined
  /** Counts what others have let through. */
  add(passed: readonly Passed[]): void
  /** What was let through here since the last call; of the first 10,000 windows where there are more. */
  passed(): Passed[]
  /** Windows that are kept. */
  size(): number
}

/** How many exchanges passed a limit: the name of its window, and how long that is. */
export type Passed = readonly [window: string, perSeconds: number, exchanges: number]

type Window = { index: number; count: number; before: number }

/** Of windows that are surely kept; those that were not used for longest are forgotten first. */
const mostWindows = 100_000
const mostUnreported = 10_000

export function createThrottle(nowMs: () => number): Throttle {
  const windows = createRecentTable<Window>(mostWindows)
  let unreported = new Map<string, Passed>()

  function note(name: string, perSeconds: number): void {
    const before = unreported.get(name)
    if (before || unreported.size < mostUnreported)
      unreported.set(name, [name, perSeconds, (before?.[2] ?? 0) + 1])
  }

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
      note(name, perSeconds)
      return undefined
    },
    add(passed) {
      for (const [name, perSeconds, exchanges] of passed) {
        const window = moveTo(windows.get(name), Math.floor(nowMs() / 1_000 / perSeconds))
        windows.set(name, window)
        window.count += exchanges
      }
    },
    passed() {
      if (unreported.size === 0) return []
      const passed = [...unreported.values()]
      unreported = new Map()
      return passed
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
export function rememberTaken(throttle: Pick<Throttle, 'take'>): Pick<Throttle, 'take'> {
  const taken = new Map<string, number | undefined>()
  return {
    take(policy, rule, who) {
      const name = `${policy} ${who}`
      if (!taken.has(name)) taken.set(name, throttle.take(policy, rule, who))
      return taken.get(name)
    },
  }
}
