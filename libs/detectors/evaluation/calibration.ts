import type { Scored } from './ranking.ts'

export type CalibrationBin = {
  /** Confidences from here on, up to the next bin. */
  from: number
  rows: number
  /** Mean confidence of the bin. */
  confidence: number
  /** Share of the bin that is positive: what a calibrated confidence equals. */
  positive: number
}

export type Calibration = {
  bins: CalibrationBin[]
  /** Mean distance of confidence and share, by rows: 0 is perfect. */
  error: number
}

const count = 10

/** Compares confidences with how often they are right, in ten bins of equal width; empty ones are left out. */
export function calibrationOf(rows: readonly Scored[]): Calibration {
  const bins = Array.from({ length: count }, (_, index) => {
    const inBin = rows.filter(({ score }) => Math.min(count - 1, Math.floor(score * count)) === index)
    const confidence = inBin.reduce((sum, { score }) => sum + score, 0) / inBin.length
    const positive = inBin.filter((row) => row.positive).length / inBin.length
    return { from: index / count, rows: inBin.length, confidence, positive }
  }).filter((bin) => bin.rows > 0)
  const distance = bins.reduce(
    (sum, { rows, confidence, positive }) => sum + rows * Math.abs(confidence - positive),
    0,
  )
  return { bins, error: rows.length === 0 ? 0 : distance / rows.length }
}
