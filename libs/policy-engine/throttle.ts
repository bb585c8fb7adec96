import type { ThrottleRule } from './document.ts'
import { createRecentTable } from './recent-table.ts'

/**
 * Counts exchanges against limits, in memory of this process. What several ingresses count they report to each other
 * (`passed`, `add`): then over any window they let through together what the limit allows, and what the others let through
 * since they last reported.
 *
 * A window slides: what passed within the last `perSeconds` counts. Exchanges that passed shortly after each other, within a 16th of
 * the window, count until the last of them is that old, so that a window needs little memory. What is refused does not count, by
 * whatever limit or policy, so that a client that goes on too fast still gets its share.
 */
export type Throttle = {
  /** @returns in how many seconds the next exchange of `who` fits in, at most `perSeconds`, when one does not now. */
  wait(policy: string, rule: ThrottleRule, who: string): number | undefined
  /** Counts one exchange of `who` that passes. */
  count(policy: string, rule: ThrottleRule, who: string): void
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

  function windowOf(name: string, now: number, perSeconds: number): Passing[] {
    const window = within(windows.get(name), now, perSeconds)
    windows.set(name, window)
    return window
  }

  return {
    wait(policy, rule, who) {
      const { requests, perSeconds } = rule
      const now = nowMs()
      const window = windowOf(nameOf(policy, rule, who), now, perSeconds)
      const excess = countOf(window) + 1 - requests
      return excess > 0 ? waitSeconds(window, excess, now, perSeconds) : undefined
    },
    count(policy, rule, who) {
      const { perSeconds } = rule
      const now = nowMs()
      const name = nameOf(policy, rule, who)
      count(windowOf(name, now, perSeconds), 1, now, perSeconds)
      note(name, perSeconds)
    },
    add(passed) {
      for (const [name, perSeconds, exchanges] of passed) {
        const now = nowMs()
        count(windowOf(name, now, perSeconds), exchanges, now, perSeconds)
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

function nameOf(policy: string, { perSeconds, by }: ThrottleRule, who: string): string {
  return `${policy} ${perSeconds} ${by} ${who}`
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

/** What an evaluation asks of limits, and reports to them. */
export type Limits = Pick<Throttle, 'wait' | 'count'>

/** For an exchange that is evaluated more than once: it waits for what it waited for first, and counts as one. */
export function countOnce(limits: Limits): Limits {
  const waits = new Map<string, number | undefined>()
  const counted = new Set<string>()
  return {
    wait(policy, rule, who) {
      const name = nameOf(policy, rule, who)
      if (!waits.has(name)) waits.set(name, limits.wait(policy, rule, who))
      return waits.get(name)
    },
    count(policy, rule, who) {
      const name = nameOf(policy, rule, who)
      if (!counted.has(name)) limits.count(policy, rule, who)
      counted.add(name)
    },
  }
}

/** For an evaluation that may not be the last one of its exchange: nothing counts before `settle`. */
export function countLater(limits: Limits): Limits & { settle(): void } {
  const passing: Parameters<Limits['count']>[] = []
  return {
    wait: limits.wait,
    count: (...one) => void passing.push(one),
    settle: () => {
      for (const one of passing.splice(0)) limits.count(...one)
    },
  }
}
