import type { View } from './view/view.ts'

/** What a detector saw in a text. Offsets are UTF-16, end exclusive. */
export type Detection = {
  type: string
  start: number
  end: number
  /** 0 to 1. */
  confidence: number
  /** For a learned detector: what weighed most, heaviest first. */
  features?: { name: string; weight: number }[]
  /** Found by its form, or in text that stands there encoded: who reads the text as it stands does not see it. */
  isHidden?: true
}

/**
 * A scan of a long text that its caller may interrupt: each step looks at so many characters more, and what it returns in
 * the end is what `detect` finds.
 */
export type SlicedScan = Generator<undefined, Detection[], undefined>

/** Judges a text as a whole; its detection spans the part that decided. */
export type TextDetector = {
  kind: 'text'
  name: string
  /** @param view of the text, where several detectors look at it. */
  detect(text: string, view?: View): Detection[]
  /** The same as `detect`, for a long text: a step looks at `characters` of it. */
  slices(text: string, characters: number): SlicedScan
  /** Scans a text that arrives in pieces. However it is cut, what is reported is the same. */
  open(): SpanScan
}

/** Finds spans. Detections are sorted by start and may overlap; what they cover together is what was found. */
export type SpanDetector = {
  kind: 'span'
  name: string
  /** @param view of the text, where several detectors look at it. */
  detect(text: string, view?: View): Detection[]
  /** The same as `detect`, for a long text: a step looks at `characters` of it. */
  slices(text: string, characters: number): SlicedScan
  /**
   * Where a text stops being final: no continuation of it changes which characters before this index are covered, or
   * by which type. A detection that starts before it may end after it. `ended`: there is no continuation.
   */
  holdFrom(text: string, ended: boolean): number
  /** Scans a text that arrives in pieces. However it is cut, the detections are those of `detect` on the whole. */
  open(): SpanScan
  /** `holdFrom` is never more than this many characters before the end, each hidden character and escape counted as one. */
  maxHold: number
}

export type SpanScan = {
  push(text: string): ScanStep
  /** The text is complete: everything becomes final. */
  end(): ScanStep
}

/** Offsets are those of the whole text. */
export type ScanStep = {
  /** See `SpanDetector.holdFrom`. Never decreases. */
  finalTo: number
  /** Those that start before `finalTo` and were not reported by an earlier step, sorted by start. */
  detections: Detection[]
  /** Matches whatever follows, which may still grow: they are not final, and reported again when they are. */
  growing?: Detection[]
}

export type Detector = TextDetector | SpanDetector
