import { conceptOf, stemLengths } from './concepts.ts'
import { hashCode, hashPair, hashStart } from './hash.ts'

/** The table of weights has 2^18 places. */
export const featureBits = 18
const shift = 32 - featureBits

/** Families of features, each with its own scale. */
export const families = [
  'word',
  'pair',
  'stemPair',
  'gram',
  'mark',
  'concept',
  'conceptPair',
  'conceptTriple',
] as const
export const [word, pair, stemPair, gram, mark, concept, conceptPair, conceptTriple] = [
  0, 1, 2, 3, 4, 5, 6, 7,
] as const

/** Receives what is found in a text, word by word. */
export type FeatureSink = {
  /** A place in the table of weights, for the word that is being read. */
  feature(place: number, family: number): void
  /** The word is complete: `start` and `end` are offsets in the text. */
  word(start: number, end: number): void
}

const stemLength = 5
const maxWord = 40
const conceptReach = 12
const remembered = 6

/**
 * Walks through a text once. Words are runs of letters and digits in lower case, digits all alike; each gives itself,
 * its pair with the word before, their stems, its letters by fours, the mark after it, and, where it belongs to a concept,
 * the concepts shortly before it.
 */
export function readFeatures(text: string, sink: FeatureSink): void {
  let previous = 0
  let previousStem = 0
  let previousConcept = 0
  let position = 0
  const recentConcepts = [0, 0, 0, 0, 0, 0]
  const recentPositions = [-99, -99, -99, -99, -99, -99]
  let newest = 0
  let index = 0
  const { length } = text
  while (index < length) {
    let code = lower(text.charCodeAt(index))
    if (code === 0) {
      index++
      continue
    }
    const start = index
    let hash = hashStart
    let stem = 0
    let found = 0
    let letters = 0
    let capitals = 0
    let window = 32
    const isIdeograph = code >= 0x2e80
    do {
      if (text.charCodeAt(index) !== code) capitals++
      hash = hashCode(hash, code)
      letters++
      window = (window << 8) | (code & 0xff)
      if (letters >= 3) sink.feature(Math.imul(window, 0x9e3779b1) >>> shift, gram)
      if (letters === stemLength) stem = hash
      if (letters >= stemLengths.least && letters <= stemLengths.most && found === 0)
        found = conceptOf(hash, true)
      index++
      code = index < length ? lower(text.charCodeAt(index)) : 0
    } while (code !== 0 && !isIdeograph && letters < maxWord && code < 0x2e80)
    if (letters >= 2) sink.feature(Math.imul((window << 8) | 32, 0x9e3779b1) >>> shift, gram)
    if (stem === 0) stem = hash
    const exact = conceptOf(hash, false)
    if (exact !== 0) found = exact

    sink.feature(hashPair(hash, word) >>> shift, word)
    sink.feature(hashPair(hashPair(previous, hash), pair) >>> shift, pair)
    sink.feature(hashPair(hashPair(previousStem, stem), stemPair) >>> shift, stemPair)
    const markAfter = markAt(text, index)
    if (markAfter !== 0) sink.feature(hashPair(hashPair(stem, markAfter), mark) >>> shift, mark)
    if (capitals >= 4 && capitals === letters) sink.feature(hashPair(1, mark) >>> shift, mark)

    if (found !== 0) {
      sink.feature(hashPair(found, concept) >>> shift, concept)
      let last = 0
      for (let back = 0; back < remembered; back++) {
        const slot = (newest - back + remembered) % remembered
        const distance = position - recentPositions[slot]!
        if (distance > conceptReach) break
        const other = recentConcepts[slot]!
        const near = distance <= 3 ? 64 : 0
        sink.feature(hashPair(other * 128 + found + near, conceptPair) >>> shift, conceptPair)
        if (back === 0) last = other
        else if (back < 3)
          sink.feature(hashPair((other * 64 + last) * 64 + found, conceptTriple) >>> shift, conceptTriple)
      }
      newest = (newest + 1) % remembered
      recentConcepts[newest] = found
      recentPositions[newest] = position
    }
    previousConcept = found
    previous = hash
    previousStem = stem
    position++
    sink.word(start, index)
  }
  void previousConcept
}

/** Lower case for the alphabets in use; 0 for what is no letter or digit; all digits alike. */
function lower(code: number): number {
  if (code < 128) return table[code]!
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return 0
  if (code < 0xdf) return code + 32
  if (code >= 0x410 && code <= 0x42f) return code + 32
  if (code >= 0x400 && code <= 0x40f) return code + 80
  if (code >= 0x391 && code <= 0x3a9) return code + 32
  if (code >= 0x2000 && code <= 0x206f) return 0
  if (code >= 0x3000 && code <= 0x303f) return 0
  if (code >= 0xff00 && code <= 0xff0f) return 0
  return code
}

const table = new Uint8Array(128)
for (let code = 97; code <= 122; code++) {
  table[code] = code
  table[code - 32] = code
}
for (let code = 48; code <= 57; code++) table[code] = 48

/** Punctuation right after a word; white space and the end count as none. */
function markAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code > 32 && code < 128 ? code : 0
}
