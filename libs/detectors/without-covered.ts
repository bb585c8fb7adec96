import type { Detection } from './detector.ts'

/**
 * Sorts by start, and leaves out what another detection covers whole. Where two cover the same, the one whose type
 * comes first in `precedence` stays; a type that is not in it comes before all.
 */
export function withoutCovered(detections: Detection[], precedence: readonly string[]): Detection[] {
  if (detections.length < 2) return detections
  const rank = ({ type }: Detection) => precedence.indexOf(type)
  detections.sort((a, b) => a.start - b.start || b.end - a.end || rank(a) - rank(b))
  let coveredTo = 0
  return detections.filter(({ end }) => {
    if (end <= coveredTo) return false
    coveredTo = end
    return true
  })
}
