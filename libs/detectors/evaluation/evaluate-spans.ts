import { type Detection, type Detector, piiTypes } from '@airs-cp/detectors'
import { type Calibration, calibrationOf } from './calibration.ts'
import { type Counts, emptyCounts, type Scores, scoresOf } from './counts.ts'
import { areaUnderCurve, type RecallAtFpr, recallAtFprs } from './ranking.ts'
import type { Span, SpanRow } from './rows.ts'

/** The types of personal data that every release is measured on. */
export const coreTypes = ['EMAIL', 'PHONE', 'CREDIT_CARD', 'SSN', 'IBAN', 'IP'] as const

export type SpanScores = Scores & Counts & { rows?: number }

export type SpanEvaluation = {
  rows: number
  /** Of the types that the detector knows; what it does not look for stands in `byType`. */
  overall: Scores & Counts & { auc?: number; recallAtFpr?: RecallAtFpr }
  /** For PII. */
  core?: Scores & Counts
  /** Texts without any span, and how many of them something was found in (for PII: of a core type). */
  negatives: { documents: number; hit: number; hitPercent: number }
  bySource: Record<string, SpanScores>
  byType: Record<string, SpanScores>
  /** Confidence of what the ranker reports against how often a span of that type is there. */
  calibration: Calibration
}

/**
 * A span is found where a detection overlaps it, each detection counting for one span. For PII the types must agree;
 * a secret counts under whatever name it was found. Ranking figures are of documents: the surest detection against
 * whether there is a span.
 * @param detector reports at its usual threshold. @param ranker the same without a threshold.
 */
export function evaluateSpans(
  rows: readonly SpanRow[],
  detector: Pick<Detector, 'detect'>,
  ranker: Pick<Detector, 'detect'>,
  options: { typed: boolean },
): SpanEvaluation {
  const isKnown = (type: string) => !options.typed || (piiTypes as readonly string[]).includes(type)
  const overall = emptyCounts()
  const core = emptyCounts()
  const bySource = new Map<string, Counts & { rows: number }>()
  const byType = new Map<string, Counts>()
  const scored: { score: number; positive: boolean }[] = []
  const found: { score: number; positive: boolean }[] = []
  let negativeDocuments = 0
  let negativesHit = 0

  for (const row of rows) {
    const detections = detector.detect(row.text)
    const outcome = match(row.spans, detections, options.typed)
    const source = getOr(bySource, row.source, () => ({ ...emptyCounts(), rows: 0 }))
    source.rows++
    for (const [type, count] of outcome) {
      const type_ = getOr(byType, type, emptyCounts)
      const targets: Counts[] = [type_]
      if (isKnown(type)) targets.push(overall, source)
      if (isCore(type)) targets.push(core)
      for (const target of targets) add(target, count)
    }
    const ranked = ranker.detect(row.text)
    for (const detection of ranked)
      found.push({ score: detection.confidence, positive: isRight(row.spans, detection, options.typed) })
    const score = Math.max(0, ...ranked.map(({ confidence }) => confidence))
    scored.push({ score, positive: row.spans.some(({ type }) => isKnown(type)) })
    if (row.spans.length === 0) {
      negativeDocuments++
      if (detections.some(({ type }) => !options.typed || isCore(type))) negativesHit++
    }
  }

  const scoresBy = (positive: boolean) =>
    scored.filter((row) => row.positive === positive).map((row) => row.score)
  return {
    rows: rows.length,
    overall: {
      ...scoresOf(overall),
      ...overall,
      auc: areaUnderCurve(scored),
      recallAtFpr: recallAtFprs(scoresBy(true), scoresBy(false)),
    },
    ...(options.typed && { core: { ...scoresOf(core), ...core } }),
    negatives: {
      documents: negativeDocuments,
      hit: negativesHit,
      hitPercent: negativeDocuments === 0 ? 0 : (100 * negativesHit) / negativeDocuments,
    },
    bySource: Object.fromEntries(
      [...bySource].map(([name, counts]) => [name, { ...scoresOf(counts), ...counts }]),
    ),
    byType: Object.fromEntries(
      [...byType].map(([name, counts]) => [name, { ...scoresOf(counts), ...counts }]),
    ),
    calibration: calibrationOf(found),
  }
}

/** Counts by type: of the span where it is found or missed, of the detection where nothing is there. */
export function match(
  spans: readonly Span[],
  detections: readonly Detection[],
  typed: boolean,
): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  const taken = new Set<Detection>()
  for (const span of spans) {
    const found = detections.find(
      (detection) =>
        !taken.has(detection) &&
        detection.start < span.end &&
        detection.end > span.start &&
        (!typed || detection.type === span.type),
    )
    if (found) taken.add(found)
    const count = getOr(counts, span.type, emptyCounts)
    if (found) count.truePositives++
    else count.falseNegatives++
  }
  for (const detection of detections)
    if (!taken.has(detection)) getOr(counts, detection.type, emptyCounts).falsePositives++
  return counts
}

function isRight(spans: readonly Span[], { type, start, end }: Detection, typed: boolean): boolean {
  return spans.some((span) => start < span.end && end > span.start && (!typed || type === span.type))
}

function add(target: Counts, count: Counts): void {
  target.truePositives += count.truePositives
  target.falsePositives += count.falsePositives
  target.falseNegatives += count.falseNegatives
}

function isCore(type: string): boolean {
  return (coreTypes as readonly string[]).includes(type)
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const existing = map.get(key)
  if (existing !== undefined) return existing
  const value = create()
  map.set(key, value)
  return value
}
