export type Counts = { truePositives: number; falsePositives: number; falseNegatives: number }

export type Scores = { precision: number; recall: number; f1: number }

export function emptyCounts(): Counts {
  return { truePositives: 0, falsePositives: 0, falseNegatives: 0 }
}

/** A ratio whose denominator is 0 counts as 1: nothing was wrong. */
export function scoresOf({ truePositives, falsePositives, falseNegatives }: Counts): Scores {
  const ratio = (part: number, whole: number) => (whole === 0 ? 1 : part / whole)
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  }
}
