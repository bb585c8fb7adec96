import type { AnyEvent } from '@airs-cp/events'

const windowMs = 60_000

/**
 * How far the clocks of ingresses are ahead of this one, at least: an event comes as old as it is by their clocks, or older. Where what
 * came last was kept back for long, one looks as if its clock were behind.
 */
export type ClockOffsets = {
  note(events: readonly Pick<AnyEvent, 'source' | 'time'>[]): void
  /** By source, of what came in the last minute or two. */
  known(): Map<string, number>
}

export function createClockOffsets(nowMs: () => number = Date.now): ClockOffsets {
  let before = new Map<string, number>()
  let latest = new Map<string, number>()
  let sinceMs = nowMs()

  function turn(): void {
    if (Math.abs(nowMs() - sinceMs) < windowMs) return
    before = nowMs() - sinceMs < 2 * windowMs ? latest : new Map()
    latest = new Map()
    sinceMs = nowMs()
  }

  return {
    note(events) {
      turn()
      for (const { source, time } of events) {
        const offsetMs = Date.parse(time) - nowMs()
        latest.set(source, Math.max(latest.get(source) ?? Number.NEGATIVE_INFINITY, offsetMs))
      }
    },
    known() {
      turn()
      const all = new Map(before)
      for (const [source, offsetMs] of latest)
        all.set(source, Math.max(all.get(source) ?? Number.NEGATIVE_INFINITY, offsetMs))
      return all
    },
  }
}
