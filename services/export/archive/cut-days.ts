const dayMs = 86_400_000

export type CutDay = { day: string; from: number; until: number }

type Log = {
  /** When the event of a leaf was recorded, in milliseconds. Nearly in the order of leaves. */
  recordedAt: (leaf: number) => Promise<number>
  /** The first leaf from this one on whose event is there; the end where there is none. */
  firstThere: (leaf: number) => Promise<number>
  /** Days of which events were dropped. */
  droppedDays: ReadonlySet<string>
  /** First leaf that is not archived, and how many there are. */
  from: number
  size: number
  /** The last day that is archived. */
  lastDay: string | undefined
  /** Days that end later are not over. */
  now: number
}

/**
 * Cuts the log into days that are over, each from where the one before ends. A few leaves around midnight may be on the other side of
 * a cut, since the log is not quite in the order of time; each leaf is in one day at most. What was dropped between two days is of neither,
 * unless events of the later one were dropped too. Looks at a few leaves for each day.
 */
export async function cutDays({
  recordedAt,
  firstThere,
  droppedDays,
  from,
  size,
  lastDay,
  now,
}: Log): Promise<CutDay[]> {
  const days: CutDay[] = []
  let after = lastDay
  while (from < size) {
    const start = Math.max(
      startOf(await recordedAt(from)),
      after === undefined ? 0 : Date.parse(after) + dayMs,
    )
    const end = start + dayMs
    if (end > now) break
    const day = new Date(start).toISOString().slice(0, 10)
    if (!droppedDays.has(day)) from = await firstThere(from)
    const until = await firstFrom(end)
    days.push({ day, from, until })
    from = until
    after = day
  }
  return days

  /** A leaf behind `from` that was recorded at `at` or later while the one before it was not; the end where there is none. */
  async function firstFrom(at: number): Promise<number> {
    let [low, high] = [from, size]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if ((await recordedAt(middle)) < at) low = middle
      else high = middle
    }
    return high
  }
}

function startOf(at: number): number {
  return Math.floor(at / dayMs) * dayMs
}
