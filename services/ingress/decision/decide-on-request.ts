import type { IncomingHttpHeaders } from 'node:http'
import { atOnce, type ClientKey, type ContentLevel, type Decision, type Slices } from '@airs-cp/events'
import {
  addedBySecondStage,
  asksSecondStage,
  type CompiledPolicySet,
  countLater,
  countOnce,
  createFinderMemory,
  createScanCache,
  decideUnseen,
  type Evaluation,
  type EvaluationContext,
  enforces,
  enforcesForSomeModel,
  evaluate,
  evaluateInSlices,
  inTurns,
  isLong,
  looksAt,
  mostAtOnce,
  type Subject,
  secondStageNeed,
  type Throttle,
} from '@airs-cp/policy-engine'
import type { KeyConflict, ReadTexts } from '@airs-cp/providers'
import type { SecondStage } from '@airs-cp/second-stage'
import type { Cover, Exchange, Target, Understood } from '../exchange.ts'
import { coverOf } from './cover-content.ts'
import { contextOf, subjectOf } from './policy-inputs.ts'
import { editRequest, type ReadRequest, readModelConflict, readRequest } from './read-request.ts'
import { openOpinions } from './second-opinions.ts'

/** What policy made of a request, and what the decision on its response needs to know of it. */
export type RequestDecision = {
  evaluation: Evaluation
  subject: Subject
  context: EvaluationContext
  read: ReadTexts
  /** Where the body may be read in two ways, and what its provider does hangs on which: it must not be forwarded. */
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
    understood: Understood & { key?: ClientKey | undefined },
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
    const isLooked = looksAt(set, 'request', subject)
    const isEnforced = enforces(set, 'request', subject)
    const hangsOnModel = enforcesForSomeModel(set, 'request', subject) || limitsModels(understood.key)

    const decideOn = (read: ReadRequest): RequestDecision | Promise<RequestDecision> => {
      const { conflict } = read
      const texts = conflict || !isLooked ? [] : read.texts
      const context: EvaluationContext = {
        ...contextOf({ exchange, format, facts, json, read, cache }),
        // What may be read in two ways is refused, and counts against no limit.
        ...(!conflict && { throttle }),
      }
      const isSliced = isLong(texts)
      const judge = (looked: EvaluationContext, by = set): Evaluation | Promise<Evaluation> =>
        isSliced
          ? inTurns(evaluateInSlices(by, 'request', subject, texts, digestKey, looked))
          : evaluate(by, 'request', subject, texts, digestKey, looked)
      const decide = async (): Promise<RequestDecision> => {
        if (!isLooked) return conclude(decideUnseen(set, 'request', subject, json !== undefined), undefined)
        const need = secondStageNeed(set, 'request', subject)
        if (need === 'none') return conclude(await judge(context), undefined)
        const opinions = openOpinions(secondStage.stage)
        const limits = countOnce(throttle)
        const provisional = countLater(throttle)
        const looked = { ...context, secondStage: opinions, memory: createFinderMemory() }
        const remembering = { ...looked, ...(!conflict && { throttle: limits }) }
        const judging = judge({ ...looked, ...(!conflict && { throttle: provisional }) })
        // Not awaited without need: another exchange could pass between asking limits and counting.
        const first = judging instanceof Promise ? await judging : judging
        if (!opinions.hasQuestions()) {
          provisional.settle()
          return conclude(first, undefined)
        }
        if (need === 'now') {
          await opinions.askNow(secondStage.waitMs)
          return conclude(await judge(remembering), undefined)
        }
        opinions.askLater()
        const asking = { ...set, policies: set.policies.filter(asksSecondStage) }
        const asked = await judge(remembering)
        // All is scanned and remembered by now.
        const review = () => evaluate(asking, 'request', subject, texts, digestKey, remembering)
        return conclude(asked, () => addedBySecondStage(asked.decision, review().decision))
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
      return decide()
    }
    if (!isLooked && !hangsOnModel) return decideOn(unread(understood))
    const reading = readSome({ isEnforced, hangsOnModel, isLooked }, understood, exchange, forwarded, body)
    return body.length > mostAtOnce ? inTurns(reading).then(decideOn) : decideOn(atOnce(reading))
  }
}

/**
 * As much of a request as is asked for. It stands here and not in the closure of an exchange: V8 makes a hidden class for each
 * generator function that is called, which is never the same again where there is one for each exchange.
 */
function* readSome(
  { isEnforced, hangsOnModel, isLooked }: { isEnforced: boolean; hangsOnModel: boolean; isLooked: boolean },
  understood: Understood,
  exchange: Exchange,
  forwarded: IncomingHttpHeaders,
  body: Buffer,
): Slices<ReadRequest> {
  if (isEnforced) return yield* readRequest(understood, exchange, forwarded, body)
  const conflict = hangsOnModel ? yield* readModelConflict(understood) : undefined
  const all = isLooked ? yield* readRequest(understood, exchange, forwarded, body) : unread(understood)
  return Object.assign(all, { conflict })
}

/** Whether what a key may ask for, or pay, hangs on the model that a body names. */
function limitsModels(key: ClientKey | undefined): boolean {
  return key?.limits.models !== undefined || key?.limits.budgetUsdMicros !== undefined
}

/** What no policy looks at is not read; a decision says that there is something. */
function unread({ json, format }: Understood): ReadRequest {
  let read: ReadRequest['texts'] | undefined
  return {
    unscanned: [],
    get texts() {
      read ??= json ? format.requestTexts(json) : []
      return read
    },
  }
}
