import type { Detection } from './detector.ts'

/** What the recognizers of one scan report to. */
export type Findings = {
  found(type: string, start: number, end: number, confidence: number): void
  /**
   * What was decided about a span from `start` on, found or not, rests on the characters up to `index` (inclusive).
   * Where that lies past the end of the text, a continuation may decide otherwise.
   */
  looked(start: number, index: number): void
  detections: Detection[]
  /** First start that a continuation may decide otherwise about. */
  undecidedFrom(): number
}

export function createFindings(textLength: number): Findings {
  const detections: Detection[] = []
  let undecidedFrom = textLength
  return {
    detections,
    undecidedFrom: () => undecidedFrom,
    found(type, start, end, confidence) {
      detections.push({ type, start, end, confidence })
    },
    looked(start, index) {
      if (index >= textLength && start < undecidedFrom) undecidedFrom = start
    },
  }
}
