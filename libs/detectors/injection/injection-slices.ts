import type { Detection, SlicedScan } from '../detector.ts'
import { createViewBuilder } from '../view/view-builder.ts'
import { findByForm, formHoldFrom } from './rules.ts'
import type { ScoredText, Scorer } from './scorer.ts'

/** What `detect` does with a whole text, in steps: the view, the forms and the words of one slice at a time. */
export function* injectionSlices(
  text: string,
  characters: number,
  {
    scorer,
    threshold,
    toDetections,
    judgeEncoded,
  }: {
    scorer: Scorer
    threshold: number
    toDetections: (scored: ScoredText, text: string) => Detection[]
    judgeEncoded: (text: string) => Detection[]
  },
): SlicedScan {
  const builder = createViewBuilder()
  const stream = scorer.open()
  const best = scorer.bestOf(stream)
  const phrases: ScoredText['phrases'] = []
  const forms: Detection[] = []
  const encoded: Detection[] = []
  const view: string[] = []
  /** What of the view is not read yet. */
  let unread = ''
  /** Up to where the forms of the text are decided on. */
  let formsTo = 0

  const readWords = (more: string, ended: boolean) => {
    view.push(more)
    unread += more
    unread = unread.slice(stream.read(unread, ended))
    for (const { phrase, firstWord, lastWord } of stream.takePhrases())
      phrases.push({
        name: phrase.name,
        start: stream.startOf(firstWord),
        end: stream.endOf(lastWord),
      })
    best.follow()
    for (const run of builder.takeRuns())
      for (const detection of judgeEncoded(run.text))
        encoded.push({ ...detection, start: builder.startOf(run.start), end: builder.endOf(run.end - 1) })
  }
  const readForms = (to: number, ended: boolean) => {
    const piece = text.slice(formsTo, to)
    const decided = ended ? piece.length : formHoldFrom(piece)
    for (const detection of findByForm(piece.slice(0, decided)))
      forms.push({ ...detection, start: detection.start + formsTo, end: detection.end + formsTo })
    formsTo += decided
  }

  for (let from = 0; from < text.length; from += characters) {
    const to = Math.min(text.length, from + characters)
    readWords(builder.push(text.slice(from, to)), false)
    readForms(to, false)
    yield
  }
  readWords(builder.end(), true)
  readForms(text.length, true)
  const judged = toDetections({ ...best.end(), phrases }, view.join('')).map((detection) => ({
    ...detection,
    start: builder.startOf(detection.start),
    end: builder.endOf(detection.end - 1),
  }))
  // Rule by rule, as they are found in the whole.
  forms.sort((a, b) => b.confidence - a.confidence || a.start - b.start)
  return [...forms, ...judged, ...encoded].filter(({ confidence }) => confidence >= threshold)
}
