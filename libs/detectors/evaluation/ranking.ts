export type Scored = { score: number; positive: boolean }

/** False positive rates at which recall is reported. */
export const falsePositiveRates = [0.001, 0.01, 0.05] as const

export type RecallAtFpr = Record<string, number>

/** Probability that a positive scores above a negative, ties counting half. Undefined where either is missing. */
export function areaUnderCurve(rows: readonly Scored[]): number | undefined {
  const sorted = rows.toSorted((a, b) => a.score - b.score)
  let positives = 0
  let rankSum = 0
  for (let start = 0; start < sorted.length; ) {
    let end = start
    while (end < sorted.length && sorted[end]!.score === sorted[start]!.score) end++
    const rank = (start + 1 + end) / 2
    for (const { positive } of sorted.slice(start, end)) {
      if (!positive) continue
      positives++
      rankSum += rank
    }
    start = end
  }
  const negatives = sorted.length - positives
  if (positives === 0 || negatives === 0) return undefined
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** Least score that at most this share of the negatives reaches. */
export function thresholdAtFpr(negativeScores: readonly number[], rate: number): number {
  const sorted = negativeScores.toSorted((a, b) => b - a)
  const allowed = Math.floor(sorted.length * rate)
  const first = sorted[allowed]
  return first === undefined
    ? Number.NEGATIVE_INFINITY
    : first + Number.EPSILON * Math.max(1, Math.abs(first))
}

/** Share of the positives at or over a threshold. */
export function recallAt(positiveScores: readonly number[], threshold: number): number {
  return positiveScores.filter((score) => score >= threshold).length / positiveScores.length
}

/** Recall where the negatives give the threshold. Undefined where there are no positives or no negatives. */
export function recallAtFprs(
  positives: readonly number[],
  negatives: readonly number[],
): RecallAtFpr | undefined {
  if (positives.length === 0 || negatives.length === 0) return undefined
  return Object.fromEntries(
    falsePositiveRates.map((rate) => [String(rate), recallAt(positives, thresholdAtFpr(negatives, rate))]),
  )
}
