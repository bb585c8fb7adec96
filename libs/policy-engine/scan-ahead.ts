import type { Detection, Detector } from '@airs-cp/detectors'
import type { CompiledPolicySet } from './compile.ts'
import { policiesFor } from './evaluate.ts'
import { type Direction, type EvaluatedText, type EvaluationContext, sourceOf } from './evaluation-context.ts'
import { isScanned } from './find.ts'
import { joinTexts } from './joined-texts.ts'
import { type JsonText, jsonTextInSlices } from './json-text.ts'
import type { Remembered, ScannedAhead } from './scanned-ahead.ts'
import type { Subject } from './scope.ts'

/** Shorter texts are scanned in a few milliseconds, all together up to so many characters. */
export const mostAtOnce = 65_536
/** A slice takes some two milliseconds of one detector, three times that where a text is made to be slow. */
const sliceCharacters = 16_384
/** After so long others have their turn. */
const turnMs = 4

/** Whether the texts are long enough to hold up others while they are scanned. */
export function isLong(texts: readonly EvaluatedText[]): boolean {
  let characters = 0
  for (const { text } of texts) characters += text.length
  return characters > mostAtOnce
}

/**
 * Scans long texts in slices, between which others on this thread have their turn; `evaluate` finds the same with it as without,
 * and does not scan these texts again. A detector that throws is left to `evaluate`, which knows what its policy makes of that.
 * @param pause lets others have their turn.
 */
export async function scanAhead(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
  texts: readonly EvaluatedText[],
  { cache, declaresDocuments = false }: Pick<EvaluationContext, 'cache' | 'declaresDocuments'>,
  pause: () => Promise<void> = turn,
): Promise<ScannedAhead> {
  const found = new Map<string, { json: JsonText | null; byDetector: Map<Detector, Remembered> }>()
  const rules = policiesFor(set, direction, subject)
    .flatMap(({ detectors }) => detectors)
    .filter((rule) => rule.kind === 'text')
  let begun = performance.now()
  const giveTurns = async () => {
    if (performance.now() - begun < turnMs) return
    await pause()
    begun = performance.now()
  }
  for (const text of set.mode === 'off' ? [] : [...texts, ...joinTexts(texts)]) {
    const source = sourceOf(text, direction, declaresDocuments)
    const wanted = rules.filter(
      ({ detector, sources }) => (!sources || sources.has(source)) && isScanned(text, detector),
    )
    const detectors = new Set(wanted.map(({ detector }) => detector))
    if (detectors.size === 0) continue
    const known = found.get(text.text)
    const json =
      known?.json ?? (await inTurns(jsonTextInSlices(text.text, sliceCharacters), giveTurns)) ?? null
    const byDetector = known?.byDetector ?? new Map<Detector, Remembered>()
    found.set(text.text, { json, byDetector })
    const shown = json?.view ?? text.text
    await giveTurns()
    const digest = cache?.digestOf(shown)
    await giveTurns()
    for (const detector of detectors) {
      if (byDetector.has(detector)) continue
      const remembered = cache?.find(detector, digest)
      const detections = remembered ?? (await scanInTurns(detector, shown, giveTurns))
      if (!detections) continue
      cache?.keep(detector, digest, detections)
      byDetector.set(detector, { detections, known: remembered !== undefined })
    }
  }
  return {
    jsonOf: (text) => found.get(text)?.json,
    detectionsOf: (text, detector) => found.get(text)?.byDetector.get(detector),
  }
}

async function scanInTurns(
  detector: Detector,
  text: string,
  giveTurns: () => Promise<void>,
): Promise<readonly Detection[] | undefined> {
  try {
    return await inTurns(detector.slices(text, sliceCharacters), giveTurns)
  } catch {
    return undefined
  }
}

async function inTurns<Result>(
  slices: Generator<undefined, Result, undefined>,
  giveTurns: () => Promise<void>,
): Promise<Result> {
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
    await giveTurns()
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
