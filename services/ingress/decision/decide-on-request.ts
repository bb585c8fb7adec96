import {
  type CompiledPolicySet,
  createScanCache,
  createThrottle,
  type Evaluation,
  type EvaluationContext,
  evaluate,
  type Subject,
} from '@airs-cp/policy-engine'
import { replaceTexts, type TextPart } from '@airs-cp/providers'
import type { Exchange, Target, Understood } from '../exchange.ts'
import { contextOf, subjectOf } from './policy-inputs.ts'

/** What policy made of a request, and what the decision on its response needs to know of it. */
export type RequestDecision = {
  evaluation: Evaluation
  subject: Subject
  context: EvaluationContext
  texts: TextPart[]
  /** The body to forward, where policy changed it. */
  redacted: string | undefined
}

/** Decides on requests; what was scanned before is not scanned again. */
export function createRequestDecider(digestKey: string) {
  const cache = createScanCache(digestKey)
  const throttle = createThrottle(() => performance.now())
  return (
    set: CompiledPolicySet,
    exchange: Exchange,
    { format, facts, json }: Understood,
    targets: readonly Target[],
  ): RequestDecision => {
    const subject = subjectOf(
      exchange,
      facts,
      targets.map(({ provider }) => provider.name),
    )
    const texts = json ? format.requestTexts(json) : []
    const context = contextOf({ exchange, format, facts, json, texts, cache, throttle })
    const evaluation = evaluate(set, 'request', subject, texts, digestKey, context)
    const isRedacted = !evaluation.blockedBy && evaluation.edits.length > 0
    return {
      ...{ evaluation, subject, context, texts },
      redacted: isRedacted ? JSON.stringify(replaceTexts(json!, evaluation.edits)) : undefined,
    }
  }
}
