import { readFileSync } from 'node:fs'
import type { Detection, TextDetector } from '../detector.ts'
import { explainScore } from './explain.ts'
import { decodeModel, type InjectionModel } from './model-file.ts'
import { findByRules } from './rules.ts'
import { createScorer, type ScoredWindow } from './scorer.ts'

/** The confidence at which about one harmless text in a hundred is reported; see MODEL.md. */
const defaultThreshold = 0.5

/**
 * Finds texts that try to take over a model: rules for what is an attack by its form, and a linear model for its words.
 * The detection of the model covers the window that scored highest, and says what weighed most in it.
 */
export function createInjectionDetector(spec: { threshold?: number }): TextDetector {
  const { model, score } = loaded()
  const threshold = spec.threshold ?? defaultThreshold
  return {
    kind: 'text',
    name: 'injection',
    detect(text) {
      const detections = findByRules(text).filter(({ confidence }) => confidence >= threshold)
      const window = score(text)
      const confidence = confidenceOf(window.score, model)
      if (confidence >= threshold && window.end > window.start)
        detections.push(detectionOf(window, confidence, text, model))
      return detections
    },
  }
}

/** 0.5 at the model's threshold. */
export function confidenceOf(score: number, { threshold, steepness }: InjectionModel): number {
  return 1 / (1 + Math.exp(-steepness * (score - threshold)))
}

function detectionOf(
  { start, end }: ScoredWindow,
  confidence: number,
  text: string,
  model: InjectionModel,
): Detection {
  let features: Detection['features']
  return {
    type: 'injection',
    start,
    end,
    confidence,
    get features() {
      features ??= explainScore(text.slice(start, end), model)
      return features
    },
  }
}

let shared: { model: InjectionModel; score: (text: string) => ScoredWindow } | undefined

/** Reads the model that is shipped, once. */
function loaded(): NonNullable<typeof shared> {
  if (!shared) {
    const model = decodeModel(readFileSync(new URL('./injection.model.gz', import.meta.url)))
    shared = { model, score: createScorer(model) }
  }
  return shared
}
