import { codesOf } from '../codes.ts'
import { createEncodedRunFinder, type EncodedRun, leastEncodedCharacters } from './encoded-runs.ts'
import { type SpelledText, spelledOf } from './tags.ts'
import { createViewBuilder, isPlain } from './view-builder.ts'

/**
 * A text as a reader, or a model, takes it: without the characters that nobody sees, with plain spaces, dashes, digits and
 * letters in place of their look-alikes, and with one level of the escapes of JSON, HTML and URLs undone. Detectors look at it and
 * report places of the text itself, whole characters and whole escapes. It is made once for all of them.
 */
export type View = {
  text: string
  /** Whether the view is the text itself, unit for unit. */
  isText: boolean
  /** First character of the text that the unit at `index` of the view stands for. */
  startOf(index: number): number
  /** After the last character of the text that the unit at `index` of the view stands for. */
  endOf(index: number): number
  /** Readable texts that stand in the view as base64. They are not part of its text. */
  encoded: readonly EncodedRun[]
  /** The text with its tag characters spelled, and the view of that; undefined where it has none. */
  spelled(): SpelledView | undefined
}

export type SpelledView = SpelledText & { view: View }

export function viewOf(text: string): View {
  const codes = codesOf(text)
  if (isPlain(codes, text.length)) {
    if (text.length < leastEncodedCharacters)
      return { text, isText: true, startOf: same, endOf: next, encoded: [], spelled: never }
    const finder = createEncodedRunFinder()
    finder.push(codes, text.length)
    finder.end()
    return {
      text,
      isText: true,
      startOf: same,
      endOf: next,
      encoded: finder.take(),
      spelled: never,
    }
  }
  const builder = createViewBuilder()
  const shown = builder.push(text) + builder.end()
  const { startOf, endOf } = builder
  return {
    text: shown,
    isText: shown === text,
    startOf,
    endOf,
    encoded: builder.takeRuns(),
    spelled: spelledOnce(text),
  }
}

/** Spells a text when it is first asked for, and once for all detectors. */
function spelledOnce(text: string): View['spelled'] {
  let spelled: SpelledView | undefined
  let isKnown = false
  return () => {
    if (isKnown) return spelled
    isKnown = true
    const result = spelledOf(text)
    spelled = result && { ...result, view: viewOf(result.text) }
    return spelled
  }
}

/** A plain text has no tag characters. */
const never = () => undefined
const same = (index: number) => index
const next = (index: number) => index + 1
