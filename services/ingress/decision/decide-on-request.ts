import type { IncomingHttpHeaders } from 'node:http'
import type { ContentLevel, Decision } from '@airs-cp/events'
import {
  addedBySecondStage,
  asksSecondStage,
  type CompiledPolicySet,
  createFinderMemory,
  createScanCache,
  type Evaluation,
  type EvaluationContext,
  enforces,
  evaluate,
  isLong,
  looksAt,
  mostAtOnce,
  rememberTaken,
  type ScannedAhead,
  type Subject,
  scanAhead,
  secondStageNeed,
  type Throttle,
} from '@airs-cp/policy-engine'
import type { KeyConflict, ReadTexts } from '@airs-cp/providers'
import type { SecondStage } from '@airs-cp/second-stage'
import type { Cover, Exchange, Target, Understood } from '../exchange.ts'
import { coverOf } from './cover-content.ts'
import { contextOf, subjectOf } from './policy-inputs.ts'
import { editRequest, type ReadRequest, readRequest } from './read-request.ts'
import { openOpinions } from './second-opinions.ts'

/** What policy made of a request, and what the decision on its response needs to know of it. */
export type RequestDecision = {
  evaluation: Evaluation
  subject: Subject
  context: EvaluationContext
  read: ReadTexts
  /** Where the body may be read in two ways, and a policy enforces on it: it must not be forwarded. */
  conflict: KeyConflict | undefined
  /** The body to forward, where policy changed it. */
  redacted: string | Buffer | undefined
  /** What is recorded of the exchange. */
  cover: Cover
  /** The query and headers to forward. */
  query: string
  headers: IncomingHttpHeaders
  /** What a second stage has found since, where policies that observe asked for it; undefined where it has nothing to add. */
  review: (() => Decision | undefined) | undefined
}

export type Deciding = {
  /** Keys the digests of findings. */
  fingerprintKey: string
  recordContent: ContentLevel
  secondStage?: { stage: SecondStage | undefined; waitMs: number }
  controls: { throttle: Throttle }
}

/**
 * Decides on requests; what was scanned before is not scanned again. Long texts are scanned in slices, between which other
 * exchanges go on; the decision on them is a promise. So is one that waits for a second stage: it is made by the first stage, and
 * where that suspects something made again with what the second says, which policies that enforce wait for no longer than
 * `waitMs`. Where only policies that observe ask, nothing waits: `review` has what was found by the end of the exchange.
 * `forwarded` are the headers that a provider receives of a request's.
 */
export function createRequestDecider({
  fingerprintKey: digestKey,
  recordContent,
  secondStage = { stage: undefined, waitMs: 0 },
  controls: { throttle },
}: Deciding) {
  const cache = createScanCache(digestKey)
  return (
    set: CompiledPolicySet,
    exchange: Exchange,
    understood: Understood,
    targets: readonly Target[],
    {
      headers,
      forwarded,
      body,
    }: { headers: IncomingHttpHeaders; forwarded: IncomingHttpHeaders; body: Buffer },
  ): RequestDecision | Promise<RequestDecision> => {
    const decideNow = (): RequestDecision | Promise<RequestDecision> => {
      const { format, facts, json } = understood
      const providers = targets.map(({ provider }) => provider.name)
      const subject = subjectOf(exchange, { providers, model: facts.model })
      const read: ReadRequest = looksAt(set, 'request', subject)
        ? readRequest(understood, exchange, forwarded, body)
        : { texts: json ? format.requestTexts(json) : [], unscanned: [] }
      const conflict = enforces(set, 'request', subject) ? read.conflict : undefined
      const texts = conflict ? [] : read.texts
      const context = contextOf({ exchange, format, facts, json, read, cache, throttle })
      const judge = (looked: EvaluationContext, by = set) =>
        evaluate(by, 'request', subject, texts, digestKey, looked)
      const decide = (ahead?: ScannedAhead): RequestDecision | Promise<RequestDecision> => {
        const looked = ahead ? { ...context, ahead } : context
        const need = secondStageNeed(set, 'request', subject)
        if (need === 'none') return conclude(judge(looked), undefined)
        const opinions = openOpinions(secondStage.stage)
        const remembering = {
          ...looked,
          ...{ secondStage: opinions, memory: createFinderMemory(), throttle: rememberTaken(throttle) },
        }
        const first = judge(remembering)
        if (!opinions.hasQuestions()) return conclude(first, undefined)
        if (need === 'now')
          return opinions.askNow(secondStage.waitMs).then(() => conclude(judge(remembering), undefined))
        opinions.askLater()
        const asking = { ...set, policies: set.policies.filter(asksSecondStage) }
        const asked = judge(remembering)
        return conclude(asked, () => addedBySecondStage(asked.decision, judge(remembering, asking).decision))
      }
      const conclude = (evaluation: Evaluation, review: RequestDecision['review']): RequestDecision => {
        const edits = evaluation.blockedBy ? [] : evaluation.edits
        const { query } = exchange
        const edited = editRequest(understood, read, body, { query, headers }, edits)
        const { decision } = evaluation
        const cover = coverOf({
          ...{ set, subject, context: context, digestKey, exchange, understood, read, body, decision },
          level: recordContent,
        })
        return {
          ...{ evaluation, subject, context: context, read, conflict, cover },
          ...{ redacted: edited.body, query: edited.query, headers: edited.headers, review },
        }
      }
      return isLong(texts) && looksAt(set, 'request', subject)
        ? scanAhead(set, 'request', subject, texts, context).then(decide)
        : decide()
    }
    // It was parsed in this turn, and is read in the next.
    return body.length > mostAtOnce ? turn().then(decideNow) : decideNow()
  }
}

/** Lets others on this thread have their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
