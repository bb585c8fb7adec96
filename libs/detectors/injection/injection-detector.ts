import { readFileSync } from 'node:fs'
import type { Detection, TextDetector } from '../detector.ts'
import { maxEncodings, mayReadOtherwise } from '../view/encoded-runs.ts'
import { viewOf } from '../view/view.ts'
import { explainScore } from './explain.ts'
import { createInjectionScan } from './injection-scan.ts'
import { injectionSlices } from './injection-slices.ts'
import { decodeModel, type InjectionModel } from './model-file.ts'
import { findByForm, ruleDetection } from './rules.ts'
import { createScorer, type ScoredText, type Scorer } from './scorer.ts'

/** The longest window in which a text is judged, so that in a stream no word waits for more than so many. */
export const injectionWindowWords = 128
/** The confidence that about one in a hundred harmless texts of unknown sources reaches; see MODEL.md. */
const defaultThreshold = 0.5
/** One in 4,000 harmless texts has a phrase of attacks. */
const phraseConfidence = 0.8
/** Where the model is surer than this that a text is harmless, its phrases are quoted, or names in code. */
const leastForPhrases = 0.2

/**
 * Finds texts that try to take over a model: rules for what is an attack by its form or its phrases, and a linear model
 * for its words. The detection of the model covers the window that scored highest, and says what weighed most in it.
 */
export function createInjectionDetector(spec: { threshold?: number }): TextDetector {
  const { model, scorer } = loaded()
  const threshold = spec.threshold ?? defaultThreshold
  return {
    kind: 'text',
    name: 'injection',
    detect(text, view = viewOf(text)) {
      const detections = findByForm(text)
      for (const detection of judge(view.text))
        detections.push({
          ...detection,
          start: view.startOf(detection.start),
          end: view.endOf(detection.end - 1),
        })
      for (const { text: decoded, start, end } of view.encoded)
        for (const detection of judgeEncoded(decoded))
          detections.push({ ...detection, start: view.startOf(start), end: view.endOf(end - 1) })
      return detections.filter(({ confidence }) => confidence >= threshold)
    },
    slices: (text, characters) =>
      injectionSlices(text, characters, {
        ...{ scorer, threshold, toDetections },
        judgeEncoded: (encoded: string) => judgeEncoded(encoded),
      }),
    open: () =>
      createInjectionScan({
        ...{ scorer, model, threshold, phraseConfidence, leastForPhrases },
        confidenceOf: (score) => confidenceOf(score, model),
        judgeEncoded: (encoded: string) => judgeEncoded(encoded),
      }),
  }

  function judge(text: string): Detection[] {
    return toDetections(scorer.score(text), text)
  }

  function judgeEncoded(text: string, level = 1): Detection[] {
    const { text: shown, encoded } = mayReadOtherwise(text) ? viewOf(text) : { text, encoded: [] }
    const inner = level === maxEncodings ? [] : encoded.flatMap((run) => judgeEncoded(run.text, level + 1))
    return [...findByForm(text), ...judge(shown), ...inner].map((detection) => ({
      ...detection,
      isHidden: true,
    }))
  }

  function toDetections(scored: ScoredText, text: string): Detection[] {
    const confidence = confidenceOf(scored.score, model)
    const detections =
      confidence < leastForPhrases
        ? []
        : scored.phrases.map(({ name, start, end }) => ruleDetection(name, start, end, phraseConfidence))
    if (confidence >= threshold && scored.end > scored.start)
      detections.push(detectionOf(scored, confidence, text, model))
    return detections
  }
}

/** 0.5 at the model's threshold. */
function confidenceOf(score: number, { threshold, steepness }: InjectionModel): number {
  return 1 / (1 + Math.exp(-steepness * (score - threshold)))
}

function detectionOf(
  { start, end }: ScoredText,
  confidence: number,
  text: string,
  model: InjectionModel,
): Detection {
  return { type: 'injection', start, end, confidence, features: explainScore(text.slice(start, end), model) }
}

let shared: { model: InjectionModel; scorer: Scorer } | undefined

/** Reads the model that is shipped, once. */
function loaded(): NonNullable<typeof shared> {
  if (!shared) {
    const model = decodeModel(readFileSync(new URL('./injection.model.gz', import.meta.url)))
    shared = { model, scorer: createScorer(model) }
  }
  return shared
}
