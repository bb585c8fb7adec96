import type { SecondStageReport } from '@airs-cp/events'
import type { SecondOpinions } from '@airs-cp/policy-engine'
import type { SecondStage } from '@airs-cp/second-stage'

/** What a second stage has said of the passages that one request is suspected for. */
export type RequestOpinions = SecondOpinions & {
  /** Whether there are passages that it was not asked about. */
  hasQuestions(): boolean
  /** Asks, and waits until all are judged or the time is over. */
  askNow(withinMs: number): Promise<void>
  /** Asks, and does not wait: `report` says what was judged by then. */
  askLater(): void
}

type Question = { confidence?: number; refused?: SecondStageReport['reason']; isAsked?: true }

/** More are decided on by the first stage alone, as if the second were busy: one request must not keep it from all others. */
const mostPassages = 8
/** What nobody waits for may take as long as an exchange does. */
const laterMs = 60_000

/** @param stage undefined where none is configured. */
export function openOpinions(stage: SecondStage | undefined): RequestOpinions {
  const questions = new Map<string, Question>()
  let waitedMs: number | undefined

  function ask(passage: string, question: Question, isUrgent: boolean, withinMs: number) {
    question.isAsked = true
    if (!stage) {
      question.refused = 'unavailable'
      return undefined
    }
    question.refused = 'later'
    return stage.judge(passage, { isUrgent, withinMs }).then((opinion) => {
      if ('confidence' in opinion) question.confidence = opinion.confidence
      else question.refused = opinion.refused
    })
  }

  function askAll(isUrgent: boolean, withinMs: number) {
    return [...questions]
      .filter(([, { isAsked, confidence }]) => !isAsked && confidence === undefined)
      .map(([passage, question]) => ask(passage, question, isUrgent, withinMs))
  }

  return {
    confidenceOf(passage) {
      const known = questions.get(passage)
      if (known) return known.confidence
      const confidence = stage?.known(passage)
      const isTooMany = confidence === undefined && questions.size >= mostPassages
      questions.set(passage, {
        ...(confidence !== undefined && { confidence }),
        ...(isTooMany && { refused: 'busy', isAsked: true }),
      })
      return confidence
    },
    hasQuestions: () =>
      [...questions.values()].some(({ isAsked, confidence }) => !isAsked && confidence === undefined),
    async askNow(withinMs) {
      const begun = performance.now()
      await Promise.all(askAll(true, withinMs))
      waitedMs = Math.round((performance.now() - begun) * 10) / 10
    },
    askLater() {
      askAll(false, laterMs)
    },
    report() {
      if (questions.size === 0) return undefined
      const all = [...questions.values()]
      const unjudged = all.filter(({ confidence }) => confidence === undefined)
      const reason = unjudged.find(({ refused }) => refused)?.refused
      const model = stage?.model()
      return {
        asked: all.length,
        judged: all.length - unjudged.length,
        ...(reason && { reason }),
        ...(waitedMs !== undefined && { waitedMs }),
        ...(model !== undefined && { model }),
      }
    },
  }
}
