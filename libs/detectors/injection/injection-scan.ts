import type { Detection, ScanStep, SpanScan } from '../detector.ts'
import { createViewBuilder } from '../view/view-builder.ts'
import { explainScore } from './explain.ts'
import type { InjectionModel } from './model-file.ts'
import { findByForm, formHoldFrom, ruleDetection } from './rules.ts'
import type { Scorer } from './scorer.ts'
import { createStreamJudge, type Hit } from './stream-judge.ts'

/** Detections of a text that arrives in pieces; see `createStreamJudge` for what is decided when. */
export function createInjectionScan({
  scorer,
  model,
  threshold,
  phraseConfidence,
  leastForPhrases,
  confidenceOf,
  judgeEncoded,
}: {
  scorer: Scorer
  model: InjectionModel
  threshold: number
  phraseConfidence: number
  leastForPhrases: number
  confidenceOf: (score: number) => number
  judgeEncoded: (text: string) => Detection[]
}): SpanScan {
  const builder = createViewBuilder()
  const stream = scorer.open()
  const judge = createStreamJudge(stream, model, confidenceOf, { threshold, leastForPhrases })
  /** The view from `base` on, of which everything before `readTo` was read. */
  let shown = ''
  let base = 0
  let readTo = 0
  /** The text from `rawBase` on, for what is told by its form. */
  let raw = ''
  let rawBase = 0
  let length = 0
  let finalTo = 0
  let found: Detection[] = []

  function detectionOf({ from, to, confidence, isPhrase }: Hit): Detection {
    const start = stream.startOf(from)
    const end = stream.endOf(to - 1)
    const place = { start: builder.startOf(start), end: builder.endOf(end - 1) }
    if (isPhrase !== undefined) return { ...ruleDetection(isPhrase, 0, 0, phraseConfidence), ...place }
    const features = explainScore(shown.slice(start - base, end - base), model)
    return { type: 'injection', ...place, confidence, features }
  }

  function read(ended: boolean): void {
    readTo += stream.read(shown.slice(readTo - base), ended)
    found.push(...judge.judge(ended).map(detectionOf))
    for (const { text, start, end } of builder.takeRuns())
      for (const detection of judgeEncoded(text))
        found.push({ ...detection, start: builder.startOf(start), end: builder.endOf(end - 1) })
  }

  /** What is told by its form. @returns up to where that is decided. */
  function readForms(ended: boolean): number {
    const decided = ended ? raw.length : formHoldFrom(raw)
    for (const detection of findByForm(raw.slice(0, decided)))
      found.push({ ...detection, start: detection.start + rawBase, end: detection.end + rawBase })
    raw = raw.slice(decided)
    rawBase += decided
    return rawBase
  }

  function step(piece: string, more: string, ended: boolean): ScanStep {
    length += piece.length
    raw += piece
    shown += more
    read(ended)
    const formsTo = readForms(ended)
    const from = finalTo
    finalTo = ended ? length : Math.max(from, Math.min(formsTo, wordsTo()))
    const isFinal = ({ start }: Detection) => start < finalTo
    const detections = found
      .filter((it) => isFinal(it) && it.confidence >= threshold)
      .sort((a, b) => a.start - b.start)
    found = found.filter((it) => !isFinal(it))
    const sure = ended ? [] : [...found, ...judge.growing().map(detectionOf)]
    const growing = sure.filter(({ confidence }) => confidence >= threshold)
    forget()
    return { finalTo, detections, ...(growing.length > 0 && { growing }) }
  }

  /** Up to where in the text the words are decided on; whole characters and whole escapes. */
  function wordsTo(): number {
    const word = judge.finalTo()
    const inView = word < stream.words() ? stream.startOf(word) : readTo
    let to = Math.min(inView, builder.openFrom())
    while (to > base && builder.startOf(to) < builder.endOf(to - 1)) to--
    return to <= base ? 0 : builder.endOf(to - 1)
  }

  function forget(): void {
    const word = judge.finalTo()
    if (word >= stream.words()) return
    stream.forget(word)
    const to = Math.min(stream.startOf(word), builder.openFrom(), readTo)
    if (to - base < 4_096) return
    shown = shown.slice(to - base)
    base = to
    builder.forget(to)
  }

  return {
    push: (text) => step(text, builder.push(text), false),
    end: () => step('', builder.end(), true),
  }
}
