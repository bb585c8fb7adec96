import type { InjectionModel, ModelWindow } from './model-file.ts'
import type { ScoredStream } from './scorer.ts'

/** Windows that overlap or touch, all of which score high enough. */
export type Hit = { from: number; to: number; confidence: number; isPhrase?: string }

/**
 * Judges a text that arrives in pieces by the windows that a whole text is judged by. A window is judged when it is full, so a
 * word is decided on when the last window that has it is full, at the latest `longestWindow` words later. A phrase counts
 * where a window up to then is not surely harmless.
 */
export type StreamJudge = {
  /** Judges up to the words that were read. @returns hits that are over, in order. */
  judge(ended: boolean): Hit[]
  /** Hits that are not over, and phrases that already count. */
  growing(): Hit[]
  /** The first word that is not decided on. */
  finalTo(): number
}

export function createStreamJudge(
  stream: ScoredStream,
  { windows }: InjectionModel,
  confidenceOf: (score: number) => number,
  { threshold, leastForPhrases }: { threshold: number; leastForPhrases: number },
): StreamJudge {
  const next = windows.map(() => 0)
  let judgedTo = 0
  let most = 0
  let hits: Hit[] = []
  let phrases: Hit[] = []

  const decidedTo = () => Math.min(...next)

  function take(first: number, last: number, window: ModelWindow): void {
    const confidence = confidenceOf(stream.score(first, last, window))
    most = Math.max(most, confidence)
    if (confidence < threshold) return
    const hit = { from: first, to: last, confidence }
    const apart = hits.filter(({ from, to }) => to < first || from > last)
    for (const other of hits) {
      if (apart.includes(other)) continue
      hit.from = Math.min(hit.from, other.from)
      hit.to = Math.max(hit.to, other.to)
      hit.confidence = Math.max(hit.confidence, other.confidence)
    }
    hits = [...apart, hit]
  }

  /** Judges the windows that this word makes full. */
  function judgeWord(count: number): void {
    for (const [index, window] of windows.entries())
      if (count === next[index]! + window.words) {
        take(next[index]!, count, window)
        next[index]! += window.stride
      }
  }

  /** What is left at the end is judged as it is, unless a full window has had all of it. */
  function judgeRest(count: number): void {
    for (const [index, window] of windows.entries()) {
      const { words, stride } = window
      if (next[index]! > 0 && next[index]! - stride + words === count) continue
      for (let first = next[index]!; first < count; first += stride) {
        const last = Math.min(count, first + words)
        take(first, last, window)
        if (last === count) break
      }
    }
  }

  /** What no window that comes can reach. */
  function closed(decided: number): Hit[] {
    const over = hits.filter(({ to }) => to < decided)
    if (over.length > 0) hits = hits.filter(({ to }) => to >= decided)
    const said = phrases.filter(({ to }) => to <= decided)
    if (said.length > 0) phrases = phrases.filter(({ to }) => to > decided)
    return most >= leastForPhrases ? [...over, ...said] : over
  }

  return {
    judge(ended) {
      const over: Hit[] = []
      for (const { phrase, firstWord, lastWord } of stream.takePhrases())
        phrases.push({ from: firstWord, to: lastWord + 1, confidence: 0, isPhrase: phrase.name })
      for (const count = stream.words(); judgedTo < count; ) {
        judgedTo++
        judgeWord(judgedTo)
        over.push(...closed(decidedTo()))
      }
      if (ended) {
        judgeRest(judgedTo)
        over.push(...closed(Number.POSITIVE_INFINITY))
      }
      return over
    },
    growing: () => (most >= leastForPhrases ? [...hits, ...phrases] : hits),
    finalTo: () => Math.min(decidedTo(), ...hits.map(({ from }) => from), ...phrases.map(({ from }) => from)),
  }
}
