import { type Finding, maskOf } from '@airs-cp/events'
import type { EvaluatedText } from './evaluation-context.ts'
import { type Change, changed, changesInJson, isWholeJson } from './json-text.ts'
import { byPlace } from './redact.ts'
import type { TextChange } from './redact-texts.ts'

/** Values that are masked, as they were written, each with its mask. */
export type MaskedValues = ReadonlyMap<string, string>

export type Masking = {
  edits: TextChange[]
  /** What was masked here, for other texts of the exchange. */
  values: MaskedValues
  /** A finding is in no text, or in one that cannot be changed. */
  isIncomplete: boolean
}

/**
 * The texts with the chosen findings masked, and with every other occurrence of them and of `known` values. A value is masked in the
 * same way in every exchange, so that text which quotes it is still recognized.
 */
export function maskTexts(
  texts: readonly EvaluatedText[],
  findings: readonly Finding[],
  chosen: ReadonlySet<number>,
  known: MaskedValues = new Map(),
): Masking {
  const byPath = Map.groupBy(
    [...chosen].map((index) => findings[index]!).filter(({ start, end }) => end > start),
    ({ path }) => path,
  )
  const values = new Map(known)
  if (byPath.size === 0 && values.size === 0) return { edits: [], values, isIncomplete: false }
  let isIncomplete = false
  const placed = new Set<string>()
  for (const { path, text, fixed } of texts) {
    const own = byPath.get(path)
    if (!own) continue
    placed.add(path)
    if (fixed === 'encoded') isIncomplete = true
    for (const finding of own) values.set(text.slice(finding.start, finding.end), maskOf(finding))
  }
  if ([...byPath.keys()].some((path) => !placed.has(path))) isIncomplete = true
  const search = createValueSearch(values)
  const edits = texts.flatMap(({ path, text, fixed }) => {
    const own = (byPath.get(path) ?? []).toSorted(byPlace)
    const parts = merged([
      ...own.map((finding) => ({ start: finding.start, end: finding.end, text: maskOf(finding) })),
      ...search(text),
    ])
    if (parts.length === 0) return []
    if (fixed === 'encoded') isIncomplete = true
    const changes = isWholeJson(text) ? changesInJson(text, parts) : parts
    return [{ path, text: changed(text, changes), changes }]
  })
  return { edits, values, isIncomplete }
}

/** A text with every value masked, as it was written or as JSON writes it. */
export function maskValues(text: string, values: MaskedValues): string {
  return createMasker(values)(text)
}

/** The same for many texts. */
export function createMasker(values: MaskedValues): (text: string) => string {
  if (values.size === 0) return (text) => text
  const written = new Map(values)
  for (const [value, mask] of values) written.set(JSON.stringify(value).slice(1, -1), mask)
  const search = createValueSearch(written)
  return (text) => changed(text, merged(search(text)))
}

/** A value that is shorter is masked where it was found and nowhere else: it would be found in words that have nothing to do with it. */
export const leastSearchedCharacters = 6

/** Finds values in a text in one pass, however many they are. */
function createValueSearch(values: MaskedValues): (text: string) => Change[] {
  /** Of the values that begin like this, longest first. */
  const lengthsByBeginning = new Map<string, number[]>()
  const possible = new Uint8Array(65_536)
  for (const value of values.keys()) {
    if (value.length < leastSearchedCharacters) continue
    const beginning = value.slice(0, leastSearchedCharacters)
    const lengths = lengthsByBeginning.get(beginning) ?? []
    if (!lengths.includes(value.length)) lengths.push(value.length)
    lengthsByBeginning.set(beginning, lengths)
    possible[keyOf(value, 0)] = 1
  }
  if (lengthsByBeginning.size === 0) return () => []
  for (const lengths of lengthsByBeginning.values()) lengths.sort((a, b) => b - a)
  return (text) => {
    const found: Change[] = []
    for (let at = 0; at <= text.length - leastSearchedCharacters; at++) {
      if (possible[keyOf(text, at)] === 0) continue
      const length = lengthsByBeginning
        .get(text.slice(at, at + leastSearchedCharacters))
        ?.find((one) => at + one <= text.length && values.has(text.slice(at, at + one)))
      if (length === undefined) continue
      const end = at + length
      found.push({ start: at, end, text: values.get(text.slice(at, end))! })
      at = end - 1
    }
    return found
  }
}

function keyOf(text: string, at: number): number {
  return (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1) * 17 + text.charCodeAt(at + 2)) & 0xffff
}

/** Sorted, and parts that overlap as one under the mask of the first. */
function merged(parts: readonly Change[]): Change[] {
  const result: Change[] = []
  for (const part of parts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1)
    if (last && part.start < last.end) last.end = Math.max(last.end, part.end)
    else result.push({ ...part })
  }
  return result
}
