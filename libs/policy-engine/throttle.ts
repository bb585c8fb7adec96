import type { ThrottleRule } from './document.ts'
import { createRecentTable } from './recent-table.ts'

/**
 * Counts exchanges against limits, in memory of this process. What several ingresses count they report to each other
 * (`passed`, `add`): then over any window they let through together what the limit allows, and what the others let through
 * since they last reported.
 *
 * A window slides: what passed within the last `perSeconds` counts. Exchanges that passed shortly after each other, within a 16th of
 * the window, count until the last of them is that old, so that a window needs little memory. What is refused does not count, so that a
 * client that goes on too fast still gets its share.
 */
export type Throttle = {
  /** Counts one exchange of `who`. @returns in how many seconds the next one fits in, at most `perSeconds`, when this one does not. */
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

/** Exchanges that passed within one slice, in order: how many, and when the last of them did. */
type Passing = { slice: number; count: number; lastMs: number }

const slicesPerWindow = 16

/** Of windows that are surely kept; those that were not used for longest are forgotten first. */
const mostWindows = 100_000
const mostUnreported = 10_000

export function createThrottle(nowMs: () => number): Throttle {
  const windows = createRecentTable<Passing[]>(mostWindows)
  let unreported = new Map<string, Passed>()

  function note(name: string, perSeconds: number): void {
    const before = unreported.get(name)
    if (before || unreported.size < mostUnreported)
      unreported.set(name, [name, perSeconds, (before?.[2] ?? 0) + 1])
  }

  return {
    take(policy, { requests, perSeconds, by }, who) {
      const now = nowMs()
      const name = `${policy} ${perSeconds} ${by} ${who}`
      const window = within(windows.get(name), now, perSeconds)
      windows.set(name, window)
      const excess = countOf(window) + 1 - requests
      if (excess > 0) return waitSeconds(window, excess, now, perSeconds)
      count(window, 1, now, perSeconds)
      note(name, perSeconds)
      return undefined
    },
    add(passed) {
      for (const [name, perSeconds, exchanges] of passed) {
        const now = nowMs()
        const window = within(windows.get(name), now, perSeconds)
        windows.set(name, window)
        count(window, exchanges, now, perSeconds)
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

function within(window: Passing[] | undefined, now: number, perSeconds: number): Passing[] {
  if (!window) return []
  while (window[0] && window[0].lastMs + perSeconds * 1_000 <= now) window.shift()
  return window
}

function countOf(window: readonly Passing[]): number {
  return window.reduce((sum, { count }) => sum + count, 0)
}

function count(window: Passing[], exchanges: number, now: number, perSeconds: number): void {
  const slice = Math.floor((now / 1_000 / perSeconds) * slicesPerWindow)
  const last = window.at(-1)
  if (last?.slice === slice) Object.assign(last, { count: last.count + exchanges, lastMs: now })
  else window.push({ slice, count: exchanges, lastMs: now })
}

/** Until so many of them no longer count. */
function waitSeconds(window: readonly Passing[], excess: number, now: number, perSeconds: number): number {
  let left = excess
  for (const { count, lastMs } of window) {
    left -= count
    if (left <= 0) return Math.min(perSeconds, Math.max(1, Math.ceil(perSeconds + (lastMs - now) / 1_000)))
  }
  return perSeconds
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
