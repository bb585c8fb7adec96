import type { IncomingHttpHeaders } from 'node:http'
import type { ContentLevel } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  createScanCache,
  createThrottle,
  type Evaluation,
  type EvaluationContext,
  enforces,
  evaluate,
  isLong,
  looksAt,
  type ScannedAhead,
  type Subject,
  scanAhead,
} from '@airs-cp/policy-engine'
import type { KeyConflict, ReadTexts } from '@airs-cp/providers'
import type { Cover, Exchange, Target, Understood } from '../exchange.ts'
import { coverOf } from './cover-content.ts'
import { contextOf, subjectOf } from './policy-inputs.ts'
import { editRequest, type ReadRequest, readRequest } from './read-request.ts'

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
}

/**
 * Decides on requests; what was scanned before is not scanned again. Long texts are scanned in slices, between which other
 * exchanges go on; the decision on them is a promise.
 * `forwarded` are the headers that a provider receives of a request's.
 */
export function createRequestDecider(digestKey: string, recordContent: ContentLevel) {
  const cache = createScanCache(digestKey)
  const throttle = createThrottle(() => performance.now())
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
    const { format, facts, json } = understood
    const providers = targets.map(({ provider }) => provider.name)
    const subject = subjectOf(exchange, { providers, model: facts.model })
    const read: ReadRequest = looksAt(set, 'request', subject)
      ? readRequest(understood, exchange, forwarded, body)
      : { texts: json ? format.requestTexts(json) : [], unscanned: [] }
    const conflict = enforces(set, 'request', subject) ? read.conflict : undefined
    const texts = conflict ? [] : read.texts
    const context = contextOf({ exchange, format, facts, json, read, cache, throttle })
    const decide = (ahead?: ScannedAhead): RequestDecision => {
      const looked = ahead ? { ...context, ahead } : context
      const evaluation = evaluate(set, 'request', subject, texts, digestKey, looked)
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
        ...{ redacted: edited.body, query: edited.query, headers: edited.headers },
      }
    }
    return isLong(texts) && looksAt(set, 'request', subject)
      ? scanAhead(set, 'request', subject, texts, context).then(decide)
      : decide()
  }
}
