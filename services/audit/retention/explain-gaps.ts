type Range = { from: number; to: number }

/** What a drop has taken of a journal: so many events between its first and its last. */
export type DroppedRange = { first: number; last: number; events: number }

/**
 * What is missing of a journal (both ends included) and was not dropped.
 * @param gaps ascending and apart from each other.
 * @returns the parts of gaps that no drop has reached, and how much more is missing where drops have been than they took.
 */
export function explainGaps(
  gaps: readonly Range[],
  dropped: readonly DroppedRange[],
): { gaps: Range[]; unexplained: number } {
  const rest: Range[] = []
  let inside = 0
  for (const gap of gaps) {
    let at = gap.from
    for (const { first, last } of [...dropped].sort((a, b) => a.first - b.first)) {
      if (last < at || first > gap.to) continue
      if (first > at) rest.push({ from: at, to: first - 1 })
      const end = Math.min(last, gap.to)
      inside += end - Math.max(at, first) + 1
      at = end + 1
    }
    if (at <= gap.to) rest.push({ from: at, to: gap.to })
  }
  const taken = dropped.reduce((sum, { events }) => sum + events, 0)
  return { gaps: rest, unexplained: Math.max(0, inside - taken) }
}
