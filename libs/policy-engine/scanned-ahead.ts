import type { Detection, Detector } from '@airs-cp/detectors'
import type { JsonText } from './json-text.ts'

/** What detectors find in texts, found before these are evaluated. */
export type ScannedAhead = {
  /** How the text reads as JSON, where it is JSON (`null`: it is none); undefined for a text that was not looked at. */
  jsonOf(text: string): JsonText | null | undefined
  detectionsOf(text: string, detector: Detector): Remembered | undefined
}

export type Remembered = { detections: readonly Detection[]; known: boolean }
