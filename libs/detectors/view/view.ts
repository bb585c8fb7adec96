import { codesOf } from '../codes.ts'
import { createEncodedRunFinder, type EncodedRun, leastEncodedCharacters } from './encoded-runs.ts'
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
}

export function viewOf(text: string): View {
  const codes = codesOf(text)
  if (isPlain(codes, text.length)) {
    if (text.length < leastEncodedCharacters)
      return { text, isText: true, startOf: same, endOf: next, encoded: [] }
    const finder = createEncodedRunFinder()
    finder.push(codes, text.length)
    finder.end()
    return {
      text,
      isText: true,
      startOf: same,
      endOf: next,
      encoded: finder.take(),
    }
  }
  const builder = createViewBuilder()
  const shown = builder.push(text) + builder.end()
  const { startOf, endOf } = builder
  return { text: shown, isText: shown === text, startOf, endOf, encoded: builder.takeRuns() }
}

const same = (index: number) => index
const next = (index: number) => index + 1
