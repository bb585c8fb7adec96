import { o200kVocabulary, type Vocabulary } from './vocabulary.ts'

/** A piece longer than this (a run of letters without a space) is cut: merging takes the square of its length. */
const maxPieceBytes = 64

/** Pieces come again and again: their counts are kept, and forgotten all at once when there are too many. */
const known = new Map<string, number>()
const maxKnown = 20_000
const maxKnownCharacters = 32

const scratch = new Uint8Array(4 * 1024)
const encoder = new TextEncoder()
const ends = new Uint16Array(maxPieceBytes + 1)
const ranks = new Int32Array(maxPieceBytes)

/** Tokens of a text in the vocabulary o200k_base. Time is linear in the text, whatever stands in it. */
export function countTokens(text: string): number {
  const vocabulary = o200kVocabulary()
  const pieces = text.match(isAscii.test(text) ? vocabulary.asciiPieces : vocabulary.pieces) ?? []
  let tokens = 0
  for (const piece of pieces) {
    let count = known.get(piece)
    if (count === undefined) {
      count = mergedCount(vocabulary, piece)
      if (piece.length <= maxKnownCharacters) {
        if (known.size === maxKnown) known.clear()
        known.set(piece, count)
      }
    }
    tokens += count
  }
  return tokens
}

const isAscii = /^[\0-\x7f]*$/

function mergedCount(vocabulary: Vocabulary, piece: string): number {
  let count = 0
  for (let rest = piece; rest !== ''; ) {
    const { read, written } = encoder.encodeInto(rest, scratch)
    for (let from = 0; from < written; from += maxPieceBytes)
      count += countPart(vocabulary, from, Math.min(from + maxPieceBytes, written))
    rest = rest.slice(read)
  }
  return count
}

/** Merges the two neighbours that the vocabulary ranks first, again and again, and counts what is left. */
function countPart(vocabulary: Vocabulary, from: number, to: number): number {
  if (to - from === 1 || vocabulary.rank(scratch, from, to) >= 0) return 1
  /** `ends[i]` is where part i ends; `ranks[i]` that of parts i and i + 1 together. */
  let parts = to - from
  for (let part = 0; part < parts; part++) ends[part] = from + part + 1
  const start = (part: number) => (part === 0 ? from : ends[part - 1]!)
  const pair = (part: number) =>
    part + 1 < parts ? vocabulary.rank(scratch, start(part), ends[part + 1]!) : -1
  for (let part = 0; part < parts; part++) ranks[part] = pair(part)
  while (true) {
    let best = -1
    for (let part = 0; part + 1 < parts; part++)
      if (ranks[part]! >= 0 && (best === -1 || ranks[part]! < ranks[best]!)) best = part
    if (best === -1) return parts
    ends.copyWithin(best, best + 1, parts)
    ranks.copyWithin(best + 1, best + 2, parts)
    parts--
    ranks[best] = pair(best)
    if (best > 0) ranks[best - 1] = pair(best - 1)
  }
}
